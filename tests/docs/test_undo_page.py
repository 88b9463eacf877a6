"""The how-to page on undo, typed as it stands from its first command to its last."""

import re

from doc_pages import ROOT, blocks, commands, shell
from server_fixtures import LiveServer

PAGE = "docs/howto/undo.md"


def test_undo_page_does_what_it_says(own_server: LiveServer, tmp_path):
    [script] = [block for block in blocks(PAGE) if block.file_name]
    (tmp_path / script.file_name).write_text(script.text)
    shown: dict[str, list[str]] = {}
    for line in commands(PAGE):
        typed = f'eval "$(isinglass env)"; {line}' if line.startswith("python") else line
        shown.setdefault(line, []).append(shell(own_server.home, tmp_path, typed))
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
