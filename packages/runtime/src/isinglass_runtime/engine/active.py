"""The engine of this process, for those below the session: its gate, and whether it is embedded."""

from dataclasses import dataclass, field
from typing import Any

from isinglass_connectors.storage.urls import is_s3
from isinglass_runtime.gate.gate import Gate


@dataclass(slots=True)
class ActiveEngine:
    """What `start_session` started; a gate without rules until then, and where the engine is Spark."""

    session: Any = None
    server: Any = None
    gate: Gate = field(default_factory=lambda: Gate(()))
    #: The Python workers know our code.
    prepared: bool = False

    @property
    def embedded(self) -> bool:
        return self.server is not None

    def reads(self, url: str) -> bool:
        """Tell whether the engine can open a file itself; a cluster has neither our keys nor our S3
        library.
        """
        return self.embedded or not is_s3(url)


ENGINE = ActiveEngine()
