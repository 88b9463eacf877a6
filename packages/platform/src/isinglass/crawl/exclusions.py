"""A target's exclude patterns, as the tables below it carry them: relative to each table's own folder."""

from collections.abc import Iterable, Sequence

from isinglass_connectors.storage.globs import compile_glob

_OPEN = {"[": "]", "{": "}"}


def below(patterns: Iterable[str], root: Sequence[str]) -> list[str]:
    """Rewrite patterns of an include path for a folder below it; those that cannot match there go."""
    return [one for one in (_below(pattern, root) for pattern in patterns) if one is not None]


def _below(pattern: str, root: Sequence[str]) -> str | None:
    for component in root:
        first, rest = _first_component(pattern)
        if "**" in first:
            # It crosses folders, so it means the same from further down: if what is before `**` fits.
            before, _, after = first.partition("**")
            if compile_glob(f"{before}*").fullmatch(component) is None:
                return None
            return f"**{after}/{rest}" if rest else f"**{after}"
        if not rest or compile_glob(first).fullmatch(component) is None:
            return None
        pattern = rest
    return pattern


def _first_component(pattern: str) -> tuple[str, str]:
    """Split a pattern at its first slash that stands outside brackets."""
    closing, escaped = "", False
    for position, character in enumerate(pattern):
        if escaped:
            escaped = False
        elif character == "\\":
            escaped = True
        elif closing:
            closing = "" if character == closing else closing
        elif character in _OPEN:
            closing = _OPEN[character]
        elif character == "/":
            return pattern[:position], pattern[position + 1 :]
    return pattern, ""
