"""Glossaries and their terms, as a transfer reads and puts them: by name, for ids are a server's own."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from isinglass.transfer import inputs, records
from isinglass.transfer.account.kind import AccountKind, Putter, Source
from isinglass.transfer.calling import GONE, CallFailed, Glue, pages
from isinglass.transfer.putting import Target, put_compared
from isinglass.transfer.records import Record
from isinglass.transfer.report import Entry

_GLOSSARY_INPUT = ("Description",)
_TERM_INPUT = ("ShortDescription", "LongDescription")


@dataclass(slots=True)
class GlossaryNames:
    """Finds glossaries and terms by name and by id; what it was told or has read, it remembers."""

    glue: Glue
    glossaries: dict[str, str] = field(default_factory=dict)
    terms: dict[tuple[str, str], str] = field(default_factory=dict)

    def read(self) -> "GlossaryNames":
        """Read what there is."""
        for page in pages(self.glue, "ListGlossaries", {}, "Items"):
            for glossary in page:
                self.glossaries[glossary["Name"]] = glossary["Id"]
                request = {"GlossaryIdentifier": glossary["Id"]}
                for terms in pages(self.glue, "ListGlossaryTerms", request, "Items"):
                    self.terms.update({(glossary["Name"], term["Name"]): term["Id"] for term in terms})
        return self

    def by_id(self) -> dict[str, tuple[str, str]]:
        """Map the ids of terms to their names."""
        return {id_: names for names, id_ in self.terms.items()}


def _read_glossaries(source: Source) -> Iterator[Record]:
    for found in source.listed("ListGlossaries", "Items"):
        yield Record(records.GLOSSARY, {"Name": found["Name"]}, inputs.of(found, _GLOSSARY_INPUT))


def _read_terms(source: Source) -> Iterator[Record]:
    for (glossary, name), id_ in GlossaryNames(source.glue).read().terms.items():
        found = source.found("GetGlossaryTerm", {"Identifier": id_})
        if found is not None:
            names = {"GlossaryName": glossary, "Name": name}
            yield Record(records.GLOSSARY_TERM, names, inputs.of(found, _TERM_INPUT))


def _glossary_putter(target: Target) -> Putter:
    names = GlossaryNames(target.glue).read()

    def put(entry: Entry) -> None:
        name, given = str(entry.record.names["Name"]), dict(entry.record.input)

        def there() -> dict[str, Any] | None:
            if name not in names.glossaries:
                return None
            found = target.found("GetGlossary", {"Identifier": names.glossaries[name]})
            return None if found is None else inputs.of(found, _GLOSSARY_INPUT)

        def create() -> None:
            names.glossaries[name] = target.glue.call("CreateGlossary", {"Name": name, **given})["Id"]

        def replace() -> None:
            target.glue.call("UpdateGlossary", {"Identifier": names.glossaries[name], **given})

        put_compared(target, entry, given, there, create, replace)

    return put


def _term_putter(target: Target) -> Putter:
    names = GlossaryNames(target.glue).read()

    def put(entry: Entry) -> None:
        glossary, name = str(entry.record.names["GlossaryName"]), str(entry.record.names["Name"])
        given, key = dict(entry.record.input), (glossary, name)

        def there() -> dict[str, Any] | None:
            if key not in names.terms:
                return None
            found = target.found("GetGlossaryTerm", {"Identifier": names.terms[key]})
            return None if found is None else inputs.of(found, _TERM_INPUT)

        def create() -> None:
            if glossary not in names.glossaries:
                raise CallFailed("CreateGlossaryTerm", GONE, f"Glossary {glossary} not found.")
            request = {"GlossaryIdentifier": names.glossaries[glossary], "Name": name, **given}
            names.terms[key] = target.glue.call("CreateGlossaryTerm", request)["Id"]

        def replace() -> None:
            target.glue.call("UpdateGlossaryTerm", {"Identifier": names.terms[key], **given})

        put_compared(target, entry, given, there, create, replace)

    return put


GLOSSARIES = AccountKind(records.GLOSSARY, _read_glossaries, _glossary_putter)
TERMS = AccountKind(records.GLOSSARY_TERM, _read_terms, _term_putter)
