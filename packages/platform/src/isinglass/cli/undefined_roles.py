"""Jobs and crawlers whose role nobody defined: their runs may do nearly all that the account may."""

from collections.abc import Iterator

from isinglass.cli.session import Session
from isinglass.domain.access.resources import role_arn

#: What has a role: the operation that lists it, the member of its answer, and what one is called.
_LISTINGS = (("GetJobs", "Jobs", "job"), ("GetCrawlers", "Crawlers", "crawler"))
_MOST_NAMED = 3


def undefined_roles(session: Session, account_id: str) -> dict[str, list[str]]:
    """Tell what uses each role that is not there, by the role's ARN."""
    defined = {role["Arn"] for role in session.client.pages("iam:ListRoles", {}, "Roles")}
    using: dict[str, list[str]] = {}
    for operation, member, kind in _LISTINGS:
        for found in session.client.pages(operation, {}, member):
            arn = role_arn(found["Role"], account_id)
            if arn not in defined:
                using.setdefault(arn, []).append(f"{kind} {found['Name']}")
    return using


def advice_on(undefined: dict[str, list[str]], account_id: str) -> Iterator[str]:
    """Say for each undefined role who uses it, what that means and what to do."""
    own = f"arn:aws:iam::{account_id}:role/"
    for arn, users in undefined.items():
        named = ", ".join(users[:_MOST_NAMED])
        others = f" and {len(users) - _MOST_NAMED} more" if len(users) > _MOST_NAMED else ""
        if not arn.startswith(own):
            yield f"{named}{others}: {arn} is no role of this account, and nothing limits it; name another"
            continue
        path, _, name = arn.removeprefix(own).rpartition("/")
        at = f" --path /{path}/" if path else ""
        yield (
            f"{named}{others}: nobody defined the role {name}, so that it may do nearly all that the account "
            f"may; limit it: isinglass role create {name}{at} --policy AWSGlueServiceRole"
        )
