"""AWS cron: what is due when, and what is refused."""

import calendar
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from isinglass.domain.cron import MalformedSchedule, parse

WEEKDAYS = ("SUN", "MON", "TUE", "WED", "THU", "FRI", "SAT")


def _due(expression: str, start: str, count: int = 3) -> list[str]:
    moment = datetime.fromisoformat(start).replace(tzinfo=UTC).timestamp()
    found = []
    for _ in range(count):
        following = parse(f"cron({expression})").next_after(moment)
        if following is None:
            break
        moment = following
        found.append(datetime.fromtimestamp(moment, UTC).strftime("%Y-%m-%d %H:%M"))
    return found


@pytest.mark.parametrize(
    ("expression", "start", "due"),
    [
        ("15 12 * * ? *", "2026-01-31 12:14:59", ["2026-01-31 12:15", "2026-02-01 12:15", "2026-02-02 12:15"]),
        ("15 12 * * ? *", "2026-01-31 12:15", ["2026-02-01 12:15", "2026-02-02 12:15", "2026-02-03 12:15"]),
        ("0 18 ? * MON-FRI *", "2026-11-20 18:00", ["2026-11-23 18:00", "2026-11-24 18:00", "2026-11-25 18:00"]),
        ("0/15 * * * ? *", "2026-12-31 23:31", ["2026-12-31 23:45", "2027-01-01 00:00", "2027-01-01 00:15"]),
        ("1/10 * * * ? *", "2026-01-01 00:00", ["2026-01-01 00:01", "2026-01-01 00:11", "2026-01-01 00:21"]),
        ("*/20 8-9 * * ? *", "2026-01-01 09:20", ["2026-01-01 09:40", "2026-01-02 08:00", "2026-01-02 08:20"]),
        ("0 0 31 * ? *", "2026-01-31 00:00", ["2026-03-31 00:00", "2026-05-31 00:00", "2026-07-31 00:00"]),
        ("0 0 29 2 ? *", "2026-01-01 00:00", ["2028-02-29 00:00", "2032-02-29 00:00", "2036-02-29 00:00"]),
        ("0 0 L * ? *", "2028-01-01 00:00", ["2028-01-31 00:00", "2028-02-29 00:00", "2028-03-31 00:00"]),
        # 31 January 2026 is a Saturday, 28 February too, 31 May a Sunday.
        ("0 0 LW 1-5/4 ? *", "2026-01-01 00:00", ["2026-01-30 00:00", "2026-05-29 00:00", "2027-01-29 00:00"]),
        # 1 August 2026 is a Saturday, 1 November a Sunday: the month is not left.
        ("0 0 1W 8,11 ? *", "2026-01-01 00:00", ["2026-08-03 00:00", "2026-11-02 00:00", "2027-08-02 00:00"]),
        ("0 0 15W 8,11 ? *", "2026-01-01 00:00", ["2026-08-14 00:00", "2026-11-16 00:00", "2027-08-16 00:00"]),
        ("0 0 31W 5 ? *", "2026-01-01 00:00", ["2026-05-29 00:00", "2027-05-31 00:00", "2028-05-31 00:00"]),
        ("0 0 31W 2 ? *", "2026-01-01 00:00", []),
        ("0 0 ? * L *", "2026-11-22 00:00", ["2026-11-28 00:00", "2026-12-05 00:00", "2026-12-12 00:00"]),
        ("0 0 ? * 5L *", "2026-11-01 00:00", ["2026-11-26 00:00", "2026-12-31 00:00", "2027-01-28 00:00"]),
        ("0 0 ? * friL *", "2026-11-01 00:00", ["2026-11-27 00:00", "2026-12-25 00:00", "2027-01-29 00:00"]),
        ("0 0 ? * 3#2 *", "2026-11-01 00:00", ["2026-11-10 00:00", "2026-12-08 00:00", "2027-01-12 00:00"]),
        ("0 0 ? * SUN#5 *", "2026-11-01 00:00", ["2026-11-29 00:00", "2027-01-31 00:00", "2027-05-30 00:00"]),
        ("0 0 ? jan,JUL 1 *", "2026-12-30 00:00", ["2027-01-03 00:00", "2027-01-10 00:00", "2027-01-17 00:00"]),
        ("0 6 1 1 ? 2026-2030/2", "2026-06-01 00:00", ["2028-01-01 06:00", "2030-01-01 06:00"]),
        ("0 6 * * ? 2020", "2026-06-01 00:00", []),
        ("0 6 30 2 ? *", "2026-06-01 00:00", []),
        ("59 23 31 12 ? 2199", "2026-06-01 00:00", ["2199-12-31 23:59"]),
    ],
)  # fmt: skip
def test_next_after_gives_due_times_in_order(expression: str, start: str, due: list[str]) -> None:
    assert _due(expression, start) == due


@pytest.mark.parametrize(
    ("expression", "reason"),
    [
        ("every day", "it must have the form cron(Minutes Hours Day-of-month Month Day-of-week Year)"),
        ("rate(5 minutes)", "it must have the form cron(Minutes Hours Day-of-month Month Day-of-week Year)"),
        (
            "cron(0 12 * * ?)",
            "it has 5 fields and needs six: Minutes Hours Day-of-month Month Day-of-week Year",
        ),
        ("cron(0 12 * * * *)", "exactly one of Day-of-month and Day-of-week must be ?"),
        ("cron(0 12 ? * ? *)", "exactly one of Day-of-month and Day-of-week must be ?"),
        ("cron(60 12 * * ? *)", "Minutes has 60, which must be from 0 to 59"),
        ("cron(0 24 * * ? *)", "Hours has 24, which must be from 0 to 23"),
        ("cron(0 0 0 * ? *)", "Day-of-month has 0, which must be from 1 to 31"),
        ("cron(0 0 ? * 0 *)", "Day-of-week has 0, which must be from 1 to 7 (1 is Sunday)"),
        ("cron(0 0 ? * FRI-MON *)", "Day-of-week has the range FRI-MON, which runs backwards"),
        ("cron(0 0 ? * 3#6 *)", "Day-of-week 3#6 must name the first to the fifth day: #1 to #5"),
        (
            "cron(0 0 ? * 3#1,5#2 *)",
            "Day-of-week has '3#1', which means nothing there; L, W and # stand alone",
        ),
        ("cron(0 0 L,15 * ? *)", "Day-of-month has 'L', which means nothing there; L, W and # stand alone"),
        ("cron(0 0 W * ? *)", "Day-of-month has 'W', which means nothing there; L, W and # stand alone"),
        ("cron(0 0 * FOO ? *)", "Month has 'FOO', which means nothing there"),
        ("cron(0 0 * 13 ? *)", "Month has 13, which must be from 1 to 12"),
        ("cron(0 0 * * ? 1969)", "Year has 1969, which must be from 1970 to 2199"),
        ("cron(0/0 0 * * ? *)", "Minutes has the step 0, which must be from 1 to 59"),
        ("cron(0/x 0 * * ? *)", "Minutes has the step X, which must be from 1 to 59"),
        ("cron(*-5 0 * * ? *)", "Minutes has '*-5': * is no end of a range"),
        ("cron(1,,2 0 * * ? *)", "Minutes has 'an empty item', which means nothing there"),
        ("cron(-5 0 * * ? *)", "Minutes has '-5', which means nothing there"),
        ("cron(? 0 * * ? *)", "Minutes has '?', which means nothing there"),
        ("cron(² 0 * * ? *)", "Minutes has '²', which means nothing there"),
        ("cron(* * * * ? *)", "it is due more often than every 5 minutes"),
        ("cron(0,4 8 * * ? *)", "it is due more often than every 5 minutes"),
        ("cron(0,58 8-9 * * ? *)", "it is due more often than every 5 minutes"),
    ],
)
def test_malformed_expression_is_refused_with_its_reason(expression: str, reason: str) -> None:
    with pytest.raises(MalformedSchedule) as caught:
        parse(expression)
    assert str(caught.value) == f"The schedule {expression!r} is not valid: {reason}."


def test_minutes_that_meet_over_a_skipped_hour_are_far_enough_apart() -> None:
    assert _due("0,58 8,10 * * ? *", "2026-01-01 00:00") == [
        "2026-01-01 08:00",
        "2026-01-01 08:58",
        "2026-01-01 10:00",
    ]


_DAYS = st.one_of(
    st.integers(1, 31).map(lambda n: (f"{n} {{month}} ?", lambda d: d.day == n)),
    st.just(("L {month} ?", lambda d: d.day == _length(d))),
    st.just(("* {month} ?", lambda d: True)),
    st.integers(1, 31).map(lambda n: (f"{n}W {{month}} ?", lambda d: _is_nearest(d, n))),
    st.integers(1, 7).map(lambda n: (f"? {{month}} {n}", lambda d: _weekday(d) == n)),
    st.integers(1, 7).map(lambda n: (f"? {{month}} {n}L", lambda d: _weekday(d) == n and d.day > _length(d) - 7)),
    st.tuples(st.integers(1, 7), st.integers(1, 5)).map(
        lambda n: (
            f"? {{month}} {WEEKDAYS[n[0] - 1]}#{n[1]}",
            lambda d: _weekday(d) == n[0] and (d.day - 1) // 7 + 1 == n[1],
        )
    ),
)  # fmt: skip


def _length(day: datetime) -> int:
    return calendar.monthrange(day.year, day.month)[1]


def _weekday(day: datetime) -> int:
    return day.isoweekday() % 7 + 1


def _is_nearest(day: datetime, number: int) -> bool:
    """Look at every weekday of the month for the one that is nearest."""
    if number > _length(day):
        return False
    weekdays = [n for n in range(1, _length(day) + 1) if day.replace(day=n).isoweekday() <= 5]
    return day.day == min(weekdays, key=lambda n: abs(n - number))


@settings(max_examples=60, deadline=None)
@given(
    days=_DAYS,
    hour=st.integers(0, 23),
    minute=st.integers(0, 59),
    months=st.sets(st.integers(1, 12), min_size=1, max_size=3),
    moment=st.integers(1_672_531_200, 1_798_675_200),
)
def test_next_after_is_the_first_due_time_that_a_slow_search_finds(
    days: tuple, hour: int, minute: int, months: set[int], moment: int
) -> None:
    text, fits = days
    month = ",".join(map(str, sorted(months)))
    schedule = parse(f"cron({minute} {hour} {text.format(month=month)} *)")

    start = datetime.fromtimestamp(moment, UTC)
    found = schedule.next_after(moment)
    expected = None
    day = start.replace(hour=hour, minute=minute, second=0, microsecond=0)
    for _ in range(5 * 366):
        if day > start and day.month in months and fits(day):
            expected = day.timestamp()
            break
        day += timedelta(days=1)
    if expected is None:  # the slow search gives up earlier
        assert found is None or found > day.timestamp() - 86_400
    else:
        assert found == expected
        following = schedule.next_after(found)
        assert following is None or following > found
