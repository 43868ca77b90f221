"""inka: sections between two lines ``---``, in them ``1. question`` and ``> answer``, or a text with gaps in braces.

https://github.com/keiqu/inka/wiki/Creating-cards - ``Deck:`` and ``Tags:`` hold for their section; ``{gap}``, ``{1::gap}``
and ``{c1::gap}`` are gaps, the first kind numbered by its place; ``<!--ID:1-->`` stands above a note. What stands in a
section and is no note is prose, in the original too.
"""

import re
from collections.abc import Iterator, Sequence

from ankigen.diagnostics import Rule
from ankigen.readers.dialects.gaps import count_up, with_gaps
from ankigen.readers.dialects.page import Found, Line, Page, joined, trimmed
from ankigen.readers.settings import Settings
from ankigen.records import Document, Kind
from ankigen.source import Source

__all__ = ["read_inka"]

_SETTING = re.compile(r"(Deck|Tags):[ \t]*(.*?)[ \t]*")
_NUMBER = re.compile(r"\d+\.(?!\d)")
_GAP = re.compile(
    r"(?<!\\)(?:\{\{c(?P<full>\d+)::(?:[^{}\n]|\n(?![ \t]*\n)|\}(?!\}))*\}\}"
    r"|\{(?:c?(?P<number>\d+)::)?(?P<gap>(?:[^{}\n]|\n(?![ \t]*\n))+)\})"
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
        found += _section(page, lines, {setting[1]: setting[2] for setting in told.values()})
        chrome += told
    if len(rules) % 2:
        _unclosed(page, page.lines[rules[-1] :])
    return page.document("inka", found, chrome)


def _section(page: Page, lines: Sequence[Line], told: dict[str, str]) -> Iterator[Found]:
    """The records of a section that says ``told`` of itself."""
    starts = [at for at, line in enumerate(lines) if _NUMBER.match(line.mask)]
    for start, end in zip(starts, [*starts[1:], len(lines)], strict=True):
        above = lines[start - 1] if start else None
        key = above.id if above and above.is_left else None
        note = next((at for at in range(start + 1, end) if lines[at].is_left and lines[at].id), end)
        record = _record(lines[start:note], told, key)
        if record.kind is Kind.CLOZE or record.definition or told:
            yield record


def _record(lines: Sequence[Line], told: dict[str, str], key: str | None) -> Found:
    number = _NUMBER.match(lines[0].mask)
    head = lines[0].after(number.end() if number else 0)
    quote = next((at for at, line in enumerate(lines) if at and line.mask.startswith(">")), len(lines))
    question = [head, *trimmed(lines[1:quote])]
    answer = []
    for line in lines[quote:]:
        if not line.mask.startswith(">"):
            break
        answer.append(line)
    deck, tags = told.get("Deck", ""), tuple(told.get("Tags", "").split())
    last = (answer or question)[-1].number
    text = "" if answer else with_gaps(question, _GAP, _numbers())
    if text:
        return Found(head.number, last, text, "", Kind.CLOZE, deck, tags, key)
    back = "\n".join(line.text[1:].removeprefix(" ") for line in answer)
    return Found(head.number, last, joined(question), back, Kind.BASIC, deck, tags, key)
