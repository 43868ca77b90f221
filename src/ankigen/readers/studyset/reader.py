"""Pasted study sets, read into records: chrome off, then cut by their own marks, or else by what their lines say."""

from collections.abc import Iterator, Mapping
from dataclasses import replace
from itertools import groupby, pairwise

from ankigen.diagnostics import Diagnostic, Rule
from ankigen.readers.counted import counted
from ankigen.readers.frontmatter import FrontMatter, read_front_matter
from ankigen.readers.ignores import MARK, ignores_in, put_back, without
from ankigen.readers.settings import Settings
from ankigen.readers.studyset.chrome import Chrome, find_chrome
from ankigen.readers.studyset.cut import Card, Cut
from ankigen.readers.studyset.features import item_mark, observe
from ankigen.readers.studyset.lines import Paste, paste_of
from ankigen.readers.studyset.plain import as_blocks, as_list, as_text
from ankigen.readers.studyset.segment import REVIEW, segment, term_lines
from ankigen.readers.studyset.separators import separate
from ankigen.records import Document, Doubt, Record, RichText
from ankigen.source import Source, Span

__all__ = ["read_studyset"]


def read_studyset(source: Source, settings: Settings, told: Mapping[int, bool] | None = None) -> Document:
    """The records of a paste, in source order. Every line is in one of them, or chrome, or named.

    ``told`` says of some lines, by their numbers, whether a record begins there; it counts where nothing marks that.
    """
    front = read_front_matter(source, settings)
    ignores = tuple(ignores_in(source, front.end_line + 1)) if MARK in source.text else ()
    if ignores:
        return put_back(_read(without(source, ignores), front, told or {}), source, ignores)
    return _read(source, front, told or {})


def _read(source: Source, front: FrontMatter, told: Mapping[int, bool]) -> Document:
    page = paste_of(source, front.end_line)
    chrome = find_chrome(page.texts)
    paste = page.without({*chrome.known, *chrome.possible})
    cut = separate(paste.written, paste.after_blank, chrome.cards) or _segmented(paste, chrome.cards, told)
    records = tuple(_record(source, front.settings, paste, card) for card in cut.cards if card.definition)
    diagnostics = [*front.diagnostics, *_proposals(source, page, chrome), *_rejected(source, paste, cut)]
    diagnostics += _faults(source, paste, page, chrome, cut)
    diagnostics += (_unsure(source, record, record.doubt) for record in records if record.doubt)
    return Document(source, "studyset", records, tuple(diagnostics), chrome=_chrome(source, page, paste, chrome, cut))


def _segmented(paste: Paste, cards: int, told: Mapping[int, bool]) -> Cut:
    """The cards of a paste that marks nothing."""
    lines = observe(paste.texts, paste.after_blank)
    at = {number: line for line, number in enumerate(paste.numbers)}
    cut = Cut()
    for piece in segment(lines, cards, {at[number]: begins for number, begins in told.items() if number in at}):
        below = piece.start + term_lines(lines[piece.start : piece.end])
        term, definition = paste.texts[piece.start : below], paste.texts[below : piece.end]
        doubtful = piece.doubtful if piece.confidence < REVIEW and paste.numbers[piece.doubtful] not in told else -1
        cut.cards.append(Card(piece.start, piece.end - 1, term, definition, piece.confidence, doubtful))
    for place, (card, following) in enumerate(pairwise(cut.cards)):
        if card.doubtful == following.doubtful:  # said once, of the card that begins there
            cut.cards[place] = replace(card, doubtful=-1)
    return cut


def _record(source: Source, settings: Settings, paste: Paste, card: Card) -> Record:
    term = " ".join(card.term)
    definition, items, ordered = _definition(term, card.definition)
    first, last = paste.numbers[card.first], paste.numbers[card.last]
    return Record(
        term=as_text([term]),
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
        theme=settings.theme,
        confidence=card.confidence,
        doubt=_doubt(paste, card) if card.doubtful >= 0 else None,
    )


def _doubt(paste: Paste, card: Card) -> Doubt:
    return Doubt(paste.numbers[card.doubtful], begins=card.first < card.doubtful <= card.last)


def _chrome(source: Source, page: Paste, paste: Paste, chrome: Chrome, cut: Cut) -> tuple[Span, ...]:
    """The page's lines, but for those that stand inside a record."""
    numbers = {page.numbers[at] for at in chrome.known} | {paste.numbers[at] for at in cut.between}
    for card in cut.cards:
        numbers.difference_update(range(paste.numbers[card.first], paste.numbers[card.last] + 1))
    return tuple(source.lines_span(number, number) for number in sorted(numbers))


def _definition(term: str, texts: tuple[str, ...]) -> tuple[RichText, tuple[str, ...], bool]:
    """A list when each line is marked as an item, or when the term counts just these lines; else text.

    Some lines marked as items, two or more below each other, are a list within the text.
    """
    if len(texts) > 1 and counted(term, within=6) == len(texts) and not all(map(item_mark, texts)):
        return as_list(texts, ordered=False), tuple(as_text([text]).markdown for text in texts), False
    runs = [list(run) for _, run in groupby(texts, lambda text: bool(item_mark(text)))]
    blocks = [_list(run) if len(run) > 1 and item_mark(run[0]) else (as_text(run), (), False) for run in runs]
    if len(blocks) == 1:
        return blocks[0]
    if not any(items for _, items, _ in blocks):
        return as_text(texts), (), False
    return as_blocks([rich for rich, *_ in blocks]), (), False


def _list(texts: list[str]) -> tuple[RichText, tuple[str, ...], bool]:
    marks = list(map(item_mark, texts))
    ordered = all(any(sign.isalnum() for sign in mark) for mark in marks)
    items = [text.removeprefix(mark).strip() for text, mark in zip(texts, marks, strict=True)]
    return as_list(items, ordered=ordered), tuple(as_text([item]).markdown for item in items), ordered


def _proposals(source: Source, page: Paste, chrome: Chrome) -> Iterator[Diagnostic]:
    """The lines among or above the page's own that ankigen does not know."""
    for at in chrome.possible:
        message = "this line stands above or among the page's own lines, and is left out"
        hint = "delete it if it is the page's, else move it below them"
        yield _at_line(source, page.numbers[at], Rule.POSSIBLE_CHROME, message, hint)


def _rejected(source: Source, paste: Paste, cut: Cut) -> Iterator[Diagnostic]:
    for row in cut.rejected:
        yield _at_line(source, paste.numbers[row.line], Rule.REJECTED_ROW, row.reason, row.hint)


def _faults(source: Source, paste: Paste, page: Paste, chrome: Chrome, cut: Cut) -> Iterator[Diagnostic]:
    for card in cut.cards:
        if not card.definition:
            message, hint = "this term has no definition", "write its definition on the line below"
            yield _at_line(source, paste.numbers[card.first], Rule.EMPTY_DEFINITION, message, hint)
    if chrome.cards and chrome.cards != len(cut.cards) and len(paste.texts) > 1:
        message = f"the page counts {chrome.cards} cards, but its lines make {len(cut.cards)}"
        hint = "see whether the paste is whole, and look at the records: ankigen parse"
        yield _at_line(source, page.numbers[chrome.counter], Rule.CARD_COUNT_MISMATCH, message, hint)


def _unsure(source: Source, record: Record, doubt: Doubt) -> Diagnostic:
    what = "may be a term of its own" if doubt.begins else "may go on with the record above it"
    message = f"line {doubt.line} {what}"
    hint = f"see whether it does; ankigen convert {source.path} --review asks with one key"
    return _at_line(source, doubt.line, Rule.UNSURE_RECORD, message, hint)


def _at_line(source: Source, number: int, rule: Rule, message: str, hint: str) -> Diagnostic:
    start = source.offset(number)
    return Diagnostic.at(source, rule, start, message, hint, start + len(source.line(number)))
