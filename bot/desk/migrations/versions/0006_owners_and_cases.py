"""Owners of conversations; conversations that end; one place (`seq`) for all that is said with a customer."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision: str = "0006"
down_revision: str | None = "0005"
branch_labels: str | None = None
depends_on: str | None = None

_OPEN = sa.text("ended_at IS NULL")


def upgrade() -> None:
    """Bring the tables to this revision: each sender's one conversation stays open, and its owner stays."""
    op.create_table(
        "staff_actions",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("conversation_id", sa.String(length=32), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("by", sa.String(length=60), nullable=False),
        sa.Column("kind", sa.String(length=12), nullable=False),
        sa.Column("from_kind", sa.String(length=8), nullable=False),
        sa.Column("from_name", sa.String(length=60), nullable=True),
        sa.Column("to_kind", sa.String(length=8), nullable=False),
        sa.Column("to_name", sa.String(length=60), nullable=True),
        sa.Column("note", sa.String(length=500), nullable=False),
        sa.ForeignKeyConstraint(
            ["conversation_id"], ["conversations.id"], name=op.f("fk_staff_actions_conversation_id_conversations")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_staff_actions")),
    )
    op.create_index(op.f("ix_staff_actions_conversation_id"), "staff_actions", ["conversation_id"])
    op.add_column("customers", sa.Column("address", sa.String(length=200), nullable=True))
    _upgrade_conversations()
    _upgrade_messages()


def _upgrade_conversations() -> None:
    with op.batch_alter_table("conversations", schema=None) as batch_op:
        batch_op.add_column(sa.Column("owner_kind", sa.String(length=8), nullable=True))
        batch_op.add_column(sa.Column("owner_name", sa.String(length=60), nullable=True))
        batch_op.add_column(sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True))
        batch_op.add_column(sa.Column("ended_by", sa.String(length=60), nullable=True))
    op.execute(
        "UPDATE conversations SET owner_kind = CASE WHEN owner IN ('bot', 'queue') THEN owner ELSE 'staff' END, "
        "owner_name = CASE WHEN owner IN ('bot', 'queue') THEN NULL ELSE owner END"
    )
    with op.batch_alter_table("conversations", schema=None) as batch_op:
        batch_op.alter_column("owner_kind", existing_type=sa.String(length=8), nullable=False)
        batch_op.drop_column("owner")
        batch_op.drop_constraint(op.f("uq_conversations_channel_sender"), type_="unique")
        batch_op.create_index("ix_conversations_customer_id", ["customer_id"], unique=False)
        batch_op.create_index(
            "uq_conversations_open", ["customer_id"], unique=True, sqlite_where=_OPEN, postgresql_where=_OPEN
        )


def _upgrade_messages() -> None:
    with op.batch_alter_table("messages", schema=None) as batch_op:
        batch_op.add_column(sa.Column("customer_id", sa.String(length=32), nullable=True))
    op.execute(
        "UPDATE messages SET customer_id = "
        "(SELECT customer_id FROM conversations WHERE conversations.id = messages.conversation_id)"
    )
    with op.batch_alter_table("messages", schema=None) as batch_op:
        batch_op.alter_column("customer_id", existing_type=sa.String(length=32), nullable=False)
        batch_op.create_foreign_key(op.f("fk_messages_customer_id_customers"), "customers", ["customer_id"], ["id"])
        batch_op.drop_constraint(op.f("uq_messages_conversation_id_seq"), type_="unique")
        batch_op.drop_constraint(op.f("uq_messages_conversation_id_client_id"), type_="unique")
        batch_op.create_unique_constraint(op.f("uq_messages_customer_id_seq"), ["customer_id", "seq"])
        batch_op.create_unique_constraint(op.f("uq_messages_customer_id_client_id"), ["customer_id", "client_id"])
        batch_op.create_index("ix_messages_conversation_id_seq", ["conversation_id", "seq"], unique=False)


def downgrade() -> None:
    """Take this revision back; it fails where a sender has had more than one conversation."""
    with op.batch_alter_table("messages", schema=None) as batch_op:
        batch_op.drop_index("ix_messages_conversation_id_seq")
        batch_op.drop_constraint(op.f("uq_messages_customer_id_client_id"), type_="unique")
        batch_op.drop_constraint(op.f("uq_messages_customer_id_seq"), type_="unique")
        batch_op.create_unique_constraint(
            op.f("uq_messages_conversation_id_client_id"), ["conversation_id", "client_id"]
        )
        batch_op.create_unique_constraint(op.f("uq_messages_conversation_id_seq"), ["conversation_id", "seq"])
        batch_op.drop_constraint(op.f("fk_messages_customer_id_customers"), type_="foreignkey")
        batch_op.drop_column("customer_id")
    with op.batch_alter_table("conversations", schema=None) as batch_op:
        batch_op.add_column(sa.Column("owner", sa.String(length=60), nullable=True))
    op.execute("UPDATE conversations SET owner = COALESCE(owner_name, owner_kind)")
    with op.batch_alter_table("conversations", schema=None) as batch_op:
        batch_op.alter_column("owner", existing_type=sa.String(length=60), nullable=False)
        batch_op.drop_index("uq_conversations_open")
        batch_op.drop_index("ix_conversations_customer_id")
        batch_op.create_unique_constraint(op.f("uq_conversations_channel_sender"), ["channel", "sender"])
        for column in ("ended_by", "ended_at", "owner_name", "owner_kind"):
            batch_op.drop_column(column)
    op.drop_column("customers", "address")
    op.drop_table("staff_actions")
