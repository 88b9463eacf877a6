"""A schedule that is due once a day, and when that is the next time, whatever the time of day is now."""

from datetime import UTC, datetime, timedelta

#: Far from now on either side, so that nothing is due while a test runs.
_NEXT = (datetime.now(UTC) + timedelta(hours=12)).replace(minute=0, second=0, microsecond=0)

DAILY = f"cron(0 {_NEXT.hour} * * ? *)"
FIRST = _NEXT.timestamp()
DAY = 86_400.0
