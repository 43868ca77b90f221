"""The signs of a line: everything on it and around it that may tell whether a record begins there, as names.

What a sign is worth is learned, and stands in ``weights.tsv``. Nothing here knows where the records are.
"""

from collections import Counter
from collections.abc import Iterator, Sequence
from math import log

from ankigen.readers.studyset.doubled import doubled_signs
from ankigen.readers.studyset.echoes import echo_signs
from ankigen.readers.studyset.features import TRAITS, Line

__all__ = ["signs_of"]

_ASKING = 0.1  # of the lines; with so many questions a question mark means "term", with fewer it means little
_BESIDE = (
    "size", "first", "end", "case", "colon", "lead", "function", "brackets", "digit", "sentences", "symbol", "code",
)  # fmt: skip
_PAIRED = ("case", "first", "end", "colon", "lead")
_FURTHER = ("size", "end", "case")
_SHAPE = ("size", "first", "end", "case", "colon")
_AT = {name: at for at, name in enumerate(TRAITS)}
_NEAR = 4  # lines before and after, of which the words are compared
_SHORT = 4  # words
_BLANKS = 0.75  # of the lines; where so many follow a blank one, that says nothing


def signs_of(lines: Sequence[Line]) -> list[list[str]]:
    """For each line, the names of its signs."""
    if not lines:
        return []
    names = _Signs(lines)
    signs = [[*names.alone(at), *names.beside(at), *names.around(at)] for at in range(len(lines))]
    blanks = sum(line.after_blank for line in lines)
    if 0 < blanks < _BLANKS * len(lines):
        for at, line in enumerate(lines):
            signs[at].append("after-blank" if line.after_blank else "after-no-blank")
    for at, name in dict.fromkeys([*echo_signs(lines), *doubled_signs(lines)]):
        signs[at].append(name)
    return signs


class _Signs:
    """The lines, and what is counted over all of them."""

    def __init__(self, lines: Sequence[Line]) -> None:
        self.lines = lines
        asking = sum(line.is_question for line in lines) >= _ASKING * len(lines)
        self.habit = "asking" if asking else "telling"
        typical = sorted(len(line.words) for line in lines)[len(lines) // 2]
        self.typical = next(
            (name for most, name in ((2, "words"), (4, "names"), (9, "phrases")) if typical <= most), ""
        )
        self.has_short_runs = typical > _SHORT + 1
        self.rank = [0] * len(lines)
        for rank, at in enumerate(sorted(range(len(lines)), key=lambda at: len(lines[at].text))):
            self.rank[at] = rank * 6 // len(lines)
        self.often = Counter(line.words for line in lines)
        self.openings = Counter(line.words[:2] for line in lines if len(line.words) >= 4)

    def alone(self, at: int) -> Iterator[str]:
        """What stands on the line, beside what is usual in the set."""
        line = self.lines[at]
        for name, value in zip(TRAITS[:-1], line.traits, strict=False):
            yield f"{name}={value}"
        size, end, case, colon, lead = (line.traits[_AT[name]] for name in ("size", "end", "case", "colon", "lead"))
        yield f"end={end}/{self.habit}"
        yield f"lead={lead}/{self.habit}"
        yield f"size={size}/{self.typical or 'sentences'}"
        yield f"rank={self.rank[at]}"
        yield f"case={case}/size={size}"
        yield f"end={end}/size={size}"
        yield f"colon={colon}/size={size}"
        if line.count:
            yield "counted"
        if line.is_cut:
            yield "cut"
        often = self.often[line.words]
        yield f"often={often if often < 3 else '3' if often < 5 else 'many'}"
        if len(line.words) >= 4:
            same = self.openings[line.words[:2]]
            share = same / len(self.lines)
            rate = same if same < 3 else "some" if share < 0.04 else "many" if share < 0.1 else "most"
            yield f"opening={rate}"

    def beside(self, at: int) -> Iterator[str]:
        """What the lines before and after say about a line."""
        line = self.lines[at]
        for other_at, side in ((at - 1, "previous"), (at + 1, "next")):
            if not 0 <= other_at < len(self.lines):
                yield f"{side}=none"
                continue
            other = self.lines[other_at]
            for name in _BESIDE:
                yield f"{side}-{name}={other.traits[_AT[name]]}"
            yield f"{side}-end={other.traits[_AT['end']]}/{self.habit}"
            yield f"{side}-longer={_ratio(line, other)}"
            for name in _PAIRED:
                yield f"{side}-{name}={other.traits[_AT[name]]}/{line.traits[_AT[name]]}"
            yield f"{side}-alike={sum(other.traits[_AT[name]] == line.traits[_AT[name]] for name in _SHAPE)}"
            yield f"{side}-shares={min(len(line.stems & other.stems), 2)}"
            if other.words[:1] == line.words[:1]:
                yield f"{side}-same-word"
            if len(line.words) >= 4 and other.words[:2] == line.words[:2]:
                yield f"{side}-same-opening"
            if other.is_cut:
                yield f"{side}-cut"
        if at + 1 < len(self.lines) and self.lines[at + 1].words == line.words:
            yield "repeated-next"

    def around(self, at: int) -> Iterator[str]:
        """What lines further away say about a line."""
        line = self.lines[at]
        for other_at, side in ((at - 2, "before-previous"), (at + 2, "after-next")):
            if 0 <= other_at < len(self.lines):
                other = self.lines[other_at]
                for name in _FURTHER:
                    yield f"{side}-{name}={other.traits[_AT[name]]}"
                yield f"{side}-shares={min(len(line.stems & other.stems), 2)}"
        if line.stems:
            after, before = (
                min(2, len(line.stems.intersection(*[frozenset().union(*(each.stems for each in near))])))
                for near in (self.lines[at + 1 : at + 1 + _NEAR], self.lines[max(0, at - _NEAR) : at])
            )
            yield f"said-after={after}/before={before}"
        if self.has_short_runs:
            before, after = self._short(at, -1), self._short(at, 1)
            yield f"{'short' if len(line.words) <= _SHORT else 'long'}-among={before}/{after}"

    def _short(self, at: int, step: int) -> int:
        """How many short lines stand on one side, up to three."""
        for count in range(3):
            at += step
            if not 0 <= at < len(self.lines) or len(self.lines[at].words) > _SHORT:
                return count
        return 3


def _ratio(line: Line, other: Line) -> str:
    """How much longer a line is than another, in steps of about a half."""
    ratio = log((len(line.text) + 3) / (len(other.text) + 3))
    step = sum(abs(ratio) > most for most in (0.25, 0.7, 1.5))
    return f"{'-' if ratio < 0 and step else ''}{step}"
