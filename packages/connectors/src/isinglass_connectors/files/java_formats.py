"""Java's date patterns, which Spark options are written in, as the formats that DuckDB parses."""

import itertools
import re

_FIELDS = (
    (r"y{3,}|u{3,}|y|u", "%Y"),
    (r"yy", "%y"),
    (r"MMMM|LLLL", "%B"),
    (r"MMM|LLL", "%b"),
    (r"MM?|LL?", "%m"),
    (r"dd?", "%d"),
    (r"DDD|DD?", "%j"),
    (r"HH?|kk?", "%H"),
    (r"hh?|KK?", "%I"),
    (r"mm?", "%M"),
    (r"ss?", "%S"),
    (r"S{1,3}", "%g"),
    (r"S{4,6}", "%f"),
    (r"S{7,9}", "%n"),
    (r"a", "%p"),
    (r"EEEE", "%A"),
    (r"E{1,3}", "%a"),
    (r"X{1,3}|x{1,3}|Z{1,5}", "%z"),
    (r"VV|z{1,4}", "%Z"),
)
_OPTIONAL = re.compile(r"\[([^\[\]]*)\]")


class UnknownPattern(ValueError):
    """A date pattern with a letter that has no counterpart."""


def strptime_formats(pattern: str) -> tuple[str, ...]:
    """Translate a pattern; each optional section `[…]` doubles the formats to try."""
    sections = _OPTIONAL.split(pattern)
    fixed, optional = sections[::2], sections[1::2]
    formats: list[str] = []
    for used in itertools.product((True, False), repeat=len(optional)):
        parts = [fixed[0]]
        for text, use, after in zip(optional, used, fixed[1:], strict=True):
            parts += [text if use else "", after]
        formats.append(_translate("".join(parts), pattern))
    return tuple(dict.fromkeys(formats))


def _translate(pattern: str, whole: str) -> str:
    out: list[str] = []
    for token in re.finditer(r"'((?:[^']|'')*)'|([A-Za-z])\2*|[^A-Za-z']+", pattern):
        text = token[0]
        if token[1] is not None:
            out.append((token[1].replace("''", "'") or "'").replace("%", "%%"))
        elif token[2] is None:
            out.append(text.replace("%", "%%"))
        else:
            found = next((format_ for java, format_ in _FIELDS if re.fullmatch(java, text)), None)
            if found is None:
                raise UnknownPattern(f"date pattern {whole!r}: {text!r} is not supported")
            out.append(found)
    return "".join(out)
