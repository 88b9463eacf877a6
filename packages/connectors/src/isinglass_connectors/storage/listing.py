"""What a reader may see of a folder: data, without anything a writer has not committed."""

import re
from collections.abc import Callable, Iterator, Sequence

from isinglass_connectors.storage import globs, manifests, urls
from isinglass_connectors.storage.objects import ObjectInfo
from isinglass_connectors.storage.storage import Storage


def data_files(
    storage: Storage,
    url: str,
    exclusions: Sequence[str] = (),
    on_skipped: Callable[[ObjectInfo, str], None] | None = None,
) -> Iterator[ObjectInfo]:
    """Stream the data files of a table, partition or single file, in key order.

    Hidden are components that begin with `.` or `_` (but not `_key=value`), empty objects, folder markers,
    what matches an exclude pattern (relative to `url`), and the files of a write that has not committed:
    named by a manifest in `url`, in the table above a partition, or met on the way down. Each hidden object
    and why it is hidden goes to `on_skipped`.
    """
    patterns = [globs.compile_glob(pattern) for pattern in exclusions]
    hidden: set[str] = set()
    for root in manifests.roots(url):
        for found in manifests.find(storage, root):
            hidden |= _hidden_urls(storage, found)
    for info in storage.list(url):
        path = urls.relative(url, info.url)
        name = path.rsplit("/", 1)[-1]
        if manifests.is_manifest(name) and "/" in path:
            # A table below the folder being listed: `_` sorts before the names that writers choose.
            hidden |= _hidden_urls(storage, info.url)
        reason = _why_hidden(info, path, hidden, patterns)
        if not reason:
            yield info
        elif on_skipped is not None:
            on_skipped(info, reason)


def _why_hidden(info: ObjectInfo, path: str, hidden: set[str], patterns: Sequence[re.Pattern[str]]) -> str:
    if not is_data(path):
        return "hidden name"
    if not info.size:
        return "folder marker" if path.endswith("/") or not path else "empty file"
    if info.url in hidden:
        return "part of a write that has not committed"
    return "excluded" if any(pattern.fullmatch(path) for pattern in patterns) else ""


def _hidden_urls(storage: Storage, manifest_url: str) -> set[str]:
    root = manifest_url.rsplit("/", 1)[0]
    manifest = manifests.load(storage, manifest_url)
    return set() if manifest is None else {f"{root}/{path}" for path in manifest.hidden()}


def is_data(path: str) -> bool:
    """Tell whether a path, relative to what is read, names data by the rules of Hive and Spark."""
    return not any(
        part.startswith(".") or (part.startswith("_") and "=" not in part) for part in path.split("/")
    )
