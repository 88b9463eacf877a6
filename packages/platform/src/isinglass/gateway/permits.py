"""Asks for a request's permissions; what is missing is answered in the words of the operation's service."""

from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from types import MappingProxyType

from isinglass.domain.catalog_encryption import AtRest, key_context
from isinglass.domain.keys.ciphertext import UNREACHABLE
from isinglass.domain.keys.facts import key_facts
from isinglass.gateway.authorization import Authorizer, Denied
from isinglass.gateway.exchange import Exchange
from isinglass.model.edge_errors import AccessDenied, AccessDeniedException, ClientError
from isinglass.store.keys import Key

#: How each protocol's services say that a permission is missing.
_DENIALS: dict[str, type[ClientError]] = {
    "json": AccessDeniedException,
    "query": AccessDenied,
    "rest-json": AccessDeniedException,
}


class Permits:
    """Has the authorizer decide: before an operation runs, and over what it comes to while it does."""

    def __init__(self, authorizer: Authorizer) -> None:
        self._authorizer = authorizer

    def admit(self, exchange: Exchange) -> None:
        """Decide whether a request may run."""
        caller, operation = exchange.signed_by, exchange.target
        if self._authorizer.is_free(caller.principal, operation.permission, exchange.document):
            return
        with _denying(exchange):
            exchange.admission = self._authorizer.admit(exchange.asked)

    def reach(self, exchange: Exchange, account_id: str, resources: Iterable[str]) -> None:
        """Decide over what a request leads to; an operation that goes on without it was not denied."""
        with _denying(exchange):
            self._authorizer.admit_to(exchange.asked, account_id, resources)

    def use_key(
        self,
        exchange: Exchange,
        action: str,
        key: Key | None,
        context: Mapping[str, str] = MappingProxyType({}),
        *,
        via: str = "",
        alias: str = "",
        named: bool = True,
    ) -> None:
        """Decide over an encryption key; of one that a request does not name, strangers learn nothing."""
        caller = exchange.signed_by
        account_id = caller.principal.account_id
        facts = key_facts(account_id, caller.region, context, via=via, alias=alias)
        with _denying(exchange):
            try:
                if key is not None:
                    self._authorizer.admit_to_key(exchange.asked, action, key, facts)
                    exchange.keys_used[key.arn] = key.account_id
                    return
            except Denied:
                if named or (key is not None and key.account_id == account_id):
                    raise
            raise Denied(action, "*", UNREACHABLE)

    def use_document_key(
        self, exchange: Exchange, action: str, key: Key, account_id: str, settings: AtRest
    ) -> None:
        """Decide over the key that documents of a catalog are encrypted with."""
        exchange.encrypted = True
        context = key_context(account_id)
        if settings.role is None:
            self.use_key(exchange, action, key, context, via="glue")
            return
        facts = key_facts(account_id, exchange.signed_by.region, context, via="glue")
        with _denying(exchange):
            self._authorizer.admit_role_to_key(exchange.asked, settings.role, account_id, action, key, facts)


@contextmanager
def _denying(exchange: Exchange) -> Iterator[None]:
    """Answer a denial in the words of the operation's service."""
    try:
        yield
    except Denied as denied:
        exchange.denied = denied
        raise _DENIALS[exchange.target.service.protocol](denied.reason) from denied
