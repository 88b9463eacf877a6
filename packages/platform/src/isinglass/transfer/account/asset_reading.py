"""Reads what is said of an asset: its definition, its glossary terms and attachments, and those of its items.

Every table of the catalog is an asset. Of a table only what was said of it counts: what it would be called
and described as anyway is the table's own.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from isinglass.domain.business import built_in
from isinglass.domain.business.identifiers import TableName, table_of
from isinglass.transfer import inputs
from isinglass.transfer.calling import CallFailed, Glue, pages

_ASSET_INPUT = ("AssetTypeId", "Name", "Description", "Forms")
#: Items of one page, and of one request: every request for some columns reads all that a table has.
_PAGE = 1000
_ITEMS = 100

#: Glossary and term.
TermName = tuple[str, str]


@dataclass(frozen=True, slots=True)
class Said:
    """What is said of an asset: the members of its Input, and those beside it."""

    input: dict[str, Any]
    more: dict[str, Any]

    @property
    def document(self) -> dict[str, Any]:
        """All of it, to be compared."""
        return {**self.input, **{name: value for name, value in self.more.items() if value}}


@dataclass(frozen=True, slots=True)
class AssetReader:
    """Reads assets at one endpoint, where `terms` names its glossary terms by their ids."""

    glue: Glue
    terms: Mapping[str, TermName]

    def read(self, identifier: str) -> Said | None:
        """Read an asset; None when it is not there, or a table of which nothing is said."""
        try:
            shown = self.glue.call("GetAsset", {"Identifier": identifier})
            items = {
                form: of_form
                for form in sorted(shown.get("IterableForms", {}))
                if (of_form := dict(self._items(identifier, form)))
            }
            table = table_of(identifier)
            given = inputs.of(shown, _ASSET_INPUT)
            if table is not None:
                given = self._beyond_table(given, table)
        except CallFailed as error:
            if error.gone:
                return None
            raise
        more = {"Terms": self._named(shown), "Attachments": shown.get("Attachments", {}), "Items": items}
        said = Said(given, more)
        return said if said.document else None

    def _beyond_table(self, given: dict[str, Any], table: TableName) -> dict[str, Any]:
        """Leave out what the table itself says."""
        forms = {name: form for name, form in given.get("Forms", {}).items() if name != built_in.TABLE_FORM}
        beyond = {**given, "Forms": forms} if forms else {k: v for k, v in given.items() if k != "Forms"}
        if beyond.get("AssetTypeId") == built_in.TABLE_TYPE:
            del beyond["AssetTypeId"]
        if beyond.get("Name") == table.table:
            del beyond["Name"]
        if "Description" in beyond:
            asked = {"CatalogId": table.catalog_id, "DatabaseName": table.database, "Name": table.table}
            if self.glue.call("GetTable", asked)["Table"].get("Description") == beyond["Description"]:
                del beyond["Description"]
        return beyond

    def _items(self, identifier: str, form: str) -> Iterator[tuple[str, dict[str, Any]]]:
        named = {"AssetIdentifier": identifier, "IterableFormName": form}
        listed = pages(self.glue, "ListIterableForms", {**named, "MaxResults": _PAGE}, "Items")
        ids = [item["ItemId"] for page in listed for item in page]
        for first in range(0, len(ids), _ITEMS):
            asked = {**named, "ItemIdentifiers": ids[first : first + _ITEMS]}
            for item in self.glue.call("BatchGetIterableForms", asked).get("Items", []):
                said = {"Terms": self._named(item), "Attachments": item.get("Attachments", {})}
                if any(said.values()):
                    yield item["ItemId"], {name: value for name, value in said.items() if value}

    def _named(self, shown: Mapping[str, Any]) -> list[list[str]]:
        """Name the terms of an asset or item; one that was deleted meanwhile is on nothing any more."""
        return sorted(list(self.terms[each]) for each in shown.get("GlossaryTerms", ()) if each in self.terms)
