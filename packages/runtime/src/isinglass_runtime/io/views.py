"""Read views of our catalog: the text meant for Spark, with the view's own database as the current one."""

from typing import Any

from pyspark.errors import AnalysisException

from isinglass_runtime.io.metastore import CURRENT, CatalogTable

#: What Athena and Presto write in place of a text: theirs is encoded, and in another language.
_PRESTO = "/* Presto View"

#: Views whose text is being resolved, the outermost first: one that comes up again would never end.
_open: list[str] = []


class ViewNotReadableError(AnalysisException):  # type: ignore[misc] # pyspark is not followed
    """A view that Spark cannot run."""

    def __init__(self, view: CatalogTable, reason: str) -> None:
        super().__init__(f"[VIEW_NOT_READABLE] The view `{view.database}`.`{view.name}` {reason}.")


def read_view(spark: Any, view: CatalogTable) -> Any:
    """Run a view's text; names without a database are those of the view's own."""
    name = f"{view.database}.{view.name}"
    if not view.view_text.strip():
        raise ViewNotReadableError(view, "has no text in the SPARK dialect")
    if view.view_text.lstrip().startswith(_PRESTO):
        raise ViewNotReadableError(view, "is Athena's: it has no text that Spark understands")
    if name in _open:
        raise ViewNotReadableError(view, f"is made of itself: {' -> '.join([*_open, name])}")
    before = CURRENT.database
    _open.append(name)
    CURRENT.database = view.database
    try:
        return spark.sql(view.view_text)
    finally:
        CURRENT.database = before
        _open.pop()
