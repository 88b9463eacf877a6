"""Policy documents: what AWS accepts as one, and exactly what is wrong with what it would not."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any, Literal

from isinglass.domain.access.conditions import Condition, InvalidCondition, read_condition
from isinglass.domain.access.templates import InvalidVariable, Template, read_template

#: What a policy is attached to decides which elements it has: an identity, a resource, a role (its trust).
PolicyKind = Literal["identity", "resource", "trust"]
PrincipalType = Literal["AWS", "Service", "Federated", "CanonicalUser"]

_VERSIONS = ("2008-10-17", "2012-10-17")
_ELEMENTS = {
    "Sid", "Effect", "Principal", "NotPrincipal", "Action", "NotAction", "Resource", "NotResource",
    "Condition",
}  # fmt: skip
_PRINCIPAL_TYPES: tuple[PrincipalType, ...] = ("AWS", "Service", "Federated", "CanonicalUser")


@dataclass(eq=False)
class MalformedPolicy(Exception):
    """The text is no policy; `reason` says which statement and element, and why."""

    reason: str

    def __str__(self) -> str:
        return self.reason


@dataclass(frozen=True, slots=True)
class Principal:
    """One principal as a policy names it; an account is its root's ARN, everybody is `*`."""

    type: PrincipalType
    value: str


@dataclass(frozen=True, slots=True)
class Statement:
    """One statement; `position` counts from 1. What a policy of its kind does not have is None."""

    position: int
    sid: str
    allows: bool
    actions: tuple[Template, ...]
    actions_excluded: bool
    resources: tuple[Template, ...] | None
    resources_excluded: bool
    principals: tuple[Principal, ...] | None
    principals_excluded: bool
    conditions: tuple[Condition, ...]

    @property
    def label(self) -> str:
        """How people find the statement in its document."""
        return f"statement {self.position}" + (f" ({self.sid})" if self.sid else "")


@dataclass(frozen=True, slots=True)
class Policy:
    """A parsed policy; `source` says where it came from, such as the ARN of a managed policy.

    `text` is the document it was read from.
    """

    statements: tuple[Statement, ...]
    version: str = _VERSIONS[0]
    source: str = ""
    text: str = field(default="", repr=False)

    def named(self, source: str) -> "Policy":
        """Return the policy with where it came from."""
        return replace(self, source=source)


def parse_policy(text: str, kind: PolicyKind = "identity") -> Policy:
    """Parse a policy document; raises MalformedPolicy."""
    document = _load(text)
    _only(document, {"Version", "Id", "Statement"}, "The policy")
    version = document.get("Version", _VERSIONS[0])
    if version not in _VERSIONS:
        raise MalformedPolicy(f"Version: {version!r} is neither 2012-10-17 nor 2008-10-17.")
    if not isinstance(document.get("Id", ""), str):
        raise MalformedPolicy("Id: it must be a string.")
    statements = document.get("Statement")
    if isinstance(statements, dict):
        statements = [statements]
    if not isinstance(statements, list) or not statements:
        raise MalformedPolicy("Statement: the policy needs at least one statement.")
    parsed = tuple(
        _Reader(position, statement, kind, version).read() for position, statement in enumerate(statements, 1)
    )
    sids = [statement.sid for statement in parsed if statement.sid]
    for sid in sids:
        if sids.count(sid) > 1:
            raise MalformedPolicy(f"Sid: {sid!r} names two statements; statement ids must be unique.")
    return Policy(parsed, version, text=text)


def _load(text: str) -> dict[str, Any]:
    try:
        document = json.loads(text, object_pairs_hook=_no_duplicates)
    except RecursionError as error:
        raise MalformedPolicy("The policy is nested too deeply.") from error
    except ValueError as error:
        raise MalformedPolicy(f"The policy is not valid JSON: {error}.") from error
    if not isinstance(document, dict):
        raise MalformedPolicy("The policy must be a JSON object.")
    return document


def _no_duplicates(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    document = dict(pairs)
    if len(document) != len(pairs):
        twice = next(name for name, _ in pairs if sum(other == name for other, _ in pairs) > 1)
        raise MalformedPolicy(f"The element {twice!r} is given twice in one object.")
    return document


def _only(document: Mapping[str, Any], known: set[str], where: str) -> None:
    for name in document:
        if name not in known:
            raise MalformedPolicy(f"{where} has the unknown element {name[:100]!r}.")


class _Reader:
    """Reads one statement; every complaint says which one and which element."""

    def __init__(self, position: int, statement: Any, kind: PolicyKind, version: str) -> None:
        self._position = position
        self._where = f"Statement {position}"
        if not isinstance(statement, dict):
            raise MalformedPolicy(f"{self._where} must be a JSON object.")
        self._statement: dict[str, Any] = statement
        self._kind = kind
        self._variables = version != _VERSIONS[0]

    def read(self) -> Statement:
        sid = self._statement.get("Sid", "")
        if not isinstance(sid, str):
            raise self._bad("Sid", "it must be a string")
        if sid:
            self._where += f" ({sid[:100]})"
        _only(self._statement, _ELEMENTS, self._where)
        effect = self._statement.get("Effect")
        if not isinstance(effect, str) or effect not in {"Allow", "Deny"}:
            raise self._bad("Effect", f"it must be Allow or Deny, not {effect!r}")
        actions, actions_excluded = self._actions()
        resources, resources_excluded = self._resources()
        principals, principals_excluded = self._principals()
        return Statement(
            position=self._position,
            sid=sid,
            allows=effect == "Allow",
            actions=actions,
            actions_excluded=actions_excluded,
            resources=resources,
            resources_excluded=resources_excluded,
            principals=principals,
            principals_excluded=principals_excluded,
            conditions=self._conditions(),
        )

    def _bad(self, element: str, reason: str) -> MalformedPolicy:
        return MalformedPolicy(f"{self._where}, {element}: {reason}.")

    def _either(self, element: str) -> tuple[str, Any]:
        """Return which of an element and its negation is given, and its value."""
        present = [name for name in (element, f"Not{element}") if name in self._statement]
        if len(present) == 2:
            raise self._bad(element, f"a statement has either {element} or Not{element}, not both")
        return (present[0], self._statement[present[0]]) if present else ("", None)

    def _texts(self, element: str, value: Any) -> list[str]:
        texts = value if isinstance(value, list) else [value]
        if not texts or not all(isinstance(text, str) and text for text in texts):
            raise self._bad(element, "it must be a string or a list of strings, none of them empty")
        return texts

    def _template(self, element: str, text: str) -> Template:
        try:
            return read_template(text, variables=self._variables)
        except InvalidVariable as error:
            raise self._bad(element, str(error)) from error

    def _actions(self) -> tuple[tuple[Template, ...], bool]:
        element, value = self._either("Action")
        if not element:
            raise self._bad("Action", "the statement must contain actions")
        actions = self._texts(element, value)
        for action in actions:
            service, colon, name = action.partition(":")
            if action != "*" and (not colon or not name or not _is_word(service)):
                raise self._bad(
                    element, f"{action[:100]!r} must be prefaced by a vendor, e.g., glue:GetTable"
                )
            if "$" in action:
                raise self._bad(element, f"{action[:100]!r} has a variable; actions have none")
        return tuple(Template(action.lower()) for action in actions), element == "NotAction"

    def _resources(self) -> tuple[tuple[Template, ...] | None, bool]:
        element, value = self._either("Resource")
        if self._kind == "trust":
            if element:
                raise self._bad(element, "a trust policy has no resources; it is about its role")
            return None, False
        if not element:
            raise self._bad("Resource", "the statement must contain resources")
        resources = self._texts(element, value)
        for resource in resources:
            if resource != "*" and (
                not resource.startswith(("arn:", "arn*", "*:")) or resource.count(":") < 5
            ):
                raise self._bad(element, f'{resource[:200]!r} must be in ARN format or "*"')
        templates = (self._template(element, in_any_region(resource)) for resource in resources)
        return tuple(templates), element == "NotResource"

    def _principals(self) -> tuple[tuple[Principal, ...] | None, bool]:
        element, value = self._either("Principal")
        if self._kind == "identity":
            if element:
                raise self._bad(element, "a policy of an identity names no principal")
            return None, False
        if not element:
            raise self._bad("Principal", "the statement must say to whom it applies")
        excluded = element == "NotPrincipal"
        if excluded and self._statement["Effect"] == "Allow" and self._kind == "trust":
            raise self._bad(element, "a trust policy cannot allow everybody but a few")
        if value == "*":
            return (Principal("AWS", "*"),), excluded
        if not isinstance(value, dict) or not value:
            raise self._bad(element, 'it must be "*" or an object such as {"AWS": "123456789012"}')
        _only(value, set(_PRINCIPAL_TYPES), f"{self._where}, {element}:")
        return (
            tuple(
                self._principal(element, kind, text)
                for kind in _PRINCIPAL_TYPES
                if kind in value
                for text in self._texts(element, value[kind])
            ),
            excluded,
        )

    def _principal(self, element: str, kind: PrincipalType, text: str) -> Principal:
        if kind != "AWS" or text == "*":
            return Principal(kind, text)
        if len(text) == 12 and text.isascii() and text.isdigit():
            return Principal(kind, f"arn:aws:iam::{text}:root")
        if any(character in text for character in "*?"):
            raise self._bad(element, f"{text[:200]!r} has a wildcard; only a principal that is '*' alone may")
        if not text.startswith(("arn:aws:iam::", "arn:aws:sts::")):
            raise self._bad(
                element, f"{text[:200]!r} is no principal: it must be an account, or an ARN of IAM or STS"
            )
        return Principal(kind, text)

    def _conditions(self) -> tuple[Condition, ...]:
        block = self._statement.get("Condition", {})
        if not isinstance(block, dict):
            raise self._bad("Condition", "it must be an object of operators")
        conditions: list[Condition] = []
        for operator, keys in block.items():
            if not isinstance(keys, dict) or not keys:
                raise self._bad("Condition", f"{operator[:100]} must be an object of condition keys")
            for key, value in keys.items():
                values = [_condition_text(one) for one in (value if isinstance(value, list) else [value])]
                if not values or None in values:
                    raise self._bad(
                        "Condition", f"{key[:100]} under {operator[:100]} needs a value or a list of values"
                    )
                texts = [text for text in values if text is not None]
                try:
                    conditions.append(read_condition(operator, key, texts, variables=self._variables))
                except InvalidCondition as error:
                    raise self._bad("Condition", str(error)) from error
        return tuple(conditions)


def in_any_region(resource: str) -> str:
    """Leave the region out of what a resource must be.

    A server has one catalog, whatever region a request is signed for: its caller would choose which of the
    statements hold.
    """
    parts = resource.split(":", 5)
    if len(parts) < 6 or not parts[3] or any("${" in part for part in parts[:4]):
        return resource
    return ":".join((*parts[:3], "*", *parts[4:]))


def _condition_text(value: Any) -> str | None:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, (int, float)):
        return str(value)
    return value if isinstance(value, str) else None


def _is_word(text: str) -> bool:
    return (
        bool(text) and text.isascii() and all(character.isalnum() or character == "-" for character in text)
    )
