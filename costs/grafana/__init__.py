"""Boards of Grafana and their provisioning, made from the panels with Grafana's own types for boards.

It needs the extra `grafana`, so only the command export_grafana and its tests import it.
"""
