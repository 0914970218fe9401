"""An offer names the approved phrase that tells its terms, instead of holding the words."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision: str = "0009"
down_revision: str | None = "0006"
branch_labels: str | None = None
depends_on: str | None = None


def upgrade() -> None:
    """Bring the tables to this revision; the shop's phrase of an offer is called after the offer."""
    with op.batch_alter_table("promotions") as table:
        table.add_column(sa.Column("phrase", sa.String(length=80), nullable=True))
    op.execute("UPDATE promotions SET phrase = 'promotion.' || replace(id, '-', '_')")
    with op.batch_alter_table("promotions") as table:
        table.alter_column("phrase", existing_type=sa.String(length=80), nullable=False)
        table.drop_column("terms")


def downgrade() -> None:
    """Take this revision back; `liyan demo reset` brings the words back."""
    with op.batch_alter_table("promotions") as table:
        table.add_column(sa.Column("terms", sa.Text(), nullable=True))
    op.execute("UPDATE promotions SET terms = name")
    with op.batch_alter_table("promotions") as table:
        table.alter_column("terms", existing_type=sa.Text(), nullable=False)
        table.drop_column("phrase")
