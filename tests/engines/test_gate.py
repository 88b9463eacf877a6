"""Every rule of the gate: what it refuses is refused with a sentence; what it rewrites is in the parity cases."""

from typing import Any

import pytest
from pyspark.sql import Observation
from pyspark.sql import functions as F

from isinglass_runtime.engine.session import start_session, stop_session
from isinglass_runtime.gate.verdicts import NeedsSparkError, PlanRefusedError
from isinglass_runtime.run import RunSettings

REFUSED = {
    "session_time_zone": "SET TIME ZONE 'Europe/Paris'",
    "session_time_zone ": "SET spark.sql.session.timeZone = Europe/Paris",
    "ansi_mode": "SET spark.sql.ansi.enabled = true",
    "intersect_all": "SELECT 1 AS a INTERSECT ALL SELECT 1 AS a",
    "lateral_explode": "SELECT * FROM VALUES (array(1)) t(a), LATERAL explode(a) e(x)",
    "from_json_modes": "SELECT from_json('{', 'a int', map('mode', 'FAILFAST'))",
    "from_json_modes ": "SELECT from_json('{', 'a int, _corrupt_record string')",
    "native_files": "INSERT OVERWRITE DIRECTORY '/nowhere' USING parquet SELECT 1 AS a",
    "native_files  ": "CREATE TABLE t USING parquet LOCATION '/nowhere'",
    "native_files   ": "CREATE TEMPORARY VIEW t USING csv OPTIONS (path '/nowhere')",
    "native_files ": "CREATE TABLE t USING parquet LOCATION '/nowhere' AS SELECT 1 AS a",
}


@pytest.mark.parametrize("rule", list(REFUSED))
def test_gate_refuses_statement_with_its_rule(sail: Any, rule: str) -> None:
    with pytest.raises(PlanRefusedError) as refused:
        sail.sql(REFUSED[rule]).collect()
    assert refused.value.rule == rule.strip()


@pytest.mark.parametrize(
    "text",
    [
        "SELECT 'INTERSECT ALL' AS a -- INTERSECT ALL",
        "SELECT 'FAILFAST' AS a",
        "SELECT x FROM VALUES (array(1)) t(a) LATERAL VIEW explode(a) e AS x",
    ],
)
def test_gate_passes_what_only_looks_alike(sail: Any, text: str) -> None:
    sail.sql(text)


def test_gate_refuses_configuration_of_time_zone(sail: Any) -> None:
    with pytest.raises(PlanRefusedError, match="computes dates in UTC"):
        sail.conf.set("spark.sql.session.timeZone", "Europe/Paris")


def test_gate_refuses_observed_metrics(sail: Any) -> None:
    with pytest.raises(PlanRefusedError, match="observed metrics"):
        sail.range(3).observe(Observation("o"), F.count(F.lit(1)).alias("n")).collect()


@pytest.mark.parametrize("action", ["append", "create", "overwritePartitions", "createOrReplace"])
def test_gate_refuses_writes_past_our_commit(sail: Any, action: str) -> None:
    with pytest.raises(PlanRefusedError) as refused:
        getattr(sail.range(1).writeTo("t"), action)()
    assert refused.value.rule == "table_writes"


def test_gate_asks_anew_when_a_view_is_replaced(sail: Any) -> None:
    text = "SELECT a / 3 AS q FROM numbers UNION ALL SELECT 1"
    found = []
    for kind in ("double", "decimal(10,2)", "int"):
        sail.sql(f"SELECT CAST(10 AS {kind}) AS a").createOrReplaceTempView("numbers")
        found.append((sail.sql(text).schema["q"].dataType.simpleString(), len(sail.sql(text).collect())))
    assert found == [("double", 2), ("decimal(16,6)", 2), ("double", 2)]


def test_gate_refuses_streams(sail: Any) -> None:
    with pytest.raises(PlanRefusedError, match="no dependable streaming"):
        sail.readStream.format("rate").load().writeStream.format("console").start()


def test_gate_remembers_why_a_run_needs_spark_after_the_script_caught_it() -> None:
    from isinglass_runtime.engine.active import ENGINE

    stop_session()
    spark = start_session(RunSettings(engine="auto"))
    try:
        with pytest.raises(NeedsSparkError):
            spark.sql("SELECT 1 AS a INTERSECT ALL SELECT 1 AS a").collect()
        spark.stop()
        stop_session()
        assert ENGINE.gate.needs_spark is not None
        assert ENGINE.gate.needs_spark.rule == "intersect_all"
    finally:
        ENGINE.gate.needs_spark = None


def test_script_run_by_hand_has_room_for_checkpoints() -> None:
    stop_session()
    spark = start_session(RunSettings())
    try:
        assert spark.range(3).localCheckpoint().count() == 3
    finally:
        stop_session()


def test_gate_refuses_dynamic_overwrite_of_delta(sail: Any, tmp_path: Any) -> None:
    writer = sail.range(3).write.format("delta").mode("overwrite").option("partitionOverwriteMode", "dynamic")
    with pytest.raises(PlanRefusedError, match="all partitions"):
        writer.save(str(tmp_path / "t"))


def test_gate_of_automatic_engine_sends_the_run_to_spark() -> None:
    stop_session()
    spark = start_session(RunSettings(engine="auto"))
    try:
        with pytest.raises(NeedsSparkError) as needed:
            spark.conf.set("spark.sql.session.timeZone", "Europe/Paris")
        assert needed.value.rule == "session_time_zone"
    finally:
        stop_session()


def test_session_of_dead_engine_fails_soon(sail: Any) -> None:
    from isinglass_runtime.engine.active import ENGINE

    ENGINE.server.stop()
    with pytest.raises(Exception, match=r"(?i)connect|unavailable|refused|retr"):
        sail.range(3).collect()
