-- The records of a shop as version 0.1.0 left them (revision 0004): three customers, one of whom waits for an answer.
BEGIN TRANSACTION;
CREATE TABLE action_results (
	"key" VARCHAR(160) NOT NULL, 
	events JSON NOT NULL, 
	responses JSON NOT NULL, 
	at DATETIME NOT NULL, 
	CONSTRAINT pk_action_results PRIMARY KEY ("key")
);
CREATE TABLE alembic_version (
	version_num VARCHAR(32) NOT NULL, 
	CONSTRAINT alembic_version_pkc PRIMARY KEY (version_num)
);
INSERT INTO "alembic_version" VALUES('0004');
CREATE TABLE bookings (
	id INTEGER NOT NULL, 
	ticket_number VARCHAR(20) NOT NULL, 
	slot_id INTEGER NOT NULL, 
	state VARCHAR(12) NOT NULL, 
	created_at DATETIME NOT NULL, 
	changed_at DATETIME, 
	CONSTRAINT pk_bookings PRIMARY KEY (id), 
	CONSTRAINT fk_bookings_slot_id_service_slots FOREIGN KEY(slot_id) REFERENCES service_slots (id), 
	CONSTRAINT fk_bookings_ticket_number_tickets FOREIGN KEY(ticket_number) REFERENCES tickets (number), 
	CONSTRAINT uq_bookings_ticket_number UNIQUE (ticket_number)
);
INSERT INTO "bookings" VALUES(1,'T261123-00013',1,'booked','2026-11-23 02:00:00.000000',NULL);
CREATE TABLE consultations (
	id INTEGER NOT NULL, 
	conversation_id VARCHAR(32) NOT NULL, 
	message_id VARCHAR(32) NOT NULL, 
	topic VARCHAR(40) NOT NULL, 
	answered BOOLEAN NOT NULL, 
	subject VARCHAR(80), 
	at DATETIME NOT NULL, 
	CONSTRAINT pk_consultations PRIMARY KEY (id), 
	CONSTRAINT fk_consultations_conversation_id_conversations FOREIGN KEY(conversation_id) REFERENCES conversations (id), 
	CONSTRAINT uq_consultations_conversation_id_message_id_topic UNIQUE (conversation_id, message_id, topic)
);
CREATE TABLE conversations (
	id VARCHAR(32) NOT NULL, 
	customer_id VARCHAR(32) NOT NULL, 
	channel VARCHAR(16) NOT NULL, 
	sender VARCHAR(200) NOT NULL, 
	owner VARCHAR(60) NOT NULL, 
	created_at DATETIME NOT NULL, 
	last_at DATETIME NOT NULL, 
	welcomed_at DATETIME, 
	outage_told_at DATETIME, 
	CONSTRAINT pk_conversations PRIMARY KEY (id), 
	CONSTRAINT fk_conversations_customer_id_customers FOREIGN KEY(customer_id) REFERENCES customers (id), 
	CONSTRAINT uq_conversations_channel_sender UNIQUE (channel, sender)
);
INSERT INTO "conversations" VALUES('1c6c10eaccd94adb8d53fe88b1b17f54','1a7c7fec807241629a4c3712ee69fa03','rest','王芳','bot','2026-11-23 02:00:03.000000','2026-11-23 02:00:08.000000','2026-11-23 02:00:05.000000',NULL);
INSERT INTO "conversations" VALUES('e58d70d9ae764f6b868c7c800fb772c6','50546d350e6149658c5aa3345bcc54cc','web','zf-lS34Uu3L9dNfr17yAunAe','bot','2026-11-23 02:00:10.000000','2026-11-23 02:00:15.000000','2026-11-23 02:00:11.000000',NULL);
INSERT INTO "conversations" VALUES('81c140b037344254b921c3b4acbbd85e','a11e23b3b46b412f9dfb3914bcb13592','rest','李明','bot','2026-11-23 02:00:27.000000','2026-11-23 02:00:28.000000','2026-11-23 02:00:29.000000','2026-11-23 02:00:29.000000');
CREATE TABLE customers (
	id VARCHAR(32) NOT NULL, 
	channel VARCHAR(16) NOT NULL, 
	sender VARCHAR(200) NOT NULL, 
	name VARCHAR(60), 
	phone VARCHAR(20), 
	created_at DATETIME NOT NULL, 
	CONSTRAINT pk_customers PRIMARY KEY (id), 
	CONSTRAINT uq_customers_channel_sender UNIQUE (channel, sender)
);
INSERT INTO "customers" VALUES('1a7c7fec807241629a4c3712ee69fa03','rest','王芳',NULL,NULL,'2026-11-23 02:00:03.000000');
INSERT INTO "customers" VALUES('50546d350e6149658c5aa3345bcc54cc','web','zf-lS34Uu3L9dNfr17yAunAe',NULL,NULL,'2026-11-23 02:00:10.000000');
INSERT INTO "customers" VALUES('a11e23b3b46b412f9dfb3914bcb13592','rest','李明',NULL,NULL,'2026-11-23 02:00:27.000000');
CREATE TABLE incidents (
	id INTEGER NOT NULL, 
	at DATETIME NOT NULL, 
	conversation_id VARCHAR(32) NOT NULL, 
	phrase VARCHAR(80) NOT NULL, 
	version INTEGER, 
	cause VARCHAR(20) NOT NULL, 
	hits JSON NOT NULL, 
	said VARCHAR(80), 
	CONSTRAINT pk_incidents PRIMARY KEY (id), 
	CONSTRAINT fk_incidents_conversation_id_conversations FOREIGN KEY(conversation_id) REFERENCES conversations (id)
);
CREATE TABLE messages (
	id VARCHAR(32) NOT NULL, 
	conversation_id VARCHAR(32) NOT NULL, 
	seq INTEGER NOT NULL, 
	direction VARCHAR(3) NOT NULL, 
	author VARCHAR(60) NOT NULL, 
	text TEXT NOT NULL, 
	at DATETIME NOT NULL, 
	state VARCHAR(16) NOT NULL, 
	client_id VARCHAR(80), 
	payload VARCHAR(500), 
	understood JSON, 
	reply_to VARCHAR(32), 
	phrase VARCHAR(80), 
	version INTEGER, 
	variant INTEGER, 
	variables JSON, 
	verdict JSON, 
	buttons JSON, 
	custom JSON, 
	CONSTRAINT pk_messages PRIMARY KEY (id), 
	CONSTRAINT fk_messages_conversation_id_conversations FOREIGN KEY(conversation_id) REFERENCES conversations (id), 
	CONSTRAINT uq_messages_conversation_id_client_id UNIQUE (conversation_id, client_id), 
	CONSTRAINT uq_messages_conversation_id_seq UNIQUE (conversation_id, seq)
);
INSERT INTO "messages" VALUES('d813f876ebec4e6e8f6b9ee0f6459895','1c6c10eaccd94adb8d53fe88b1b17f54',1,'in','customer','你好','2026-11-23 02:00:04.000000','answered','w-1',NULL,'{"intent": "inform", "confidence": 0.9, "ranking": [], "entities": [], "journey": null, "asked": null}',NULL,NULL,NULL,NULL,NULL,NULL,NULL,'null');
INSERT INTO "messages" VALUES('939a42b83a8c4427932646928cc9d2a4','1c6c10eaccd94adb8d53fe88b1b17f54',2,'out','bot','欢迎您来到礼言生活馆！我是机器人客服，可以帮您咨询商品、查订单、办退换货和报修。对话会做记录，需要人工请回复“转人工”。请问有什么可以帮您？','2026-11-23 02:00:05.000000','delivered',NULL,NULL,NULL,'d813f876ebec4e6e8f6b9ee0f6459895','welcome.first',1,2,'{"shop": "\u793c\u8a00\u751f\u6d3b\u9986"}','{"verdict": "pass", "hits": [], "why": "variant 2 of 4: not said yet in this conversation; approved version 1"}','[]','null');
INSERT INTO "messages" VALUES('7e70333c3c7648b798bbd0d3c6f0be31','1c6c10eaccd94adb8d53fe88b1b17f54',3,'out','bot','您刚才说“你好”，对吗？','2026-11-23 02:00:05.000000','delivered',NULL,NULL,NULL,'d813f876ebec4e6e8f6b9ee0f6459895','test.echo',3,2,'{"said": "\u4f60\u597d"}','{"verdict": "pass", "hits": [], "why": "variant 2 of 3: not said yet in this conversation; approved version 3"}','[]','null');
INSERT INTO "messages" VALUES('ba21bd5b297247a288ce2258df5d7ad6','1c6c10eaccd94adb8d53fe88b1b17f54',4,'in','customer','按钮','2026-11-23 02:00:08.000000','answered','w-2',NULL,'{"intent": "inform", "confidence": 0.9, "ranking": [], "entities": [], "journey": null, "asked": null}',NULL,NULL,NULL,NULL,NULL,NULL,NULL,'null');
INSERT INTO "messages" VALUES('18b4034457f942b9a4558914f310ad27','1c6c10eaccd94adb8d53fe88b1b17f54',5,'out','bot','请问您要退货还是换货？','2026-11-23 02:00:09.000000','delivered',NULL,NULL,NULL,'ba21bd5b297247a288ce2258df5d7ad6','test.ask',1,0,'{}','{"verdict": "pass", "hits": [], "why": "variant 0 of 1: not said yet in this conversation; approved version 1"}','[{"title": "\u9000\u8d27", "payload": "/inform{\"wish\":\"return\"}", "phrase": "button.return"}, {"title": "\u6362\u8d27", "payload": "/inform{\"wish\":\"exchange\"}", "phrase": "button.exchange"}]','null');
INSERT INTO "messages" VALUES('2ed67fda757c47b0bae3db17dbb977e5','e58d70d9ae764f6b868c7c800fb772c6',1,'out','bot','您好，这里是礼言生活馆，很高兴为您服务。现在由机器人为您解答，对话内容会留存记录；想找人工，随时说“转人工”。请问您需要什么帮助？','2026-11-23 02:00:11.000000','read',NULL,NULL,NULL,NULL,'welcome.first',1,1,'{"shop": "\u793c\u8a00\u751f\u6d3b\u9986"}','{"verdict": "pass", "hits": [], "why": "variant 1 of 4: not said yet in this conversation; approved version 1"}','[]','null');
INSERT INTO "messages" VALUES('a69068c1f05d4d5fa40973d98a6fc491','e58d70d9ae764f6b868c7c800fb772c6',2,'in','customer','在吗','2026-11-23 02:00:13.000000','answered','c-1',NULL,'{"intent": "inform", "confidence": 0.9, "ranking": [], "entities": [], "journey": null, "asked": null}',NULL,NULL,NULL,NULL,NULL,NULL,NULL,'null');
INSERT INTO "messages" VALUES('509f5a3db426488494b49240b2bc7230','e58d70d9ae764f6b868c7c800fb772c6',3,'out','bot','您说的是“在吗”。','2026-11-23 02:00:14.000000','read',NULL,NULL,NULL,'a69068c1f05d4d5fa40973d98a6fc491','test.echo',3,0,'{"said": "\u5728\u5417"}','{"verdict": "pass", "hits": [], "why": "variant 0 of 3: not said yet in this conversation; approved version 3"}','[]','null');
INSERT INTO "messages" VALUES('a354ea0a282c465e9611712e1cea94e5','e58d70d9ae764f6b868c7c800fb772c6',4,'in','customer','按钮','2026-11-23 02:00:15.000000','answered','c-2',NULL,'{"intent": "inform", "confidence": 0.9, "ranking": [], "entities": [], "journey": null, "asked": null}',NULL,NULL,NULL,NULL,NULL,NULL,NULL,'null');
INSERT INTO "messages" VALUES('b27168ea8f5a4ace8938c9fe92398e48','e58d70d9ae764f6b868c7c800fb772c6',5,'out','bot','请问您要退货还是换货？','2026-11-23 02:00:17.000000','recorded',NULL,NULL,NULL,'a354ea0a282c465e9611712e1cea94e5','test.ask',1,0,'{}','{"verdict": "pass", "hits": [], "why": "variant 0 of 1: not said yet in this conversation; approved version 1"}','[{"title": "\u9000\u8d27", "payload": "/inform{\"wish\":\"return\"}", "phrase": "button.return"}, {"title": "\u6362\u8d27", "payload": "/inform{\"wish\":\"exchange\"}", "phrase": "button.exchange"}]','null');
INSERT INTO "messages" VALUES('eaf44c9515774fb0aa500e29f6308c92','81c140b037344254b921c3b4acbbd85e',1,'in','customer','我要退货','2026-11-23 02:00:28.000000','accepted','l-1',NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,'null');
INSERT INTO "messages" VALUES('80cb6178199541258393c8adc4730e55','81c140b037344254b921c3b4acbbd85e',2,'out','bot','您好，欢迎光临礼言生活馆！我是智能客服机器人，为了保证服务质量，对话会被记录。需要找同事处理时，回复“转人工”就可以。请问有什么可以帮您？','2026-11-23 02:00:29.000000','delivered',NULL,NULL,NULL,'eaf44c9515774fb0aa500e29f6308c92','welcome.first',1,0,'{"shop": "\u793c\u8a00\u751f\u6d3b\u9986"}','{"verdict": "pass", "hits": [], "why": "variant 0 of 4: not said yet in this conversation; approved version 1"}','[]','null');
INSERT INTO "messages" VALUES('1ffb5d0220ec44239ade1034d4bba2b3','81c140b037344254b921c3b4acbbd85e',3,'out','bot','对不起，系统这会儿有点忙，暂时答复不了您。您的消息已经收好，恢复后会马上答复您，不用重发。','2026-11-23 02:00:29.000000','delivered',NULL,NULL,NULL,'eaf44c9515774fb0aa500e29f6308c92','system.outage',1,0,'{}','{"verdict": "pass", "hits": [], "why": "variant 0 of 4: not said yet in this conversation; approved version 1"}','[]','null');
CREATE TABLE nlu_labels (
	message_id VARCHAR(32) NOT NULL, 
	intent VARCHAR(40) NOT NULL, 
	"by" VARCHAR(60) NOT NULL, 
	at DATETIME NOT NULL, 
	CONSTRAINT pk_nlu_labels PRIMARY KEY (message_id), 
	CONSTRAINT fk_nlu_labels_message_id_messages FOREIGN KEY(message_id) REFERENCES messages (id) ON DELETE CASCADE
);
CREATE TABLE order_items (
	id INTEGER NOT NULL, 
	order_number VARCHAR(20) NOT NULL, 
	sku VARCHAR(20) NOT NULL, 
	name VARCHAR(80) NOT NULL, 
	category VARCHAR(20) NOT NULL, 
	model VARCHAR(40), 
	price NUMERIC(12, 2) NOT NULL, 
	quantity INTEGER NOT NULL, 
	warranty_until DATETIME, 
	CONSTRAINT pk_order_items PRIMARY KEY (id), 
	CONSTRAINT fk_order_items_order_number_orders FOREIGN KEY(order_number) REFERENCES orders (number) ON DELETE CASCADE
);
CREATE TABLE orders (
	number VARCHAR(20) NOT NULL, 
	customer VARCHAR(60) NOT NULL, 
	phone VARCHAR(20) NOT NULL, 
	address VARCHAR(200) NOT NULL, 
	state VARCHAR(16) NOT NULL, 
	total NUMERIC(12, 2) NOT NULL, 
	ordered_at DATETIME NOT NULL, 
	paid_at DATETIME, 
	ships_by DATETIME, 
	shipped_at DATETIME, 
	arrives_by DATETIME, 
	delivered_at DATETIME, 
	carrier VARCHAR(40), 
	tracking VARCHAR(40), 
	last_place VARCHAR(80), 
	invoice_title VARCHAR(100), 
	wished_time VARCHAR(100), 
	changed_at DATETIME, 
	CONSTRAINT pk_orders PRIMARY KEY (number)
);
CREATE TABLE phrase_events (
	id INTEGER NOT NULL, 
	phrase VARCHAR(80) NOT NULL, 
	version INTEGER NOT NULL, 
	at DATETIME NOT NULL, 
	who VARCHAR(60) NOT NULL, 
	from_state VARCHAR(12), 
	to_state VARCHAR(12) NOT NULL, 
	effective_at DATETIME, 
	why TEXT NOT NULL, 
	CONSTRAINT pk_phrase_events PRIMARY KEY (id)
);
CREATE TABLE phrase_revisions (
	id INTEGER NOT NULL, 
	phrase VARCHAR(80) NOT NULL, 
	version INTEGER NOT NULL, 
	scene VARCHAR(40) NOT NULL, 
	owner VARCHAR(80) NOT NULL, 
	content JSON NOT NULL, 
	"before" JSON, 
	before_version INTEGER, 
	state VARCHAR(12) NOT NULL, 
	author VARCHAR(60) NOT NULL, 
	reviewer VARCHAR(60), 
	approver VARCHAR(60), 
	reason TEXT NOT NULL, 
	created_at DATETIME NOT NULL, 
	effective_at DATETIME, 
	CONSTRAINT pk_phrase_revisions PRIMARY KEY (id), 
	CONSTRAINT uq_phrase_revisions_phrase_version UNIQUE (phrase, version)
);
CREATE TABLE products (
	sku VARCHAR(20) NOT NULL, 
	name VARCHAR(80) NOT NULL, 
	category VARCHAR(20) NOT NULL, 
	model VARCHAR(40), 
	price NUMERIC(12, 2) NOT NULL, 
	stock INTEGER NOT NULL, 
	restock_at DATETIME, 
	words JSON NOT NULL, 
	details JSON NOT NULL, 
	CONSTRAINT pk_products PRIMARY KEY (sku)
);
CREATE TABLE promotions (
	id VARCHAR(40) NOT NULL, 
	name VARCHAR(80) NOT NULL, 
	terms TEXT NOT NULL, 
	skus JSON NOT NULL, 
	starts_at DATETIME NOT NULL, 
	ends_at DATETIME NOT NULL, 
	CONSTRAINT pk_promotions PRIMARY KEY (id)
);
CREATE TABLE proof_attempts (
	id INTEGER NOT NULL, 
	conversation_id VARCHAR(32) NOT NULL, 
	number VARCHAR(32) NOT NULL, 
	ok BOOLEAN NOT NULL, 
	at DATETIME NOT NULL, 
	CONSTRAINT pk_proof_attempts PRIMARY KEY (id)
);
INSERT INTO "proof_attempts" VALUES(1,'1c6c10eaccd94adb8d53fe88b1b17f54','T261123-00013',TRUE,'2026-11-23 02:00:00.000000');
CREATE TABLE proof_locks (
	scope VARCHAR(12) NOT NULL, 
	"key" VARCHAR(32) NOT NULL, 
	wrong INTEGER NOT NULL, 
	last_at DATETIME NOT NULL, 
	locked_until DATETIME, 
	CONSTRAINT pk_proof_locks PRIMARY KEY (scope, "key")
);
INSERT INTO "proof_locks" VALUES('conversation','1c6c10eaccd94adb8d53fe88b1b17f54',0,'2026-11-23 02:00:00.000000',NULL);
INSERT INTO "proof_locks" VALUES('number','T261123-00013',0,'2026-11-23 02:00:00.000000',NULL);
CREATE TABLE ratings (
	id INTEGER NOT NULL, 
	conversation_id VARCHAR(32) NOT NULL, 
	message_id VARCHAR(32) NOT NULL, 
	ticket_number VARCHAR(20), 
	score INTEGER NOT NULL, 
	comment TEXT, 
	at DATETIME NOT NULL, 
	CONSTRAINT pk_ratings PRIMARY KEY (id), 
	CONSTRAINT fk_ratings_conversation_id_conversations FOREIGN KEY(conversation_id) REFERENCES conversations (id), 
	CONSTRAINT uq_ratings_message_id UNIQUE (message_id)
);
CREATE TABLE restock_requests (
	id INTEGER NOT NULL, 
	conversation_id VARCHAR(32) NOT NULL, 
	sku VARCHAR(20) NOT NULL, 
	phone VARCHAR(20), 
	at DATETIME NOT NULL, 
	told_at DATETIME, 
	CONSTRAINT pk_restock_requests PRIMARY KEY (id), 
	CONSTRAINT uq_restock_requests_conversation_id_sku UNIQUE (conversation_id, sku)
);
CREATE TABLE service_slots (
	id INTEGER NOT NULL, 
	service VARCHAR(20) NOT NULL, 
	start_at DATETIME NOT NULL, 
	end_at DATETIME NOT NULL, 
	capacity INTEGER NOT NULL, 
	taken INTEGER NOT NULL, 
	CONSTRAINT pk_service_slots PRIMARY KEY (id), 
	CONSTRAINT ck_service_slots_capacity CHECK (taken >= 0 AND taken <= capacity), 
	CONSTRAINT uq_service_slots_service_start_at UNIQUE (service, start_at)
);
INSERT INTO "service_slots" VALUES(1,'repair','2026-11-25 02:00:00.000000','2026-11-25 04:00:00.000000',2,1);
CREATE TABLE ticket_days (
	day DATE NOT NULL, 
	last INTEGER NOT NULL, 
	CONSTRAINT pk_ticket_days PRIMARY KEY (day)
);
INSERT INTO "ticket_days" VALUES('2026-11-23',1);
CREATE TABLE ticket_events (
	id INTEGER NOT NULL, 
	ticket_number VARCHAR(20) NOT NULL, 
	at DATETIME NOT NULL, 
	who VARCHAR(60) NOT NULL, 
	from_state VARCHAR(20), 
	to_state VARCHAR(20) NOT NULL, 
	why TEXT NOT NULL, 
	CONSTRAINT pk_ticket_events PRIMARY KEY (id), 
	CONSTRAINT fk_ticket_events_ticket_number_tickets FOREIGN KEY(ticket_number) REFERENCES tickets (number)
);
INSERT INTO "ticket_events" VALUES(1,'T261123-00013','2026-11-23 02:00:00.000000','bot',NULL,'new','客户在对话中确认（repair）');
CREATE TABLE tickets (
	number VARCHAR(20) NOT NULL, 
	"key" VARCHAR(120) NOT NULL, 
	kind VARCHAR(20) NOT NULL, 
	state VARCHAR(20) NOT NULL, 
	class VARCHAR(20), 
	weight VARCHAR(10) NOT NULL, 
	channel VARCHAR(16) NOT NULL, 
	sender VARCHAR(200) NOT NULL, 
	conversation_id VARCHAR(32), 
	order_number VARCHAR(20), 
	phone VARCHAR(20), 
	fields JSON NOT NULL, 
	created_at DATETIME NOT NULL, 
	first_reply_due_at DATETIME, 
	due_at DATETIME, 
	solved_at DATETIME, 
	urged INTEGER NOT NULL, 
	CONSTRAINT pk_tickets PRIMARY KEY (number), 
	CONSTRAINT fk_tickets_conversation_id_conversations FOREIGN KEY(conversation_id) REFERENCES conversations (id), 
	CONSTRAINT uq_tickets_key UNIQUE ("key")
);
INSERT INTO "tickets" VALUES('T261123-00013','1c6c10eaccd94adb8d53fe88b1b17f54:repair:w-1','repair','new',NULL,'general','rest','王芳','1c6c10eaccd94adb8d53fe88b1b17f54',NULL,'13800138000','{"name": "\u738b\u82b3", "phone": "13800138000", "fault": "\u4e0d\u5236\u51b7"}','2026-11-23 02:00:00.000000','2026-11-23 07:00:00.000000','2026-11-26 10:00:00.000000',NULL,0);
CREATE INDEX ix_orders_phone ON orders (phone);
CREATE INDEX ix_proof_attempts_conversation_id ON proof_attempts (conversation_id);
CREATE INDEX ix_proof_attempts_number ON proof_attempts (number);
CREATE INDEX ix_conversations_last_at ON conversations (last_at);
CREATE INDEX ix_order_items_order_number ON order_items (order_number);
CREATE INDEX ix_consultations_conversation_id ON consultations (conversation_id);
CREATE INDEX ix_messages_phrase ON messages (conversation_id, phrase);
CREATE INDEX ix_messages_state ON messages (direction, state);
CREATE INDEX ix_ratings_conversation_id ON ratings (conversation_id);
CREATE INDEX ix_tickets_conversation_id ON tickets (conversation_id);
CREATE INDEX ix_tickets_sender ON tickets (sender);
CREATE INDEX ix_tickets_state_due_at ON tickets (state, due_at);
CREATE INDEX ix_ticket_events_ticket_number ON ticket_events (ticket_number);
CREATE INDEX ix_phrase_events_phrase_version ON phrase_events (phrase, version);
CREATE INDEX ix_incidents_at ON incidents (at);
CREATE INDEX ix_incidents_conversation_id ON incidents (conversation_id);
CREATE INDEX ix_action_results_at ON action_results (at);
COMMIT;
