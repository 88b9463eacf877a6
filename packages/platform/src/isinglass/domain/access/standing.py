"""What the holder of an access key may do: its policies, and how they bear on a question."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Literal

from isinglass.domain.access.decide import Decision, Policies, Question, decide
from isinglass.domain.access.documents import Policy

StandingKind = Literal["root", "user", "role", "unknown_role"]


@dataclass(frozen=True, slots=True)
class Standing:
    """Whose policies decide, and these; `root` is the account itself, which none limits.

    `context` are the condition keys that follow from who it is, such as aws:userid and its tags.
    """

    kind: StandingKind
    identity_arn: str
    policies: tuple[Policy, ...] = ()
    boundary: Policy | None = None
    session: Policy | None = None
    context: Mapping[str, tuple[str, ...]] = field(default_factory=dict)

    @property
    def all_policies(self) -> Iterator[Policy]:
        """Give every policy that bears on whoever holds the key."""
        yield from self.policies
        for policy in (self.boundary, self.session):
            if policy is not None:
                yield policy

    def decide(
        self,
        question: Question,
        resource: tuple[Policy, ...] = (),
        resource_account: str | None = None,
        *,
        trusting: bool = False,
    ) -> Decision:
        """Decide a question of the key's holder, about a resource with these policies and of this account.

        `trusting` when the resource's policies must allow in any case, as those of a role.
        """
        asked = Question(
            question.principal_arn,
            question.account_id,
            question.action,
            question.resource,
            {**self.context, **question.context},
            self.identity_arn,
        )
        bearing = Policies(self.policies, self.boundary, self.session, resource, resource_account, trusting)
        return decide(asked, bearing)
