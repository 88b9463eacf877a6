"""Authorise requests: may the caller do this, to each of these resources, and give away these roles?"""

import re
import time
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from isinglass.domain.access.decide import Decision, Question
from isinglass.domain.access.principals import is_root, session_arn
from isinglass.domain.access.resources import Permission, role_arn
from isinglass.domain.permissions.principals import Asker
from isinglass.gateway.key_gate import KeyGate
from isinglass.gateway.sharing import is_shared
from isinglass.gateway.standings import Known, Standings
from isinglass.operations.context import Principal
from isinglass.store.access_keys import AccessKey
from isinglass.store.keys import Key
from isinglass.store.store import Store

#: Whoever is signed in may ask this, whatever the policies say.
_FREE = frozenset({"sts:GetCallerIdentity", "sts:GetSessionToken"})
#: The role's trust policy takes part in this decision: the operation makes it.
_DECIDED_THERE = frozenset({"sts:AssumeRole"})
_IDENTITY = re.compile(r"arn:aws:iam::\d{12}:(user|role|group)/(?:.*/)?([^/]+)")
#: What changes who may do what.
_ACCESS = ("iam:", "glue:PutResourcePolicy", "glue:DeleteResourcePolicy", "kms:", "lakeformation:")
#: What concerns no key in particular; for all others the key's policy takes part in the decision.
_KEYLESS = frozenset({"kms:CreateKey", "kms:GenerateRandom", "kms:ListAliases", "kms:ListKeys"})
_RUN_FACTS = {
    "glue:credentialissuingservice": ("glue.amazonaws.com",),
    "glue:roleassumedby": ("glue.amazonaws.com",),
}

Facts = dict[str, tuple[str, ...]]


@dataclass(eq=False)
class Denied(Exception):
    """The caller lacks a permission; `reason` is what it is told."""

    action: str
    resource: str
    reason: str

    def __str__(self) -> str:
        return self.reason


@dataclass(frozen=True, slots=True)
class Asked:
    """One request as the decision sees it; `client` is the caller's address."""

    principal: Principal
    key: AccessKey
    region: str
    permission: Permission
    document: Mapping[str, Any]
    client: str
    user_agent: str
    now: float


@dataclass(frozen=True, slots=True)
class Admission:
    """A request that may run: as whom, and in whose catalog when it is another account's."""

    identity_arn: str
    admitted_by: str | None = None
    #: What conditions may ask for, for an operation that decides itself.
    facts: Facts = field(default_factory=dict)


class Authorizer:
    """Decides requests; accounts themselves may do everything with what is theirs."""

    def __init__(self, store: Store, standings: Standings) -> None:
        self._store = store
        self._standings = standings
        self._keys = KeyGate(store, standings)

    def forget(self) -> None:
        """Forget what was remembered: who may do what has changed."""
        self._standings.forget()

    def is_free(self, principal: Principal, permission: Permission, document: Mapping[str, Any]) -> bool:
        """Tell whether there is nothing to decide: an account itself asks for what is its own."""
        if _is_decided_there(permission.action):
            return False
        return is_root(principal.arn) and permission.is_own(document, principal.account_id)

    def admit(self, asked: Asked) -> Admission:
        """Decide one request; raises Denied."""
        account_id = asked.principal.account_id
        known = self._standings.of(asked.key)
        identity_arn = known.standing.identity_arn
        if asked.permission.action in _FREE:
            return Admission(identity_arn)
        if _is_decided_there(asked.permission.action):
            return Admission(identity_arn, facts=_facts(asked))
        owner = asked.permission.owner(asked.document, account_id)
        facts = {} if known.plain and owner == account_id else _facts(asked)
        for resource in resources_of(asked):
            self._require(known, asked, resource, owner, facts)
        for role in asked.permission.passed_roles(asked.document, account_id):
            self._require_pass(known, asked, role, facts)
        return Admission(identity_arn, None if owner == account_id else owner)

    def admit_to(self, asked: Asked, owner: str, resources: Iterable[str]) -> None:
        """Decide what a request leads to besides what it names; raises Denied."""
        if owner == asked.principal.account_id and is_root(asked.principal.arn):
            return
        known, facts = self._standings.of(asked.key), _facts(asked)
        for resource in resources:
            self._require(known, asked, resource, owner, facts)

    def admit_to_key(self, asked: Asked, action: str, key: Key, facts: Mapping[str, tuple[str, ...]]) -> None:
        """Decide whether the caller may do this to a key, with these facts of the use; raises Denied."""
        decision = self._keys.decide(asked.key, action, key, {**_facts(asked), **facts})
        if decision is not None and not decision.allowed:
            raise Denied(action, key.arn, decision.reason)

    def admit_role_to_key(
        self,
        asked: Asked,
        role: str,
        account_id: str,
        action: str,
        key: Key,
        facts: Mapping[str, tuple[str, ...]],
    ) -> None:
        """Decide whether a role, as which Glue acts for the caller, may do this to a key; raises Denied."""
        arn = role_arn(role, account_id)
        with self._store.read() as tx:
            found = tx.identities.by_arn(account_id, arn)
        acting = AccessKey(
            access_key_id=f"role {arn}",
            account_id=account_id,
            secret_sealed=b"",
            principal_arn=session_arn(account_id, arn, "glue"),
            created_at=asked.now,
            identity_id=None if found is None else found.id,
        )
        self.admit_to_key(replace(asked, key=acting), action, key, facts)

    def _require(self, known: Known, asked: Asked, resource: str, owner: str, facts: Facts) -> None:
        resource, tags = self._look_up(known, owner, resource)
        account_id, action = asked.principal.account_id, asked.permission.action
        if owner == account_id and known.allows_again(action, resource):
            return
        question = Question(asked.principal.arn, account_id, action, resource, {**facts, **tags})
        if owner == account_id:
            policies = known.catalog if resource.startswith("arn:aws:glue:") else ()
            _check(known.standing.decide(question, policies), question)
            known.keep(action, resource)
            return
        policies = self._standings.catalog_policy(owner) if resource.startswith("arn:aws:glue:") else ()
        decision = known.standing.decide(question, policies, owner)
        if decision.missing == "resource" and asked.permission.reads_only:
            asker = Asker(account_id, asked.principal.arn, known.standing.identity_arn)
            with self._store.read() as tx:
                if is_shared(tx, owner, resource, asker):
                    return
        _check(decision, question)

    def _require_pass(self, known: Known, asked: Asked, role: str, facts: Facts) -> None:
        arn, account_id = asked.principal.arn, asked.principal.account_id
        if not role.startswith(f"arn:aws:iam::{account_id}:role/"):
            reason = f"User: {arn} is not authorized to perform: iam:PassRole on resource: {role} "
            raise Denied("iam:PassRole", role, f"{reason}because it is no role of the account {account_id}")
        with self._store.read() as tx:
            found = tx.identities.by_arn(account_id, role)
            tags = {} if found is None else _tag_facts(tx.tags.get(account_id, found.tag_resource))
        passed = {**facts, **tags, "iam:passedtoservice": (asked.permission.passed_to,)}
        question = Question(arn, account_id, "iam:PassRole", role, passed)
        _check(known.standing.decide(question), question)
        if found is None and role != known.standing.identity_arn:
            # A run of a role that nobody defined may do nearly all: who may pass `etl-*` makes none up.
            reason = f"User: {arn} is not authorized to perform: iam:PassRole on resource: {role} "
            raise Denied("iam:PassRole", role, f"{reason}because the role does not exist")

    def _look_up(self, known: Known, account_id: str, resource: str) -> tuple[str, Facts]:
        """Give a resource's true ARN and its tags.

        Requests name users and roles without their path, or with a wrong one: what they have decides.
        """
        identity = _IDENTITY.fullmatch(resource)
        if identity is None and not (known.asks_for_tags and resource.startswith("arn:aws:glue:")):
            return resource, {}
        with self._store.read() as tx:
            if identity is None:
                return resource, _tag_facts(tx.tags.get(account_id, resource.split(":", 5)[5]))
            kind: Any = identity[1]
            found = tx.identities.find(account_id, kind, identity[2])
            if found is None:
                return resource, {}
            return found.arn, _tag_facts(tx.tags.get(account_id, found.tag_resource))


def _is_decided_there(action: str) -> bool:
    return action in _DECIDED_THERE or (action.startswith("kms:") and action not in _KEYLESS)


def changes_access(permission: Permission) -> bool:
    """Tell whether an operation changes what somebody may do."""
    return not permission.reads_only and permission.action.startswith(_ACCESS)


def resources_of(asked: Asked) -> list[str]:
    """List the ARNs that a request touches."""
    arn = asked.principal.arn
    user = arn.rpartition("/")[2] if ":user/" in arn else None
    return asked.permission.resources(asked.document, asked.principal.account_id, asked.region, user)


def _tag_facts(tags: Mapping[str, str]) -> Facts:
    return {
        f"{service}:resourcetag/{key.lower()}": (value,)
        for key, value in tags.items()
        for service in ("aws", "iam")
    }


def _check(decision: Decision, question: Question) -> None:
    if not decision.allowed:
        raise Denied(question.action, question.resource, decision.reason)


def _facts(asked: Asked) -> Facts:
    facts: Facts = {
        "aws:currenttime": (time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(asked.now)),),
        "aws:epochtime": (str(int(asked.now)),),
        "aws:requestedregion": (asked.region,),
        # The server speaks plain HTTP; what stands before it is not seen from here.
        "aws:securetransport": ("false",),
        "aws:useragent": (asked.user_agent,),
    }
    if asked.client:
        facts["aws:sourceip"] = (asked.client,)
    # Not by the session's name: whoever becomes a role chooses that.
    if "JobRunId" in (asked.key.context or {}):
        facts.update(_RUN_FACTS)
    tags = dict(_request_tags(asked.document))
    if tags:
        facts["aws:tagkeys"] = tuple(tags)
        facts.update({f"aws:requesttag/{key.lower()}": (value,) for key, value in tags.items()})
    for member, key in (("PolicyArn", "iam:policyarn"), ("PermissionsBoundary", "iam:permissionsboundary")):
        if isinstance(value := asked.document.get(member), str):
            facts[key] = (value,)
    return facts


def _request_tags(document: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """Read the tags that a request gives or takes away, in the three ways that services write them."""
    for member in ("Tags", "TagsToAdd"):
        given = document.get(member)
        if isinstance(given, Mapping):
            yield from given.items()
        for tag in given if isinstance(given, list) else ():
            names = (("Key", "Value"), ("key", "value"), ("TagKey", "TagValue"))
            key, value = next((pair for pair in names if pair[0] in tag), names[0])
            yield tag.get(key, ""), tag.get(value, "")
    for member in ("TagsToRemove", "TagKeys"):
        for key in document.get(member) or ():
            yield key, ""
