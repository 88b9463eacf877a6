"""Requests about permissions, for the test that no operation reaches another account's things."""

from typing import Any

#: Where the owner's data would be; nothing else uses it.
_PLACE = "arn:aws:s3:::vault-of-{owner}/raw"
_TABLE = {"CatalogId": "{owner}", "DatabaseName": "ledger", "Name": "entries"}
_FILTER = {"TableCatalogId": "{owner}", "DatabaseName": "ledger", "TableName": "entries", "Name": "some"}
_TO = {"DataLakePrincipalIdentifier": "444455556666"}
_GRANT = {"Principal": _TO, "Resource": {"Table": _TABLE}, "Permissions": ["SELECT"]}
_UNFILTERED = {
    "CatalogId": "{owner}",
    "DatabaseName": "ledger",
    "SupportedPermissionTypes": ["COLUMN_PERMISSION"],
}

PERMISSION_CASES: dict[str, dict[str, Any]] = {
    "GetUnfilteredPartitionMetadata": {**_UNFILTERED, "TableName": "entries", "PartitionValues": ["1"]},
    "GetUnfilteredPartitionsMetadata": {**_UNFILTERED, "TableName": "entries"},
    "GetUnfilteredTableMetadata": {**_UNFILTERED, "Name": "entries"},
    "isinglass:ReadPermittedTable": {
        "CatalogId": "{owner}",
        "DatabaseName": "ledger",
        "TableName": "entries",
    },
    "lakeformation:BatchGrantPermissions": {"Entries": [{"Id": "1", **_GRANT}]},
    "lakeformation:BatchRevokePermissions": {"Entries": [{"Id": "1", **_GRANT}]},
    "lakeformation:CreateDataCellsFilter": {"TableData": {**_FILTER, "Name": "new", "ColumnWildcard": {}}},
    "lakeformation:DeleteDataCellsFilter": _FILTER,
    "lakeformation:DeregisterResource": {"ResourceArn": _PLACE},
    "lakeformation:DescribeResource": {"ResourceArn": _PLACE},
    "lakeformation:GetDataCellsFilter": _FILTER,
    "lakeformation:GetDataLakeSettings": {"CatalogId": "{owner}"},
    "lakeformation:GetEffectivePermissionsForPath": {"CatalogId": "{owner}", "ResourceArn": _PLACE},
    "lakeformation:GetTemporaryGlueTableCredentials": {
        "TableArn": "arn:aws:glue:us-east-1:{owner}:table/ledger/entries"
    },
    "lakeformation:GrantPermissions": _GRANT,
    "lakeformation:ListDataCellsFilter": {"Table": _TABLE},
    "lakeformation:ListPermissions": {"CatalogId": "{owner}"},
    "lakeformation:ListResources": {},
    "lakeformation:PutDataLakeSettings": {"CatalogId": "{owner}", "DataLakeSettings": {}},
    "lakeformation:RegisterResource": {
        "ResourceArn": "arn:aws:s3:::{bucket}/raw",
        "UseServiceLinkedRole": True,
    },
    "lakeformation:RevokePermissions": _GRANT,
    "lakeformation:UpdateDataCellsFilter": {"TableData": {**_FILTER, "ColumnWildcard": {}}},
}


def make_permissions(lakeformation: Any, account: str, secret: str) -> None:
    """Let an account have a grant, a filter and a registered place, the secret in each."""
    role = {"DataLakePrincipalIdentifier": f"arn:aws:iam::{account}:role/{secret}"}
    table = {"DatabaseName": "ledger", "Name": "entries"}
    lakeformation.grant_permissions(Principal=role, Resource={"Table": table}, Permissions=["SELECT"])
    rows = {"FilterExpression": f"day = '{secret}'"}
    named = {key: value.format(owner=account) for key, value in _FILTER.items()}
    lakeformation.create_data_cells_filter(TableData={**named, "RowFilter": rows, "ColumnWildcard": {}})
    lakeformation.register_resource(
        ResourceArn=_PLACE.format(owner=account), RoleArn=role["DataLakePrincipalIdentifier"]
    )


def read_permissions(lakeformation: Any) -> dict[str, Any]:
    """Read all that an account's permissions are."""
    answers = {
        "permissions": lakeformation.list_permissions(),
        "filters": lakeformation.list_data_cells_filter(),
        "places": lakeformation.list_resources(),
        "settings": lakeformation.get_data_lake_settings(),
    }
    for answer in answers.values():
        del answer["ResponseMetadata"]
    return answers
