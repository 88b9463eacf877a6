"""Job arguments: `getResolvedOptions` with Glue's rules."""

import argparse
from collections.abc import Iterable
from typing import Any, NoReturn

BOOKMARK_ENABLE, BOOKMARK_PAUSE, BOOKMARK_DISABLE = (
    "job-bookmark-enable",
    "job-bookmark-pause",
    "job-bookmark-disable",
)
_BOOKMARK_CHOICES = (BOOKMARK_ENABLE, BOOKMARK_PAUSE, BOOKMARK_DISABLE)
#: The option's old name, with the values in the same order.
_CONTINUATION_CHOICES = ("continuation-enabled", "continuation-readonly", "continuation-ignore")

_BOOKMARK_NAMES = ("job-bookmark-option", "continuation-option", "job-bookmark-from", "job-bookmark-to")
#: Given by the service to every run; always in the result.
_SERVICE_NAMES = (
    "JOB_NAME", "JOB_ID", "JOB_RUN_ID", "SECURITY_CONFIGURATION", "encryption-type", "enable-data-lineage",
)  # fmt: skip
_TEMP_NAMES = ("TempDir", "RedshiftTempDir")

#: What the last call resolved; `Relationalize` and `Job` look up TempDir and the bookmark option here.
_resolved: dict[str, Any] = {}


class GlueArgumentError(Exception):
    """An argument that the script requires is missing or not usable."""


class _Parser(argparse.ArgumentParser):
    """Raises where argparse would end the process."""

    def error(self, message: str) -> NoReturn:
        raise GlueArgumentError(f"{self.prog}: error: {message}")


def getResolvedOptions(args: list[str], options: Iterable[str], allow_abbrev: bool = False) -> dict[str, Any]:
    """Read the named options, all required, from a script's `sys.argv`; other arguments are ignored."""
    names = list(options)
    _refuse_reserved(names)
    parser = _Parser(prog=args[0] if args else "script", allow_abbrev=allow_abbrev, add_help=False)
    for name in _SERVICE_NAMES:
        if name not in names:
            parser.add_argument(f"--{name}")
    _add_bookmark_options(parser)
    for name in _TEMP_NAMES:
        parser.add_argument(f"--{name}")
    for name in dict.fromkeys(names):
        if name not in _TEMP_NAMES:
            parser.add_argument(f"--{name}", required=True)
    parsed = vars(parser.parse_known_args(args[1:])[0])
    _fill_temp_dirs(parsed, names)
    _settle_bookmark(parsed)
    _resolved.clear()
    _resolved.update(parsed)
    return parsed


def resolved_option(name: str) -> Any:
    """Give an option of the last `getResolvedOptions`, or None."""
    return _resolved.get(name)


def _refuse_reserved(names: list[str]) -> None:
    reserved = sorted(name for name in names if name.replace("_", "-") in _BOOKMARK_NAMES)
    if reserved:
        message = (
            f"Using reserved arguments {', '.join(reserved)}: they are in the result without being asked for"
        )
        raise RuntimeError(message)


def _add_bookmark_options(parser: argparse.ArgumentParser) -> None:
    option = parser.add_mutually_exclusive_group()
    option.add_argument("--job-bookmark-option", choices=_BOOKMARK_CHOICES)
    option.add_argument("--continuation-option", choices=_CONTINUATION_CHOICES)
    parser.add_argument("--job-bookmark-from")
    parser.add_argument("--job-bookmark-to")


def _fill_temp_dirs(parsed: dict[str, Any], names: list[str]) -> None:
    """Let one of the two temporary folders stand for the other; neither is ever required."""
    given = parsed["TempDir"] or parsed["RedshiftTempDir"]
    for name in _TEMP_NAMES:
        parsed[name] = parsed[name] or given
    if given is None:
        for name in set(_TEMP_NAMES) - set(names):
            del parsed[name]


def _settle_bookmark(parsed: dict[str, Any]) -> None:
    old = parsed.pop("continuation_option", None)
    if old is not None:
        parsed["job_bookmark_option"] = _BOOKMARK_CHOICES[_CONTINUATION_CHOICES.index(old)]
    elif parsed["job_bookmark_option"] is None:
        parsed["job_bookmark_option"] = BOOKMARK_DISABLE
    bounds = {name: parsed[name] for name in ("job_bookmark_from", "job_bookmark_to")}
    given = [name for name, value in bounds.items() if value is not None]
    if not given:
        for name in bounds:
            del parsed[name]
        return
    missing = [name for name in bounds if name not in given]
    if parsed["job_bookmark_option"] != BOOKMARK_PAUSE:
        message = f"Invalid option(s) {', '.join(given)}: they need --job-bookmark-option {BOOKMARK_PAUSE}"
        raise RuntimeError(message)
    if missing:
        raise RuntimeError(f"Missing option or value for {', '.join(missing)}")
