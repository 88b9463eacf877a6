"""CSV → join → partitioned Parquet: one job on the embedded engine, DuckDB, Polars and Spark, side by side.

    python benchmarks/etl.py --size small|medium [--only isinglass,duckdb] [--repeat 3]

Every peer is a process of its own, infers the schemas by itself and writes Snappy. Times are those of whole
processes.
"""

import argparse
import os
import shutil
import subprocess
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
PEERS = {
    "isinglass": (".venv", "isinglass_job.py"),
    "duckdb": (".venv-bench", "duckdb_job.py"),
    "polars": (".venv-bench", "polars_job.py"),
    "spark": (".venv-spark", "spark_job.py"),
}
#: Rows of the fact table; medium is about 1 GB of text.
SIZES = {"tiny": 20_000, "small": 500_000, "medium": 12_000_000}


@dataclass(frozen=True, slots=True)
class Measure:
    """One run of one peer."""

    seconds: float
    peak_bytes: int
    written_bytes: int
    files: int


def generate(folder: Path, rows: int) -> tuple[Path, Path]:
    """Write the fact and dimension tables, the same for the same number of rows."""
    import duckdb

    fact, dimension = folder / "sales.csv", folder / "customers.csv"
    duckdb.execute(
        f"""
        COPY (
            SELECT i AS sale_id, (i * 7919) % 50000 AS customer_id,
                   DATE '2024-01-01' + ((i * 31) % 366)::INTEGER AS sold_on,
                   TIMESTAMP '2024-01-01' + INTERVAL (i) SECOND AS sold_at,
                   round(((i * 104729) % 1000000) / 100.0, 2) AS amount, 1 + i % 9 AS quantity,
                   'product-' || ((i * 613) % 5000) AS product,
                   CASE WHEN i % 17 = 0 THEN NULL ELSE ['web', 'shop', 'phone'][1 + i % 3] END AS channel
            FROM range({rows}) t(i)
        ) TO '{fact}' (HEADER)
        """
    )
    duckdb.execute(
        f"""
        COPY (
            SELECT i AS customer_id, 'city-' || (i % 200) AS city, 'segment-' || (i % 5) AS segment
            FROM range(50000) t(i)
        ) TO '{dimension}' (HEADER)
        """
    )
    return fact, dimension


def run(peer: str, fact: Path, dimension: Path, target: Path) -> Measure:
    """Run one peer as a process and watch the memory of it and its children."""
    environment, script = PEERS[peer]
    shutil.rmtree(target, ignore_errors=True)
    command = [
        ROOT / environment / "bin" / "python",
        ROOT / "benchmarks" / "etl_peers" / script,
        fact,
        dimension,
        target,
    ]
    clean = {key: value for key, value in os.environ.items() if key != "SPARK_REMOTE"}
    started = time.perf_counter()
    process = subprocess.Popen(
        [str(part) for part in command],
        env=clean,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        start_new_session=True,
    )
    peak = 0
    while process.poll() is None:
        peak = max(peak, _resident(process.pid))
        time.sleep(0.02)
    seconds = time.perf_counter() - started
    if process.returncode:
        assert process.stdout is not None
        raise SystemExit(f"{peer} failed:\n{process.stdout.read().decode()[-3000:]}")
    written = [path for path in target.rglob("*.parquet") if path.is_file()]
    return Measure(seconds, peak, sum(path.stat().st_size for path in written), len(written))


def _resident(group: int) -> int:
    """The resident memory of a process group, as the kernel counts it now."""
    total = 0
    page = os.sysconf("SC_PAGE_SIZE")
    for entry in os.scandir("/proc"):
        if not entry.name.isdigit():
            continue
        try:
            stat = Path(entry.path, "stat").read_text()
            if int(stat.rpartition(")")[2].split()[2]) == group:
                total += int(Path(entry.path, "statm").read_text().split()[1]) * page
        except (OSError, ValueError):
            continue
    return total


def same_rows(target: Path) -> tuple[int, float]:
    """Count what a peer wrote, to see that all did the same."""
    import duckdb

    row = duckdb.execute(
        "SELECT count(*), round(sum(total), 2) "
        f"FROM read_parquet('{target}/**/*.parquet', hive_partitioning = true)"
    ).fetchone()
    assert row is not None
    return row[0], row[1]


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--size", choices=list(SIZES), default="small")
    parser.add_argument("--only", default=",".join(PEERS))
    parser.add_argument("--repeat", type=int, default=1)
    parser.add_argument("--folder", help="keep the data here between runs")
    arguments = parser.parse_args()
    peers = [
        peer for peer in arguments.only.split(",") if (ROOT / PEERS[peer][0] / "bin" / "python").exists()
    ]
    with tempfile.TemporaryDirectory() as temporary:
        folder = Path(arguments.folder or temporary) / arguments.size
        folder.mkdir(parents=True, exist_ok=True)
        fact, dimension = folder / "sales.csv", folder / "customers.csv"
        if not fact.exists():
            generate(folder, SIZES[arguments.size])
        print(
            f"{fact.stat().st_size / 1e6:.0f} MB of CSV, {SIZES[arguments.size]:,} rows; "
            f"best of {arguments.repeat}"
        )
        best: dict[str, Measure] = {}
        for _ in range(arguments.repeat):
            for peer in peers:
                measured = run(peer, fact, dimension, folder / f"out-{peer}")
                if peer not in best or measured.seconds < best[peer].seconds:
                    best[peer] = measured
        fastest = best.get("duckdb", next(iter(best.values()))).seconds
        print(
            f"{'':10} {'seconds':>8} {'x DuckDB':>9} {'peak MB':>8} "
            f"{'MB written':>11} {'files':>6}  rows, total"
        )
        for peer, measured in best.items():
            print(
                f"{peer:10} {measured.seconds:8.2f} {measured.seconds / fastest:9.2f} "
                f"{measured.peak_bytes / 1e6:8.0f} {measured.written_bytes / 1e6:11.1f} "
                f"{measured.files:6}  {same_rows(folder / f'out-{peer}')}"
            )


if __name__ == "__main__":
    main()
