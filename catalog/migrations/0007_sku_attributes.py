"""SKUs get attributes, which they are searched by; the search index leaves 0003 for catalog/search/index/schema.py.

Existing SKUs are read into attributes, and the index is made anew, by the code at hand.
"""

from importlib import import_module

import django.db.models.deletion
from django.db import migrations, models

from catalog.search.index import schema
from catalog.search.index.rebuild import rebuild


def build(apps, schema_editor):
    rebuild()


def restore(apps, schema_editor):
    """The index of 0003."""
    schema.drop()
    with schema_editor.connection.cursor() as cursor:
        for statement in import_module("catalog.migrations.0003_search_index").CREATE:
            cursor.execute(statement)


class Migration(migrations.Migration):
    dependencies = [("catalog", "0006_full_runs")]

    operations = [
        migrations.CreateModel(
            name="SkuAttributes",
            fields=[
                (
                    "sku",
                    models.OneToOneField(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        primary_key=True,
                        related_name="attributes",
                        serialize=False,
                        to="catalog.sku",
                    ),
                ),
                ("facts", models.TextField(help_text="attribute=value, sorted, a space before, between and after.")),
                ("unread", models.TextField(help_text="The words of the name that were not read, spaced likewise.")),
                ("key", models.TextField(help_text="SKUs with the same key differ by place alone.")),
                (
                    "costs",
                    models.JSONField(help_text="What each attribute costs if a question leaves it open, in hundredths."),
                ),
                ("cost", models.IntegerField(help_text="All of them and the unread words, in hundredths.")),
                ("span_unit", models.TextField(blank=True, null=True)),
                ("span_least", models.IntegerField(blank=True, null=True)),
                ("span_most", models.IntegerField(blank=True, null=True)),
                ("source", models.TextField(blank=True, null=True)),
                ("destination", models.TextField(blank=True, null=True)),
                ("has_place", models.BooleanField()),
                ("is_list_price", models.BooleanField(db_default=False, default=False)),
            ],
            options={
                "verbose_name": "SKU attributes",
                "verbose_name_plural": "SKU attributes",
                "db_table": "sku_attributes",
                "indexes": [models.Index(fields=["key"], name="idx_sku_attributes_key")],
            },
        ),
        migrations.CreateModel(
            name="VocabularyState",
            fields=[
                ("id", models.AutoField(primary_key=True, serialize=False)),
                ("version", models.TextField()),
                ("read_at", models.DateTimeField()),
            ],
            options={"db_table": "vocabulary_state"},
        ),
        migrations.RunPython(build, restore),
    ]
