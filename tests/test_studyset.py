"""Study sets pasted from a web page: which lines are terms, when nothing marks them."""

import json
from html import unescape
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ankigen.diagnostics import Rule
from ankigen.readers import read_source
from ankigen.readers.markdown.fragment import render
from ankigen.readers.settings import Settings
from ankigen.readers.studyset.plain import as_text
from ankigen.readers.studyset.reader import read_studyset
from ankigen.readers.studyset.recognise import looks_like_paste
from ankigen.records import Document, Record
from ankigen.source import Source

ROOT = Path(__file__).parents[1]

PAGE = """\
1/4
Looks like no tags are added yet.
Name | Mastery | Learn | Test | Matching | Spaced |
---|
No study sessions yet.
3 layers of soil
topsoil
subsoil
bedrock
topsoil
dark layer in which most roots grow and most animals of the soil live
subsoil
lighter layer below, into which minerals are washed by the rain
bedrock
solid rock at the bottom, from which soil is made very slowly
What makes soil acid?
Heavy rain, rotting leaves and some fertilisers.
"""


def paste(text: str) -> Document:
    return read_studyset(Source("paste.txt", text), Settings(deck="Soil"))


def outline(document: Document) -> list[tuple[str, list[str]]]:
    return [(record.term.markdown, lines_of(record)) for record in document.records]


def lines_of(record: Record) -> list[str]:
    lines = record.definition.markdown.replace("\n\n", "\n").splitlines()
    return list(record.items) or [line.removeprefix("- ").strip() for line in lines]


def test_a_page_without_marks_becomes_its_cards() -> None:
    document = paste(PAGE)
    assert outline(document) == [
        ("3 layers of soil", ["topsoil", "subsoil", "bedrock"]),
        ("topsoil", ["dark layer in which most roots grow and most animals of the soil live"]),
        ("subsoil", ["lighter layer below, into which minerals are washed by the rain"]),
        ("bedrock", ["solid rock at the bottom, from which soil is made very slowly"]),
        ("What makes soil acid?", ["Heavy rain, rotting leaves and some fertilisers."]),
    ]
    assert [(record.line, record.end_line) for record in document.records] == [
        (6, 9), (10, 11), (12, 13), (14, 15), (16, 17)
    ]  # fmt: skip
    assert document.diagnostics == ()
    assert [document.source.text[span.start : span.end] for span in document.chrome] == PAGE.splitlines()[:5]


def test_the_seed() -> None:
    source = Source("content/sales-strategy.md", (ROOT / "content" / "sales-strategy.md").read_text(encoding="utf-8"))
    document = read_source(source, Settings())
    found = [(r.line, r.term.markdown, lines_of(r)) for r in document.records]
    right = json.loads((ROOT / "tests" / "data" / "sales-strategy.records.json").read_text(encoding="utf-8"))
    assert found == [(r["line"], r["term"], [line.removeprefix("-") for line in r["definition"]]) for r in right]
    assert document.reader == "studyset"
    assert {fault.rule for fault in document.diagnostics} <= {Rule.UNSURE_RECORD}


def test_a_counted_term_has_a_list_of_items() -> None:
    counted = paste(PAGE).records[0]
    assert counted.items == ("topsoil", "subsoil", "bedrock")
    assert not counted.ordered
    assert counted.definition.markdown == "- topsoil\n- subsoil\n- bedrock"
    assert counted.definition.html == "<ul>\n<li>topsoil</li>\n<li>subsoil</li>\n<li>bedrock</li>\n</ul>"


def test_marked_lines_are_items_and_keep_their_numbers() -> None:
    document = paste(
        "What is done with compost?\n1. pile it up\n2) turn it\n3. sieve it\nWhat is mulch?\n- straw\n- bark\n"
    )
    steps, mulch = document.records
    assert (steps.items, steps.ordered) == (("pile it up", "turn it", "sieve it"), True)
    assert (mulch.items, mulch.ordered) == (("straw", "bark"), False)


def test_marked_lines_within_a_text_are_a_list() -> None:
    text = "What is mulch?\na cover that keeps the soil moist:\n-straw\n-bark\nWhat is peat?\nmoss that did not rot\n"
    record = paste(text).records[0]
    assert record.definition.markdown == "a cover that keeps the soil moist:\n\n- straw\n- bark"
    assert "<ul>\n<li>straw</li>\n<li>bark</li>\n</ul>" in record.definition.html
    assert record.items == ()


def test_questions_are_terms_where_the_set_asks() -> None:
    text = (
        "What do earthworms do?\nthey loosen the soil\nthey mix its layers\n"
        "What is humus?\ndark matter left by plants that have rotted\n"
        "Why is clay heavy?\nits grains are tiny\nthey hold water\n"
    )
    assert [term for term, _ in outline(paste(text))] == [
        "What do earthworms do?",
        "What is humus?",
        "Why is clay heavy?",
    ]


def test_one_line_each_where_the_page_counts_so() -> None:
    lines = [f"{kind} soil {part}" for kind in ("clay", "sand", "loam", "peat") for part in ("name", "what it holds")]
    document = paste("\n".join(["1/3", *PAGE.splitlines()[1:5], *lines]))
    assert [record.line for record in document.records] == [6, 8, 10, 12]
    assert document.diagnostics == ()


@pytest.mark.parametrize(
    ("chrome", "cards"),
    [
        ("1/2\nLooks like no tags are added yet.\n", 3),  # Knowt counts from zero
        ("Flashcards\nLearn\nTest\nMatch\nTerms in this set (3)\n", 3),
        ("1/3\nClick to flip\n3 Cards in this Set\nFront\nBack\n", 3),
        (
            "1/2\nAll about gardens, for the exam in May\nName | Mastery | Learn | Test | Matching | Spaced |\n---|\n",
            3,
        ),
    ],
    ids=["knowt", "quizlet", "cram", "a description in place of the tag line"],
)
def test_each_site_counts_in_its_own_way(chrome: str, cards: int) -> None:
    text = f"{chrome}spade\na tool to dig\nrake\na tool to level\nhoe\na tool to weed\n"
    assert looks_like_paste(Source("x", text), 0)
    document = paste(text)
    assert [record.term.markdown for record in document.records] == ["spade", "rake", "hoe"]
    assert len(document.records) == cards
    assert len(document.chrome) == chrome.count("\n")
    assert document.diagnostics == ()


def test_a_count_that_cannot_be_met_is_said() -> None:
    document = paste("1/8\nLooks like no tags are added yet.\nspade\na tool to dig\n")
    (fault,) = document.diagnostics
    assert (fault.rule, fault.line, fault.message) == (
        Rule.CARD_COUNT_MISMATCH, 1, "the page counts 9 cards, but its lines make 1"
    )  # fmt: skip


def test_a_term_without_a_definition_is_named() -> None:
    (fault,) = paste("Looks like no tags are added yet.\nspade\n").diagnostics
    assert (fault.rule, fault.line, fault.column) == (Rule.EMPTY_DEFINITION, 2, 1)


@pytest.mark.parametrize("text", ["", "\n\n", "1/4\nLooks like no tags are added yet.\n"])
def test_nothing_to_read(text: str) -> None:
    assert paste(text).records == ()


def test_line_ends_and_front_matter_keep_the_lines() -> None:
    document = read_source(Source("x", f"---\r\ndialect: studyset\r\ndeck: Earth\r\n---\r\n{PAGE}"), Settings())
    assert document.reader == "studyset"
    assert [record.line for record in document.records] == [10, 14, 16, 18, 20]
    assert {record.deck for record in document.records} == {"Earth"}


@pytest.mark.parametrize(
    "text",
    [
        "# Tools\n\nspade\n: a tool to dig\n",
        "Flashcards\n\nLearn them, then take the Test.\n",
        "1/2 of the garden is lawn.\n\nThe rest is beds.\n",
        "## Terms in this set (3)\n\n- spade\n- rake\n- hoe\n",
        "Test\n====\n\nMatch\n-----\n",
    ],
)
def test_notes_are_no_paste(text: str) -> None:
    assert not looks_like_paste(Source("x", text), 0)


@given(st.text(st.characters(codec="utf-8", exclude_characters="\r\n\0"), min_size=1))
@settings(max_examples=300, deadline=None)
def test_text_shows_as_it_was_written(text: str) -> None:
    line = Source("", text).text.strip() or "x"
    written = as_text(["first", line])
    assert unescape(render(written.markdown).html) == unescape(written.html).replace("<br>", "<br />")


LINE = st.sampled_from(
    [*PAGE.splitlines(), "", "  ", "7 ways to dig", "- a", "2. b", "?", "(", "# x", "\u2028", "x" * 500]
) | st.text(max_size=30)


@given(st.lists(LINE, max_size=40))
@settings(max_examples=300, deadline=None)
def test_every_line_is_accounted_for(lines: list[str]) -> None:
    source = Source("x", "\n".join(lines))
    document = read_studyset(source, Settings())
    taken = [line for record in document.records for line in range(record.line, record.end_line + 1)]
    taken += [source.position(span.start)[0] for span in document.chrome]
    assert len(taken) == len(set(taken))
    named = {fault.line for fault in document.diagnostics}
    written = {n for n in range(1, source.line_count + 1) if source.line(n).strip()}
    assert written <= {*taken, *named}
    for record in document.records:
        assert 0 <= record.span.start < record.span.end <= len(source.text)
        assert record.term
        assert record.definition
