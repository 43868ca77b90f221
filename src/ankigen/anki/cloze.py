"""Anki's cloze deletions: ``{{c1::text::hint}}`` found in a field, nested ones too, in linear time.

The tree is what Anki itself sees, its limits included, so that counting cards and rendering agree: the
first ``}}`` closes the innermost cloze, and a cloze that is never closed takes all it holds with it.
Several numbers in one cloze (``{{c1,2::``) are newer than Anki 25.9, which shows such a cloze as plain text.
"""

import re
from collections.abc import Iterable, Iterator
from dataclasses import field

from ankigen.frozen import dataclass

__all__ = ["MAX_CARDS", "Cloze", "cloze_numbers", "cloze_ordinals", "parse_clozes"]

_MARK = re.compile(r"\{\{c([0-9,]+)::|\}\}")
_NUMBER = re.compile("0*[0-9]{1,5}")

# Measured on 26.9.3.
_MAX_DEPTH = 10  # further openings inside are dropped, though their ends still close something
_MAX_NUMBER = 65535  # a larger number is no cloze number
MAX_CARDS = 500  # for larger numbers there is one card, the last, and it asks for none of them


@dataclass(frozen=True, slots=True)
class Cloze:
    """One cloze deletion: its numbers (``{{c1,2::`` has two), what it hides, and its hint."""

    numbers: tuple[int, ...]
    nodes: "tuple[str | Cloze, ...]"
    hint: str | None = None


def parse_clozes(text: str) -> tuple[str | Cloze, ...]:
    """The text and the clozes of a field, in order."""
    layers = [_Layer(())]  # the field itself, then the clozes that are open
    at = 0
    for mark in _MARK.finditer(text):
        numbers = _numbers(mark[1] or "")
        if mark[1] and not numbers:
            continue  # `{{c,::` and `{{c99999::` are text
        layers[-1].add_text(text[at : mark.start()])
        at = mark.end()
        if numbers:
            if len(layers) <= _MAX_DEPTH:
                layers.append(_Layer(numbers))
        elif len(layers) > 1:
            closed = layers.pop()
            layers[-1].nodes.append(Cloze(closed.numbers, tuple(closed.nodes), closed.hint))
        else:
            layers[-1].add_text("}}")
    layers[-1].add_text(text[at:])
    return tuple(layers[0].nodes)


def cloze_numbers(text: str) -> frozenset[int]:
    """The cloze numbers in a field as they are written there; 0 is none."""
    return frozenset(_counted(parse_clozes(text)))


def cloze_ordinals(fields: Iterable[str]) -> tuple[int, ...]:
    """The ordinals (from 0) of the cards that a cloze note with these fields has, ascending."""
    numbers = {number for field in fields for number in cloze_numbers(field)}
    return tuple(sorted({min(number, MAX_CARDS) - 1 for number in numbers}))


@dataclass(slots=True)
class _Layer:
    """A cloze in the making; the field itself when it has no number."""

    numbers: tuple[int, ...]
    nodes: list[str | Cloze] = field(default_factory=list)
    hint: str | None = None

    def add_text(self, text: str) -> None:
        """Add text, of which a cloze takes what follows ``::`` for its hint."""
        if self.numbers and "::" in text:
            text, _, self.hint = text.partition("::")
        if text:
            self.nodes.append(text)


def _numbers(written: str) -> tuple[int, ...]:
    parts = (int(part) for part in written.split(",") if _NUMBER.fullmatch(part))
    return tuple(dict.fromkeys(number for number in parts if number <= _MAX_NUMBER))


def _counted(nodes: Iterable[str | Cloze]) -> Iterator[int]:
    for node in nodes:
        if isinstance(node, Cloze):
            yield from filter(None, node.numbers)
            yield from _counted(node.nodes)
