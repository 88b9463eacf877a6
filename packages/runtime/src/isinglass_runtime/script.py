"""Run a user's script as `__main__` and say in one line what went wrong."""

import builtins
import linecache
import sys
import traceback
import types
from dataclasses import dataclass
from pathlib import Path

from isinglass_runtime.engine_messages import with_plain_names

#: What engines say when a hash join has eaten the memory they were given.
ALLOCATION_FAILURES = ("Failed to allocate additional", "Resources exhausted")


@dataclass(frozen=True, slots=True)
class Outcome:
    """How a script ended; `error` is None for success."""

    exit_code: int
    error: str | None = None
    allocation_failed: bool = False
    #: What the embedded engine cannot do and Apache Spark can.
    needs_spark: str | None = None


def execute(path: Path, argv: list[str]) -> Outcome:
    """Execute a script with `sys.argv` set; its traceback goes to stderr without our own frames."""
    sys.argv = [str(path), *argv]
    sys.path.insert(0, str(path.parent))
    module = types.ModuleType("__main__")
    module.__dict__.update(__file__=str(path), __builtins__=builtins, __annotations__={})
    sys.modules["__main__"] = module
    try:
        code = compile(path.read_bytes(), str(path), "exec", dont_inherit=True)
        exec(code, module.__dict__)  # noqa: S102 - running the user's script is what this process is for
    except SystemExit as exit_:
        return _of_exit(exit_)
    except BaseException as error:  # KeyboardInterrupt, too, is an outcome of the script
        _print(error, path)
        return Outcome(1, describe(error, path), _is_allocation_failure(error))
    return Outcome(0)


def describe(error: BaseException, path: Path) -> str:
    """Put what went wrong and the script line it came from into one line."""
    summary = f"{type(error).__name__}: {_first_cause(error)}".removesuffix(": ")
    line, text = _script_line(error, path)
    if line is None:
        return summary
    return f"{summary} ({path.name}, line {line}{f': {text}' if text else ''})"


def _first_cause(error: BaseException) -> str:
    """Take the telling line of a message: its first, or the last of a worker's traceback inside it."""
    message = error.msg if isinstance(error, SyntaxError) else str(error)
    lines = [line.strip() for line in with_plain_names(message).splitlines() if line.strip()]
    if not lines:
        return ""
    return lines[-1] if any(line.startswith("Traceback (most recent") for line in lines) else lines[0]


def _script_line(error: BaseException, path: Path) -> tuple[int | None, str]:
    if isinstance(error, SyntaxError):
        # Its message names file and line by itself when it is about an imported file.
        return (error.lineno, (error.text or "").strip()) if error.filename == str(path) else (None, "")
    frames = [frame for frame in traceback.extract_tb(error.__traceback__) if frame.filename == str(path)]
    if not frames:
        return None, ""
    line = frames[-1].lineno
    return line, linecache.getline(str(path), line or 0).strip()


def _of_exit(exit_: SystemExit) -> Outcome:
    if exit_.code is None or exit_.code == 0:
        return Outcome(0)
    if isinstance(exit_.code, int):
        return Outcome(exit_.code & 0xFF, f"Command failed with exit code {exit_.code & 0xFF}")
    print(exit_.code, file=sys.stderr)  # noqa: T201 - what Python itself does with sys.exit("text")
    return Outcome(1, f"Command failed with exit code 1: {exit_.code}")


def _print(error: BaseException, path: Path) -> None:
    """Print the traceback from the script's first frame on."""
    trace = error.__traceback__
    while trace is not None and trace.tb_frame.f_code.co_filename != str(path):
        trace = trace.tb_next
    traceback.print_exception(type(error), error, trace)


def _is_allocation_failure(error: BaseException) -> bool:
    return any(sign in str(error) for sign in ALLOCATION_FAILURES)
