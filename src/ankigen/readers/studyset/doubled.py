"""Text that stands twice, one copy right below the other, as where the back of each card repeats its front.

One line or several are repeated. The first of them begins a card; the copies, however much they look like a term, do
not.
"""

from collections import defaultdict
from collections.abc import Iterator, Sequence

from ankigen.readers.studyset.features import Line

__all__ = ["doubled_signs", "find_doubled"]

_LONGEST = 40  # lines that are repeated together
_TRIED = 4  # of the places where a line comes back, the nearest
_OFTEN, _SHARE = 3, 0.1  # where something stands twice so often, and so many lines do, the set is written so


def find_doubled(lines: Sequence[str]) -> dict[int, int]:
    """The index of each line from which on something stands twice, and how many lines that is. No two overlap.

    What stands there three times or more is a refrain, and not among them.
    """
    later = _later(lines)
    found: dict[int, int] = {}
    free = 0  # the first line that is in none of them
    for at in range(len(lines)):
        for below in later[at] if at >= free else ():
            size = below - at
            if size > _LONGEST:
                break
            block = lines[at:below]
            if lines[below : below + size] != block:
                continue
            free = below + size
            while lines[free : free + size] == block:
                free += size
            if free == below + size:
                found[at] = size
            break
    return found


def _later(lines: Sequence[str]) -> list[list[int]]:
    """For each line, the next places where it comes back, the nearest first."""
    places: defaultdict[str, list[int]] = defaultdict(list)
    later = []
    for at in range(len(lines) - 1, -1, -1):
        later.append(places[lines[at]][-1 : -_TRIED - 1 : -1])
        places[lines[at]].append(at)
    return later[::-1]


def doubled_signs(lines: Sequence[Line]) -> Iterator[tuple[int, str]]:
    """What standing twice says of a line, in a set that is written so: index and name."""
    found = find_doubled([line.text for line in lines])
    if len(found) < _OFTEN or 2 * sum(found.values()) < _SHARE * len(lines):
        return
    inside = {line for at, size in found.items() for line in range(at + 1, at + 2 * size)}
    for at in range(len(lines)):
        if at in found:
            yield at, "doubled"
        elif at in inside:
            yield at, "in-doubled"
        else:
            yield at, "not-doubled"
