"""``ankigen ids``: the author's answers to the questions of who is who."""

import sys
from pathlib import Path
from typing import NoReturn

import click

__all__ = ["ids"]


@click.group()
def ids() -> None:
    """Tell which note a record is, where ankigen cannot know.

    \b
    ankigen ids keep 3b7s25avt4u35oi content/cells.md:12
    ankigen ids new content/cells.md:12
    """


@ids.command()
@click.argument("guid")
@click.argument("place", metavar="FILE:LINE")
def keep(guid: str, place: str) -> None:
    """The record at FILE:LINE is the note GUID, edited: it keeps that note's reviews.

    \b
    ankigen ids keep 3b7s25avt4u35oi content/cells.md:12
    """
    _answer(place, guid)


@ids.command()
@click.argument("place", metavar="FILE:LINE")
def new(place: str) -> None:
    """The record at FILE:LINE is a new note.

    \b
    ankigen ids new content/cells.md:12
    """
    _answer(place, None)


def _answer(place: str, guid: str | None) -> None:
    from ankigen.answers import AnswerFault, answer
    from ankigen.config import ProjectFault
    from ankigen.lock import LockFault
    from ankigen.notetypes import TemplateFault

    path, colon, line = place.rpartition(":")
    if not colon or not line.isdecimal():
        _stop(2, f"{place} names no line", "write it like content/cells.md:12")
    try:
        entry = answer(Path(path), int(line), guid)
    except (AnswerFault, LockFault, ProjectFault, TemplateFault) as error:
        _stop(1, str(error), error.hint)
    except OSError as error:
        _stop(1, f"{error.filename or path}: {error.strerror or error}", "")
    click.echo(f"{place} is {'the note' if guid else 'a new note,'} {entry.guid}")


def _stop(code: int, message: str, hint: str) -> NoReturn:
    click.echo(f"ankigen: {message}", err=True)
    if hint:
        click.echo(f"  hint: {hint}", err=True)
    sys.exit(code)
