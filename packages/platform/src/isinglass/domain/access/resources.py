"""Which permission every operation needs: its IAM action, the resources it touches, the roles it passes on.

A resource is written as a template of its ARN's last part: `table/{DatabaseName}/{TableName}`. A name in
braces is a path into the request; `{Name|TableInput.Name}` is every one of them that is given; a list gives a
resource for each element. What the request does not tell is `*`, or what follows an equals sign. Most
templates follow from the names of an operation's members; `resource_rules` has those that do not. `*` alone
is what AWS lists no resource for.
"""

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from itertools import product
from typing import Any

from isinglass.domain.access.resource_rules import BY_MEMBER, EXCEPTIONS, NAMED, NAMES, PASSED_ROLES, READING
from isinglass.domain.catalog_ids import is_account

_FIELD = re.compile(r"\{([^}]*)\}")
_VERB = re.compile(r"[A-Z][a-z]+")
#: Parts of the Data Catalog: their names are stored in lower case, and a nested catalog's name goes before.
_CATALOG_KINDS = ("database/", "table/", "userDefinedFunction/")
_CATALOG_IDS = ("CatalogId", "CatalogID", "TableCatalogId")
_PASSED_TO = {"glue": "glue.amazonaws.com", "isinglass": "glue.amazonaws.com"}


@dataclass(frozen=True, slots=True)
class Permission:
    """What one operation needs; `passes` are the paths of the roles that it stores or uses."""

    action: str
    templates: tuple[str, ...]
    passes: tuple[str, ...]
    reads_only: bool
    catalog_id: str | None

    def resources(
        self, document: Mapping[str, Any], account_id: str, region: str, user: str | None = None
    ) -> list[str]:
        """List the ARNs that a request touches, each once; `user` is the caller's name when it is a user."""
        owner, nested = self._catalog(document, account_id)
        service = self.action.partition(":")[0]
        found: dict[str, None] = {}
        for template in self.templates:
            for text in _expand(template, document, user):
                found.update(dict.fromkeys(_arns(service, region, owner, text, nested)))
        return list(found)

    def is_own(self, document: Mapping[str, Any], account_id: str) -> bool:
        """Tell at once that a request is about the caller's own catalog; False when that needs a look."""
        if self.catalog_id is None:
            return True
        given = document.get(self.catalog_id)
        return given is None or given == account_id

    def owner(self, document: Mapping[str, Any], account_id: str) -> str:
        """Tell whose catalog a request is about."""
        return self._catalog(document, account_id)[0]

    def _catalog(self, document: Mapping[str, Any], account_id: str) -> tuple[str, str]:
        """Take a catalog's id apart: `123456789012`, `123456789012:sales/emea`, or one's own `sales/emea`."""
        catalog_id = document.get(self.catalog_id) if self.catalog_id else None
        if not catalog_id:
            return account_id, ""
        account, _, path = catalog_id.partition(":")
        return (account, path.lower()) if is_account(account) else (account_id, catalog_id.lower())

    def passed_roles(self, document: Mapping[str, Any], account_id: str) -> list[str]:
        """List the ARNs of the roles that a request gives away."""
        names = (name for path in self.passes for name in _values(document, path.split(".")))
        return [role_arn(name, account_id) for name in dict.fromkeys(names) if name]

    @property
    def passed_to(self) -> str:
        """Name the service that uses the roles."""
        service = self.action.partition(":")[0]
        return _PASSED_TO.get(service, f"{service}.amazonaws.com")


def permission_of(service: str, operation: str, members: Iterable[str]) -> Permission:
    """Find what an operation needs, from its name and the names of its input's members."""
    given = set(members)
    return Permission(
        action=f"{service}:{operation}",
        templates=_templates(service, operation, given),
        passes=PASSED_ROLES.get(operation, ()),
        reads_only=_reads_only(operation),
        catalog_id=next((name for name in _CATALOG_IDS if name in given), None),
    )


def role_arn(role: str, account_id: str) -> str:
    """Write the ARN of a role given by its ARN or, as Glue allows, by its name with or without path."""
    return role if role.startswith("arn:") else f"arn:aws:iam::{account_id}:role/{role.removeprefix('/')}"


def _templates(service: str, operation: str, members: set[str]) -> tuple[str, ...]:
    exception = EXCEPTIONS.get(f"{service}:{operation}")
    if exception is not None:
        return exception
    if service in {"lakeformation", "sts"}:
        return ("*",)
    for rule in BY_MEMBER.get(service, BY_MEMBER["glue"]):
        if all(member in members for member in rule.members):
            return rule.templates
    noun = _VERB.sub("", operation.removeprefix("Batch"), count=1)
    for name, kind in NAMED.items():
        if noun.startswith(name):
            member = next((member for member in NAMES if member in members), None)
            return (f"{kind}/{{{member}}}",) if member else ("*",)
    return ("*",)


def _reads_only(operation: str) -> bool:
    return operation.removeprefix("Batch").startswith(READING)


def _expand(template: str, document: Mapping[str, Any], user: str | None) -> Iterator[str]:
    fields = _FIELD.findall(template)
    if not fields:
        yield template
        return
    pattern = _FIELD.sub("{}", template)
    fold = template.startswith(_CATALOG_KINDS)
    choices = []
    for field in fields:
        paths, _, default = field.partition("=")
        names = [name for path in paths.split("|") for name in _values(document, path.split("."))]
        otherwise = (user if default == "@user" else default) or "*"
        choices.append([name.lower() if fold else name for name in dict.fromkeys(names)] or [otherwise])
    for chosen in product(*choices):
        yield pattern.format(*chosen)


def _values(value: Any, path: list[str]) -> Iterator[str]:
    """Walk a path; a list on the way stands for each of its elements."""
    if isinstance(value, list):
        for element in value:
            yield from _values(element, path)
    elif not path:
        if value is not None and value != "":
            yield str(value)
    elif isinstance(value, Mapping) and path[0] in value:
        yield from _values(value[path[0]], path[1:])


def _arns(service: str, region: str, owner: str, text: str, nested: str) -> list[str]:
    if text == "*" or text.startswith("arn:"):
        return [text]
    if service in {"iam", "sts"}:
        return [f"arn:aws:iam::{owner}:{text}"]
    if service == "logs":
        return [f"arn:aws:logs:{region}:{owner}:{text}"]
    prefix = f"arn:aws:glue:{region}:{owner}:"
    if not nested:
        return [prefix + text]
    if text == "catalog":
        return [f"{prefix}catalog", f"{prefix}catalog/{nested}"]
    kind, _, names = text.partition("/")
    if f"{kind}/" in _CATALOG_KINDS:
        return [f"{prefix}{kind}/{nested}/{names}"]
    return [prefix + text]
