"""What speaks for and against two texts being one note, as a score in thousandths.

The figures were set on one real history (`tools/replay_identity.py`) and on 20,000 docstrings edited by chance.
Most telling is rarity within the file: what only these two share says that they are one, what is everywhere in the
file says nothing. Whole numbers, so that sums are the same in any order.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Set
from math import sqrt
from typing import TypeVar

from ankigen.frozen import dataclass
from ankigen.matching.text import EVERYTHING, Sketch, fold, number, squeeze, words

__all__ = ["ACCEPT", "ASK", "MARGIN", "Rarity", "Text", "far", "near", "share"]

ACCEPT = 1000  # from here on a pair is one note, unless another pair comes within the margin
ASK = 550  # from here on a pair is worth a question
MARGIN = 150

_ONE = 1000  # the weight of a word that one note has
_SLIP = 0.5  # closer than Slovakia to Slovenia, or Iran to Iraq
_SPELLINGS = 100  # pairs of words compared letter by letter; a long text needs no such help

_Word = TypeVar("_Word", bound=str | int)


@dataclass(frozen=True, slots=True)
class Text:
    """One note, before or now, in the forms that are compared."""

    term: str
    folded: str
    words: tuple[str, ...]
    numbers: frozenset[int]
    sketch: Sketch

    @classmethod
    def of(cls, term: str, sketch: Sketch) -> "Text":
        """The forms of a term, with its definition's sketch."""
        folded = fold(term)
        found = tuple(words(folded))
        return cls(squeeze(term), folded, found, frozenset(map(number, found)), sketch)


class Rarity:
    """How much a word says: less, the more notes have it. The notes before and now are counted apart.

    ``words`` weighs the words of terms, ``numbers`` those of definitions.
    """

    def __init__(self, before: Iterable[Text], now: Iterable[Text]) -> None:
        self._before, self._now = _Counts(before), _Counts(now)
        self.words = _Weights(self._before.words, self._now.words)
        self.numbers = _Weights(self._before.numbers, self._now.numbers)

    def bearers(self, term: str) -> int:
        """How many notes have this term (folded, or as it is)."""
        return max(self._before.terms[term], self._now.terms[term])

    def are_two(self, old: str, new: str) -> bool:
        """Whether two words are no spellings of one: the new one was there before, and the old one is there still."""
        return self._before.has(new) and self._now.has(old)


class _Counts:
    def __init__(self, notes: Iterable[Text]) -> None:
        self.words: Counter[str] = Counter()
        self.numbers: Counter[int] = Counter()
        self.terms: Counter[str] = Counter()
        for note in notes:
            self.words.update(set(note.words))
            self.numbers.update(note.sketch.numbers)
            self.terms.update({note.term, note.folded})

    def has(self, word: str) -> bool:
        return word in self.words or number(word) in self.numbers


class _Weights(dict[_Word, int]):
    """Weights by word, computed when first asked: most of a project's words never are."""

    def __init__(self, before: Counter[_Word], now: Counter[_Word]) -> None:
        super().__init__()
        self._before, self._now = before, now

    def __missing__(self, word: _Word) -> int:
        notes = max(1, self._before[word], self._now[word])
        self[word] = weight = round(_ONE / sqrt(notes))
        return weight


def share(a: Sketch, b: Sketch) -> float:
    """How many of the words of two definitions are in both, from 0 to 1."""
    if a.same == b.same:
        return 1.0
    even = defaultdict[int, int](lambda: _ONE)
    return _share(a.numbers, b.numbers, min(a.reach, b.reach), even)[0]


def near(a: Text, b: Text, neighbourhood: float, rarity: Rarity) -> int:
    """The score of a note before and a note now of one file."""
    definition, ground = _definitions(a, b, rarity)
    score = 1250 * definition * sqrt(definition) * min(1.0, ground / 3) + 400 * neighbourhood
    if a.folded == b.folded:
        name = a.term if a.term == b.term else a.folded
        return round(score + (1350 if rarity.bearers(name) <= 1 else 600))
    term = _Terms(a, b, rarity)
    score += (900 + 100 * min(term.ground, 8.0)) * (term.alike * (1 - 0.7 * term.replaced)) ** 2
    if neighbourhood == 0:  # moved and renamed at once is rare, a namesake is not
        score -= 350
    return round(score - 300 * term.swapped)


def far(a: Text, b: Text, rarity: Rarity) -> int:
    """The score of a note before and a note now of two unrelated files; ``rarity`` is that of all files.

    Decks of one make (a file a language, a file a disease) hold each other's terms and pictures: only a term that
    no third note has moves from file to file with an edit, and only when nearly all the rest came along.
    """
    same = a.folded == b.folded
    if same and rarity.bearers(a.folded) > 1:
        return 0
    definition, ground = _definitions(a, b, rarity)
    term = _Terms(a, b, rarity)
    if not same and term.replaced > 0.6 and a.sketch.same != b.sketch.same:
        return 0
    alike = ((1.0 if same else term.alike) + definition) / 2
    if alike < 0.88:
        return round(500 * term.alike**2 + 500 * definition * sqrt(definition) * min(1.0, ground / 3))
    return 1100 if ground >= 2 else 800


def _definitions(a: Text, b: Text, rarity: Rarity) -> tuple[float, float]:
    """How much the definitions share, from 0 to 1, and how many rare words' worth that is.

    When the terms differ, their words are looked for in the definitions too: the old name of a thing often stays
    in its new definition ("also known as").
    """
    x, y, reach = a.sketch.numbers, b.sketch.numbers, min(a.sketch.reach, b.sketch.reach)
    alike, ground = _share(x, y, reach, rarity.numbers)
    if a.folded != b.folded:
        alike, ground = max((alike, ground), _share(x | a.numbers, y | b.numbers, reach, rarity.numbers))
    return (1.0 if a.sketch.same == b.sketch.same else alike), ground


def _share(x: Set[int], y: Set[int], reach: int, weights: Mapping[int, int]) -> tuple[float, float]:
    """Of the words up to ``reach`` the share in both, and its weight."""
    every, both = x | y, x & y
    if reach < EVERYTHING:
        every, both = ({n for n in numbers if n <= reach} for numbers in (every, both))
    total = sum([weights[n] for n in every])
    common = sum([weights[n] for n in both])
    return (common / total if total else 0.0), common / _ONE


class _Terms:
    """Two terms, word by word.

    ``alike`` is the share in common, from 0 to 1; a word spelt otherwise counts in part. ``ground`` is how many rare
    words' worth that is. ``replaced`` says how much of it stands against: words that went while others came, as in
    "Gulf of Guinea" and "Gulf of Alaska". ``swapped`` counts on how many sides (0 to 2) such a word also is in its own
    definition and not in the other: the sign of one template filled in twice.
    """

    def __init__(self, a: Text, b: Text, rarity: Rarity) -> None:
        went, came = Counter(a.words), Counter(b.words)
        both = went & came
        went, came = went - both, came - both
        common = float(_weight(both, rarity))
        whole = [common + _weight(went, rarity), common + _weight(came, rarity)]
        for close, x, y in _spellings(went, came, rarity):
            if x in went and y in came:
                common += close * (rarity.words[x] + rarity.words[y]) / 2
                del went[x], came[y]
        self.alike = self.replaced = 0.0
        if common:
            self.alike = min(0.95, (2 * common / sum(whole) + common / min(whole)) / 2)
            self.replaced = min(1.0, 1.5 * min(_weight(went, rarity), _weight(came, rarity)) / common)
        self.ground = common / _ONE
        only_a, only_b = a.sketch.numbers - b.sketch.numbers, b.sketch.numbers - a.sketch.numbers
        self.swapped = (not only_a.isdisjoint(map(number, went))) + (not only_b.isdisjoint(map(number, came)))


def _weight(words: Counter[str], rarity: Rarity) -> int:
    return sum(rarity.words[word] * count for word, count in words.items())


def _spellings(went: Iterable[str], came: Iterable[str], rarity: Rarity) -> list[tuple[float, str, str]]:
    """Words that may be one word spelt twice, the closest first; a number is never another number."""
    old, new = (sorted(filter(str.isalpha, words)) for words in (went, came))
    if len(old) * len(new) > _SPELLINGS:
        return []
    from rapidfuzz.fuzz import ratio  # here, for most builds have no words to compare

    close = ((2 * ratio(x, y) / 100 - 1, x, y) for x in old for y in new)
    pairs = [(c, x, y) for c, x, y in close if c > _SLIP and (_is_inflected(x, y) or not rarity.are_two(x, y))]
    return sorted(pairs, key=lambda pair: (-pair[0], pair[1:]))


def _is_inflected(x: str, y: str) -> bool:
    """Whether two words differ in their ending only."""
    shorter = min(len(x), len(y))
    stem = next((i for i in range(shorter) if x[i] != y[i]), shorter)
    return stem >= max(4, 0.7 * max(len(x), len(y)))
