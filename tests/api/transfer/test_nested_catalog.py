"""A catalog nested in an account's own moves by itself, with who may do what in it."""

import itertools

import pytest
from api_fixtures import REGION
from transfer_fixtures import EVERYTHING, Mover, lines, without_header

from isinglass.transfer.calling import OfCatalog
from isinglass.transfer.importing import entries_of, import_records
from isinglass.transfer.putting import Target
from isinglass.transfer.reading import CatalogReader, Origin
from isinglass.transfer.records import decode
from isinglass.transfer.report import Choices, Report

DATABASES = ["sqlite"]
ACCOUNTS = itertools.count(520_000_000_000)
EVERYBODY = {"DataLakePrincipalIdentifier": "IAM_ALLOWED_PRINCIPALS"}


@pytest.fixture
def account() -> str:
    return str(next(ACCOUNTS))


@pytest.fixture
def filled(api, account):
    """Fill a nested catalog, and grant in it and beside it."""
    glue, lake = api.client("glue", account), api.client("lakeformation", account)
    for name in ("emea", "apac"):
        glue.create_catalog(Name=name, CatalogInput={"Description": name})
    nested = {"CatalogId": f"{account}:emea"}
    columns = [{"Name": "id", "Type": "int"}, {"Name": "secret", "Type": "string"}]
    for place in (nested, {}):
        glue.create_database(**place, DatabaseInput={"Name": "sales"})
        for name in ("orders", "plain"):
            table = {"Name": name, "StorageDescriptor": {"Columns": columns}}
            glue.create_table(**place, DatabaseName="sales", TableInput=table)
    orders = {**nested, "DatabaseName": "sales", "Name": "orders"}
    lake.revoke_permissions(Principal=EVERYBODY, Resource={"Table": orders}, Permissions=["ALL"])
    lake.create_data_cells_filter(
        TableData={
            "TableCatalogId": nested["CatalogId"], "DatabaseName": "sales", "TableName": "orders", "Name": "f",
            "RowFilter": {"FilterExpression": "id > 3"}, "ColumnNames": ["id"],
        }
    )  # fmt: skip
    cells = {
        "TableCatalogId": nested["CatalogId"],
        "DatabaseName": "sales",
        "TableName": "orders",
        "Name": "f",
    }
    granted = [
        ({"Table": orders}, ["SELECT", "DESCRIBE"]),
        ({"DataCellsFilter": cells}, ["SELECT"]),
        ({"Database": {**nested, "Name": "sales"}}, ["CREATE_TABLE"]),
        ({"Catalog": {"Id": nested["CatalogId"]}}, ["CREATE_DATABASE"]),
        ({"Database": {"Name": "sales"}}, ["ALTER"]),
    ]
    for user, (resource, permissions) in enumerate(granted):
        who = {"DataLakePrincipalIdentifier": f"arn:aws:iam::{account}:user/u{user}"}
        lake.grant_permissions(Principal=who, Resource=resource, Permissions=permissions)
    return Mover(api)


def export(mover, account, catalog):
    glue = OfCatalog(mover.glue(account), f"{account}:{catalog}")
    reader = CatalogReader(glue, Origin(account, REGION, f"{account}:{catalog}"), EVERYTHING)
    return b"".join(line for section in reader.sections() for line in section.lines)


def put(mover, account, catalog, text, **choices):
    report = Report(Choices(wanted=EVERYTHING, **choices))
    glue = OfCatalog(mover.glue(account), f"{account}:{catalog}")
    target = Target(glue, account, REGION, report, None, f"{account}:{catalog}")
    import_records(target, entries_of(lines(text), report))
    return report


def test_permissions_in_a_nested_catalog_move_with_it(filled, account):
    exported = export(filled, account, "emea")
    found = [decode(line) for line in exported.splitlines()]
    assert [record.kind for record in found] == [
        "Catalog", "Database", "Table", "Table", "DataCellsFilter", "Restriction", *["Permission"] * 4,
    ]  # fmt: skip
    assert b":emea" not in without_header(exported)
    assert {outcome for _, outcome in put(filled, account, "apac", exported, dry_run=True).counts} == {
        "created"
    }
    report = put(filled, account, "apac", exported)
    assert (report.problems, {outcome for _, outcome in report.counts}) == ([], {"created"})
    assert without_header(export(filled, account, "apac")) == without_header(exported)
    again = put(filled, account, "apac", exported)
    assert {outcome for _, outcome in again.counts} == {"unchanged"}


def test_file_of_an_account_puts_into_a_nested_catalog_what_that_can_have(filled, account):
    exported = filled.export(account)
    assert {b'"ALTER"' in line for line in exported.splitlines() if b'"Kind":"Permission"' in line} == {True}
    report = put(filled, account, "apac", exported)
    assert report.problems == []
    assert {kind for kind, _ in report.counts} == {"Database", "Table", "Permission"}
    moved = [decode(line) for line in export(filled, account, "apac").splitlines() if b"ALTER" in line]
    assert [record.names["Resource"] for record in moved] == [{"Database": {"Name": "sales"}}]


def test_catalog_of_another_account_moves_without_permissions(api, filled, account):
    other = str(next(ACCOUNTS))
    reader = CatalogReader(
        OfCatalog(filled.glue(account), account), Origin(other, REGION, account), EVERYTHING
    )
    kinds = {decode(line).kind for section in reader.sections() for line in section.lines}
    assert kinds == {"Catalog", "Database", "Table"}
