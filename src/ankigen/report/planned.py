"""A plan for people and for scripts."""

from collections.abc import Iterator
from dataclasses import asdict
from typing import Any

from ankigen.plan import Change, Plan, Planned, search
from ankigen.report.human import printable

__all__ = ["card_changes", "plan_data", "plan_text"]

_WIDTH = 60


def plan_text(plan: Plan) -> Iterator[str]:
    """The plan as lines: the sum, every note that changes, and what is left to do by hand."""
    yield ", ".join(f"{plan.count(change)} {change}" for change in Change)
    for note in plan.notes:
        if note.change is not Change.UNCHANGED or note.deck_before or note.cards_added or note.cards_left:
            yield f"  {note.change:<9}  {_line(note)}"
    for folder in plan.note_types:
        yield f"  note type  templates/{printable(folder)} changes: the look of its cards, not its notes"
    if plan.removed:
        yield "removed notes stay in Anki; this search selects them there:"
        yield f"  {search(plan.removed)}"
    for deck, notes in plan.moves.items():
        yield f"Anki moves no cards; to move these to {printable(deck)} by hand, search for:"
        yield f"  {search(notes)}"
    left = [note for note in plan.notes if note.cards_left]
    if left:
        yield "these notes keep a card that is blank now; delete it with Tools > Empty Cards:"
        yield f"  {search(left)}"


def plan_data(plan: Plan) -> dict[str, Any]:
    """The plan as plain data."""
    return {
        "import": plan.import_log,
        "notes": [asdict(note) for note in plan.notes],
        "note_types": list(plan.note_types),
        "removed": search(plan.removed) if plan.removed else None,
        "moves": {deck: search(notes) for deck, notes in plan.moves.items()},
    }


def _line(note: Planned) -> str:
    term = " ".join(note.term.split())
    term = term if len(term) <= _WIDTH else f"{term[:_WIDTH]}..."
    more = [f"stays in deck {note.deck_before}"] if note.deck_before else []
    more += card_changes(note)
    return printable(f"{note.path}: {term}" + (f" ({', '.join(more)})" if more else ""))


def card_changes(note: Planned) -> list[str]:
    """What becomes of the note's cards, where anything does."""
    changes = [f"gets card {ordinal + 1}" for ordinal in note.cards_added]
    changes += [f"card {ordinal + 1} goes blank" for ordinal in note.cards_left]
    changes += [f"card {ordinal + 1} asks another cloze, or lost its own" for ordinal in note.cards_moved]
    return changes
