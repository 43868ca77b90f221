"""Unmarked pastes, read into records: chrome off, every line observed, the best sequence of records chosen."""

from collections.abc import Sequence
from dataclasses import dataclass

from ankigen.diagnostics import Diagnostic, Rule
from ankigen.readers.frontmatter import read_front_matter
from ankigen.readers.settings import Settings
from ankigen.readers.studyset.chrome import Chrome, find_chrome
from ankigen.readers.studyset.features import Line, item_mark, observe
from ankigen.readers.studyset.plain import as_list, as_text
from ankigen.readers.studyset.segment import segment, term_lines
from ankigen.records import Document, Record, RichText
from ankigen.source import Source, Span

__all__ = ["looks_like_paste", "read_studyset"]


@dataclass(frozen=True, slots=True)
class _Paste:
    """The lines of a paste that are not blank, with their numbers in the source (from 1)."""

    texts: tuple[str, ...]
    numbers: tuple[int, ...]

    @property
    def after_blank(self) -> list[bool]:
        """Which lines have a blank one above them."""
        return [bool(at) and number > self.numbers[at - 1] + 1 for at, number in enumerate(self.numbers)]

    def below(self, chrome: Chrome) -> "_Paste":
        """The study set without the page's lines."""
        return _Paste(self.texts[chrome.length :], self.numbers[chrome.length :])


def looks_like_paste(source: Source) -> bool:
    """Whether lines at the top can only come from the page of a study set."""
    return bool(find_chrome(_lines(source, read_front_matter(source, Settings()).end_line).texts).site)


def read_studyset(source: Source, settings: Settings) -> Document:
    """The records of a paste, in source order. Every line is in one of them, or chrome, or named."""
    front = read_front_matter(source, settings)
    page = _lines(source, front.end_line)
    chrome = find_chrome(page.texts)
    paste = page.below(chrome)
    lines = observe(paste.texts, paste.after_blank)
    starts = segment(lines, chrome.cards)
    ends = [*starts[1:], len(lines)]
    records = tuple(
        _record(source, front.settings, paste, lines, start, end) for start, end in zip(starts, ends, strict=False)
    )
    diagnostics = [*front.diagnostics, *_faults(source, paste, page, chrome, len(records))]
    spans = tuple(source.lines_span(number, number) for number in page.numbers[: chrome.length])
    return Document(source, "studyset", records, tuple(diagnostics), chrome=spans)


def _lines(source: Source, front_matter: int) -> _Paste:
    numbers = tuple(number for number in range(front_matter + 1, source.line_count + 1) if source.line(number).strip())
    return _Paste(tuple(source.line(number).strip() for number in numbers), numbers)


def _record(source: Source, settings: Settings, paste: _Paste, lines: Sequence[Line], start: int, end: int) -> Record:
    below = start + term_lines(lines[start:end])
    texts = list(paste.texts[below:end])
    definition, items, ordered = _definition(lines[start], texts)
    first, last = paste.numbers[start], paste.numbers[end - 1]
    return Record(
        term=as_text([" ".join(paste.texts[start:below])]),
        definition=definition,
        path=source.path,
        line=first,
        end_line=last,
        span=Span(source.offset(first), source.lines_span(last, last).end),
        kind=settings.kind,
        items=items,
        ordered=ordered,
        deck=settings.deck,
        tags=settings.tags,
        note_type=settings.note_type,
    )


def _definition(term: Line, texts: list[str]) -> tuple[RichText, tuple[str, ...], bool]:
    """A list when each line is marked as an item, or when the term counts just these lines; else text."""
    marks = [item_mark(text) for text in texts]
    is_list = len(texts) > 1 and all(marks)
    if not is_list and term.count != len(texts):
        return as_text(texts), (), False
    ordered = is_list and all(any(sign.isalnum() for sign in mark) for mark in marks)
    items = [text.removeprefix(mark).strip() for text, mark in zip(texts, marks, strict=True)] if is_list else texts
    rich = as_list(items, ordered=ordered)
    return rich, tuple(as_text([item]).markdown for item in items), ordered


def _faults(source: Source, paste: _Paste, page: _Paste, chrome: Chrome, found: int) -> list[Diagnostic]:
    if len(paste.texts) == 1:
        at = source.offset(paste.numbers[0])
        message, hint = "this term has no definition", "write its definition on the line below"
        return [Diagnostic.at(source, Rule.EMPTY_DEFINITION, at, message, hint, at + len(paste.texts[0]))]
    if chrome.cards and chrome.cards != found:
        at = source.offset(page.numbers[chrome.counter])
        message = f"the page counts {chrome.cards} cards, but its lines make {found}"
        hint = "see whether the paste is whole, and look at the records: ankigen parse"
        rule = Rule.CARD_COUNT_MISMATCH
        return [Diagnostic.at(source, rule, at, message, hint, at + len(page.texts[chrome.counter]))]
    return []
