"""What git writes into a note when two people changed the same lines, and nobody has chosen yet.

The lines of marks are taken out before the Markdown is parsed: else they would make headings and quotes of what stands
beside them. Inside of a fence they are an example, and stay.
"""

import re
from collections.abc import Iterator

from ankigen.diagnostics import Diagnostic, Rule
from ankigen.source import Source

__all__ = ["without_conflicts"]

_MARK = re.compile(r"(?:<{7}|\|{7}|>{7})(?: .*)?|={7}|(?: {0,3})(`{3,}|~{3,})([^`]*)")


def without_conflicts(source: Source, text: str) -> tuple[str, list[Diagnostic]]:
    """``text``, which has the lines of ``source``, with the marks of conflicts as blank lines; an error for each."""
    if "<<<<<<<" not in text or ">>>>>>>" not in text:
        return text, []
    lines = text.split("\n")
    faults = []
    for marks in _conflicts(lines):
        for number in marks:
            lines[number] = ""
        first, end = source.offset(marks[0] + 1), source.lines_span(marks[0] + 1, marks[0] + 1).end
        message = f"git has left a conflict here; it ends in line {marks[-1] + 1}"
        hint = "keep what is right of the two versions, and delete the lines <<<<<<<, ======= and >>>>>>>"
        faults.append(Diagnostic.at(source, Rule.CONFLICT_MARKER, first, message, hint, end))
    return "\n".join(lines), faults


def _conflicts(lines: list[str]) -> Iterator[list[int]]:
    """The lines, from 0, of each conflict's marks."""
    marks: list[int] = []
    fence = ""
    for number, line in enumerate(lines):
        found = _MARK.fullmatch(line)
        if not found:
            continue
        if found[1]:
            if not fence:
                fence = found[1]
            elif found[1].startswith(fence) and not found[2].strip():
                fence = ""
        elif line[0] == "<":
            marks = [] if fence else [number]
        elif marks:
            marks.append(number)
            if line[0] == ">":
                if any(lines[mark][0] == "=" for mark in marks):
                    yield marks
                marks = []
