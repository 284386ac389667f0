#!/usr/bin/env python
"""Django's command-line entry point: `.venv/bin/python manage.py help` lists the commands."""

from __future__ import annotations

from pricing_site.command_line import main

if __name__ == "__main__":
    main()
