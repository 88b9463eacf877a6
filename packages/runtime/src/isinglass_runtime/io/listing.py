"""Which files a read covers: listed by us, committed ones only, with their partition values."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from pyspark.errors import AnalysisException

from isinglass_connectors.storage import listing, manifests, partitions, urls
from isinglass_connectors.storage.errors import StorageError
from isinglass_connectors.storage.objects import ObjectInfo
from isinglass_connectors.storage.storage import Storage

_WILDCARDS = frozenset("*?[{")


@dataclass(frozen=True, slots=True)
class InputFile:
    """One file of a read; `values` are its partition values as text, in the order of the listing's keys."""

    info: ObjectInfo
    values: tuple[str | None, ...] = ()


@dataclass(frozen=True, slots=True)
class Listing:
    """The files of a read, all with the same partition keys."""

    keys: tuple[str, ...]
    files: tuple[InputFile, ...]

    @property
    def size(self) -> int:
        return sum(file.info.size for file in self.files)

    def partitions(self) -> dict[tuple[str | None, ...], list[InputFile]]:
        """The files grouped by their partition values, in the order found."""
        groups: dict[tuple[str | None, ...], list[InputFile]] = {}
        for file in self.files:
            groups.setdefault(file.values, []).append(file)
        return groups


class PathNotFoundError(AnalysisException):  # type: ignore[misc] # pyspark is not followed
    """Nothing stands at a path that should be read."""

    def __init__(self, url: str) -> None:
        super().__init__(f"[PATH_NOT_FOUND] Path does not exist: {url}.")
        self.url = url


class MixedPartitionsError(AnalysisException):  # type: ignore[misc] # pyspark is not followed
    """Files below one path have different partition folders."""

    def __init__(self, first: str, second: str) -> None:
        super().__init__(
            f"[CONFLICTING_PARTITION_COLUMN_NAMES] Different partition folders: {first} and {second}. "
            "Read the folders separately."
        )


@dataclass(frozen=True, slots=True)
class Lookup:
    """Which files below a path a read covers: Spark's `recursiveFileLookup` and `pathGlobFilter`."""

    #: Whether folders that are not `key=value` are entered; Spark does so only when asked.
    plain_folders: bool = True
    #: Whether `key=value` folders give columns.
    partitions: bool = True
    #: What a file's name must match.
    name_pattern: str | None = None

    @classmethod
    def of_spark(cls, options: Mapping[str, Any]) -> "Lookup":
        """Read the options of `spark.read`, whatever their case."""
        given = {key.lower(): value for key, value in options.items()}
        everywhere = str(given.get("recursivefilelookup", "false")).lower() == "true"
        return cls(everywhere, not everywhere, given.get("pathglobfilter"))


class Watch:
    """What has been listed since `start`, so that a reader can ask afterwards whether it is still there.

    The engine takes files that are gone when it looks for them for no files at all, without a word.
    """

    def __init__(self) -> None:
        self._listed: list[tuple[Listing, Callable[[], Listing]]] | None = None

    def start(self) -> None:
        """Forget what was listed before."""
        self._listed = []

    def note(self, found: Listing, again: Callable[[], Listing]) -> None:
        """Remember a listing, if anyone will ask."""
        if self._listed is not None:
            self._listed.append((found, again))

    def unchanged(self) -> bool:
        """List everything once more and compare; file names are never used again."""
        return all(again() == found for found, again in self._listed or ())


WATCH = Watch()

#: How often folders are listed that change meanwhile; each time takes longer than a commit.
_TRIES = 20
EVERYTHING = Lookup()
#: The options that a Lookup is made of; the engine's readers must not see them again.
LOOKUP_OPTIONS = frozenset({"recursivefilelookup", "pathglobfilter"})


def list_inputs(
    storage: Storage,
    paths: Sequence[str],
    exclusions: Sequence[str] = (),
    *,
    keys: Sequence[str] | None = None,
    base: str | None = None,
    keep: Callable[[dict[str, str | None]], bool] | None = None,
    lookup: Lookup = EVERYTHING,
) -> Listing:
    """List the committed data files below paths, pruned by their partition values.

    `keys` fixes the partition columns (a catalog's), else they are those of the paths; `base` is the folder
    that partition folders are counted from, by default each path itself. A write that is committed while the
    folders are listed, one after the other, would be seen in part: then they are listed again.
    """
    tables = {manifests.roots(_root(path)[0])[-1] for path in paths}
    for _ in range(_TRIES):
        before = [manifests.under_way(storage, table) for table in tables]
        found = _list_once(storage, paths, exclusions, keys, base, keep, lookup)
        if [manifests.under_way(storage, table) for table in tables] == before:
            WATCH.note(found, lambda: _list_once(storage, paths, exclusions, keys, base, keep, lookup))
            return found
    raise StorageError(paths[0], "list", "it was being written to all the while; read it again")


def _list_once(
    storage: Storage,
    paths: Sequence[str],
    exclusions: Sequence[str],
    keys: Sequence[str] | None,
    base: str | None,
    keep: Callable[[dict[str, str | None]], bool] | None,
    lookup: Lookup,
) -> Listing:
    found: list[InputFile] = []
    names: tuple[str, ...] | None = None if keys is None else tuple(keys)
    shown: dict[tuple[str, ...], str] = {}
    fits = _hadoop_glob(lookup.name_pattern) if lookup.name_pattern else None
    for path in paths:
        root, pattern, depth = _root(path)
        before = len(found)
        seen = False
        for info in listing.data_files(storage, root, exclusions):
            relative = urls.relative(root, info.url)
            if pattern is not None and not pattern(relative):
                continue
            seen = True
            if fits is not None and not fits(relative.rpartition("/")[2]):
                continue
            below = urls.relative(base, info.url) if base else "/".join(relative.split("/")[depth:])
            parsed = partitions.parse(below if lookup.partitions else "")
            if not lookup.plain_folders and not parsed.keys and "/" in below:
                continue
            shown.setdefault(parsed.keys, info.url)
            if names is None:
                names = parsed.keys
            if keys is None and parsed.keys != names:
                raise MixedPartitionsError(shown[names], info.url)
            values = dict(zip(parsed.keys, parsed.values, strict=True))
            if keep is None or keep(values):
                found.append(InputFile(info, tuple(values.get(key) for key in names)))
        if not seen and len(found) == before and not _exists(storage, root, pattern is not None):
            raise PathNotFoundError(path)
    return Listing(names or (), tuple(found))


def _exists(storage: Storage, root: str, is_pattern: bool) -> bool:
    """Tell an empty folder, which reads as no rows, from a missing one."""
    if is_pattern:
        return False
    if storage.stat(root) is not None:
        return True
    folder = storage.list_folder(root)
    return any(True for _ in folder.folders) or any(True for _ in folder.objects)


def _root(path: str) -> tuple[str, Callable[[str], bool] | None, int]:
    """Split a path with wildcards into the folder to list, a test of what is below it, and the folders it
    matches.
    """
    normal = urls.normalise(path)
    if not any(character in _WILDCARDS for character in normal):
        return normal, None, 0
    parts = normal.split("/")
    first = next(index for index, part in enumerate(parts) if any(c in _WILDCARDS for c in part))
    # A matched folder is read with all below it, as Spark does.
    match = _hadoop_glob("/".join(parts[first:]).rstrip("/"))
    return "/".join(parts[:first]), match, len([part for part in parts[first:] if part])


def _hadoop_glob(pattern: str) -> Callable[[str], bool]:
    """Compile Hadoop's path patterns: `*` stays within a folder, `{a,b}` chooses, `[a-z]` is a class."""
    import re

    out: list[str] = []
    braces = 0
    index = 0
    while index < len(pattern):
        character = pattern[index]
        if character == "*":
            out.append("[^/]*")
        elif character == "?":
            out.append("[^/]")
        elif character == "{":
            out.append("(?:")
            braces += 1
        elif character == "}" and braces:
            out.append(")")
            braces -= 1
        elif character == "," and braces:
            out.append("|")
        elif character == "[" and "]" in pattern[index:]:
            end = pattern.index("]", index)
            inside = pattern[index + 1 : end].replace("\\", "\\\\")
            out.append(f"[{'^' + inside[1:] if inside[:1] in {'!', '^'} else inside}]")
            index = end
        elif character == "\\" and index + 1 < len(pattern):
            index += 1
            out.append(re.escape(pattern[index]))
        else:
            out.append(re.escape(character))
        index += 1
    compiled = re.compile("".join(out) + "(?:/.*)?", re.DOTALL)
    return lambda relative: compiled.fullmatch(relative) is not None
