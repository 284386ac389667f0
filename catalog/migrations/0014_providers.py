import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('catalog', '0013_machine_offers'),
    ]

    operations = [
        migrations.AddField(
            model_name='pricingupdate',
            name='provider',
            field=models.TextField(db_default='gcp', default='gcp', help_text='Whose price list it read; all for the bundled sample.'),
        ),
        migrations.CreateModel(
            name='SkuModel',
            fields=[
                ('sku', models.OneToOneField(on_delete=django.db.models.deletion.CASCADE, primary_key=True, related_name='model', serialize=False, to='catalog.sku')),
                ('provider', models.TextField()),
                ('kind', models.TextField()),
                ('billing_model', models.TextField(blank=True, default='', help_text='The model, as the list names it.')),
                ('model_id', models.TextField(blank=True, null=True)),
                ('developer', models.TextField(blank=True, null=True)),
                ('direction', models.TextField(blank=True, null=True)),
                ('cache', models.TextField(blank=True, null=True)),
                ('modality', models.TextField(blank=True, null=True)),
                ('tier', models.TextField(blank=True, null=True)),
                ('scope', models.TextField(blank=True, null=True)),
                ('context', models.TextField(blank=True, null=True)),
                ('variant', models.TextField(blank=True, default='', help_text='What else tells prices apart: 1h, dev.')),
            ],
            options={
                'verbose_name': 'SKU of a model',
                'verbose_name_plural': 'SKUs of models',
                'db_table': 'sku_models',
                'indexes': [models.Index(fields=['model_id'], name='idx_sku_models_model_id')],
            },
        ),
    ]
