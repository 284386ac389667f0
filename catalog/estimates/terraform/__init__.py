"""Terraform plans as `terraform show -json` prints them, read into items."""

from catalog.estimates.terraform.plan import is_plan, read_plan

__all__ = ["is_plan", "read_plan"]
