"""Look at one include path: list it once, open the files that tell enough, remember the rest."""

from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field, replace
from itertools import islice
from typing import Any, Protocol

from isinglass.crawl import memory, sampling, units
from isinglass.crawl.folders import Bunch, Bunches, relative_parts, suffix_of
from isinglass.crawl.found import Findings, Looked, Skipped
from isinglass.crawl.settings import CrawlSettings
from isinglass.crawl.shape import Shape
from isinglass_connectors.storage.errors import StorageError
from isinglass_connectors.storage.listing import data_files
from isinglass_connectors.storage.objects import ObjectInfo
from isinglass_connectors.storage.storage import Storage

#: Small range reads wait for the network more than for the processor.
_READERS = 16
#: A folder of tables of its own is opened whole up to this many files.
_MOST_OPENED_IN_A_FOLDER = 5000
#: Files deeper below the include path belong to no table.
_DEEPEST = 100
#: Skipped files are named up to here, and counted beyond.
_MOST_NAMED = 100


class Cancelled(Exception):
    """Somebody asked the crawl to stop."""


@dataclass(frozen=True, slots=True)
class Target:
    """One include path; `root` ends in a slash, and `file` is set when the path names a single object."""

    path: str
    root: str
    exclusions: tuple[str, ...] = ()
    sample_size: int | None = None


@dataclass(frozen=True, slots=True)
class Opened:
    """What opening a file showed: its shape and number of records, or why it has none."""

    shape: Shape | None
    records: float = 0.0
    reason: str = ""


class Watch(Protocol):
    """Who follows a crawl: learns how far it is, and may stop it by raising Cancelled."""

    def objects(self, count: int) -> None:
        """Learn that so many objects were listed so far."""
        ...

    def sampled(self, count: int) -> None:
        """Learn that so many files were opened so far."""
        ...


@dataclass(slots=True)
class Survey:
    """All that is known of one target after looking at it."""

    target: Target
    findings: list[Findings] = field(default_factory=list)
    skipped: list[Skipped] = field(default_factory=list)
    objects: int = 0
    size: int = 0
    sampled: int = 0
    #: The target is one object, not a folder.
    single_file: bool = False
    #: Documents to remember, and bunches that are gone.
    remember: dict[str, Any] = field(default_factory=dict)
    forget: list[str] = field(default_factory=list)


class Surveyor:
    """Looks at targets with one pool of readers and one memory."""

    def __init__(
        self,
        storage: Storage,
        open_file: Callable[[Storage, ObjectInfo], Opened],
        settings: CrawlSettings,
        watch: Watch,
        book: memory.ShapeBook,
    ) -> None:
        self._storage = storage
        self._open_file = open_file
        self._settings = settings
        self._watch = watch
        self._book = book
        self._sampled = 0
        self._listed = 0

    def look(self, target: Target, known: dict[str, Any]) -> Survey:
        """List a target and open what is new; `known` is what was remembered of its bunches."""
        survey = Survey(target)
        bunches = self._list(target, survey)
        how = f"{target.sample_size or ''}/{self._settings.open_all}"
        fresh: list[Bunch] = []
        for bunch in bunches:
            document = known.pop(memory.bunch_key(bunch.folder, bunch.suffix), None)
            trust = self._settings.new_folders_only
            recalled = memory.recall(bunch, document, self._book, how, trust=trust)
            if recalled is None:
                fresh.append(bunch)
            else:
                survey.findings.append(recalled)
        before = self._sampled
        looked = self._open_fresh(survey.target, fresh)
        survey.findings += looked
        survey.sampled = self._sampled - before
        for findings in looked:
            if any(file.failed for file in findings.looked):
                continue
            key = memory.bunch_key(findings.folder, findings.suffix)
            survey.remember[key] = memory.to_document(findings, self._book, how)
        survey.forget = list(known)
        return survey

    def _list(self, target: Target, survey: Survey) -> Bunches:
        bunches = Bunches(target.root, keep_all=self._settings.open_all)
        skipped: dict[str, int] = {}

        def skip(info: ObjectInfo, reason: str) -> None:
            skipped[reason] = skipped.get(reason, 0) + 1
            if skipped[reason] <= _MOST_NAMED and reason != "folder marker":
                survey.skipped.append(Skipped(info.url.removeprefix(target.root), reason))

        for info in data_files(self._storage, target.path, target.exclusions, skip):
            if info.url == target.path:
                # The path names an object: it is crawled as the only file of its folder.
                survey.single_file = True
                survey.target = target = replace(target, root=f"{target.path.rpartition('/')[0]}/")
                bunches = Bunches(target.root)
            if info.url.count("/") - target.root.count("/") > _DEEPEST:
                skip(info, f"more than {_DEEPEST} folders deep")
                continue
            bunches.add(info)
            if bunches.files % 500 == 0:
                self._watch.objects(self._listed + bunches.files)
        survey.skipped += [
            Skipped("…", reason, count - _MOST_NAMED)
            for reason, count in skipped.items()
            if count > _MOST_NAMED and reason != "folder marker"
        ]
        survey.objects, survey.size = bunches.files + sum(skipped.values()), bunches.size
        self._listed += survey.objects
        self._watch.objects(self._listed)
        return bunches

    def _open_fresh(self, target: Target, fresh: list[Bunch]) -> list[Findings]:
        limit = sampling.files_per_bunch(fresh, target.sample_size, open_all=self._settings.open_all)
        chosen = [sampling.choose(bunch, limit) for bunch in fresh]
        looked = iter(self._open_all(info for infos in chosen for info in infos))
        findings = [
            self._findings(target, bunch, tuple(islice(looked, len(infos))))
            for bunch, infos in zip(fresh, chosen, strict=True)
        ]
        return [self._settle(target, found) for found in findings]

    def _findings(self, target: Target, bunch: Bunch, looked: tuple[Looked, ...]) -> Findings:
        return Findings(
            bunch.folder,
            bunch.suffix,
            bunch.count,
            bunch.size,
            bunch.modified,
            bunch.fingerprint,
            looked,
            exhausted=len(looked) == bunch.count or target.sample_size is not None,
        )

    def _settle(self, target: Target, findings: Findings) -> Findings:
        """Open the other files of a bunch when those opened disagree about what they are."""
        if not units.needs_more(findings, self._settings.grouping):
            return findings
        known = {looked.name for looked in findings.looked}
        folder = target.root + "".join(f"{component}/" for component in findings.folder)
        others = [
            info
            for info in data_files_of_folder(self._storage, target, folder)
            if suffix_of(relative_parts(info.url, folder)[1]) == findings.suffix
            and relative_parts(info.url, folder)[1] not in known
        ]
        more = tuple(self._open_all(others[:_MOST_OPENED_IN_A_FOLDER]))
        return replace(findings, looked=findings.looked + more, exhausted=True)

    def _open_all(self, infos: Iterable[ObjectInfo]) -> Iterator[Looked]:
        """Open files in threads, in order; at most a few per reader are ahead of what was taken."""
        with ThreadPoolExecutor(_READERS, thread_name_prefix="crawl") as pool:
            waiting = iter(infos)
            pending = [pool.submit(self._open, info) for info in islice(waiting, 4 * _READERS)]
            try:
                while pending:
                    looked = pending.pop(0).result()
                    self._sampled += 1
                    if self._sampled % 16 == 0:
                        self._watch.sampled(self._sampled)
                    pending += [pool.submit(self._open, info) for info in islice(waiting, 1)]
                    yield looked
            finally:
                for future in pending:
                    future.cancel()

    def _open(self, info: ObjectInfo) -> Looked:
        name = info.url.rsplit("/", 1)[-1]
        try:
            opened = self._open_file(self._storage, info)
        except StorageError as error:
            return Looked(name, info.size, reason=error.reason, failed=True)
        return Looked(name, info.size, opened.shape, opened.reason, opened.records)


def data_files_of_folder(storage: Storage, target: Target, folder: str) -> Iterator[ObjectInfo]:
    """List the data files directly in one folder of a target."""
    from isinglass_connectors.storage import globs
    from isinglass_connectors.storage.listing import is_data

    for info in storage.list_folder(folder).objects:
        path = info.url.removeprefix(target.root)
        if info.size and is_data(path) and not globs.excluded(path, target.exclusions):
            yield info
