"""What partitions of a table have in common."""

revision = "0020_partition_forms"
down_revision = "0019_business_catalogue"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Nothing yet."""
