"""Files that go while frames over them are used: an error, never fewer rows."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from isinglass_runtime.engine.scanned_files import FilesGoneError

USES: dict[str, Callable[[Any, Any, Path], object]] = {
    "frame": lambda spark, frame, out: frame.count(),
    "filter": lambda spark, frame, out: frame.filter("k = 1").toPandas(),
    "view": lambda spark, frame, out: spark.sql("select sum(id) from Numbers").collect(),
    "view of a view": lambda spark, frame, out: spark.table("halves").collect(),
    "view made by a statement": lambda spark, frame, out: spark.sql("select * from `doubles` d").collect(),
    "write": lambda spark, frame, out: frame.write.parquet(str(out)),
}


def _numbers(spark: Any, folder: Path) -> Any:
    """Make a frame over partitions, and views of it."""
    spark.range(40).selectExpr("id", "id % 20 k").write.partitionBy("k").parquet(str(folder))
    frame = spark.read.parquet(str(folder))
    frame.createOrReplaceTempView("numbers")
    spark.sql("select id / 2 half from numbers").createOrReplaceTempView("halves")
    spark.sql("create or replace temporary view doubles as select id * 2 d from numbers")
    return frame


@pytest.mark.parametrize("use", USES)
def test_use_of_a_frame_whose_file_is_gone_names_the_file(sail: Any, tmp_path: Path, use: str) -> None:
    frame = _numbers(sail, tmp_path / "in")
    assert frame.count() == 40
    gone = next((tmp_path / "in" / "k=1").glob("*.parquet"))
    gone.unlink()
    with pytest.raises(FilesGoneError) as caught:
        USES[use](sail, frame, tmp_path / "out")
    assert [Path(file) for file in caught.value.missing] == [gone]
    assert list((tmp_path / "out").rglob("*.parquet")) == []


def test_frame_read_again_after_its_table_was_replaced_is_whole(sail: Any, tmp_path: Path) -> None:
    old = _numbers(sail, tmp_path / "in")
    sail.range(7).selectExpr("id", "id % 2 k").write.mode("overwrite").partitionBy("k").parquet(
        str(tmp_path / "in")
    )
    with pytest.raises(FilesGoneError):
        old.count()
    assert sail.read.parquet(str(tmp_path / "in")).count() == 7
