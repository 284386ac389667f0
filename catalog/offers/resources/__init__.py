"""Whole resources, such as a machine: what each is billed as, in facts that SKUs have. No prices here."""
