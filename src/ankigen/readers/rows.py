"""Rows of delimited text, quoted the way of RFC 4180, which spreadsheets and Anki's text export follow.

A field that begins with a quote runs to the next single one, over line ends and delimiters; a quote inside it is
doubled. A quote anywhere else is text. Python's own `csv` does not tell on which line a quote without end began, takes
the rest of the file for its field, and raises on a long one.
"""

from collections.abc import Iterator, Sequence

from ankigen.frozen import dataclass

__all__ = ["Row", "read_rows"]

_LONGEST = 200  # lines of one field; a quote that stays open longer is broken, which keeps the work linear


@dataclass(frozen=True, slots=True)
class Row:
    """The fields on the lines ``first`` to ``last`` (from 0, inclusive); none when a quote has no end."""

    first: int
    last: int
    fields: tuple[str, ...]
    is_quoted: bool = False


def read_rows(lines: Sequence[str], delimiter: str, *, comment: str = "") -> Iterator[Row]:
    """The rows of ``lines``. Blank lines and those that begin with ``comment`` make none.

    A line with a broken quote is a row alone.
    """
    at = 0
    while at < len(lines):
        if lines[at].strip() and not (comment and lines[at].startswith(comment)):
            row = _read_row(lines, at, delimiter)
            yield row
            at = row.last
        at += 1


def _read_row(lines: Sequence[str], first: int, delimiter: str) -> Row:
    at, column = first, 0
    fields: list[str] = []
    is_quoted = False
    while True:
        opening = _quote(lines[at], column, delimiter)
        field = _quoted(lines, at, opening + 1, delimiter) if opening >= 0 else None
        if field:
            text, at, column = field
            is_quoted = True
        else:
            if opening >= 0 and not _closes(lines[at], opening, delimiter):
                return Row(first, first, ())
            end = lines[at].find(delimiter, column)
            end = len(lines[at]) if end < 0 else end
            text, column = lines[at][column:end], end
        fields.append(text)
        if column >= len(lines[at]):
            return Row(first, at, tuple(fields), is_quoted)
        column += len(delimiter)


def _quote(line: str, column: int, delimiter: str) -> int:
    """Where the quote stands with which the field at ``column`` begins, spaces before it aside; -1 without one."""
    column = _skip_spaces(line, column, delimiter)
    return column if line.startswith('"', column) else -1


def _skip_spaces(line: str, column: int, delimiter: str) -> int:
    while delimiter != " " and line.startswith(" ", column):
        column += 1
    return column


def _quoted(lines: Sequence[str], first: int, column: int, delimiter: str) -> tuple[str, int, int] | None:
    """The text of the field quoted from ``column`` on, and line and column behind it; None when it is not one."""
    parts: list[str] = []
    for at in range(first, min(len(lines), first + _LONGEST)):
        line = lines[at]
        while (end := line.find('"', column)) >= 0:
            parts.append(line[column:end])
            if not line.startswith('"', end + 1):
                column = _skip_spaces(line, end + 1, delimiter)
                is_end = column >= len(line) or line.startswith(delimiter, column)
                return ("".join(parts), at, column) if is_end else None
            parts.append('"')
            column = end + 2
        parts.append(f"{line[column:]}\n")
        column = 0
    return None


def _closes(line: str, opening: int, delimiter: str) -> bool:
    """Whether the quote is text: closed again in its field, with more behind it, as in `"x" is a letter`."""
    end = line.find(delimiter, opening)
    return line.find('"', opening + 1, len(line) if end < 0 else end) >= 0
