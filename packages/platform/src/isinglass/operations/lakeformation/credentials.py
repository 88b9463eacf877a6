"""Temporary credentials for the files of one table, for engines that read them by themselves."""

from isinglass.domain import arns
from isinglass.domain.permissions.cutting import names_of
from isinglass.domain.permissions.resources import Resource, location_of_url
from isinglass.model.lakeformation.errors import (
    AccessDeniedException,
    InvalidInputException,
    PermissionTypeMismatchException,
)
from isinglass.model.lakeformation.shapes import (
    GetTemporaryGlueTableCredentialsRequest,
    GetTemporaryGlueTableCredentialsResponse,
)
from isinglass.operations.context import Context
from isinglass.operations.lakeformation.scope import asker_of, denied
from isinglass.operations.registry import implements
from isinglass.store.key_making import holder_of, make_session_key

_LEAST_SECONDS, _USUAL_SECONDS, _MOST_SECONDS = 900, 3600, 43_200
_READING = frozenset({"SELECT"})


@implements("lakeformation:GetTemporaryGlueTableCredentials")
def get_temporary_glue_table_credentials(
    ctx: Context, request: GetTemporaryGlueTableCredentialsRequest
) -> GetTemporaryGlueTableCredentialsResponse:
    """Lend a key that acts as the caller, to whom all files of the table are open.

    Whoever may read only some columns or rows gets none: files cannot be opened in part.
    """
    arn = _table_arn(request["TableArn"])
    if arn.account_id != ctx.account_id:
        raise AccessDeniedException(f"Table {request['TableArn']} is not one of account {ctx.account_id}")
    seconds = request.get("DurationSeconds", _USUAL_SECONDS)
    if not _LEAST_SECONDS <= seconds <= _MOST_SECONDS:
        raise InvalidInputException(f"DurationSeconds must be {_LEAST_SECONDS} to {_MOST_SECONDS}")
    wanted = frozenset(request.get("Permissions", ["SELECT"]))
    with ctx.store.begin() as tx:
        table = tx.tables.require(arn.account_id, arn.names[0], arn.names[1])
        access = tx.table_access.of(table, asker_of(ctx))
        missing = [name for name in sorted(wanted) if not access.allows(name)]
        if missing:
            raise denied(missing, Resource("table", table.database_name, table.name))
        if wanted & _READING and not access.reads_all and names_of(table.document):
            raise PermissionTypeMismatchException(
                f"Only some columns or rows of {table.database_name}.{table.name} are permitted: its files "
                "cannot be opened in part; read it in a job or with RunQuery"
            )
        caller = tx.access_keys.find(ctx.principal.access_key_id)
        if caller is None:
            raise AccessDeniedException("The access key that asked was deleted meanwhile")
        ends = min(ctx.now + seconds, caller.expires_at or ctx.now + seconds)
        key = make_session_key(tx, ctx.services.sealer, holder_of(caller), ctx.now, ends)
    place = location_of_url((table.document.get("StorageDescriptor") or {}).get("Location"))
    return {
        "AccessKeyId": key.access_key_id,
        "SecretAccessKey": key.secret_access_key,
        "SessionToken": key.session_token,
        "Expiration": ends,
        "VendedS3Path": [] if place is None else [f"s3://{place}"],
    }


def _table_arn(text: str) -> arns.Arn:
    try:
        found = arns.parse(text)
    except arns.InvalidArn as error:
        raise InvalidInputException(str(error)) from error
    if found.kind != "table":
        raise InvalidInputException(f"{text!r} is not the ARN of a table")
    return found
