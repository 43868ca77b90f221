"""Rules for clozes: what is no cloze to Anki, and what an edit would do to the histories of the cards."""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace

from ankigen.anki.cloze import MAX_CARDS, Cloze, parse_clozes
from ankigen.diagnostics import Diagnostic, Rule
from ankigen.gaps import Moved, gaps_of, moved, number, numbers_of
from ankigen.lock import Entry
from ankigen.places import fault_at, find
from ankigen.records import Document, Kind, Record
from ankigen.source import Source

__all__ = ["check_cloze", "number_clozes"]

_OPENING = re.compile(r"\{\{c\d+::", re.IGNORECASE)
_MARK = re.compile(r"\{\{c\d+::|\}\}", re.IGNORECASE)
_ZERO = re.compile(r"\{\{c0+::")
_EMPTY = re.compile(r"\{\{c\d+::\s*(?:::.*?)?\}\}")
_LONGEST = 40  # characters of a cloze that a message shows


def check_cloze(source: Source, record: Record) -> Iterator[Diagnostic]:
    """Each opening mark must become a cloze that hides something, on a card of its number."""
    clozes = list(_clozes(parse_clozes(record.term.html)))
    if len(_OPENING.findall(record.term.html)) > len(clozes):
        message, hint = "this is no cloze to Anki", "write {{c1::what is hidden}}: a small c, a number up to 500"
        unclosed = _first_unclosed(source, record)
        if unclosed:
            message, hint = "the cloze that begins here is not closed", "put two braces after what it hides"
        yield fault_at(source, record, Rule.BROKEN_CLOZE, message, hint, unclosed or find(source, record, _OPENING))
    if any(0 in cloze.numbers for cloze in clozes):
        message = "clozes are numbered from 1: Anki makes no card for c0"
        yield fault_at(source, record, Rule.BROKEN_CLOZE, message, "write {{c1::...}}", find(source, record, _ZERO))
    if not all(any(isinstance(node, Cloze) or node.strip() for node in cloze.nodes) for cloze in clozes):
        hint, empty = "write {{c1::what is hidden}}", find(source, record, _EMPTY)
        yield fault_at(source, record, Rule.BROKEN_CLOZE, "this cloze hides nothing", hint, empty)
    if high := [one for one in sorted(numbers_of(record)[0]) if one > MAX_CARDS]:
        message = f"no card asks for cloze {high[0]}: Anki makes cards for the numbers 1 to {MAX_CARDS}"
        place = find(source, record, _opening(high[0]))
        yield fault_at(source, record, Rule.HIGH_CLOZE, message, "give it a number that none had before", place)


def _clozes(nodes: Iterable[str | Cloze]) -> Iterator[Cloze]:
    for node in nodes:
        if isinstance(node, Cloze):
            yield node
            yield from _clozes(node.nodes)


def number_clozes(documents: Sequence[Document], entries: Sequence[Entry]) -> list[Document]:
    """The documents with the numbers that each record's ``entries`` remember, and with what an edit would move."""
    known = iter(entries)
    return [_numbered(document, known) for document in documents]


def _numbered(document: Document, known: Iterator[Entry]) -> Document:
    records: list[Record] = []
    faults: list[Diagnostic] = []
    for record, entry in zip(document.records, known, strict=False):
        if record.kind is not Kind.CLOZE:
            records.append(record)
            continue
        done = number(record, entry)
        records.append(done.record)
        for unsure in done.unsure:
            message = f'is "{_short(unsure.now)}" the cloze "{_short(unsure.was)}" (card {unsure.number}), edited?'
            message += f" It gets card {unsure.given}, without a history"
            hint = f"if it is, write {{{{c{unsure.number}::{_short(unsure.now)}}}}}; if not, there is nothing to do"
            place = find(document.source, record, unsure.now)
            faults.append(fault_at(document.source, record, Rule.UNSURE_CLOZE, message, hint, place))
        if record.unnumbered and max(numbers_of(done.record)[1], default=0) > MAX_CARDS:
            message = f"its clozes use up all {MAX_CARDS} numbers for which Anki makes cards"
            hint = "write the text as several records"
            faults.append(fault_at(document.source, record, Rule.BROKEN_CLOZE, message, hint))
        changes = moved(entry.gaps, entry.cards, gaps_of(done.record))
        faults += [_moved(document.source, done.record, one) for one in changes]
    return replace(document, records=tuple(records), diagnostics=(*document.diagnostics, *faults))


def _moved(source: Source, record: Record, one: Moved) -> Diagnostic:
    was, now = _short(one.was), _short(one.now)
    place = find(source, record, _opening(one.number if one.now else one.went))
    if one.now:
        message = f'card {one.number} asked "{was}", and would now ask "{now}": its reviews would go over'
    else:
        message = f'"{was}" was card {one.number}, and would now be card {one.went}: its reviews would stay behind'
    keep = (
        f"let {{{{c{one.number}::...}}}} stay around {was}" if one.went else f"number {was} as it was, if it comes back"
    )
    hint = f"{keep}; give a new cloze a number that none had"
    return fault_at(source, record, Rule.MOVED_CLOZE, message, hint, place)


def _opening(number: int) -> re.Pattern[str]:
    return re.compile(rf"\{{\{{c(?:[0-9]+,)*0*{number}(?:,[0-9]+)*::")


def _short(text: str) -> str:
    return text if len(text) <= _LONGEST else f"{text[:_LONGEST]}..."


def _first_unclosed(source: Source, record: Record) -> re.Match[str] | None:
    """The opening of the outermost cloze that has no end, as it is written."""
    opened: list[re.Match[str]] = []
    for mark in _MARK.finditer(source.text, record.span.start, record.span.end):
        if mark[0] != "}}":
            opened.append(mark)
        elif opened:
            opened.pop()
    return opened[0] if opened else None
