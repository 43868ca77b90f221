"""From lines to records: general weights first, then once more with what this very set does throughout.

Sets differ: here every term is a question, there every definition begins in lower case. So the first cut is
read like a marked set, and what sets its terms apart is added to the weights before the next.
"""

from collections import Counter
from collections.abc import Sequence
from math import log

from ankigen.readers.studyset.features import Line, names_of
from ankigen.readers.studyset.path import Scores, best_path, path_of
from ankigen.readers.studyset.weights import BEGIN, HABIT, LINE, WORD_LIST

__all__ = ["segment", "term_lines"]

_ROUNDS = 3
_FEW_WORDS = 3
_STRONGEST = 3.0  # a habit speaks no louder than the strongest general weights


def segment(lines: Sequence[Line], cards: int = 0) -> list[int]:
    """The indices of the lines on which records begin, ascending; ``cards`` of them when that is known and can be.

    A first line without another one below it makes no record: then the list is empty.
    """
    if len(lines) < 2:
        return []
    names = names_of(lines)
    counts = [line.count for line in lines]
    sizes = sorted(len(line.words) for line in lines)
    single = WORD_LIST if sizes[len(sizes) // 2] <= _FEW_WORDS else 0.0
    worth = LINE
    for _ in range(_ROUNDS):
        scores = Scores([BEGIN + sum(worth[name] for name in seen) for seen in names], counts, single)
        starts = (path_of(scores, cards) if cards else None) or best_path(scores)
        habits = _habits(names, set(starts))
        worth = {name: general + HABIT * habits.get(name, 0.0) for name, general in LINE.items()}
    return starts


def term_lines(lines: Sequence[Line]) -> int:
    """How many of a record's lines are its term: one, or two where a question follows another or a full sentence."""
    if len(lines) < 3 or lines[1].is_item or lines[1].after_blank or lines[0].words == lines[1].words:
        return 1
    return 2 if lines[1].is_question and (lines[0].is_question or lines[0].text.endswith(".")) else 1


def _habits(names: Sequence[Sequence[str]], starts: set[int]) -> dict[str, float]:
    """How much more often each thing is seen on this set's terms than on its other lines (log-odds)."""
    terms: Counter[str] = Counter()
    others: Counter[str] = Counter()
    for at, seen in enumerate(names):
        (terms if at in starts else others).update(seen)
    rest = len(names) - len(starts)
    habits = {
        name: log((terms[name] + 1) / (len(starts) + 2)) - log((others[name] + 1) / (rest + 2))
        for name in terms.keys() | others.keys()
    }
    return {name: max(-_STRONGEST, min(_STRONGEST, worth)) for name, worth in habits.items()}
