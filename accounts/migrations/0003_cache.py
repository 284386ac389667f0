"""The table of settings.CACHES, so that `migrate` alone makes the database ready."""

from django.core.management import call_command
from django.db import migrations


def create_cache_table(apps, schema_editor):
    call_command("createcachetable", database=schema_editor.connection.alias)


class Migration(migrations.Migration):

    dependencies = [("accounts", "0002_consent")]

    operations = [migrations.RunPython(create_cache_table, migrations.RunPython.noop)]
