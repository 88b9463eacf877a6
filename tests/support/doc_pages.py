"""Reads the code blocks of the manual's pages, and runs them as a reader would type them."""

import os
import re
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

from server_fixtures import environment

ROOT = Path(__file__).parents[2]
_FENCE = re.compile(r"^```(\w*)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
_FILE_NAME = re.compile(r"Save this as `([\w./]+)`")


@dataclass(frozen=True)
class Block:
    """A fenced block: its language, its text, and the file that the prose above tells to save it as."""

    language: str
    text: str
    file_name: str | None


def blocks(page: str) -> list[Block]:
    """Read a page's blocks in order."""
    text = (ROOT / page).read_text()
    found, end = [], 0
    for match in _FENCE.finditer(text):
        named = _FILE_NAME.search(text, end, match.start())
        found.append(Block(match[1], match[2], named[1] if named else None))
        end = match.end()
    return found


def commands(page: str) -> list[str]:
    """Read a page's shell commands, a line each, without what explains them."""
    lines = [line for block in blocks(page) if block.language == "sh" for line in block.text.splitlines()]
    return [re.sub(r"\s+# .*", "", line).strip() for line in lines if line.strip()]


def shell(home: Path, folder: Path, script: str, **variables: str) -> str:
    """Run lines in one shell, in a folder, with the commands of this environment; returns what they print."""
    path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    done = subprocess.run(
        ["bash", "-euo", "pipefail", "-c", script],
        cwd=folder,
        env=environment(home, PATH=path, **variables),
        capture_output=True,
        text=True,
        timeout=280,
        check=False,
    )
    assert done.returncode == 0, f"{script}\n{done.stdout}\n{done.stderr}"
    return done.stdout
