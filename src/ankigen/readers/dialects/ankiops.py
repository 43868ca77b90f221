"""AnkiOps: a file is a deck; notes between lines ``---``, each side behind a label at the start of a line.

https://github.com/visserle/AnkiOps - ``Q:`` and ``A:``; ``Q:`` and ``I:`` (typed); ``F:`` and ``B:`` (both ways);
``T:`` (a cloze); ``Q:``, choices ``C1:`` to ``C8:`` and in ``A:`` their numbers. ``E:`` and other labels are further
fields, which are shown below the answer. ``<!-- tags: one two -->`` names tags, ``__`` in a file's name a deck below.
"""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from urllib.parse import unquote

from ankigen.diagnostics import Rule
from ankigen.readers.dialects.page import Found, Line, Page, joined, runs_between, trimmed
from ankigen.readers.markdown.mask import COMMENT
from ankigen.readers.settings import Settings
from ankigen.records import Document, Kind
from ankigen.source import Source

__all__ = ["read_ankiops"]

_LABEL = re.compile(r"(THA|[QATFBIEMD]|AI|C[1-8]|IO_[A-Z0-9]+):(?= |$)")
_ANY = re.compile(r"[A-Za-z][\w-]*:(?= |$)")
_COMMENT = re.compile(r"\s*<!--\s*(tags|note_type):\s*(.*?)\s*-->\s*")
_KINDS = {("Q", "A"): Kind.BASIC, ("Q", "I"): Kind.TYPED, ("F", "B"): Kind.REVERSED}
_BELOW = ("D", "E", "M", "AI")
_GAP = re.compile(r"\{\{c\d+::")


def read_ankiops(source: Source, settings: Settings) -> Document:
    """The records of a deck of AnkiOps."""
    page = Page(source, settings, has_front=not _LABEL.match(source.line(2)))
    named = page.settings.deck == settings.deck  # by the file, not by front matter
    deck = unquote(settings.deck.replace("__", "::")) if named else ""
    rules = [at for at, line in enumerate(page.lines) if line.mask.strip() == "---" and _parts(page.lines, at)]
    found: list[Found] = []
    comments: list[int] = []
    for lines in runs_between(page.lines, rules):
        comments += [line.number for line in lines if _comment(line)]
        body = trimmed([line for line in lines if not line.is_left and not _comment(line)])
        found += _record(page, body, lines, deck)
    return page.document("ankiops", found, [*comments, *(page.lines[at].number for at in rules)])


def _parts(lines: Sequence[Line], at: int) -> bool:
    """Whether a rule stands between notes, and not in a field."""
    before, after = lines[at - 1 : at] if at else (), lines[at + 1 : at + 2]
    is_start = any(_LABEL.match(line.mask) or _comment(line) for line in after)
    return is_start or all(line.is_blank for line in (*before, *after))


def _comment(line: Line) -> re.Match[str] | None:
    return _COMMENT.fullmatch(line.text) if line.mask.lstrip()[:1] == COMMENT else None


def _record(page: Page, body: Sequence[Line], lines: Sequence[Line], deck: str) -> Iterator[Found]:
    """The record of the lines between two rules, of which ``body`` holds its sides."""
    fields: dict[str, list[Line]] = {}
    first = last = 0
    for line in (body[0].after(0), *body[1:]) if body else ():  # the first label may be indented
        if label := _LABEL.match(line.mask):
            if label[1] in fields:
                message = f"this note has {label[0]} twice"
                page.fault(Rule.INVALID_VALUE, line.number, message, "put a line --- between two notes")
                return
            first = first or line.number
            fields[label[1]] = [line.after(label.end())]
        elif fields:
            next(reversed(fields.values())).append(line)
        last = line.number
    texts = {label: joined(side) for label, side in fields.items()}
    if not texts:
        if body and (label := _ANY.match(body[0].mask)):
            page.fault(
                Rule.INVALID_VALUE, body[0].number, f"there is no label {label[0]}", "write Q:, A:, T:, F: or B:"
            )
        return
    told = {comment[1]: comment[2] for line in lines if (comment := _comment(line))}
    key = next((line.id for line in lines if line.id), None)
    asked = _asked(page, texts, first)
    if asked:
        kind, term, definition = asked
        yield Found(first, last, term, definition, kind, deck, tuple(told.get("tags", "").split()), key)


def _asked(page: Page, texts: Mapping[str, str], first: int) -> tuple[Kind, str, str] | None:
    """Kind, term and definition of the fields; None when they make no note, which is said."""
    below = "\n\n".join(texts[label] for label in texts if label in _BELOW and texts[label])
    if any(label.startswith("C") for label in texts):
        sides = _choice(page, texts, first)
        return (Kind.BASIC, sides[0], _joined(sides[1], below)) if sides else None
    if text := texts.get("T") or texts.get("THA"):
        if not _GAP.search(text):
            page.fault(Rule.BROKEN_CLOZE, first, "this cloze has no gap", "write {{c1::what is hidden}}")
            return None
        return Kind.CLOZE, text, below
    for (term, definition), kind in _KINDS.items():
        if term in texts and definition in texts:
            is_long = kind is Kind.TYPED and below  # nobody would type what stands below
            answer = _joined(texts[definition], below) if texts[definition] else ""
            if _GAP.search(texts[term] + answer):
                page.fault(Rule.BROKEN_CLOZE, first, "only T: makes a cloze", f"write T: for {term}: and {definition}:")
                return None
            return Kind.BASIC if is_long else kind, texts[term], answer
    labels = ", ".join(f"{label}:" for label in texts)
    message, hint = f"no kind of note has just {labels}", "write Q: and A:, Q: and I:, F: and B:, or T:"
    page.fault(Rule.INVALID_VALUE, first, message, hint)
    return None


def _choice(page: Page, texts: Mapping[str, str], first: int) -> tuple[str, str] | None:
    """The question with its choices, and those that are right."""
    choices = {label[1:]: text for label, text in texts.items() if label.startswith("C") and text}
    right = [number.strip() for number in texts.get("A", "").split(",")]
    if len(choices) < 2 or not all(number in choices for number in right):
        message = "a question with choices needs two of them, and the numbers of the right ones"
        page.fault(Rule.INVALID_VALUE, first, message, "write C1: and C2:, and A: 1, or A: 1, 2")
        return None
    listed = _list(choices.values())
    answer = _list(choices[number] for number in right) if len(right) > 1 else choices[right[0]]
    return _joined(texts.get("Q", ""), listed) if texts.get("Q") else "", answer


def _list(items: Iterable[str]) -> str:
    return "\n".join("- " + item.replace("\n", "\n  ") for item in items)


def _joined(*parts: str) -> str:
    return "\n\n".join(filter(None, parts))
