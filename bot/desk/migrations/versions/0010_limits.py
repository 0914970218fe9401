"""Network addresses of conversations, lengths of messages, tries by visitor; tickets are no longer counted by day."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision: str = "0010"
down_revision: str | None = "0009"
branch_labels: str | None = None
depends_on: str | None = None


def upgrade() -> None:
    """Bring the tables to this revision."""
    with op.batch_alter_table("conversations", schema=None) as batch_op:
        batch_op.add_column(sa.Column("network_key", sa.String(length=32), nullable=True))
    with op.batch_alter_table("messages", schema=None) as batch_op:
        batch_op.add_column(sa.Column("length", sa.Integer(), nullable=True))
    op.execute("UPDATE messages SET length = LENGTH(text) WHERE direction = 'in'")
    _tries_by_visitor()
    op.drop_table("ticket_days")


def _tries_by_visitor() -> None:
    with op.batch_alter_table("proof_attempts", schema=None) as batch_op:
        batch_op.add_column(sa.Column("visitor", sa.String(length=32), nullable=True))
    op.execute(
        "UPDATE proof_attempts SET visitor = COALESCE((SELECT customer_id FROM conversations"
        " WHERE conversations.id = proof_attempts.conversation_id), conversation_id)"
    )
    with op.batch_alter_table("proof_attempts", schema=None) as batch_op:
        batch_op.alter_column("visitor", existing_type=sa.String(length=32), nullable=False)
        batch_op.create_index(batch_op.f("ix_proof_attempts_visitor"), ["visitor"], unique=False)
    op.execute(
        "INSERT INTO proof_locks (scope, key, wrong, last_at)"
        " SELECT 'visitor', conversations.customer_id, SUM(wrong), MAX(proof_locks.last_at) FROM proof_locks"
        " JOIN conversations ON conversations.id = proof_locks.key"
        " WHERE scope = 'conversation' GROUP BY conversations.customer_id"
    )
    op.execute("DELETE FROM proof_locks WHERE scope = 'conversation'")


def downgrade() -> None:
    """Take this revision back; the day's counters begin above what four digits hold, so that none comes twice."""
    op.create_table(
        "ticket_days",
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("last", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("day", name=op.f("pk_ticket_days")),
    )
    op.execute("DELETE FROM proof_locks WHERE scope <> 'number'")
    with op.batch_alter_table("proof_attempts", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_proof_attempts_visitor"))
        batch_op.drop_column("visitor")
    with op.batch_alter_table("messages", schema=None) as batch_op:
        batch_op.drop_column("length")
    with op.batch_alter_table("conversations", schema=None) as batch_op:
        batch_op.drop_column("network_key")
