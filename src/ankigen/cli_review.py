"""The dialogue of ``ankigen convert --review``: one question for each unsure record, one key for each answer."""

import sys
from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace

import click

from ankigen.cli_common import style
from ankigen.records import Document, Doubt, Record
from ankigen.report.human import printable

__all__ = ["review"]

_AROUND = 3  # lines shown above and below the one in question
_WIDTH = 100  # characters of a line that are shown
_QUOTED = 40  # characters of a line named in a question
_KEYS = "y: as it is   n: the other way   s: skip   u: undo   q: stop asking"


def review(read: Callable[[Mapping[int, bool]], Document]) -> Document:
    """The document as it is read with the answers of whoever sits at the terminal; what was answered is unsure no more.

    ``read`` takes answers: whether a record begins on a line. What is skipped, or left when asking stops, stays unsure.
    """
    told: dict[int, bool] = {}
    answered: list[int] = []  # lines in the order of the questions, skipped ones too
    document = read(told)
    while found := _next(document, answered):
        record, doubt = found
        click.echo("\n".join(_question(document, record, doubt)), err=True, color=True)
        key = _key(can_undo=bool(answered))
        if key == "q":
            break
        if key == "u":
            told.pop(answered.pop(), None)
        else:
            answered.append(doubt.line)
        if key in "yn":
            told[doubt.line] = doubt.begins is (key == "n")
        if key != "s":  # an answer can change how its neighbours are read
            document = read(told)
    return document.with_records(
        replace(record, doubt=None) if record.doubt and record.doubt.line in told else record
        for record in document.records
    )


def _next(document: Document, answered: list[int]) -> tuple[Record, Doubt] | None:
    """The first unsure record that was not asked about."""
    open_ones = ((r, r.doubt) for r in document.records if r.doubt and r.doubt.line not in answered)
    return next(open_ones, None)


def _key(*, can_undo: bool) -> str:
    """One of the keys y, n, s, u and q, shown as it is pressed; Enter is y."""
    click.echo(f"  {_KEYS}  ", err=True, nl=False)
    while True:
        pressed = click.getchar(echo=False).lower()[:1]  # an arrow, or a paste, is several characters
        key = "y" if pressed in ("\r", "\n") else pressed
        if key == "u" and not can_undo:
            click.echo("(nothing to undo) ", err=True, nl=False)
        elif key in ("y", "n", "s", "u", "q"):
            click.echo(key, err=True)
            return key


def _question(document: Document, record: Record, doubt: Doubt) -> Iterator[str]:
    """The lines around the one in question, those on which records begin marked with ``*``, and what is asked."""
    source = document.source
    colour = style(sys.stderr)
    begins = {other.line for other in document.records}
    first, last = max(1, doubt.line - _AROUND), min(source.line_count, doubt.line + _AROUND)
    width = len(str(last))
    yield ""
    yield colour(printable(f"{source.path}:{doubt.line}"), bold=True)
    for number in range(first, last + 1):
        mark = ">" if number == doubt.line else "*" if number in begins else " "
        text = printable(f"{mark} {number:>{width}} | {source.line(number)[:_WIDTH]}")
        if number == doubt.line:
            text = colour(text, fg="yellow", bold=True)
        yield f"  {text}"
    if doubt.begins:
        yield f"  It belongs to {_named(document, record)}. Or is it a term of its own?"
    else:
        above = next((other for other in reversed(document.records) if other.line < record.line), None)
        yield f"  It is a term of its own. Or does it belong to {_named(document, above)} above?"


def _named(document: Document, record: Record | None) -> str:
    text = " ".join(document.source.line(record.line).split()) if record else ""
    return printable(f'"{text}"' if len(text) <= _QUOTED else f'"{text[:_QUOTED].rstrip()}..."') if text else "what is"
