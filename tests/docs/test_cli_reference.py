"""The manual names every command, and every setting of the server."""

import re
from pathlib import Path

from isinglass.cli.commands.up import command as up
from isinglass.cli.main import COMMANDS

PAGE = (Path(__file__).parents[2] / "docs" / "reference" / "cli.md").read_text()


def test_cli_page_has_a_heading_for_every_command():
    headings = set(re.findall(r"^## (\S+)$", PAGE, re.MULTILINE))
    assert headings == set(COMMANDS)


def test_cli_page_has_every_flag_of_up():
    shown = [parameter for parameter in up.params if not getattr(parameter, "hidden", False)]
    flags = {flag for parameter in shown for flag in parameter.opts}
    assert {flag for flag in flags if f"`{flag}`" not in PAGE} == set()
