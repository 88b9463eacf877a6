"""`isinglass catalog`: a whole catalog to files, from files, and from one place to another."""

import shlex
from collections.abc import Callable, Iterator
from dataclasses import replace
from itertools import chain
from pathlib import Path
from typing import Any

import click

from isinglass.cli import transfers
from isinglass.cli.errors import INVALID, CliError, usage
from isinglass.cli.session import Session
from isinglass.domain.catalog_ids import account_of
from isinglass.transfer.files import STANDARD, LineTooLong, UnreadableFile, lines_of
from isinglass.transfer.hive.dump import DumpUnreadable
from isinglass.transfer.importing import entries_of, import_records
from isinglass.transfer.mapping import InvalidMapping, Remap, UnreachedPlaces, parse_remap
from isinglass.transfer.putting import Target
from isinglass.transfer.records import CATALOG, decode
from isinglass.transfer.report import Choices, Entry, Problem, Report, Stopped
from isinglass.transfer.secrets import PassphraseSeal
from isinglass.transfer.wanted import Wanted
from isinglass.transfer.writing import Written, write_file, write_folder


def _options(*options: Callable[[Any], Any]) -> Callable[[Any], Any]:
    def decorate(function: Any) -> Any:
        for option in reversed(options):
            function = option(function)
        return function

    return decorate


_SELECTION = _options(
    click.option("--database", "databases", multiple=True, metavar="PATTERN", help="Only such; repeat it."),
    click.option(
        "--table",
        "tables",
        multiple=True,
        metavar="PATTERN",
        help="Only such: 'orders*', 'sales.*'; repeat it.",
    ),
    click.option(
        "--with",
        "more",
        multiple=True,
        type=click.Choice(transfers.PARTS_ON_DEMAND),
        help="Also these parts.",
    ),
    click.option(
        "--without", "less", multiple=True, type=click.Choice(transfers.PARTS_USUAL), help="Not these parts."
    ),
    click.option(
        "--catalog-id", metavar="ID", help="A nested catalog, as sales/emea; default: the account's own."
    ),
    click.option("--threads", type=click.IntRange(1, 64), help="Requests in flight."),
)
_SOURCE = _options(
    click.option("--from", "origin", metavar="aws|PROFILE", help="Live AWS, or the server of a profile."),
    click.option("--from-profile", metavar="NAME", help="With --from aws: a profile of the AWS tools."),
    click.option("--from-region", metavar="REGION", help="With --from aws: the region."),
    click.option("--from-endpoint", metavar="URL", help="With --from aws: another endpoint."),
    click.option(
        "--segments", type=click.IntRange(1, 10), help="Read large tables in so many parts at once."
    ),
)
_ON_ERROR = click.option(
    "--on-error",
    type=click.Choice(["stop", "continue"]),
    default="stop",
    show_default=True,
    help="After a bad line, a refused record, or a table that may not be read.",
)
_CONFLICTS = _options(
    click.option(
        "--on-conflict",
        type=click.Choice(["skip", "replace", "fail"]),
        default="skip",
        show_default=True,
        help="What is there and differs: keep it, replace it, or stop.",
    ),
    _ON_ERROR,
    click.option("--dry-run", is_flag=True, help="Show what would be done; write nothing."),
    click.option("--map", "places", multiple=True, metavar="OLD=NEW", help="Tell locations anew; repeat it."),
    click.option(
        "--map-account",
        "accounts",
        multiple=True,
        metavar="OLD=NEW",
        help="Tell account ids anew; repeat it.",
    ),
)
_PASSPHRASE = click.option(
    "--passphrase-file", type=click.Path(exists=True, dir_okay=False), help="Seals the connections' secrets."
)


@click.group("catalog")
def command() -> None:
    r"""Move whole catalogs: to files, from files, from AWS, from Hive.

    \b
    Examples:
      isinglass catalog export catalog.jsonl.gz
      isinglass catalog import catalog.jsonl.gz --map s3://old/=s3://new/ --dry-run
      isinglass catalog copy --from aws --from-region eu-west-1
      isinglass catalog import hive metastore.sql.gz --map hdfs://nn:8020/=s3://lake/
    """


@command.command("export", short_help="Write a catalog to a file or a folder.")
@click.argument("path")
@_SELECTION
@_SOURCE
@_PASSPHRASE
@_ON_ERROR
@click.option("--resume", is_flag=True, help="Go on where an interrupted export to the same file ended.")
@click.pass_obj
def export(session: Session, /, path: str, resume: bool, **given: Any) -> int:
    r"""Write a catalog to a file (.jsonl, .jsonl.gz, .jsonl.zst, - for standard output) or a folder/.

    \b
    Examples:
      isinglass catalog export catalog.jsonl.zst
      isinglass catalog export catalog/ --database 'sales*'
      isinglass catalog export aws.jsonl.gz --from aws --profile prod --region eu-west-1
    """
    is_folder = path != STANDARD and (path.endswith("/") or Path(path).is_dir())
    whole = is_folder or path == STANDARD
    if resume and whole:
        raise usage("--resume goes on with a file", "a folder is written anew, table by table")
    with transfers.told_errors(transfers.again() if whole else transfers.again("--resume")):
        if not whole:
            _check_folder(Path(path).parent)
        source = _source_of(session, given)
        place = transfers.open_source(session, source, given["catalog_id"])
        place = transfers.for_catalog(place, given["threads"], given["segments"])
        seal = transfers.seal_of(given["passphrase_file"], place.catalog_id)
        left_out = transfers.LeftOut(session)
        reader = transfers.reader_of(
            session, place, _wanted(given), seal, left_out, whole_tables=_stops(given)
        )
        written = Written(tell=transfers.ticking(_counted, session))
        if is_folder:
            write_folder(reader, Path(path), written)
        else:
            write_file(reader, path, written, resume=resume)
    transfers.end_progress()
    if path != STANDARD and session.output in {"json", "ndjson"}:
        session.thing({"Path": path, "Counts": dict(written.counts)}, [])
    else:
        session.say(f"Wrote {_counted(written)} of {place.name} to {path}")
    return 1 if left_out.number else 0


def _check_folder(folder: Path) -> None:
    """Refuse a folder that takes no file, before a whole catalog is read for it."""
    if folder.is_dir():
        return
    if folder.exists():
        raise CliError(f"{folder} is no folder", hint="name a file in a folder", exit_code=INVALID)
    make = f"mkdir -p {shlex.quote(str(folder))}"
    raise CliError(f"there is no folder {folder}", hint=make, exit_code=INVALID)


@command.command("import", short_help="Put what a file or a folder holds into the catalog.")
@click.argument("words", nargs=-1, required=True, metavar="[hive] PATH")
@_SELECTION
@_CONFLICTS
@_PASSPHRASE
@click.option("--hive-catalog", default="hive", show_default=True, help="Which catalog of a Hive metastore.")
@click.pass_obj
def import_(session: Session, /, words: tuple[str, ...], hive_catalog: str, **given: Any) -> int:
    r"""Put what a file or a folder holds into the catalog; it can run again, what is done is not done twice.

    \b
    Examples:
      isinglass catalog import catalog.jsonl.gz --dry-run
      isinglass catalog import catalog/ --on-conflict replace --database 'sales*'
      isinglass catalog import hive metastore.sql --map hdfs://nn:8020/=s3://lake/
    """
    kind, path = words if len(words) == 2 else ("", *words) if len(words) == 1 else ("?", "")
    if kind not in {"", "hive"}:
        raise usage(
            f"catalog import takes one file or folder, not {len(words)}", "isinglass catalog import --help"
        )
    with transfers.told_errors(transfers.again()):
        place = transfers.open_server(session.profile, given["catalog_id"], path)
        report = _report(session, given, place)
        if kind == "hive":
            from isinglass.transfer.hive.metastore import hive_entries

            entries = hive_entries(path, hive_catalog, lambda text: session.say(f"note: {text}"))
            return _import(session, place, report, entries, given)
        return _import(session, place, report, entries_of(lines_of(path), report), given)


@command.command("copy", short_help="Copy a catalog from AWS or another server.")
@_SELECTION
@_SOURCE
@_CONFLICTS
@click.option("--secrets", is_flag=True, help="Copy the connections' secrets, too.")
@click.pass_obj
def copy(session: Session, /, secrets: bool, **given: Any) -> int:
    r"""Copy a catalog from live AWS or another server into this profile's.

    \b
    Examples:
      isinglass catalog copy --from aws --from-profile prod --from-region eu-west-1 --dry-run
      isinglass catalog copy --from staging --table 'sales.*' --on-conflict replace
    """
    if given["origin"] is None:
        raise usage("--from is missing: where is the catalog copied from?", "--from aws, or --from PROFILE")
    with transfers.told_errors(transfers.again()):
        source = transfers.Source(
            given["origin"], given["from_profile"], given["from_region"], given["from_endpoint"]
        )
        origin = transfers.open_source(session, source, None)
        origin = transfers.for_catalog(origin, given["threads"], given["segments"])
        place = transfers.open_server(session.profile, given["catalog_id"], origin.name)
        seal = transfers.passing_seal(origin.catalog_id) if secrets else None
        left_out = transfers.LeftOut(session)
        reader = transfers.reader_of(
            session, origin, _wanted(given), seal, left_out, whole_tables=_stops(given)
        )

        def entries() -> Iterator[Entry]:
            for section in reader.sections():
                for line in section.lines:
                    yield Entry(origin.name, decode(line), len(line))

        code = _import(session, place, _report(session, given, place), entries(), given, seal)
        return 1 if left_out.number else code


def _import(
    session: Session,
    place: transfers.Place,
    report: Report,
    entries: Iterator[Entry],
    given: dict[str, Any],
    seal: PassphraseSeal | None = None,
) -> int:
    """Import records and tell of it; returns the exit code."""
    remap = _remap(given)
    unreached = UnreachedPlaces()
    target = Target(place.glue, place.account_id, place.region, report, seal, place.catalog_id)
    ended: Stopped | None = None
    try:
        first, rest = _opened(entries)
        if first is None and not report.problems:
            raise CliError("there is nothing to import: it has no records", exit_code=INVALID)
        if given.get("passphrase_file") and first is not None and first.record.kind == CATALOG:
            sealed_for = str(first.record.more.get("CatalogId", ""))
            target = replace(target, seal=transfers.seal_of(given["passphrase_file"], sealed_for))
        import_records(target, _told_anew(rest, _for_account(remap, first, place), unreached))
    except Stopped as error:
        ended = error
    except (LineTooLong, UnreadableFile, DumpUnreadable) as error:
        raise CliError(str(error), exit_code=INVALID) from error
    transfers.show_report(session, report, dict(unreached.counts))
    if ended is not None:
        raise transfers.stopped(ended)
    return 1 if report.failures or report.problems else 0


def _opened(entries: Iterator[Entry]) -> tuple[Entry | None, Iterator[Entry]]:
    """Look at the first record, which says whose catalog it is."""
    first = next(entries, None)
    return (None, entries) if first is None else (first, chain([first], entries))


def _told_anew(entries: Iterator[Entry], remap: Remap, unreached: UnreachedPlaces) -> Iterator[Entry]:
    for entry in entries:
        told = replace(entry, record=remap.apply(entry.record))
        unreached.look(told.record)
        yield told


def _stops(given: dict[str, Any]) -> bool:
    return bool(given["on_error"] == "stop")


def _remap(given: dict[str, Any]) -> Remap:
    """Read what is told anew."""
    try:
        return parse_remap(given["places"], given["accounts"])
    except InvalidMapping as error:
        raise usage(str(error)) from error


def _for_account(remap: Remap, first: Entry | None, place: transfers.Place) -> Remap:
    """Let the account that a file is of become this one, unless told otherwise."""
    if first is None or first.record.kind != CATALOG:
        return remap
    own = account_of(str(first.record.more.get("CatalogId", "")))
    if own == place.account_id:
        return remap
    return replace(remap, accounts={own: place.account_id, **remap.accounts})


def _report(session: Session, given: dict[str, Any], place: transfers.Place) -> Report:
    choices = Choices(
        wanted=_wanted(given, versions=True),
        on_conflict=given["on_conflict"],
        dry_run=given["dry_run"],
        go_on=not _stops(given),
        threads=given["threads"] or place.threads,
    )

    def told(problem: Problem) -> None:
        if choices.go_on:
            transfers.end_progress()
            session.say(str(problem))

    return Report(choices, transfers.ticking(_done, session), told)


def _wanted(given: dict[str, Any], *, versions: bool = False) -> Wanted:
    # What a file holds on demand was asked for when it was written.
    more = transfers.PARTS_ON_DEMAND if versions else given["more"]
    less = (*given["less"], *transfers.PARTS_OF_ACCOUNT) if given["catalog_id"] else given["less"]
    return transfers.wanted_of(given["databases"], given["tables"], more, less)


def _source_of(session: Session, given: dict[str, Any]) -> transfers.Source:
    """Read where to export from: with `--from aws`, the global flags speak of AWS, for no server is asked."""
    flags = session.flags if given["origin"] == transfers.AWS else {}
    return transfers.Source(
        given["origin"],
        given["from_profile"] or flags.get("profile"),
        given["from_region"] or flags.get("region"),
        given["from_endpoint"] or flags.get("endpoint"),
    )


def _counted(written: Written) -> str:
    told = [f"{number:,} {kind}" for kind, number in written.counts.items() if kind != CATALOG]
    return ", ".join(told) or "nothing"


def _done(report: Report) -> str:
    numbers = [f"{number:,} {kind} {outcome}" for (kind, outcome), number in report.counts.items()]
    return ", ".join(numbers)
