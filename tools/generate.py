"""Writes everything that follows from the service models; with --check, fails when the tree differs."""

import json
import sys
from pathlib import Path

from modelgen.python_types import write_errors, write_shapes
from modelgen.registry_stub import write_registry_stub
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
    return "{" + ",\n".join(sections) + "}\n"


def outputs() -> dict[Path, str]:
    """Compute every generated file."""
    services = load_services()
    files: dict[Path, str] = {}
    for service in services:
        folder = PLATFORM / "model" / service.name
        files[folder / "schema.json"] = write_schema(service)
        files[folder / "shapes.py"] = write_shapes(service)
        files[folder / "errors.py"] = write_errors(service)
    files[PLATFORM / "operations/registry.pyi"] = write_registry_stub(services)
    return files


def main(arguments: list[str]) -> int:
    """Write the files, or compare them."""
    stale = [
        (path, text) for path, text in outputs().items() if not path.exists() or path.read_text() != text
    ]
    if "--check" in arguments:
        for path, _ in stale:
            print(f"{path.relative_to(ROOT)} is out of date: run python tools/generate.py", file=sys.stderr)
        return 1 if stale else 0
    for path, text in stale:
        path.write_text(text)
        print(f"wrote {path.relative_to(ROOT)}")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
