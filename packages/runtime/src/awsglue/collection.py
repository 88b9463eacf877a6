"""DynamicFrameCollection: frames by name, what transforms with several results give."""

from collections.abc import Callable, Iterator, Mapping
from typing import TYPE_CHECKING, Any

from awsglue import gluetypes
from isinglass_runtime.frames.frame import Frame
from isinglass_runtime.frames.schemas import to_spark_schema

if TYPE_CHECKING:
    from awsglue.context import GlueContext
    from awsglue.dynamicframe import DynamicFrame


class DynamicFrameCollection:
    """Frames by name, in order."""

    def __init__(self, dynamic_frames: Mapping[str, "DynamicFrame"], glue_ctx: "GlueContext") -> None:
        self._frames = dict(dynamic_frames)
        self._glue_ctx = glue_ctx

    def __getitem__(self, key: str) -> "DynamicFrame":
        return self._frames[key]

    def __len__(self) -> int:
        return len(self._frames)

    def __iter__(self) -> Iterator[str]:
        return iter(self._frames)

    def __contains__(self, key: object) -> bool:
        return key in self._frames

    def keys(self) -> Any:
        """Give the names."""
        return self._frames.keys()

    def values(self) -> Any:
        """Give the frames."""
        return self._frames.values()

    def items(self) -> Any:
        """Give names and frames."""
        return self._frames.items()

    def select(self, key: str, transformation_ctx: str = "") -> "DynamicFrame":
        """Give the frame of a name; one without fields and records when there is none."""
        if key in self._frames:
            return self._frames[key]
        from awsglue.dynamicframe import DynamicFrame

        return DynamicFrame(lambda: _nothing(self._glue_ctx), self._glue_ctx, key)

    def map(
        self, callable: Callable[["DynamicFrame", str], "DynamicFrame"], transformation_ctx: str = ""
    ) -> "DynamicFrameCollection":
        """Apply a function to every frame."""
        from awsglue.dynamicframe import DynamicFrame

        mapped = {}
        for key, frame in self._frames.items():
            result = callable(frame, f"{transformation_ctx}:{key}")
            if not isinstance(result, DynamicFrame):
                message = f"the function must return a DynamicFrame for {key!r}, not {type(result).__name__}"
                raise TypeError(message)
            mapped[key] = result
        return DynamicFrameCollection(mapped, self._glue_ctx)

    def flatmap(self, f: Callable[..., Any], transformation_ctx: str = "") -> "DynamicFrameCollection":
        """Apply a function that gives a frame or a collection to every frame."""
        from awsglue.dynamicframe import DynamicFrame

        gathered: dict[str, DynamicFrame] = {}
        for key, frame in self._frames.items():
            result = f(frame, f"{transformation_ctx}:{key}")
            if isinstance(result, DynamicFrame):
                gathered[key] = result
            elif isinstance(result, DynamicFrameCollection):
                gathered.update({f"{key}_{name}": each for name, each in result.items()})
            else:
                found = type(result).__name__
                message = f"the function must return a frame or a collection for {key!r}, not {found}"
                raise TypeError(message)
        return DynamicFrameCollection(gathered, self._glue_ctx)


def _nothing(context: "GlueContext") -> Frame:
    return Frame(context.spark_session.createDataFrame([], to_spark_schema(gluetypes.StructType())))
