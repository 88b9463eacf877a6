"""Make the retail scenario's files: the same bytes for the same size, every time."""

import json
from dataclasses import asdict
from pathlib import Path

from isinglass.cli.retail import cloudtrail, customers, personality, products, transactions
from isinglass.cli.retail.plan import PLANS, SEED

#: Raised when the files of a size change, so that older ones are made again.
VERSION = 1


def generate(size: str, folder: Path) -> dict[str, int]:
    """Write the sources below a folder and return the facts the demo checks its result against.

    Files of an earlier call with the same size and version are kept.
    """
    facts_path = folder / "facts.json"
    wanted = {"size": size, "seed": SEED, "version": VERSION}
    if facts_path.exists():
        known = json.loads(facts_path.read_text())
        if known["made"] == wanted:
            return dict(known["facts"])
    plan = PLANS[size]
    raw = folder / "raw"
    raw.mkdir(parents=True, exist_ok=True)
    customers.write_database(plan, folder / "customers.sqlite")
    exported = customers.write_export(folder / "customers.sqlite", raw)
    personality.write(raw / "personality" / "marketing_campaign.csv")
    products.write(plan, raw / "products" / "products.parquet")
    cloudtrail.write(plan, raw / "logs")
    written = transactions.write(plan, raw / "transactions")
    facts = {**exported, **asdict(written), "products": plan.products}
    facts_path.write_text(json.dumps({"made": wanted, "facts": facts}, indent=2))
    return facts
