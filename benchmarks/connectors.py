"""Reading and writing files beside DuckDB and pyarrow.dataset: seconds, and how many times the peer's.

    python benchmarks/connectors.py [--rows 1000000] [--repeat 3] [--only read,write]

Each case runs alternately with its peers in this process, and the best time of each counts. Peers read or
write the same data, without our guarantees: kept bad records, two-phase commits.
"""

import argparse
import shutil
import tempfile
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import duckdb
import pyarrow as pa
import pyarrow.dataset as ds

from isinglass_connectors.files.infer import infer_schema
from isinglass_connectors.files.options import ReadOptions
from isinglass_connectors.files.source import FileSource
from isinglass_connectors.files.source_files import SourceFile
from isinglass_connectors.sink.file_sink import FileSink
from isinglass_connectors.sink.together import close_together
from isinglass_connectors.storage.options import StorageOptions
from isinglass_connectors.storage.storage import Storage

SCHEMA = pa.schema(
    [
        pa.field("id", pa.int64()),
        pa.field("name", pa.string()),
        pa.field("amount", pa.float64()),
        pa.field("quantity", pa.int64()),
        pa.field("url", pa.string()),
    ]
)
TYPES = {"id": "BIGINT", "name": "VARCHAR", "amount": "DOUBLE", "quantity": "BIGINT", "url": "VARCHAR"}
#: Tasks that run at once, as the embedded engine's do.
TASKS = 2
Case = tuple[str, dict[str, Callable[[], object]]]


def rows_of(rows: int, partitions: int = 12) -> str:
    return f"""
        SELECT i AS id, 'customer-' || (i % 5000) AS name, round(((i * 7919) % 100000) / 100.0, 2) AS amount,
               i % 97 AS quantity, 'https://example.com/path/' || i AS url,
               'part-' || ((i * 104729) % {partitions}) AS p
        FROM range({rows}) t(i)
    """


def text_files(folder: Path, rows: int) -> dict[str, Path]:
    """Write the same rows clean, quoted and dirty, as CSV and JSON lines."""
    plain = f"SELECT * EXCLUDE (p) FROM ({rows_of(rows)})"
    amount = "CASE WHEN id % 100 = 7 THEN 'x' ELSE amount::VARCHAR END AS amount"
    dirty = f"SELECT * REPLACE ({amount}) FROM ({plain})"
    files = {
        name: folder / name for name in ("clean.csv", "quoted.csv", "dirty.csv", "clean.json", "dirty.json")
    }
    duckdb.execute(f"COPY ({plain}) TO '{files['clean.csv']}' (HEADER)")
    duckdb.execute(f"COPY ({plain}) TO '{files['quoted.csv']}' (HEADER, FORCE_QUOTE (name, url))")
    duckdb.execute(f"COPY ({dirty}) TO '{files['dirty.csv']}' (HEADER)")
    duckdb.execute(f"COPY ({plain}) TO '{files['clean.json']}'")
    with files["clean.json"].open() as lines, files["dirty.json"].open("w") as out:
        out.writelines(
            line.replace('"quantity":', '"quantity":"x","was":') if i % 100 == 7 else line
            for i, line in enumerate(lines)
        )
    return files


def read_ours(path: Path) -> int:
    size = path.stat().st_size
    source = FileSource(
        StorageOptions(),
        path.suffix[1:],
        (SourceFile(str(path), size),),
        SCHEMA,
        ReadOptions(header=True),
        split_size=max(size // 8, 4 << 20),
    )
    with ThreadPoolExecutor(TASKS) as pool:
        return sum(pool.map(lambda split: sum(b.num_rows for b in source.read(split)), source.splits()))


def read_duckdb(path: Path) -> int:
    columns = ", ".join(f"'{name}': '{kind}'" for name, kind in TYPES.items())
    how = "auto_detect = false, header = true" if path.suffix == ".csv" else "format = 'newline_delimited'"
    query = f"FROM read_{path.suffix[1:]}('{path}', columns = {{{columns}}}, {how}, ignore_errors = true)"
    with duckdb.connect() as connection:
        return sum(batch.num_rows for batch in connection.sql(query).to_arrow_reader(65536))


def read_dataset(path: Path) -> int:
    return ds.dataset(path, SCHEMA, path.suffix[1:]).to_table().num_rows


def infer_ours(path: Path) -> pa.Schema:
    files = [SourceFile(str(path), path.stat().st_size)]
    return infer_schema(Storage(), files, path.suffix[1:], ReadOptions(header=True)).schema


def infer_duckdb(path: Path) -> object:
    query = f"DESCRIBE FROM read_{path.suffix[1:]}('{path}', sample_size = -1)"
    with duckdb.connect() as connection:
        return connection.sql(query).fetchall()


def reading(folder: Path, rows: int) -> Iterator[Case]:
    for name, path in text_files(folder, rows).items():
        peers: dict[str, Callable[[], object]] = {
            "isinglass": lambda path=path: read_ours(path),
            "duckdb": lambda path=path: read_duckdb(path),
        }
        if name.startswith("clean"):
            # pyarrow gives up at the first bad value.
            peers["pyarrow"] = lambda path=path: read_dataset(path)
        yield f"read {name}", peers
        if not name.startswith("dirty"):
            yield (
                f"infer {name}",
                {
                    "isinglass": lambda path=path: infer_ours(path),
                    "duckdb": lambda path=path: infer_duckdb(path),
                },
            )


def write_ours(table: pa.Table, folder: Path, keys: tuple[str, ...]) -> None:
    sink = FileSink(
        StorageOptions(), str(folder), "bench", "write", table.schema, partition_keys=keys, first_attempt=True
    )
    batches = table.to_batches(max_chunksize=8192)

    def stage(number: int) -> object:
        task = sink.task(number)
        for batch in batches[number * len(batches) // TASKS : (number + 1) * len(batches) // TASKS]:
            task.write(batch)
        task.pause()
        return task

    with ThreadPoolExecutor(TASKS) as pool:
        tasks = list(pool.map(stage, range(TASKS)))
    sink.commit(close_together(tasks))


def write_duckdb(table: pa.Table, folder: Path, keys: tuple[str, ...]) -> None:
    by = f", PARTITION_BY ({', '.join(keys)})" if keys else ""
    with duckdb.connect() as connection:
        connection.register("rows", table)
        connection.execute(f"COPY rows TO '{folder}' (FORMAT parquet, COMPRESSION snappy{by})")


def write_dataset(table: pa.Table, folder: Path, keys: tuple[str, ...]) -> None:
    partitioning = ds.partitioning(pa.schema([table.schema.field(key) for key in keys]), flavor="hive")
    ds.write_dataset(table, folder, format="parquet", partitioning=partitioning)


def writing(folder: Path, rows: int) -> Iterator[Case]:
    for partitions in (1, 12, 2500):
        table = duckdb.sql(rows_of(rows, partitions)).to_arrow_table()
        keys = ("p",) if partitions > 1 else ()
        target = folder / "written"

        def fresh(write: Callable[..., None], table=table, keys=keys, target=target) -> Callable[[], object]:
            def run() -> None:
                remove(target)
                write(table, target, keys)

            return run

        peers = {"isinglass": write_ours, "duckdb": write_duckdb}
        if partitions < 100:
            # With thousands pyarrow takes minutes.
            peers["pyarrow"] = write_dataset
        yield f"write {partitions} partitions", {name: fresh(write) for name, write in peers.items()}
        remove(target)


def remove(path: Path) -> None:
    if path.is_dir():
        shutil.rmtree(path)
    else:
        path.unlink(missing_ok=True)


def compare(name: str, peers: dict[str, Callable[[], object]], repeat: int) -> None:
    best = dict.fromkeys(peers, float("inf"))
    for _ in range(repeat):
        for peer, run in peers.items():
            started = time.perf_counter()
            run()
            best[peer] = min(best[peer], time.perf_counter() - started)
    ours = best.pop("isinglass")
    others = "   ".join(f"{peer} {seconds:6.2f} s  x{ours / seconds:5.2f}" for peer, seconds in best.items())
    print(f"{name:24} isinglass {ours:6.2f} s   {others}", flush=True)


def main() -> None:
    """Run the cases asked for."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--rows", type=int, default=1_000_000)
    parser.add_argument("--repeat", type=int, default=3)
    parser.add_argument("--only", default="read,write")
    chosen = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        for kind, cases in (("read", reading), ("write", writing)):
            if kind in chosen.only.split(","):
                for name, peers in cases(Path(folder), chosen.rows):
                    compare(name, peers, chosen.repeat)


if __name__ == "__main__":
    main()
