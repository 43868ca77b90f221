"""Text files as Anki exports them: headers, then one row a note."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ankigen.diagnostics import Rule
from ankigen.readers import read_source
from ankigen.readers.delimited.headers import looks_like_delimited
from ankigen.readers.delimited.reader import read_delimited
from ankigen.readers.markdown.fragment import render
from ankigen.readers.settings import Settings
from ankigen.records import Document, Kind, Record
from ankigen.source import Source

HEAD = "#separator:tab\n#html:false\n"
EXPORT = """\
#separator:tab
#html:true
#guid column:1
#notetype column:2
#deck column:3
#tags column:6
k&x~1\tBasic\tSea::Ships\tkeel\tits <b>lowest</b> beam\tparts wood/oak
k&x~2\tCloze\tSea\tThe {{c1::helm}} steers.\t\t
k&x~3\tBasic (and reversed card)\tSea\t"hull<br>of a ship"\t"<div>its ""body""</div><div>of planks</div>"\t
"""


def read(text: str, settings: Settings | None = None) -> Document:
    return read_source(Source("export.txt", text), settings or Settings())


def sides(record: Record) -> tuple[str, str]:
    return record.term.markdown, record.definition.markdown


def test_an_export_keeps_decks_tags_kinds_and_keys() -> None:
    document = read(EXPORT)
    assert (document.reader, document.diagnostics) == ("delimited", ())
    assert [sides(record) for record in document.records] == [
        ("keel", "its <b>lowest</b> beam"),
        ("The {{c1::helm}} steers.", ""),
        ("hull  \nof a ship", 'its "body"  \nof planks'),
    ]
    assert [(r.deck, r.tags, r.kind, r.key, r.line, r.end_line) for r in document.records] == [
        ("Sea::Ships", ("parts", "wood::oak"), Kind.BASIC, "k&x~1", 7, 7),
        ("Sea", (), Kind.CLOZE, "k&x~2", 8, 8),
        ("Sea", (), Kind.REVERSED, "k&x~3", 9, 9),
    ]
    for record in document.records:
        assert render(record.term.markdown).html == record.term.html
        assert render(record.definition.markdown).html == record.definition.html


@pytest.mark.parametrize(
    ("name", "mark"),
    [("tab", "\t"), ("Comma", ","), ("semicolon", ";"), ("Space", " "), ("pipe", "|"), ("colon", ":"), ("@", "@")],
)
def test_separators(name: str, mark: str) -> None:
    (record,) = read(f"#separator:{name}\nkeel{mark}beam\n").records
    assert sides(record) == ("keel", "beam")


@pytest.mark.parametrize("mark", "\t|;:,")
def test_a_separator_that_no_header_names_is_found(mark: str) -> None:
    (record,) = read(f"#html:false\nkeel{mark}beam\n").records
    assert sides(record) == ("keel", "beam")


def test_plain_text_stays_plain() -> None:
    (record,) = read(f"{HEAD}<b>keel</b>\t*beam* & {{{{c0}}}}\n").records
    assert record.term.html == "&lt;b&gt;keel&lt;/b&gt;"
    assert record.definition.html == "*beam* &amp; {{c0}}"
    assert render(record.definition.markdown).html == record.definition.html


def test_html_is_found_and_cleaned() -> None:
    text = '#separator:tab\nkeel\t<i>beam</i><script>run()</script>\nhull\t"<ul><li>a</li>\n\n<li>b</li></ul>"\n'
    document = read(text)
    assert document.records[0].definition.html == "<i>beam</i>"
    assert document.records[1].definition.html == "<ul><li>a</li>\n\n<li>b</li></ul>"
    assert [(fault.rule, fault.line) for fault in document.diagnostics] == [(Rule.UNSAFE_HTML, 2)]


@pytest.mark.parametrize(
    "field",
    [
        "a<br>b",
        "<div>a</div><div>b</div>",
        "2 &lt; 3 &amp; *x*",
        "<b>a</b> *b* _c_",
        "a <img src='x y.png'>",
        "&eacute;",
    ],
)
def test_html_shows_the_same_from_its_markdown(field: str) -> None:
    (record,) = read(f"#separator:tab\n#html:true\nkeel\t{field}\n").records
    shown = render(record.definition.markdown).html
    assert shown in (record.definition.html, f"<div>{record.definition.html}</div>")


def test_quotes_hold_separators_and_line_ends() -> None:
    document = read(f'{HEAD}"keel, ""the"" beam"\t"one\ntwo\tthree"\nhull\tbody\n')
    assert [sides(record) for record in document.records] == [
        ('keel, "the" beam', "one  \ntwo\tthree"),
        ("hull", "body"),
    ]
    assert [(record.line, record.end_line) for record in document.records] == [(3, 4), (5, 5)]


def test_headers_for_all_rows() -> None:
    text = f"{HEAD}#deck:Sea:: Ships\n#tags:parts wood\n#notetype:Basic (type in the answer)\nkeel\tbeam\n"
    (record,) = read(text, Settings(deck="Uni::Export", above="Uni", tags=("all",))).records
    assert (record.deck, record.tags, record.kind) == ("Uni::Sea::Ships", ("all", "parts", "wood"), Kind.TYPED)


def test_named_columns_find_their_places() -> None:
    text = f"{HEAD}#columns:Note\tFront\tBack\tHint\nat sea\tkeel\tbeam\tlow\n"
    (record,) = read(text).records
    assert (record.term.markdown, record.hint) == ("keel", "low")
    assert record.definition.markdown == "at sea\n\nbeam"


def test_further_fields_go_on_with_the_definition() -> None:
    (record,) = read(f"{HEAD}keel\tbeam\tof oak\n").records
    assert record.definition.markdown == "beam\n\nof oak"
    assert record.definition.html == "<div>beam</div>\n<div>of oak</div>"


@pytest.mark.parametrize(
    ("third", "kind"), [("", Kind.BASIC), ("y", Kind.REVERSED)]
)  # fmt: skip
def test_a_reversed_card_may_be_optional(third: str, kind: Kind) -> None:
    (record,) = read(f"{HEAD}#notetype:Basic (optional reversed card)\nkeel\tbeam\t{third}\n").records
    assert (record.kind, record.definition.markdown) == (kind, "beam")


@pytest.mark.parametrize(
    ("row", "rule"),
    [
        ("sail", Rule.REJECTED_ROW),
        ("sail\tcloth\tmore", Rule.REJECTED_ROW),
        ('sail\t"cloth', Rule.REJECTED_ROW),
        ("\tcloth", Rule.EMPTY_TERM),
        ("sail\t", Rule.EMPTY_DEFINITION),
    ],
)
def test_a_broken_row_is_told_by_its_line(row: str, rule: Rule) -> None:
    document = read(f"{HEAD}keel\tbeam\n{row}\nhull\tbody\n")
    assert [record.term.markdown for record in document.records] == ["keel", "hull"]
    (fault,) = document.diagnostics
    assert (fault.rule, fault.line) == (rule, 4)
    assert fault.hint


def test_what_is_not_known_in_a_header_is_told() -> None:
    document = read("#separator:many\n#html:maybe\n#notetype:Ships\nkeel\tbeam\n")
    assert [(fault.rule, fault.line) for fault in document.diagnostics] == [
        (Rule.UNKNOWN_ATTRIBUTE, 1), (Rule.UNKNOWN_ATTRIBUTE, 2), (Rule.UNKNOWN_ATTRIBUTE, 4)
    ]  # fmt: skip
    assert len(document.records) == 1


def test_comments_are_prose() -> None:
    document = read(f"{HEAD}# by hand\nkeel\tbeam\n#hull\tbody\n")
    assert len(document.records) == 1
    assert [document.source.text[span.start : span.end] for span in document.prose] == ["# by hand", "#hull\tbody"]


def test_front_matter_comes_before_the_headers() -> None:
    document = read(f"---\ndeck: Sea\ndialect: delimited\n---\n{HEAD}keel\tbeam\n")
    assert [(record.deck, record.line) for record in document.records] == [("Sea", 7)]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (HEAD, True),
        ("#tags column:3\n", True),
        ("#deck:Sea\n#tags:a\n", True),
        ("#deck:Sea\nkeel\tbeam\n", True),
        ("#tags: sea\n\nShips sail.\n", False),
        ("# deck:Sea\n# html:true\n", False),
        ("keel\tbeam\n#separator:tab\n", False),
        ("#separators\n", False),
    ],
)
def test_headers_tell_what_a_text_is(text: str, expected: bool) -> None:
    assert looks_like_delimited(Source("x", text), 0) is expected


LINE = st.sampled_from(
    ["#separator:tab", "#separator:,", "#html:true", "#guid column:1", "#tags column:9999", "#columns:a\tfront\thint"]
) | st.text(st.sampled_from('ab\t,"<>&#:{c1}\\ \n|\x00\ud800'), max_size=12)  # fmt: skip


@given(st.lists(LINE, max_size=20))
@settings(max_examples=400, deadline=None)
def test_every_line_is_accounted_for(lines: list[str]) -> None:
    source = Source("x", "\n".join(lines))
    document = read_delimited(source, Settings())
    taken = [line for record in document.records for line in range(record.line, record.end_line + 1)]
    for span in (*document.chrome, *document.prose):
        taken += range(source.position(span.start)[0], source.position(span.end)[0] + 1)
    assert len(taken) == len(set(taken))
    assert {n for n in range(1, source.line_count + 1) if source.line(n).strip()} <= set(taken)
    for record in document.records:
        assert record.term
        assert record.definition or record.kind is Kind.CLOZE
