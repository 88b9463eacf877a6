from pathlib import Path

import pytest

from isinglass_runtime.engine.session import start_session
from isinglass_runtime.io import open_write
from isinglass_runtime.io.write import write_files


@pytest.fixture(scope="module")
def spark():
    return start_session()


def test_thousands_of_rows_in_many_partitions_are_written_once_and_leave_no_task_behind(spark, tmp_path):
    frame = spark.range(3000).selectExpr("id", "id % 100 AS p").repartition(3)
    result = write_files(
        frame, url=str(tmp_path / "t"), format="parquet", options={}, partition_keys=["p"], write_id="1"
    )
    assert (result.rows, len(result.partitions)) == (3000, 100)
    assert len(result.files) < 200  # three tasks with a file per partition would be 300
    read = spark.read.parquet(str(tmp_path / "t"))
    assert read.selectExpr("count(*)", "count(DISTINCT id)", "sum(CAST(p AS INT))").first() == (
        3000,
        3000,
        148500,
    )
    assert open_write._open == {}


def test_failed_write_leaves_no_task_and_no_file_behind(spark, tmp_path):
    frame = spark.range(3000).selectExpr("id", "id % 100 AS p").repartition(3)
    failing = frame.selectExpr("IF(id = 2999, raise_error('stop'), CAST(id AS STRING)) AS id", "p")
    with pytest.raises(Exception, match="stop"):
        write_files(
            failing, url=str(tmp_path / "t"), format="parquet", options={}, partition_keys=["p"], write_id="2"
        )
    assert open_write._open == {}
    assert [path for path in Path(tmp_path).rglob("*") if path.is_file()] == []
