"""Read tables of which the run may see only a part: the server copies that part for it."""

import json
from typing import Any

from pyspark.errors import AnalysisException

from isinglass_runtime.io.frames import FileFrame
from isinglass_runtime.io.metastore import CatalogTable
from isinglass_runtime.run import current

#: What the catalog marks definitions with that it does not show whole.
MARK = "isinglass.access"
_TARGET = "Isinglass.ReadPermittedTable"
_PATIENCE_SECONDS = 660


class NotPermittedError(AnalysisException):  # type: ignore[misc] # pyspark is not followed
    """The run's role may not read the table, or its part could not be read."""


def is_partial(found: CatalogTable) -> bool:
    """Tell whether the catalog shows only a part of a table."""
    return MARK in found.parameters


def read_permitted(
    spark: Any, found: CatalogTable, *, push_down_predicate: str = "", catalog_partition_predicate: str = ""
) -> FileFrame | None:
    """Read the permitted part; None when it is the whole table after all."""
    expression = catalog_partition_predicate.strip() or push_down_predicate.strip()
    request = {"DatabaseName": found.database, "TableName": found.name, "Expression": expression}
    answer = _call(request)
    if answer["Whole"]:
        return None
    if answer["RowCount"]:
        frame = spark.read.parquet(answer["Location"])
    else:
        columns = ", ".join(f"{_quoted(each['Name'])} {each['Type']}" for each in answer["Columns"])
        frame = spark.createDataFrame([], columns)
    if push_down_predicate.strip():
        frame = frame.filter(push_down_predicate)
    return FileFrame(frame)


def _call(request: dict[str, str]) -> dict[str, Any]:
    """Call the server's own operation, which boto3 has no client for."""
    from botocore.auth import SigV4Auth
    from botocore.awsrequest import AWSRequest
    from botocore.httpsession import URLLib3Session
    from botocore.session import get_session

    settings = current()
    headers = {"Content-Type": "application/x-amz-json-1.1", "X-Amz-Target": _TARGET}
    prepared = AWSRequest("POST", f"{settings.glue_endpoint}/", headers=headers, data=json.dumps(request))
    SigV4Auth(get_session().get_credentials(), "isinglass", settings.region).add_auth(prepared)
    answer = URLLib3Session(timeout=_PATIENCE_SECONDS).send(prepared.prepare())
    document: dict[str, Any] = json.loads(answer.content)
    if answer.status_code != 200:
        raise NotPermittedError(f"[{document.get('__type', 'ERROR')}] {document.get('message', '')}")
    return document


def _quoted(name: str) -> str:
    return f"`{name.replace('`', '``')}`"
