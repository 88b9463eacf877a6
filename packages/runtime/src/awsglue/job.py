"""Job: begins and commits what a script does as one run."""

import logging
from collections.abc import Mapping
from typing import Any

from awsglue.utils import BOOKMARK_DISABLE
from isinglass_runtime import run

_log = logging.getLogger("awsglue.job")


class Job:
    """The run as the script sees it; `init` names it, `commit` declares its work done."""

    _initialized = False
    _committed = False
    _name = ""
    _args: Mapping[str, Any] = {}

    def __init__(self, glue_context: Any) -> None:
        self._glue_context = glue_context

    @classmethod
    def init(cls, job_name: str, args: Mapping[str, Any] | None = None) -> None:
        """Begin the job; `args` is what `getResolvedOptions` gave."""
        settings = run.current()
        if settings.job_name and job_name != settings.job_name:
            _log.warning(
                "the script calls itself %r, the run belongs to the job %r", job_name, settings.job_name
            )
        cls._name = job_name
        cls._args = dict(args or {})
        cls._initialized, cls._committed = True, False
        option = str(cls._args.get("job_bookmark_option", BOOKMARK_DISABLE))
        if option != BOOKMARK_DISABLE:
            _log.warning("%s: bookmarks are not available yet; this run reads all of its input", option)

    @classmethod
    def isInitialized(cls) -> bool:
        """Tell whether `init` was called."""
        return cls._initialized

    @classmethod
    def commit(cls) -> None:
        """Declare the work done; committing twice is harmless."""
        if not cls._initialized:
            message = "Job.commit() without Job.init(): call job.init(args['JOB_NAME'], args) first"
            raise RuntimeError(message)
        cls._committed = True

    @classmethod
    def job_name(cls) -> str:
        """Give the name that `init` was called with."""
        return cls._name

    @classmethod
    def id2(cls) -> str:
        """Give the run's id."""
        return run.current().run_id
