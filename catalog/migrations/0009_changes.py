import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('catalog', '0008_sku_facts_index'),
    ]

    operations = [
        migrations.AddIndex(
            model_name='pricinginfo',
            index=models.Index(fields=['created_at'], name='idx_pricing_info_created_at'),
        ),
        migrations.AddField(
            model_name='pricingupdate',
            name='changes',
            field=models.JSONField(blank=True, help_text='How many SKUs changed how since the served run before it; empty until they are counted.', null=True),
        ),
        migrations.CreateModel(
            name='SkuChange',
            fields=[
                ('id', models.AutoField(primary_key=True, serialize=False)),
                ('place', models.IntegerField(help_text="Its place in the list of the run's changes, from 1.")),
                ('kind', models.TextField(choices=[('dearer', 'Dearer'), ('cheaper', 'Cheaper'), ('repriced', 'Repriced'), ('withdrawn', 'Withdrawn'), ('returned', 'Returned'), ('new', 'New')])),
                ('change_percent', models.TextField(blank=True, null=True)),
                ('after', models.ForeignKey(blank=True, db_index=False, null=True, on_delete=django.db.models.deletion.CASCADE, related_name='+', to='catalog.pricinginfo')),
                ('before', models.ForeignKey(blank=True, db_index=False, null=True, on_delete=django.db.models.deletion.CASCADE, related_name='+', to='catalog.pricinginfo')),
                ('sku', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to='catalog.sku')),
                ('update', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='+', to='catalog.pricingupdate')),
            ],
            options={
                'db_table': 'sku_changes',
                'ordering': ['update', 'place'],
                'constraints': [models.UniqueConstraint(fields=('update', 'place'), name='sku_change_place')],
            },
        ),
    ]
