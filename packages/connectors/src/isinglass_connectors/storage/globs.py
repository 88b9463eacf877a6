"""Glue's exclude patterns: globs whose `*` stays inside one path component."""

import re
from collections.abc import Iterable
from dataclasses import dataclass


class GlobError(ValueError):
    """A pattern that cannot be read: what and where."""

    def __init__(self, pattern: str, reason: str) -> None:
        super().__init__(f"exclude pattern {pattern!r}: {reason}")
        self.pattern = pattern
        self.reason = reason


def compile_glob(pattern: str) -> re.Pattern[str]:
    """Translate one pattern into a regular expression over whole relative paths."""
    return re.compile(_Translator(pattern).translate(), re.DOTALL)


def excluded(path: str, patterns: Iterable[str]) -> bool:
    """Tell whether a path, relative to the include path, matches any pattern."""
    return any(compile_glob(pattern).fullmatch(path) for pattern in patterns)


class _Translator:
    """One left-to-right pass; groups cannot nest, so one flag is all its state."""

    def __init__(self, pattern: str) -> None:
        self._pattern = pattern
        self._at = 0
        self._in_group = False

    def translate(self) -> str:
        out: list[str] = []
        while self._at < len(self._pattern):
            out.append(self._next())
        if self._in_group:
            raise GlobError(self._pattern, "a `{` is never closed")
        return "".join(out)

    def _next(self) -> str:  # noqa: C901 - one branch per character of the little language
        char = self._pattern[self._at]
        self._at += 1
        if char == "*":
            if self._pattern.startswith("*", self._at):
                self._at += 1
                return ".*"
            return "[^/]*"
        if char == "?":
            return "[^/]"
        if char == "\\":
            if self._at == len(self._pattern):
                raise GlobError(self._pattern, "it ends in a lone backslash")
            self._at += 1
            return re.escape(self._pattern[self._at - 1])
        if char == "[":
            return self._bracket()
        if char == "{":
            if self._in_group:
                raise GlobError(self._pattern, "groups `{…}` cannot be nested")
            self._in_group = True
            return "(?:"
        if char == "}" and self._in_group:
            self._in_group = False
            return ")"
        if char == "," and self._in_group:
            return "|"
        return re.escape(char)

    def _bracket(self) -> str:
        start = self._at
        negated = self._pattern.startswith("!", start)
        if negated:
            start += 1
        end = self._pattern.find("]", start + 1)
        if end < 0:
            raise GlobError(self._pattern, "a `[` is never closed")
        body = self._pattern[start:end]
        self._at = end + 1
        try:
            # A component's boundary never matches a bracket, whatever its range covers.
            return "(?!/)[" + ("^" if negated else "") + _ranges(body) + "]"
        except ValueError as error:
            raise GlobError(self._pattern, str(error)) from None


def _ranges(body: str) -> str:
    out: list[str] = []
    at = 0
    while at < len(body):
        if at + 2 < len(body) and body[at + 1] == "-" and body[at] != "-":
            if body[at] > body[at + 2]:
                raise ValueError(f"the range {body[at : at + 3]} runs backwards")
            out.append(f"{re.escape(body[at])}-{re.escape(body[at + 2])}")
            at += 3
        else:
            out.append(re.escape(body[at]))
            at += 1
    return "".join(out)


@dataclass(frozen=True, slots=True)
class GlobWarning:
    """A pattern that probably does less than its author meant, and the one that does it."""

    pattern: str
    message: str
    suggestion: str


def check(pattern: str) -> GlobWarning | None:
    """Warn about a pattern that matches the top level only; GlobError when it cannot be read at all."""
    compile_glob(pattern)
    if not pattern.startswith("*") or pattern.startswith("**"):
        return None
    rest = pattern[1:]
    if rest.endswith("/"):
        return GlobWarning(pattern, f"{pattern} matches no object: keys never end in `/`", f"**{rest}**")
    if rest and "/" not in rest:
        return GlobWarning(
            pattern, f"{pattern} matches only objects directly in the include path", f"**{rest}"
        )
    return None
