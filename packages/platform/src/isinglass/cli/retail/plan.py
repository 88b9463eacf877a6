"""How much of the retail scenario to make, and the one seed all of it comes from."""

from dataclasses import dataclass
from datetime import date, timedelta

import numpy as np

SEED = 20240229
FIRST_DAY = date(2024, 1, 1)
DAYS = 366
#: From this day on the shop records the sales channel: the column that is added half-way.
CHANNEL_SINCE = date(2024, 7, 1)


@dataclass(frozen=True, slots=True)
class Plan:
    """Row counts of one size of the scenario."""

    customers: int
    products: int
    transactions: int
    log_events: int


PLANS = {
    "small": Plan(customers=5_000, products=1_200, transactions=50_000, log_events=2_400),
    "medium": Plan(customers=400_000, products=20_000, transactions=5_000_000, log_events=60_000),
}


def random_for(part: str) -> np.random.RandomState:
    """A generator whose stream NumPy promises never to change, one for each part of the scenario."""
    return np.random.RandomState([SEED, *part.encode()])


def day_of(index: int) -> date:
    """The date of a day of the scenario's year."""
    return FIRST_DAY + timedelta(days=int(index))
