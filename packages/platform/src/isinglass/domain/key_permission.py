"""Whether somebody may use an encryption key: its policy must allow it, or hand over to identity policies."""

from collections.abc import Mapping
from dataclasses import dataclass

from isinglass.domain.access.decide import Decision, Question
from isinglass.domain.access.standing import Standing
from isinglass.domain.keys.policies import parse_key_policy


@dataclass(frozen=True, slots=True)
class KeyAsker:
    """Who wants to use a key, and through which service, such as `s3`."""

    standing: Standing
    principal_arn: str
    account_id: str
    service: str
    region: str


@dataclass(frozen=True, slots=True)
class KeyAsked:
    """Which key, whose it is, and what its policy says."""

    arn: str
    account_id: str
    policy: str


def may_use_key(
    asker: KeyAsker,
    key: KeyAsked,
    action: str,
    context: Mapping[str, str],
    facts: Mapping[str, tuple[str, ...]],
) -> Decision:
    """Decide about a key for what is bound to it; `facts` are of the request that leads to it."""
    asked = Question(
        asker.principal_arn,
        asker.account_id,
        action,
        key.arn,
        {
            **facts,
            "kms:calleraccount": (asker.account_id,),
            "kms:viaservice": (f"{asker.service}.{asker.region}.amazonaws.com",),
            "kms:encryptioncontextkeys": tuple(context),
            **{f"kms:encryptioncontext:{name.lower()}": (value,) for name, value in context.items()},
        },
    )
    return asker.standing.decide(asked, (parse_key_policy(key.policy),), key.account_id, trusting=True)
