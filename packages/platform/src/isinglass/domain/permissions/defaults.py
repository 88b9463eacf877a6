"""Data-lake settings: who administers, and whom new databases and tables are open to."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from isinglass.domain.permissions.grants import ALL
from isinglass.domain.permissions.principals import IAM_ALLOWED, check_principal

#: Who IAM lets through may do everything: what every database and table begins with.
OPEN: Sequence[Mapping[str, Any]] = (
    {"Principal": {"DataLakePrincipalIdentifier": IAM_ALLOWED}, "Permissions": [ALL]},
)


def administrators(settings: Mapping[str, Any], member: str) -> set[str]:
    """Read the principals of one list of administrators."""
    return {entry["DataLakePrincipalIdentifier"] for entry in settings.get(member, ())}


def is_open(defaults: Iterable[Mapping[str, Any]]) -> bool:
    """Tell whether default permissions leave a new thing to IAM alone."""
    return any(principal == IAM_ALLOWED and ALL in held for principal, held in given(defaults))


def given(defaults: Iterable[Mapping[str, Any]]) -> list[tuple[str, frozenset[str]]]:
    """Read default permissions: principals, and what each has."""
    return [
        (entry["Principal"]["DataLakePrincipalIdentifier"], frozenset(entry.get("Permissions", ())))
        for entry in defaults
        if entry.get("Principal", {}).get("DataLakePrincipalIdentifier")
    ]


def checked(defaults: Iterable[Mapping[str, Any]], account_id: str) -> list[dict[str, Any]]:
    """Check default permissions, and give them with the names that principals are kept under."""
    return [
        {
            "Principal": {"DataLakePrincipalIdentifier": check_principal(principal, account_id)},
            "Permissions": sorted(held),
        }
        for principal, held in given(defaults)
    ]
