"""Reads the part of Smithy IDL 2.0 that describes data: text to shapes, or an error that says where.

    schema    := ["$version" ":" value] ["namespace" name] ("use" name)* (traits shape)*
    shape     := ("structure" | "union" | "list" | "map") name "{" (traits name ":" target)* "}"
               | ("enum" | "intEnum") name "{" (traits name ["=" value])* "}"
               | simple name

What would change what a schema means and is not read, such as mixins and defaults, is refused.
"""

from collections.abc import Sequence
from typing import Any

from isinglass.domain.smithy.shapes import PRELUDE, SIMPLE, Kind, Member, Schema, Shape
from isinglass.domain.smithy.tokens import Token, tokenise
from isinglass.domain.smithy.traits import Trait, constraints_of
from isinglass.domain.smithy.validation import check

#: Values nested deeper in traits are refused, so that no text exhausts the stack.
_DEEPEST = 32

_KINDS: dict[str, Kind] = {
    **{name[0].lower() + name[1:]: "simple" for name in SIMPLE},
    "structure": "structure", "union": "union", "list": "list", "map": "map", "enum": "enum",
    "intEnum": "intEnum",
}  # fmt: skip
_NOT_DATA = frozenset({"service", "operation", "resource", "apply", "set"})


def parse_schema(text: str) -> Schema:
    """Parse a text into a schema in which every target is a shape; raises SchemaError."""
    return _Parser(text).schema()


class _Parser:
    """Recursive descent over the tokens."""

    def __init__(self, text: str) -> None:
        self._tokens = list(tokenise(text))
        self._at = 0
        self._namespace = ""
        self._used: dict[str, str] = {}

    @property
    def _next(self) -> Token:
        return self._tokens[self._at]

    def _take(self) -> Token:
        token = self._next
        self._at += token.kind != "end"
        return token

    def _is(self, sign: str) -> bool:
        return self._next.kind == "sign" and self._next.text == sign

    def _accept(self, sign: str) -> bool:
        found = self._is(sign)
        self._at += found
        return found

    def _expect(self, sign: str) -> None:
        token = self._take()
        if token.kind != "sign" or token.text != sign:
            raise token.fail(f"there must be {sign} here, not {token}")

    def _name(self, of: str) -> Token:
        token = self._take()
        if token.kind != "name" or "." in token.text or "#" in token.text:
            raise token.fail(f"there must be the name of {of} here, not {token}")
        return token

    def schema(self) -> Schema:
        while self._accept("$"):
            self._control()
        while self._next.text == "metadata" and self._next.kind == "name":
            self._take()
            self._take()
            self._expect("=")
            self._value(0)
        self._header()
        shapes: dict[str, Shape] = dict(PRELUDE)
        folded = {name.lower() for name in shapes}
        while self._next.kind != "end":
            traits = self._traits()
            start = self._next
            shape = self._shape(traits)
            if shape.name.lower() in folded:
                raise start.fail(f"there is a shape {shape.name} already; case does not tell names apart")
            folded.add(shape.name.lower())
            shapes[shape.name] = shape
        schema = Schema(shapes)
        check(schema)
        return schema

    def _control(self) -> None:
        key = self._name("a control statement")
        self._expect(":")
        token = self._next
        value = self._value(0)
        if key.text == "version" and value not in ("2", "2.0", 2):
            raise token.fail(f"version {value} of Smithy is not read, 2.0 is")

    def _header(self) -> None:
        if self._next.text == "namespace" and self._next.kind == "name":
            self._take()
            token = self._take()
            if token.kind != "name" or "#" in token.text:
                raise token.fail(f"there must be the name of a namespace here, not {token}")
            self._namespace = token.text
        while self._next.text == "use" and self._next.kind == "name":
            self._take()
            token = self._take()
            if token.kind != "name" or "#" not in token.text:
                raise token.fail(f"there must be a name such as smithy.api#String here, not {token}")
            self._used[token.text.partition("#")[2]] = token.text

    def _traits(self) -> list[Trait]:
        traits: list[Trait] = []
        while self._accept("@"):
            token = self._take()
            if token.kind != "name":
                raise token.fail(f"there must be the name of a trait here, not {token}")
            value = None
            if self._accept("("):
                value = self._trait_value()
                self._expect(")")
            name = token.text if "#" in token.text else self._used.get(token.text, token.text)
            traits.append(Trait(name, value, token))
        return traits

    def _trait_value(self) -> Any:
        if self._is(")"):
            return {}
        after = self._tokens[min(self._at + 1, len(self._tokens) - 1)]
        if self._next.kind in ("name", "string") and (after.kind, after.text) == ("sign", ":"):
            return self._pairs(")", 1)
        return self._value(0)

    def _value(self, depth: int) -> Any:
        token = self._take()
        if depth > _DEEPEST:
            raise token.fail("values nest too deeply here")
        match token.kind, token.text:
            case "string", text:
                return text
            case "number", text:
                return _number(token, text)
            case "name", "true" | "false" | "null":
                return {"true": True, "false": False, "null": None}[token.text]
            case "name", text:
                return text  # the id of a shape
            case "sign", "[":
                items: list[Any] = []
                while not self._accept("]"):
                    items.append(self._value(depth + 1))
                return items
            case "sign", "{":
                pairs = self._pairs("}", depth + 1)
                self._expect("}")
                return pairs
        raise token.fail(f"there must be a value here, not {token}")

    def _pairs(self, closing: str, depth: int) -> dict[str, Any]:
        pairs: dict[str, Any] = {}
        while not self._is(closing):
            key = self._take()
            if key.kind not in ("name", "string"):
                raise key.fail(f"there must be a key here, not {key}")
            if key.text in pairs:
                raise key.fail(f"the key {key.text} stands twice")
            self._expect(":")
            pairs[key.text] = self._value(depth)
        return pairs

    def _shape(self, traits: Sequence[Trait]) -> Shape:
        token = self._take()
        kind = _KINDS.get(token.text) if token.kind == "name" else None
        if kind is None:
            what = "describes no data" if token.text in _NOT_DATA else "is no kind of shape"
            raise token.fail(f"{token} {what}; there are structure, union, list, map, enum and simple types")
        name = self._name("a shape")
        if self._next.kind == "name" and self._next.text in ("with", "for"):
            raise self._next.fail(f"{self._next.text!r} (mixins, resources) is not supported")
        constraints = constraints_of(traits)
        members: tuple[Member, ...] = ()
        values: tuple[str | int, ...] = ()
        if kind in ("enum", "intEnum"):
            values = self._enumeration(kind)
        elif kind != "simple":
            members = self._members()
        simple = token.text[0].upper() + token.text[1:] if kind == "simple" else ""
        return Shape(name.text, kind, members, values, simple, constraints, name.line, name.column)

    def _members(self) -> tuple[Member, ...]:
        self._expect("{")
        members: list[Member] = []
        while not self._accept("}"):
            traits = self._traits()
            name = self._name("a member")
            if any(member.name.lower() == name.text.lower() for member in members):
                raise name.fail(f"there is a member {name.text} already; case does not tell names apart")
            if self._is(":="):
                raise self._next.fail("structures inside others (:=) are not supported; name them")
            self._expect(":")
            target = self._target()
            if self._is("="):
                raise self._next.fail("default values are not supported")
            members.append(Member(name.text, target, constraints_of(traits), name.line, name.column))
        return tuple(members)

    def _target(self) -> str:
        token = self._take()
        if token.kind != "name":
            raise token.fail(f"there must be a type here, not {token}")
        text = token.text if "#" in token.text else self._used.get(token.text, token.text)
        namespace, mark, name = text.partition("#")
        if mark and namespace not in (self._namespace, "smithy.api"):
            raise token.fail(f"the namespace {namespace} cannot be reached: a schema stands for itself")
        if mark and namespace == "smithy.api" and name not in SIMPLE:
            raise token.fail(f"there is no type {text}")
        return name if mark else text

    def _enumeration(self, kind: Kind) -> tuple[str | int, ...]:
        self._expect("{")
        values: dict[str | int, str] = {}
        names: set[str] = set()
        while not self._accept("}"):
            traits = self._traits()
            name = self._name("a value")
            value = self._enum_value(kind, name, [trait for trait in traits if trait.name == "enumValue"])
            constraints_of([trait for trait in traits if trait.name != "enumValue"])
            if name.text in names or value in values:
                raise name.fail(f"{name.text} stands twice")
            names.add(name.text)
            values[value] = name.text
        return tuple(values)

    def _enum_value(self, kind: Kind, name: Token, traits: Sequence[Trait]) -> str | int:
        given = [trait.value for trait in traits]
        if self._accept("="):
            given.append(self._value(0))
        if len(given) > 1:
            raise name.fail(f"{name.text} has two values")
        value = given[0] if given else name.text
        wanted = str if kind == "enum" else int
        if type(value) is not wanted:
            noun = "texts" if kind == "enum" else "whole numbers"
            raise name.fail(f"the values of an {kind} are {noun}, and {name.text} has none")
        return value


def _number(token: Token, text: str) -> int | float:
    try:
        return int(text)
    except ValueError:
        pass
    value = float(text)
    if value in (float("inf"), float("-inf")):
        raise token.fail(f"the number {text[:40]} is too large")
    return value
