"""What a read gives back: the frame, its bad records, and the columns of mixed types."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True, slots=True)
class FileFrame:
    """A frame over files, with what its reader kept aside."""

    df: Any
    #: Bad records as a lazy DataFrame (file, line, reason, record); None when the format cannot have any.
    errors: Any = None
    #: Columns that hold several types (structs named by type), to those types' names.
    choices: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    #: How many files and bytes the scan covers, as listed.
    files: int = 0
    bytes: int = 0
