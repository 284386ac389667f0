"""The addresses of the pages."""

from __future__ import annotations

from django.urls import path
from django.views.decorators.http import require_safe
from django.views.generic import RedirectView

from console.ask import forms as ask_forms
from console.ask import page as ask_page
from console.catalog.accuracy import accuracy
from console.catalog.changes import changes, run_changes
from console.catalog.feed import feed
from console.catalog.status import status
from console.costs import anomalies, boards, budgets
from console.costs.access import cost_paths
from console.costs.explore import explain_figure, explore, offered_values
from console.docs import views as docs
from console.live import rules as live_rules
from console.live.page import live
from console.pages import paths
from console.prices.compare import compare
from console.prices.estimate import change_estimate, show_estimate
from console.prices.gpus import gpu_list
from console.prices.home import home
from console.prices.machine import machine
from console.prices.machines import machines
from console.prices.models import models
from console.prices.search import search
from console.prices.sku import sku
from console.prices.unit_lists import buckets, disks
from console.robots import robots, sitemap

urlpatterns = [
    path("", home, name="home"),
    path("robots.txt", robots, name="robots"),
    path("sitemap.txt", sitemap, name="sitemap"),
    path("docs/images/<slug:stem>.png", docs.image, name="docs-image"),
    path("docs/", docs.document, name="docs"),
    path("docs/<path:key>/", docs.document, name="doc"),
    *paths("search", search, "search"),
    path("search/", require_safe(RedirectView.as_view(pattern_name="search", query_string=True))),
    path("estimate/change/", change_estimate, name="change-estimate"),
    *paths("estimate/", show_estimate, "estimate"),
    *paths("estimate/<slug:key>/", show_estimate, "kept-estimate"),
    *paths("compare/", compare, "compare"),
    *paths("skus/<sku_id>/", sku, "sku"),
    *paths("machines/", machines, "machines"),
    *paths("machines/<name>/", machine, "machine"),
    *paths("changes/", changes, "changes"),
    *paths("changes/<int:run>/", run_changes, "run"),
    path("changes.atom", feed, name="changes-feed"),
    *paths("status/", status, "status"),
    *paths("accuracy/", accuracy, "accuracy"),
    *paths("gpus/", gpu_list, "gpus"),
    *paths("disks/", disks, "disks"),
    *paths("buckets/", buckets, "buckets"),
    *paths("models/", models, "models"),
    *cost_paths("costs/", boards.overview, "costs"),
    *cost_paths("costs/explore/", explore, "costs-explore"),
    path("costs/explore/values/", offered_values, name="costs-values"),
    *cost_paths("costs/explain/", explain_figure, "costs-explain"),
    *cost_paths("costs/models/", boards.models, "costs-models"),
    *cost_paths("costs/customers/", boards.customers, "costs-customers"),
    *cost_paths("costs/budgets/", budgets.budgets, "costs-budgets"),
    *cost_paths("costs/budgets/<name>/", budgets.budget, "costs-budget"),
    *cost_paths("costs/anomalies/", anomalies.anomalies, "costs-anomalies"),
    path("costs/anomalies/acknowledge/", anomalies.acknowledge, name="costs-acknowledge"),
    path("costs/anomalies/mute/", anomalies.mute, name="costs-mute"),
    path("costs/anomalies/mutes/<int:pk>/unmute/", anomalies.unmute, name="costs-unmute"),
    *cost_paths("costs/loads/", boards.loads, "costs-loads"),
    *cost_paths("ask/", ask_page.ask, "ask"),
    path("ask/question/", ask_forms.put_question, name="ask-question"),
    *cost_paths("ask/talks/<int:pk>/", ask_page.conversation, "ask-talk"),
    *cost_paths("ask/answers/<key>/", ask_page.answer, "ask-answer"),
    *cost_paths("ask/shared/<token>/", ask_page.shared, "ask-shared"),
    path("ask/answers/<key>/feedback/", ask_forms.give_feedback, name="ask-feedback"),
    path("ask/talks/<int:pk>/delete/", ask_forms.delete_talk, name="ask-delete"),
    path("ask/delete/", ask_forms.delete_all, name="ask-delete-all"),
    path("ask/conversations/", ask_forms.export, name="ask-export"),
    *cost_paths("live/", live, "live"),
    path("live/rules/", live_rules.put, name="live-rule"),
    path("live/rules/<name>/remove/", live_rules.remove, name="live-rule-remove"),
]
