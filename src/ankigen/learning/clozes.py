"""Clozes that leave too little to go by, ask for too much at once, or show elsewhere what they hide."""

from collections.abc import Iterable, Iterator

from ankigen.anki.cloze import Cloze, parse_clozes
from ankigen.diagnostics import Diagnostic, Rule
from ankigen.learning.words import COMMON, plain, words
from ankigen.places import fault_at
from ankigen.records import Record
from ankigen.source import Source

__all__ = ["cloze_faults"]

_FEWEST_HIDDEN = 5  # words; fewer are recalled as one
_MOST_HIDDEN = 0.7  # of all words
_MOST_GAPS = 4  # on one card
_SHORTEST = 5  # letters of a gap whose text, found elsewhere, gives it away


def cloze_faults(source: Source, record: Record) -> Iterator[Diagnostic]:
    """What is wrong with a record of clozes; each of its cards hides the gaps of one number."""
    nodes = parse_clozes(record.term.html)
    gaps: dict[int, list[str]] = {}
    for cloze in _clozes(nodes):
        for number in cloze.numbers:
            gaps.setdefault(number, []).append(plain(_text(cloze.nodes)))
    shown = plain(_text(nodes))
    total = len(words(shown))
    for number, texts in sorted(gaps.items()):
        hidden = sum(len(words(text)) for text in texts)
        if hidden >= _FEWEST_HIDDEN and hidden > _MOST_HIDDEN * total:
            message = f"the card of c{number} hides {hidden} of {total} words"
            yield fault_at(source, record, Rule.WIDE_CLOZE, message, "hide the one word or phrase that matters")
        if len(set(texts)) > _MOST_GAPS:
            message = f"the card of c{number} has {len(texts)} gaps to fill at once"
            yield fault_at(source, record, Rule.CROWDED_CLOZE, message, "give gaps numbers of their own: c1, c2, ...")
    if len(gaps) == 1 and len(texts := gaps[number := min(gaps)]) <= _MOST_GAPS:  # what is shown may else be a gap
        for text in dict.fromkeys(texts):
            wanted = " ".join(words(text))
            is_telling = len(wanted) >= _SHORTEST and wanted not in COMMON
            if is_telling and f" {' '.join(words(shown))} ".count(f" {wanted} ") > texts.count(text):
                message = f'c{number} hides "{text}", which the text shows elsewhere'
                yield fault_at(source, record, Rule.ANSWER_ON_FRONT, message, "hide it there too, with the same number")


def _clozes(nodes: Iterable[str | Cloze]) -> Iterator[Cloze]:
    for node in nodes:
        if isinstance(node, Cloze):
            yield node
            yield from _clozes(node.nodes)


def _text(nodes: Iterable[str | Cloze]) -> str:
    return "".join(_text(node.nodes) if isinstance(node, Cloze) else node for node in nodes)
