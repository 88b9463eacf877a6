"""Texts of policies with variables: `arn:aws:s3:::home/${aws:username}/*`, `${aws:username, 'nobody'}`.

The value of a variable is literal: a star in it stands for itself. `${*}`, `${?}` and `${$}` are the literal
characters.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from isinglass.domain.access.wildcards import Token, Wildcard, compile_text, compile_tokens, read_tokens

Facts = Mapping[str, tuple[str, ...]]

_LITERALS = {"*", "?", "$"}


class InvalidVariable(Exception):
    """A `${` that does not become a variable."""


@dataclass(frozen=True, slots=True)
class Variable:
    """A condition key whose value is put in, in lower case, and what stands there when it has none."""

    key: str
    default: str | None


@dataclass(frozen=True, slots=True)
class Template:
    """A text of a policy; without variables it is compiled once."""

    text: str
    parts: tuple[str | Variable, ...] = ()

    def fill(self, facts: Facts) -> str | None:
        """Return the text with its variables' values, None when one has none or several."""
        filled = self._filled(facts)
        return None if filled is None else "".join(text for _, text in filled)

    def matches(self, text: str, facts: Facts) -> bool | None:
        """Tell whether the pattern covers a text, None when a variable has no value."""
        if not self.parts:
            return compile_text(self.text).matches(text)
        pattern = self.wildcard(facts)
        return None if pattern is None else pattern.matches(text)

    def wildcard(self, facts: Facts) -> Wildcard | None:
        """Compile the pattern, None when a variable has no value."""
        if not self.parts:
            return compile_text(self.text)
        tokens = self._filled(facts)
        return None if tokens is None else compile_tokens(tokens)

    def split(self) -> "tuple[Template, ...]":
        """Cut at the first five colons outside variables: an ARN's parts, each matched by itself."""
        if not self.parts:
            return tuple(Template(part) for part in self.text.split(":", 5))
        pieces: list[list[str | Variable]] = [[]]
        for part in self.parts:
            if isinstance(part, Variable) or part.startswith("${"):
                pieces[-1].append(part)
                continue
            first, *rest = part.split(":", 6 - len(pieces))
            pieces[-1].append(first)
            pieces += [[text] for text in rest]
        return tuple(Template("", tuple(part for part in piece if part != "")) for piece in pieces)

    def _filled(self, facts: Facts) -> list[Token] | None:
        if not self.parts:
            return read_tokens(self.text)
        tokens: list[Token] = []
        for part in self.parts:
            if isinstance(part, str):
                tokens += [("text", part[2])] if part.startswith("${") else read_tokens(part)
                continue
            values = facts.get(part.key, ())
            value = values[0] if len(values) == 1 else part.default
            if value is None:
                return None
            tokens.append(("text", value))
        return tokens


def read_template(text: str, *, variables: bool) -> Template:
    """Read a text; raises InvalidVariable. Policies of the first version have no variables."""
    if not variables or "${" not in text:
        return Template(text)
    parts: list[str | Variable] = []
    rest = text
    while "${" in rest:
        before, _, rest = rest.partition("${")
        inside, closed, rest = rest.partition("}")
        if not closed:
            raise InvalidVariable(f"the variable ${{{inside[:40]} is not closed by '}}'")
        parts += [before] if before else []
        parts.append("${" + inside + "}" if inside in _LITERALS else _variable(inside))
    return Template(text, (*parts, rest) if rest else tuple(parts))


def _variable(inside: str) -> Variable:
    key, comma, default = inside.partition(",")
    key, default = key.strip(), default.strip()
    if ":" not in key or any(character in key for character in "${*? "):
        raise InvalidVariable(f"${{{inside[:80]}}} names no condition key such as aws:username")
    if not comma:
        return Variable(key.lower(), None)
    if len(default) < 2 or default[0] != "'" or default[-1] != "'":
        raise InvalidVariable(f"the default of ${{{inside[:80]}}} must be in single quotes")
    return Variable(key.lower(), default[1:-1])
