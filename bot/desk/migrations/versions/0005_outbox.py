"""What leaves waits in an outbox; that a sentence was read is a fact of its own."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision: str = "0005"
down_revision: str | None = "0004"
branch_labels: str | None = None
depends_on: str | None = None


def upgrade() -> None:
    """Bring the tables to this revision."""
    op.create_table(
        "outbox",
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.Column("customer_id", sa.String(length=32), nullable=False),
        sa.Column("conversation_id", sa.String(length=32), nullable=False),
        sa.Column("place", sa.Integer(), nullable=False),
        sa.Column("channel", sa.String(length=16), nullable=False),
        sa.Column("recipient", sa.String(length=200), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("content", sa.JSON(), nullable=True),
        sa.Column("first_seq", sa.Integer(), nullable=False),
        sa.Column("last_seq", sa.Integer(), nullable=False),
        sa.Column("reply_to", sa.String(length=32), nullable=True),
        sa.Column("state", sa.String(length=16), nullable=False),
        sa.Column("tries", sa.Integer(), nullable=False),
        sa.Column("next_try_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("last_error", sa.String(length=200), nullable=True),
        sa.Column("external_id", sa.String(length=128), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("sent_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["conversation_id"], ["conversations.id"], name=op.f("fk_outbox_conversation_id_conversations")
        ),
        sa.ForeignKeyConstraint(["customer_id"], ["customers.id"], name=op.f("fk_outbox_customer_id_customers")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_outbox")),
        sa.UniqueConstraint("customer_id", "place", name=op.f("uq_outbox_customer_id_place")),
    )
    with op.batch_alter_table("outbox", schema=None) as batch_op:
        batch_op.create_index("ix_outbox_state", ["state", "next_try_at"], unique=False)
        batch_op.create_index("ix_outbox_external_id", ["channel", "external_id"], unique=False)
    # Added without a copy of the table: batch mode would rebuild it on SQLite.
    op.add_column("messages", sa.Column("read_at", sa.DateTime(timezone=True), nullable=True))
    # When it was read was not kept: not before it was said.
    op.execute("UPDATE messages SET read_at = at, state = 'delivered' WHERE direction = 'out' AND state = 'read'")
    op.execute("UPDATE messages SET state = 'queued' WHERE direction = 'out' AND state = 'recorded'")


def downgrade() -> None:
    """Take this revision back."""
    op.execute("UPDATE messages SET state = 'recorded' WHERE direction = 'out' AND state NOT IN ('delivered')")
    op.execute("UPDATE messages SET state = 'read' WHERE direction = 'out' AND read_at IS NOT NULL")
    with op.batch_alter_table("messages", schema=None) as batch_op:
        batch_op.drop_column("read_at")
    op.drop_table("outbox")
