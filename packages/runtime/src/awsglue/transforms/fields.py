"""Transforms of fields: map, select, drop, rename, split, flatten."""

from typing import Any

from awsglue.collection import DynamicFrameCollection
from awsglue.dynamicframe import DynamicFrame
from awsglue.transforms.transform import GlueTransform
from awsglue.utils import resolved_option


class ApplyMapping(GlueTransform):
    """Keeps the mapped fields only, renamed, moved and cast."""

    def __call__(
        self,
        frame: DynamicFrame,
        mappings: Any,
        case_sensitive: bool = False,
        transformation_ctx: str = "",
        info: str = "",
        **limits: Any,
    ) -> DynamicFrame:
        """Apply tuples of (source, [type], target, [type])."""
        return frame.apply_mapping(mappings, case_sensitive, transformation_ctx, info, **limits)


class DropFields(GlueTransform):
    """Removes fields."""

    def __call__(
        self, frame: DynamicFrame, paths: Any, transformation_ctx: str = "", info: str = "", **limits: Any
    ) -> DynamicFrame:
        """Remove the fields at paths."""
        return frame.drop_fields(paths, transformation_ctx, info, **limits)


class SelectFields(GlueTransform):
    """Keeps the named fields."""

    def __call__(
        self, frame: DynamicFrame, paths: Any, transformation_ctx: str = "", info: str = "", **limits: Any
    ) -> DynamicFrame:
        """Keep the fields at paths."""
        return frame.select_fields(paths, transformation_ctx, info, **limits)


class RenameField(GlueTransform):
    """Renames or moves a field."""

    def __call__(
        self,
        frame: DynamicFrame,
        old_name: str,
        new_name: str,
        transformation_ctx: str = "",
        info: str = "",
        **limits: Any,
    ) -> DynamicFrame:
        """Rename a field; both names are full paths."""
        return frame.rename_field(old_name, new_name, transformation_ctx, info, **limits)


class DropNullFields(GlueTransform):
    """Removes fields that hold null in every record."""

    def __call__(
        self, frame: DynamicFrame, transformation_ctx: str = "", info: str = "", **limits: Any
    ) -> DynamicFrame:
        """Remove the fields without values, printing which."""
        return frame.drop_null_fields(transformation_ctx, info, **limits)


class SplitFields(GlueTransform):
    """Divides the fields into two frames."""

    def __call__(
        self,
        frame: DynamicFrame,
        paths: Any,
        name1: str | None = None,
        name2: str | None = None,
        transformation_ctx: str = "",
        info: str = "",
        **limits: Any,
    ) -> DynamicFrameCollection:
        """Give the fields at paths, and the rest."""
        base = frame.name or "frame"
        return frame.split_fields(
            paths, name1 or f"{base}1", name2 or f"{base}2", transformation_ctx, info, **limits
        )


class ResolveChoice(GlueTransform):
    """Resolves fields of several types."""

    def __call__(
        self,
        frame: DynamicFrame,
        specs: Any = None,
        choice: str = "",
        transformation_ctx: str = "",
        info: str = "",
        database: str | None = None,
        table_name: str | None = None,
        catalog_id: str | None = None,
        **limits: Any,
    ) -> DynamicFrame:
        """Resolve the named choices by `specs`, or all of them by `choice`."""
        return frame.resolveChoice(
            specs, choice, database, table_name, transformation_ctx, info, catalog_id, **limits
        )


class UnnestFrame(GlueTransform):
    """Flattens structs."""

    def __call__(
        self, frame: DynamicFrame, transformation_ctx: str = "", info: str = "", **limits: Any
    ) -> DynamicFrame:
        """Turn members of structs into top-level fields with dotted names."""
        return frame.unnest(transformation_ctx, info, **limits)


class Relationalize(GlueTransform):
    """Flattens structs and pivots arrays into frames of their own."""

    def __call__(
        self,
        frame: DynamicFrame,
        staging_path: str | None = None,
        name: str = "roottable",
        options: Any = None,
        transformation_ctx: str = "",
        info: str = "",
        **limits: Any,
    ) -> DynamicFrameCollection:
        """Give a root frame and one per array."""
        staging = staging_path or resolved_option("TempDir")
        return frame.relationalize(name, staging, options or {}, transformation_ctx, info, **limits)


class Unbox(GlueTransform):
    """Parses a text field."""

    def __call__(
        self,
        frame: DynamicFrame,
        path: str,
        format: str,
        transformation_ctx: str = "",
        info: str = "",
        **options: Any,
    ) -> DynamicFrame:
        """Turn the text at a path into a struct."""
        return frame.unbox(path, format, transformation_ctx, info, **options)
