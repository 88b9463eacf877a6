"""Transforms of records: filter, map, join, union, split."""

from collections.abc import Callable, Mapping
from typing import Any

from awsglue.collection import DynamicFrameCollection
from awsglue.dynamicframe import DynamicFrame
from awsglue.transforms.transform import GlueTransform


class Filter(GlueTransform):
    """Keeps the records for which a function is true."""

    def __call__(
        self,
        frame: DynamicFrame,
        f: Callable[[Any], Any],
        transformation_ctx: str = "",
        info: str = "",
        **limits: Any,
    ) -> DynamicFrame:
        """Keep the records for which `f` is true."""
        return frame.filter(f, transformation_ctx, info, **limits)


class Map(GlueTransform):
    """Replaces each record by what a function makes of it."""

    def __call__(
        self,
        frame: DynamicFrame,
        f: Callable[[Any], Any],
        transformation_ctx: str = "",
        info: str = "",
        **limits: Any,
    ) -> DynamicFrame:
        """Apply `f` to every record."""
        return frame.map(f, transformation_ctx, info=info, **limits)


class Join(GlueTransform):
    """Joins two frames on equal keys."""

    def __call__(
        self, frame1: DynamicFrame, frame2: DynamicFrame, keys1: Any, keys2: Any, transformation_ctx: str = ""
    ) -> DynamicFrame:
        """Keep the pairs of records whose keys are equal."""
        return frame1.join(keys1, keys2, frame2, transformation_ctx)


class Union(GlueTransform):
    """Puts the records of two frames together."""

    def __call__(
        self,
        frame1: DynamicFrame,
        frame2: DynamicFrame,
        transformation_ctx: str = "",
        info: str = "",
        **limits: Any,
    ) -> DynamicFrame:
        """Give all records of both, by field name."""
        return frame1.union(frame2, transformation_ctx, info, **limits)


class SplitRows(GlueTransform):
    """Divides the records into two frames."""

    def __call__(
        self,
        frame: DynamicFrame,
        comparison_dict: Mapping[str, Mapping[str, Any]],
        name1: str = "frame1",
        name2: str = "frame2",
        transformation_ctx: str = "",
        info: str = "",
        **limits: Any,
    ) -> DynamicFrameCollection:
        """Give the records for which all comparisons hold, and the rest."""
        return frame.split_rows(comparison_dict, name1, name2, transformation_ctx, info, **limits)


class Repartition(GlueTransform):
    """Spreads records over partitions."""

    def __call__(
        self,
        frame: DynamicFrame,
        num_partitions: int,
        transformation_ctx: str = "",
        info: str = "",
        **limits: Any,
    ) -> DynamicFrame:
        """Spread the records over a number of partitions."""
        return frame.repartition(num_partitions, transformation_ctx, info, **limits)


class Coalesce(GlueTransform):
    """Reduces the number of partitions."""

    def __call__(
        self,
        frame: DynamicFrame,
        num_partitions: int,
        shuffle: bool = False,
        transformation_ctx: str = "",
        info: str = "",
        **limits: Any,
    ) -> DynamicFrame:
        """Reduce the number of partitions."""
        return frame.coalesce(num_partitions, shuffle, transformation_ctx, info, **limits)


class Spigot(GlueTransform):
    """Writes a sample of the records aside."""

    def __call__(
        self,
        frame: DynamicFrame,
        path: str,
        options: Mapping[str, Any] | None = None,
        transformation_ctx: str = "",
    ) -> DynamicFrame:
        """Write a sample as JSON lines and pass the frame on."""
        return frame.spigot(path, options, transformation_ctx)


class ErrorsAsDynamicFrame(GlueTransform):
    """Gives the records that failed."""

    def __call__(self, frame: DynamicFrame) -> DynamicFrame:
        """Give the error records of this and all earlier stages."""
        return frame.errorsAsDynamicFrame()
