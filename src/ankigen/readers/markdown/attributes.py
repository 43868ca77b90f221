"""What an author may say about one record in braces: ``{#key .tag kind=typed}``."""

import re

from ankigen.diagnostics import Diagnostic, Rule
from ankigen.frozen import dataclass
from ankigen.readers.markdown.forms import Draft
from ankigen.readers.names import CHANGE_HINT, below, change_of, clean_deck, clean_tag
from ankigen.readers.settings import Settings
from ankigen.records import Kind
from ankigen.source import Source

__all__ = ["Options", "read_attributes"]

_KNOWN = ("#key", ".tag", "kind=", "deck=", "hint=", "notetype=", "line=")

_LINE = re.compile(r"[1-9][0-9]{0,8}")


@dataclass(frozen=True, slots=True)
class Options:
    """The attributes of one record; empty where it has none."""

    key: str | None = None
    tags: tuple[str, ...] = ()
    kind: Kind | None = None
    deck: str = ""
    hint: str = ""
    note_type: str = ""
    origin: str = ""


_NONE = Options()


def read_attributes(source: Source, draft: Draft, settings: Settings) -> tuple[Options, list[Diagnostic]]:
    """The draft's options, and what is wrong with them. A deck in braces takes the place of the note's own."""
    if draft.attributes is None:
        return _NONE, []
    values = dict(draft.attributes.values)
    at = max(source.text.find(draft.attributes.text, line := source.offset(draft.first + 1)), line)
    end = at + len(draft.attributes.text)
    faults: list[Diagnostic] = []
    kind: Kind | None = None
    if (name := values.pop("kind", None)) is not None:
        try:
            kind = Kind(name)
        except ValueError:
            message = f"{name or 'nothing'} is no kind of record"
            hint = f"use {', '.join(Kind)}"
            faults.append(Diagnostic.at(source, Rule.INVALID_VALUE, at, message, hint, end))
    origin = ""
    if (number := values.pop("line", None)) is not None:
        if not settings.origin:
            message, hint = "the line of which file? this attribute is left out", "name it in the front matter: origin:"
            faults.append(Diagnostic.at(source, Rule.UNKNOWN_ATTRIBUTE, at, message, hint, end))
        elif not _LINE.fullmatch(number):
            message, hint = f"{number or 'nothing'} is no line of a file", "write its number, counted from 1"
            faults.append(Diagnostic.at(source, Rule.INVALID_VALUE, at, message, hint, end))
        else:
            origin = f"{settings.origin}:{number}"
    named = [(values.get("deck", ""), clean_deck), *((tag, clean_tag) for tag in values.get("class", "").split())]
    for name, cleaned in named:
        if change := change_of(name, cleaned(name)):
            faults.append(Diagnostic.at(source, Rule.CLEANED_NAME, at, change, CHANGE_HINT, end))
    options = Options(
        key=values.pop("id", None),
        tags=tuple(filter(None, (clean_tag(name) for name in values.pop("class", "").split()))),
        kind=kind,
        deck=_deck(values.pop("deck", ""), settings),
        hint=values.pop("hint", ""),
        note_type=values.pop("notetype", settings.note_type),
        origin=origin,
    )
    for name in values:
        message = f"{name} is no attribute of a record; it is left out"
        hint = f"known are {', '.join(_KNOWN)}"
        faults.append(Diagnostic.at(source, Rule.UNKNOWN_ATTRIBUTE, at, message, hint, end))
    return options, faults


def _deck(name: str, settings: Settings) -> str:
    deck = clean_deck(name)
    return below(settings.above, deck) if deck else ""
