from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

from django.core.management.base import CommandError, CommandParser

from accounts.models import User
from assistant import talk
from assistant.models import Talk
from catalog.management import exit_codes
from catalog.management.terminal import CommandWithExamples, columns

EXAMPLES = """examples:
  talks                                  the conversations of the command ask, the newest first
  talks --person 42                      those of the person with this id
  talks --person 42 --export >talks.json all questions and answers, a JSON object a line
  talks --delete                         delete them; clear_expired deletes old ones
"""


class Command(CommandWithExamples):
    help = "List, export or delete conversations. Each is of one person, or of the command ask."
    examples = EXAMPLES

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--person", type=int, metavar="ID", help="a user's id (default: the command ask)")
        either = parser.add_mutually_exclusive_group()
        either.add_argument("--export", action="store_true", help="print all of them as JSON")
        either.add_argument("--delete", action="store_true", help="delete all of them")

    def handle(self, *args: Any, person: int | None, export: bool, delete: bool, **options: Any) -> None:
        who = User.objects.filter(pk=person).first() if person else None
        if person and who is None:
            raise CommandError(f"There is no user {person}.", returncode=exit_codes.WRONG_ARGUMENTS)
        if delete:
            self.stdout.write(f"Deleted conversations: {talk.delete(who)}.")
        elif export:
            for each in talk.export(who):
                self.stdout.write(json.dumps(each, ensure_ascii=False))
        else:
            self.stdout.write("\n".join(_lines(who)))


def _lines(person: User | None) -> Iterator[str]:
    """The conversations, and the answer that the next question can follow."""
    talks = Talk.objects.of(person).order_by("-asked_at").prefetch_related("turns")
    rows = [
        (f"{each.asked_at:%Y-%m-%d %H:%M}", each.title, [turn.pk for turn in each.turns.all()][-1])
        for each in talks
    ]
    if not rows:
        yield "There are no conversations."
        return
    yield from columns(("last asked (UTC)", "begun with", "--follow"), rows)
