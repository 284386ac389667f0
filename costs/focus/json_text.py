"""JSON columns as text, one JSON object each, however a provider spells them."""

from __future__ import annotations

from collections.abc import Sequence

from sqlglot import exp

from costs.focus.sql import call, fill

_KEY = "coalesce({0} ->> '$.key', {0} ->> '$.Key')"
_VALUE = "coalesce({0} ->> '$.value', {0} ->> '$.Value')"
_ENTRIES = """from_json($x, '["JSON"]')"""
# The members of an object from a list of keys and values; the first of a key wins.
_MEMBERS = f"""
list_transform(
  list_filter({_ENTRIES}, lambda e, i :
    list_position(list_transform({_ENTRIES}, lambda d : {_KEY.format("d")}), {_KEY.format("e")}) = i),
  lambda e : cast(to_json({_KEY.format("e")}) as varchar) || ':' ||
    coalesce(cast(to_json({_VALUE.format("e")}) as varchar), 'null'))
"""
# FOCUS wants objects, AWS has maps, Google Cloud lists of keys and values, and Azure the inside of an object
# without its braces. What is none of these fails in the last json().
_OBJECT = f"""
case
  when $x is null or $x = 'null' then null
  when not json_valid($x) then cast(json('{{' || $x || '}}') as varchar)
  when json_type($x) = 'OBJECT' then cast(json($x) as varchar)
  when json_type($x) <> 'ARRAY' then cast(json('{{' || $x || '}}') as varchar)
  when len(list_filter({_ENTRIES}, lambda e : {_KEY.format("e")} is null)) > 0 then cast(json($x) as varchar)
  else '{{' || array_to_string({_MEMBERS}, ',') || '}}'
end
"""


def json_object(text: exp.Expr, *, strict: bool) -> exp.Expr:
    """A JSON object as compact text; without `strict`, null where the text is not JSON."""
    value = fill(_OBJECT, x=text)
    return value if strict else call("try", value)


def merged(objects: Sequence[exp.Expr]) -> exp.Expr:
    """One object of the keys of all; a later object's keys win. Null if all are null."""
    if not objects:
        return exp.null()
    if len(objects) == 1:
        return objects[0]
    filled = [call("coalesce", each, exp.Literal.string("{}")) for each in objects]
    found = call("coalesce", *objects)
    return fill(
        "case when $found is not null then $all end", found=found, all=call("json_merge_patch", *filled)
    )
