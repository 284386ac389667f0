"""The lists of English words in en/, by name, but for ordinary words and collocations."""

from __future__ import annotations

from pathlib import Path

from catalog.offers.words import entries, keys, words

EN = Path(__file__).with_name("en")

# Words of questions that SKU names do not contain.
STOP_WORDS = words(EN / "stop_words.txt")
# Words that a number before them counts.
COUNTED = words(EN / "counted.txt")
# Words that a name need not contain.
OPTIONAL = words(EN / "optional_words.txt")
# Words that are dropped before others.
GENERIC = words(EN / "generic_words.txt")
# The parts of the names of machine types after the family, such as "highmem".
MACHINE_SHAPES = tuple(sorted(words(EN / "machine_shapes.txt")))
# The words that an abbreviation stands for.
SHORT_FORMS = keys(EN / "short_forms.txt")
# The GPU of a machine type by the start of its name.
MACHINE_GPUS = keys(EN / "machine_gpus.txt")
# The digits of a number that is written as a word.
NUMBERS = keys(EN / "numbers.txt")
# What SKU names call something, by what people call it.
SYNONYMS = {word: tuple(key.split(", ")) for word, key in keys(EN / "synonyms.txt").items()}
# The names of the areas around a destination where nothing is sold, the narrowest first.
DESTINATIONS = {name: tuple(key.split(", ")) for name, key in keys(EN / "destinations.txt").items()}
# Phrases that say what a question is about, by what they say.
SUBJECTS = {key: tuple(phrases) for _, key, phrases in entries(EN / "subjects.txt")}
