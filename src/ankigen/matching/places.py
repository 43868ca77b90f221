"""Where notes stand: files under their other names, and the gaps between notes already recognised."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence

from ankigen.frozen import dataclass

__all__ = ["Gap", "gaps", "homes", "neighbourhood"]


def homes(before: Sequence[str], now: Sequence[str], moved: Iterable[tuple[str, str]]) -> dict[str, str]:
    """One name for all the names of a renamed, split or merged file; paths that are not here are their own.

    ``before`` and ``now`` are the paths of all notes, ``moved`` the old and the new path of each note that was found
    in another file. A new file that takes notes from one that stays is its continuation when they are half of it.
    """
    old, new = set(before), Counter(now)
    came: dict[str, Counter[str]] = defaultdict(Counter)
    went: dict[str, Counter[str]] = defaultdict(Counter)
    for source, target in moved:
        if target not in old:
            came[target][source] += 1
        if source not in new:
            went[source][target] += 1
    home = {}
    for target, votes in came.items():
        source = _most(votes)
        if source not in new or 2 * votes[source] >= new[target]:
            home[target] = source
    for source, votes in went.items():
        target = _most(votes)
        home[source] = home.get(target, target)
    return home


def _most(votes: Counter[str]) -> str:
    return min(votes, key=lambda path: (-votes[path], path))


@dataclass(frozen=True, slots=True)
class Gap:
    """A run of notes nobody has recognised yet, and one note's rank in it. ``left`` and ``right`` name its ends."""

    left: int | str
    right: int | str
    rank: int
    length: int


def gaps(file: Sequence[int], home: str, known: Mapping[int, int]) -> dict[int, Gap]:
    """The gap of each unrecognised note of a file. ``known`` tells which note a recognised one is."""
    found: dict[int, Gap] = {}
    left: int | str = f"first {home}"
    run: list[int] = []
    ends: list[int | str] = [*(known.get(note, -1) for note in file), f"last {home}"]
    for note, end in zip([*file, -1], ends, strict=True):
        if end == -1:
            run.append(note)
            continue
        for rank, one in enumerate(run):
            found[one] = Gap(left, end, rank, len(run))
        left, run = end, []
    return found


def neighbourhood(a: Gap, b: Gap) -> float:
    """How well two gaps agree: 1 for the only notes between the same neighbours, 0 for different neighbours."""
    if (a.left, a.right) == (b.left, b.right):
        if a.length == b.length == 1:
            return 1.0
        return 0.7 if (a.rank, a.length) == (b.rank, b.length) else 0.4
    return 0.3 if a.left == b.left or a.right == b.right else 0.0
