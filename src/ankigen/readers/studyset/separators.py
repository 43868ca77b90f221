"""Cards that the paste itself marks: rows with a separator, labels, numbers, blank lines.

Which mark a set uses is found out from the text as a whole: nearly all of it must fit, for a dash, a colon or a
semicolon stands in ordinary sentences too. What does not fit is reported by line, and never lost: it goes on with the
definition above it, or stays out. A text that uses no mark throughout has none here, and is cut by what its lines say.
"""

from collections.abc import Callable, Sequence

from ankigen.readers.studyset.cut import Cut
from ankigen.readers.studyset.labels import by_labels, by_numbers
from ankigen.readers.studyset.separated import by_fields, by_punctuation

__all__ = ["separate"]

_BLOCKS = 0.85  # of the runs of lines between blank ones, the share that must hold a term and a definition
_FEWEST = 3  # cards; fewer could stand so by chance


def separate(lines: Sequence[str], after_blank: Sequence[bool], cards: int = 0) -> Cut | None:
    """The cards that the marks in ``lines`` make, none of which is blank; None where no mark is used throughout.

    ``after_blank`` says which lines have a blank one above them. ``cards`` is how many the page states, if it does:
    a mark that makes clearly more is none.
    """
    ways: tuple[Callable[[Sequence[str], Sequence[bool]], Cut | None], ...] = (
        by_numbers,
        by_labels,
        by_fields,
        by_punctuation,
    )
    for way in ways:
        cut = way(lines, after_blank)
        if cut and not (cards and len(cut.cards) > cards + 1 + cards // 10):
            return cut
    blocks = by_blank_lines(lines, after_blank)
    return blocks if blocks and cards in (0, len(blocks.cards)) else None


def by_blank_lines(lines: Sequence[str], after_blank: Sequence[bool]) -> Cut | None:
    """Blocks parted by blank lines, each a term over its definition. A line alone between blank ones stays out."""
    starts = [0, *(at for at in range(1, len(lines)) if after_blank[at])]
    cut = Cut()
    for start, end in zip(starts, [*starts[1:], len(lines)], strict=True):
        if end - start > 1:
            cut.add(start, end - 1, [lines[start].strip()], [line.strip() for line in lines[start + 1 : end]])
        else:
            cut.reject(start, "no line stands right below this one", "write a definition below it, or delete it")
    return cut if len(cut.cards) >= max(_FEWEST, _BLOCKS * len(starts)) else None
