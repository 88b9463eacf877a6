"""The entities of a REST service, as the account's connection type says what they are."""

import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from isinglass.domain.connection_types.registered import source_of
from isinglass.domain.entities.record_filters import (
    BadFilter,
    compile_record_filter,
    field_named,
    filtered_as,
    operators,
)
from isinglass.domain.rest_services import paging
from isinglass.operations.connections.rest.http import MOST_BYTES, SECONDS
from isinglass.operations.connections.rest.service import RestService
from isinglass.operations.connections.sources import (
    After,
    BadQuery,
    Document,
    EntityMissing,
    NotAsked,
    Wanted,
)
from isinglass.store.paging import PageRequest

#: Pages of a service that are read for one page of ours, as long as they take no more bytes and seconds than
#: one answer may.
_MOST_PAGES = 10
#: Records that tell the fields of an entity whose type says none.
_SAMPLE = 100
_TYPES = {bool: "BOOLEAN", int: "BIGINT", float: "DOUBLE", str: "STRING", list: "ARRAY", dict: "STRUCT"}


@dataclass(frozen=True, slots=True)
class RestEntities:
    """Lists, describes and reads the entities of one connection."""

    service: RestService

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
        """Read page after page until so many records are found, or enough has been read for once."""
        if wanted.order:
            raise NotAsked(
                "OrderBy is not supported for REST services: they give records in an order of their own"
            )
        types = self._types(wanted.entity)
        with _told():
            selected = list(dict.fromkeys(field_named(types, name) for name in wanted.selected))
            matches = compile_record_filter(wanted.predicate, types) if wanted.predicate else _any_record
            found, after = self._read(wanted, matches)
        return [_chosen(each, selected) for each in found], after

    def _read(self, wanted: Wanted, matches: Callable[[Document], bool]) -> tuple[list[Document], After]:
        source = source_of(self._rest, wanted.entity)
        page_at = self.service.pages(source, wanted.options, wanted.limit)
        found: list[Document] = []
        at, skipped = wanted.after or paging.START
        ends, size = time.monotonic() + SECONDS, 0
        for _ in range(_MOST_PAGES):
            page = page_at(at)
            records = [_document(each) for each in page.records[skipped:]]
            chosen, looked_at = paging.take(records, wanted.limit - len(found), matches)
            found += chosen
            if looked_at < len(records):
                return found, (at, skipped + looked_at)
            if page.following is None:
                return found, None
            at, skipped, size = page.following, 0, size + page.size
            if len(found) == wanted.limit or size > MOST_BYTES or time.monotonic() > ends:
                break
        return found, (at, skipped)

    @property
    def _rest(self) -> Mapping[str, Any]:
        rest: Mapping[str, Any] = self.service.registered["RestConfiguration"]
        return rest

    def _entity(self, name: str) -> Mapping[str, Any]:
        found: Mapping[str, Any] | None = self._rest["EntityConfigurations"].get(name)
        if found is None:
            raise EntityMissing(name)
        return found

    def _types(self, entity: str) -> dict[str, str]:
        """Give the types of an entity's fields by name; none where the connection type does not say them."""
        schema = self._entity(entity).get("Schema", {})
        return {each["Name"]: _filtered_as(each) for each in schema.values()}


@contextmanager
def _told() -> Iterator[None]:
    """Say that a filter cannot be asked of an entity, when it is read and when a record shows it."""
    try:
        yield
    except BadFilter as error:
        raise BadQuery(str(error)) from error


def _any_record(_record: Document) -> bool:
    return True


def _filtered_as(definition: Mapping[str, Any]) -> str:
    return filtered_as(definition["FieldDataType"], definition.get("ResponseDateFormat"))


def _field(definition: Mapping[str, Any]) -> Document:
    return _described(
        definition["Name"],
        definition["FieldDataType"],
        operators(_filtered_as(definition)),
        nullable=definition.get("IsNullable", True),
    )


def _inferred(records: Sequence[Document]) -> list[Document]:
    kinds: dict[str, set[str]] = {}
    for record in records:
        for name, value in record.items():
            kinds.setdefault(name, set()).update([_TYPES[type(value)]] if value is not None else [])
    types = {name: found.pop() if len(found) == 1 else "STRING" for name, found in sorted(kinds.items())}
    return [_described(name, kind, operators(kind), nullable=True) for name, kind in types.items()]


def _described(name: str, kind: str, filters: Sequence[str], *, nullable: bool) -> Document:
    return {
        "FieldName": name, "Label": name, "FieldType": kind, "IsNullable": nullable, "IsRetrievable": True,
        "IsPrimaryKey": False, "IsFilterable": bool(filters), "IsPartitionable": False, "IsCreateable": False,
        "IsUpdateable": False, "IsUpsertable": False, "IsDefaultOnCreate": False,
        "SupportedFilterOperators": list(filters),
    }  # fmt: skip


def _document(record: Any) -> Document:
    return record if isinstance(record, dict) else {"value": record}


def _chosen(record: Document, selected: Sequence[str]) -> Document:
    return {name: record.get(name) for name in selected} if selected else record
