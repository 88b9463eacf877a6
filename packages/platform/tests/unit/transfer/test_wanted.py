"""Which databases and tables patterns choose."""

import pytest

from isinglass.transfer.wanted import Wanted

TABLES = [("sales", "orders"), ("sales", "returns"), ("hr", "orders"), ("lab", "x")]


@pytest.mark.parametrize(
    ("databases", "tables", "chosen_databases", "chosen_tables"),
    [
        ((), (), ["sales", "hr", "lab"], TABLES),
        (("s*",), (), ["sales"], [("sales", "orders"), ("sales", "returns")]),
        ((), ("orders",), ["sales", "hr", "lab"], [("sales", "orders"), ("hr", "orders")]),
        ((), ("sales.o*",), ["sales"], [("sales", "orders")]),
        (("SALES", "lab"), ("Orders", "x"), ["sales", "lab"], [("sales", "orders"), ("lab", "x")]),
        ((), ("sales.o*", "x"), ["sales", "hr", "lab"], [("sales", "orders"), ("lab", "x")]),
    ],
)
def test_patterns_choose(databases, tables, chosen_databases, chosen_tables):
    wanted = Wanted(databases, tables)
    assert [name for name in ["sales", "hr", "lab"] if wanted.database(name)] == chosen_databases
    assert [table for table in TABLES if wanted.table(*table)] == chosen_tables
