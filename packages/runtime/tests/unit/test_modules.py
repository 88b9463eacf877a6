"""Module overlays: what is refused before an installer runs, and what its errors become."""

from pathlib import Path

import pytest

from isinglass_runtime.launch import Installer
from isinglass_runtime.modules import ModulesMissingError, overlay


def test_overlay_refuses_options_among_the_modules(tmp_path: Path) -> None:
    with pytest.raises(ModulesMissingError, match="--index-url=x is an option, not a module"):
        overlay(["--index-url=x"], Installer(str(tmp_path)))
    assert list(tmp_path.iterdir()) == []


def test_overlay_that_cannot_be_installed_leaves_nothing_and_gives_the_reason(tmp_path: Path) -> None:
    installer = Installer(str(tmp_path / "cache"), {"PATH": "/usr/bin:/bin", "PIP_NO_INDEX": "1"})
    with pytest.raises(ModulesMissingError) as raised:
        overlay(["/nowhere/absent-1.0-py3-none-any.whl"], installer)
    assert str(raised.value).startswith("--additional-python-modules /nowhere/absent-1.0-py3-none-any.whl: ")
    assert list((tmp_path / "cache").iterdir()) == []
