"""How statistics are shown."""

from typing import Any

import pytest

from isinglass.cli.commands.statistics import _bound


@pytest.mark.parametrize(
    ("kind", "column_type", "value", "shown"),
    [
        ("LONG", "int", 7, "7"),
        ("LONG", "timestamp", 0, "1970-01-01 00:00:00"),
        ("DATE", "date", -86_400, "1969-12-31"),
        ("DATE", "date", 10**15, "1000000000000000"),
        ("DOUBLE", "double", 0.25, "0.25"),
        ("DECIMAL", "decimal(5,2)", {"UnscaledValue": "/zg=", "Scale": 2}, "-2.00"),
        ("STRING", "string", "", ""),
    ],
)
def test_bound_is_written_as_its_column_would(kind: str, column_type: str, value: Any, shown: str) -> None:
    assert _bound(kind, column_type, value) == shown
