"""The customer-personality file: 2,240 rows, 29 attributes, tab-separated, with its well-known blemishes."""

from pathlib import Path

import numpy as np

from isinglass.cli.retail.plan import random_for

ROWS = 2_240
DEMOGRAPHY = ["ID", "Year_Birth", "Education", "Marital_Status", "Income", "Kidhome", "Teenhome"]
HISTORY = ["Dt_Customer", "Recency"]
EDUCATION = ["Graduation", "PhD", "Master", "2n Cycle", "Basic"]
MARITAL = ["Married", "Together", "Single", "Divorced", "Widow", "Alone", "Absurd", "YOLO"]
SPEND = {
    "MntWines": 304,
    "MntFruits": 26,
    "MntMeatProducts": 167,
    "MntFishProducts": 38,
    "MntSweetProducts": 27,
    "MntGoldProds": 44,
}
COUNTS = {
    "NumDealsPurchases": 2.3,
    "NumWebPurchases": 4.1,
    "NumCatalogPurchases": 2.7,
    "NumStorePurchases": 5.8,
    "NumWebVisitsMonth": 5.3,
}
CAMPAIGNS = {
    "AcceptedCmp3": 0.073,
    "AcceptedCmp4": 0.075,
    "AcceptedCmp5": 0.073,
    "AcceptedCmp1": 0.064,
    "AcceptedCmp2": 0.013,
}
RESPONSE = ["Complain", "Z_CostContact", "Z_Revenue", "Response"]
#: The 29 attributes in the original's order.
COLUMNS = [*DEMOGRAPHY, *HISTORY, *SPEND, *COUNTS, *CAMPAIGNS, *RESPONSE]
MISSING_INCOMES = 24


def write(path: Path) -> None:
    """Write the file: day-first dates, 24 missing incomes, impossible birth years and one absurd income."""
    random = random_for("personality")
    columns: dict[str, list[str]] = {}

    def put(name: str, values: object) -> None:
        columns[name] = [str(value) for value in np.asarray(values).tolist()]

    put("ID", random.permutation(11_191)[:ROWS])
    born = np.clip(np.round(random.normal(1969, 12, ROWS)), 1940, 1996).astype(int)
    born[[192, 239, 339]] = [1900, 1893, 1899]
    put("Year_Birth", born)
    put("Education", random.choice(EDUCATION, ROWS, p=[0.503, 0.217, 0.165, 0.091, 0.024]))
    put(
        "Marital_Status",
        random.choice(MARITAL, ROWS, p=[0.386, 0.259, 0.214, 0.104, 0.034, 0.0015, 0.0008, 0.0007]),
    )
    income = np.clip(np.round(random.normal(52_247, 21_000, ROWS)), 1_730, 162_397).astype(int)
    income[2_233] = 666_666
    put("Income", income)
    for row in random.choice(ROWS, MISSING_INCOMES, replace=False):
        columns["Income"][row] = ""
    put("Kidhome", random.choice(3, ROWS, p=[0.577, 0.402, 0.021]))
    put("Teenhome", random.choice(3, ROWS, p=[0.517, 0.46, 0.023]))
    joined = np.datetime64("2012-07-30") + random.randint(0, 700, ROWS).astype("timedelta64[D]")
    columns["Dt_Customer"] = ["-".join(reversed(str(day).split("-"))) for day in joined]
    put("Recency", random.randint(0, 100, ROWS))
    for name, mean in SPEND.items():
        put(name, np.round(random.gamma(0.8, mean / 0.8, ROWS)).astype(int))
    for name, rate in COUNTS.items():
        put(name, random.poisson(rate, ROWS))
    for name, share in CAMPAIGNS.items():
        put(name, (random.random_sample(ROWS) < share).astype(int))
    put("Complain", (random.random_sample(ROWS) < 0.009).astype(int))
    put("Z_CostContact", np.full(ROWS, 3))
    put("Z_Revenue", np.full(ROWS, 11))
    put("Response", (random.random_sample(ROWS) < 0.149).astype(int))
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("w", encoding="utf-8") as file:
        file.write("\t".join(COLUMNS) + "\n")
        for row in zip(*(columns[name] for name in COLUMNS), strict=True):
            file.write("\t".join(row) + "\n")
