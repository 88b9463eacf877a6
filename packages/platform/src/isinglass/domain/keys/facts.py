"""What conditions of policies may ask about the use of a key."""

from collections.abc import Mapping

Facts = dict[str, tuple[str, ...]]

_CONTEXT = "kms:encryptioncontext"


def key_facts(
    account_id: str, region: str, context: Mapping[str, str], *, via: str = "", alias: str = ""
) -> Facts:
    """List the facts of one use by an account: what the data is, the service in between, the name used.

    `via` is a service such as `glue` that uses the key for its caller; empty when the caller asks itself.
    """
    facts: Facts = {
        "kms:calleraccount": (account_id,),
        "kms:keyorigin": ("AWS_KMS",),
        "kms:keyspec": ("SYMMETRIC_DEFAULT",),
        "kms:keyusage": ("ENCRYPT_DECRYPT",),
        "kms:encryptionalgorithm": ("SYMMETRIC_DEFAULT",),
        **{f"{_CONTEXT}:{key.lower()}": (value,) for key, value in context.items()},
    }
    if context:
        facts[f"{_CONTEXT}keys"] = tuple(context)
    if via:
        facts["kms:viaservice"] = (f"{via}.{region}.amazonaws.com",)
    if alias:
        facts["kms:requestalias"] = (alias,)
    return facts
