"""Cards as Quizlet exports them: a term, a separator, its definition; and rows with a separator of their own between.

Both separators are their author's choice, a tab and a line end unless the settings say otherwise, and nothing is
quoted. A separator in a definition is text, for the first one ends the term; a row without one goes on with the
definition above it.
"""

from collections.abc import Iterator

from ankigen.diagnostics import Diagnostic, Rule
from ankigen.readers.delimited.fields import rich_text
from ankigen.readers.frontmatter import read_front_matter
from ankigen.readers.settings import Settings
from ankigen.records import Document, Record
from ankigen.source import Source, Span

__all__ = ["read_cards"]


def read_cards(source: Source, settings: Settings) -> Document:
    """The records of the rows, in source order; several may stand on one line."""
    front = read_front_matter(source, settings)
    start = source.lines_span(1, front.end_line).end if front.end_line else 0
    faults = list(front.diagnostics)
    records: list[Record] = []
    for span, term, definition in _cards(source, start, settings.separator or "\t", settings.row_separator or "\n"):
        line, end_line = source.position(span.start)[0], source.position(span.end)[0]
        asked, answer = (rich_text(text.strip(), html=False) for text in (term, definition or ""))
        fault = _fault(asked.html, answer.html if definition is not None else None)
        if fault:
            faults.append(Diagnostic.at(source, fault[0], span.start, *fault[1:], span.end))
            continue
        records.append(
            Record(
                term=asked,
                definition=answer,
                path=source.path,
                line=line,
                end_line=end_line,
                span=span,
                kind=front.settings.kind,
                deck=front.settings.deck,
                tags=front.settings.tags,
                note_type=front.settings.note_type,
                theme=front.settings.theme,
            )
        )
    taken = {number for record in records for number in range(record.line, record.end_line + 1)}
    written = {n for n in range(front.end_line + 1, source.line_count + 1) if source.line(n).strip()}
    named = {fault.line for fault in faults}
    return Document(source, "quizlet", tuple(records), tuple(faults), prose=tuple(source.runs(written - taken - named)))


def _cards(source: Source, start: int, between: str, rows: str) -> Iterator[tuple[Span, str, str | None]]:
    """The place of each card, its term and its definition; None for a row above all cards that has no separator."""
    card: tuple[int, int, int] | None = None  # where it begins, its separator stands, and it ends
    for begin, end in _rows(source.text, start, rows):
        at = source.text.find(between, begin, end)
        if at < 0 and card:
            card = (*card[:2], end)
            continue
        if card:
            yield _card(source.text, *card, len(between))
        card = (begin, at, end) if at >= 0 else None
        if at < 0:
            yield Span(begin, end), source.text[begin:end], None
    if card:
        yield _card(source.text, *card, len(between))


def _card(text: str, begin: int, at: int, end: int, width: int) -> tuple[Span, str, str]:
    return Span(begin, end), text[begin:at], text[at + width : end]


def _rows(text: str, start: int, between: str) -> Iterator[tuple[int, int]]:
    """Where each row that is not blank begins and ends, without the white space around it."""
    while start <= len(text):
        end = text.find(between, start)
        end = len(text) if end < 0 else end
        row = text[start:end]
        if row.strip():
            # A tab at an end may part an empty field: only line ends and spaces are taken off.
            yield start + len(row) - len(row.lstrip(" \n")), start + len(row.rstrip(" \n"))
        start = end + len(between)


def _fault(term: str, definition: str | None) -> tuple[Rule, str, str] | None:
    if definition is None:
        hint = "put the separator between term and definition, or name another with --separator"
        return Rule.REJECTED_ROW, "this row has no separator", hint
    if not term:
        return Rule.EMPTY_TERM, "this row has no term", "write it, or delete the row"
    if not definition:
        return Rule.EMPTY_DEFINITION, "this row has no definition", "write it, or delete the row"
    return None
