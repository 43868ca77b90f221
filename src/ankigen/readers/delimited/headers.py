"""The headers of Anki's text files: lines ``#name:value`` at the top that say what the rows below hold.

After Anki's manual, "Text Files: File Headers". Later lines that begin with ``#`` are comments. A spreadsheet that
saved such a file may have put separators behind a value. Older files have ``tags:`` in the first line.
"""

import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from typing import Any

from ankigen.diagnostics import Diagnostic, Rule
from ankigen.frozen import dataclass
from ankigen.readers.names import clean_deck, clean_tag
from ankigen.source import Source

__all__ = ["Headers", "has_markup", "looks_like_delimited", "read_headers"]

_HEADER = re.compile(
    r"#(separator|html|tags|columns|notetype|deck|notetype column|deck column|tags column|guid column"
    r"|if matches|match scope) ?:(.*)",
    re.IGNORECASE,
)
_SURE = re.compile(r"#(?:separator|html|(?:notetype|deck|tags|guid) column) ?:", re.IGNORECASE)
_SEPARATORS = {"tab": "\t", "\\t": "\t", "comma": ",", "semicolon": ";", "space": " ", "pipe": "|", "colon": ":"}
_GUESSED = "\t|;:,"  # in the order in which Anki looks for them when no header tells
_MARKUP = re.compile(r"</?(?:b|i|u|br|div|span|p|img|ul|ol|li|a|sub|sup|code|pre|table|h[1-6])\b[^<>]{0,300}>")


@dataclass(frozen=True, slots=True)
class Headers:
    """What the headers in ``lines`` say. Columns count from 1; 0 is none. Rows begin behind line ``end``."""

    end: int
    lines: tuple[int, ...] = ()
    separator: str = ""
    html: bool | None = None
    tags: tuple[str, ...] = ()
    columns: tuple[str, ...] = ()
    note_type: str = ""
    deck: str = ""
    note_type_column: int = 0
    deck_column: int = 0
    tags_column: int = 0
    guid_column: int = 0


def looks_like_delimited(source: Source, front: int) -> bool:
    """Whether ``source``, below ``front`` lines of front matter, begins with a header that Anki knows.

    Where one alone could be the tag of a note, another header or a row has to follow.
    """
    header, below = source.line(front + 1), source.line(front + 2)
    if not _HEADER.match(header):
        return False
    return bool(_SURE.match(header) or _HEADER.match(below) or any(mark in below for mark in "\t;|"))


def has_markup(rows: Iterable[str]) -> bool:
    """Whether the rows hold HTML; looked for where no header says so."""
    return any(_MARKUP.search(row) for row in rows)


def read_headers(source: Source, front_matter: int, separator: str = "") -> tuple[Headers, list[Diagnostic]]:
    """The headers below the front matter's last line, and what is wrong with them.

    ``separator`` is that of rows for which no header names one; empty when it is to be found out.
    """
    headers = Headers(front_matter)
    faults: list[Diagnostic] = []
    columns = ""
    numbers: list[int] = []
    if source.line(front_matter + 1).startswith("tags:"):
        numbers = [front_matter + 1]
        headers = Headers(front_matter + 1, tags=_tags(source.line(front_matter + 1).removeprefix("tags:")) or ())
    while (line := source.line(headers.end + 1)).startswith("#"):
        number, found = headers.end + 1, _HEADER.match(line)
        headers = replace(headers, end=number)
        numbers += [number] if found else []
        name = found[1].lower() if found else ""
        text = (found[2].rstrip("\t,;| ") or found[2]) if found else ""
        if name == "columns":  # the separator may come later
            columns = text
        elif name in _FIELDS:
            field, convert = _FIELDS[name]
            value = convert(text)
            if value is None:
                message = f"this value of {name} is not understood"
                hint = "see Anki's manual on the headers of text files"
                start = source.offset(number)
                faults.append(Diagnostic.at(source, Rule.UNKNOWN_ATTRIBUTE, start, message, hint, start + len(line)))
            else:
                headers = replace(headers, **{field: value})
    rows = source.lines(headers.end + 1)
    headers = replace(headers, lines=tuple(numbers), separator=headers.separator or separator)
    return _guessed(headers, rows, columns), faults


def _guessed(headers: Headers, rows: Sequence[str], columns: str) -> Headers:
    """The headers with what the rows tell where no header does."""
    if not headers.separator:
        first = next((row for row in rows if row.strip() and not row.startswith("#")), "")
        headers = replace(headers, separator=next((mark for mark in _GUESSED if mark in first), "\t"))
    if headers.html is None:
        headers = replace(headers, html=has_markup(rows))
    names = (name.strip().strip('"').casefold() for name in columns.split(headers.separator))
    return replace(headers, columns=tuple(names) if columns.strip() else ())


def _separator(value: str) -> str | None:
    text = value.strip()
    return _SEPARATORS.get(text.lower()) or (text if len(text) == 1 else "\t" if "\t" in value and not text else None)


def _truth(value: str) -> bool | None:
    return {"true": True, "false": False}.get(value.strip().lower())


def _column(value: str) -> int | None:
    text = value.strip()
    return int(text) if re.fullmatch(r"[0-9]{1,4}", text) else None


def _tags(value: str) -> tuple[str, ...] | None:
    return tuple(tag for tag in map(clean_tag, value.split()) if tag) or None


def _name(value: str) -> str | None:
    return value.strip() or None


_FIELDS: dict[str, tuple[str, Callable[[str], Any]]] = {
    "separator": ("separator", _separator),
    "html": ("html", _truth),
    "tags": ("tags", _tags),
    "notetype": ("note_type", _name),
    "deck": ("deck", lambda value: clean_deck(value) or None),
    "notetype column": ("note_type_column", _column),
    "deck column": ("deck_column", _column),
    "tags column": ("tags_column", _column),
    "guid column": ("guid_column", _column),
}
