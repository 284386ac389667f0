"""The unit and the aggregation of a price get columns, so that serving no longer reads the provider's JSON.

The columns are added in SQL: Django would rebuild the table once for each of them. Existing rows are filled
from the JSON, which stays as the record of what the provider sent.
"""

import json
from decimal import Decimal

from django.db import migrations, models

TEXT = "text NOT NULL DEFAULT ''"
NUMBER = "text NOT NULL DEFAULT '1'"
COLUMNS = {
    "usage_unit": TEXT,
    "usage_unit_description": TEXT,
    "base_unit": TEXT,
    "base_unit_description": TEXT,
    "base_unit_conversion_factor": NUMBER,
    "display_quantity": NUMBER,
    "aggregation_level": "text NULL",
    "aggregation_interval": "text NULL",
    "aggregation_count": "integer NULL",
}
FIELDS = {
    TEXT: lambda: models.TextField(blank=True, db_default="", default=""),
    NUMBER: lambda: models.TextField(db_default="1", default="1"),
    "text NULL": lambda: models.TextField(blank=True, null=True),
    "integer NULL": lambda: models.IntegerField(blank=True, null=True),
}

# json_extract() of two paths gives a JSON array in which numbers are written as in the JSON itself. Of one path
# it would give a double, which SQLite writes with 15 digits.
NUMBERS = "json_extract(pricing_expression_json, '$.baseUnitConversionFactor', '$.displayQuantity')"
DISTINCT_NUMBERS = f"SELECT DISTINCT {NUMBERS} FROM pricing_info WHERE pricing_expression_json IS NOT NULL"
FILL = f"""
UPDATE pricing_info SET
    usage_unit = coalesce(json_extract(pricing_expression_json, '$.usageUnit'), ''),
    usage_unit_description = coalesce(json_extract(pricing_expression_json, '$.usageUnitDescription'), ''),
    base_unit = coalesce(json_extract(pricing_expression_json, '$.baseUnit'), ''),
    base_unit_description = coalesce(json_extract(pricing_expression_json, '$.baseUnitDescription'), ''),
    (base_unit_conversion_factor, display_quantity) = (
        SELECT json_extract(value, '$[0]'), json_extract(value, '$[1]') FROM json_each(%s) WHERE key = {NUMBERS}
    )
WHERE id > %s AND id <= %s AND pricing_expression_json IS NOT NULL
"""
FILL_AGGREGATION = """
UPDATE pricing_info SET
    aggregation_level = coalesce(json_extract(aggregation_json, '$.aggregationLevel'), ''),
    aggregation_interval = coalesce(json_extract(aggregation_json, '$.aggregationInterval'), ''),
    aggregation_count = coalesce(nullif(CAST(json_extract(aggregation_json, '$.aggregationCount') AS INTEGER), 0), 1)
WHERE id > %s AND id <= %s AND aggregation_json IS NOT NULL AND aggregation_json NOT IN ('null', '{}')
"""
# Prices that one statement fills, so that a server answers in time.
PAGE = 20_000


def fill(apps, schema_editor):
    with schema_editor.connection.cursor() as cursor:
        cursor.execute(DISTINCT_NUMBERS)
        numbers = {text: decimals(*json.loads(text)) for (text,) in cursor.fetchall()}
        cursor.execute("SELECT coalesce(max(id), 0) FROM pricing_info")
        for start in range(0, cursor.fetchone()[0], PAGE):
            cursor.execute(FILL, [json.dumps(numbers), start, start + PAGE])
            cursor.execute(FILL_AGGREGATION, [start, start + PAGE])


def decimals(factor, display_quantity):
    return digits(factor or 1), digits(1 if display_quantity is None else display_quantity)


def digits(number):
    """The number as the sync writes it: exact, without an exponent or closing zeros."""
    text = f"{Decimal(repr(number)):f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


class Migration(migrations.Migration):
    dependencies = [("catalog", "0003_search_index")]

    operations = [
        *(
            migrations.RunSQL(
                f'ALTER TABLE "pricing_info" ADD COLUMN "{name}" {definition}',
                f'ALTER TABLE "pricing_info" DROP COLUMN "{name}"',
                state_operations=[migrations.AddField("PricingInfo", name, FIELDS[definition]())],
            )
            for name, definition in COLUMNS.items()
        ),
        migrations.RunPython(fill, migrations.RunPython.noop),
    ]
