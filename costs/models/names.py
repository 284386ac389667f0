"""How billing names and customers are told apart (docs/costs.md)."""

from __future__ import annotations

from django.core.exceptions import ValidationError
from django.db import models


class ModelName(models.Model):
    """What a bill calls a model. Rows here come before the bundled catalog/offers/data/models.csv."""

    cloud = models.TextField(choices=[("aws", "AWS"), ("gcp", "Google Cloud"), ("azure", "Azure")])
    product = models.TextField(default="", blank=True, help_text="The product of the meter; empty for any.")
    billing_model = models.TextField(help_text="The words of the meter that name the model, as on the bill.")
    model_id = models.TextField(help_text="The model's id, such as claude-sonnet-4-6.")
    developer = models.TextField(help_text="Who makes the model, such as Anthropic.")

    class Meta:
        db_table = "cost_model_names"
        ordering = ["cloud", "billing_model", "product"]
        verbose_name = "model name"
        constraints = [
            models.UniqueConstraint(fields=["cloud", "product", "billing_model"], name="cost_model_once"),
        ]

    def __str__(self) -> str:
        return f"{self.cloud}: {self.billing_model} is {self.model_id}"


class ConsumerRule(models.Model):
    """One of the rules that tell which customer a charge is for; the first that fits a charge decides."""

    class Kind(models.TextChoices):
        TAG = "tag", "Tag or label"
        ACCOUNT = "account", "Sub account or project"
        RESOURCE = "resource", "Resource"

    position = models.IntegerField(help_text="Rules are tried in this order.")
    kind = models.TextField(choices=Kind.choices)
    name = models.TextField(default="", blank=True, help_text="The key of the tag, in any case.")
    value = models.TextField(
        default="",
        blank=True,
        help_text="The exact value that fits; empty for any. "
        "If the customer is empty too, each value is a customer of its own.",
    )
    consumer = models.TextField(
        "customer", default="", blank=True, help_text="Whose charges these are; empty for the value itself."
    )

    class Meta:
        db_table = "cost_consumer_rules"
        ordering = ["position", "id"]
        verbose_name = "customer rule"

    def __str__(self) -> str:
        fits = ": ".join(filter(None, [self.name, self.value])) or "any"
        return f"{self.get_kind_display()} {fits} is {self.consumer or 'its value'}"

    def clean(self) -> None:
        if self.kind == self.Kind.TAG and not self.name:
            raise ValidationError({"name": "Enter the key of the tag, such as customer."})
        if self.kind != self.Kind.TAG and self.name:
            raise ValidationError({"name": "Only tags have a name. Leave it empty, and enter the value."})
