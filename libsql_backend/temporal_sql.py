"""Date and time arithmetic in plain SQL, where Django's sqlite3 backend calls Python functions.

Times are stored as Django's text, `2024-02-29 12:30:59.123456`. SQLite's own functions round to the
millisecond, and so 59.9996 s up to the next minute: they are given whole seconds only and the fraction is
carried as text. {0} in a template is a column expression, {1} the same without its fraction.
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
DATE = "date({1})"
TIME = "(strftime('%%H:%%M:%%S', {1}) || substr({0}, 20))"

# Without the fraction of its second. A date's or datetime's whole part has a fixed length; where a time may
# stand as well, the fraction's point tells.
WHOLE_DATETIME = "substr({0}, 1, 19)"
WHOLE_TIME = "substr({0}, 1, instr({0} || '.', '.') - 1)"

# Microseconds since the epoch, exact.
_FRACTION = "CAST(substr(substr({0}, instr({0} || '.', '.') + 1) || '000000', 1, 6) AS INTEGER)"
_MICROSECONDS = f"(unixepoch({WHOLE_TIME}) * 1000000 + {_FRACTION})"
# A scalar subquery names the operands, whose SQL and parameters may stand only once.
DIFFERENCE = (
    f"(SELECT {_MICROSECONDS.format('lhs')} - {_MICROSECONDS.format('rhs')}"
    " FROM (SELECT {lhs} AS lhs, {rhs} AS rhs))"
)
# The operand that is text is the moment, the other the duration in microseconds. `beyond` comes on top of the
# moment's whole second. As in Python, a date moves by the whole days of the duration, and a datetime
# shows a fraction only if it has one. No more subqueries than these: the server's parser has a depth of 100.
_BEYOND = "(beyond %% 1000000 + 1000000) %% 1000000"
_SECONDS = f"unixepoch({WHOLE_TIME.format('moment')}) + (beyond - {_BEYOND}) / 1000000"
_DAYS = "(duration - (duration %% 86400000000 + 86400000000) %% 86400000000) / 86400000000"
SHIFTED = (
    f"(SELECT CASE WHEN moment NOT LIKE '%%:%%' THEN date(moment, ({{sign}} {_DAYS}) || ' days')"
    f" ELSE datetime({_SECONDS}, 'unixepoch') ||"
    f" CASE {_BEYOND} WHEN 0 THEN '' ELSE printf('.%%06d', {_BEYOND}) END END"
    f" FROM (SELECT moment, duration, {_FRACTION.format('moment')} {{sign}} duration AS beyond"
    " FROM (SELECT iif(typeof(lhs) = 'text', lhs, rhs) AS moment,"
    " CAST(iif(typeof(lhs) = 'text', rhs, lhs) AS INTEGER) AS duration"
    " FROM (SELECT {lhs} AS lhs, {rhs} AS rhs))))"
)
# "UTC+05:30" and, as zoneinfo and Django name such zones, "+0530" and "-10".
_FIXED_OFFSET = re.compile(r"(?:UTC)?([+-])(\d\d):?(\d\d)?")
_TIME_ZONE_REFUSED = (
    "Dates in the time zone {} cannot be computed on a libSQL server, since its offset from UTC changes "
    "over the years: ask for UTC or a fixed offset and convert in Python."
)


def fixed_offset(tzname: str) -> timedelta:
    """How far the time zone is ahead of UTC.

    Raises:
        NotSupportedError: its offset changes over the years, and SQLite knows no time zones.
    """
    if found := _FIXED_OFFSET.fullmatch(tzname):
        ahead = timedelta(hours=int(found[2]), minutes=int(found[3] or 0))
        return -ahead if found[1] == "-" else ahead
    try:
        offset = ZoneInfo(tzname).utcoffset(None)
    except (ZoneInfoNotFoundError, ValueError):
        offset = None
    if offset is None:
        raise NotSupportedError(_TIME_ZONE_REFUSED.format(tzname))
    return offset
