"""Date and time arithmetic in plain SQL, for which Django's sqlite3 backend calls Python functions.

Django stores times as text, such as `2024-02-29 12:30:59.123456`. SQLite's own functions round to the
millisecond, which moves 59.9996 s to the next minute, so they only get whole seconds and the fraction is
kept as text. In a template, {0} is an SQL expression and {1} is the same without its fraction.
"""

from __future__ import annotations

import re
from datetime import timedelta
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from django.db import NotSupportedError

# ISO 8601: a week belongs to the year of its Thursday.
_THURSDAY = "'-3 days', 'weekday 4'"

EXTRACT = {
    "year": "CAST(strftime('%%Y', {1}) AS INTEGER)",
    "quarter": "((CAST(strftime('%%m', {1}) AS INTEGER) + 2) / 3)",
    "month": "CAST(strftime('%%m', {1}) AS INTEGER)",
    "day": "CAST(strftime('%%d', {1}) AS INTEGER)",
    "week": f"((CAST(strftime('%%j', {{1}}, {_THURSDAY}) AS INTEGER) - 1) / 7 + 1)",
    "iso_year": f"CAST(strftime('%%Y', {{1}}, {_THURSDAY}) AS INTEGER)",
    "week_day": "(CAST(strftime('%%w', {1}) AS INTEGER) + 1)",
    "iso_week_day": "((CAST(strftime('%%w', {1}) AS INTEGER) + 6) %% 7 + 1)",
    "hour": "CAST(strftime('%%H', {1}) AS INTEGER)",
    "minute": "CAST(strftime('%%M', {1}) AS INTEGER)",
    "second": "CAST(strftime('%%S', {1}) AS INTEGER)",
}
TRUNC_DATE = {
    "year": "strftime('%%Y-01-01', {1})",
    "quarter": (
        "(strftime('%%Y-', {1}) ||"
        " printf('%%02d-01', (CAST(strftime('%%m', {1}) AS INTEGER) - 1) / 3 * 3 + 1))"
    ),
    "month": "strftime('%%Y-%%m-01', {1})",
    "week": "date({1}, '-6 days', 'weekday 1')",
    "day": "date({1})",
}
TRUNC_TIME = {
    "hour": "strftime('%%H:00:00', {1})",
    "minute": "strftime('%%H:%%M:00', {1})",
    "second": "strftime('%%H:%%M:%%S', {1})",
}
TRUNC_DATETIME = {
    **{part: f"({sql} || ' 00:00:00')" for part, sql in TRUNC_DATE.items()},
    **{part: f"(date({{1}}) || ' ' || {sql})" for part, sql in TRUNC_TIME.items()},
}
CAST_DATE = "date({1})"
CAST_TIME = "(strftime('%%H:%%M:%%S', {1}) || substr({0}, 20))"

# Values without the fraction of a second. A date or datetime has a fixed length up to there; for a value that
# may also be a time, everything before the decimal point is kept.
WHOLE_DATETIME = "substr({0}, 1, 19)"
WHOLE_TIME = "substr({0}, 1, instr({0} || '.', '.') - 1)"

# Exact microseconds since the epoch.
_FRACTION = "CAST(substr(substr({0}, instr({0} || '.', '.') + 1) || '000000', 1, 6) AS INTEGER)"
_MICROSECONDS = f"(unixepoch({WHOLE_TIME}) * 1000000 + {_FRACTION})"
# The scalar subquery names the operands, because their SQL and parameters must occur only once.
SUBTRACT_TEMPORALS = (
    f"(SELECT {_MICROSECONDS.format('lhs')} - {_MICROSECONDS.format('rhs')}"
    " FROM (SELECT {lhs} AS lhs, {rhs} AS rhs))"
)
# The text operand is the moment, and the other one is the duration in microseconds. `micros` is the result,
# counted from the moment's whole second. As in Python, a date moves by whole days only, and a datetime has a
# fraction only if it is not zero. Do not add subqueries: the server's parser has a maximum depth of 100.
_NEW_FRACTION = "(micros %% 1000000 + 1000000) %% 1000000"
_SECONDS = f"unixepoch({WHOLE_TIME.format('moment')}) + (micros - {_NEW_FRACTION}) / 1000000"
_DAYS = "(duration - (duration %% 86400000000 + 86400000000) %% 86400000000) / 86400000000"
COMBINE_DURATION = (
    f"(SELECT CASE WHEN moment NOT LIKE '%%:%%' THEN date(moment, ({{sign}} {_DAYS}) || ' days')"
    f" ELSE datetime({_SECONDS}, 'unixepoch') ||"
    f" CASE {_NEW_FRACTION} WHEN 0 THEN '' ELSE printf('.%%06d', {_NEW_FRACTION}) END END"
    f" FROM (SELECT moment, duration, {_FRACTION.format('moment')} {{sign}} duration AS micros"
    " FROM (SELECT iif(typeof(lhs) = 'text', lhs, rhs) AS moment,"
    " CAST(iif(typeof(lhs) = 'text', rhs, lhs) AS INTEGER) AS duration"
    " FROM (SELECT {lhs} AS lhs, {rhs} AS rhs))))"
)
# "UTC+05:30", and the names that zoneinfo and Django use: "+0530" and "-10".
_FIXED_OFFSET = re.compile(r"(?:UTC)?([+-])(\d\d):?(\d\d)?")
_UNSUPPORTED_TIME_ZONE = (
    "libSQL servers cannot compute dates in the time zone {}, because its UTC offset is not fixed: "
    "use UTC or a fixed offset and convert in Python."
)


def fixed_offset(tzname: str) -> timedelta:
    """The constant UTC offset of a time zone.

    Raises:
        NotSupportedError: its offset changes over the years, and SQLite has no time zone database.
    """
    if found := _FIXED_OFFSET.fullmatch(tzname):
        distance = timedelta(hours=int(found[2]), minutes=int(found[3] or 0))
        return -distance if found[1] == "-" else distance
    try:
        offset = ZoneInfo(tzname).utcoffset(None)
    except (ZoneInfoNotFoundError, ValueError):
        offset = None
    if offset is None:
        raise NotSupportedError(_UNSUPPORTED_TIME_ZONE.format(tzname))
    return offset
