"""Names of tables and partitions on the command line."""

import pytest

from isinglass.cli.errors import CliError
from isinglass.cli.naming import partition_path, table_name


@pytest.mark.parametrize(
    ("keys", "values", "path"),
    [
        (["year", "month"], ["2026", "01"], "year=2026/month=01"),
        (["a"], ["x/y=z"], "a=x%2Fy%3Dz"),
        (["a"], [], ""),
        (["a"], ["1", "2"], "1/2"),
    ],
)
def test_partition_is_written_as_its_folder_also_after_the_keys_changed(keys, values, path):
    assert partition_path(keys, values) == path


@pytest.mark.parametrize(
    ("text", "named"),
    [
        ("sales.orders", ("sales", "orders")),
        ("sales/orders", ("sales", "orders")),
        ("sales.a/b.c", ("sales", "a/b.c")),
        ("sales/a.b/c", ("sales", "a.b/c")),
        ("arn:aws:glue:us-east-1:123456789012:table/sales.eu/orders", ("sales.eu", "orders")),
    ],
)
def test_table_is_named_by_its_database_and_all_that_comes_after(text, named):
    assert table_name(text) == named


@pytest.mark.parametrize(
    "text", ["", "sales", "sales.", ".orders", "arn:aws:glue:us-east-1:123456789012:database/sales"]
)
def test_text_that_names_no_table_is_refused(text):
    with pytest.raises(CliError, match="does not name a table"):
        table_name(text)
