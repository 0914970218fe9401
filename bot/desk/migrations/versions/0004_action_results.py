"""What actions did for a message, so that a second run does nothing."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision: str = "0004"
down_revision: str | None = "0003"
branch_labels: str | None = None
depends_on: str | None = None


def upgrade() -> None:
    """Bring the tables to this revision."""
    op.create_table(
        "action_results",
        sa.Column("key", sa.String(length=160), nullable=False),
        sa.Column("events", sa.JSON(), nullable=False),
        sa.Column("responses", sa.JSON(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("key", name=op.f("pk_action_results")),
    )
    with op.batch_alter_table("action_results", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_action_results_at"), ["at"], unique=False)


def downgrade() -> None:
    """Take this revision back."""
    op.drop_table("action_results")
