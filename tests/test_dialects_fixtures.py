"""Every dialect reads what its fixture file says; see `notes_fixtures.py` for their format."""

from itertools import takewhile

import pytest

from ankigen.readers.frontmatter import read_front_matter
from ankigen.readers.settings import Settings
from notes_fixtures import DIALECTS, Case, cases, count

CASES = cases(DIALECTS)


def test_every_case_in_the_files_is_read() -> None:
    assert len(CASES) == count(DIALECTS) > 0


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_a_dialect_is_read_as_the_fixture_says(case: Case) -> None:
    assert case.actual == case.expected


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_every_line_is_a_record_prose_the_dialects_own_or_named(case: Case) -> None:
    document = case.document
    source = document.source
    spans = [*document.prose, *document.chrome, *(record.span for record in document.records)]
    known = {
        number for span in spans for number in range(source.position(span.start)[0], source.position(span.end)[0] + 1)
    }
    for fault in document.faults:  # a record that could not be made: its lines, up to a blank one
        lines = range(fault.line, source.line_count + 1)
        known.update(takewhile(lambda number: source.line(number).strip(), lines))
    front = read_front_matter(source, Settings()).end_line
    lines = range(front + 1, source.line_count + 1)
    assert [number for number in lines if source.line(number).strip() and number not in known] == []
