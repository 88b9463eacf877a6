"""Reading and writing `s3://` on both engines: Spark here has no S3 library, so our readers do it."""

from collections.abc import Iterator
from typing import Any

import pytest
from pyspark.sql import functions as F

from isinglass_connectors.storage.options import StorageOptions
from isinglass_connectors.storage.storage import Storage
from isinglass_runtime import run
from isinglass_runtime.engine.active import ENGINE
from isinglass_runtime.engine.scanned_files import FilesGoneError
from isinglass_runtime.engine.session import start_session, stop_session
from isinglass_runtime.io.read import storage

BUCKET = "engines"


@pytest.fixture(scope="module", params=["sail", pytest.param("spark", marks=pytest.mark.spark)])
def s3_engine(
    request: pytest.FixtureRequest,
    object_store: StorageOptions,
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[Any]:
    """A session on each engine whose files are in an object store."""
    stop_session()
    name = request.param if request.param == "sail" else request.getfixturevalue("spark_url")
    settings = run.RunSettings(
        engine=name, scratch_dir=str(tmp_path_factory.mktemp("scratch")), s3_endpoint=object_store.endpoint
    )
    before = run.current()
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("AWS_ACCESS_KEY_ID", object_store.access_key_id or "")
        patch.setenv("AWS_SECRET_ACCESS_KEY", object_store.secret_access_key or "")
        patch.setenv("AWS_REGION", object_store.region)
        patch.setenv("AWS_ENDPOINT_URL_S3", object_store.endpoint or "")
        client = Storage(object_store).s3.client
        if BUCKET not in {bucket["Name"] for bucket in client.list_buckets()["Buckets"]}:
            client.create_bucket(Bucket=BUCKET)
        run.use(settings)
        yield start_session(settings)
        stop_session()
        run.use(before)


@pytest.fixture
def target(s3_engine: Any, request: pytest.FixtureRequest) -> str:
    return f"s3://{BUCKET}/{'sail' if ENGINE.embedded else 'spark'}/{request.node.originalname}"


@pytest.mark.parametrize("format", ["parquet", "csv", "json"])
def test_s3_frame_written_is_read_back(s3_engine: Any, target: str, format: str) -> None:
    frame = s3_engine.range(20).select("id", (F.col("id") % 3).alias("k"), F.lit("ä,").alias("t"))
    url = f"{target}/{format}"
    frame.write.format(format).option("header", True).partitionBy("k").save(url)
    reader = s3_engine.read.format(format).option("header", True)
    found = reader.schema("id bigint, t string").load(url).filter("k = 2")
    assert sorted((row.id, row.t, row.k) for row in found.collect()) == [
        (n, "ä,", 2) for n in range(2, 20, 3)
    ]


def test_s3_parquet_is_read_by_who_can_open_it(s3_engine: Any, target: str) -> None:
    s3_engine.range(3).write.parquet(target)
    assert ENGINE.reads(target) == ENGINE.embedded
    found = s3_engine.read.parquet(target).groupBy().agg(F.sum("id").alias("s"), F.count("*").alias("n"))
    assert found.collect()[0].asDict() == {"s": 3, "n": 3}


def test_s3_partitions_are_overwritten_one_by_one(s3_engine: Any, target: str) -> None:
    s3_engine.createDataFrame([(1, "a"), (2, "b")], "v int, k string").write.partitionBy("k").parquet(target)
    (
        s3_engine.createDataFrame([(9, "b")], "v int, k string")
        .write.mode("overwrite")
        .option("partitionOverwriteMode", "dynamic")
        .partitionBy("k")
        .parquet(target)
    )
    found = s3_engine.read.parquet(target)
    assert sorted((row.v, row.k) for row in found.collect()) == [(1, "a"), (9, "b")]


def test_s3_failed_write_leaves_nothing(s3_engine: Any, target: str, object_store: StorageOptions) -> None:
    broken = F.udf(lambda value: 1 // (value - 3), "int")
    with pytest.raises(Exception, match="division"):
        s3_engine.range(6).select(broken("id").alias("x")).write.parquet(target)
    assert list(Storage(object_store).list(target)) == []


def test_s3_missing_folder_is_an_error(s3_engine: Any, target: str) -> None:
    with pytest.raises(Exception, match="PATH_NOT_FOUND"):
        s3_engine.read.parquet(target)


@pytest.mark.parametrize("partitions", [3, 30])
def test_s3_files_gone_from_under_a_frame_are_named(s3_engine: Any, target: str, partitions: int) -> None:
    if not ENGINE.embedded:
        pytest.skip("these are read by our reader there, which finds the first one gone")
    url = f"{target}/{partitions}"
    s3_engine.range(60).select("id", (F.col("id") % partitions).alias("k")).write.partitionBy("k").parquet(
        url
    )
    frame = s3_engine.read.parquet(url)
    assert frame.count() == 60
    gone = sorted(info.url for info in storage().list(url) if "/k=1/" in info.url or "/k=2/" in info.url)
    storage().delete(gone)
    with pytest.raises(FilesGoneError) as caught:
        frame.filter("id > 5").collect()
    assert list(caught.value.missing) == gone
