"""A REST service as a connection reaches it: what it is asked, by whom, and what it answers."""

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from isinglass.domain import json_paths
from isinglass.domain.connection_secrets import is_secret
from isinglass.domain.connection_types.registered import additional
from isinglass.domain.rest_services import paging
from isinglass.domain.rest_services.requests import Carried, Request, address_of, bearer, plan, resolved
from isinglass.domain.rest_services.tokens import credentials, token_of
from isinglass.operations.connections.opening import Opened
from isinglass.operations.connections.probing import ProbeFailed
from isinglass.operations.connections.rest.http import Answer, send
from isinglass.operations.connections.sources import BadQuery

_LONGEST_REASON = 300
_SHORTEST_SECRET = 4
#: Characters of a service's cursor that a token has room for.
_LONGEST_CURSOR = 1000
_CAUSES = {
    401: "credentials",
    403: "denied",
    404: "missing",
    408: "timeout",
    429: "throttled",
    504: "timeout",
}


@dataclass(frozen=True, slots=True)
class Page:
    """What a service gave at once; `following` is where the next page is, None after the last."""

    records: Sequence[Any] = field(repr=False)
    following: paging.At = None
    #: Bytes that it took.
    size: int = 0


@dataclass(frozen=True, slots=True)
class RestService:
    """Asks what one connection leads to."""

    opened: Opened
    registered: Mapping[str, Any]
    own_ports: Collection[int]

    def check(self) -> bool:
        """Try the service, where the type says by what request; False where it says none."""
        source = self.registered["RestConfiguration"].get("ValidationEndpointConfiguration")
        if source is None:
            return False
        answer = self._ask(source, [*self._carried(source, {}), *self._credentials()])
        self._refuse_failure(source, answer)
        return True

    def pages(
        self, source: Mapping[str, Any], options: Mapping[str, str], limit: int
    ) -> Callable[[paging.At], Page]:
        """Give what reads pages of so many records each, as a source says; one token serves them all."""
        method, how = source.get("RequestMethod", "GET"), source.get("PaginationConfiguration", {})
        carried, proof = self._carried(source, options), self._credentials()

        def read(at: paging.At) -> Page:
            answer = self._ask(source, [*carried, *paging.carried(how, at, limit, method), *proof])
            if paging.is_past_end(at, answer.status):
                return Page(())
            records = self._records(source, answer)
            following = paging.following(how, at, len(records), answer.body, answer.headers)
            if len(str(following)) > _LONGEST_CURSOR:
                raise self._failed("answer", f"gave a cursor of more than {_LONGEST_CURSOR} characters")
            return Page(records, following, answer.size)

        return read

    def _carried(self, source: Mapping[str, Any], options: Mapping[str, str]) -> list[Carried]:
        """Give what each request carries of the connection's properties and of what is asked with it."""
        parameters = source.get("RequestParameters", ())
        unknown = sorted(options.keys() - {each["Name"] for each in parameters})
        if unknown:
            raise BadQuery(f"There is no connection option {unknown[0]}")
        return [
            *resolved(additional(self.registered), self.opened.properties),
            *resolved(parameters, {**self.opened.properties, **options}),
        ]

    def _credentials(self) -> list[Carried]:
        found = credentials(self.registered, self.opened.authentication)
        if not isinstance(found, Request):
            return found
        answer = send(found, self.own_ports)
        self._refuse_failure({}, answer, found)
        return [bearer(token_of(answer.body))]

    def _ask(self, source: Mapping[str, Any], carried: Sequence[Carried]) -> Answer:
        request = plan(self._base(), source.get("RequestMethod", "GET"), source["RequestPath"], carried)
        return send(request, self.own_ports)

    def _records(self, source: Mapping[str, Any], answer: Answer) -> list[Any]:
        self._refuse_failure(source, answer)
        found = json_paths.follow(answer.body, source["ResponseConfiguration"]["ResultPath"])
        if isinstance(found, dict):
            return [found]
        if not isinstance(found, list):
            raise self._failed("answer", "answered nothing at the ResultPath")
        return found

    def _refuse_failure(
        self, source: Mapping[str, Any], answer: Answer, request: Request | None = None
    ) -> None:
        path = source.get("ResponseConfiguration", {}).get("ErrorPath")
        said = json_paths.follow(answer.body, path) if path is not None else None
        if answer.status < 400 and not said:
            return
        cause = _CAUSES.get(answer.status, "refused" if answer.status >= 500 else "answer")
        reason = f": {self._without_secrets(str(said))[:_LONGEST_REASON]}" if said else ""
        raise self._failed(cause, f"answered {answer.status}{reason}", request)

    def _failed(self, cause: str, detail: str, request: Request | None = None) -> ProbeFailed:
        address = address_of(self._base()) if request is None else request.address
        return ProbeFailed(address, cause, detail)

    def _base(self) -> str:
        url = self.registered["ConnectionProperties"]["Url"]
        [base] = resolved([{**url, "Required": True}], self.opened.properties)
        return base.value

    def _without_secrets(self, text: str) -> str:
        own = [value for name, value in self.opened.properties.items() if is_secret(name)]
        for secret in (*own, *_texts(self.opened.authentication)):
            if len(secret) >= _SHORTEST_SECRET:
                text = text.replace(secret, "********")
        return text


def _texts(document: Any) -> Iterator[str]:
    """Find every text of a document, however deep."""
    if isinstance(document, str):
        yield document
    elif isinstance(document, Mapping):
        for inner in document.values():
            yield from _texts(inner)
