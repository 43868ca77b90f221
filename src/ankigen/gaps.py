"""The numbers of clozes, on which their histories hang: a cloze keeps its number when its note is edited.

Anki knows the cards of a cloze note by number alone. So the lock file remembers what each number stands for; a cloze
that its author has not numbered gets back the number that it had, and a new one a number that no other cloze ever had.
Where an author's own numbers would give the history of one cloze to another, that is said.
"""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from html import unescape
from itertools import count

from ankigen.anki.cloze import Cloze, parse_clozes
from ankigen.frozen import dataclass
from ankigen.lock import Entry, Gap
from ankigen.matching import Candidate, Known, fingerprint, match
from ankigen.readers.markdown.marks import renumbered
from ankigen.records import Kind, Record, RichText

__all__ = ["Moved", "Numbered", "Unsure", "gaps_in", "gaps_of", "moved", "number", "numbers_of", "remember"]

_TAG = re.compile(r"<[^<>]*>")
_NEAR = 4  # words on either side of a cloze that tell it from others
_WINDOW = 80  # characters in which these are looked for


@dataclass(frozen=True, slots=True)
class Moved:
    """A number whose cloze is another now: card ``number`` asked ``was``, and asks ``now`` (nothing, if that is empty).

    ``went`` is the number that the old cloze has now, 0 when it is gone.
    """

    number: int
    was: str
    now: str
    went: int


@dataclass(frozen=True, slots=True)
class Unsure:
    """A cloze without a number that may be the one that had ``number`` and hid ``was``; it gets ``given`` instead."""

    number: int
    was: str
    now: str
    given: int


@dataclass(frozen=True, slots=True)
class Numbered:
    """A record with the numbers of its clozes, and which of them are in doubt."""

    record: Record
    unsure: tuple[Unsure, ...] = ()


@dataclass(frozen=True, slots=True)
class _Place:
    """A cloze in a field: its numbers, what it hides, and what stands around it."""

    numbers: tuple[int, ...]
    text: str
    around: str


def number(record: Record, entry: Entry) -> Numbered:
    """``record`` with the numbers that its clozes had before, as ``entry`` remembers them.

    Without a memory they stay as they are: numbered in the order of the source.
    """
    if record.kind is not Kind.CLOZE or not record.unnumbered or not (entry.gaps or entry.cards):
        return Numbered(record)
    places = _places(record.term.html)
    bare = set(record.unnumbered)
    if max(bare) >= len(places):  # some of them are broken, which the checks tell
        return Numbered(record)
    pairs, doubts = _matched(entry.gaps, entry.cards, places)
    taken = {one for at, place in enumerate(places) if at not in bare for one in place.numbers}
    given: dict[int, int] = {}
    for at in record.unnumbered:
        if at in pairs and (old := entry.gaps[pairs[at]].number) not in taken:
            given[at] = old
            taken.add(old)
    taken |= {gap.number for gap in entry.gaps} | {ordinal + 1 for ordinal in entry.cards}
    free = (one for one in count(1) if one not in taken)
    for at in record.unnumbered:
        if at not in given:
            given[at] = next(free)
    unsure = [
        Unsure(entry.gaps[k].number, entry.gaps[k].text, places[at].text, given[at])
        for at, k in doubts.items()
        if at in bare
    ]
    term = RichText(record.term.markdown, renumbered(record.term.html, given))
    return Numbered(replace(record, term=term), tuple(unsure))


def numbers_of(record: Record) -> tuple[set[int], set[int]]:
    """The numbers that the author of a cloze record wrote, and those of the clozes that have none of their author's."""
    places = list(enumerate(_places(record.term.html)))
    written = {one for at, place in places if at not in record.unnumbered for one in place.numbers}
    return written, {one for at, place in places if at in record.unnumbered for one in place.numbers}


def gaps_of(record: Record) -> tuple[Gap, ...]:
    """The clozes of a record."""
    return gaps_in(record.term.html) if record.kind is Kind.CLOZE else ()


def gaps_in(html: str) -> tuple[Gap, ...]:
    """The clozes of a field, in the order in which they begin; several may have one number."""
    return tuple(Gap(one, place.text, place.around) for place in _places(html) for one in place.numbers)


def remember(before: Sequence[Gap], now: Sequence[Gap]) -> tuple[Gap, ...]:
    """The clozes of a note as it is ``now``, and those it had ``before`` under numbers that none has now."""
    if not before:
        return tuple(now)
    numbers = {gap.number for gap in now}
    return (*now, *(gap for gap in before if gap.number not in numbers))


def moved(before: Sequence[Gap], cards: Iterable[int], now: Sequence[Gap]) -> Iterator[Moved]:
    """The numbers whose history would go to another cloze, or be left behind, when ``before`` becomes ``now``.

    ``cards`` are the ordinals that the note had before.
    """
    if not before or [(gap.number, gap.text) for gap in before] == [(gap.number, gap.text) for gap in now]:
        return
    pairs, doubts = _matched(before, tuple(cards), [_Place((gap.number,), gap.text, gap.around) for gap in now])
    came_from = {at: before[k].number for at, k in [*doubts.items(), *pairs.items()]}
    went = {before[k].number: now[at].number for at, k in reversed(pairs.items())}
    asked = {gap.number: gap.text for gap in reversed(now)}
    kept = {gap.number for at, gap in enumerate(now) if came_from.get(at) == gap.number}
    for gap in {gap.number: gap for gap in reversed(before)}.values():
        if gap.number not in kept and (gap.number in asked or gap.number in went):
            yield Moved(gap.number, gap.text, asked.get(gap.number, ""), went.get(gap.number, 0))


def _matched(
    before: Sequence[Gap], cards: Sequence[int], now: Sequence[_Place]
) -> tuple[dict[int, int], dict[int, int]]:
    """Which of the clozes ``before`` each one ``now`` is, by index; and of those in doubt, which it may be."""
    known = [
        Known("cloze", "", at, None, gap.text, fingerprint(gap.around), gap.number - 1 not in cards)
        for at, gap in enumerate(before)
    ]
    candidates = [Candidate("cloze", "", at, None, place.text, place.around) for at, place in enumerate(now)]
    found = match(known, candidates)
    return found.pairs, {doubt.candidate: doubt.among[0] for doubt in found.doubts}


def _places(html: str) -> list[_Place]:
    """The clozes of a field, in the order in which they begin."""
    shown: list[str] = []
    opened: list[tuple[Cloze, int, int]] = []
    length = _walk(parse_clozes(html), shown, opened, 0)
    text = "".join(shown)
    places = []
    for cloze, start, end in opened:
        before = text[max(0, start - _WINDOW) : start].split()[-_NEAR:]
        after = text[end : min(end + _WINDOW, length)].split()[:_NEAR]
        places.append(_Place(cloze.numbers, " ".join(text[start:end].split()), " ".join([*before, "...", *after])))
    return places


def _walk(nodes: Iterable[str | Cloze], shown: list[str], opened: list[tuple[Cloze, int, int]], at: int) -> int:
    for node in nodes:
        if isinstance(node, str):
            shown.append(unescape(_TAG.sub(" ", node)))
            at += len(shown[-1])
        else:
            index = len(opened)
            opened.append((node, at, at))
            end = _walk(node.nodes, shown, opened, at)
            opened[index] = (node, at, end)
            at = end
    return at
