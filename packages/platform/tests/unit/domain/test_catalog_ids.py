"""Ids of catalogs: taken apart, put together, and written in ARNs."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from isinglass.domain import catalog_ids
from isinglass.domain.catalog_definitions import catalog_path, nested_id
from isinglass.model.glue.errors import InvalidInputException

ACCOUNT = "123456789012"
NAMES = st.text("abcé0- _", min_size=1, max_size=8).map(str.strip).filter(bool)


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        (ACCOUNT, (ACCOUNT, "")),
        ("210987654321:a/b", ("210987654321", "a/b")),
        ("a/b", (ACCOUNT, "a/b")),
        ("1234:a", (ACCOUNT, "1234:a")),
        ("", (ACCOUNT, "")),
    ],
)
def test_split_takes_what_names_no_account_for_ones_own(text: str, parts: tuple[str, str]) -> None:
    assert catalog_ids.split(text, ACCOUNT) == parts


@settings(max_examples=50)
@given(st.lists(NAMES, max_size=4))
def test_nested_id_begins_with_its_account_and_leads_back(names: list[str]) -> None:
    path = catalog_path("/".join(names)) if names else ""
    catalog_id = catalog_ids.join(ACCOUNT, path)
    assert catalog_ids.account_of(catalog_id) == ACCOUNT
    assert catalog_ids.path_of(catalog_id) == tuple(name.lower() for name in names)
    assert catalog_ids.split(catalog_id, "210987654321") == (ACCOUNT, path)
    if names:
        _, parent = nested_id(ACCOUNT, path)
        assert catalog_ids.path_of(parent) == catalog_ids.path_of(catalog_id)[:-1]


def test_arns_of_what_is_in_a_catalog_have_its_path() -> None:
    arn = "arn:aws:glue:eu-west-1:123456789012:"
    assert catalog_ids.arn("eu-west-1", ACCOUNT, "database", "d") == f"{arn}database/d"
    assert catalog_ids.arn("eu-west-1", f"{ACCOUNT}:a/b", "table", "d", "t") == f"{arn}table/a/b/d/t"
    assert catalog_ids.resource(f"{ACCOUNT}:a/b", "catalog") == "catalog/a/b"


@pytest.mark.parametrize("name", ["", "/", "a/", "/a", "a//b", " a", "a:b", "a\nb", "a/ "])
def test_name_that_no_path_can_hold_is_refused(name: str) -> None:
    with pytest.raises(InvalidInputException):
        catalog_path(name)
