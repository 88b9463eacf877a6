"""Lets callers use encryption keys: the key's own policy decides first, and of whom it leaves to others."""

from collections.abc import Mapping
from dataclasses import dataclass

from isinglass.domain.access.asking import asks_for_tags, is_plain
from isinglass.domain.access.decide import Decision, Question
from isinglass.domain.keys.policies import parse_key_policy
from isinglass.gateway.standings import Standings
from isinglass.store.access_keys import AccessKey
from isinglass.store.key_facts import read_facts_of_key
from isinglass.store.keys import Key
from isinglass.store.store import Store


@dataclass(frozen=True, slots=True)
class KeyGate:
    """Decides uses of keys for the holders of access keys."""

    store: Store
    standings: Standings

    def decide(
        self, holder: AccessKey, action: str, key: Key, facts: Mapping[str, tuple[str, ...]]
    ) -> Decision | None:
        """Decide one action on a key; None when it was allowed a moment ago and nothing else could decide.

        Even the account itself may do to a key only what the key's policy lets it.
        """
        known = self.standings.of(holder)
        policy = parse_key_policy(key.policy)
        plain = is_plain(policy)
        if plain and known.allows_again(action, key.arn):
            return None
        asked = dict(facts)
        if known.asks_for_tags or asks_for_tags(policy):
            asked |= read_facts_of_key(self.store, key)
        question = Question(holder.principal_arn, holder.account_id, action, key.arn, asked)
        bearing = (policy.named(f"of the key {key.id}"),)
        decision = known.standing.decide(question, bearing, key.account_id, trusting=True)
        if decision.allowed and plain:
            known.keep(action, key.arn)
        return decision
