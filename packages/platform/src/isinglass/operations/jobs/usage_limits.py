"""The usage profile that limits the caller's jobs: the one that its user or role is tagged with."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from isinglass.domain.access.principals import identity_arn, is_root
from isinglass.domain.usage_profile_rules import check_within, with_defaults
from isinglass.model.glue.errors import InvalidInputException
from isinglass.operations.context import Context
from isinglass.store.store import Transaction

#: The tag of Glue's that gives a user or role its profile.
TAG = "glue:UsageProfile"


@dataclass(frozen=True, slots=True)
class UsageLimits:
    """What a profile asks of jobs; without a name there is no profile, and nothing is asked."""

    profile: str | None = None
    jobs: Mapping[str, Any] = field(default_factory=dict)

    def complete(self, given: Mapping[str, Any]) -> dict[str, Any]:
        """Add the profile's defaults and name to the definition of a job."""
        if self.profile is None:
            return dict(given)
        return {**with_defaults(self.jobs, given), "ProfileName": self.profile}

    def check(self, definition: Mapping[str, Any]) -> None:
        """Refuse what the profile does not allow."""
        if self.profile is not None:
            check_within(self.profile, self.jobs, definition)


def limits_of(ctx: Context, tx: Transaction) -> UsageLimits:
    """Find what limits the caller; an account itself is limited by nothing."""
    if is_root(ctx.principal.arn):
        return UsageLimits()
    found = tx.identities.by_arn(
        ctx.account_id, ctx.principal.identity_arn or identity_arn(ctx.principal.arn)
    )
    if found is None:
        return UsageLimits()
    name = tx.tags.get(ctx.account_id, found.tag_resource).get(TAG)
    if name is None:
        return UsageLimits()
    profile = tx.usage_profiles.find(ctx.account_id, name)
    if profile is None:
        raise InvalidInputException(
            f"{found.arn} is tagged with the usage profile {name}, which does not exist; create it or "
            f"remove the tag {TAG}"
        )
    return UsageLimits(name, profile.document["Configuration"].get("JobConfiguration", {}))
