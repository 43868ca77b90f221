"""Pastes that mark their cards: the mark is found out from the text as a whole, and what does not fit is told."""

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from ankigen.diagnostics import Rule
from ankigen.readers.rows import read_rows
from ankigen.readers.settings import Settings
from ankigen.readers.studyset.cut import Cut
from ankigen.readers.studyset.reader import read_studyset
from ankigen.readers.studyset.separators import separate
from ankigen.records import Document
from ankigen.source import Source

CARDS = {"adze": "a tool to shape wood", "awl": "a tool to pierce leather", "froe": "a tool to split shingles"}
TWO_LINES = {"adze": "shapes wood\nits edge lies across", "awl": "pierces leather\nhas no edge", "froe": "splits\nwood"}


def cut(text: str, cards: int = 0) -> Cut | None:
    lines = text.splitlines()
    written = [line for line in lines if line.strip()]
    after_blank = [bool(at) and not lines[at - 1].strip() for at, line in enumerate(lines) if line.strip()]
    return separate(written, after_blank, cards)


def cards_of(text: str) -> dict[str, str]:
    found = cut(text)
    return {" ".join(card.term): "\n".join(card.definition) for card in found.cards} if found else {}


def paste(text: str) -> Document:
    return read_studyset(Source("paste.txt", text), Settings())


@pytest.mark.parametrize(
    "row",
    ["{}\t{}", "{} - {}", "{} – {}", "{}: {}", "{} : {}", "{};{}", '"{}","{}"', '"{}"\t"{}"', "- {}: {}", "• {} - {}"],
)
def test_rows(row: str) -> None:
    text = "\n".join(row.format(*card) for card in CARDS.items())
    assert cards_of(text) == cards_of(text.replace("\n", "\n\n")) == CARDS


def test_numbers_before_all_rows_are_no_part_of_the_terms() -> None:
    rows = [f"{number}. {term} - {text}" for number, (term, text) in enumerate(CARDS.items(), start=1)]
    assert cards_of("\n".join(rows)) == CARDS


@pytest.mark.parametrize(
    ("before", "between"),
    [
        ("Q\n{0}", "A\n{1}"),
        ("Q: {0}", "A: {1}"),
        ("Q{2}: {0}", "A{2}: {1}"),
        ("Question:\n{0}", "Answer:\n{1}"),
        ("Front\n{0}", "Back\n{1}"),
        ("Term: {0}", "Definition: {1}"),
        ("{2}\nNew cards\n{0}", "{1}"),
        ("{2}\nQ\n{0}", "A\n{1}"),
        ("{2}\n{0}", "{1}"),
        ("\n{0}", "{1}"),
    ],
)
def test_labels_numbers_and_blank_lines(before: str, between: str) -> None:
    cards = [
        f"{before}\n{between}".format(term, text, number)
        for number, (term, text) in enumerate(TWO_LINES.items(), start=1)
    ]
    assert cards_of("\n".join(cards)) == TWO_LINES


def test_a_number_alone_may_be_an_answer() -> None:
    answers = {"edges of an adze": "1", "handles of a drawknife": "2", "legs of a shave horse": "4"}
    cards = enumerate(answers.items(), start=1)
    assert cards_of("".join(f"{at}\nNew cards\n{term}\n{text}\n" for at, (term, text) in cards)) == answers


def test_quoted_fields_hold_separators_quotes_and_line_ends() -> None:
    text = 'Term,Definition\nadze,"shapes, ""hews"" wood"\n"awl","pierces\nleather"\n"froe, or shake axe","splits"\n'
    document = paste(text)
    assert [(r.term.markdown, r.definition.markdown, r.line, r.end_line) for r in document.records] == [
        ("adze", 'shapes, "hews" wood', 2, 2),
        ("awl", "pierces  \nleather", 3, 4),
        ("froe, or shake axe", "splits", 5, 5),
    ]
    assert len(document.chrome) == 1


@pytest.mark.parametrize(
    "text",
    [
        "hewing\nGoal: a flat face\nTool: adze\nboring\nGoal: a round hole\nTool: auger\nsplitting\nGoal: boards\n",
        "Goal: a flat face\nTool: adze\nGoal: a round hole\nTool: auger\nGoal: thin boards\nTool: froe\n",
        "the adze is old - as old as farming\nan awl has no edge\nthe froe splits wood - if struck\nan auger bores\n",
        "He took the adze that had lain there for years - nobody knew how long - and went to work.\n"
        "She had seen the awl before it was lost in the shed behind the house - it was red.\n"
        "They never found the froe that had been left out in the rain - it had rusted.\n",
        "opens at 10:30\ncloses at 17:00\nsee http://tools.example\nand https://awl.example\n",
        "adze\nhews; shapes; hollows\nawl\npierces; marks\nfroe\nsplits; cleaves\n",
        "adze\n\nshapes wood\n\nawl\n\npierces leather\n\nfroe\n\nsplits wood\n",
        "one, two\nthree, four\nfive, six\n",
        "adze - shapes\nawl - pierces\n",
    ],
    ids=["labels", "only labels", "half", "sentences", "times", "lists", "lines apart", "commas", "few"],
)
def test_lookalikes_are_no_separators(text: str) -> None:
    assert cut(text) is None


def test_a_cut_of_more_cards_than_the_page_states_is_none() -> None:
    text = "".join(f"tool {letter}: shape {letter}\n" for letter in "abcdefgh")
    assert cut(text, 8)
    assert cut(text, 4) is None


@pytest.mark.parametrize(
    ("row", "goes_on"),
    [("and to hew", True), ("\nFor wood", False), ("auger\t", False), ("\tbores", False)],
)
def test_a_row_that_does_not_fit_is_told_and_kept(row: str, goes_on: bool) -> None:
    text = "\n".join([*(f"{term}\t{text}" for term, text in CARDS.items()), row, "auger\ta tool to bore"])
    document = paste(text)
    (fault,) = document.diagnostics
    assert fault.rule is Rule.REJECTED_ROW
    assert fault.line == 5 if row.startswith("\n") else 4
    assert fault.hint
    assert [record.term.markdown for record in document.records] == [*CARDS, "auger"]
    assert document.records[2].end_line == (4 if goes_on else 3)
    assert (row in document.records[2].definition.markdown) is goes_on


def test_a_quote_without_end_costs_its_row() -> None:
    document = paste('adze\tshapes wood\nawl\t"pierces leather\nfroe\tsplits wood\nauger\tbores\n')
    assert [record.term.markdown for record in document.records] == ["adze", "froe", "auger"]
    assert [(fault.rule, fault.line) for fault in document.diagnostics] == [(Rule.REJECTED_ROW, 2)]


def test_a_quote_inside_a_field_is_text() -> None:
    rows = list(read_rows(['7" nail\tlong', '"so" they say\tx', '"a ""b"""\t"c', 'd"', '"e" , f'], "\t"))
    assert [row.fields for row in rows] == [
        ('7" nail', "long"), ('"so" they say', "x"), ('a "b"', "c\nd"), ('"e" , f',)
    ]  # fmt: skip


def test_rows_of_three_columns_go_on_with_the_definition() -> None:
    text = "adze\tshapes\twood\nawl\tpierces\tleather\nfroe\tsplits\twood\nauger\tbores\n"
    document = paste(text)
    assert [record.definition.markdown for record in document.records] == [
        "shapes  \nwood", "pierces  \nleather", "splits  \nwood", "bores"
    ]  # fmt: skip
    assert [(fault.rule, fault.line) for fault in document.diagnostics] == [(Rule.REJECTED_ROW, 4)]


def test_a_line_alone_between_blocks_stays_out() -> None:
    blocks = [f"{term}\n{text}\n" for term, text in TWO_LINES.items()]
    more = [f"tool {letter}\nused for {letter}\n" for letter in "abcde"]
    document = paste("\n".join([*blocks, "More tools\n", *more]))
    assert len(document.records) == 8
    assert [(fault.rule, fault.line) for fault in document.diagnostics] == [(Rule.REJECTED_ROW, 13)]


def test_a_label_without_its_other_side_is_told() -> None:
    text = "".join(f"Q: what does tool {letter} do?\nA: {letter}\n" for letter in "abcdefghijk") + "Q: and the last?\n"
    document = paste(f"Old tools\n{text}")
    assert len(document.records) == 11
    assert [(fault.rule, fault.line) for fault in document.diagnostics] == [
        (Rule.REJECTED_ROW, 1), (Rule.REJECTED_ROW, 24)
    ]  # fmt: skip


def test_marked_lines_below_a_label_are_a_list() -> None:
    document = paste("Q: old tools?\nA:\n- adze\n- froe\nQ: new ones?\nA: none\n")
    assert document.records[0].items == ("adze", "froe")


LINE = st.sampled_from(
    (
        *("adze\tshapes", "awl - pierces", "froe: splits", "auger;bores", '"a","b"', '"a', "\tx", "y\t", "Q", "A"),
        *("Q: x", "A: y", "Front", "Back", "1", "2", "3", "New cards", "", "word", "How well did you know this?"),
        *("1/3", "3 terms", "Share", "Terms in this set (3)", "Term\tDefinition", "# x", "- z", "\x0b", "Flashcards"),
    )
) | st.text(max_size=20)  # fmt: skip


@example(['"\t', '"1\t', 'x\t"'])
@given(
    st.one_of(
        st.lists(LINE, max_size=30), st.lists(st.sampled_from(["a\tb", "c\t", "d", "", '"e', '"\t']), max_size=30)
    )
)
@settings(max_examples=500, deadline=None)
def test_every_line_is_accounted_for(lines: list[str]) -> None:
    source = Source("x", "\n".join(lines))
    document = read_studyset(source, Settings())
    taken = [line for record in document.records for line in range(record.line, record.end_line + 1)]
    taken += [source.position(span.start)[0] for span in document.chrome]
    assert len(taken) == len(set(taken))
    named = {fault.line for fault in document.diagnostics}
    assert {n for n in range(1, source.line_count + 1) if source.line(n).strip()} <= {*taken, *named}
    assert all(record.term and record.definition for record in document.records)


@pytest.mark.parametrize("piece", ['"', '""', '"a', '",', '"a""', "\t", ' "\t', "- ", ": ", " ", "Q", "1\n", "a\n\n"])
def test_no_text_takes_long(piece: str) -> None:
    for text in (piece * 20_000, f"x\t{piece * 20_000}", f'"{piece}\n' * 3_000):
        lines = [line for line in text.split("\n") if line.strip()]
        separate(lines, [False] * len(lines))
