"""Runs patterns on sets of states, in linear time; each set is worked out once and then remembered."""

from collections.abc import Iterable
from math import inf

from isinglass.domain.pattern_nodes import Char, CharTest, Choice, Node, Repeat, Sequence

#: States a pattern may need; `((a{99}){99}){99}` is refused, not built.
_MOST_STATES = 3_000
#: Parts built for them: `((){9999}){9999}` needs no states at all, but would never be done.
_MOST_PARTS = 20_000
#: Steps remembered between sets of states.
_MOST_STEPS = 5_000


class TooManyStates(Exception):
    """The pattern repeats too much."""


class TooMuchWork(Exception):
    """The texts that were matched led to more and more sets of states, each to be worked out."""


class _States(dict[str, "_States"]):
    """A set of states, and by character the sets that follow it as far as they were asked for."""

    __slots__ = ("accepts", "machine", "numbers")

    def __init__(self, machine: "Machine", numbers: frozenset[int]) -> None:
        super().__init__()
        self.machine = machine
        self.numbers = numbers
        self.accepts = 0 in numbers

    def __missing__(self, character: str) -> "_States":
        following = self.machine.step(self.numbers, character)
        self[character] = following
        return following


class Machine:
    """A nondeterministic automaton that becomes deterministic where names lead it."""

    def __init__(self, node: Node, most_work: float = inf) -> None:
        """Raises TooManyStates; working out sets of more states than `most_work` raises TooMuchWork."""
        self._work_left = most_work
        self._parts = 0
        self._tests: list[CharTest | None] = [None]  # state 0 accepts
        self._next: list[list[int]] = [[]]
        self._begin = self._closure([self._build(node, 0)])
        self._dead = _States(self, frozenset())
        self._forget()

    def matches(self, text: str) -> bool:
        """Tell whether a text as a whole is what the pattern says."""
        states, dead = self._start, self._dead
        for character in text:
            states = states[character]
            if states is dead:
                return False
        return states.accepts

    def step(self, numbers: frozenset[int], character: str) -> _States:
        """Work out what follows a set of states."""
        self._work_left -= len(numbers)
        if self._work_left < 0:
            raise TooMuchWork
        reached: list[int] = []
        for number in numbers:
            test = self._tests[number]
            if test is not None and test(character):
                reached.extend(self._next[number])
        if not reached:
            return self._dead
        self._steps += 1
        if self._steps > _MOST_STEPS:
            self._forget()
        return self._states(self._closure(reached))

    def _forget(self) -> None:
        self._steps = 0
        self._known: dict[frozenset[int], _States] = {}
        self._start = self._states(self._begin)

    def _states(self, numbers: frozenset[int]) -> _States:
        found = self._known.get(numbers)
        if found is None:
            found = self._known[numbers] = _States(self, numbers)
        return found

    def _closure(self, numbers: Iterable[int]) -> frozenset[int]:
        seen: set[int] = set()
        waiting = list(numbers)
        while waiting:
            number = waiting.pop()
            if number not in seen:
                seen.add(number)
                if self._tests[number] is None:
                    waiting.extend(self._next[number])
        return frozenset(seen)

    def _add(self, test: CharTest | None, following: list[int]) -> int:
        if len(self._tests) >= _MOST_STATES:
            raise TooManyStates
        self._tests.append(test)
        self._next.append(following)
        return len(self._tests) - 1

    def _build(self, node: Node, after: int) -> int:
        """Add the states of a node that go on to `after`; returns where they begin."""
        self._parts += 1
        if self._parts > _MOST_PARTS:
            raise TooManyStates
        match node:
            case Char(test):
                return self._add(test, [after])
            case Sequence(parts):
                for part in reversed(parts):
                    after = self._build(part, after)
                return after
            case Choice(options):
                return self._add(None, [self._build(option, after) for option in options])
            case Repeat(part, least, most):
                start = after
                if most is None:
                    start = self._add(None, [after])
                    self._next[start].append(self._build(part, start))
                for _ in range((most or least) - least):
                    start = self._add(None, [after, self._build(part, start)])
                for _ in range(least):
                    start = self._build(part, start)
                return start
