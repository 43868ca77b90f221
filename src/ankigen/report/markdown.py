"""What a build changes, as Markdown for a pull request.

A problem is told when it stands in a new or changed record, or outside of the records that have not changed: no build
remembers what the last one said. All texts of notes are shown as code, so that none of them is a link, HTML or a
mention where the page is read.
"""

import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence

from ankigen.diagnostics import Diagnostic
from ankigen.plan import Change, Plan, Planned, search
from ankigen.records import Record
from ankigen.report.human import printable
from ankigen.report.planned import card_changes

__all__ = ["markdown"]

_LONGEST = 60  # characters of a term,
_LONGEST_MESSAGE = 300  # and of a message or a hint
_MOST = 50  # lines of a list: GitHub takes 1 MiB a step


def markdown(
    plan: Plan, records: Mapping[str, Record], diagnostics: Sequence[Diagnostic], link: Callable[[str, int], str]
) -> str:
    """The summary of a build. ``records`` are by guid; ``link(path, line)`` is where a line can be seen, or empty.

    The paths of records and diagnostics are those that are shown; that of a note without a record gets no link.
    """
    changes = {change: [note for note in plan.notes if note.change is change] for change in Change}
    changed = changes[Change.UPDATED] + changes[Change.CONFLICTING]
    moved = [note for note in changes[Change.UNCHANGED] if note.is_moved]
    same = [note for note in changes[Change.UNCHANGED] if not note.is_moved]
    told = list(_told(diagnostics, [records[note.guid] for note in (*moved, *same) if note.guid in records]))
    counts = (
        ("added", changes[Change.NEW]),
        ("changed", changed),
        ("moved", moved),
        ("removed", changes[Change.REMOVED]),
    )

    def place(path: str, line: int, text: str) -> str:
        url = link(path, line) if line else ""
        return f"[{_code(text)}]({url})" if url else _code(text)

    def item(note: Planned) -> str:
        record = records.get(note.guid)
        at = place(record.path, record.line, f"{record.path}:{record.line}") if record else _code(note.path)
        return ": ".join((f"- {at} {_code(note.term)}", *_more(note)))

    sums = [f"{len(notes)} {what}" for what, notes in counts]
    parts = [f"### ankigen: {', '.join([*sums, f'{len(same)} unchanged']) if plan.notes else 'nothing to build'}"]
    for what, notes in counts:
        if notes:
            parts.append(f"**{what.capitalize()}**\n\n{_list(map(item, notes), len(notes))}")
    if plan.removed:
        parts.append(f"Removed notes stay in Anki; this search selects them there: `{search(plan.removed)}`")
    if plan.note_types:
        parts.append(f"Another look: note type {', '.join(map(_code, plan.note_types))}")
    if told:
        problems = (
            f"- {place(fault.path, fault.line, fault.place)} {fault.severity}, {fault.rule.value}: "
            f"{_code(fault.message, _LONGEST_MESSAGE)}; {_code(fault.hint, _LONGEST_MESSAGE)}"
            for fault in told
        )
        parts.append(f"**Problems**\n\n{_list(problems, len(told))}")
    if left := len(diagnostics) - len(told):
        parts.append(
            f"{left} more in notes that have not changed: `ankigen check` lists {'them' if left > 1 else 'it'}."
        )
    return "\n\n".join(parts) + "\n"


def _told(diagnostics: Iterable[Diagnostic], unchanged: Iterable[Record]) -> Iterator[Diagnostic]:
    """The diagnostics that do not stand in a record that is ``unchanged``."""
    lines = {(record.path, line) for record in unchanged for line in range(record.line, record.end_line + 1)}
    for fault in diagnostics:
        if (fault.path, fault.line) not in lines:
            yield fault


def _more(note: Planned) -> Iterator[str]:
    """What else is to be said of a note, all in one part, if anything is."""
    more = ["its note type is another, so Anki skips it"] if note.change is Change.CONFLICTING else []
    more += [f"from {_code(note.path_before)}"] if note.path_before else []
    more += [f"its cards stay in the deck {_code(note.deck_before)}"] if note.deck_before else []
    more += card_changes(note)
    if more:
        yield ", ".join(more)


def _list(lines: Iterable[str], count: int) -> str:
    shown = [line for line, _ in zip(lines, range(_MOST), strict=False)]
    return "\n".join([*shown, f"- and {count - _MOST} more"] if count > _MOST else shown)


def _code(text: str, longest: int = _LONGEST) -> str:
    """``text`` in one line, as a code span: with a fence that is longer than any in it."""
    line = printable(" ".join(text.split()))
    line = line if len(line) <= longest else f"{line[:longest]}..."
    runs = [len(run) for run in re.findall("`+", line)]
    fence = "`" * (max(runs, default=0) + 1)
    edge = " " if runs else ""
    return f"{fence}{edge}{line}{edge}{fence}"
