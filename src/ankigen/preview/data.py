"""All that the page shows beside the cards, as plain data: decks, records, problems."""

import re
from bisect import bisect_right
from functools import lru_cache
from typing import Any

from ankigen.anki.clozed import revealed
from ankigen.anki.plain import decoded, without_tags
from ankigen.diagnostics import Diagnostic
from ankigen.preview.snapshot import Snapshot
from ankigen.records import Kind, Record

__all__ = ["index_data"]

_LONGEST = 2_000  # characters of a term or definition that can be searched

_MATH = re.compile(r"\\[()\[\]]")  # MathJax's marks: what stands between them is TeX, and read as such


def index_data(snapshot: Snapshot) -> dict[str, Any]:
    """Records, in source order, are lists in the order of ``columns``: ten thousand take a megabyte or two."""
    names = {shown: file.name for shown, file in snapshot.files.items()}
    decks: dict[str, int] = {}
    lines: dict[str, tuple[list[int], list[int]]] = {}
    rows = []
    for at, (record, name) in enumerate(zip(snapshot.records, snapshot.names, strict=True)):
        deck = decks.setdefault(record.deck, len(decks))
        term = _plain(revealed(record.term.html) if record.kind is Kind.CLOZE else record.term.html)
        doubt = [record.doubt.line, record.doubt.begins] if record.doubt else None
        rows.append(
            [
                name,
                term,
                _plain(record.definition.html),
                deck,
                names[record.path],
                record.line,
                record.end_line,
                str(record.kind),
                list(record.tags),
                round(record.confidence, 2),
                doubt,
            ]
        )
        begins, places = lines.setdefault(record.path, ([], []))
        begins.append(record.line)
        places.append(at)
    return {
        "title": snapshot.title,
        "problems": [{"message": problem.message, "hint": problem.hint} for problem in snapshot.problems],
        "decks": list(decks),
        "columns": "name term definition deck path line end kind tags confidence doubt".split(),
        "records": rows,
        "diagnostics": [_fault(fault, snapshot.records, lines) for fault in snapshot.diagnostics],
        "styles": {folder: note_type.css for folder, note_type in snapshot.note_types.items()},
    }


def _fault(
    fault: Diagnostic, records: tuple[Record, ...], lines: dict[str, tuple[list[int], list[int]]]
) -> dict[str, Any]:
    """A diagnostic with the number of the record in whose lines it stands, if there is one."""
    record = None
    if fault.line and fault.path in lines:
        begins, places = lines[fault.path]
        found = bisect_right(begins, fault.line) - 1
        if found >= 0 and fault.line <= records[places[found]].end_line:
            record = places[found]
    return {
        "rule": fault.rule.value,
        "severity": str(fault.severity),
        "place": fault.place,
        "message": fault.message,
        "hint": fault.hint,
        "source": fault.source_line,
        "at": fault.column - 1 - fault.window,
        "length": fault.length,
        "record": record,
    }


@lru_cache(maxsize=1 << 16)  # most texts are the same after a save
def _plain(html: str) -> str:
    text = _MATH.sub("", decoded(without_tags(html, " ")))
    return " ".join(text.split())[:_LONGEST]
