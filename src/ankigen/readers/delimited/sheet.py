"""What the first rows of a spreadsheet tell of all others: how fields are parted, and which column holds what.

A row of known names at the top says it, and the line ``sep=;`` that Excel writes and reads.
"""

from collections import Counter
from collections.abc import Sequence

from ankigen.readers.delimited.headers import Headers, has_markup
from ankigen.readers.rows import Row, read_rows
from ankigen.source import Source

__all__ = ["TERMS", "sheet_headers"]

_GUESSED = ",;\t|"
_FIRST = 50  # lines are enough to tell how fields are parted
_KEY = ("guid", "key")
_NOTE_TYPE = ("note type", "notetype")
_DECK = ("deck",)
_TAGS = ("tags", "tag")
TERMS = ("front", "term", "question", "word", "text", "prompt")
_OTHERS = ("back", "definition", "answer", "meaning", "translation", "hint", "extra")
_KNOWN = frozenset((*TERMS, *_OTHERS, *_KEY, *_NOTE_TYPE, *_DECK, *_TAGS))


def sheet_headers(source: Source, front_matter: int, separator: str = "") -> Headers:
    """What is known of the rows below the front matter's last line; without ``separator``, it is found out."""
    end = front_matter
    chrome: tuple[int, ...] = ()
    first = source.line(end + 1).strip().strip('"')
    if first.casefold().startswith("sep=") and len(first) == len("sep=") + 1:
        end += 1
        chrome = (end,)
        separator = separator or first[-1]
    lines = source.lines(end + 1)
    separator = separator or _found_out(lines[:_FIRST])
    names: tuple[str, ...] = ()
    heading = next(read_rows(lines, separator), None)
    if heading and (names := _names(heading)):
        chrome = (*chrome, *range(end + 1 + heading.first, end + 2 + heading.last))
        end += 1 + heading.last
    return Headers(
        end,
        chrome,
        separator,
        has_markup(lines),
        columns=names,
        note_type_column=_column(names, _NOTE_TYPE),
        deck_column=_column(names, _DECK),
        tags_column=_column(names, _TAGS),
        guid_column=_column(names, _KEY),
    )


def _names(row: Row) -> tuple[str, ...]:
    """The names of the columns, if ``row`` holds them: two that are known, and none twice."""
    names = tuple(" ".join(field.split()).casefold() for field in row.fields)
    while names and not names[-1]:
        names = names[:-1]
    known = [name for name in names if name in _KNOWN]
    return names if len(known) > 1 and len(known) == len(set(known)) else ()


def _column(names: Sequence[str], known: Sequence[str]) -> int:
    return next((at for at, name in enumerate(names, start=1) if name in known), 0)


def _found_out(lines: Sequence[str]) -> str:
    """The mark that parts most rows into as many fields, more than one; of equal ones, the first in `_GUESSED`."""

    def agreeing(mark: str) -> int:
        widths = Counter(len(row.fields) for row in read_rows(lines, mark))
        return max((count for width, count in widths.items() if width > 1), default=0)

    return max(_GUESSED, key=agreeing)
