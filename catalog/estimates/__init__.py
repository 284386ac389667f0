"""Estimates of files: CSV, JSON and Terraform plans, read into items and priced as calculate prices them."""
