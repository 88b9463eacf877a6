"""The entities of a REST service, as the account's connection type says what they are."""

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from isinglass.domain import json_paths
from isinglass.domain.connection_secrets import is_secret
from isinglass.domain.connection_types.registered import additional, source_of
from isinglass.domain.rest_services import paging
from isinglass.domain.rest_services.requests import Carried, Request, address_of, bearer, plan, resolved
from isinglass.domain.rest_services.tokens import credentials, token_of
from isinglass.operations.connections.opening import Opened
from isinglass.operations.connections.probing import ProbeFailed
from isinglass.operations.connections.rest.http import Answer, send
from isinglass.operations.connections.sources import (
    After,
    BadQuery,
    Document,
    EntityMissing,
    NotAsked,
    Wanted,
)
from isinglass.store.paging import PageRequest

_LONGEST_REASON = 300
_SHORTEST_SECRET = 4
#: Characters of a service's cursor that a token has room for.
_LONGEST_CURSOR = 1000
#: Records that tell the fields of an entity whose type says none.
_SAMPLE = 100
_CAUSES = {
    401: "credentials",
    403: "denied",
    404: "missing",
    408: "timeout",
    429: "throttled",
    504: "timeout",
}
_TYPES = {bool: "BOOLEAN", int: "BIGINT", float: "DOUBLE", str: "STRING", list: "ARRAY", dict: "STRUCT"}


@dataclass(frozen=True, slots=True)
class RestEntities:
    """Reads the entities of one connection."""

    opened: Opened
    registered: Mapping[str, Any]
    own_ports: Collection[int]

    def entities(self, parent: str | None, page: PageRequest) -> tuple[list[Document], After]:
        """List the entities by name; none has others in it."""
        if parent is not None:
            raise EntityMissing(parent)
        last = page.after[0] if page.after else ""
        names = [name for name in sorted(self._rest["EntityConfigurations"]) if name > last]
        shown = names[: page.size]
        found: list[Document] = [
            {"EntityName": name, "Label": name, "IsParentEntity": False, "Category": "REST"} for name in shown
        ]
        return found, (shown[-1],) if len(names) > len(shown) else None

    def fields(self, entity: str, page: PageRequest) -> tuple[list[Document], After]:
        """List an entity's fields as the type says them, or else as its first records have them."""
        schema = self._entity(entity).get("Schema")
        if schema:
            found = [_field(each) for _, each in sorted(schema.items())]
        else:
            records, _ = self.records(Wanted(entity, _SAMPLE))
            found = _inferred(records)
        start = page.after[0] if page.after else 0
        shown = found[start : start + page.size]
        end = start + len(shown)
        return shown, (end,) if end < len(found) else None

    def records(self, wanted: Wanted) -> tuple[list[Document], After]:
        """Read a page of records."""
        if wanted.predicate or wanted.order:
            raise NotAsked("FilterPredicate and OrderBy are not sent to REST services by this server")
        selected = self._selected(wanted)
        source = source_of(self._rest, self._named(wanted.entity))
        method, pages = source.get("RequestMethod", "GET"), source.get("PaginationConfiguration", {})
        place: paging.Place = (wanted.after[0], wanted.after[1]) if wanted.after else paging.START
        answer = self._ask(source, wanted.options, paging.carried(pages, place, wanted.limit, method))
        records = self._result(source, answer)
        following = paging.after(pages, place, records, wanted.limit, answer.body, answer.headers)
        if following is not None and len(str(following[0])) > _LONGEST_CURSOR:
            raise self._failed("answer", f"gave a cursor of more than {_LONGEST_CURSOR} characters")
        shown = records[place[1] : place[1] + wanted.limit]
        return [_chosen(each, selected) for each in shown], following

    def check(self) -> bool:
        """Try the service, where the type says by what request; False where it says none."""
        source = self._rest.get("ValidationEndpointConfiguration")
        if source is None:
            return False
        answer = self._ask(source, {}, [])
        self._refuse_failure(source, answer)
        return True

    @property
    def _rest(self) -> Mapping[str, Any]:
        rest: Mapping[str, Any] = self.registered["RestConfiguration"]
        return rest

    def _named(self, entity: str) -> str:
        if entity not in self._rest["EntityConfigurations"]:
            raise EntityMissing(entity)
        return entity

    def _entity(self, entity: str) -> Mapping[str, Any]:
        found: Mapping[str, Any] = self._rest["EntityConfigurations"][self._named(entity)]
        return found

    def _selected(self, wanted: Wanted) -> list[str]:
        names = list(dict.fromkeys(wanted.selected))
        schema = self._entity(wanted.entity).get("Schema", {})
        known = {each["Name"] for each in schema.values()}
        unknown = [name for name in names if known and name not in known]
        if unknown:
            raise BadQuery(f"There is no field {unknown[0]}; there are {', '.join(sorted(known))}")
        return names

    def _ask(self, source: Mapping[str, Any], options: Mapping[str, str], more: list[Carried]) -> Answer:
        parameters = source.get("RequestParameters", ())
        unknown = sorted(options.keys() - {each["Name"] for each in parameters})
        if unknown:
            raise BadQuery(f"There is no connection option {unknown[0]}")
        carried = [
            *resolved(additional(self.registered), self.opened.properties),
            *resolved(parameters, {**self.opened.properties, **options}),
            *more,
            *self._credentials(),
        ]
        request = plan(self._base(), source.get("RequestMethod", "GET"), source["RequestPath"], carried)
        return send(request, self.own_ports)

    def _credentials(self) -> list[Carried]:
        found = credentials(self.registered, self.opened.authentication)
        if not isinstance(found, Request):
            return found
        answer = send(found, self.own_ports)
        self._refuse_failure({}, answer, found)
        return [bearer(token_of(answer.body))]

    def _result(self, source: Mapping[str, Any], answer: Answer) -> list[Any]:
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


def _field(definition: Mapping[str, Any]) -> Document:
    return _described(
        definition["Name"], definition["FieldDataType"], nullable=definition.get("IsNullable", True)
    )


def _inferred(records: list[Document]) -> list[Document]:
    kinds: dict[str, set[str]] = {}
    for record in records:
        for name, value in record.items():
            kinds.setdefault(name, set()).update([_TYPES[type(value)]] if value is not None else [])
    return [
        _described(name, found.pop() if len(found) == 1 else "STRING", nullable=True)
        for name, found in sorted(kinds.items())
    ]


def _described(name: str, kind: str, *, nullable: bool) -> Document:
    return {
        "FieldName": name, "Label": name, "FieldType": kind, "IsNullable": nullable, "IsRetrievable": True,
        "IsPrimaryKey": False, "IsFilterable": False, "IsPartitionable": False, "IsCreateable": False,
        "IsUpdateable": False, "IsUpsertable": False, "IsDefaultOnCreate": False,
        "SupportedFilterOperators": [],
    }  # fmt: skip


def _chosen(record: Any, selected: list[str]) -> Document:
    found = record if isinstance(record, dict) else {"value": record}
    return {name: found.get(name) for name in selected} if selected else found


def _texts(document: Any) -> Iterator[str]:
    """Find every text of a document, however deep."""
    if isinstance(document, str):
        yield document
    elif isinstance(document, Mapping):
        for inner in document.values():
            yield from _texts(inner)
