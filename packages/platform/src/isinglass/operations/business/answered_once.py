"""Client tokens: a request that comes again with its token is answered as before and does nothing more."""

import hashlib
import json
from collections.abc import Callable, Mapping
from typing import Any, TypeVar

from isinglass.model.glue.errors import InvalidInputException
from isinglass.operations.context import Context
from isinglass.store.store import Transaction

Answer = TypeVar("Answer")


def once(
    ctx: Context,
    tx: Transaction,
    operation: str,
    request: Mapping[str, Any],
    act: Callable[[], Answer],
) -> Answer:
    """Do what a request asks for, unless one with its token did; the token is kept with what was done."""
    token = request.get("ClientToken")
    if token is None:
        return act()
    # Tokens may hold characters that databases do not keep.
    key = hashlib.sha256(token.encode("utf-8", "surrogatepass")).hexdigest()
    asked = {name: value for name, value in request.items() if name != "ClientToken"}
    digest = hashlib.sha256(json.dumps(asked, sort_keys=True).encode()).hexdigest()
    earlier = tx.client_tokens.claim(ctx.account_id, operation, key, digest, ctx.now)
    if earlier is None:
        answer = act()
        tx.client_tokens.keep(ctx.account_id, operation, key, json.dumps(answer))
        return answer
    if earlier.request != digest:
        raise InvalidInputException(f"The ClientToken {token} was used for another request of {operation}.")
    again: Answer = json.loads(earlier.answer)
    return again
