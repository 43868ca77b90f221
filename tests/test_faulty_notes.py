"""Notes that were good until somebody broke them: the fault is named where it is, and costs only what it touches.

The faults are those of `breaking.py`, drawn by a fixed seed. A fault that changes nothing is none. What has lost its
end is named where it begins, as that is where its author has to look.
"""

from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from functools import lru_cache
from itertools import islice
from random import Random

import pytest

from ankigen.checks import check_documents
from ankigen.diagnostics import Rule
from ankigen.media.store import MediaStore
from ankigen.notetypes import load_note_types
from ankigen.project import SourceFile, find_project
from ankigen.readers.markdown import read_markdown
from ankigen.readers.settings import Settings
from ankigen.records import Document, Kind, Record
from ankigen.source import Source, Span
from breaking import CONTENT, MUTATIONS, Fault, Good, good_notes

EACH = 8  # notes broken in each way
NOTE_TYPES = load_note_types(None)
NEAR = 2  # lines


@lru_cache(maxsize=256)
def read(text: str) -> Document:
    """The note as a build reads and checks it, among the sample notes' pictures."""
    source = Source("cells.md", text)
    file = SourceFile(CONTENT / "biology" / "cells.md", CONTENT.resolve(), "Notes", "cells.md", "biology/cells.md")
    (document,) = check_documents(
        [read_markdown(source, Settings())],
        NOTE_TYPES,
        MediaStore(find_project([CONTENT.parent])),
        {"cells.md": file},
        (),
    )
    return document


def told(record: Record, *, moves: bool) -> Record:
    """What a record says, wherever it stands."""
    still = replace(record, line=0, end_line=0, span=Span(0, 0), path="")
    return replace(still, deck="", tags=(), kind=Kind.BASIC) if moves else still


def broken(name: str) -> Iterator[tuple[Good, Fault]]:
    """Good notes, each with a fault that changes what is read of it."""
    random = Random(name)  # noqa: S311
    for good in islice(good_notes(random), 40 * EACH):
        fault = MUTATIONS[name](random, good)
        if fault and said(read(fault.apply(good))) != said(read(good.text)):
            yield good, fault


def said(document: Document) -> object:
    """What is read, and what is wrong with it."""
    records = [told(record, moves=False) for record in document.records]
    return records, [(fault.rule, fault.message) for fault in document.diagnostics]


@pytest.mark.parametrize("name", MUTATIONS)
def test_a_fault_is_named_where_it_is_and_costs_only_what_it_touches(name: str) -> None:
    faults = list(islice(broken(name), EACH))
    assert len(faults) == EACH
    for good, fault in faults:
        text = fault.apply(good)
        document = read(text)
        near = range(fault.place.start - NEAR, fault.place.stop + NEAR)
        known = {(d.rule, d.message) for d in read(good.text).diagnostics}
        found = [d for d in document.diagnostics if d.line in near and (d.rule, d.message) not in known]
        assert found, f"{good.name}: nothing is said of lines {list(fault.place)}\n{_numbered(text, fault)}"
        kept = Counter(told(record, moves=fault.moves) for record in document.records)
        wanted = [r for r in good.records if not set(range(r.line - 1, r.end_line)).intersection(fault.touched)]
        for record in wanted:
            assert kept[told(record, moves=fault.moves)], (
                f"{good.name}: lost {record.term.markdown!r} of line {record.line}\n{_numbered(text, fault)}"
            )


def test_there_are_enough_faults() -> None:
    assert len(MUTATIONS) * EACH >= 200


def test_good_notes_have_none() -> None:
    for good in islice(good_notes(Random("good")), 60):  # noqa: S311
        assert [d for d in read(good.text).diagnostics if d.rule is not Rule.MISSING_MEDIA] == [], good.name


def _numbered(text: str, fault: Fault) -> str:
    lines = text.split("\n")
    first = max(0, fault.opened - 6)
    return "\n".join(f"{n + 1:4} {lines[n]}" for n in range(first, min(len(lines), fault.first + 14)))
