"""Compares what is loaded with invoices, line by line."""
