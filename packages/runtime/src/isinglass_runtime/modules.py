"""Install --additional-python-modules into a folder of their own, kept for the next run."""

import hashlib
import json
import os
import shutil
import subprocess
import sys
import tempfile
import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from isinglass_runtime.launch import Installer


@dataclass(eq=False)
class ModulesMissingError(Exception):
    """The installer refused the job's modules."""

    modules: tuple[str, ...]
    output: str

    def __str__(self) -> str:
        lines = [line.strip() for line in self.output.splitlines() if line.strip()]
        errors = [line for line in lines if line.lower().startswith("error")]
        reason = (errors or lines or ["the installer gave no reason"])[0]
        return f"--additional-python-modules {','.join(self.modules)}: {reason}"


def overlay(modules: Sequence[str], installer: Installer) -> Path:
    """Give the folder that holds these modules, installing them at the first call."""
    for module in modules:
        if module.startswith("-"):
            raise ModulesMissingError(tuple(modules), f"{module} is an option, not a module")
    target = Path(installer.cache_dir) / _key(modules, installer)
    if target.is_dir():
        return target
    target.parent.mkdir(parents=True, exist_ok=True)
    staging = target.parent / f".{target.name}-{uuid.uuid4().hex}"
    try:
        done = subprocess.run(  # options among the modules are refused above
            [*_command(), "--target", str(staging), *installer.options, *modules],
            env={**installer.environment, "TMPDIR": tempfile.gettempdir()},
            capture_output=True,
            text=True,
            check=False,
        )
        if done.returncode != 0:
            raise ModulesMissingError(tuple(modules), done.stderr or done.stdout)
        try:
            staging.rename(target)
        except OSError:
            if not target.is_dir():  # another run was faster with the same modules
                raise
    finally:
        shutil.rmtree(staging, ignore_errors=True)
    return target


def _command() -> list[str]:
    uv = shutil.which("uv")
    if uv is not None:
        return [uv, "pip", "install", "--quiet", "--python", sys.executable]
    return [sys.executable, "-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--no-input"]


def _key(modules: Sequence[str], installer: Installer) -> str:
    """Name the folder by what decides its content; a wheel given as a file counts by its bytes."""
    parts = [f"{module}:{_digest(module)}" for module in sorted(modules)]
    what = [sys.implementation.cache_tag, sys.platform, *parts, list(installer.options)]
    return hashlib.sha256(json.dumps(what).encode()).hexdigest()[:32]


def _digest(module: str) -> str:
    if not module.endswith(".whl") or not os.path.isfile(module):  # noqa: PTH113 - a requirement, mostly
        return ""
    return hashlib.sha256(Path(module).read_bytes()).hexdigest()
