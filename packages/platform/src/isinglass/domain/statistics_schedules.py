"""What the schedules are called that compute the statistics of tables."""

import json

#: The kind of schedule that computes statistics.
KIND = "column_statistics"


def schedule_name(database: str, table: str) -> str:
    """Name a table's schedule: names may hold any character, so that none can part them."""
    return json.dumps([database, table], ensure_ascii=False)


def table_of_schedule(name: str) -> tuple[str, str]:
    """Read what schedule_name wrote."""
    database, table = json.loads(name)
    return database, table
