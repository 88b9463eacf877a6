"""Writes everything that follows from the service models; with --check, fails when the tree differs."""

import json
import sys
from pathlib import Path

from modelgen.coverage import write_coverage
from modelgen.python_types import write_errors, write_shapes
from modelgen.registry_stub import qualified, write_registry_stub
from modelgen.source import Service, load_services

ROOT = Path(__file__).parent.parent
PLATFORM = ROOT / "packages/platform/src/isinglass"


def write_schema(service: Service) -> str:
    """Write schema.json with one operation and one shape a line, so that model updates read as diffs."""
    service_line = json.dumps(service.schema["service"])
    sections = [f'"generated": "by tools/generate.py; never edited", "service": {service_line}']
    for section in ("operations", "shapes"):
        entries = ",\n".join(
            f"{json.dumps(name)}:{json.dumps(entry, separators=(',', ':'))}"
            for name, entry in service.schema[section].items()
        )
        sections.append(f'"{section}": {{\n{entries}\n}}')
    if service.schema["unserved"]:
        names = ",\n".join(map(json.dumps, service.schema["unserved"]))
        sections.append(f'"unserved": [\n{names}\n]')
    return "{" + ",\n".join(sections) + "}\n"


def model_files(services: list[Service]) -> dict[Path, str]:
    """Compute the files that follow from the models alone."""
    files: dict[Path, str] = {}
    for service in services:
        folder = PLATFORM / "model" / service.name
        files[folder / "schema.json"] = write_schema(service)
        files[folder / "shapes.py"] = write_shapes(service)
        files[folder / "errors.py"] = write_errors(service)
    files[PLATFORM / "operations/registry.pyi"] = write_registry_stub(services)
    return files


def registry_files(services: list[Service]) -> dict[Path, str]:
    """Compute the pages that follow from the registry, which imports the files above."""
    from modelgen.permissions import write_permissions

    from isinglass.operations.registry import load

    known = [qualified(service, operation) for service in services for operation in service.operations]
    implemented = frozenset(load(known))
    return {
        ROOT / "docs/reference/coverage.md": write_coverage(services, implemented),
        ROOT / "docs/reference/permissions.md": write_permissions(services, implemented),
    }


def bring_up_to_date(files: dict[Path, str], *, check: bool) -> bool:
    """Write the files that differ, or name them; returns whether any did."""
    stale = [path for path, text in files.items() if not path.exists() or path.read_text() != text]
    for path in stale:
        name = path.relative_to(ROOT)
        if check:
            print(f"{name} is out of date: run python tools/generate.py", file=sys.stderr)
        else:
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(files[path])
            print(f"wrote {name}")
    return bool(stale)


def main(arguments: list[str]) -> int:
    """Write the files, or compare them."""
    check = "--check" in arguments
    services = load_services()
    stale = bring_up_to_date(model_files(services), check=check)
    stale = bring_up_to_date(registry_files(services), check=check) or stale
    return 1 if check and stale else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
