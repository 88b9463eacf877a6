"""How names that match a pattern can begin, as ranges of names: what lies outside need not be looked at."""

from isinglass.domain.partition_values import KeyRange
from isinglass.domain.pattern_nodes import Char, Choice, Node, Repeat, Sequence

#: Beginnings told apart; of more, what they have in common before.
_MOST = 32
#: Characters of a beginning that are looked at.
_LONGEST = 255


def ranges(pattern: Node) -> tuple[KeyRange, ...]:
    """List disjoint ranges, in the order of names, that hold every name that matches."""
    beginnings, _ = _beginnings(pattern)
    found: list[str] = []
    for text in sorted(beginnings):
        if not found or not text.startswith(found[-1]):
            found.append(text)
    return tuple(KeyRange(text or None, _after(text)) for text in found)


def _beginnings(node: Node) -> tuple[set[str], bool]:
    """List how texts that match begin, and tell whether these are all they are."""
    match node:
        case Char(_, literal):
            return ({literal}, True) if literal and _is_storable(literal) else ({""}, False)
        case Sequence(parts):
            return _in_sequence(parts)
        case Choice(options):
            each = [_beginnings(option) for option in options]
            together = {text for texts, _ in each for text in texts}
            if len(together) > _MOST:
                return {""}, False
            return together, all(whole for _, whole in each)
        case Repeat(part, least, most):
            if least == 0:
                return {""}, False
            texts, whole = _beginnings(part)
            return texts, whole and least == most == 1


def _in_sequence(parts: tuple[Node, ...]) -> tuple[set[str], bool]:
    texts = {""}
    for part in parts:
        following, whole = _beginnings(part)
        joined = {text + more for text in texts for more in following}
        if len(joined) > _MOST or max(map(len, joined)) > _LONGEST:
            return texts, False
        texts = joined
        if not whole:
            return texts, False
    return texts, True


def _is_storable(literal: str) -> bool:
    """Tell whether a database can be asked for a text with this character."""
    return len(literal) == 1 and literal >= " " and not "\ud800" <= literal <= "\udfff"


def _after(text: str) -> str | None:
    """Find the first text after all that begin with one, by code point; None when there is none."""
    text = text.rstrip("\U0010ffff")
    if not text:
        return None
    following = chr(ord(text[-1]) + 1)
    return text[:-1] + ("\ue000" if following == "\ud800" else following)
