"""A small lake in a live catalog, and scripts run against it the way a job runs them."""

import io
import json
import runpy
import sys
from collections.abc import Callable, Iterator
from contextlib import redirect_stdout
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import boto3
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from api_fixtures import REGION, ROOT_ACCOUNT, Api

from isinglass_runtime import run
from isinglass_runtime.engine.session import start_session, stop_session
from isinglass_runtime.run import RunSettings
from isinglass_runtime.spark_context import SparkContext, install

SCRIPTS = Path(__file__).parent / "scripts"
ORDERS = (
    "id,customer,amount,when\n1,ann,10.5,2024-01-01\n2,bob,n/a,2024-01-02\n3,ann,2,2024-02-01\n4,,7.25,\n"
)
EVENTS = {
    ("2024", "01"): ['{"id":1,"kind":"view","tags":["a","b"]}', '{"id":2,"kind":"buy","tags":[]}'],
    ("2024", "02"): ['{"id":3,"kind":"buy","tags":["c"]}', "not json"],
}
_CSV = "org.apache.hadoop.hive.serde2.lazy.LazySimpleSerDe"
_PARQUET = "org.apache.hadoop.hive.ql.io.parquet.serde.ParquetHiveSerDe"
_JSON = "org.openx.data.jsonserde.JsonSerDe"


@dataclass
class Lake:
    """Files in a folder, their tables in the catalog, and the scripts that use them."""

    folder: Path
    glue: Any
    output: str = ""
    globals: dict[str, Any] = field(default_factory=dict)

    def script(self, name: str, **arguments: str) -> list[str]:
        """Run a script with arguments; gives the lines it printed."""
        path = SCRIPTS / f"{name}.py"
        given = {"JOB_NAME": name, "lake": str(self.folder), "output": self.output, **arguments}
        argv = [str(path), *(part for key, value in given.items() for part in (f"--{key}", value))]
        before, sys.argv = sys.argv, argv
        printed = io.StringIO()
        try:
            with redirect_stdout(printed):
                self.globals = runpy.run_path(str(path), run_name="__main__")
        finally:
            sys.argv = before
        return printed.getvalue().splitlines()

    def rows(self, subfolder: str = "") -> list[dict[str, Any]]:
        """Read back what a script wrote, with another reader than ours."""
        import duckdb

        root = Path(self.output) / subfolder
        found: list[dict[str, Any]] = []
        for suffix, read in (
            ("parquet", "read_parquet"),
            ("json", "read_json_auto"),
            ("csv", "read_csv_auto"),
        ):
            if any(root.rglob(f"*.{suffix}")):
                query = f"select * from {read}('{root}/**/*.{suffix}', hive_partitioning = true)"
                result = duckdb.connect().execute(query)
                names = [column[0] for column in result.description]
                found += [dict(zip(names, row, strict=True)) for row in result.fetchall()]
        return sorted(found, key=lambda row: json.dumps(row, default=str, sort_keys=True))

    def table(self, name: str) -> dict[str, Any]:
        return self.glue.get_table(DatabaseName="sales", Name=name)["Table"]


@pytest.fixture(scope="session")
def started_engine(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Any]:
    install()
    yield start_session(RunSettings(scratch_dir=str(tmp_path_factory.mktemp("scratch"))))
    stop_session()


@pytest.fixture
def lake(started_engine: Any, api: Api, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Lake]:
    """The lake, its catalog reached with the root account's keys."""
    from isinglass_runtime.io.metastore import client

    keys = api.credentials_of(ROOT_ACCOUNT)
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", keys.access_key_id)
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", keys.secret_access_key)
    # The runtime is one run per process and takes its keys once; each test here is another run.
    monkeypatch.setattr(boto3, "DEFAULT_SESSION", None)
    before = run.current()
    run.use(RunSettings(glue_endpoint=api.url, region=REGION))
    client.cache_clear()
    SparkContext._active_spark_context = None
    made = Lake(tmp_path / "lake", api.client("glue"), str(tmp_path / "output"))
    _fill(made)
    yield made
    run.use(before)
    client.cache_clear()


def _fill(lake: Lake) -> None:
    lake.glue.create_database(DatabaseInput={"Name": "sales"})
    (lake.folder / "orders").mkdir(parents=True)
    (lake.folder / "orders" / "part.csv").write_text(ORDERS)
    columns = [("id", "bigint"), ("customer", "string"), ("amount", "double"), ("when", "string")]
    _table(lake, "orders", columns, _CSV, "csv", {"skip.header.line.count": "1"})
    customers = pa.table(
        {"name": ["ann", "bob"], "city": ["Oslo", "Rome"], "nothing": pa.array([None, None], pa.string())}
    )
    (lake.folder / "customers").mkdir()
    pq.write_table(customers, lake.folder / "customers" / "part.parquet")
    _table(
        lake,
        "customers",
        [("name", "string"), ("city", "string"), ("nothing", "string")],
        _PARQUET,
        "parquet",
    )
    events = [("id", "int"), ("kind", "string"), ("tags", "array<string>")]
    _table(lake, "events", events, _JSON, "json", keys=["year", "month"])
    for (year, month), lines in EVENTS.items():
        folder = lake.folder / "events" / f"year={year}" / f"month={month}"
        folder.mkdir(parents=True)
        (folder / "part.json").write_text("\n".join(lines) + "\n")
        descriptor = lake.table("events")["StorageDescriptor"] | {"Location": f"{folder}/"}
        entry = {"Values": [year, month], "StorageDescriptor": descriptor}
        lake.glue.create_partition(DatabaseName="sales", TableName="events", PartitionInput=entry)


def _table(
    lake: Lake,
    name: str,
    columns: list[tuple[str, str]],
    serde: str,
    kind: str,
    parameters: dict[str, str] | None = None,
    keys: list[str] | None = None,
) -> None:
    separator = {"field.delim": ","} if kind == "csv" else {}
    descriptor = {
        "Columns": [{"Name": each, "Type": type_} for each, type_ in columns],
        "Location": f"{lake.folder}/{name}/",
        "SerdeInfo": {"SerializationLibrary": serde, "Parameters": separator},
    }
    table_input = {
        "Name": name,
        "TableType": "EXTERNAL_TABLE",
        "Parameters": {"classification": kind, **(parameters or {})},
        "StorageDescriptor": descriptor,
        "PartitionKeys": [{"Name": key, "Type": "string"} for key in keys or []],
    }
    lake.glue.create_table(DatabaseName="sales", TableInput=table_input)


@pytest.fixture
def listed() -> Callable[[Path], list[str]]:
    """Name the folders below a path that hold data files."""

    def folders(root: Path) -> list[str]:
        return sorted(
            {
                str(p.parent.relative_to(root))
                for p in root.rglob("*")
                if p.is_file() and p.name[0] not in "_."
            }
        )

    return folders
