"""DynamicFrame: self-describing records over a Spark DataFrame, with choices and error records."""

from collections.abc import Callable, Iterator, Mapping
from functools import partial
from typing import TYPE_CHECKING, Any, Self

from pyspark.sql import DataFrame
from pyspark.sql import functions as F

from awsglue import gluetypes
from awsglue.collection import DynamicFrameCollection
from awsglue.frame_io import DynamicFrameReader, DynamicFrameWriter
from isinglass_runtime.frames import (
    choices,
    combine,
    conform,
    display,
    dynamodb,
    fields,
    mapping,
    nested,
    parsing,
    rows,
)
from isinglass_runtime.frames.frame import ERROR_SCHEMA, Frame, as_list, once
from isinglass_runtime.frames.paths import render_path
from isinglass_runtime.frames.records import DynamicRecord
from isinglass_runtime.frames.schemas import choice_paths

if TYPE_CHECKING:
    from awsglue.context import GlueContext

__all__ = [
    "DynamicFrame",
    "DynamicFrameCollection",
    "DynamicFrameReader",
    "DynamicFrameWriter",
    "DynamicRecord",
    "ResolveOption",
]

Step = Callable[[Frame], Frame]


class ResolveOption:
    """How `toDF` resolves one choice: `Project` to a Glue type, or `KeepAsStruct`."""

    def __init__(self, path: str, action: str, target: gluetypes.DataType | None = None) -> None:
        self.path = path
        self.action = action
        self.target = target


class ErrorThresholdExceededError(Exception):
    """More records failed than a stage or the job allows."""

    def __init__(self, name: str, kind: str, count: int, threshold: int, example: str) -> None:
        super().__init__(
            f"the frame {name!r} has {count} error records, its {kind} threshold is {threshold}; "
            f"the first says: {example}"
        )
        self.count = count
        self.threshold = threshold


class DynamicFrame:
    """A frame of records; every transform gives a new one and runs nothing until a result is asked for."""

    def __init__(
        self,
        resolve: Callable[[], Frame],
        glue_ctx: "GlueContext",
        name: str = "",
        *,
        stageThreshold: int = 0,
        totalThreshold: int = 0,
    ) -> None:
        self._resolve = once(resolve)
        self.glue_ctx = glue_ctx
        self.name = name
        self._stage_threshold = stageThreshold
        self._total_threshold = totalThreshold
        self._checked = False

    # -- the two worlds

    @classmethod
    def fromDF(cls, dataframe: DataFrame, glue_ctx: "GlueContext", name: str = "") -> Self:
        """Wrap a DataFrame."""
        repeated = sorted({each for each in dataframe.columns if dataframe.columns.count(each) > 1})
        if repeated:
            message = (
                f"a DynamicFrame needs distinct column names; repeated here: {repeated}. Rename or drop them."
            )
            raise ValueError(message)
        return cls(lambda: Frame(dataframe), glue_ctx, name)

    def toDF(self, options: list[ResolveOption] | None = None) -> DataFrame:
        """Give the DataFrame; a choice that no option projects is a struct with one field per type."""
        frame = self.resolved()
        specs = []
        for option in options or []:
            if option.action == "KeepAsStruct":
                continue
            if option.target is None:
                message = f"Missing target type for resolve action {option.action}"
                raise Exception(message)  # noqa: TRY002 - the class scripts catch
            if option.action != "Project":
                message = f"Unknown resolve action {option.action!r}; known are KeepAsStruct and Project"
                raise ValueError(message)
            specs.append((option.path, f"project:{option.target.typeName()}"))
        return choices.resolve_specs(frame, specs).df

    def resolved(self) -> Frame:
        """Give the frame's data, choices and errors, checking thresholds once."""
        frame = self._resolve()
        if not self._checked:
            self._checked = True
            if self._stage_threshold or self._total_threshold:
                self.assertErrorThreshold()
        return frame

    def _then(self, step: Step, name: str, limits: Mapping[str, Any], *, suffix: str = "") -> "DynamicFrame":
        return DynamicFrame(
            lambda: step(self.resolved()),
            self.glue_ctx,
            name or self.name + suffix,
            stageThreshold=int(limits.get("stageThreshold", 0)),
            totalThreshold=int(limits.get("totalThreshold", 0)),
        )

    def _collection(
        self, split: Callable[[Frame], Mapping[str, Frame]], names: list[str]
    ) -> "DynamicFrameCollection":
        shared = _shared(lambda: split(self.resolved()))
        return DynamicFrameCollection(
            {name: DynamicFrame(partial(shared, name), self.glue_ctx, name) for name in names}, self.glue_ctx
        )

    # -- schema and looks

    def schema(self) -> gluetypes.StructType:
        """Give the Glue schema."""
        return self.resolved().schema()

    def printSchema(self) -> None:
        """Print the schema as a tree."""
        print(display.schema_tree(self.schema()))

    def show(self, num_rows: int = 20) -> None:
        """Print the first records as JSON, one a line."""
        for line in display.json_lines(display.collect_records(self.resolved(), num_rows)):
            print(line)

    def count(self) -> int:
        """Count the records that are not errors."""
        return int(self.resolved().df.count())

    def with_frame_schema(
        self, schema: gluetypes.StructType | Callable[[], gluetypes.StructType]
    ) -> "DynamicFrame":
        """Lay the records out in a given schema: absent fields are null, others are dropped."""

        def step(frame: Frame) -> Frame:
            wanted = schema() if callable(schema) else schema
            df = conform.conformed(frame, frame.schema(), wanted)
            return frame.with_df(df, choice_paths(wanted))

        return self._then(step, "", {})

    withFrameSchema = with_frame_schema

    # -- fields

    def apply_mapping(
        self,
        mappings: Any,
        case_sensitive: bool = False,
        transformation_ctx: str = "",
        info: str = "",
        **limits: Any,
    ) -> "DynamicFrame":
        """Keep the mapped fields only, renamed, moved and cast as the tuples say."""
        read = mapping.read_mappings(mappings)
        return self._then(
            lambda frame: mapping.apply_mapping(frame, read, case_sensitive=case_sensitive),
            transformation_ctx,
            limits,
        )

    applyMapping = apply_mapping

    def drop_fields(
        self, paths: Any, transformation_ctx: str = "", info: str = "", **limits: Any
    ) -> "DynamicFrame":
        """Remove fields."""
        return self._then(lambda frame: fields.drop_fields(frame, as_list(paths)), transformation_ctx, limits)

    def select_fields(
        self, paths: Any, transformation_ctx: str = "", info: str = "", **limits: Any
    ) -> "DynamicFrame":
        """Keep the named fields only."""
        return self._then(
            lambda frame: fields.select_fields(frame, as_list(paths)), transformation_ctx, limits
        )

    def rename_field(
        self, oldName: str, newName: str, transformation_ctx: str = "", info: str = "", **limits: Any
    ) -> "DynamicFrame":
        """Rename or move a field."""
        return self._then(
            lambda frame: fields.rename_field(frame, oldName, newName), transformation_ctx, limits
        )

    def drop_null_fields(self, transformation_ctx: str = "", info: str = "", **limits: Any) -> "DynamicFrame":
        """Remove the fields that hold null in every record, saying which."""

        def step(frame: Frame) -> Frame:
            empty = fields.null_fields(frame)
            print(f"null_fields {[render_path(path) for path in empty]}")
            return fields.drop_paths(frame, empty)

        return self._then(step, transformation_ctx, limits)

    def resolveChoice(
        self,
        specs: Any = None,
        choice: str = "",
        database: str | None = None,
        table_name: str | None = None,
        transformation_ctx: str = "",
        info: str = "",
        catalog_id: str | None = None,
        **limits: Any,
    ) -> "DynamicFrame":
        """Resolve choices: the named ones by `specs`, or all by `choice`."""
        if specs and choice:
            message = "Parameters specs and choice are both given, remove one."
            raise Exception(message)  # noqa: TRY002 - the class scripts catch
        if not specs and not choice:
            message = "Parameters specs and option are both missing, add one."
            raise Exception(message)  # noqa: TRY002 - the class scripts catch
        if choice == "match_catalog":
            if not database or not table_name:
                message = "choice='match_catalog' needs database and table_name"
                raise ValueError(message)
            types = self.glue_ctx.catalog_types(database, table_name)
            return self._then(lambda frame: choices.match_types(frame, types), transformation_ctx, limits)
        if choice:
            return self._then(lambda frame: choices.resolve_all(frame, choice), transformation_ctx, limits)
        read = choices.read_specs(specs)
        return self._then(lambda frame: choices.resolve_specs(frame, read), transformation_ctx, limits)

    def unnest(self, transformation_ctx: str = "", info: str = "", **limits: Any) -> "DynamicFrame":
        """Flatten structs into top-level fields with dotted names."""
        return self._then(nested.unnest, transformation_ctx, limits)

    def unnest_ddb_json(self, transformation_ctx: str = "", info: str = "", **limits: Any) -> "DynamicFrame":
        """Strip the `Item` wrapper and the type tags of a DynamoDB export, one level."""
        return self._then(lambda frame: dynamodb.strip_tags(frame, deep=False), transformation_ctx, limits)

    def simplify_ddb_json(self) -> "DynamicFrame":
        """Strip the `Item` wrapper and all type tags of a DynamoDB export."""
        return self._then(lambda frame: dynamodb.strip_tags(frame, deep=True), "", {})

    def unbox(
        self, path: str, format: str, transformation_ctx: str = "", info: str = "", **options: Any
    ) -> "DynamicFrame":
        """Parse a text field into a struct of the same name."""
        limits: dict[str, Any] = {
            name: options.pop(name) for name in ("stageThreshold", "totalThreshold") if name in options
        }
        return self._then(
            lambda frame: parsing.unbox(frame, path, format, options), transformation_ctx, limits
        )

    # -- records

    def filter(
        self, f: Callable[[DynamicRecord], Any], transformation_ctx: str = "", info: str = "", **limits: Any
    ) -> "DynamicFrame":
        """Keep the records for which the function is true."""
        site = _site()
        return self._then(
            lambda frame: rows.filter_records(frame, f, site=site, info=info), transformation_ctx, limits
        )

    def map(
        self,
        f: Callable[[DynamicRecord], Any],
        transformation_ctx: str = "",
        preservesPartitioning: bool = False,
        info: str = "",
        **limits: Any,
    ) -> "DynamicFrame":
        """Replace each record by what the function makes of it."""
        site = _site()
        return self._then(
            lambda frame: rows.map_records(frame, f, site=site, info=info), transformation_ctx, limits
        )

    def mapPartitions(
        self, f: Callable[[Iterator[DynamicRecord]], Any], *_args: Any, **_limits: Any
    ) -> "DynamicFrame":
        """Refuse: partitions are the engine's own affair."""
        message = "mapPartitions is not supported; use map, or toDF().mapInPandas(...)"
        raise NotImplementedError(message)

    # -- frames

    def join(
        self,
        paths1: Any,
        paths2: Any,
        frame2: "DynamicFrame",
        transformation_ctx: str = "",
        info: str = "",
        **limits: Any,
    ) -> "DynamicFrame":
        """Join on equal keys; a right field whose name is taken gets a dot in front."""
        return self._then(
            lambda frame: combine.join(frame, frame2.resolved(), as_list(paths1), as_list(paths2)),
            transformation_ctx,
            limits,
            suffix=frame2.name,
        )

    def union(
        self, other_frame: "DynamicFrame", transformation_ctx: str = "", info: str = "", **limits: Any
    ) -> "DynamicFrame":
        """Put the records of both frames together, by field name."""
        return self._then(
            lambda frame: conform.union(frame, other_frame.resolved()), transformation_ctx, limits
        )

    def mergeDynamicFrame(
        self,
        stage_dynamic_frame: "DynamicFrame",
        primary_keys: list[str],
        transformation_ctx: str = "",
        options: Mapping[str, Any] | None = None,
        info: str = "",
        **limits: Any,
    ) -> "DynamicFrame":
        """Take every staged record and the others whose key is not staged."""
        return self._then(
            lambda frame: conform.merge_staged(frame, stage_dynamic_frame.resolved(), as_list(primary_keys)),
            transformation_ctx,
            limits,
        )

    def relationalize(
        self,
        root_table_name: str,
        staging_path: str | None = None,
        options: Mapping[str, Any] | None = None,
        transformation_ctx: str = "",
        info: str = "",
        **limits: Any,
    ) -> "DynamicFrameCollection":
        """Pivot arrays into frames of their own; nothing is staged, so `staging_path` is not used."""
        frames = nested.relationalize(self.resolved(), root_table_name)
        return self._collection(lambda _frame: frames, list(frames))

    def split_fields(
        self, paths: Any, name1: str, name2: str, transformation_ctx: str = "", info: str = "", **limits: Any
    ) -> "DynamicFrameCollection":
        """Divide the fields into two frames."""

        def split(frame: Frame) -> dict[str, Frame]:
            return dict(zip((name1, name2), fields.split_fields(frame, as_list(paths)), strict=True))

        return self._collection(split, [name1, name2])

    def split_rows(
        self,
        comparison_dict: Mapping[str, Mapping[str, Any]],
        name1: str,
        name2: str,
        transformation_ctx: str = "",
        info: str = "",
        **limits: Any,
    ) -> "DynamicFrameCollection":
        """Divide the records into two frames."""

        def split(frame: Frame) -> dict[str, Frame]:
            return dict(zip((name1, name2), combine.split_rows(frame, comparison_dict), strict=True))

        return self._collection(split, [name1, name2])

    def spigot(
        self,
        path: str,
        options: Mapping[str, Any] | None = None,
        transformation_ctx: str = "",
        *_: Any,
        **__: Any,
    ) -> "DynamicFrame":
        """Write a sample of the records as JSON lines and pass the frame on."""
        wanted = dict(options or {})
        df = self.resolved().df
        if float(wanted.get("prob", 1)) < 1:
            df = df.sample(fraction=float(wanted["prob"]))
        sample = DynamicFrame.fromDF(df.limit(int(wanted.get("topk", 100))), self.glue_ctx, self.name)
        self.glue_ctx.write_dynamic_frame_from_options(sample, "s3", {"path": path}, "json")
        return self

    def repartition(
        self, num_partitions: int, transformation_ctx: str = "", info: str = "", **limits: Any
    ) -> "DynamicFrame":
        """Spread the records over a number of partitions."""
        return self._then(
            lambda frame: frame.with_df(frame.df.repartition(num_partitions)), transformation_ctx, limits
        )

    def coalesce(
        self,
        num_partitions: int,
        shuffle: bool = False,
        transformation_ctx: str = "",
        info: str = "",
        **limits: Any,
    ) -> "DynamicFrame":
        """Reduce the number of partitions."""
        if shuffle:
            return self.repartition(num_partitions, transformation_ctx, info, **limits)
        return self._then(
            lambda frame: frame.with_df(frame.df.coalesce(num_partitions)), transformation_ctx, limits
        )

    def getNumPartitions(self) -> int:
        """Count the partitions that hold records."""
        return max(1, int(self.resolved().df.select(F.spark_partition_id()).distinct().count()))

    def write(
        self,
        connection_type: str,
        connection_options: Mapping[str, Any] | None = None,
        format: str | None = None,
        format_options: Mapping[str, Any] | None = None,
        accumulator_size: int = 0,
    ) -> "DynamicFrame":
        """Write the frame."""
        errors: DynamicFrame = self.glue_ctx.write_dynamic_frame_from_options(
            self, connection_type, dict(connection_options or {}), format, dict(format_options or {})
        )
        return errors

    # -- errors

    def errorsCount(self) -> int:
        """Count the error records of this and all earlier stages."""
        return sum(each.count() for each in self._resolve().errors)

    def stageErrorsCount(self) -> int:
        """Count the error records of this frame's own stage."""
        errors = self._resolve().errors
        return int(errors[-1].count()) if errors else 0

    def assertErrorThreshold(self) -> None:
        """Fail when as many records failed as a threshold names; 0 is no limit."""
        for kind, threshold, count in (
            ("stage", self._stage_threshold, self.stageErrorsCount),
            ("total", self._total_threshold, self.errorsCount),
        ):
            if threshold and (found := count()) >= threshold:
                example = next(
                    (row["msg"] for each in self._resolve().errors for row in each.select("msg").take(1)), ""
                )
                raise ErrorThresholdExceededError(self.name, kind, found, threshold, example)

    def errorsAsDynamicFrame(self) -> "DynamicFrame":
        """Give the error records of this and all earlier stages, in one struct column `error`."""

        def errors() -> Frame:
            found = self._resolve()
            spark = found.df.sparkSession
            gathered = spark.createDataFrame([], ERROR_SCHEMA)
            for each in found.errors:
                gathered = gathered.unionAll(each)
            return Frame(gathered.select(F.struct("*").alias("error")))

        return DynamicFrame(errors, self.glue_ctx, f"{self.name}_errors")


def _shared(split: Callable[[], Mapping[str, Frame]]) -> Callable[[str], Frame]:
    """Split once, whichever part is asked for first."""
    parts: list[Mapping[str, Frame]] = []

    def part(name: str) -> Frame:
        if not parts:
            parts.append(split())
        return parts[0][name]

    return part


def _site() -> str:
    """Name the script's line that called the transform, for error records."""
    import sys

    frame = sys._getframe(2)  # noqa: SLF001 - the one way to the caller that costs nothing
    while frame.f_back and frame.f_globals.get("__name__", "").startswith("awsglue"):
        frame = frame.f_back
    return f"{frame.f_code.co_filename}:{frame.f_lineno}"
