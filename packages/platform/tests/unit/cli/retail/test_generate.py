"""The retail scenario is the same every time, and its facts are true of its files."""

import csv
import gzip
import hashlib
import json
import urllib.request
from pathlib import Path

import pytest

from isinglass.cli.retail import enrichment, personality
from isinglass.cli.retail.generate import generate


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, dict[str, int]]:
    folder = tmp_path_factory.mktemp("retail")
    return folder, generate("small", folder)


def digest(folder: Path) -> str:
    sha = hashlib.sha256()
    for path in sorted((folder / "raw").rglob("*")):
        if path.is_file() and path.suffix != ".parquet":  # Parquet files name the library's version
            sha.update(path.relative_to(folder).as_posix().encode() + path.read_bytes())
    return sha.hexdigest()


def test_generate_twice_gives_the_same_bytes(made: tuple[Path, dict[str, int]], tmp_path: Path) -> None:
    folder, facts = made
    assert generate("small", tmp_path) == facts
    assert digest(tmp_path) == digest(folder)


def test_transactions_read_line_by_line_agree_with_the_facts(made: tuple[Path, dict[str, int]]) -> None:
    folder, facts = made
    seen: set[str] = set()
    repeated = broken = text_amounts = with_channel = 0
    for path in sorted((folder / "raw/transactions").rglob("*.json")):
        for line in path.read_text().splitlines():
            try:
                row = json.loads(line)
            except ValueError:
                broken += 1
                continue
            repeated += row["transaction_id"] in seen
            seen.add(row["transaction_id"])
            text_amounts += isinstance(row["amount"], str)
            with_channel += "channel" in row
    wanted = tuple(facts[name] for name in ("transactions", "repeated", "broken", "text_amounts"))
    assert (len(seen), repeated, broken, text_amounts) == wanted
    assert 0 < with_channel < len(seen)


def test_customers_export_agrees_with_the_facts(made: tuple[Path, dict[str, int]]) -> None:
    folder, facts = made
    with (folder / "raw/customers/customers.csv").open(newline="", encoding="utf-8") as file:
        header, *rows = csv.reader(file)
    ragged = [row for row in rows if len(row) != len(header)]
    clean = [tuple(row) for row in rows if len(row) == len(header)]
    assert (len(set(clean)), len(ragged), len(clean) - len(set(clean))) == (
        facts["customers"],
        facts["ragged_customers"],
        facts["repeated_customers"],
    )


def test_personality_file_has_the_original_shape(made: tuple[Path, dict[str, int]]) -> None:
    lines = (made[0] / "raw/personality/marketing_campaign.csv").read_text().splitlines()
    rows = [line.split("\t") for line in lines]
    income = personality.COLUMNS.index("Income")
    assert (len(rows) - 1, {len(row) for row in rows}, sum(row[income] == "" for row in rows)) == (
        2240,
        {29},
        personality.MISSING_INCOMES,
    )


def test_cloudtrail_files_hold_records(made: tuple[Path, dict[str, int]]) -> None:
    paths = sorted((made[0] / "raw/logs").rglob("*.json.gz"))
    counts = [len(json.loads(gzip.decompress(path.read_bytes()))["Records"]) for path in paths]
    assert counts == [100] * 24


def test_enrichment_service_pages_to_the_end() -> None:
    server, url = enrichment.serve()
    items, page = [], 1
    while page:
        with urllib.request.urlopen(f"{url}/v1/regions?page={page}") as answer:
            document = json.load(answer)
        items += document["items"]
        page = document["next"]
    server.shutdown()
    assert items == enrichment.REGIONS
