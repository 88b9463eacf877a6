"""The customer database (customers, accounts, preferences) and its nightly CSV export with the usual dirt."""

import csv
import sqlite3
from collections.abc import Iterable, Sequence
from pathlib import Path

import numpy as np

from isinglass.cli.retail.plan import Plan, day_of, random_for

FIRST_NAMES = [
    "Ada",
    "Bruno",
    "Chloé",
    "Dmitri",
    "Elif",
    "Fatima",
    "Goran",
    "Hana",
    "Iván",
    "Jun",
    "Kofi",
    "Lena",
]
LAST_NAMES = [
    "Almeida",
    "Brandt",
    "Castillo",
    "Dubois",
    "Eriksen",
    "Fischer",
    "Große",
    "Haddad",
    "Ito",
    "Jensen",
]
CITIES = [
    ("Lisbon", "PT"),
    ("Berlin", "DE"),
    ("Lyon", "FR"),
    ("Oslo", "NO"),
    ("Osaka", "JP"),
    ("Austin", "US"),
]
TIERS = ["basic", "silver", "gold", "platinum"]
DATE_FORMATS = ["%Y-%m-%d", "%Y-%m-%d", "%Y-%m-%d", "%d/%m/%Y", "%b %d, %Y"]

SCHEMA = """
CREATE TABLE customers (customer_id INTEGER PRIMARY KEY, first_name TEXT, last_name TEXT, email TEXT,
                        birth_year INTEGER, city TEXT, country TEXT, signup_date TEXT);
CREATE TABLE accounts (account_id INTEGER PRIMARY KEY, customer_id INTEGER REFERENCES customers,
                       tier TEXT, balance REAL, opened_on TEXT);
CREATE TABLE preferences (customer_id INTEGER REFERENCES customers, newsletter INTEGER, language TEXT,
                          PRIMARY KEY (customer_id));
"""

#: Every how many customers the export has a line with a stray separator, or repeats a line.
RAGGED_EVERY = 997
REPEATED_EVERY = 211


def customer_rows(plan: Plan) -> list[tuple[object, ...]]:
    """Make the customers table's rows."""
    random = random_for("customers")
    count = plan.customers
    first, last = random.randint(0, len(FIRST_NAMES), count), random.randint(0, len(LAST_NAMES), count)
    city, born = random.randint(0, len(CITIES), count), random.randint(1938, 2006, count)
    signup = np.minimum(random.geometric(0.004, count), 1500)
    missing_email = random.random_sample(count) < 0.02
    rows: list[tuple[object, ...]] = []
    for index in range(count):
        given, family = FIRST_NAMES[first[index]], LAST_NAMES[last[index]]
        email = None if missing_email[index] else f"{given}.{family}{index}@example.com".lower()
        town, country = CITIES[city[index]]
        signed_up = day_of(-int(signup[index])).isoformat()
        rows.append((10_000 + index, given, family, email, int(born[index]), town, country, signed_up))
    return rows


def write_database(plan: Plan, path: Path) -> None:
    """Write the relational source as a SQLite database."""
    random = random_for("accounts")
    path.unlink(missing_ok=True)
    customers = customer_rows(plan)
    tiers = random.choice(len(TIERS), plan.customers, p=[0.6, 0.25, 0.12, 0.03])
    balances = np.round(random.gamma(2.0, 140.0, plan.customers), 2)
    flags = random.random_sample(plan.customers) < 0.4
    languages = random.choice(["en", "de", "fr", "pt", "ja"], plan.customers)
    with sqlite3.connect(path) as connection:
        connection.executescript(SCHEMA)
        connection.executemany("INSERT INTO customers VALUES (?,?,?,?,?,?,?,?)", customers)
        connection.executemany(
            "INSERT INTO accounts VALUES (?,?,?,?,?)",
            (
                (50_000 + i, 10_000 + i, TIERS[tiers[i]], float(balances[i]), customers[i][7])
                for i in range(plan.customers)
            ),
        )
        connection.executemany(
            "INSERT INTO preferences VALUES (?,?,?)",
            ((10_000 + i, int(flags[i]), str(languages[i])) for i in range(plan.customers)),
        )
    connection.close()


def write_export(database: Path, folder: Path) -> dict[str, int]:
    """Export the database's tables as CSV; customers with ragged and repeated lines and mixed date formats.

    Returns how many lines of each kind the customers file got.
    """
    counts = {"customers": 0, "ragged_customers": 0, "repeated_customers": 0}
    with sqlite3.connect(database) as connection:
        for table in ("accounts", "preferences"):
            cursor = connection.execute(f"SELECT * FROM {table} ORDER BY 1")  # noqa: S608 - two fixed names
            _write_csv(folder / table / f"{table}.csv", [c[0] for c in cursor.description], cursor)
        cursor = connection.execute("SELECT * FROM customers ORDER BY customer_id")
        header = [column[0] for column in cursor.description]
        lines: list[list[object]] = []
        for index, row in enumerate(cursor):
            *kept, signup = row
            when = day_of(0).fromisoformat(signup).strftime(DATE_FORMATS[index % len(DATE_FORMATS)])
            lines.append([*kept, when])
            counts["customers"] += 1
            if index % RAGGED_EVERY == RAGGED_EVERY - 1:
                lines.append([*kept[:3], "unsubscribed", "see note", *kept[3:], when])
                counts["ragged_customers"] += 1
            if index % REPEATED_EVERY == REPEATED_EVERY - 1:
                lines.append([*kept, when])
                counts["repeated_customers"] += 1
        _write_csv(folder / "customers" / "customers.csv", header, lines)
    connection.close()
    return counts


def _write_csv(path: Path, header: list[str], rows: Iterable[Sequence[object]]) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(header)
        writer.writerows(rows)
