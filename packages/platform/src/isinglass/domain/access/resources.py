"""Which permission every operation needs: its IAM action, the resources it touches, the roles it passes on.

A resource is written as a template of its ARN's last part: `table/{DatabaseName}/{TableName}`. A name in
braces is a path into the request; `{Name|TableInput.Name}` is every one of them that is given; a list gives a
resource for each element. What the request does not tell is `*`, or what follows an equals sign. Most
templates follow from the names of an operation's members; `resource_rules` has those that do not. `*` alone
is what AWS lists no resource for.
"""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from isinglass.domain import arns
from isinglass.domain.access.resource_rules import (
    ASSET,
    BY_MEMBER,
    EXCEPTIONS,
    NAMED,
    NAMES,
    PASSED_ROLES,
    READING,
)
from isinglass.domain.business.identifiers import table_of
from isinglass.domain.catalog_ids import account_of, is_account, path_of

_FIELD = re.compile(r"\{([^}]*)\}")
_VERB = re.compile(r"[A-Z][a-z]+")
#: Parts of the Data Catalog: their names are stored in lower case, and a nested catalog's name goes before.
_CATALOG_KINDS = ("database/", "table/", "userDefinedFunction/")
_CATALOG_IDS = ("CatalogId", "CatalogID", "TableCatalogId")
#: Keys are named by their ids, and by ARNs and aliases too.
_NAMED_KEYS = ("key/arn:", "key/alias/")
_PASSED_TO = {"glue": "glue.amazonaws.com", "isinglass": "glue.amazonaws.com"}


@dataclass(frozen=True, slots=True)
class _Field:
    """A name of a template: where the request tells it, and what it is when it does not."""

    paths: tuple[tuple[str, ...], ...]
    default: str

    def names(self, document: Mapping[str, Any], user: str | None) -> list[str]:
        """List the names that a request gives."""
        if len(self.paths) == 1 and len(self.paths[0]) == 1:
            # Most are one plain text; this runs for every event of the audit log.
            value = document.get(self.paths[0][0])
            if value and isinstance(value, str):
                return [value]
        names = list(dict.fromkeys(name for path in self.paths for name in _values(document, path)))
        return names or [(user if self.default == "@user" else self.default) or "*"]


@dataclass(frozen=True, slots=True)
class _Template:
    """A compiled template: texts around fields; names of catalog objects are put in in lower case."""

    texts: tuple[str, ...]
    fields: tuple[_Field, ...]
    folds: bool

    def fill(self, document: Mapping[str, Any], user: str | None) -> list[str]:
        """Give a resource for each combination of names."""
        filled = [self.texts[0]]
        for field, after in zip(self.fields, self.texts[1:], strict=True):
            names = field.names(document, user)
            if self.folds:
                names = [name.lower() for name in names]
            filled = [text + name + after for text in filled for name in names]
        return filled


@dataclass(frozen=True, slots=True)
class Permission:
    """What one operation needs; `passes` are the paths of the roles that it stores or uses."""

    action: str
    templates: tuple[str, ...]
    passes: tuple[str, ...]
    reads_only: bool
    catalog_id: str | None
    _compiled: tuple[_Template, ...]

    def resources(
        self, document: Mapping[str, Any], account_id: str, region: str, user: str | None = None
    ) -> list[str]:
        """List the ARNs that a request touches, each once; `user` is the caller's name when it is a user."""
        owner, nested = self._catalog(document, account_id)
        prefix = _prefix(self.action.partition(":")[0], region, owner)
        found: list[str] = []
        for template in self._compiled:
            for text in template.fill(document, user):
                if text.startswith(ASSET):
                    found += _asset(text.removeprefix(ASSET), region)
                elif text == "*" or text.startswith("arn:"):
                    found.append(_true(text, region))
                elif text.startswith(_NAMED_KEYS):
                    name = text.removeprefix("key/")
                    found.append(name if name.startswith("arn:") else prefix + name)
                elif nested:
                    found += [prefix + each for each in _nested(text, nested)]
                else:
                    found.append(prefix + text)
        return found if len(found) == 1 else list(dict.fromkeys(found))

    def is_own(self, document: Mapping[str, Any], account_id: str) -> bool:
        """Tell at once that a request is about the caller's own catalog; False when that needs a look."""
        if self.catalog_id is None:
            return True
        return self.owner(document, account_id) == account_id

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
    templates = _templates(service, operation, given)
    return Permission(
        action=f"{service}:{operation}",
        templates=templates,
        passes=PASSED_ROLES.get(operation, ()),
        reads_only=_reads_only(operation),
        catalog_id=next((name for name in _CATALOG_IDS if name in given), None),
        _compiled=tuple(_compile(template) for template in templates),
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


def _compile(template: str) -> _Template:
    # Splitting by a pattern with one group gives texts and fields in turns.
    parts = _FIELD.split(template)
    fields = []
    for field in parts[1::2]:
        paths, _, default = field.partition("=")
        fields.append(_Field(tuple(tuple(path.split(".")) for path in paths.split("|")), default))
    folds = template.startswith((*_CATALOG_KINDS, "catalog/"))
    return _Template(tuple(parts[0::2]), tuple(fields), folds)


def _values(value: Any, path: Sequence[str]) -> Iterator[str]:
    """Walk a path; a list on the way stands for each of its elements."""
    if isinstance(value, list):
        for element in value:
            yield from _values(element, path)
    elif not path:
        if value is not None and value != "":
            yield str(value)
    elif isinstance(value, Mapping) and path[0] in value:
        yield from _values(value[path[0]], path[1:])


def _prefix(service: str, region: str, owner: str) -> str:
    if service in {"iam", "sts"}:
        return f"arn:aws:iam::{owner}:"
    return f"arn:aws:{service if service in {'kms', 'logs'} else 'glue'}:{region}:{owner}:"


def _asset(identifier: str, region: str) -> list[str]:
    """Give what GetTable would ask for where an asset is a table; others are no resources."""
    name = table_of(identifier)
    if name is None:
        return ["*"]
    owner, path = account_of(name.catalog_id), path_of(name.catalog_id)
    texts = ["catalog", f"database/{name.database}", f"table/{name.database}/{name.table}"]
    if path:
        texts = [each for text in texts for each in _nested(text, "/".join(path))]
    prefix = _prefix("glue", region, owner)
    return [prefix + text for text in dict.fromkeys(texts)]


def _true(text: str, region: str) -> str:
    """Write an ARN in the one way that policies know, though it may be given in others."""
    try:
        arn = arns.parse(text)
    except arns.InvalidArn:
        return text
    return str(replace(arn, region=region, partition="aws"))


def _nested(text: str, path: str) -> list[str]:
    """Put the name of a nested catalog before the names of what it holds."""
    if text == "catalog":
        return [text, f"catalog/{path}"]
    kind, _, names = text.partition("/")
    return [f"{kind}/{path}/{names}"] if f"{kind}/" in _CATALOG_KINDS else [text]
