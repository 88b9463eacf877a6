"""Finish or undo the writes that a dead process left in a table."""

from isinglass_connectors.sink.commit import roll_back, roll_forward
from isinglass_connectors.sink.staging import sweep
from isinglass_connectors.storage import manifests, urls
from isinglass_connectors.storage.errors import StorageError
from isinglass_connectors.storage.storage import Storage


def recover(storage: Storage, url: str, *, write: str | None = None, undo: bool = False) -> list[str]:
    """Bring every commit recorded in a table to its end and return the names of those writes.

    A recorded commit goes forward: its tasks had all succeeded. With `undo`, or when a staged file is lost,
    one that has not switched yet is rolled back. `write` limits it to one write (`run-<run>-<write>`).
    Running it beside the live commit of the same write is harmless; `undo` is not.
    """
    root = urls.normalise(url).rstrip("/")
    found = [manifests.url_of(root, write)] if write else manifests.find(storage, root)
    recovered = [done for manifest_url in found if (done := finish(storage, root, manifest_url, undo=undo))]
    for name in recovered:
        sweep(storage, root, name)
    return recovered


def finish(storage: Storage, root: str, manifest_url: str, *, undo: bool = False) -> str | None:
    """Bring one recorded commit to its end and return its write's name; what is only staged stays."""
    manifest = manifests.load(storage, manifest_url)
    if manifest is None:
        return None
    if undo and not manifest.switched:
        roll_back(storage, root, manifest)
        return manifest.write
    try:
        roll_forward(storage, root, manifest)
    except StorageError:
        # Lost files have been rolled back by now; anything else must be tried again.
        if manifests.load(storage, manifest_url) is not None:
            raise
    return manifest.write
