"""AWS cron expressions, `cron(Minutes Hours Day-of-month Month Day-of-week Year)`, always in UTC."""

import calendar
import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import pairwise

#: Glue starts nothing more often than this.
LEAST_MINUTES = 5
FIRST_YEAR, LAST_YEAR = 1970, 2199
_SUNDAY, _SATURDAY = 1, 7


@dataclass(eq=False)
class MalformedSchedule(Exception):
    """A text that is no schedule; `reason` says what is wrong with it and what would be right."""

    expression: str
    reason: str

    def __str__(self) -> str:
        return f"The schedule {self.expression!r} is not valid: {self.reason}."


@dataclass(frozen=True, slots=True)
class _Field:
    """One of the six fields: its range, its names, and whether it may say "no value" or "last"."""

    name: str
    least: int
    most: int
    names: tuple[str, ...] = ()
    is_day: bool = False


_MONTHS = tuple(name.upper() for name in calendar.month_abbr[1:])
_DAYS = ("SUN", "MON", "TUE", "WED", "THU", "FRI", "SAT")
_FIELDS = (
    _Field("Minutes", 0, 59),
    _Field("Hours", 0, 23),
    _Field("Day-of-month", 1, 31, is_day=True),
    _Field("Month", 1, 12, _MONTHS),
    _Field("Day-of-week", _SUNDAY, _SATURDAY, _DAYS, is_day=True),
    _Field("Year", FIRST_YEAR, LAST_YEAR),
)
_ITEM = re.compile(r"(?P<first>\*|\w+)(?:-(?P<last>\w+))?(?:/(?P<step>\w+))?")
_NEAREST = re.compile(r"(\d+)W")
_LAST_OF = re.compile(r"(\w+)L")
_NTH = re.compile(r"(\w+)#(\w+)")


@dataclass(frozen=True, slots=True)
class _Days:
    """Which days of a month a schedule means; exactly one of the members says so."""

    of_month: tuple[int, ...] = ()
    last: bool = False
    last_weekday: bool = False
    nearest_to: int = 0
    #: Days of the week, 1 for Sunday.
    of_week: tuple[int, ...] = ()
    last_of_week: int = 0
    #: A day of the week and its number in the month.
    nth_of_week: tuple[int, int] | None = None

    def of(self, year: int, month: int) -> Iterator[int]:
        """List the days of one month in order."""
        first, length = _first_weekday(year, month), calendar.monthrange(year, month)[1]
        if self.of_month:
            yield from (day for day in self.of_month if day <= length)
        elif self.last:
            yield length
        elif self.last_weekday:
            yield _nearest_weekday(length, first, length)
        elif self.nearest_to:
            if self.nearest_to <= length:
                yield _nearest_weekday(self.nearest_to, first, length)
        elif self.of_week:
            yield from (day for day in range(1, length + 1) if _weekday(day, first) in self.of_week)
        elif self.last_of_week:
            yield max(d for d in range(length - 6, length + 1) if _weekday(d, first) == self.last_of_week)
        elif self.nth_of_week:
            weekday, number = self.nth_of_week
            day = (weekday - first) % 7 + 1 + 7 * (number - 1)
            if day <= length:
                yield day


def _first_weekday(year: int, month: int) -> int:
    return (calendar.weekday(year, month, 1) + 1) % 7 + 1


def _weekday(day: int, first: int) -> int:
    return (first - 1 + day - 1) % 7 + 1


def _nearest_weekday(day: int, first: int, length: int) -> int:
    """Give the weekday next to a day of the month, without leaving the month."""
    weekday = _weekday(day, first)
    if weekday == _SATURDAY:
        return day - 1 if day > 1 else day + 2
    if weekday == _SUNDAY:
        return day + 1 if day < length else day - 2
    return day


@dataclass(frozen=True, slots=True)
class Cron:
    """A parsed schedule."""

    expression: str
    minutes: tuple[int, ...]
    hours: tuple[int, ...]
    days: _Days
    months: tuple[int, ...]
    years: tuple[int, ...]

    def next_after(self, moment: float) -> float | None:
        """Give the first due time after a moment, in epoch seconds; None when there is none any more."""
        if moment >= datetime(LAST_YEAR + 1, 1, 1, tzinfo=UTC).timestamp():
            return None
        start = datetime.fromtimestamp(max(moment, -60.0) // 60 * 60 + 60, UTC)
        for year, month in self._months_from(start.year, start.month):
            for day in self.days.of(year, month):
                date = (year, month, day)
                if date < (start.year, start.month, start.day):
                    continue
                earliest = (
                    (start.hour, start.minute) if date == (start.year, start.month, start.day) else (0, 0)
                )
                for hour in self.hours:
                    for minute in self.minutes:
                        if (hour, minute) >= earliest:
                            return datetime(year, month, day, hour, minute, tzinfo=UTC).timestamp()
        return None

    def _months_from(self, year: int, month: int) -> Iterator[tuple[int, int]]:
        for each in self.years:
            if each >= year:
                yield from ((each, one) for one in self.months if each > year or one >= month)


def parse(expression: str) -> Cron:
    """Read an expression; raises MalformedSchedule."""
    found = re.fullmatch(r"\s*cron\((.*)\)\s*", expression, re.DOTALL)
    if found is None:
        raise MalformedSchedule(
            expression, "it must have the form cron(Minutes Hours Day-of-month Month Day-of-week Year)"
        )
    texts = found[1].upper().split()
    if len(texts) != len(_FIELDS):
        names = " ".join(field.name for field in _FIELDS)
        raise MalformedSchedule(expression, f"it has {len(texts)} fields and needs six: {names}")
    try:
        minutes, hours, _, months, _, years = (
            () if field.is_day else _values(field, text) for field, text in zip(_FIELDS, texts, strict=True)
        )
        days = _days(texts[2], texts[4])
        _check_spacing(minutes, hours)
    except ValueError as error:
        raise MalformedSchedule(expression, str(error)) from error
    return Cron(expression.strip(), minutes, hours, days, months, years)


def _days(of_month: str, of_week: str) -> _Days:
    if (of_month == "?") == (of_week == "?"):
        raise ValueError("exactly one of Day-of-month and Day-of-week must be ?")
    if of_week == "?":
        field = _FIELDS[2]
        if of_month == "L":
            return _Days(last=True)
        if of_month == "LW":
            return _Days(last_weekday=True)
        if nearest := _NEAREST.fullmatch(of_month):
            return _Days(nearest_to=_number(field, nearest[1]))
        return _Days(of_month=_values(field, of_month))
    field = _FIELDS[4]
    if nth := _NTH.fullmatch(of_week):
        if nth[2] not in {"1", "2", "3", "4", "5"}:
            raise ValueError(f"Day-of-week {of_week} must name the first to the fifth day: #1 to #5")
        return _Days(nth_of_week=(_number(field, nth[1]), int(nth[2])))
    if of_week == "L":
        return _Days(of_week=(_SATURDAY,))
    if last := _LAST_OF.fullmatch(of_week):
        return _Days(last_of_week=_number(field, last[1]))
    return _Days(of_week=_values(field, of_week))


def _values(field: _Field, text: str) -> tuple[int, ...]:
    values: set[int] = set()
    for item in text.split(","):
        values.update(_item(field, item))
    return tuple(sorted(values))


def _item(field: _Field, item: str) -> range:
    """Read one member of a list: `*`, `5`, `5-9`, `0/15`, `*/15` or `5-30/5`."""
    found = _ITEM.fullmatch(item)
    if found is None:
        hint = "; L, W and # stand alone" if field.is_day and set(item) & set("LW#") else ""
        raise ValueError(f"{field.name} has {item or 'an empty item'!r}, which means nothing there{hint}")
    step = 1
    if found["step"] is not None:
        step = int(found["step"]) if found["step"].isdecimal() else 0
        if not 1 <= step <= field.most:
            raise ValueError(
                f"{field.name} has the step {found['step']}, which must be from 1 to {field.most}"
            )
    if found["first"] == "*":
        if found["last"] is not None:
            raise ValueError(f"{field.name} has {item!r}: * is no end of a range")
        return range(field.least, field.most + 1, step)
    first = _number(field, found["first"])
    if found["last"] is not None:
        last = _number(field, found["last"])
        if last < first:
            raise ValueError(f"{field.name} has the range {item}, which runs backwards")
        return range(first, last + 1, step)
    return range(first, (field.most if found["step"] is not None else first) + 1, step)


def _number(field: _Field, text: str) -> int:
    if text in field.names:
        return field.names.index(text) + field.least
    if not (text.isascii() and text.isdecimal()):
        hint = "; L, W and # stand alone" if field.is_day and set(text) & set("LW#") else ""
        raise ValueError(f"{field.name} has {text!r}, which means nothing there{hint}")
    if not field.least <= int(text) <= field.most:
        hint = " (1 is Sunday)" if field.names is _DAYS else ""
        raise ValueError(f"{field.name} has {text}, which must be from {field.least} to {field.most}{hint}")
    return int(text)


def _check_spacing(minutes: tuple[int, ...], hours: tuple[int, ...]) -> None:
    gaps = [later - earlier for earlier, later in pairwise(minutes)]
    if any((hour + 1) % 24 in hours for hour in hours):
        gaps.append(minutes[0] + 60 - minutes[-1])
    if min(gaps, default=60) < LEAST_MINUTES:
        raise ValueError(f"it is due more often than every {LEAST_MINUTES} minutes")
