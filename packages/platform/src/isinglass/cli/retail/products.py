"""The product catalogue: Parquet with nested attributes."""

from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from isinglass.cli.retail.plan import Plan, random_for

CATEGORIES = ["audio", "books", "garden", "kitchen", "office", "outdoor", "sports", "toys"]
COLORS = ["black", "white", "red", "green", "blue"]

SCHEMA = pa.schema(
    [
        ("product_id", pa.string()),
        ("name", pa.string()),
        ("category", pa.string()),
        ("price", pa.decimal128(10, 2)),
        (
            "attributes",
            pa.struct(
                [
                    ("color", pa.string()),
                    ("weight_kg", pa.float64()),
                    ("dimensions", pa.struct([("w", pa.int32()), ("h", pa.int32()), ("d", pa.int32())])),
                ]
            ),
        ),
        ("tags", pa.list_(pa.string())),
        ("ratings", pa.list_(pa.struct([("source", pa.string()), ("stars", pa.int32())]))),
        ("updated_at", pa.timestamp("us", tz="UTC")),
    ]
)


def product_id(index: int) -> str:
    """The key of the product at an index."""
    return f"P{index:06d}"


def prices(plan: Plan) -> "np.ndarray[tuple[int], np.dtype[np.int64]]":
    """The products' prices in cents."""
    return np.round(random_for("prices").lognormal(3.3, 0.8, plan.products) * 100).astype(np.int64) + 99


def write(plan: Plan, path: Path) -> None:
    """Write the catalogue as one Parquet file."""
    from decimal import Decimal

    random = random_for("products")
    cents = prices(plan)
    category = random.randint(0, len(CATEGORIES), plan.products)
    color = random.randint(0, len(COLORS), plan.products)
    size = random.randint(1, 120, (plan.products, 3))
    weight = np.round(random.gamma(2, 0.8, plan.products), 3)
    stars = random.randint(1, 6, (plan.products, 2))
    rows = [
        {
            "product_id": product_id(i),
            "name": f"{COLORS[color[i]].title()} {CATEGORIES[category[i]]} item {i}",
            "category": CATEGORIES[category[i]],
            "price": Decimal(int(cents[i])).scaleb(-2),
            "attributes": {
                "color": COLORS[color[i]],
                "weight_kg": float(weight[i]),
                "dimensions": {"w": int(size[i, 0]), "h": int(size[i, 1]), "d": int(size[i, 2])},
            },
            "tags": [CATEGORIES[category[i]], COLORS[color[i]]][: int(stars[i, 0]) % 3],
            "ratings": [
                {"source": "shop", "stars": int(stars[i, 0])},
                {"source": "web", "stars": int(stars[i, 1])},
            ],
            "updated_at": 1_704_067_200_000_000 + i * 60_000_000,
        }
        for i in range(plan.products)
    ]
    path.parent.mkdir(parents=True, exist_ok=True)
    pq.write_table(pa.Table.from_pylist(rows, schema=SCHEMA), path, compression="snappy")
