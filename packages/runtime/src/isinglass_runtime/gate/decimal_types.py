"""The types that Spark gives to arithmetic of decimals, and how the engine's quotients get there."""

_MOST = 38
#: Spark gives up digits after the point down to this many before it gives up digits in front of it.
_LEAST_SCALE = 6
#: How many digits after the dividend's a quotient has.
_QUOTIENT_DIGITS = 4
#: Digits that values are trusted to leave unused: nobody's sums fill the 18 in front of the point.
_SPARE = 6


def result_type(operator: str, p1: int, s1: int, p2: int, s2: int) -> tuple[int, int]:
    """Give Spark's precision and scale of an operation on decimals."""
    if operator in {"+", "-"}:
        scale = max(s1, s2)
        precision = max(p1 - s1, p2 - s2) + scale + 1
    elif operator == "*":
        precision, scale = p1 + p2 + 1, s1 + s2
    elif operator == "/":
        scale = max(_LEAST_SCALE, s1 + p2 + 1)
        precision = p1 - s1 + s2 + scale
    else:
        scale = max(s1, s2)
        precision = min(p1 - s1, p2 - s2) + scale
    if precision <= _MOST:
        return precision, scale
    whole = precision - scale
    return _MOST, max(_MOST - whole, min(scale, _LEAST_SCALE))


def division_types(p1: int, s1: int, s2: int, scale: int) -> tuple[str | None, str | None]:
    """Give what to cast dividend and divisor to for one digit more than `scale`; None is nothing.

    The engine's quotients have 38 digits on the way, and end in an error beyond. Operands of a width that
    would lead there are divided as doubles.
    """
    wide = max(s1, scale + 1 - _QUOTIENT_DIGITS)
    if p1 - s1 + wide + _QUOTIENT_DIGITS + s2 > _MOST + _SPARE:
        return "double", "double"
    return f"decimal({min(p1 - s1 + wide, _MOST)},{wide})", None
