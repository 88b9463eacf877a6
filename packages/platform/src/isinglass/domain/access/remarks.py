"""Remarks on policies that are well formed and say what nobody can have meant."""

import re
from collections.abc import Iterable, Iterator, Sequence

from isinglass.domain.access.documents import Policy, Statement, in_any_region
from isinglass.domain.access.templates import Template, Variable
from isinglass.domain.access.vocabulary import NOTHING, Vocabulary, can_be, is_key, nearest, nearest_key

_VARIABLE = re.compile(r"\$\{[^}]*\}")
#: After the word that tells the kind of a resource: `table/`, `log-group:`.
_AFTER_KIND = re.compile(r"(?<=[/:])")
_ARN = ("arn", "partition", "service", "region", "account", "last")
_MOST_FORMS = 4


def remarks_on(policy: Policy, vocabulary: Vocabulary) -> list[str]:
    """List what of a policy no request can ever meet, each with its statement."""
    return list(
        dict.fromkeys(
            f"{statement.label}: {remark}"
            for statement in policy.statements
            for remark in _on_statement(policy, statement, vocabulary)
        )
    )


def _on_statement(policy: Policy, statement: Statement, vocabulary: Vocabulary) -> Iterator[str]:
    actions = [_as_written(policy, action.text) for action in statement.actions]
    yield from on_actions(actions, vocabulary)
    resources = statement.resources or ()
    if statement.actions_excluded or statement.resources_excluded:
        actions = ["*"]
    yield from on_resources([_as_written(policy, each.text) for each in resources], actions, vocabulary)
    yield from on_keys(_keys(statement))


def on_actions(actions: Iterable[str], vocabulary: Vocabulary) -> Iterator[str]:
    """Tell of patterns of actions that cover none."""
    for action in actions:
        if vocabulary.covered(action):
            continue
        meant = vocabulary.nearest_action(action)
        service = action.partition(":")[0].lower()
        if meant is None and any(wild in action for wild in "*?"):
            # `s3:Describe*` beside `s3:Get*`: whoever writes so means whatever there is.
            continue
        if service not in vocabulary.services:
            reason = f"this server has no service {service}, so that nothing asks for {action}"
        else:
            reason = f"this server has no action {action}, so that nothing asks for it"
        yield reason + _did_you_mean(meant)


def on_resources(resources: Sequence[str], actions: Sequence[str], vocabulary: Vocabulary) -> Iterator[str]:
    """Tell of patterns of resources that none of these actions is ever asked for on."""
    covered = list(dict.fromkeys(each for action in actions for each in vocabulary.covered(action)))
    forms = _forms(covered, vocabulary)
    patterns = {resource: in_any_region(_VARIABLE.sub("*", resource)) for resource in resources}
    met = {resource for resource, pattern in patterns.items() if any(can_be(pattern, form) for form in forms)}
    for resource in resources if covered else ():
        if resource not in met:
            meant = _nearest_kind(patterns[resource], _forms(vocabulary.actions, vocabulary))
            reason = f"nothing asks for {_named(covered)} on {resource}: {_asked_on(forms)}"
            yield reason + _did_you_mean(meant)
    for action in actions if met else ():
        own = _forms(vocabulary.covered(action), vocabulary)
        if (
            own
            and "*" not in action
            and not any(can_be(patterns[each], form) for each in met for form in own)
        ):
            yield f"nothing asks for {action} on any of the resources: {_asked_on(own)}"


def on_keys(keys: Iterable[str]) -> Iterator[str]:
    """Tell of condition keys that no request has."""
    for key in keys:
        if not is_key(key):
            yield f"no request has the condition key {key}" + _did_you_mean(nearest_key(key))


def _forms(actions: Iterable[str], vocabulary: Vocabulary) -> list[str]:
    return list(dict.fromkeys(form for action in actions for form in vocabulary.actions[action]))


def _nearest_kind(pattern: str, forms: Iterable[str]) -> str | None:
    """Find how the last part of an ARN was perhaps meant to begin; None when it begins as some do."""
    if pattern.count(":") < len(_ARN) - 1:
        return None
    *_, service, _, _, last = pattern.split(":", 5)
    parts = [form.split(":", 5) for form in forms]
    kinds = {_kind(part[-1]) for part in parts if len(part) == len(_ARN) and part[2] == service}
    kind = _kind(last)
    return None if kind in kinds else nearest(kind, kinds)


def _kind(last: str) -> str:
    return _AFTER_KIND.split(last, maxsplit=1)[0]


def _keys(statement: Statement) -> Iterator[str]:
    for condition in statement.conditions:
        yield condition.key
        for value in condition.values:
            yield from _variables(value)
    for resource in statement.resources or ():
        yield from _variables(resource)


def _variables(template: Template) -> list[str]:
    return [part.key for part in template.parts if isinstance(part, Variable)]


def _as_written(policy: Policy, folded: str) -> str:
    """Find a text in its document as it is written there; actions are kept in lower case."""
    found = re.search(f'"({re.escape(folded)})"', policy.text, re.IGNORECASE)
    return found[1] if found else folded


def _named(actions: Sequence[str]) -> str:
    return actions[0] if len(actions) == 1 else f"any of the {len(actions)} actions"


def _asked_on(forms: Sequence[str]) -> str:
    # What an operation is about comes after what it is in.
    shown = [form.replace("?*", "*") for form in reversed(forms) if form != NOTHING]
    return "it takes " + " or ".join(shown[:_MOST_FORMS]) if shown else 'it takes no resource but "*"'


def _did_you_mean(meant: str | None) -> str:
    return f"; did you mean {meant}?" if meant else ""
