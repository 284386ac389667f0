"""Model names and customer rules in the admin."""

from __future__ import annotations

from typing import Any

from django.contrib import admin, messages
from django.db.models import QuerySet
from django.forms import ModelForm
from django.http import HttpRequest, HttpResponse

from catalog.offers.model_names import Names
from costs.admin.one_line import OneLineTexts
from costs.errors import CostError
from costs.load.report import amounts
from costs.models import ConsumerRule, ModelName
from costs.store.configured import open_store
from costs.unmapped import UnmappedModel, unmapped_models
from costs.wording import printable

MAX_UNMAPPED = 100
APPLY = "Run load_costs to apply this. It covers loaded months too."


class StampAdmin(OneLineTexts):
    """Rows by which charges are stamped; a message says how they are applied."""

    def save_model(self, request: HttpRequest, obj: Any, form: ModelForm[Any], change: bool) -> None:
        super().save_model(request, obj, form, change)
        messages.info(request, APPLY)

    def delete_model(self, request: HttpRequest, obj: Any) -> None:
        super().delete_model(request, obj)
        messages.info(request, APPLY)

    def delete_queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> None:
        super().delete_queryset(request, queryset)
        messages.info(request, APPLY)


@admin.register(ModelName)
class ModelNameAdmin(StampAdmin):
    list_display = ["billing_model", "cloud", "product", "model_id", "developer"]
    list_filter = ["cloud", "developer"]
    search_fields = ["billing_model", "model_id", "product"]
    change_list_template = "admin/costs/model_names.html"
    empty_note = "There are no names of yours yet. The bundled table names the models that are known."

    def changelist_view(
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        return super().changelist_view(request, {**_unmapped(), **(extra_context or {})})


@admin.register(ConsumerRule)
class ConsumerRuleAdmin(StampAdmin):
    list_display = ["position", "kind", "name", "value", "consumer"]
    list_display_links = ["position", "kind"]
    list_filter = ["kind"]
    search_fields = ["name", "value", "consumer"]
    empty_note = (
        "There are no rules yet. Until there are, a charge is for the customer that its tag customer, "
        "tenant or team names, in any case. Rules replace this default."
    )

    def get_changeform_initial_data(self, request: HttpRequest) -> dict[str, Any]:
        last = ConsumerRule.objects.last()
        return {
            "position": last.position + 10 if last else 10,
            **super().get_changeform_initial_data(request),
        }


def _unmapped() -> dict[str, Any]:
    """The billing names without a model, with their money; or why they cannot be listed."""
    try:
        found = unmapped_models(open_store())
    except CostError as error:
        return {"unmapped_error": error.message}
    names = Names(ModelName.objects.values_list("cloud", "product", "billing_model", "model_id", "developer"))
    rows = [
        {
            "model": model,
            "shown": [printable(text) for text in (model.billing_model, model.cloud, model.product)],
            "meter": printable(model.meter),
            "money": amounts({model.currency: model.billed}),
            "mapped": _mapped(model, names),
        }
        for model in found[:MAX_UNMAPPED]
    ]
    return {"unmapped": rows, "unmapped_left_out": len(found) - len(rows)}


def _mapped(model: UnmappedModel, names: Names) -> str | None:
    """The model that a name is by now, until load_costs stamps it."""
    found = names.find(model.cloud, (model.product,), model.billing_model)
    return found[0] if found else None
