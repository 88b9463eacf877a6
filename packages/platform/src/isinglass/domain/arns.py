"""ARNs of Glue resources: read and build `arn:aws:glue:REGION:ACCOUNT:KIND/NAME`."""

from dataclasses import dataclass

#: How many names follow each kind. Those of `_COLONS` have a colon before their name, all others slashes.
KINDS = {
    "catalog": 0,
    "database": 1,
    "table": 2,
    "tableVersion": 3,
    "userDefinedFunction": 2,
    "connection": 1,
    "connectionType": 1,
    "crawler": 1,
    "classifier": 1,
    "job": 1,
    "trigger": 1,
    "workflow": 1,
    "blueprint": 1,
    "devEndpoint": 1,
    "mlTransform": 1,
    "registry": 1,
    "schema": 2,
    "session": 1,
    "dataQualityRuleset": 1,
    "customEntityType": 1,
    "usageProfile": 1,
    "securityConfiguration": 1,
    "integration": 1,
}

_COLONS = ("integration", "connectionType")
#: Kinds whose names the catalog stores in lower case.
_FOLDED = {"database", "table", "tableVersion", "userDefinedFunction"}


@dataclass(eq=False)
class InvalidArn(Exception):
    """The text is not an ARN of a Glue resource."""

    text: str
    reason: str

    def __str__(self) -> str:
        return f"{self.text!r} is not a Glue resource ARN: {self.reason}."


@dataclass(frozen=True, slots=True)
class Arn:
    """One Glue resource; `names` are the parts after the kind."""

    region: str
    account_id: str
    kind: str
    names: tuple[str, ...] = ()
    partition: str = "aws"

    @property
    def resource(self) -> str:
        """The last part of the ARN: what names the resource inside its account."""
        separator = ":" if self.kind in _COLONS else "/"
        return separator.join((self.kind, *self.names))

    def __str__(self) -> str:
        return f"arn:{self.partition}:glue:{self.region}:{self.account_id}:{self.resource}"


def resource(kind: str, *names: str) -> str:
    """Build the part of an ARN that names a resource inside its account, for example `job/nightly`."""
    return Arn("", "", kind, names).resource


def build(region: str, account_id: str, kind: str, *names: str) -> str:
    """Build an ARN's text."""
    return str(Arn(region, account_id, kind, names))


def parse(text: str) -> Arn:
    """Read an ARN; catalog names come back folded, as they are stored."""
    parts = text.split(":", 5)
    if len(parts) != 6 or parts[0] != "arn":
        raise InvalidArn(text, "it needs six parts separated by colons")
    _, partition, service, region, account_id, rest = parts
    if not partition.startswith("aws") or service != "glue":
        raise InvalidArn(text, "it must begin with arn:aws:glue:")
    if len(account_id) != 12 or not (account_id.isascii() and account_id.isdigit()):
        raise InvalidArn(text, "the account id must be twelve digits")
    kind, names = _resource_parts(text, rest)
    if kind in _FOLDED:
        names = tuple(name.lower() for name in names)
    return Arn(region, account_id, kind, names, partition)


def _resource_parts(text: str, rest: str) -> tuple[str, tuple[str, ...]]:
    kind, colon, tail = rest.partition(":")
    if not colon or kind not in _COLONS:
        kind, _, tail = rest.partition("/")
    if kind not in KINDS:
        raise InvalidArn(text, f"there is no resource type {kind!r}")
    if "\0" in tail:
        raise InvalidArn(text, "no name has a NUL in it")
    if kind == "catalog" and tail:
        return kind, tuple(tail.lower().split("/"))  # one that is nested in the account's own
    count = KINDS[kind]
    # A slash may be part of a name (job names allow it), so only the last name takes the rest.
    names = tuple(tail.split("/", count - 1)) if count > 1 else (tail,) if tail else ()
    if len(names) != count or not all(names):
        raise InvalidArn(text, f"a {kind} has {count} name(s) after its type")
    return kind, names
