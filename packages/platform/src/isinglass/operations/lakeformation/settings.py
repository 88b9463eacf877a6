"""Data-lake settings: who administers, and what new databases and tables are open to."""

from collections.abc import Mapping
from typing import Any

from isinglass.domain.permissions.defaults import OPEN, checked
from isinglass.domain.permissions.grants import check_permissions
from isinglass.domain.permissions.principals import check_administrator
from isinglass.model.lakeformation.errors import AccessDeniedException, InvalidInputException
from isinglass.model.lakeformation.shapes import (
    GetDataLakeSettingsRequest,
    GetDataLakeSettingsResponse,
    PutDataLakeSettingsRequest,
    PutDataLakeSettingsResponse,
)
from isinglass.operations.context import Context
from isinglass.operations.lakeformation.scope import require_administrator
from isinglass.operations.registry import implements

_ADMINISTRATORS = ("DataLakeAdmins", "ReadOnlyAdmins")
_DEFAULTS = {"CreateDatabaseDefaultPermissions": "database", "CreateTableDefaultPermissions": "table"}
#: Members that would let other engines around us; nothing here would carry them out.
_REFUSED = (
    "TrustedResourceOwners",
    "AllowExternalDataFiltering",
    "AllowFullTableExternalDataAccess",
    "ExternalDataFilteringAllowList",
    "AuthorizedSessionTagValueList",
)


@implements("lakeformation:GetDataLakeSettings")
def get_data_lake_settings(ctx: Context, request: GetDataLakeSettingsRequest) -> GetDataLakeSettingsResponse:
    _check_own(ctx, request)
    with ctx.store.read() as tx:
        kept = tx.data_lake.settings(ctx.account_id)
    shown: Any = {
        **{name: [] for name in _ADMINISTRATORS},
        **{name: list(OPEN) for name in _DEFAULTS},
        "Parameters": {},
        **{name: [] for name in _REFUSED},
        "AllowExternalDataFiltering": False,
        "AllowFullTableExternalDataAccess": False,
        **kept,
    }
    return {"DataLakeSettings": shown}


@implements("lakeformation:PutDataLakeSettings")
def put_data_lake_settings(ctx: Context, request: PutDataLakeSettingsRequest) -> PutDataLakeSettingsResponse:
    """Replace the settings; lists that are not given become empty, as in Lake Formation."""
    _check_own(ctx, request)
    given: Mapping[str, Any] = request["DataLakeSettings"]
    for member in _REFUSED:
        if given.get(member):
            raise InvalidInputException(f"{member} is not supported: engines beside this server get no data")
    document: dict[str, Any] = {}
    for member in _ADMINISTRATORS:
        names = {
            check_administrator(entry.get("DataLakePrincipalIdentifier", ""))
            for entry in given.get(member, ())
        }
        document[member] = [{"DataLakePrincipalIdentifier": name} for name in sorted(names)]
    for member, kind in _DEFAULTS.items():
        for entry in given.get(member, ()):
            check_permissions("database" if kind == "database" else "table", entry.get("Permissions", ()))
        document[member] = checked(given.get(member, ()), ctx.account_id)
    if "Parameters" in given:
        document["Parameters"] = given["Parameters"]
    with ctx.store.begin() as tx:
        require_administrator(ctx, tx)
        tx.data_lake.put_settings(ctx.account_id, document)
    return {}


def _check_own(ctx: Context, request: Mapping[str, Any]) -> None:
    given = request.get("CatalogId", ctx.account_id)
    if given != ctx.account_id:
        raise AccessDeniedException(f"User: {ctx.principal.arn} may not see the settings of catalog {given}")
