import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('catalog', '0012_accuracy_checks'),
    ]

    operations = [
        migrations.AddField(
            model_name='pricingupdate',
            name='provider',
            field=models.TextField(db_default='gcp', default='gcp', help_text='Whose price list it read; all for the bundled sample.'),
        ),
    ]
