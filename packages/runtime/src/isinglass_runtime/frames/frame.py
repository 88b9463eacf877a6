"""The value behind a DynamicFrame: a DataFrame, where its choices are, and what could not be processed."""

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import Any

from pyspark.sql import Column, DataFrame
from pyspark.sql import functions as F

from awsglue import gluetypes as glue
from isinglass_runtime.frames.paths import quote
from isinglass_runtime.frames.schemas import NO_CHOICES, Choices, to_glue_schema

#: The columns of a frame of errors: the members of the `error` struct that `errorsAsDynamicFrame` shows.
ERROR_SCHEMA = (
    "callsite struct<site: string, info: string>, msg string, stackTrace string, input string, "
    "bytesread bigint, source string, dynamicRecord string"
)


@dataclass(frozen=True, slots=True)
class Frame:
    """A resolved frame; every transform is a function from frames to frames."""

    df: DataFrame
    choices: Choices = NO_CHOICES
    #: One frame of ERROR_SCHEMA per stage that can fail records, oldest first.
    errors: tuple[DataFrame, ...] = field(default=())

    def with_df(self, df: DataFrame, choices: Choices | None = None) -> "Frame":
        """Replace the data, keeping errors."""
        return replace(self, df=df, choices=self.choices if choices is None else choices)

    def schema(self) -> glue.StructType:
        """Give the Glue schema; asks the engine to analyse the plan, never to run it."""
        return to_glue_schema(self.df.schema, self.choices)


def column(name: str) -> Column:
    """Refer to a top-level column by its exact name, whatever characters it holds."""
    return F.col(quote(name))


def member(parent: Column, name: str) -> Column:
    """Refer to a member of a struct, null where the struct is null.

    Sail shows the bytes below a null struct (zero, empty text) instead of null when the data came from Arrow.
    """
    return F.when(parent.isNotNull(), parent.getField(name))


def once(make: Callable[[], Frame]) -> Callable[[], Frame]:
    """Resolve a frame at its first use and remember it."""
    resolved: list[Frame] = []

    def resolve() -> Frame:
        if not resolved:
            resolved.append(make())
        return resolved[0]

    return resolve


def as_list(value: Any) -> list[Any]:
    """Accept one path where a list of paths is meant, as Glue does."""
    return list(value) if isinstance(value, list | tuple | set) else [value]
