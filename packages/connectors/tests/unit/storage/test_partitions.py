import pytest
from hypothesis import given
from hypothesis import strategies as st

from isinglass_connectors.storage.partitions import (
    DEFAULT_PARTITION,
    PartitionPath,
    component,
    parse,
    parse_component,
)


@pytest.mark.parametrize(
    ("value", "folder"),
    [
        (None, f"k={DEFAULT_PARTITION}"),
        ("", f"k={DEFAULT_PARTITION}"),
        ("a b", "k=a b"),
        ("a/b:c=d%", "k=a%2Fb%3Ac%3Dd%25"),
        ("ü", "k=ü"),
        ("..", "k=.."),
        ("\t", "k=%09"),
    ],
)
def test_component_value_is_escaped_as_spark_does(value, folder):
    assert component("k", value) == folder


@given(st.text(min_size=1, max_size=30), st.text(min_size=1, max_size=30))
def test_component_any_value_is_read_back(key, value):
    if value != DEFAULT_PARTITION:
        assert parse_component(component(key, value)) == (key, value)


def test_parse_path_passes_over_other_folders():
    assert parse(f"year=2024/x/name=a%20b/z={DEFAULT_PARTITION}/f=1.csv") == PartitionPath(
        ("year", "name", "z"), ("2024", "a b", None)
    )
