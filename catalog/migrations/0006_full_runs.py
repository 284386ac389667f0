"""Runs say whether they were to copy all services, so that a service read by a full run needs no time of its own.

Existing services keep their times until the next full run.
"""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("catalog", "0005_catalog_state")]

    operations = [
        migrations.AddField(
            model_name="pricingupdate",
            name="is_full",
            field=models.BooleanField(
                db_default=False,
                default=False,
                help_text="Whether it was to copy all services of its task, at current prices.",
            ),
        ),
        migrations.AlterField(
            model_name="service",
            name="synced_at",
            field=models.DateTimeField(
                blank=True,
                help_text="When a sync last read its SKUs to the end; empty if the last full run did.",
                null=True,
            ),
        ),
    ]
