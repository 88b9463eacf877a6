"""The state machine of job runs, alone and under every interleaving of workers, stops and crashes."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from isinglass.domain.job_run_states import (
    MAX_RECOVERIES,
    TERMINAL,
    TRANSITIONS,
    Effect,
    Event,
    IllegalTransition,
    RunState,
    advance,
)

STATES = ("WAITING", "STARTING", "RUNNING", "STOPPING", *sorted(TERMINAL))


@pytest.mark.parametrize("state", STATES)
@pytest.mark.parametrize("event", list(Event))
def test_advance_of_each_pair_follows_the_table_or_refuses(state: str, event: Event) -> None:
    if (state, event) not in TRANSITIONS:
        with pytest.raises(IllegalTransition):
            advance(RunState(state), event)
        return
    step = advance(RunState(state), event)
    assert (step.after.state, step.effects) == TRANSITIONS[state, event]
    assert state not in TERMINAL


def test_begin_after_too_many_recoveries_gives_the_run_up() -> None:
    step = advance(RunState("RUNNING", MAX_RECOVERIES + 1), Event.BEGIN)
    assert step.after == RunState("FAILED", MAX_RECOVERIES + 1)
    assert step.effects == (Effect.PUBLISH, Effect.FREE_SLOT)


def test_retry_takes_its_place_before_waiting_runs_do() -> None:
    assert advance(RunState("RUNNING", 1), Event.FAIL).effects == (
        Effect.PUBLISH,
        Effect.RETRY,
        Effect.FREE_SLOT,
    )


def test_give_back_does_not_use_up_a_recovery() -> None:
    begun = advance(RunState("STARTING"), Event.BEGIN).after
    assert begun == RunState("RUNNING", 1)
    assert advance(begun, Event.GIVE_BACK).after == RunState("RUNNING", 0)


ACTIONS = st.lists(
    st.sampled_from(["claim", "succeed", "fail", "time out", "crash", "give back", "stop"]), max_size=30
)


@settings(max_examples=200)
@given(ACTIONS)
def test_any_interleaving_ends_once_and_a_stop_is_never_lost(actions: list[str]) -> None:
    """Plays a queue of one piece of work; what cannot happen in a state is skipped, as the shell does."""
    run, queued, held, stopped, ends = RunState("STARTING"), True, False, False, 0
    for action in [*actions, "crash", "claim", "succeed"]:
        event = None
        if action == "claim" and queued:
            queued, held, event = False, True, Event.BEGIN
        elif action == "crash" and held:
            queued, held = True, False
        elif action == "stop" and run.state not in TERMINAL:
            stopped, event = True, Event.STOP
        elif held and action in ("succeed", "fail", "time out", "give back"):
            event = Event(action)
        if event is None:
            continue
        step = advance(run, event)
        ends += step.after.state in TERMINAL
        if Effect.EXECUTE not in step.effects and event is not Event.STOP:
            queued, held = step.after.state not in TERMINAL, False
        run = step.after
    assert (run.state in TERMINAL, queued, held, ends) == (True, False, False, 1)
    if stopped:
        assert run.state in ("STOPPED", "FAILED")
    assert run.executions <= MAX_RECOVERIES + 1
