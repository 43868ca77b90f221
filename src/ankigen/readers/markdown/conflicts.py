"""What git writes into a note when two people changed the same lines, and nobody has chosen yet.

The lines of marks are taken out before the Markdown is parsed: else they would make headings and quotes of what stands
beside them. Inside of a fence they are an example, and stay. Between rows of a table, which would end at a blank line,
an empty row takes their place.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace

from markdown_it.rules_block.table import escapedSplit
from markdown_it.token import Token

from ankigen.diagnostics import Diagnostic, Rule
from ankigen.source import Source

__all__ = ["without_conflicts", "without_rows"]

_DELIMITERS = re.compile(r"\|[ \t]*:?-+:?[ \t]*(?:\|[ \t]*:?-+:?[ \t]*)*\|?[ \t]*")
_MARK = re.compile(r"(?:<{7}|\|{7}|>{7})(?: .*)?|={7}|(?: {0,3})(`{3,}|~{3,})([^`]*)")


def without_conflicts(source: Source, first: int) -> tuple[Source, list[int], list[Diagnostic]]:
    """The source without the marks of conflicts below its line ``first``, their lines, from 0, and an error for each.

    As long as before: spaces take their place, and between the rows of a table the signs of an empty row.
    """
    if "<<<<<<<" not in source.text or ">>>>>>>" not in source.text:
        return source, [], []
    lines = source.text.split("\n")
    found: list[int] = []
    faults = []
    for marks in _conflicts(lines, first):
        following: dict[int, int] = {}  # the first line below each that is no mark
        for number in reversed(marks):
            following[number] = following.get(number + 1, number + 1)
        for number in marks:
            below = following[number]
            is_row = _is_inside_table(lines[number - 1], lines[below : below + 2])
            lines[number] = (_row(lines, number) if is_row else "").ljust(len(lines[number]))
        start, end = source.offset(marks[0] + 1), source.lines_span(marks[0] + 1, marks[0] + 1).end
        message = f"git has left a conflict here; it ends in line {marks[-1] + 1}"
        hint = "keep what is right of the two versions, and delete the lines <<<<<<<, ======= and >>>>>>>"
        faults.append(Diagnostic.at(source, Rule.CONFLICT_MARKER, start, message, hint, end))
        found += marks
    return replace(source, text="\n".join(lines)), found, faults


def emptied(text: str, marks: Sequence[int]) -> str:
    """``text`` with nothing at the ends of these lines: a definition list minds spaces in an empty line."""
    if not marks:
        return text
    lines = text.split("\n")
    for number in marks:
        lines[number] = lines[number].rstrip()
    return "\n".join(lines)


def without_rows(tokens: list[Token], marks: Sequence[int]) -> list[Token]:
    """The tokens without those of the tables' rows that stand in place of ``marks``."""
    if not marks:
        return tokens
    kept, lines = list[Token](), set(marks)
    is_row = False
    for token in tokens:
        is_row = is_row or (token.type == "tr_open" and token.map is not None and token.map[0] in lines)
        if not is_row:
            kept.append(token)
        is_row = is_row and token.type != "tr_close"
    return kept


def _is_inside_table(above: str, below: Sequence[str]) -> bool:
    """Whether rows of one table stand above and below."""
    first, second = (*below, "", "")[:2]
    return above.startswith("|") and first.startswith("|") and not _DELIMITERS.fullmatch(second)


def _row(lines: list[str], number: int) -> str:
    """An empty row as wide as the one above, as far as the mark's line has room for it."""
    cells = escapedSplit(lines[number - 1].rstrip())
    return "|" * min(len(cells) - 1 + (cells[-1] != ""), len(lines[number]))


def _conflicts(lines: list[str], first: int) -> Iterator[list[int]]:
    """The lines, from 0, of each conflict's marks, from line ``first`` on."""
    marks: list[int] = []
    fence = ""
    for number, line in enumerate(lines):
        found = _MARK.fullmatch(line) if number >= first else None
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
