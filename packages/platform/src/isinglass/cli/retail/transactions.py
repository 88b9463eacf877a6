"""The transaction log: JSON lines under year=/month=/day=, with the dirt that such logs have."""

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa

from isinglass.cli.retail.plan import CHANNEL_SINCE, DAYS, Plan, day_of, random_for
from isinglass.cli.retail.products import prices, product_id

STATUSES = np.array(["completed", "completed", "completed", "completed", "refunded", "pending"])
METHODS = np.array(["card", "card", "paypal", "voucher"])
CHANNELS = np.array(["web", "app", "store"])

#: Of the rows of a day: how many carry their amount as text, and how many appear a second time.
TEXT_AMOUNTS, REPEATED = 0.004, 0.01
#: Every how many days a file has a broken line, and every how many a day's last rows come days later.
BROKEN_EVERY, LATE_EVERY, LATE_BY, LATE_ROWS = 7, 61, 3, 5


@dataclass(frozen=True, slots=True)
class Written:
    """What was written: distinct transactions, repeated and broken lines, amounts as text, late rows.

    `completed_sales` counts the distinct completed transactions of customers that the database has.
    """

    transactions: int
    repeated: int
    broken: int
    text_amounts: int
    late: int
    completed_sales: int


def write(plan: Plan, folder: Path) -> Written:
    """Write one file for each day of the year, and the late files."""
    import duckdb

    random = random_for("transactions")
    per_day = np.full(DAYS, plan.transactions // DAYS)
    per_day[: plan.transactions % DAYS] += 1
    price = prices(plan)
    totals = np.zeros(6, dtype=np.int64)
    with duckdb.connect(config={"threads": 2}) as connection:
        first = 0
        for day in range(DAYS):
            table = _rows_of(day, int(per_day[day]), first, plan, price, random)
            first += int(per_day[day])
            known = table.column("customer_id").to_numpy() < 10_000 + plan.customers
            completed = table.column("status").to_numpy() == "completed"
            totals[:5] += _write_day(connection, table, day, folder, random)
            totals[5] += np.count_nonzero(known & completed)
    return Written(*(int(total) for total in totals))


def _rows_of(
    day: int,
    count: int,
    first: int,
    plan: Plan,
    price: "np.ndarray[tuple[int], np.dtype[np.int64]]",
    random: np.random.RandomState,
) -> pa.Table:
    # Customers buy unevenly, and one in fifty sales names a customer that the database does not have.
    customer = 10_000 + np.minimum(
        random.pareto(1.2, count) * plan.customers / 40, plan.customers * 1.02
    ).astype(int)
    product = random.randint(0, plan.products, count)
    quantity = 1 + random.poisson(0.6, count)
    seconds = np.sort(random.randint(0, 86_400, count))
    stamps = np.datetime64(day_of(day)).astype("datetime64[s]") + seconds
    columns: dict[str, object] = {
        "transaction_id": [f"T{first + i:010d}" for i in range(count)],
        "customer_id": customer,
        "product_id": [product_id(i) for i in product],
        "ts": np.char.add(stamps.astype(str), "Z"),
        "quantity": quantity,
        "unit_price": price[product] / 100,
        "amount": np.round(price[product] * quantity / 100, 2),
        "currency": np.array(["EUR", "USD"])[random.randint(0, 2, count)],
        "status": STATUSES[random.randint(0, len(STATUSES), count)],
        "payment": [
            {"method": str(m), "last4": f"{n:04d}"}
            for m, n in zip(
                METHODS[random.randint(0, 4, count)], random.randint(0, 10_000, count), strict=True
            )
        ],
    }
    if day_of(day) >= CHANNEL_SINCE:
        columns["channel"] = CHANNELS[random.randint(0, 3, count)]
    return pa.table({name: pa.array(values) for name, values in columns.items()})


def _write_day(
    connection: Any, table: pa.Table, day: int, folder: Path, random: np.random.RandomState
) -> "np.ndarray[tuple[int], np.dtype[np.int64]]":
    """Write a day's rows and its dirt; returns the counts in the order of `Written`."""
    count = table.num_rows
    late = LATE_ROWS if day % LATE_EVERY == LATE_EVERY - 1 and count > LATE_ROWS else 0
    text = np.flatnonzero(random.random_sample(count - late) < TEXT_AMOUNTS)
    repeated = np.flatnonzero(random.random_sample(count - late) < REPEATED)
    clean = np.setdiff1d(np.arange(count - late), text)
    target = _folder_of(folder, day)
    target.mkdir(parents=True, exist_ok=True)
    path = target / "transactions.json"
    batch = table.take(pa.array(clean))
    connection.execute("COPY (SELECT * FROM batch) TO $path (FORMAT json)", {"path": str(path)})
    del batch
    lines = [
        json.dumps(row | {"amount": f"{row['amount']:.2f}"}) for row in table.take(pa.array(text)).to_pylist()
    ]
    lines += [json.dumps(row) for row in table.take(pa.array(np.setdiff1d(repeated, text))).to_pylist()]
    broken = int(day % BROKEN_EVERY == 0)
    if broken:
        lines.append('{"transaction_id":"T' + f'{day:010d}","customer_id":10001,"product_id":"P0000')
    with path.open("a", encoding="utf-8") as file:
        file.writelines(line + "\n" for line in lines)
    if late:
        rows = table.slice(count - late).to_pylist()
        target = _folder_of(folder, min(day + LATE_BY, DAYS - 1))
        target.mkdir(parents=True, exist_ok=True)
        late_path = target / f"late-{day_of(day).isoformat()}.json"
        late_path.write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")
    return np.array([count, len(np.setdiff1d(repeated, text)), broken, len(text), late])


def _folder_of(folder: Path, day: int) -> Path:
    when = day_of(day)
    return folder / f"year={when.year}" / f"month={when.month:02d}" / f"day={when.day:02d}"
