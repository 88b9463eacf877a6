"""Assets with their glossary terms and attachments, as a transfer reads and puts them."""

from collections.abc import Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from typing import Any

from isinglass.domain.business import built_in
from isinglass.domain.business.identifiers import table_of
from isinglass.transfer import records
from isinglass.transfer.account.asset_reading import AssetReader, Said, TermName
from isinglass.transfer.account.glossaries import GlossaryNames
from isinglass.transfer.account.kind import AccountKind, Putter, Source
from isinglass.transfer.calling import GONE, CallFailed, pages
from isinglass.transfer.putting import Target, put_compared
from isinglass.transfer.records import Record
from isinglass.transfer.report import Entry

#: Terms in one request, which is as many as an asset may have.
_TERMS = 10
#: Every asset: a search must ask for something.
_EVERY = {"Attribute": "updatedAt", "Operator": "greaterThanOrEquals", "Value": {"LongValue": 0}}
_SEARCH = {"FilterClause": {"AttributeFilter": _EVERY}, "MaxResults": 100}


def _read(source: Source) -> Iterator[Record]:
    reader = AssetReader(source.glue, GlossaryNames(source.glue).read().by_id())
    with ThreadPoolExecutor(source.threads, thread_name_prefix="asset-reader") as pool:
        for page in pages(source.glue, "SearchAssets", _SEARCH, "Items"):
            identifiers = [found["Id"] for found in page]
            for identifier, said in zip(identifiers, pool.map(reader.read, identifiers), strict=True):
                if said is not None:
                    yield Record(records.ASSET, {"Identifier": identifier}, said.input, said.more)


def _putter(target: Target) -> Putter:
    names = GlossaryNames(target.glue).read()
    reader = AssetReader(target.glue, names.by_id())

    def put(entry: Entry) -> None:
        identifier, record = str(entry.record.names["Identifier"]), entry.record

        def there() -> dict[str, Any] | None:
            said = reader.read(identifier)
            return None if said is None else Said(said.input, _spoken_of(said.more, record.more)).document

        def make() -> None:
            _make(target, identifier, record.input)
            _detail(target, names.terms, {"AssetIdentifier": identifier}, record.more)
            for form, items in record.more.get("Items", {}).items():
                for item, said in items.items():
                    of_item = {"IterableFormName": form, "ItemIdentifier": item}
                    _detail(target, names.terms, {"AssetIdentifier": identifier, **of_item}, said)

        wanted = {**record.input, **{name: value for name, value in record.more.items() if value}}
        put_compared(target, entry, wanted, there, make, make)

    return put


def _spoken_of(there: Any, wanted: Any) -> Any:
    """Take of terms and attachments those that a record speaks of; others stay where they are."""
    if isinstance(there, Mapping) and isinstance(wanted, Mapping):
        return {name: _spoken_of(there[name], wanted[name]) for name in wanted if name in there}
    if isinstance(there, list) and isinstance(wanted, list):
        return [each for each in wanted if each in there]
    return there


def _make(target: Target, identifier: str, given: Mapping[str, Any]) -> None:
    """Put the asset itself; a table is one already, and stays as it is unless something is said of it."""
    table = table_of(identifier)
    if table is None:
        target.glue.call("PutAsset", {"Identifier": identifier, "Forms": {}, **given})
    elif given:
        own = {"AssetTypeId": built_in.TABLE_TYPE, "Name": table.table, "Forms": {}}
        target.glue.call("PutAsset", {"Identifier": identifier, **own, **given})


def _detail(
    target: Target, known: Mapping[TermName, str], named: Mapping[str, Any], said: Mapping[str, Any]
) -> None:
    """Attach forms to an asset or item, and put terms on it."""
    for name, form in said.get("Attachments", {}).items():
        target.glue.call("PutAttachment", {**named, "AttachmentName": name, **form})
    terms = [known.get((glossary, term)) for glossary, term in said.get("Terms", ())]
    if None in terms:
        missing = next(each for each in said["Terms"] if tuple(each) not in known)
        raise CallFailed("AssociateGlossaryTerms", GONE, f"Glossary term {'/'.join(missing)} not found.")
    for first in range(0, len(terms), _TERMS):
        request = {**named, "GlossaryTermIdentifiers": terms[first : first + _TERMS]}
        target.glue.call("AssociateGlossaryTerms", request)


ASSETS = AccountKind(records.ASSET, _read, _putter)
