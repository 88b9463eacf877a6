"""What Glue makes of a job's size and time limits: worker types, DPUs, defaults by version."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

DEFAULT_GLUE_VERSION = "5.1"
MAX_TIMEOUT_MINUTES = 10080


@dataclass(frozen=True, slots=True)
class WorkerType:
    """One worker: what it is billed as and what it holds."""

    dpu: float
    vcpus: int
    memory_gb: int


WORKER_TYPES = {
    "Standard": WorkerType(1, 4, 16),
    "G.025X": WorkerType(0.25, 2, 4),
    "G.1X": WorkerType(1, 4, 16),
    "G.2X": WorkerType(2, 8, 32),
    "G.4X": WorkerType(4, 16, 64),
    "G.8X": WorkerType(8, 32, 128),
    "G.12X": WorkerType(12, 48, 192),
    "G.16X": WorkerType(16, 64, 256),
    "R.1X": WorkerType(1, 4, 32),
    "R.2X": WorkerType(2, 8, 64),
    "R.4X": WorkerType(4, 16, 128),
    "R.8X": WorkerType(8, 32, 256),
    "Z.2X": WorkerType(2, 8, 64),
}


@dataclass(eq=False)
class InvalidSize(Exception):
    """A size or limit that Glue refuses."""

    reason: str

    def __str__(self) -> str:
        return self.reason


def sized(given: Mapping[str, Any]) -> dict[str, Any]:
    """Complete MaxCapacity, AllocatedCapacity, WorkerType and NumberOfWorkers as they read back."""
    command = given["Command"].get("Name", "glueetl")
    capacity = given.get("MaxCapacity", given.get("AllocatedCapacity"))
    worker_type, workers = given.get("WorkerType"), given.get("NumberOfWorkers")
    if capacity is not None and (worker_type is not None or workers is not None):
        raise InvalidSize(
            "Please do not set Allocated Capacity or MaxCapacity if using Worker Type and Number of Workers."
        )
    if (worker_type is None) != (workers is None):
        raise InvalidSize("Worker Type and Number of Workers must be set together.")
    if command == "pythonshell":
        return _capacity_of_shell(capacity, worker_type)
    if worker_type is not None and workers is not None:
        if workers < 1:
            raise InvalidSize(f"Number of Workers must be at least 1, it is {workers}.")
        total = WORKER_TYPES[worker_type].dpu * workers
        return {
            "WorkerType": worker_type,
            "NumberOfWorkers": workers,
            "MaxCapacity": float(total),
            "AllocatedCapacity": int(total),
        }
    if capacity is not None:
        if capacity != int(capacity) or not 2 <= capacity <= 100:
            raise InvalidSize(
                f"MaxCapacity of a Spark job is a whole number from 2 to 100, it is {capacity:g}."
            )
        return {"MaxCapacity": float(capacity), "AllocatedCapacity": int(capacity)}
    whole = {"MaxCapacity": 10.0, "AllocatedCapacity": 10}
    return {"WorkerType": "G.1X", "NumberOfWorkers": 10, **whole} if command == "glueetl" else whole


def _capacity_of_shell(capacity: float | None, worker_type: str | None) -> dict[str, Any]:
    if worker_type is not None:
        raise InvalidSize(
            "Worker Type cannot be used with a Python shell job; set MaxCapacity to 0.0625 or 1."
        )
    if capacity not in (None, 0.0625, 1):
        raise InvalidSize(f"MaxCapacity of a Python shell job is 0.0625 or 1, it is {capacity:g}.")
    return {"MaxCapacity": float(capacity or 0.0625), "AllocatedCapacity": int(capacity or 0)}


def default_timeout(command: str, glue_version: str) -> int | None:
    """Minutes a run may take unless the job says: they depend on the command and the Glue version."""
    if command == "gluestreaming":
        return None
    if command == "glueray" or (command == "glueetl" and _major(glue_version) >= 5):
        return 480
    return 2880


def _major(glue_version: str) -> int:
    head, newest = glue_version.partition(".")[0], DEFAULT_GLUE_VERSION.partition(".")[0]
    return int(head if head.isdigit() else newest)


def memory_bytes(definition: Mapping[str, Any], *, machine_bytes: int, slots: int) -> int:
    """Bytes a run may hold: what its workers have together, but no more than its share of this machine."""
    share = int(machine_bytes * 0.8) // max(1, slots)
    worker = WORKER_TYPES.get(definition.get("WorkerType") or "")
    if worker is not None:
        asked_gb: float = worker.memory_gb * int(definition["NumberOfWorkers"])
    else:
        # A sixteenth of a DPU is sold with 1 GB, yet Python with pandas needs one to begin with.
        asked_gb = max(1.0, 16 * float(definition.get("MaxCapacity", 10)))
    return min(int(asked_gb * 1024**3), share)


def dpu_seconds(definition: Mapping[str, Any], arguments: Mapping[str, str], seconds: float) -> float | None:
    """DPU seconds, which Glue reports only for flexible and auto-scaling runs."""
    scaling = arguments.get("--enable-auto-scaling", "false").lower() == "true"
    if definition.get("ExecutionClass") != "FLEX" and not scaling:
        return None
    return round(seconds * float(definition.get("MaxCapacity", 0)), 1)
