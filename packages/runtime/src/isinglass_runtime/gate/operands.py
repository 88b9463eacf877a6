"""Find where the operands of an infix operator begin and end in SQL tokens."""

from collections.abc import Sequence

from isinglass_runtime.gate.tokens import Token, closing

_MULTIPLICATIVE = frozenset({"*", "/", "%", "DIV"})
#: Words that end an operand although they look like names.
_KEYWORDS = frozenset(
    {"SELECT", "DISTINCT", "WHERE", "AND", "OR", "NOT", "ON", "BY", "WHEN", "THEN", "ELSE", "CASE"}
    | {"HAVING", "IN", "BETWEEN", "LIKE", "AS", "FROM", "FILTER"}
)


def around(tokens: Sequence[Token], operator: int) -> tuple[int, int]:
    """Give the first and the last token of `left operator right` for a multiplicative operator."""
    first = _begin(tokens, operator - 1)
    while first > 1 and tokens[first - 1].upper in _MULTIPLICATIVE:
        first = _begin(tokens, first - 2)
    return first, _end(tokens, operator + 1)


def _begin(tokens: Sequence[Token], last: int) -> int:
    """Give the first token of the operand that ends at `last`."""
    at = last
    while at > 0 and tokens[at].upper in {")", "]", "END"}:
        at = _opening(tokens, at)
        before = tokens[at - 1] if at else None
        if tokens[at].upper == "CASE" or before is None:
            break
        if before.upper in {"OVER", "GROUP", "FILTER"}:
            # `sum(x) FILTER (…) OVER (…)`: the call stands before.
            at -= 2
            continue
        if before.kind not in {"word", "quoted"} or before.upper in _KEYWORDS:
            break
        at -= 1
    while at > 1 and tokens[at - 1].upper == ".":
        at = _begin(tokens, at - 2)
    return max(at, 0)


def _opening(tokens: Sequence[Token], last: int) -> int:
    """Give the token that the bracket, or the END, at `last` closes."""
    openers, closers = ({"CASE"}, {"END"}) if tokens[last].upper == "END" else ({"(", "["}, {")", "]"})
    depth = 0
    for index in range(last, -1, -1):
        if tokens[index].upper in closers:
            depth += 1
        elif tokens[index].upper in openers:
            depth -= 1
            if depth == 0:
                return index
    return 0


def _end(tokens: Sequence[Token], first: int) -> int:
    """Give the last token of the operand that begins at `first`."""
    at = first
    while at < len(tokens) - 1 and tokens[at].upper in {"-", "+"}:
        at += 1
    if at >= len(tokens):
        return len(tokens) - 1
    if tokens[at].upper == "CASE":
        return _case_end(tokens, at)
    if tokens[at].upper == "(":
        at = closing(tokens, at)
    while (further := _further(tokens, at)) is not None:
        at = further
    return at


def _case_end(tokens: Sequence[Token], case: int) -> int:
    depth = 0
    for index in range(case, len(tokens)):
        depth += {"CASE": 1, "END": -1}.get(tokens[index].upper, 0)
        if depth == 0:
            return index
    return len(tokens) - 1


def _further(tokens: Sequence[Token], at: int) -> int | None:
    """Give where an operand goes on: arguments, an index, a field, OVER (…); None at its end."""
    if at + 2 >= len(tokens):
        return None
    following = tokens[at + 1].upper
    if following in {"(", "["}:
        return closing(tokens, at + 1)
    if following == ".":
        return at + 2
    if following in {"OVER", "FILTER"} and tokens[at + 2].upper == "(":
        return closing(tokens, at + 2)
    return None
