"""The lists of English words in en/, by name, but for ordinary words and collocations."""

from __future__ import annotations

from pathlib import Path

from catalog.words import entries, keys, words

EN = Path(__file__).with_name("en")

# Words of questions that SKU names do not contain.
STOP_WORDS = words(EN / "stop_words.txt")
# Words that a number before them counts.
COUNTED = words(EN / "counted.txt")
# Words that a name need not contain.
OPTIONAL = words(EN / "optional_words.txt")
# Words that are dropped before others.
GENERIC = words(EN / "generic_words.txt")
# The parts of the names of machine types; those after the family, such as "highmem", and at the end: "metal".
MACHINE_TYPES = {key: tuple(names) for _, key, names in entries(EN / "machine_types.txt")}
MACHINE_SHAPES = MACHINE_TYPES["shape"]
MACHINE_EXTRAS = MACHINE_TYPES["extra"]
# The words that an abbreviation or another wording stands for.
SHORT_FORMS = keys(EN / "short_forms.txt")
# The GPU of a machine type by the start of its name.
MACHINE_GPUS = keys(EN / "machine_gpus.txt")
# The words of the sizes of machines.
SIZES = {key: tuple(words) for _, key, words in entries(EN / "sizes.txt")}
# The company whose machine types have a word in their names.
OTHER_MACHINES = keys(EN / "other_machines.txt")
# The words for a unit that a number counts.
UNITS = {key: tuple(words) for _, key, words in entries(EN / "units.txt")}
# What the attribute "size" calls the unit of a network's speed.
SPEEDS = keys(EN / "speeds.txt")
# GiB of memory for each vCPU of a database on a machine of a shape.
DATABASE_MEMORY = {shape: float(key) for shape, key in keys(EN / "database_memory.txt").items()}
# The digits of a number that is written as a word.
NUMBERS = keys(EN / "numbers.txt")
# What SKU names call something, by what people call it.
SYNONYMS = {word: tuple(key.split(", ")) for word, key in keys(EN / "synonyms.txt").items()}
# The names of the areas around a destination where nothing is sold, the narrowest first.
DESTINATIONS = {name: tuple(key.split(", ")) for name, key in keys(EN / "destinations.txt").items()}
# Phrases that say what a question is about, by what they say.
SUBJECTS = {key: tuple(phrases) for _, key, phrases in entries(EN / "subjects.txt")}
# Words of the commands and the configuration that people paste, by what they are.
CODE = {key: tuple(words) for _, key, words in entries(EN / "code.txt")}
