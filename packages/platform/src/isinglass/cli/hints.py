"""What to do next about an error of the API, where the command knows more than the server."""

from collections.abc import Iterator
from contextlib import contextmanager

from isinglass.cli.errors import CliError


@contextmanager
def hints(**by_code: str) -> Iterator[None]:
    """Add a hint to errors of these codes that have none."""
    try:
        yield
    except CliError as error:
        error.hint = error.hint or by_code.get(error.code, "")
        raise
