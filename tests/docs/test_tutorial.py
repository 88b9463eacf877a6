"""The tutorial, typed as it stands."""

import json

import pytest
from doc_pages import blocks, shell
from server_fixtures import start_server, stop_server

pytestmark = pytest.mark.slow


def test_tutorial_typed_as_written_makes_its_tables(tmp_path):
    first, *rest = blocks("docs/tutorial/first-table.md")
    assert first.text == "isinglass up\n"  # in a terminal of its own; here with a port that is surely free
    server = start_server(tmp_path)
    try:
        typed = []
        for block in rest:
            if block.file_name:
                (tmp_path / block.file_name).write_text(block.text)
            else:
                assert block.language == "sh"
                typed.append(block.text)
        printed = shell(tmp_path, tmp_path, "\n".join(typed))
        assert "shop.orders  csv" in printed
        assert printed.count("CUSTOMER  TOTAL\n") == printed.count("ada       112.4\n") == 2
        asked = server.cli("sql", "select * from shop.totals order by customer", "-o", "json").stdout
        assert json.loads(asked) == [{"customer": "ada", "total": 112.4}, {"customer": "bruno", "total": 8.0}]
        day = server.client("glue").get_partition(
            DatabaseName="shop", TableName="orders", PartitionValues=["2024-03-01"]
        )
        assert (
            day["Partition"]["StorageDescriptor"]["Location"] == "s3://shop-lake/raw/orders/day=2024-03-01/"
        )
    finally:
        assert stop_server(server) == 0
