"""`spark.sql` over our catalog."""

from collections.abc import Callable
from typing import Any


def run_sql(spark: Any, text: str, engine_sql: Callable[[str], Any]) -> Any:  # noqa: ARG001 - widened below
    return engine_sql(text)
