"""Compiles each input shape into one function that types, checks and cleans a request document.

Unknown members and nulls are dropped, as AWS does. A value of the wrong kind ends the parse at once
(SerializationException); failed constraints are collected, so that the caller learns of all of them.
"""

from collections.abc import Callable, Iterable
from functools import partial
from typing import Any

from isinglass.gateway.protocol.scalars import Check, compile_scalar, constraint_texts
from isinglass.gateway.protocol.violations import Path, Violation, describe, member_name
from isinglass.model.edge_errors import SerializationException, ValidationException

#: Lists as they came, and what became of them.
_Recent = tuple[tuple[list[Any], list[Any]], ...]

#: How many members and elements may be around a value of a shape that contains itself.
_DEEPEST = 200

#: Lists up to so many items are compared with the last one of their shape before they are checked.
_LONGEST_REMEMBERED = 1000


class InputCompiler:
    """Compiles the input shapes of one service; shapes that occur twice are compiled once."""

    def __init__(self, shapes: dict[str, dict[str, Any]]) -> None:
        self._shapes = shapes
        self._checks: dict[str, Check] = {}

    def compile(self, name: str) -> Callable[[Any], dict[str, Any]]:
        """Compile an operation's input: a function from the decoded body to a checked request."""
        check = self._check(name)
        shapes = self._shapes

        def parse(document: Any) -> dict[str, Any]:
            violations: list[Violation] = []
            request: dict[str, Any] = check(document, None, violations)
            if violations:
                raise ValidationException(describe(violations, shapes))
            return request

        return parse

    def _check(self, name: str) -> Check:
        if name not in self._checks:
            # Shapes may contain themselves: until this one is compiled, it is looked up when called.
            self._checks[name] = partial(self._check_within, name)
            self._checks[name] = self._build(name, self._shapes[name])
        return self._checks[name]

    def _check_within(self, name: str, value: Any, path: Path, violations: list[Violation]) -> Any:
        """Check a value of a shape that contains itself: what is too deep could not be written again."""
        depth, place = 0, path
        while place is not None:
            depth, place = depth + 1, place[0]
        if depth > _DEEPEST:
            raise SerializationException("The request is nested too deeply.")
        return self._checks[name](value, path, violations)

    def _build(self, name: str, shape: dict[str, Any]) -> Check:
        kind = shape["type"]
        if shape.get("document"):
            return lambda value, _path, _violations: value
        if kind == "structure":
            return self._structure(name, shape)
        if kind == "list":
            return self._list(name, shape)
        if kind == "map":
            return self._map(name, shape)
        return compile_scalar(name, shape)

    def _structure(self, name: str, shape: dict[str, Any]) -> Check:
        targets: dict[str, str] = shape["members"]
        members = {member: (member_name(member), self._check(target)) for member, target in targets.items()}
        required = frozenset(shape.get("required", ()))
        union = shape.get("union", False)

        def check(value: Any, path: Path, violations: list[Violation]) -> dict[str, Any]:
            if value.__class__ is not dict:
                raise _not_expected(value, "structure or map")
            clean = {}
            found: list[Violation] = []
            for member, item in value.items():
                if item is not None and (known := members.get(member)) is not None:
                    shown, check_member = known
                    clean[member] = check_member(item, (path, shown), found)
            if required and not required <= clean.keys():
                for member in required - clean.keys():
                    place = (path, member_name(member))
                    found.append(Violation(place, targets[member], None, "Member must not be null"))
            if found:
                violations += _in_order_of(members, found, path)
            if union and len(clean) != 1:
                violations.append(Violation(path, name, clean, "Member must have exactly one member set"))
            return clean

        return check

    def _list(self, name: str, shape: dict[str, Any]) -> Check:
        check_item = self._check(shape["member"])
        # AWS reports a bad scalar at its list, with everything that the scalars must satisfy.
        texts = constraint_texts(self._shapes[shape["member"]])
        summary = f"Member must satisfy constraint: [{', '.join(texts)}]" if texts else ""
        check_length = _length(name, shape)
        repeats = self._shapes[shape["member"]]["type"] == "structure" and self._of_strings(shape["member"])
        # The last lists that were right, and what became of them: every partition of a batch repeats the
        # columns, and of a table, columns and partition keys come in turns.
        recent: _Recent = ()

        def check(value: Any, path: Path, violations: list[Violation]) -> list[Any]:
            nonlocal recent
            if value.__class__ is not list:
                raise _not_expected(value, "list")
            if repeats and value and (known := _recall(value, recent)):
                return known
            if check_length:
                check_length(value, path, violations)
            found: list[Violation] = []
            clean = []
            for index, item in enumerate(value, start=1):
                if item is None:
                    found.append(Violation((path, index), shape["member"], None, "Member must not be null"))
                else:
                    clean.append(check_item(item, (path, index), found))
            if found:
                violations += [Violation(path, name, value, summary)] if summary else found
            elif repeats and not violations and len(value) <= _LONGEST_REMEMBERED:
                recent = ((value, clean), *recent[:1])
            return clean

        return check

    def _of_strings(self, name: str, above: frozenset[str] = frozenset()) -> bool:
        """Tell whether a shape holds nothing but strings, which are equal only when they are the same."""
        shape = self._shapes[name]
        kind = shape["type"]
        if kind == "string":
            return True
        if name in above or kind not in {"structure", "list", "map"}:
            return False
        parts = (
            shape["members"].values()
            if kind == "structure"
            else [shape[k] for k in ("member", "value") if k in shape]
        )
        return all(self._of_strings(part, above | {name}) for part in parts)

    def _map(self, name: str, shape: dict[str, Any]) -> Check:
        check_key, check_value = self._check(shape["key"]), self._check(shape["value"])
        key_texts = ", ".join(constraint_texts(self._shapes[shape["key"]]))
        value_texts = ", ".join(constraint_texts(self._shapes[shape["value"]]))
        check_length = _length(name, shape)

        def check(value: Any, path: Path, violations: list[Violation]) -> dict[str, Any]:
            if value.__class__ is not dict:
                raise _not_expected(value, "structure or map")
            if check_length:
                check_length(value, path, violations)
            bad_keys: list[Violation] = []
            bad_values: list[Violation] = []
            clean = {}
            for key, item in value.items():
                check_key(key, path, bad_keys)
                if item is not None:
                    clean[key] = check_value(item, (path, f"{key}.member"), bad_values)
            if bad_keys:
                violations.append(
                    Violation(path, name, value, f"Map keys must satisfy constraint: [{key_texts}]")
                )
            if bad_values and value_texts:
                text = f"Map value must satisfy constraint: [{value_texts}]"
                violations.append(Violation(path, name, value, text))
            else:
                violations += bad_values
            return clean

        return check


def _in_order_of(members: Iterable[str], found: list[Violation], path: Path) -> list[Violation]:
    """Sort what members violate as the model lists them, however the request does."""
    ranks = {member_name(member): rank for rank, member in enumerate(members)}

    def rank(violation: Violation) -> int:
        place = violation.path
        while place is not None and place[0] is not path:
            place = place[0]
        return ranks.get(str(place[1]), 0) if place is not None else 0

    return sorted(found, key=rank)


def _recall(value: list[Any], recent: _Recent) -> list[Any] | None:
    try:
        for seen, cleaned in recent:
            if value is seen or value == seen:
                return cleaned.copy()
    except RecursionError:
        pass  # what the shape does not know may be nested to any depth
    return None


def _length(name: str, shape: dict[str, Any]) -> Callable[[Any, Path, list[Violation]], None] | None:
    least, most = shape.get("min", 0), shape.get("max")
    if not least and most is None:
        return None

    def check(value: Any, path: Path, violations: list[Violation]) -> None:
        if len(value) < least:
            text = f"Member must have length greater than or equal to {least}"
            violations.append(Violation(path, name, value, text))
        elif most is not None and len(value) > most:
            violations.append(
                Violation(path, name, value, f"Member must have length less than or equal to {most}")
            )

    return check


def _not_expected(value: Any, wanted: str) -> SerializationException:
    if value.__class__ is dict:
        return SerializationException("Start of structure or map found where not expected.")
    if value.__class__ is list:
        return SerializationException("Start of list found where not expected")
    return SerializationException(f"Expected a {wanted}")
