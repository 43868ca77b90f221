"""Footnotes: ``[^name]`` with its text elsewhere in the note, and ``^[text]`` in place.

The texts are taken out of the note, and go into each record that refers to them. A record's own lines come first
where a name has several texts, then the first text of the note.
"""

import re
from bisect import bisect_left
from collections.abc import Iterator, Sequence
from dataclasses import field

from markdown_it import MarkdownIt
from markdown_it.rules_inline import StateInline
from markdown_it.token import Token
from mdit_py_plugins.footnote import footnote_plugin

from ankigen.diagnostics import Diagnostic, Rule
from ankigen.frozen import dataclass
from ankigen.source import Source

__all__ = ["REFERENCE", "Footnote", "Footnotes", "Numbers", "footnotes_plugin", "take_footnotes"]

REFERENCE = "footnote_ref"
"""Type of the token for a reference; ``meta`` holds its ``label``, or none: then its text is in the children."""

_OPEN = "footnote_reference_open"
_CLOSE = "footnote_reference_close"
# The limits keep hostile input linear. A footnote within a footnote's text in place is none, as in Pandoc.
_REFERENCE = re.compile(r"\[\^([^\]\s\[]{1,100})\]")
_INLINE = re.compile(r"\^\[((?:[^\[\]\\]|\\.|\[(?:[^\[\]\\]|\\.){0,300}\]){1,1000}+)\]", re.DOTALL)


_FRAME = 50  # characters of HTML around a footnote
_ROOM = 10_000, 10  # footnotes may make a note longer by so many characters, and by so many times its length


def footnotes_plugin(md: MarkdownIt) -> None:
    """Let ``md`` read footnotes; :func:`take_footnotes` is to take their texts out of the tokens."""
    md.use(footnote_plugin, inline=False, move_to_end=False)
    md.inline.ruler.at(REFERENCE, _reference)
    md.inline.ruler.before("link", "inline footnote", _inline)


def _reference(state: StateInline, silent: bool) -> bool:
    found = _REFERENCE.match(state.src, state.pos, state.posMax)
    if not found:
        return False
    if not silent:
        token = state.push(REFERENCE, "", 0)
        token.content = found[0]
        token.meta = {"label": found[1]}
    state.pos = found.end()
    return True


def _inline(state: StateInline, silent: bool) -> bool:
    found = None if state.env.get("in a footnote") else _INLINE.match(state.src, state.pos, state.posMax)
    if not found or not found[1].strip():
        return False
    if not silent:
        token = state.push(REFERENCE, "", 0)
        token.meta = {"label": None}
        token.children = []
        state.env["in a footnote"] = True
        state.md.inline.parse(found[1].strip(), state.md, state.env, token.children)
        state.env["in a footnote"] = False
    state.pos = found.end()
    return True


@dataclass(slots=True)
class Footnote:
    """The text of a footnote: what stands in the note's lines ``[first, last)``, from 0."""

    label: str
    tokens: list[Token]
    first: int
    last: int
    used: bool = False  # by a record

    @property
    def size(self) -> int:
        """About how many characters it adds to a card."""
        return _FRAME + sum(len(token.content) for token in self.tokens)


def take_footnotes(tokens: Sequence[Token], length: int) -> tuple[list[Token], "Footnotes"]:
    """The tokens of a note of this ``length`` without the texts of footnotes, and those."""
    kept: list[Token] = []
    found: list[Footnote] = []
    opened: list[tuple[Token, list[Token]]] = []  # a text may hold the text of another
    for token in tokens:
        if token.type == _OPEN:
            opened.append((token, []))
        elif token.type == _CLOSE:
            opening, inside = opened.pop()
            first, last = opening.map or (0, 1)
            found.append(Footnote(opening.meta["label"], inside, first, max(last, first + 1)))
        else:
            (opened[-1][1] if opened else kept).append(token)
    return kept, Footnotes(found, length)


class Footnotes:
    """The texts of one note's footnotes, found by their names."""

    def __init__(self, texts: Sequence[Footnote], length: int) -> None:
        self.room = _ROOM[0] + _ROOM[1] * length  # a long text for many records would take memory without bound
        self.texts = sorted(texts, key=lambda text: text.first)
        self._named: dict[str, list[Footnote]] = {}
        for text in self.texts:
            self._named.setdefault(text.label, []).append(text)

    def find(self, label: str, lines: range) -> Footnote | None:
        """The text called ``label`` for a record that stands in ``lines``, from 0."""
        texts = self._named.get(label)
        if not texts:
            return None
        own = bisect_left(texts, lines.start, key=lambda text: text.first)
        return texts[own] if own < len(texts) and texts[own].first in lines else texts[0]

    def lines(self) -> Iterator[tuple[int, int]]:
        """The lines ``[first, last)`` of texts that some record uses."""
        return ((text.first, text.last) for text in self.texts if text.used)

    def faults(self, source: Source, tokens: Sequence[Token]) -> Iterator[Diagnostic]:
        """Texts to which nothing in ``tokens``, those of the note, refers, or whose name another one has."""
        if not self.texts:
            return
        inside = (token for text in self.texts for token in text.tokens)
        named = {child.meta["label"] for token in (*tokens, *inside) for child in _references(token.children)}
        for text in self.texts:
            first = self._named[text.label][0]
            if text.label not in named:
                message, hint = (
                    "nothing refers to this footnote",
                    f"write [^{text.label}] where it belongs, or delete it",
                )
            elif first is not text and not text.used and _lines(source, text) != _lines(source, first):
                message = f"line {first.first + 1} has a footnote of this name already"
                hint = "give each footnote a name of its own"
            else:
                continue
            start = source.offset(text.first + 1, max(source.line(text.first + 1).find("[^"), 0) + 1)
            yield Diagnostic.at(source, Rule.UNUSED_FOOTNOTE, start, message, hint, start + len(text.label) + 3)


def _lines(source: Source, text: Footnote) -> list[str]:
    lines = (source.line(number).strip() for number in range(text.first + 1, text.last + 1))
    return [line for line in lines if line]


def _references(tokens: Sequence[Token] | None) -> Iterator[Token]:
    for token in tokens or ():
        if token.type == REFERENCE:
            yield token
        yield from _references(token.children)


@dataclass(slots=True)
class Numbers:
    """The footnotes of one card, in the order in which it refers to them; ``lines`` are those of its record, from 0."""

    footnotes: Footnotes
    lines: range
    found: list[Footnote | list[Token]] = field(default_factory=list)
    unknown: list[str] = field(default_factory=list)
    too_long: list[str] = field(default_factory=list)
    _numbers: dict[int, int] = field(default_factory=dict)

    @property
    def is_used(self) -> bool:
        """Whether the card refers to any footnote."""
        return bool(self.found or self.unknown or self.too_long)

    def number(self, reference: Token) -> int:
        """The number of the footnote meant, from 1, or 0 when there is none of that name, or no room for it."""
        label = reference.meta["label"]
        text = self.footnotes.find(label, self.lines) if label is not None else reference.children
        if text is None:
            self.unknown.append(label)
            return 0
        if id(text) not in self._numbers:
            if isinstance(text, Footnote):
                self.footnotes.room -= text.size
                if self.footnotes.room < 0:
                    self.too_long.append(text.label)
                    return 0
            self.found.append(text)
            self._numbers[id(text)] = len(self.found)
            if isinstance(text, Footnote):
                text.used = True
        return self._numbers[id(text)]
