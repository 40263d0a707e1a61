"""Cron text -> the next time it means, in UTC.

Belongs here: the five fields as our schedules write them (numbers, lists, ranges, steps). Does not: names of months and
days, time zones, running anything.
"""

from __future__ import annotations

from datetime import datetime, timedelta

FIELDS = ((0, 59), (0, 23), (1, 31), (1, 12), (0, 6))  # minute, hour, day, month, day of the week with Sunday as 0
FARTHEST = timedelta(days=400)


def next_time(cron: str, after: datetime) -> datetime | None:
    """The first minute after an instant that the text means, as UTC; None when there is none within a year.

    As in cron, when both day and day of the week are stated, either will do. ValueError when the text is none of ours.
    """
    fields = cron.split()
    if len(fields) != len(FIELDS):
        raise ValueError(f"{cron!r} has not five fields")
    minutes, hours, days, months, weekdays = (_numbers(text, *span) for text, span in zip(fields, FIELDS, strict=True))
    either = fields[2] != "*" and fields[4] != "*"
    moment = after.replace(second=0, microsecond=0) + timedelta(minutes=1)
    while moment - after < FARTHEST:
        on_day, on_weekday = moment.day in days, moment.isoweekday() % 7 in weekdays
        if moment.month not in months or not ((on_day or on_weekday) if either else (on_day and on_weekday)):
            moment = moment.replace(hour=0, minute=0) + timedelta(days=1)
        elif moment.hour not in hours:
            moment = moment.replace(minute=0) + timedelta(hours=1)
        elif moment.minute not in minutes:
            moment += timedelta(minutes=1)
        else:
            return moment
    return None


def _numbers(text: str, first: int, last: int) -> set[int]:
    """The numbers of one field: *, 5, 1-5, */6, 10-50/20, and such by commas."""
    found: set[int] = set()
    for part in text.split(","):
        span, _, step = part.partition("/")
        begin, _, end = span.partition("-")
        low, high = (first, last) if span == "*" else (int(begin), int(end or (last if step else begin)))
        found.update(range(low, high + 1, int(step or 1)))
    return {number % 7 if last == FIELDS[4][1] else number for number in found}
