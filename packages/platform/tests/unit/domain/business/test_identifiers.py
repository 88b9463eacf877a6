"""Identifiers of tables' assets."""

import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from isinglass.domain.business.identifiers import TableName, table_identifier, table_of

_NAMES = st.text(st.characters(codec="utf-8"), min_size=1, max_size=8).map(str.lower).filter(
    lambda name: name == name.lower()
)  # fmt: skip


@given(st.sampled_from(["123456789012", "123456789012:a", "123456789012:a/b"]), _NAMES, _NAMES)
@settings(max_examples=100, deadline=None)
def test_identifier_of_a_table_leads_back_to_it(catalog: str, database: str, table: str) -> None:
    name = TableName(catalog, database, table)
    identifier = table_identifier("eu-west-1", name)
    assert table_of(identifier) == name
    assert re.fullmatch(r"[a-zA-Z0-9\-:/._*]+", identifier)


@pytest.mark.parametrize(
    "text",
    [
        "orders",
        "arn:aws:glue:eu-west-1:123456789012:database/sales",
        "arn:aws:glue:eu-west-1:123456789012:table/sales",
        "arn:aws:glue:eu-west-1:1234:table/sales/orders",
        "arn:aws:s3:eu-west-1:123456789012:table/sales/orders",
    ],
)
def test_identifier_of_something_else_names_no_table(text: str) -> None:
    assert table_of(text) is None
