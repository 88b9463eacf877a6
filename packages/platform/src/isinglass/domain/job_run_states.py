"""How a job run may change: a table of transitions and what each causes, without clock, ids or storage."""

from dataclasses import dataclass
from enum import StrEnum

#: A run that kills its worker is given up after this many executions beyond the first.
MAX_RECOVERIES = 3

TERMINAL = frozenset({"SUCCEEDED", "FAILED", "STOPPED", "TIMEOUT", "ERROR", "EXPIRED"})


class Event(StrEnum):
    """What can happen to a run."""

    SLOT_FREE = "slot free"
    BEGIN = "begin"
    GIVE_BACK = "give back"
    STOP = "stop"
    SUCCEED = "succeed"
    FAIL = "fail"
    TIME_OUT = "time out"


class Effect(StrEnum):
    """What a change causes, to be committed together with it."""

    ENQUEUE = "enqueue"
    EXECUTE = "execute"
    PUBLISH = "publish"
    RETRY = "retry"
    FREE_SLOT = "free slot"


@dataclass(frozen=True, slots=True)
class RunState:
    """The part of a run that its transitions depend on."""

    state: str
    executions: int = 0


@dataclass(frozen=True, slots=True)
class Step:
    """The state after an event, and its effects."""

    after: RunState
    effects: tuple[Effect, ...] = ()


@dataclass(eq=False)
class IllegalTransition(Exception):
    """An event met a run in a state that does not know it."""

    state: str
    event: Event

    def __str__(self) -> str:
        return f"A run that is {self.state} cannot {self.event}."


_END = (Effect.PUBLISH, Effect.FREE_SLOT)
#: A retry comes before the runs that wait: it keeps the place of the run that failed.
_FAILED = (Effect.PUBLISH, Effect.RETRY, Effect.FREE_SLOT)

#: (state, event) -> (next state, effects). What is not here is refused.
TRANSITIONS: dict[tuple[str, Event], tuple[str, tuple[Effect, ...]]] = {
    ("WAITING", Event.SLOT_FREE): ("STARTING", (Effect.ENQUEUE, Effect.PUBLISH)),
    ("WAITING", Event.STOP): ("STOPPED", (Effect.PUBLISH,)),
    ("STARTING", Event.BEGIN): ("RUNNING", (Effect.EXECUTE, Effect.PUBLISH)),
    ("STARTING", Event.STOP): ("STOPPING", (Effect.PUBLISH,)),
    ("STARTING", Event.FAIL): ("FAILED", _FAILED),
    # A worker died under it: the same run executes again.
    ("RUNNING", Event.BEGIN): ("RUNNING", (Effect.EXECUTE,)),
    ("RUNNING", Event.GIVE_BACK): ("RUNNING", ()),
    ("RUNNING", Event.STOP): ("STOPPING", (Effect.PUBLISH,)),
    ("RUNNING", Event.SUCCEED): ("SUCCEEDED", _END),
    ("RUNNING", Event.FAIL): ("FAILED", _FAILED),
    ("RUNNING", Event.TIME_OUT): ("TIMEOUT", _END),
    # A stop is a promise: whatever the process does meanwhile, the run ends stopped.
    ("STOPPING", Event.BEGIN): ("STOPPED", _END),
    ("STOPPING", Event.GIVE_BACK): ("STOPPED", _END),
    ("STOPPING", Event.STOP): ("STOPPING", ()),
    ("STOPPING", Event.SUCCEED): ("STOPPED", _END),
    ("STOPPING", Event.FAIL): ("STOPPED", _END),
    ("STOPPING", Event.TIME_OUT): ("STOPPED", _END),
}


def advance(run: RunState, event: Event) -> Step:
    """Apply an event to a run; raises IllegalTransition when the table does not allow it."""
    found = TRANSITIONS.get((run.state, event))
    if found is None:
        raise IllegalTransition(run.state, event)
    state, effects = found
    executions = run.executions
    if Effect.EXECUTE in effects:
        if executions > MAX_RECOVERIES:
            return Step(RunState("FAILED", executions), _END)
        executions += 1
    elif event is Event.GIVE_BACK:
        # An orderly shutdown is no fault of the run and must not use up its recoveries.
        executions = max(0, executions - 1)
    return Step(RunState(state, executions), effects)
