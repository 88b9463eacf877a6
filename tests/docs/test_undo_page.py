"""The how-to page on undo, typed as it stands from its first command to its last."""

import json
import re
import shlex

from doc_pages import ROOT, commands
from server_fixtures import LiveServer

PAGE = "docs/howto/undo.md"


def test_undo_page_does_what_it_says(own_server: LiveServer, tmp_path):
    (tmp_path / "lake" / "orders").mkdir(parents=True)
    (tmp_path / "lake" / "orders" / "a.csv").write_text("id,amount\n1,2.5\n2,3.5\n")
    lake = str(tmp_path / "lake")
    shown: dict[str, list[str]] = {}
    for line in commands(PAGE):
        if "wrong.json" in line:
            (tmp_path / "wrong.json").write_text(_wrong(own_server))
        words = shlex.split(line)[1:]
        words = [
            {"lake/": lake, "wrong.json": str(tmp_path / "wrong.json")}.get(word, word) for word in words
        ]
        shown.setdefault(line, []).append(own_server.cli(*words).stdout)
    page = (ROOT / PAGE).read_text()
    [diff] = shown["isinglass table diff retail.orders"]
    for printed in diff.splitlines():
        assert f"    {printed}\n" in page
    first, last = shown["isinglass table versions retail.orders"]
    assert (len(first.splitlines()), len(last.splitlines())) == (2, 4)
    assert re.search(
        r"^2 +updated, current .* restore of version 0 .*the ids are numbers", last, re.MULTILINE
    )
    assert "retail.orders_before" in shown["isinglass table list retail"][0]
    assert [bool(text) for text in shown["isinglass deleted list"]] == [True, False]


def _wrong(server: LiveServer) -> str:
    """Write the mistake of the page: an id that is a string, and an amount that is gone."""
    table = server.client("glue").get_table(DatabaseName="retail", Name="orders")["Table"]
    kept = ("Name", "StorageDescriptor", "PartitionKeys", "Parameters", "TableType", "Owner", "Retention")
    table_input = {name: table[name] for name in kept}
    table_input["StorageDescriptor"]["Columns"] = [{"Name": "id", "Type": "string"}]
    return json.dumps({"DatabaseName": "retail", "TableInput": table_input})
