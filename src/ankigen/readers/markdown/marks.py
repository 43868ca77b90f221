"""The marks of clozes on their way to a field: characters that no text holds, written for Anki in the end.

Anki takes the first ``}}`` for the end of a cloze, and ``::`` for the beginning of its hint, whatever its author meant.
So all that only looks like a mark is written as an entity; TeX, which people edit in Anki too, gets a space instead.
A bracket that would begin a sound in code is marked in the same way.
"""

import re
from collections.abc import Callable, Hashable, Iterator, Mapping, Set
from dataclasses import field
from itertools import count
from typing import Generic, TypeVar

from markdown_it.common.utils import escapeHtml

from ankigen.frozen import dataclass

__all__ = [
    "BRACKET",
    "CLOSE",
    "HINT",
    "MARK",
    "OPENING",
    "Marked",
    "Nest",
    "clean",
    "field_html",
    "first_numbers",
    "inert",
    "live",
    "mark_text",
    "opening",
    "renumbered",
    "settled",
    "text_html",
    "unmarked",
]

OPENING = re.compile(r"\{\{(c[0-9]+(?:,[0-9]+)*)::", re.IGNORECASE)
"""What opens a cloze."""

_OPEN, _OPENED, HINT, CLOSE, BRACKET = "\ufdd0", "\ufdd1", "\ufdd2", "\ufdd3", "\ufdd4"
_RESERVED = re.compile("[\ufdd0-\ufdd4]")  # Unicode keeps these for use inside a program
_SIGN = re.compile(rf"{OPENING.pattern}|\{{|\}}+|:+", re.IGNORECASE)
_TEX_SIGN = re.compile(rf"\\.|{_SIGN.pattern}", re.IGNORECASE | re.DOTALL)
_BRACE = re.compile(rf"\}}(?=\}}|{CLOSE})")
MARK = re.compile(f"{_OPEN}([^{_OPENED}]*){_OPENED}|[{HINT}{CLOSE}]")
"""A mark; its first group is the name of a cloze that opens."""

_FIELD_OPENING = re.compile(r"\{\{(c[0-9,]*)::", re.IGNORECASE)
_BRACE_REFERENCE, _BRACKET_REFERENCE = "&#123;", "&#91;"
_TEXT_OPENING = re.compile(r"\{(?=\{c[0-9,]*(?:::|$))", re.IGNORECASE)
_COLON = re.compile(f":(?=:|{HINT})")

_TRIES = 3  # a text in which more braces keep a cloze open, one inside the other, is as its author left it

_Place = TypeVar("_Place", bound=Hashable)


def clean(text: str) -> str:
    """``text`` without the characters that are used as marks here."""
    is_clean = not any(mark in text for mark in (_OPEN, _OPENED, HINT, CLOSE, BRACKET))  # found without a look at each
    return text if is_clean else _RESERVED.sub("\ufffd", text)


def opening(name: str) -> str:
    """The mark of a cloze that opens; ``name`` is ``c`` and its numbers, or just ``c`` for one that has none yet."""
    return f"{_OPEN}{name}{_OPENED}"


@dataclass(slots=True)
class _Open(Generic[_Place]):
    place: _Place
    level: int
    lowest: int  # the lowest level since
    braces: int = 0
    hint: _Place | None = None


@dataclass(slots=True)
class Nest(Generic[_Place]):
    """Which braces close which cloze, and where hints begin, told sign by sign.

    Single braces inside a cloze are counted, so that ``{{c1::x^{2}}}`` hides ``x^{2}``; those in ``loose`` are closed
    by the first two, as in Anki. The last ``::`` of a cloze's own text, behind all clozes inside, begins its hint.
    ``closed`` has the hint's place, or None, by the place of each cloze that is closed, ``ends`` where two braces close
    one, and ``crossed`` the places of those that end in other markup than they begin in.
    """

    loose: Set[_Place] = frozenset()
    level: int = 0
    opened: list[_Open[_Place]] = field(default_factory=list)
    closed: dict[_Place, _Place | None] = field(default_factory=dict)
    crossed: list[_Place] = field(default_factory=list)
    ends: list[int] = field(default_factory=list)

    def opening(self, place: _Place) -> None:
        """A cloze opens."""
        self.opened.append(_Open(place, self.level, self.level))

    def markup(self, nesting: int) -> None:
        """Emphasis, a link or the like begins or ends."""
        self.level += nesting
        if self.opened:
            self.opened[-1].lowest = min(self.opened[-1].lowest, self.level)

    def brace(self) -> None:
        """A single brace opens."""
        if self.opened and self.opened[-1].place not in self.loose:
            self.opened[-1].braces += 1

    def colons(self, place: _Place) -> None:
        """Two colons, which may begin a hint."""
        if self.opened and self.opened[-1].level == self.level:
            self.opened[-1].hint = place

    def closing(self, count: int, place: int) -> None:
        """A run of so many braces closes, from ``place`` on."""
        end = place + count
        while place < end:
            step = 1
            if self.opened and self.opened[-1].braces:
                self.opened[-1].braces -= 1
            elif self.opened and place + 1 < end:
                step = 2
                if self._close():
                    self.ends.append(place)
            place += step

    def _close(self) -> bool:
        done = self.opened.pop()
        if self.opened:
            self.opened[-1].hint = None
            self.opened[-1].lowest = min(self.opened[-1].lowest, done.lowest)
        if done.level != self.level or done.lowest < done.level:
            self.crossed.append(done.place)
            return False
        self.closed[done.place] = done.hint
        return True


@dataclass(frozen=True, slots=True)
class Marked:
    """Text whose clozes are marked: the names of all in order, and where (by offset) one opens that is not closed."""

    text: str
    names: tuple[str, ...]
    unclosed: int | None = None


def mark_text(text: str, *, hints: bool = True, tex: bool = False) -> Marked:
    """Mark the clozes in code, TeX or HTML, where everything is one text. In TeX, an escaped brace is no brace."""
    if not OPENING.search(text):
        return Marked(text, ())
    sign = _TEX_SIGN if tex else _SIGN
    signs = [found for found in sign.finditer(text) if found[0][0] != "\\"]
    nest: Nest[int] = settled(lambda nest: _read(signs, nest, hints=hints))
    names = {found.start(): found[1] for found in signs if found[1]}
    parts = []
    at = 0
    for start, end, mark in _marks(nest, names):
        parts.append(_BRACE.sub("} ", f"{text[at:start]}{mark}") if tex else f"{text[at:start]}{mark}")
        at = end
    parts.append(text[at:])
    return Marked("".join(parts), tuple(names.values()), nest.opened[0].place if nest.opened else None)


def settled(read: Callable[[Nest[_Place]], None]) -> Nest[_Place]:
    """The nest that ``read`` fills; where a brace keeps a cloze open, braces do not count in that one."""
    nest: Nest[_Place] = Nest()
    read(nest)
    for _ in range(_TRIES):
        if not nest.opened:
            break
        other = Nest(nest.loose | {one.place for one in nest.opened})
        read(other)
        if len(other.opened) > len(nest.opened):
            break
        nest = other
    return nest


def _read(signs: list[re.Match[str]], nest: Nest[int], *, hints: bool) -> None:
    for found in signs:
        if found[1]:
            nest.opening(found.start())
        elif found[0] == "{":
            nest.brace()
        elif found[0] == "::" and hints:
            nest.colons(found.start())
        elif found[0][0] == "}":
            nest.closing(len(found[0]), found.start())


def _marks(nest: Nest[int], names: Mapping[int, str]) -> list[tuple[int, int, str]]:
    """The marks of a text in order: where each stands, and what takes the place of what is there."""
    marks = [(at, at + 2, CLOSE) for at in nest.ends]
    marks += [(at, at + 2, HINT) for at in nest.closed.values() if at is not None]
    marks += [(at, at + len(names[at]) + 4, opening(names[at])) for at in nest.closed]
    return sorted(marks)


def renumbered(html: str, numbers: Mapping[int, int]) -> str:
    """A field's HTML in which each cloze in ``numbers``, counted from 0 as they begin, has the number given there."""
    places = count()

    def name(found: re.Match[str]) -> str:
        at = next(places)
        return f"{{{{c{numbers[at]}::" if at in numbers else found[0]

    return _FIELD_OPENING.sub(name, html)


def first_numbers(html: str) -> tuple[str, tuple[int, ...]]:
    """A field's HTML in which each cloze without a number has the first one that is free; and which these are.

    They are counted from 0, as they begin.
    """
    names = [found[1] for found in _FIELD_OPENING.finditer(html)]
    taken = {int(number[:9]) for name in names for number in name[1:].split(",") if number}
    free = (number for number in count(1) if number not in taken)
    bare = tuple(at for at, name in enumerate(names) if name == "c")
    return renumbered(html, dict(zip(bare, free, strict=False))), bare


def field_html(html: str) -> str:
    """Rendered HTML as Anki has to get it: its marks as Anki reads them, and nothing else that Anki would take for one.

    A cloze without a number is written ``{{c::``, which stands for nothing else.
    """
    if "{{" not in html and not _holds_mark(html):
        return html
    return "".join(_parts(html)).replace(BRACKET, _BRACKET_REFERENCE)


def text_html(text: str) -> str:
    """Plain text as the HTML of a field."""
    return inert(escapeHtml(clean(text)))


def inert(html: str) -> str:
    """A field's HTML in which Anki sees no cloze: one sign of each opening is written as a character reference."""
    return _TEXT_OPENING.sub(_BRACE_REFERENCE, html) if "{{" in html else html


def live(html: str) -> str:
    """What :func:`inert` was given."""
    return html.replace(f"{_BRACE_REFERENCE}{{c", "{{c")


def unmarked(text: str) -> str:
    """Text with its marks as their author wrote them."""
    return MARK.sub(_written, text) if _holds_mark(text) else text


def _holds_mark(text: str) -> bool:
    return not text.isascii() and _RESERVED.search(text) is not None


def _written(mark: re.Match[str]) -> str:
    return "::" if mark[0] == HINT else "}}" if mark[0] == CLOSE else f"{{{{{mark[1]}::"


def _parts(html: str) -> Iterator[str]:
    depth = at = 0
    for found in MARK.finditer(html):
        yield _as_text(html[at : found.end()] if found[0] in (HINT, CLOSE) else html[at : found.start()], depth)
        at = found.end()
        depth += (found[0] not in (HINT, CLOSE)) - (found[0] == CLOSE)
        yield _written(found)
    yield _as_text(html[at:], depth)


def _as_text(html: str, depth: int) -> str:
    """HTML between two marks, ``depth`` clozes deep; the mark behind it may be part of it, and is left out."""
    html = inert(html)
    if depth:
        html = _COLON.sub("&#58;", _BRACE.sub("&#125;", html))
    return html.rstrip(HINT + CLOSE)
