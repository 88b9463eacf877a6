"""What a crawler keeps of its findings between crawls, as documents."""

import hashlib
from dataclasses import replace
from typing import Any

import orjson

from isinglass.crawl.folders import Bunch
from isinglass.crawl.found import Findings, Looked
from isinglass.crawl.shape import Shape


def bunch_key(folder: tuple[str, ...], suffix: str) -> str:
    """Name a bunch below its include path."""
    return "/".join([*folder, f"*{suffix}"])


class ShapeBook:
    """Gives each distinct shape an id, and finds shapes by it."""

    def __init__(self, known: dict[str, Any]) -> None:
        self._shapes = {shape_id: Shape.from_document(document) for shape_id, document in known.items()}
        self._ids = {shape: shape_id for shape_id, shape in self._shapes.items()}
        #: Documents of shapes that were not known.
        self.added: dict[str, Any] = {}

    def id_of(self, shape: Shape) -> str:
        """Find or make the id of a shape."""
        found = self._ids.get(shape)
        if found is None:
            document = shape.document()
            digest = hashlib.blake2b(orjson.dumps(document, option=orjson.OPT_SORT_KEYS), digest_size=16)
            found = self._ids[shape] = digest.hexdigest()
            self._shapes[found] = shape
            self.added[found] = document
        return found

    def shape(self, shape_id: str) -> Shape:
        """Find a shape by its id."""
        return self._shapes[shape_id]


def to_document(findings: Findings, book: ShapeBook, sampling: str) -> dict[str, Any]:
    """Render findings for storage; `sampling` says how the files were chosen."""
    return {
        "Fingerprint": findings.fingerprint,
        "Sampling": sampling,
        "Exhausted": findings.exhausted,
        "Count": findings.count,
        "Size": findings.size,
        "Modified": findings.modified,
        "Looked": [
            [
                looked.name,
                looked.size,
                book.id_of(looked.shape) if looked.shape else None,
                looked.reason,
                looked.records,
            ]
            for looked in findings.looked
        ],
    }


def recall(
    bunch: Bunch, document: dict[str, Any] | None, book: ShapeBook, sampling: str, *, trust: bool
) -> Findings | None:
    """Take over what is known of a bunch, unless its files or how they are chosen changed.

    `trust` takes over a changed bunch too: crawls of new folders only do not look at known ones again.
    """
    if document is None:
        return None
    if not trust and (document["Fingerprint"], document["Sampling"]) != (bunch.fingerprint, sampling):
        return None
    looked = tuple(
        Looked(name, size, book.shape(shape_id) if shape_id else None, reason, records)
        for name, size, shape_id, reason, records in document["Looked"]
    )
    found = Findings(
        bunch.folder,
        bunch.suffix,
        document["Count"],
        document["Size"],
        document["Modified"],
        document["Fingerprint"],
        looked,
        document["Exhausted"],
    )
    # A trusted bunch may have grown; its totals are today's.
    return replace(found, count=bunch.count, size=bunch.size, modified=bunch.modified)
