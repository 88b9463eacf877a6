"""The README's commands, typed as they stand, in its order."""

import re

import pytest
from doc_pages import ROOT, blocks, commands, shell
from server_fixtures import start_server, stop_server

#: What needs the network, the checkout itself, or a Spark; how each is covered instead.
ELSEWHERE = {
    "git clone <this repository> isinglass && cd isinglass": "the checkout that runs this test",
    "make demo": "its recipe below",
    "make test": "what runs this test",
    "make check": ".ci/run",
    ".venv/bin/isinglass up": "the server of this test",
    ".venv/bin/isinglass run my_glue_job.py --engine sc://spark:15002": "tests/e2e/test_run_script.py",
}

GLUE_JOB = """
import sys
from awsglue.utils import getResolvedOptions
print("day is", getResolvedOptions(sys.argv, ["day"])["day"])
"""


def test_readme_targets_exist_in_the_makefile_and_demo_is_the_command():
    makefile = (ROOT / "Makefile").read_text()
    for command in commands("README.md"):
        if command.startswith("make "):
            assert f"\n{command.split()[1]}: " in makefile
    assert re.search(r"^demo: env .*\n\t@\.venv/bin/isinglass demo$", makefile, re.MULTILINE)


def test_readme_links_lead_to_pages():
    for page in [ROOT / "README.md", *(ROOT / "docs").rglob("*.md")]:
        for target in re.findall(r"\]\(([^)#:]+)(?:#[^)]*)?\)", page.read_text()):
            assert (page.parent / target).exists(), f"{page.name} links to {target}"


def test_manual_links_every_page_from_its_index():
    manual = ROOT / "docs"
    linked = set(re.findall(r"\]\(([^)#:]+)\)", (manual / "index.md").read_text()))
    pages = {str(page.relative_to(manual)) for page in manual.rglob("*.md") if page.name != "index.md"}
    assert {page for page in pages if f"{page.partition('/')[0]}/" not in linked} == linked - {"decisions/"}


@pytest.mark.slow
def test_readme_commands_typed_as_written_work(tmp_path):
    (tmp_path / ".venv").symlink_to(ROOT / ".venv")
    (tmp_path / "my_glue_job.py").write_text(GLUE_JOB)
    server = start_server(tmp_path)
    try:
        typed = [line for line in commands("README.md") if line not in ELSEWHERE]
        [python] = [block.text for block in blocks("README.md") if block.language == "python"]
        prepare = """
            .venv/bin/isinglass demo --quiet
            eval "$(.venv/bin/isinglass env)"
            mkdir -p my_files/rows && echo 'a,b' > my_files/rows/rows.csv && echo '1,2' >> my_files/rows/rows.csv
        """
        program = f"python - <<'END'\n{python}END"
        printed = shell(tmp_path, tmp_path, "\n".join([prepare, program, *typed]))
        assert re.search(r"^dormant +\d+ +0\.0$", printed, re.MULTILINE)
        assert "retail_raw.transactions  json" in printed
        assert '[\n    "customer_360",\n    "customers_clean"\n]' in printed
        assert "day is 2024-03-01" in printed
        names = [found["Name"] for found in server.client("glue").get_databases()["DatabaseList"]]
        assert names == ["retail", "retail_raw", "sales"]
        assert server.client("glue").get_tables(DatabaseName="sales")["TableList"] == []
    finally:
        assert stop_server(server) == 0
