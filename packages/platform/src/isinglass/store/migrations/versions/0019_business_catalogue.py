"""Glossaries, terms, assets, forms and attachments."""

revision = "0019_business_catalogue"
down_revision = "0018_statistics_tasks"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Create the tables."""
