"""What a job run knows about itself: the launch document's part that the libraries read."""

import os
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class RunSettings:
    """The settings of the run that this process executes; defaults suit a script run by hand."""

    job_name: str = ""
    run_id: str = ""
    #: 0 for the first try of a run id; a run recovered after a crash writes its output under the same id.
    attempt: int = 0
    #: "sail" (embedded) or a Spark Connect URL `sc://host:port`.
    engine: str = "sail"
    #: Bytes the engine's memory pool may take; None lets the engine decide.
    memory_bytes: int | None = None
    #: The run's own folder for spill, checkpoints and downloads; removed with the run.
    scratch_dir: str = ""
    temp_dir: str = ""
    account_id: str = ""
    region: str = "us-east-1"
    glue_endpoint: str | None = None
    s3_endpoint: str | None = None
    conf: dict[str, str] = field(default_factory=dict)


_current: RunSettings | None = None


def use(settings: RunSettings) -> None:
    """Set the settings of this process; called once, by the child, before user code."""
    global _current  # noqa: PLW0603 - one process is one run
    _current = settings


def current() -> RunSettings:
    """The settings of this process; outside a run they come from the usual AWS variables."""
    if _current is not None:
        return _current
    return RunSettings(
        engine=os.environ.get("ISINGLASS_ENGINE", "sail"),
        region=os.environ.get("AWS_REGION") or os.environ.get("AWS_DEFAULT_REGION") or "us-east-1",
        glue_endpoint=os.environ.get("AWS_ENDPOINT_URL_GLUE") or os.environ.get("AWS_ENDPOINT_URL"),
        s3_endpoint=os.environ.get("AWS_ENDPOINT_URL_S3") or os.environ.get("AWS_ENDPOINT_URL"),
    )
