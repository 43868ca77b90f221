"""What matching is given, and what it answers."""

from ankigen.frozen import dataclass

__all__ = ["Candidate", "Doubt", "Known", "Matching"]


@dataclass(frozen=True, slots=True)
class Known:
    """A note as the lock file remembers it.

    Notes of two families ("term", "cloze") are never the same. ``place`` is the note's rank in its file at the last
    build that had it. ``retired`` says that this was not the last build: such a note may come back.
    """

    family: str
    path: str
    place: int
    key: str | None
    term: str
    fingerprint: str
    retired: bool = False


@dataclass(frozen=True, slots=True)
class Candidate:
    """A record of this build; term and definition are Markdown."""

    family: str
    path: str
    place: int
    key: str | None
    term: str
    definition: str


@dataclass(frozen=True, slots=True)
class Doubt:
    """A candidate that may be one of the known notes ``among`` (likeliest first, with their scores), or a new one.

    From a score of 1 on, a pair would be taken if nothing else came close.
    """

    candidate: int
    among: tuple[int, ...]
    scores: tuple[float, ...]


@dataclass(frozen=True, slots=True)
class Matching:
    """The known note of each candidate that has one, by index, no known note twice.

    Candidates without a pair are new, or in doubt; known notes without one are gone.
    """

    pairs: dict[int, int]
    doubts: tuple[Doubt, ...]
