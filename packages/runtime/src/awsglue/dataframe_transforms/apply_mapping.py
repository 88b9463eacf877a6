"""ApplyMapping over a DataFrame."""

from typing import Any

from isinglass_runtime.frames.frame import Frame
from isinglass_runtime.frames.mapping import apply_mapping, read_mappings


class ApplyMapping:
    """Keeps the mapped columns only, renamed, moved and cast."""

    @classmethod
    def apply(cls, *args: Any, **kwargs: Any) -> Any:
        """Run the transform."""
        return cls()(*args, **kwargs)

    def __call__(
        self, frame: Any, mappings: Any, case_sensitive: bool = False, transformation_ctx: str = ""
    ) -> Any:
        """Apply tuples of (source, [type], target, [type]) to a DataFrame."""
        return apply_mapping(Frame(frame), read_mappings(mappings), case_sensitive=case_sensitive).df
