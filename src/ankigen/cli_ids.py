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


@ids.command()
@click.argument("package", type=click.Path(path_type=Path))
@click.argument("project", type=click.Path(path_type=Path), default=".")
def adopt(package: Path, project: Path) -> None:
    """Take the guids of a deck made elsewhere over, for the records of PROJECT that match its notes.

    Whoever learns with that deck keeps all reviews: its notes become those of the project at the next import. Note
    types that the project has not are written into its templates/.

    \b
    ankigen ids adopt old.apkg
    """
    from ankigen.adopt import adopt as take_over
    from ankigen.anki.reading import read_package
    from ankigen.anki.verify import AnkiMissing, UnreadablePackage
    from ankigen.build import read_project
    from ankigen.config import ProjectFault
    from ankigen.lock import LockFault
    from ankigen.project import find_project
    from ankigen.themes import TemplateFault

    try:
        found = find_project([project])
        done = take_over(found, read_project(found), read_package(package))
    except (LockFault, ProjectFault, TemplateFault) as error:
        _stop(1, str(error), error.hint)
    except (AnkiMissing, UnreadablePackage) as error:
        _stop(1, str(error), "")
    except OSError as error:
        _stop(1, f"{error.filename or project}: {error.strerror or error}", "")
    for record, guid in done.adopted:
        click.echo(f"adopted  {record.path}:{record.line}  {guid}")
    for word, records in (("settled", done.settled), ("unsure", done.doubtful), ("new", done.left)):
        for record in records:
            click.echo(f"{word:<8} {record.path}:{record.line}")
    for record in done.named:
        click.echo(f"named    {record.path}:{record.line}  asks for the note type {record.note_type}")
    for note in done.notes_left:
        click.echo(f"left     {note.guid}  {' '.join(note.fields[0].split())[:60]}")
    for folder in done.folders:
        click.echo(f"wrote {folder.as_posix()}")
    counts = len(done.adopted), len(done.doubtful), len(done.left), len(done.notes_left)
    click.echo("{} adopted, {} unsure, {} new, {} notes of the package left".format(*counts), err=True)


def _answer(place: str, guid: str | None) -> None:
    from ankigen.answers import AnswerFault, answer
    from ankigen.config import ProjectFault
    from ankigen.lock import LockFault
    from ankigen.themes import TemplateFault

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
