"""Which catalogs names of three parts mean: ours, or one that the engine has of its own."""

from types import SimpleNamespace

import pytest

from isinglass_runtime.engine.active import ENGINE
from isinglass_runtime.gate.tokens import tokenize
from isinglass_runtime.io import metastore, refused_statements
from isinglass_runtime.io.refused_statements import StatementRefusedError

ICEBERG = {"spark.sql.catalog.glue_catalog": "org.apache.iceberg.spark.SparkCatalog"}
STATEMENT = "ALTER TABLE {}.shop.sales ADD COLUMNS (a int)"


@pytest.mark.parametrize(
    ("catalog", "configured", "is_ours"),
    [
        ("glue_catalog", {}, True),
        ("Glue_Catalog", ICEBERG, False),
        ("awsdatacatalog", ICEBERG, True),
        ("spark_catalog", {"spark.sql.catalog.spark_catalog": "org.apache.iceberg.spark.SparkSessionCatalog"}, True),
        ("nessie", {}, False),
    ],
)  # fmt: skip
def test_catalog_that_a_spark_is_configured_with_is_its_own(
    monkeypatch: pytest.MonkeyPatch, catalog: str, configured: dict[str, str], is_ours: bool
) -> None:
    monkeypatch.setattr(ENGINE, "session", SimpleNamespace(conf=configured))
    monkeypatch.setattr(ENGINE, "server", None)
    assert metastore.is_of_another_catalog(f"{catalog}.shop.sales") is not is_ours
    tokens = tokenize(STATEMENT.format(catalog))
    if not is_ours:
        refused_statements.check(tokens)
        return
    with pytest.raises(StatementRefusedError):
        refused_statements.check(tokens)


def test_catalog_of_the_embedded_engine_is_ours(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ENGINE, "session", SimpleNamespace(conf=ICEBERG))
    monkeypatch.setattr(ENGINE, "server", object())
    assert not metastore.is_of_another_catalog("glue_catalog.shop.sales")
