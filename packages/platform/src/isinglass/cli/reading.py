"""Files that commands are given to read."""

from pathlib import Path

from isinglass.cli.errors import usage


def read_text(path: str) -> str:
    """Read a file whole; one that cannot be read, or is no text, is wrong usage."""
    try:
        return Path(path).read_text(encoding="utf-8")
    except OSError as error:
        raise usage(f"{path} cannot be read: {error.strerror}") from error
    except UnicodeDecodeError as error:
        raise usage(f"{path} cannot be read: it is not UTF-8") from error
