"""Cards that are one row each, with a separator between term and definition.

Quizlet exports rows with a TAB and prints rows with a colon; people write a dash, a colon or a semicolon; spreadsheets
put fields into quotes. A TAB hardly ever stands in a sentence. The others do, so nearly every row has to have one,
early, and behind a name that is not the label of many rows ("Goal: ...").
"""

import re
from collections import Counter
from collections.abc import Sequence

from ankigen.frozen import dataclass
from ankigen.readers.rows import Row, read_rows
from ankigen.readers.studyset.cut import Cut

__all__ = ["by_fields", "by_punctuation"]

_HEADINGS = re.compile(r"(?:key )?terms?|fronts?|questions?|words?|q", re.IGNORECASE)
_HEADINGS_BACK = re.compile(r"definitions?|backs?|answers?|meanings?|translations?|a", re.IGNORECASE)
_ITEM = re.compile(r"[-–—•*] ")
_NUMBER = re.compile(r"(\d{1,4})[.)] ")
_SENTENCE_END = re.compile(r"[.!?] ")
_DISTINCT = 0.85  # of the left sides; labels say the same again and again
_ONCE = 0.6  # of the rows, the share that has its separator only once


@dataclass(frozen=True, slots=True)
class _Delimiter:
    """A character between fields: how many rows have to fit, which share of them, and how long a term may be.

    ``quoted`` is the share of rows with a quoted field without which it is ordinary punctuation.
    """

    mark: str
    name: str
    rows: int
    share: float
    words: int
    quoted: float = 0.0


_DELIMITERS = (
    _Delimiter("\t", "TAB", 2, 0.6, 60),
    _Delimiter(";", "semicolon", 3, 0.9, 12),
    _Delimiter(",", "comma", 3, 0.9, 30, quoted=0.5),
)
_PUNCTUATION = (
    (re.compile(r" [-–—] "), "dash between spaces", 8),
    (re.compile(r" ?(?:: |： ?)"), "colon", 6),
)
_FITTING = 0.85  # of the rows with a dash or a colon
_FEWEST = 3
_ONLY = 0.95  # of the rows have it just once: then the terms may be long
_MANY = 8  # rows, for that
_LONG = 25  # words; what has more before its separator is a sentence
_QUESTION_WORDS = 20  # of a term that is a question


def by_fields(lines: Sequence[str], after_blank: Sequence[bool]) -> Cut | None:
    """Rows of fields between TABs, semicolons, or commas and quotes. Further columns go on with the definition.

    A row without the delimiter goes on with the definition above it, unless a blank line stands between them.
    """
    for delimiter in _DELIMITERS:
        if sum(delimiter.mark in line for line in lines) < delimiter.rows:
            continue
        rows = [
            Row(row.first, row.last, tuple(field.strip() for field in row.fields), row.is_quoted)
            for row in read_rows(lines, delimiter.mark)
        ]
        widths = Counter(len(row.fields) for row in rows if len(row.fields) > 1)
        width = max(widths, key=lambda fields: (widths[fields], -fields), default=0)
        fitting = [row for row in rows if len(row.fields) == width > 1 and all(row.fields[:2])]
        terms = [row.fields[0] for row in fitting]
        if (
            len(fitting) >= max(delimiter.rows, delimiter.share * len(rows))
            and sum(row.is_quoted for row in rows) >= delimiter.quoted * len(rows)
            and sum(len(term.split()) > delimiter.words for term in terms) <= (1 - delimiter.share) * len(terms)
            and (delimiter.mark == "\t" or ((width == 2 or delimiter.quoted) and _are_terms(terms)))
        ):
            return _cut_of_rows(rows, width, delimiter, lines, after_blank)
    return None


def _cut_of_rows(
    rows: list[Row], width: int, delimiter: _Delimiter, lines: Sequence[str], after_blank: Sequence[bool]
) -> Cut:
    cut = Cut()
    hint = f"put one {delimiter.name} between its term and its definition, or delete it"
    for row in rows:
        term, *fields = row.fields or ("",)
        is_heading = row is rows[0] and bool(fields) and bool(_HEADINGS.fullmatch(term))
        if is_heading and _HEADINGS_BACK.fullmatch(fields[0]):
            cut.between += range(row.first, row.last + 1)
            continue
        definition = [line.strip() for field in fields for line in field.split("\n") if line.strip()]
        if not row.fields:
            cut.reject(row.first, "the quote that opens in this row is never closed", "close it, or take it away")
        elif term and definition:
            if len(row.fields) != width:
                reason = f"this row has {len(row.fields)} columns, the others have {width}"
                cut.reject(row.first, reason, "see whether its definition is whole: ankigen parse")
            cut.add(row.first, row.last, [" ".join(term.split())], definition)
        elif len(row.fields) == 1 and cut.cards and not after_blank[row.first]:
            reason = f"this row has no {delimiter.name}; it goes on with the definition above it"
            cut.reject(row.first, reason, hint)
            for at in range(row.first, row.last + 1):
                cut.go_on(at, lines[at].strip())
        else:
            what = f"has no {delimiter.name}" if len(row.fields) == 1 else "lacks its term or its definition"
            for at in range(row.first, row.last + 1):
                cut.reject(at, f"this row {what}", hint)
    return cut


def by_punctuation(lines: Sequence[str], after_blank: Sequence[bool]) -> Cut | None:
    """Rows with a dash between spaces, or with a colon. Bullets or numbers before all of the rows are no part of them.

    A row without the separator goes on with the definition above it, unless a blank line stands between them.
    """
    rows = _without_marks([" ".join(line.split()) for line in lines])
    for separator, name, words in _PUNCTUATION:
        parts = [separator.split(row, maxsplit=1) for row in rows]
        if _is_used(separator, parts, words):
            return _cut_of_parts(rows, parts, name, words, after_blank)
    return None


def _is_used(separator: re.Pattern[str], parts: Sequence[Sequence[str]], words: int) -> bool:
    """Whether nearly all rows have the separator behind a term, or all but a few have it just once."""
    once = [part for part in parts if len(part) == 2 and part[1] and not separator.search(part[1])]
    fitting = [part for part in parts if len(part) == 2 and part[1] and _is_term(part[0], words)]
    if len(once) < max(_MANY, _ONLY * len(parts)):
        early = sum(_is_term(part[0], words) for part in once)
        if len(fitting) < max(_FEWEST, _FITTING * len(parts)) or early < _ONCE * len(fitting):
            return False
    return _are_terms([part[0] for part in (fitting if len(fitting) >= _FEWEST else once)])


def _cut_of_parts(
    rows: Sequence[str], parts: Sequence[Sequence[str]], name: str, words: int, after_blank: Sequence[bool]
) -> Cut:
    cut = Cut()
    hint = f"put a {name} between its term and its definition, or delete it"
    for at, part in enumerate(parts):
        if len(part) == 2 and all(part) and len(part[0].split()) <= _LONG:
            if not _is_term(part[0], words):
                cut.reject(at, f"the {name} of this row comes late: it may be part of a sentence", hint)
            cut.add(at, at, part[:1], part[1:])
        elif cut.cards and not after_blank[at]:
            cut.go_on(at, rows[at])
            cut.reject(at, f"this row has no early {name}; it goes on with the definition above it", hint)
        else:
            cut.reject(at, f"this row has no early {name}", hint)
    return cut


def _is_term(left: str, words: int) -> bool:
    """Whether what stands before a separator can be a term: short, no sentence, and no separator of another kind."""
    most = _QUESTION_WORDS if left.endswith("?") else words
    return (
        0 < len(left.split()) <= most
        and not _SENTENCE_END.search(left)
        and not any(separator.search(left) for separator, *_ in _PUNCTUATION)
    )


def _are_terms(lefts: Sequence[str]) -> bool:
    """Whether the left sides name different things, as terms do and labels do not."""
    return len({left.casefold() for left in lefts}) >= _DISTINCT * len(lefts)


def _without_marks(rows: list[str]) -> list[str]:
    """The rows without the bullets, or the ascending numbers, that nearly all of them begin with."""
    if sum(bool(_ITEM.match(row)) for row in rows) >= _FITTING * len(rows):
        return [_ITEM.sub("", row, count=1) if _ITEM.match(row) else row for row in rows]
    numbers = [int(found[1]) for row in rows if (found := _NUMBER.match(row))]
    if len(numbers) >= _FITTING * len(rows) and numbers == sorted(set(numbers)):
        return [row[found.end() :] if (found := _NUMBER.match(row)) else row for row in rows]
    return rows
