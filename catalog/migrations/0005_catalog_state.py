"""Services get the time of their last sync and the error of a failed one; runs get the status "partial".

Existing services get the time of the last run that is known to have read all of them. If there is none, they
get theirs from the next sync.
"""

from django.db import migrations, models

FILL = """
UPDATE services SET synced_at = (
    SELECT completed_at FROM pricing_updates
    WHERE status = 'completed' AND services_failed = 0 AND services_synced >= (SELECT count(*) FROM services)
    ORDER BY id DESC LIMIT 1
)
"""
MARK_PARTIAL = "UPDATE pricing_updates SET status = 'partial' WHERE status = 'completed' AND services_failed > 0"
MARK_COMPLETED = "UPDATE pricing_updates SET status = 'completed' WHERE status = 'partial'"


class Migration(migrations.Migration):
    dependencies = [("catalog", "0004_price_units")]

    operations = [
        # Both may be null, so Django adds them without rebuilding the table, which would drop its triggers.
        migrations.AddField(
            model_name="service",
            name="synced_at",
            field=models.DateTimeField(
                blank=True, help_text="When a sync last read its SKUs to the end.", null=True
            ),
        ),
        migrations.AddField(
            model_name="service",
            name="sync_error",
            field=models.TextField(
                blank=True, help_text="Why the last sync could not read it; empty if it could.", null=True
            ),
        ),
        migrations.AlterField(
            model_name="pricingupdate",
            name="status",
            field=models.TextField(
                choices=[
                    ("running", "Running"),
                    ("completed", "Completed"),
                    ("partial", "Partial"),
                    ("failed", "Failed"),
                ]
            ),
        ),
        migrations.RunSQL(FILL, migrations.RunSQL.noop),
        migrations.RunSQL(MARK_PARTIAL, MARK_COMPLETED),
    ]
