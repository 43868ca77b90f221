"""The notes reader does what its fixture files say; see `notes_fixtures.py` for their format."""

import pytest

from ankigen.readers.frontmatter import read_front_matter
from ankigen.readers.markdown.fragment import render
from ankigen.readers.settings import Settings
from ankigen.records import RichText
from ankigen.source import Source
from notes_fixtures import Case, cases, count

CASES = cases()


def test_every_case_in_the_files_is_read() -> None:
    assert len(CASES) == count() > 0


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_notes_are_read_as_the_fixture_says(case: Case) -> None:
    assert case.actual == case.expected


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_the_markdown_of_a_record_renders_to_its_html(case: Case) -> None:
    if (
        "elsewhere" in case.name or "\nclozes:" in case.notes
    ):  # what a link means, or a mark, also depends on what is around the record
        return
    for record in case.document.records:
        assert _rendered(record.term) == record.term.html
        assert _rendered(record.definition) == record.definition.html


def _rendered(text: RichText) -> str:
    return render(text.markdown).html


@pytest.mark.parametrize(
    ("front", "reader"),
    [
        ("---\ndialect: studyset\n---\n", "studyset"),
        ('---\ndialect = "notes"\n---\n', "notes"),
        ('+++\ndialect = "notes"\n+++\n', "notes"),
        ("dialect: notes\n", ""),
    ],
)
def test_front_matter_names_the_reader(front: str, reader: str) -> None:
    assert read_front_matter(Source("notes.md", front), Settings()).settings.reader == reader
