"""Lines that come back: a list names its items, and later each is a term of its own.

Equal but for case and punctuation, or nearly so: most of the words that matter, in any order, after a label
("Step 2", "principle 1") is taken off. An inverted index on words keeps the cost linear in the lines.
"""

import re
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence

from ankigen.readers.counted import words_of
from ankigen.readers.studyset.features import Line
from ankigen.readers.studyset.words import SMALL, stem

__all__ = ["echo_signs", "find_echoes"]

_NEAR = 0.6  # of all words of both lines, the share that they have in common
_LONGEST = 14  # words; an item that names something is no longer
_RECENT = 24  # of the lines with one word in common, only the latest are looked at
_BLOCK = 40  # lines; no list is longer
_LABEL = re.compile(r"[^\W\d]+ (?:\d{1,2}|[ivx]{1,4})$")


def find_echoes(lines: Sequence[str]) -> dict[int, int]:
    """For the index of each line that comes back from an earlier one, the index of that (the latest)."""
    echoes: dict[int, int] = {}
    exact: dict[tuple[str, ...], int] = {}
    index: defaultdict[str, list[int]] = defaultdict(list)
    bags: list[frozenset[str]] = []
    for at, line in enumerate(lines):
        words = _without_label(words_of(line))
        bag = frozenset(stem(word) for word in words if word not in SMALL)
        bags.append(bag)
        if not words or len(words) > _LONGEST:
            continue
        key = tuple(words)
        if key in exact:
            echoes[at] = exact[key]
        elif len(bag) > 1 and (near := _nearest(bag, index, bags)) is not None:
            echoes[at] = near
        exact[key] = at
        for word in bag:
            index[word].append(at)
    return echoes


def echo_signs(lines: Sequence[Line]) -> Iterator[tuple[int, str]]:
    """What coming back says of a line, of the line it comes from, and of those beside them: index and name.

    In an outline the first item of a list comes back right behind the last one. So where all lines in between come
    back too, the list is *full*: it ends just there, and the line above it is what it belongs to.
    """
    echoes = find_echoes([line.text for line in lines])
    later = {earlier: at for at, earlier in reversed(echoes.items())}
    often = Counter(line.words for line in lines)
    for at, earlier in echoes.items():
        if often[lines[at].words] > 2:
            yield at, "refrain"
        elif earlier == at - 1:
            yield at, "repeats-previous"
        elif echoes.get(at - 1) == earlier - 1 or echoes.get(at + 1) == earlier + 1:
            yield at, "copied"
        else:
            yield from _echo(at, earlier, lines, later)


def _echo(at: int, earlier: int, lines: Sequence[Line], later: dict[int, int]) -> Iterator[tuple[int, str]]:
    near = "" if lines[at].words == lines[earlier].words else "near-"
    # The items of one list come back one after the other, but no longer side by side.
    series = later.get(earlier + 1, at) > at + 1 or later.get(earlier - 1, at) < at - 1
    block = range(earlier, at)
    back = sum(later.get(line, -1) >= at for line in block) / len(block) if len(block) <= _BLOCK else 0.0
    is_full = back == 1 and len(block) > 1
    yield at, "echo"
    yield at, f"{near}echo-{'series' if series else 'alone'}"
    yield at, f"{near}echo-{'full' if is_full else 'half' if back >= 0.5 else 'no'}-list"
    yield at, f"echo-{'near' if len(block) <= 12 else 'far' if len(block) <= 60 else 'very-far'}"
    yield earlier, f"{near}comes-back"
    if series:
        yield earlier, f"{near}comes-back-series"
    if is_full:
        for line in block:
            yield line, "in-full-list"
        if earlier:
            yield earlier - 1, "heads-full-list"
    yield at - 1, "before-echo"
    if at + 1 < len(lines):
        yield at + 1, "after-echo"


def _nearest(bag: frozenset[str], index: dict[str, list[int]], bags: list[frozenset[str]]) -> int | None:
    shared: Counter[int] = Counter()
    for word in bag:
        shared.update(index.get(word, ())[-_RECENT:])
    best = max(shared, key=lambda at: (shared[at] / len(bag | bags[at]), at), default=None)
    if best is None or shared[best] < 2 or shared[best] < _NEAR * len(bag | bags[best]):
        return None
    return best


def _without_label(words: list[str]) -> list[str]:
    return words[2:] if len(words) > 3 and _LABEL.match(" ".join(words[:2])) else words
