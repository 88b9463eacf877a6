"""Where things are and whose they are, told anew on their way from one catalog to another."""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any
from urllib.parse import urlsplit

from isinglass.transfer.records import Record

#: Texts that are not places, even if they begin like one.
_NOT_PLACES = frozenset({"ViewOriginalText", "ViewExpandedText", "Description", "Comment", "Name", "Type"})
#: Members that hold an account's id, or that of a catalog, which begins with it.
_IDS = frozenset({"CatalogId", "TableCatalogId", "Id", "AWS", "Principal", "DataLakePrincipalIdentifier"})
#: Storage that jobs here reach as it is written.
_REACHED = frozenset({"s3", "s3a", "s3n", "file", ""})


@dataclass(eq=False)
class InvalidMapping(Exception):
    """A mapping is not written as OLD=NEW."""

    text: str

    def __str__(self) -> str:
        return f"{self.text!r} is not a mapping: write OLD=NEW, for example s3://old/=s3://new/"


@dataclass(frozen=True, slots=True)
class Remap:
    """Prefixes of places and ids of accounts, old to new; the longest prefix that fits is taken."""

    places: tuple[tuple[str, str], ...] = ()
    accounts: Mapping[str, str] = field(default_factory=dict)

    def apply(self, record: Record) -> Record:
        """Tell a record anew."""
        if not self.places and not self.accounts:
            return record
        told = replace(record, input=self._told("", record.input))
        if record.stage != "after":
            return told
        # What is about principals and resources is named by their ARNs.
        return replace(told, names=self._told("", record.names))

    def _told(self, key: str, value: Any) -> Any:
        if isinstance(value, dict):
            return {name: self._told(name, each) for name, each in value.items()}
        if isinstance(value, list):
            return [self._told(key, each) for each in value]
        if isinstance(value, str) and key not in _NOT_PLACES:
            return self._told_text(key, value)
        return value

    def _told_text(self, key: str, text: str) -> str:
        for old, new in self.places:
            if text.startswith(old):
                return new + text[len(old) :]
        if self.accounts and key in _IDS and not text.startswith("arn:"):
            account, colon, nested = text.partition(":")
            return self.accounts.get(account, account) + colon + nested
        if self.accounts and text.startswith("arn:"):
            parts = text.split(":", 5)
            if len(parts) == 6 and parts[4] in self.accounts:
                return ":".join([*parts[:4], self.accounts[parts[4]], parts[5]])
        return text


def parse_remap(places: Iterable[str], accounts: Iterable[str]) -> Remap:
    """Read OLD=NEW texts; raises InvalidMapping."""
    longest_first = sorted((_pair(text) for text in places), key=lambda pair: -len(pair[0]))
    return Remap(tuple(longest_first), dict(_pair(text) for text in accounts))


def _pair(text: str) -> tuple[str, str]:
    old, equals, new = text.partition("=")
    if not old or not equals or not new:
        raise InvalidMapping(text)
    return old, new


@dataclass(slots=True)
class UnreachedPlaces:
    """Counts locations in storage that jobs here do not reach, by its address: `hdfs://nameservice1/`."""

    counts: Counter[str] = field(default_factory=Counter)

    def look(self, record: Record) -> None:
        """Look at a record's location."""
        descriptor = record.input.get("StorageDescriptor") or {}
        location = descriptor.get("Location") or record.input.get("LocationUri")
        if isinstance(location, str) and ":" in location:
            address = _address(location)
            if address is not None:
                self.counts[address] += 1


def _address(location: str) -> str | None:
    try:
        parts = urlsplit(location)
    except ValueError:
        return None
    return None if parts.scheme in _REACHED else f"{parts.scheme}://{parts.netloc}/"
