"""Whether somebody may use an encryption key: its policy must allow it, or hand over to identity policies."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from isinglass.domain.access.asking import asks_for_tags
from isinglass.domain.access.decide import Decision, Question
from isinglass.domain.access.standing import Standing
from isinglass.domain.keys.facts import key_facts
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
    #: Reads what few policies look at: the key's tags and aliases.
    look_up: Callable[[], Mapping[str, tuple[str, ...]]] = dict


def may_use_key(
    asker: KeyAsker,
    key: KeyAsked,
    action: str,
    context: Mapping[str, str],
    facts: Mapping[str, tuple[str, ...]],
) -> Decision:
    """Decide about a key for what is bound to it; `facts` are of the request that leads to it."""
    policy = parse_key_policy(key.policy)
    looked_up = key.look_up() if any(map(asks_for_tags, (policy, *asker.standing.all_policies))) else {}
    asked = Question(
        asker.principal_arn,
        asker.account_id,
        action,
        key.arn,
        {
            **facts,
            **looked_up,
            **key_facts(asker.account_id, asker.region, context, via=asker.service),
        },
    )
    return asker.standing.decide(asked, (policy,), key.account_id, trusting=True)
