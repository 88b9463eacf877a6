"""A catalog whose permissions are tested, and short ways to give, take and meet them."""

from dataclasses import dataclass
from typing import Any

import pytest
from access_fixtures import User
from api_fixtures import ROOT_ACCOUNT, Api
from botocore.exceptions import ClientError

ALL_IAM = "IAM_ALLOWED_PRINCIPALS"
COLUMNS = [
    {"Name": "id", "Type": "bigint"},
    {"Name": "region", "Type": "string"},
    {"Name": "Card", "Type": "string"},
]


def principal(name: str) -> dict[str, str]:
    return {"DataLakePrincipalIdentifier": name}


def table(name: str = "orders", database: str = "sales") -> dict[str, Any]:
    return {"Table": {"DatabaseName": database, "Name": name}}


def columns(*names: str, name: str = "orders") -> dict[str, Any]:
    return {"TableWithColumns": {"DatabaseName": "sales", "Name": name, "ColumnNames": list(names)}}


def cells(name: str) -> dict[str, Any]:
    where = {"TableCatalogId": ROOT_ACCOUNT, "DatabaseName": "sales", "TableName": "orders"}
    return {"DataCellsFilter": {**where, "Name": name}}


@dataclass(frozen=True)
class Lake:
    """A catalog with `sales.orders` and `sales.open`, and a user whom IAM lets do everything."""

    api: Api
    glue: Any
    lf: Any
    ana: User

    def restrict(self, resource: dict[str, Any]) -> None:
        self.lf.revoke_permissions(Principal=principal(ALL_IAM), Resource=resource, Permissions=["ALL"])

    def grant(self, resource: dict[str, Any], *permissions: str, to: str = "", **more: Any) -> None:
        self.lf.grant_permissions(
            Principal=principal(to or self.ana.arn), Resource=resource, Permissions=list(permissions), **more
        )

    def revoke(self, resource: dict[str, Any], *permissions: str, of: str = "") -> None:
        self.lf.revoke_permissions(
            Principal=principal(of or self.ana.arn), Resource=resource, Permissions=list(permissions)
        )

    def filter(self, name: str, rows: str, **chosen: Any) -> None:
        """Make a data cells filter and grant it."""
        data = {
            "TableCatalogId": ROOT_ACCOUNT,
            "DatabaseName": "sales",
            "TableName": "orders",
            "Name": name,
            "RowFilter": {"FilterExpression": rows} if rows else {"AllRowsWildcard": {}},
            **(chosen or {"ColumnWildcard": {}}),
        }
        self.lf.create_data_cells_filter(TableData=data)
        self.grant(cells(name), "SELECT")


def refusal(call: Any, **arguments: Any) -> tuple[str, str]:
    """Call and return the error's code and message."""
    with pytest.raises(ClientError) as caught:
        call(**arguments)
    error = caught.value.response["Error"]
    return error["Code"], error["Message"]


def lacks(permission: str, on: str) -> tuple[str, str]:
    """The error of a call that lacks a permission."""
    return (
        "AccessDeniedException",
        f"Insufficient Lake Formation permission(s): Required {permission} on {on}",
    )
