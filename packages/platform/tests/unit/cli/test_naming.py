"""Names of partitions on the command line."""

import pytest

from isinglass.cli.naming import partition_path


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
