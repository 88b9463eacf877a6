"""Make a staged write visible in one instant, whatever dies in between."""

from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

from isinglass_connectors.sink.staging import publish, unpublish
from isinglass_connectors.storage import manifests, urls
from isinglass_connectors.storage.errors import StorageError
from isinglass_connectors.storage.manifests import Manifest
from isinglass_connectors.storage.storage import Storage

_THREADS = 8
#: Called with the name of each point at which a crash must leave old or new state; tests kill there.
Checkpoint = Callable[[str], None]


def no_checkpoint(_name: str) -> None:
    """Go on."""


def roll_forward(
    storage: Storage, root: str, manifest: Manifest, checkpoint: Checkpoint = no_checkpoint
) -> None:
    """Bring a recorded write to its end; every step may be repeated.

    1. Publish the new files: still hidden by the manifest.
    2. When old files go: rewrite the manifest so that it hides those instead. This is the switch.
    3. Delete the old files, then the manifest. Without old files the manifest's deletion is the switch.
    """
    if not manifest.switched:
        lost = _publish_all(storage, root, manifest, checkpoint)
        checkpoint("published")
        if lost:
            roll_back(storage, root, manifest)
            raise StorageError(
                root, "commit a write to", f"{len(lost)} staged files are gone, such as {lost[0]}"
            )
        if manifest.removes:
            manifests.save(storage, root, replace(manifest, switched=True))
            checkpoint("switched")
    if manifest.removes:
        storage.delete(urls.join(root, path) for path in manifest.removes)
        checkpoint("removed")
        _prune(storage, root, manifest.removes)
    checkpoint("before-end")
    storage.delete([manifests.url_of(root, manifest.write)])
    checkpoint("ended")


def roll_back(storage: Storage, root: str, manifest: Manifest) -> None:
    """Undo a write that has not switched: its files first, then the manifest that hides them."""
    with ThreadPoolExecutor(_THREADS) as pool:
        list(pool.map(lambda file: unpublish(storage, root, file), manifest.adds))
    storage.delete([manifests.url_of(root, manifest.write)])


def _publish_all(storage: Storage, root: str, manifest: Manifest, checkpoint: Checkpoint) -> list[str]:
    """Publish every file; returns those that exist neither staged nor published."""
    if not manifest.adds:
        return []
    first, *others = manifest.adds
    outcomes = [publish(storage, root, first)]
    checkpoint("published-one")
    with ThreadPoolExecutor(_THREADS) as pool:
        outcomes += pool.map(lambda file: publish(storage, root, file), others)
    return [file.path for file, there in zip(manifest.adds, outcomes, strict=True) if not there]


def _prune(storage: Storage, root: str, removed: Iterable[str]) -> None:
    """Remove the partition folders that have become empty, on file systems."""
    if urls.is_s3(root):
        return
    for folder in {path.rsplit("/", 1)[0] for path in removed if "/" in path}:
        storage.local.prune(urls.join(root, folder))
