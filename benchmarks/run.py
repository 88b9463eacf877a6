"""Run benchmarks by name: `python benchmarks/run.py [api partitions etl …]`; all of them without a name."""

import subprocess
import sys
from pathlib import Path

FOLDER = Path(__file__).parent
NAMES = ["job_start", "api", "api_operations", "partitions", "tables", "crawl", "connectors", "etl"]


def main() -> int:
    """Run each benchmark in a process of its own; the exit code is that of the first that failed."""
    chosen = sys.argv[1:] or NAMES
    unknown = sorted(set(chosen) - set(NAMES))
    if unknown:
        print(f"unknown benchmark {', '.join(unknown)}; there are {', '.join(NAMES)}", file=sys.stderr)
        return 2
    codes = []
    for name in chosen:
        print(f"== {name}", flush=True)
        codes.append(subprocess.run([sys.executable, str(FOLDER / f"{name}.py")], check=False).returncode)
    return next((code for code in codes if code), 0)


if __name__ == "__main__":
    sys.exit(main())
