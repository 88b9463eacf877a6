"""What granting and revoking make of what a principal has."""

from typing import Any

import pytest

from isinglass.domain.permissions import resources
from isinglass.domain.permissions.access import Access, Cells, decide
from isinglass.domain.permissions.grants import Grant, check_permissions, granted, revoked
from isinglass.domain.permissions.principals import Asker, check_principal
from isinglass.domain.permissions.resources import Resource, above, location_of, location_of_url
from isinglass.model.lakeformation.errors import InvalidInputException, OperationNotSupportedException

ACCOUNT = "123456789012"
TABLE = Resource("table", "sales", "orders")


def grant(resource: Resource, *permissions: str, grantable: tuple[str, ...] = ()) -> Grant:
    return Grant("p", resource, frozenset(permissions), frozenset(grantable))


def columns(*names: str) -> Resource:
    return Resource("columns", "sales", "orders", columns=names)


def all_but(*names: str) -> Resource:
    return Resource("columns", "sales", "orders", excluded=names)


@pytest.mark.parametrize(
    ("document", "expected"),
    [
        ({"Catalog": {}}, Resource("catalog")),
        ({"Database": {"Name": "Sales"}}, Resource("database", "sales")),
        ({"Table": {"DatabaseName": "S", "Name": "T"}}, Resource("table", "s", "t")),
        ({"Table": {"DatabaseName": "S", "TableWildcard": {}}}, Resource("tables", "s")),
        (
            {"TableWithColumns": {"DatabaseName": "s", "Name": "t", "ColumnNames": ["B", "a"]}},
            Resource("columns", "s", "t", columns=("a", "b")),
        ),
        (
            {
                "TableWithColumns": {
                    "DatabaseName": "s",
                    "Name": "t",
                    "ColumnWildcard": {"ExcludedColumnNames": ["A"]},
                }
            },
            Resource("columns", "s", "t", excluded=("a",)),
        ),
        (
            {"DataCellsFilter": {"DatabaseName": "s", "TableName": "t", "Name": "f"}},
            Resource("cells", "s", "t", "f"),
        ),
        ({"DataLocation": {"ResourceArn": "arn:aws:s3:::b/p"}}, Resource("location", item="b/p/")),
    ],
)
def test_resource_is_read_with_folded_names(document: dict[str, Any], expected: Resource):
    assert resources.parse(document) == expected


@pytest.mark.parametrize(
    ("document", "reason"),
    [
        ({}, "Resource must have exactly one member, not none"),
        ({"Catalog": {}, "Database": {"Name": "s"}}, "not Catalog, Database"),
        ({"Table": {"DatabaseName": "s"}}, "Table needs either Name or TableWildcard"),
        ({"Table": {"DatabaseName": "s", "Name": "t", "TableWildcard": {}}}, "Table needs either"),
        ({"TableWithColumns": {"DatabaseName": "s", "Name": "t"}}, "Either ColumnNames or ColumnWildcard"),
        ({"DataLocation": {"ResourceArn": "arn:aws:glue:::x"}}, "Invalid resource ARN"),
        ({"DataCellsFilter": {"DatabaseName": "s"}}, "DataCellsFilter needs TableName, Name"),
    ],
)
def test_resource_that_makes_no_sense_is_refused(document: dict[str, Any], reason: str):
    with pytest.raises(InvalidInputException) as caught:
        resources.parse(document)
    assert reason in caught.value.message


def test_tags_are_said_to_be_unsupported():
    with pytest.raises(OperationNotSupportedException, match="Permissions on LFTag are not supported"):
        resources.parse({"LFTag": {"TagKey": "k", "TagValues": ["v"]}})


@pytest.mark.parametrize(
    ("kind", "permissions", "grantable"),
    [
        ("database", {"SELECT"}, set()),
        ("columns", {"INSERT"}, set()),
        ("catalog", {"ALL"}, set()),
        ("location", {"SELECT"}, set()),
        ("table", {"SELECT"}, {"INSERT"}),
    ],
)
def test_permissions_that_a_resource_does_not_have_are_refused(
    kind: Any, permissions: set[str], grantable: set[str]
):
    with pytest.raises(InvalidInputException):
        check_permissions(kind, permissions, grantable)


def test_grants_on_columns_add_names_up_and_shrink_exclusions():
    more = granted(grant(columns("a"), "SELECT"), grant(columns("b"), "SELECT"))
    assert more.resource == columns("a", "b")
    fewer = granted(grant(all_but("a", "b"), "SELECT"), grant(all_but("b", "c"), "SELECT"))
    assert fewer.resource == all_but("b")


@pytest.mark.parametrize(
    ("present", "taken", "left"),
    [
        (grant(TABLE, "SELECT", "INSERT"), grant(TABLE, "INSERT"), grant(TABLE, "SELECT")),
        (grant(TABLE, "SELECT"), grant(TABLE, "SELECT"), None),
        (grant(TABLE, "SELECT", "DROP"), grant(TABLE, "ALL"), None),
        (
            grant(TABLE, "ALL", grantable=("ALL",)),
            grant(TABLE, "DROP"),
            grant(
                TABLE, "ALTER", "DELETE", "DESCRIBE", "INSERT", "SELECT",
                grantable=("ALTER", "DELETE", "DESCRIBE", "INSERT", "SELECT"),
            ),
        ),
        (
            grant(TABLE, "SELECT", grantable=("SELECT",)),
            grant(TABLE, grantable=("SELECT",)),
            grant(TABLE, "SELECT"),
        ),
        (grant(columns("a", "b"), "SELECT"), grant(columns("a"), "SELECT"), grant(columns("b"), "SELECT")),
        (grant(columns("a"), "SELECT"), grant(columns("a"), "SELECT"), None),
    ],
)  # fmt: skip
def test_revoking_leaves_what_was_not_taken(present: Grant, taken: Grant, left: Grant | None):
    assert revoked(present, taken) == left


@pytest.mark.parametrize(
    ("present", "taken"),
    [
        (None, grant(TABLE, "SELECT")),
        (grant(TABLE, "SELECT"), grant(TABLE, "INSERT")),
        (grant(columns("a"), "SELECT"), grant(columns("a", "b"), "SELECT")),
        (grant(all_but("a"), "SELECT"), grant(all_but("b"), "SELECT")),
    ],
)
def test_revoking_what_is_not_held_is_refused(present: Grant | None, taken: Grant):
    with pytest.raises(InvalidInputException, match="No permissions revoked"):
        revoked(present, taken)


def test_access_is_the_union_of_grants():
    filters = {"eu": {"RowFilter": {"FilterExpression": "region = 'eu'"}, "ColumnNames": ["Card", "id"]}}
    access = decide(
        [
            grant(columns("id"), "SELECT"),
            grant(Resource("cells", "sales", "orders", "eu"), "SELECT"),
            grant(Resource("cells", "sales", "orders", "gone"), "SELECT"),
            grant(TABLE, "INSERT"),
        ],
        filters,
    )
    assert access == Access(
        frozenset({"INSERT"}),
        (Cells(frozenset({"id"})), Cells(frozenset({"card", "id"}), rows="region = 'eu'")),
    )
    names = ["id", "Card", "region"]
    assert access.columns(names) == ["id", "Card"]
    assert [access.rows_of(name) for name in ("ID", "card")] == [None, ("region = 'eu'",)]
    assert access.rows(names) is None
    assert (access.reads_all, access.allows("SELECT"), access.allows("ALTER")) == (False, True, False)
    assert [access.sees(name) for name in names] == [True, True, False]


@pytest.mark.parametrize(
    ("grants", "expected"),
    [
        ([], (True, False, False)),
        ([grant(TABLE, "DESCRIBE")], (False, False, True)),
        ([grant(TABLE, "SELECT")], (False, True, True)),
        ([grant(TABLE, "ALL")], (False, True, True)),
        ([grant(Resource("tables", "sales"), "SELECT")], (False, True, True)),
        ([grant(Resource("database", "sales"), "ALL")], (True, False, False)),
    ],
)
def test_access_tells_whether_a_table_shows_and_is_read_whole(
    grants: list[Grant], expected: tuple[bool, bool, bool]
):
    access = decide(grants, {})
    assert (access.is_none, access.reads_all, access.allows("DESCRIBE")) == expected


@pytest.mark.parametrize(
    ("text", "kept"),
    [
        ("arn:aws:iam::123456789012:role/etl/nightly", "arn:aws:iam::123456789012:role/etl/nightly"),
        ("arn:aws:iam::210987654321:root", "210987654321"),
        ("210987654321", "210987654321"),
        ("ALLIAMPrincipals", "123456789012:IAMPrincipals"),
        ("IAM_ALLOWED_PRINCIPALS", "IAM_ALLOWED_PRINCIPALS"),
    ],
)
def test_principal_is_kept_under_one_name(text: str, kept: str):
    assert check_principal(text, ACCOUNT) == kept


@pytest.mark.parametrize("text", ["", "ana", "arn:aws:iam::123456789012:group/g", "arn:aws:iam::1:role/r"])
def test_principal_that_nobody_is_is_refused(text: str):
    with pytest.raises(InvalidInputException, match="Invalid principal"):
        check_principal(text, ACCOUNT)


def test_asker_goes_by_its_account_and_by_its_role_with_and_without_path():
    role = f"arn:aws:iam::{ACCOUNT}:role/team/etl"
    asker = Asker(ACCOUNT, f"arn:aws:sts::{ACCOUNT}:assumed-role/etl/run", role)
    assert asker.names == (
        role,
        f"{ACCOUNT}:IAMPrincipals",
        ACCOUNT,
        "IAM_ALLOWED_PRINCIPALS",
        f"arn:aws:iam::{ACCOUNT}:role/etl",
    )
    assert not asker.owns(ACCOUNT)
    root = f"arn:aws:iam::{ACCOUNT}:root"
    assert Asker(ACCOUNT, root, root).owns(ACCOUNT)
    assert not Asker("210987654321", root, root).owns(ACCOUNT)


def test_places_are_paths_that_end_with_a_slash():
    assert location_of("arn:aws:s3:::b/x/y/") == "b/x/y/"
    assert [location_of_url(url) for url in ("s3://b/x", "s3a://b/x/", "file:///x", "", "s3://")] == [
        "b/x/",
        "b/x/",
        None,
        None,
        None,
    ]
    assert above("b/x/y/") == ["b/", "b/x/", "b/x/y/"]
