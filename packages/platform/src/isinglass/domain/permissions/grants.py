"""One principal's permissions on one resource, and what granting and revoking make of them."""

from collections.abc import Iterable
from dataclasses import dataclass, replace

from isinglass.domain.permissions.resources import HAS_ALL, PERMISSIONS, Kind, Resource
from isinglass.model.lakeformation.errors import InvalidInputException

ALL = "ALL"


@dataclass(frozen=True, slots=True)
class Grant:
    """What a principal may do with a resource, and what of it it may pass on."""

    principal: str
    resource: Resource
    permissions: frozenset[str]
    grantable: frozenset[str] = frozenset()
    updated_at: float = 0.0
    updated_by: str = ""

    def allows(self, permission: str) -> bool:
        """Tell whether the grant holds a permission, by name or by ALL."""
        return permission in self.permissions or (
            ALL in self.permissions and permission in PERMISSIONS[self.resource.kind]
        )

    def may_pass_on(self, permissions: Iterable[str]) -> bool:
        """Tell whether all these permissions may be passed on."""
        return ALL in self.grantable or self.grantable >= set(permissions)


def check_permissions(kind: Kind, permissions: Iterable[str], grantable: Iterable[str] = ()) -> None:
    """Refuse permissions that the kind of resource does not have, and grant options without permission."""
    known = PERMISSIONS[kind] | ({ALL} if kind in HAS_ALL else set())
    wrong = sorted({*permissions, *grantable} - known)
    if wrong:
        raise InvalidInputException(
            f"Permissions {', '.join(wrong)} cannot be given on a {kind} resource; "
            f"there are {', '.join(sorted(known))}"
        )
    given = set(permissions)
    beyond = sorted(set(grantable) - given)
    if beyond and ALL not in given:
        raise InvalidInputException(
            f"PermissionsWithGrantOption has {', '.join(beyond)}, Permissions has not"
        )


def granted(present: Grant | None, added: Grant) -> Grant:
    """Add a grant to what the principal has on the resource."""
    if present is None:
        return added
    return replace(
        added,
        resource=_joined(present.resource, added.resource),
        permissions=present.permissions | added.permissions,
        grantable=present.grantable | added.grantable,
    )


def _joined(present: Resource, added: Resource) -> Resource:
    """Join the columns of two grants: more names, or fewer exclusions."""
    if present.columns is not None and added.columns is not None:
        return replace(added, columns=tuple(sorted({*present.columns, *added.columns})))
    return replace(added, excluded=tuple(sorted(set(present.excluded) & set(added.excluded))))


def revoked(present: Grant | None, taken: Grant) -> Grant | None:
    """Take permissions, or only the right to pass them on; None when the principal has none left."""
    if present is None or not _covers(present, taken):
        raise InvalidInputException(
            # Terraform revokes again and again until it reads these words.
            "No permissions revoked. Grantee has no "
            f"{', '.join(sorted(taken.permissions | taken.grantable))} on {taken.resource}"
        )
    grantable = _less(present.resource.kind, present.grantable, taken.permissions | taken.grantable)
    if not taken.permissions:
        return replace(present, grantable=grantable)
    if present.resource.kind == "columns" and present.resource.columns is not None:
        left = tuple(sorted(set(present.resource.columns) - set(taken.resource.columns or ())))
        return replace(present, resource=replace(present.resource, columns=left)) if left else None
    permissions = _less(present.resource.kind, present.permissions, taken.permissions)
    return replace(present, permissions=permissions, grantable=grantable) if permissions else None


def _covers(present: Grant, taken: Grant) -> bool:
    held = present.permissions if taken.permissions else present.grantable
    asked = taken.permissions or taken.grantable
    if asked != {ALL} and ALL not in held and not held >= asked:
        return False
    mine, theirs = present.resource, taken.resource
    if mine.columns is not None:
        return set(mine.columns) >= set(theirs.columns or ())
    return set(mine.excluded) == set(theirs.excluded)


def _less(kind: Kind, held: frozenset[str], taken: frozenset[str]) -> frozenset[str]:
    """Take permissions away; of ALL, what is not taken stays by name."""
    if ALL in taken:
        return frozenset()
    if ALL in held and taken:
        held = PERMISSIONS[kind]
    return held - taken
