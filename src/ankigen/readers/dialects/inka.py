"""inka: sections between two lines ``---``, in them ``1. question`` and ``> answer``, or a text with gaps in braces.

https://github.com/keiqu/inka/wiki/Creating-cards - ``Deck:`` and ``Tags:`` hold for their section; ``{gap}`` is a gap,
numbered by its place, and so are ``{1::gap}`` and ``{c1::gap::hint}``; ``<!--ID:1-->`` stands above a note. What stands
in a section and is no note is prose, in the original too.
"""

import re
from collections.abc import Callable, Iterator, Sequence
from itertools import count, takewhile

from ankigen.diagnostics import Rule
from ankigen.readers.dialects.gaps import with_gaps
from ankigen.readers.dialects.page import Found, Line, Page, joined, runs_from, trimmed
from ankigen.readers.settings import Settings
from ankigen.records import Document, Kind
from ankigen.source import Source

__all__ = ["read_inka"]

_SETTING = re.compile(r"(Deck|Tags):[ \t]*(.*?)[ \t]*")
_NUMBER = re.compile(r"\d+\.(?!\d)")
_GAP = re.compile(
    r"(?<!\\)(?P<two>\{)?\{(?:c?(?P<number>\d+)::)?(?P<gap>(?:[^{}\n]|\n(?![ \t]*\n))+?)"
    r"(?(number)(?:::(?P<hint>[^{}:\n]+))?)\}(?(two)\})"
)


def read_inka(source: Source, settings: Settings) -> Document:
    """The records of a note for inka."""
    second = next((n for n in range(2, source.line_count + 1) if source.line(n).rstrip() == "---"), 0)
    has_front = not any(_NUMBER.match(source.line(number)) for number in range(2, second))
    page = Page(source, settings, has_front=has_front)
    rules = [at for at, line in enumerate(page.lines) if line.mask.rstrip() == "---"]
    found: list[Found] = []
    chrome = [page.lines[at].number for at in rules]
    for start, end in zip(rules[::2], rules[1::2], strict=False):
        lines = page.lines[start + 1 : end]
        told = {line.number: setting for line in lines if (setting := _SETTING.fullmatch(line.mask))}
        found += _section(lines, {setting[1]: setting[2] for setting in told.values()})
        chrome += told
    if len(rules) % 2:
        first, *below = page.lines[rules[-1] :]
        if any(_NUMBER.match(line.mask) for line in below) and any(line.mask.startswith(">") for line in below):
            message = "the section that begins here has no end, so its notes are not read"
            page.fault(Rule.UNCLOSED_MARK, first.number, message, "put a line --- below its last note")
    return page.document("inka", found, chrome)


def _section(lines: Sequence[Line], told: dict[str, str]) -> Iterator[Found]:
    """The records of a section that says ``told`` of itself."""
    starts = [at for at, line in enumerate(lines) if _NUMBER.match(line.mask)]
    for start, run in zip(starts, runs_from(lines, starts), strict=True):
        key = lines[start - 1].id if start and lines[start - 1].is_left else None
        note = list(takewhile(lambda line: not (line.is_left and line.id), run))
        record = _record(trimmed(note), told, key)
        if record.kind is Kind.CLOZE or record.definition or told:
            yield record


def _record(lines: Sequence[Line], told: dict[str, str], key: str | None) -> Found:
    number = _NUMBER.match(lines[0].mask)
    head = lines[0].after(number.end() if number else 0)
    quote = next((at for at, line in enumerate(lines) if at and line.mask.startswith(">")), len(lines))
    question = [head, *lines[1:quote]]
    answer = list(takewhile(lambda line: line.text.startswith(">"), lines[quote:]))
    deck, tags = told.get("Deck", ""), tuple(told.get("Tags", "").split())
    last = (answer or trimmed(question) or [head])[-1].number
    text = "" if answer else with_gaps(question, _GAP, _numbers())
    if text:
        return Found(head.number, last, text, "", Kind.CLOZE, deck, tags, key)
    back = "\n".join(line.text[1:].removeprefix(" ") for line in answer)
    return Found(head.number, last, joined(question), back, Kind.BASIC, deck, tags, key)


def _numbers() -> Callable[[re.Match[str]], str]:
    """The number of each gap: its own, or that of its place."""
    places = count(1)

    def number(gap: re.Match[str]) -> str:
        place = str(next(places))
        return gap["number"] or place

    return number
