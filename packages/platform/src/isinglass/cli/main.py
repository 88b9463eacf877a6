"""The `isinglass` command: commands are found by name and imported only when they run."""

import os
import sys
from importlib import import_module
from typing import Any

import click

from isinglass.cli.errors import CliError, usage

#: Every command: its module, its group in the help, and what it does in a line.
COMMANDS: dict[str, tuple[str, str, str]] = {
    "up": ("isinglass.cli.commands.up", "Server", "Start the server and its object store."),
    "down": ("isinglass.cli.commands.down", "Server", "Stop a server that runs in the background."),
    "status": ("isinglass.cli.commands.status", "Server", "Show how the server is."),
    "doctor": ("isinglass.cli.commands.doctor", "Server", "Check that everything needed is there."),
    "demo": ("isinglass.cli.demo", "Server", "Load the retail scenario and run it end to end."),
    "sql": ("isinglass.cli.commands.sql", "Explore", "Run a query over the catalog's tables."),
    "tables": ("isinglass.cli.commands.tables", "Explore", "List tables."),
    "table": ("isinglass.cli.commands.table", "Explore", "Show, compare and restore tables."),
    "search": ("isinglass.cli.commands.search", "Explore", "Find tables by words."),
    "logs": ("isinglass.cli.commands.logs", "Explore", "Print the log of a run."),
    "run": ("isinglass.cli.commands.run", "Run", "Run a script or a job."),
    "crawl": ("isinglass.cli.commands.crawl", "Run", "Find tables under a path."),
    "runs": ("isinglass.cli.commands.runs", "Run", "List, show and stop job runs."),
    "db": ("isinglass.cli.commands.db", "Define", "List, create and restore databases."),
    "partition": ("isinglass.cli.commands.partition", "Define", "List, add and delete partitions."),
    "deleted": ("isinglass.cli.commands.deleted", "Define", "List and purge what was deleted."),
    "catalog": ("isinglass.cli.commands.catalog", "Define", "Move whole catalogs: files, AWS, Hive."),
    "statistics": ("isinglass.cli.commands.statistics", "Define", "Measure the columns of tables."),
    "connection": ("isinglass.cli.commands.connection", "Define", "Look at what connections lead to."),
    "glossary": ("isinglass.cli.commands.glossary", "Define", "Say what words mean."),
    "asset": ("isinglass.cli.commands.asset", "Define", "Find and describe tables and other assets."),
    "account": ("isinglass.cli.commands.account", "Access", "Make and list accounts."),
    "user": ("isinglass.cli.commands.user", "Access", "Make, list and delete users and their keys."),
    "group": ("isinglass.cli.commands.group", "Access", "Make groups of users, and say who is in them."),
    "role": ("isinglass.cli.commands.role", "Access", "Make, list and delete roles."),
    "policy": ("isinglass.cli.commands.policy", "Access", "Give permissions, and ask what they allow."),
    "key": ("isinglass.cli.commands.key", "Access", "Make, rotate and delete encryption keys."),
    "audit": ("isinglass.cli.commands.audit", "Access", "Show who asked for what."),
    "api": ("isinglass.cli.commands.api", "Escape", "Call any operation of the API."),
    "completion": ("isinglass.cli.commands.completion", "Escape", "Let a shell complete commands and names."),
    "env": ("isinglass.cli.commands.env", "Escape", "Print what makes AWS clients use the server."),
    "exec": ("isinglass.cli.commands.exec_", "Escape", "Run a program that uses the server."),
}

EXAMPLES = """\b
Examples:
  isinglass up                                   start the server
  isinglass demo                                 see it do its work
  isinglass crawl s3://lake/raw/ --db raw        find the tables in a folder
  isinglass sql 'select * from raw.orders'       look into them
  isinglass run clean.py --arg day=2026-01-31    run a Glue script
  eval "$(isinglass env)"                        let boto3 and aws use the server
"""

#: Global flags may stand anywhere on the line; those of True take a value.
_GLOBAL = {
    "--profile": ("profile", True), "-p": ("profile", True), "--account": ("account", True),
    "-A": ("account", True), "--region": ("region", True), "--endpoint": ("endpoint", True),
    "--output": ("output", True), "-o": ("output", True), "--quiet": ("quiet", False), "-q": ("quiet", False),
    "--debug": ("debug", False), "--allow-aws": ("allow_aws", False), "--json": ("json", False),
}  # fmt: skip


class ReaderGone(Exception):
    """Whoever read the output has seen enough."""


class LazyGroup(click.Group):
    """Knows its commands' names and one-line helps; imports a command when it is used."""

    def invoke(self, ctx: click.Context) -> Any:
        try:
            result = super().invoke(ctx)
            sys.stdout.flush()
        except BrokenPipeError as error:
            raise ReaderGone from error  # click would end with another code than ours
        return result

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002 - click's signature
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:  # noqa: ARG002 - click's
        if cmd_name not in COMMANDS:
            return None
        module = import_module(COMMANDS[cmd_name][0])
        command: click.Command = module.command
        _keep_examples(command)
        return command

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        if args and args[0] not in COMMANDS and not ctx.resilient_parsing:
            raise unknown(args[0])
        return super().resolve_command(ctx, args)

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:  # noqa: ARG002 - click's
        for group in dict.fromkeys(entry[1] for entry in COMMANDS.values()):
            with formatter.section(group):
                formatter.write_dl(
                    [(name, entry[2]) for name, entry in COMMANDS.items() if entry[1] == group]
                )
        with formatter.section("Anywhere on the line"):
            formatter.write_dl(
                [
                    ("-o, --output FORMAT", "table, json, ndjson, csv or name (--json for -o json)"),
                    ("-p, --profile NAME", "a profile of the configuration file"),
                    ("--endpoint URL, --region R, -A, --account ID", "instead of the profile's"),
                    ("-q, --quiet", "results only"),
                    ("--debug", "show where an error comes from"),
                ]
            )


def _keep_examples(command: click.Command) -> None:
    """Keep click from refilling examples: it wants a control character, which raw docstrings spell out."""
    command.help = (command.help or "").replace("\\b\n", "\b\n")
    for inner in getattr(command, "commands", {}).values():
        _keep_examples(inner)


def unknown(name: str) -> CliError:
    """Say that there is no such command, and which one may have been meant."""
    import difflib

    close = difflib.get_close_matches(name, COMMANDS, 1)
    meant = f'did you mean "{close[0]}"?   isinglass {close[0]} --help' if close else "isinglass --help"
    return usage(f'unknown command "{name}"', meant)


def _version(ctx: click.Context, _parameter: click.Parameter, value: bool) -> None:
    if value:
        from isinglass.cli.version import VERSION

        print(f"isinglass {VERSION}")
        ctx.exit()


@click.group(
    cls=LazyGroup,
    epilog=EXAMPLES,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
)
@click.option(
    "--version", is_flag=True, is_eager=True, expose_value=False, callback=_version, help="Show the version."
)
@click.pass_context
def root(ctx: click.Context) -> None:
    """Isinglass: an open, self-hosted ETL platform that speaks AWS Glue."""


def split_flags(arguments: list[str]) -> tuple[dict[str, str], list[str]]:
    """Take the global flags out of a command line; what follows `--` is another program's."""
    flags: dict[str, str] = {}
    rest: list[str] = []
    queue = list(arguments)
    while queue:
        argument = queue.pop(0)
        if argument == "--":
            return flags, [*rest, argument, *queue]
        name, equals, value = argument.partition("=") if argument.startswith("--") else (argument, "", "")
        if name not in _GLOBAL:
            rest.append(argument)
            continue
        member, takes_value = _GLOBAL[name]
        if not takes_value:
            flags.update({"output": "json"} if member == "json" else {member: "1"})
        elif equals:
            flags[member] = value
        elif queue:
            flags[member] = queue.pop(0)
        else:
            raise usage(f"{name} needs a value")
    return flags, rest


def main(arguments: list[str] | None = None) -> None:
    """Run the command line and exit with its code."""
    sys.exit(invoke(sys.argv[1:] if arguments is None else arguments))


def invoke(arguments: list[str]) -> int:
    """Run the command line; returns its exit code."""
    wants_json, debug = _wants_json(arguments), "--debug" in arguments
    try:
        from isinglass.cli.session import Session

        flags, rest = split_flags(arguments)
        session = Session(flags)
        _ = session.output  # a wrong format is told before anything is done
        result: Any = root.main(rest, prog_name="isinglass", standalone_mode=False, obj=session)
        return result if isinstance(result, int) else 0
    except CliError as error:
        _report(error, as_json=wants_json, debug=debug)
        return error.exit_code
    except click.exceptions.NoArgsIsHelpError as error:
        print(error.format_message())
        return 0
    except click.ClickException as error:
        hint = f"{error.ctx.command_path} --help" if isinstance(error, click.UsageError) and error.ctx else ""
        _report(usage(_sentence(error.format_message()), hint), as_json=wants_json, debug=debug)
        return 2
    except (KeyboardInterrupt, click.Abort):
        return 130
    except ReaderGone:
        # Python must not try to flush it again at exit.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 141


def _wants_json(arguments: list[str]) -> bool:
    """Tell whether a program reads the output, and so wants errors that it can read, too."""
    try:
        flags, _ = split_flags(arguments)
    except CliError:
        return False
    return (flags.get("output") or os.environ.get("ISINGLASS_OUTPUT")) in {"json", "ndjson"}


def _sentence(text: str) -> str:
    text = text.rstrip(".")
    return text[:1].lower() + text[1:]


def _report(error: CliError, *, as_json: bool, debug: bool) -> None:
    if debug:
        import traceback

        traceback.print_exc()
    sys.stdout.flush()
    print(error.document() if as_json else error.text(), file=sys.stderr)


if __name__ == "__main__":
    main()
