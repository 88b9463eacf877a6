"""What a policy looks at besides caller, action and resource: most look at nothing more."""

from isinglass.domain.access.documents import Policy
from isinglass.domain.access.templates import Template, Variable

#: What must be looked up of a resource: its tags, and the aliases of a key.
_LOOKED_UP = ("aws:resourcetag/", "iam:resourcetag/", "kms:resourcealiases")


def asks_for_tags(policy: Policy) -> bool:
    """Tell whether a policy looks at tags of resources: reading them for nothing costs every request."""
    for statement in policy.statements:
        for condition in statement.conditions:
            if condition.key.startswith(_LOOKED_UP) or any(_names_tag(value) for value in condition.values):
                return True
        if any(_names_tag(resource) for resource in statement.resources or ()):
            return True
    return False


def is_plain(policy: Policy) -> bool:
    """Tell whether a policy looks at nothing but caller, action and resource."""
    return all(
        not statement.conditions and not any(resource.parts for resource in statement.resources or ())
        for statement in policy.statements
    )


def _names_tag(template: Template) -> bool:
    return any(isinstance(part, Variable) and part.key.startswith(_LOOKED_UP) for part in template.parts)
