"""What no dialect may do, whatever it is given: take code for a card, or grow slow."""

from functools import partial

import pytest

from ankigen.readers.registry import find_reader
from ankigen.readers.settings import Settings
from ankigen.records import Document
from ankigen.source import Source
from counting import calls
from notes_fixtures import DIALECTS, Case, cases

READERS = sorted({case.reader for case in cases(DIALECTS)})
PIECES = ["~~a ", "{{1::", "{a ", "Q: a\n", "---\n1. a\n> b\n", "%\n", "## a\n", "<h2>\n\n", "_a "]


def read(text: str, reader: str) -> Document:
    return find_reader(reader)(Source("notes.md", text), Settings())


@pytest.mark.parametrize("case", cases(DIALECTS), ids=lambda case: case.name)
def test_code_is_no_card(case: Case) -> None:
    assert read(f"`{'~' * 9}`\n\n{'~' * 9}\n{case.notes}\n{'~' * 9}\n", case.reader).records == ()


@pytest.mark.parametrize("reader", READERS)
@pytest.mark.parametrize("piece", PIECES)
def test_cost_grows_no_faster_than_the_text(reader: str, piece: str) -> None:
    few, many = (calls(partial(read, piece * times, reader)) for times in (30, 240))
    assert many < 12 * few
