"""Study sets whose cards are known, to learn from and to measure with.

A file has one set a line, as JSON:
``{"id", "tier", "source", "cards": [{"term", "definition_lines", "term_lines"?}]}``.
"""

import json
from collections.abc import Collection
from dataclasses import dataclass
from pathlib import Path

__all__ = ["MarkedSet", "f1", "read_sets"]


@dataclass(frozen=True, slots=True)
class MarkedSet:
    """The lines of a set as they would be pasted, and the indices of those on which its cards begin."""

    name: str
    tier: str
    source: str
    lines: tuple[str, ...]
    starts: tuple[int, ...]


def read_sets(path: Path) -> list[MarkedSet]:
    """The sets in a file. A source is what stands before the colon: a repository or a package."""
    return [_marked(json.loads(line)) for line in path.read_text(encoding="utf-8").splitlines() if line.strip()]


def f1(found: Collection[int], right: Collection[int]) -> float:
    """The harmonic mean of the share of what was found that is right, and of what is right that was found."""
    hits = len(set(found) & set(right))
    return 2 * hits / (len(found) + len(right)) if hits else 0.0


def _marked(row: dict[str, object]) -> MarkedSet:
    lines: list[str] = []
    starts = []
    cards = row["cards"]
    assert isinstance(cards, list)  # noqa: S101 - a file of another form is of no use
    for card in cards:
        starts.append(len(lines))
        written = [*card.get("term_lines", [card["term"]]), *card["definition_lines"]]
        lines += [text for line in written if (text := " ".join(line.split()))]
    source = str(row["source"]).split(":")[0]
    return MarkedSet(str(row["id"]), str(row["tier"]), source.split("/")[0], tuple(lines), tuple(starts))
