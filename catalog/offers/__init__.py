"""What a SKU is, by the word lists in data/."""

from pathlib import Path

DATA = Path(__file__).with_name("data")
