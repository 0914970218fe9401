"""Indexes by which a turn finds its few messages however many a conversation holds."""

from __future__ import annotations

from alembic import op

revision: str = "0011"
down_revision: str | None = "0010"
branch_labels: str | None = None
depends_on: str | None = None


def upgrade() -> None:
    """Bring the tables to this revision."""
    op.drop_index("ix_messages_state", "messages")
    op.drop_index("ix_messages_phrase", "messages")
    op.create_index("ix_messages_state", "messages", ["state", "conversation_id", "seq"])
    op.create_index("ix_messages_phrase", "messages", ["conversation_id", "phrase", "seq"])
    op.create_index("ix_messages_queued", "messages", ["customer_id", "direction", "state"])
    op.create_index("ix_messages_unread", "messages", ["customer_id", "direction", "read_at"])
    op.create_index("ix_messages_reply_to", "messages", ["reply_to"])


def downgrade() -> None:
    """Take this revision back."""
    for name in ("reply_to", "unread", "queued", "phrase", "state"):
        op.drop_index(f"ix_messages_{name}", "messages")
    op.create_index("ix_messages_state", "messages", ["direction", "state"])
    op.create_index("ix_messages_phrase", "messages", ["conversation_id", "phrase"])
