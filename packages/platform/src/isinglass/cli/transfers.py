"""What the catalog commands share: where catalogs are read and written, progress, and reports."""

import secrets
import shlex
import sys
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from typing import Any

from isinglass.cli.errors import CONFLICT, INVALID, UNREACHABLE, CliError, api_error, usage
from isinglass.cli.interrupting import interruptible, this_command
from isinglass.cli.profiles import Profile
from isinglass.cli.reading import read_text
from isinglass.cli.session import Session
from isinglass.cli.terminal import one_line
from isinglass.domain import catalog_ids
from isinglass.domain.signature import Credentials
from isinglass.transfer.calling import CallFailed, Glue, OfCatalog, Patient
from isinglass.transfer.files import UnreadableFile
from isinglass.transfer.reading import CatalogReader, Origin
from isinglass.transfer.report import OUTCOMES, Problem, Report, Stopped
from isinglass.transfer.secrets import PassphraseSeal
from isinglass.transfer.server_glue import ServerGlue
from isinglass.transfer.wanted import OF_ACCOUNT, ON_DEMAND, USUAL, Wanted

AWS = "aws"
#: Requests in flight, and segments of a large table, where nothing else is said: AWS answers slowly and to
#: many at once, a server of ours at once and best to few.
_AWS_THREADS, _AWS_SEGMENTS = 8, 4
_OWN_THREADS, _OWN_SEGMENTS = 4, 1
_TELL_SECONDS = 0.5
#: How the dumps of databases are called.
_DUMPS = (".sql", ".sql.gz", ".sql.zst")
#: What helps who may not read a part of a catalog.
_LEAVING_OUT = {
    "GetPartitions": "--without partitions, or --on-error continue without such tables",
    "GetPartitionIndexes": "--on-error continue leaves such tables out",
}


@dataclass(frozen=True, slots=True)
class Place:
    """Where a catalog is."""

    glue: Glue
    account_id: str
    region: str
    catalog_id: str
    name: str
    threads: int
    segments: int


@dataclass(frozen=True, slots=True)
class Source:
    """What the command line says of where a catalog is read from."""

    origin: str | None
    profile: str | None
    region: str | None
    endpoint: str | None


def open_server(profile: Profile, catalog_id: str | None, imported_from: str = "") -> Place:
    """Open the catalog of a server; `imported_from` is told with whatever is written to it."""
    if not profile.access_key_id or not profile.secret_access_key:
        raise CliError(
            "there are no keys to sign requests with", facts=[f"endpoint {profile.endpoint}"],
            hint="isinglass up      (it writes a profile with its keys)",
        )  # fmt: skip
    keys = Credentials(profile.access_key_id, profile.secret_access_key, profile.session_token or None)
    server = ServerGlue(profile.endpoint, profile.region, keys, imported_from)
    account_id = server.account_id()
    glue: Glue = Patient(server)
    named = account_id
    if catalog_id:
        named = catalog_ids.join(*catalog_ids.split(catalog_id.lower(), account_id))
        glue = OfCatalog(glue, named)
    return Place(
        glue, account_id, profile.region, named, profile.endpoint, _OWN_THREADS, _OWN_SEGMENTS
    )  # fmt: skip


def open_source(session: Session, source: Source, catalog_id: str | None) -> Place:
    """Open the catalog that `--from` names: live AWS, another profile, or this profile's server."""
    if source.origin != AWS:
        if source.profile or source.endpoint:
            raise usage("--from-profile and --from-endpoint go with --from aws")
        if source.origin is None:
            return open_server(session.profile, catalog_id)
        return open_server(Session({"profile": source.origin}).profile, catalog_id)
    from isinglass.transfer.aws_glue import open_account

    account = open_account(source.profile, source.region, source.endpoint)
    glue: Glue = Patient(account.glue)
    if catalog_id:
        glue = OfCatalog(glue, catalog_id)
    name = source.endpoint or f"AWS account {account.account_id} in {account.region}"
    return Place(
        glue, account.account_id, account.region, catalog_id or account.account_id, name, _AWS_THREADS,
        _AWS_SEGMENTS,
    )  # fmt: skip


@dataclass(slots=True)
class LeftOut:
    """Tells of what an export leaves out because it may not be read."""

    session: Session
    number: int = 0

    def __call__(self, text: str) -> None:
        end_progress()
        self.number += 1
        self.session.say(text)


def reader_of(
    session: Session,
    place: Place,
    wanted: Wanted,
    seal: PassphraseSeal | None,
    left_out: LeftOut,
    *,
    whole_tables: bool,
) -> CatalogReader:
    """Make what reads a catalog: tables that may not be read end it where only `whole_tables` will do."""
    origin = Origin(place.account_id, place.region, place.catalog_id)
    return CatalogReader(
        place.glue, origin, wanted, seal, place.threads, place.segments,
        note=lambda text: session.say(f"note: {text}"), left_out=None if whole_tables else left_out,
        refused=left_out,
    )  # fmt: skip


def wanted_of(
    databases: Iterable[str], tables: Iterable[str], more: Iterable[str], less: Iterable[str]
) -> Wanted:
    """Read which parts of a catalog are wanted."""
    return Wanted(tuple(databases), tuple(tables), frozenset((*USUAL, *more)) - frozenset(less))


PARTS_ON_DEMAND, PARTS_USUAL, PARTS_OF_ACCOUNT = ON_DEMAND, USUAL, OF_ACCOUNT


def seal_of(passphrase_file: str | None, catalog_id: str) -> PassphraseSeal | None:
    """Make the seal of a passphrase, which is a file's first line."""
    if passphrase_file is None:
        return None
    lines = read_text(passphrase_file).splitlines()
    if not lines or not lines[0].strip():
        raise CliError(f"{passphrase_file} has no passphrase in its first line", exit_code=INVALID)
    return PassphraseSeal(lines[0].strip(), catalog_id)


def passing_seal(catalog_id: str) -> PassphraseSeal:
    """Make a seal for secrets that go from one server to another without lying anywhere."""
    return PassphraseSeal(secrets.token_urlsafe(32), catalog_id)


def again(*more: str) -> str:
    """Say how to go on with what was interrupted."""
    return f"what is done is not done twice; go on with\n    {this_command(*more)}"


@contextmanager
def told_errors(go_on: str) -> Iterator[None]:
    """Tell failures of a transfer as the command line does, and how to `go_on` after one that passes."""
    try:
        with interruptible(go_on, end_progress):
            yield
    except CallFailed as error:
        end_progress()
        if error.code == "Unreachable":
            raise CliError(error.message, exit_code=UNREACHABLE, hint=go_on) from error
        failure = api_error(error.code, error.message, "")
        failure.where = error.operation
        failure.hint = _LEAVING_OUT.get(error.operation) or failure.hint
        raise failure from error
    except BrokenPipeError:
        raise  # nothing is wrong with the transfer: whoever read its output has seen enough
    except UnreadableFile as error:
        end_progress()
        raise CliError(str(error), exit_code=INVALID) from error
    except OSError as error:
        end_progress()
        raise CliError(f"{error.filename or 'file'}: {error.strerror or error}", exit_code=INVALID) from error


def ticking(show: Callable[[Any], str], session: Session) -> Callable[[Any], None]:
    """Make what shows progress on a terminal, at most twice a second."""
    if session.quiet or not sys.stderr.isatty():
        return lambda _: None
    last = [0.0]

    def tell(state: Any) -> None:
        now = time.monotonic()
        if now - last[0] >= _TELL_SECONDS:
            last[0] = now
            print(f"\r\x1b[K{show(state)}", end="", file=sys.stderr, flush=True)

    return tell


def end_progress() -> None:
    """Clear the line that shows progress."""
    if sys.stderr.isatty():
        print("\r\x1b[K", end="", file=sys.stderr, flush=True)


def show_report(session: Session, report: Report, unreached: dict[str, int]) -> None:
    """Print what an import did."""
    end_progress()
    document = report.document()
    if unreached:
        document["UnreachedLocations"] = unreached
    if session.output in {"json", "ndjson"}:
        session.thing(document, [])
        return
    rows = [
        [kind, *(counts.get(outcome, 0) for outcome in OUTCOMES)] for kind, counts in report.by_kind().items()
    ]
    session.rows(["kind", *OUTCOMES], rows, [])
    for change in report.changes[:20]:
        session.say(
            f"{'would be ' if report.choices.dry_run else ''}{change.outcome}: {one_line(change.what)}"
        )
        for difference in change.differences:
            session.say(f"    {one_line(difference)}")
    if len(report.changes) > 20:
        session.say(f"… and {len(report.changes) - 20} more; --json lists them")
    for address, number in sorted(unreached.items()):
        session.say(f"{number} locations are in {address}, which jobs here do not reach")
        session.say(f"    --map {address}=s3://BUCKET/ tells them anew")


def stopped(error: Stopped) -> CliError:
    """Tell that an import ended early."""
    problem: Problem = error.problem
    file = problem.where.rpartition(":")[0]
    if not problem.what and file.endswith(_DUMPS):
        hint = f"for the dump of a metastore: isinglass catalog import hive {shlex.quote(file)}"
        return CliError(problem.why, where=problem.where, hint=hint, exit_code=INVALID)
    return CliError(
        problem.why,
        where=problem.where,
        facts=[problem.what] if problem.what else [],
        hint=(
            "--on-conflict skip or replace"
            if error.conflict
            else "put it right and run the command again, or --on-error continue to import the rest"
        ),
        exit_code=CONFLICT if error.conflict else INVALID,
    )


def for_catalog(place: Place, threads: int | None, segments: int | None) -> Place:
    """Take the numbers that the command line gives."""
    return replace(place, threads=threads or place.threads, segments=segments or place.segments)
