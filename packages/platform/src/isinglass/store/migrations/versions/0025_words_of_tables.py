"""Let the words of one table be told from its index alone."""

from alembic import op

revision = "0025_words_of_tables"
down_revision = "0024_connection_types"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the word to the index."""
    op.drop_index("ix_table_words_account_id_table_id", "table_words")
    op.create_index("ix_table_words_account_id_table_id", "table_words", ["account_id", "table_id", "word"])
