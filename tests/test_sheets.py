"""Spreadsheets saved as text, and cards as Quizlet exports them: by their extension, or asked for by name."""

import json
from functools import partial
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ankigen.diagnostics import Rule
from ankigen.library import read as read_file
from ankigen.library import read_text
from ankigen.project import find_project, load_source
from ankigen.readers import read_source
from ankigen.readers.registry import find_reader
from ankigen.readers.settings import Settings
from ankigen.records import Document, Kind, Record
from ankigen.source import Source
from commands import run
from counting import calls


def read(text: str, reader: str = "csv", separator: str = "", row_separator: str = "") -> Document:
    settings = Settings(separator=separator, row_separator=row_separator)
    return find_reader(reader)(Source("words.csv", text), settings)


def sides(document: Document) -> list[tuple[str, str]]:
    return [(record.term.markdown, record.definition.markdown) for record in document.records]


def rules(document: Document) -> list[tuple[Rule, int]]:
    return [(fault.rule, fault.line) for fault in document.diagnostics]


def test_a_row_of_names_places_the_columns() -> None:
    document = read("Tags,Deck,Back,Front,Hint\nsea old,Ships::Parts,beam,keel,low\n,,canvas,sail,\n")
    assert document.diagnostics == ()
    assert sides(document) == [("keel", "beam"), ("sail", "canvas")]
    first, second = document.records
    assert (first.deck, first.tags, first.hint) == ("Ships::Parts", ("sea", "old"), "low")
    assert (second.deck, second.tags, second.hint) == ("Notes", (), "")
    assert [document.source.position(span.start)[0] for span in document.chrome] == [1]


def test_a_note_type_and_a_key() -> None:
    (record,) = read("key,note type,question,answer\nk1,Basic (and reversed card),keel,beam\n").records
    assert (record.key, record.kind) == ("k1", Kind.REVERSED)


@pytest.mark.parametrize("first", ["keel,beam", "word,of honour", "front,front", "Front"])
def test_a_first_row_that_is_no_row_of_names_is_a_record(first: str) -> None:
    document = read(f"{first}\nsail,canvas\n")
    assert document.chrome == ()
    assert len(document.records) + len(document.diagnostics) == 2


@pytest.mark.parametrize("mark", ",;\t|")
def test_the_separator_is_found(mark: str) -> None:
    document = read(f'"keel, low"{mark}beam\nsail{mark}canvas\nmast{mark}"pole, of wood"\n')
    assert sides(document) == [("keel, low", "beam"), ("sail", "canvas"), ("mast", "pole, of wood")]


def test_excel_says_the_separator_itself() -> None:
    document = read("sep=;\nkeel, low;beam, oak\n")
    assert sides(document) == [("keel, low", "beam, oak")]


def test_a_separator_that_the_settings_name() -> None:
    assert sides(read("keel => beam\n", separator=" => ")) == [("keel", "beam")]
    assert sides(read("keel, low=>beam\n", "anki-text", separator="=>")) == [("keel, low", "beam")]


def test_quotes_line_ends_and_html() -> None:
    document = read('keel,"the ""lowest""\nbeam"\nsail,"canvas"\n"open,end\n')
    assert [(r.definition.markdown, r.line, r.end_line) for r in document.records] == [
        ('the "lowest"  \nbeam', 1, 2),
        ("canvas", 3, 3),
    ]
    assert read("sail,<b>canvas</b>\n").records[0].definition.html == "<b>canvas</b>"
    assert rules(document) == [(Rule.REJECTED_ROW, 4)]


def test_a_hash_begins_no_comment_in_a_spreadsheet() -> None:
    assert sides(read("#1,first\n#2,second\n")) == [("#1", "first"), ("#2", "second")]


def test_further_columns_and_missing_ones() -> None:
    document = read("Front,Back,Extra,Tags\nkeel,beam,of oak,sea\nsail,canvas\nmast\nhull,body,,,more\n,,,\n")
    assert sides(document) == [("keel", "beam\n\nof oak"), ("sail", "canvas")]
    assert rules(document) == [(Rule.REJECTED_ROW, 4), (Rule.REJECTED_ROW, 5)]


def test_a_file_with_headers_of_anki_is_read_by_them() -> None:
    (record,) = read("#separator:Semicolon,,\n#html:false,,\n#columns:Front;Back,,\nkeel, low;beam\n").records
    assert (record.term.markdown, record.definition.markdown) == ("keel, low", "beam")


def test_every_header_of_anki_is_known() -> None:
    heads = "#separator:Tab\n#html:true\n#if matches:update current\n#match scope:notetype\n#tags:a b\n#deck:D\n"
    document = read(f"{heads}#notetype:Basic\n#guid column:1\n#tags column:4\nk\tkeel\tbeam\tc\n", "anki-text")
    (record,) = document.records
    assert document.diagnostics == ()
    assert (record.key, record.deck, record.tags) == ("k", "D", ("a", "b", "c"))


def test_tags_as_older_files_have_them() -> None:
    (record,) = read("tags:sea old\nkeel\tbeam\n", "anki-text").records
    assert (record.term.markdown, record.tags) == ("keel", ("sea", "old"))


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16", "utf-16-le", "cp1252"])
@pytest.mark.parametrize(("name", "mark"), [("words.csv", ";"), ("words.TSV", "\t")])
def test_files_as_windows_writes_them_by_their_extension(tmp_path: Path, encoding: str, name: str, mark: str) -> None:
    text = f"Wort{mark}Word\r\nKäse{mark}cheese\r\nÖl{mark}oil\r\n"
    (tmp_path / name).write_bytes(text.encode(encoding))
    project = find_project([tmp_path])
    (file,) = project.files
    source, faults = load_source(file)
    assert source
    assert [fault.rule for fault in faults] == ([Rule.GUESSED_ENCODING] if encoding == "cp1252" else [])
    document = read_source(source, project.settings(file))
    assert document.reader == name[-3:].lower()
    assert sides(document) == [("Wort", "Word"), ("Käse", "cheese"), ("Öl", "oil")]


def test_a_project_may_name_another_dialect_for_them(tmp_path: Path) -> None:
    (tmp_path / "content").mkdir()
    (tmp_path / "content" / "cards.csv").write_text("keel: beam, of oak;sail: canvas")
    (tmp_path / "content" / "words.csv").write_text("keel,beam\n")
    (tmp_path / "ankigen.toml").write_text(
        'dialect = "notes"\n[dialects]\n"cards.csv" = "quizlet"\n[delimited]\nrow_separator = ";"\n'
    )
    project = find_project([tmp_path])
    readers = {file.path.name: project.settings(file).dialect for file in project.files}
    assert readers == {"cards.csv": "quizlet", "words.csv": "csv"}
    assert project.settings(project.files[0]).row_separator == ";"


def test_cards_as_quizlet_exports_them() -> None:
    document = read("keel\tbeam\nsail\tcanvas,\nor a sheet\t(nautical)\n\nmast\tpole\n", "quizlet")
    assert sides(document) == [("keel", "beam"), ("sail", "canvas,"), ("or a sheet", "(nautical)"), ("mast", "pole")]


def test_a_row_without_separator_goes_on_with_the_definition() -> None:
    document = read("keel\tbeam\nof *oak*\n\nof a ship\nsail\tcanvas\n", "quizlet")
    assert sides(document) == [("keel", "beam  \nof \\*oak\\*  \nof a ship"), ("sail", "canvas")]
    assert [(record.line, record.end_line) for record in document.records] == [(1, 4), (5, 5)]


@pytest.mark.parametrize(
    ("text", "separator", "row_separator"),
    [
        ("keel,beam;sail,canvas, cloth", ",", ";"),
        ("keel - beam\n\nsail - canvas, cloth\n\n", " - ", "\n\n"),
        ("keel:beam||sail:canvas, cloth||", ":", "||"),
        ("keel\n=\nbeam\n***\nsail\n=\ncanvas, cloth", "=", "***"),
    ],
)
def test_any_separators(text: str, separator: str, row_separator: str) -> None:
    document = read(text, "quizlet", separator, row_separator)
    assert sides(document) == [("keel", "beam"), ("sail", "canvas, cloth")]
    spans = [document.source.text[record.span.start : record.span.end] for record in document.records]
    assert all(
        term in span and definition in span for span, (term, definition) in zip(spans, sides(document), strict=True)
    )


def test_a_faulty_card_is_named_by_its_line() -> None:
    document = read("A title\nkeel\tbeam\n\tcanvas\nmast\t\n", "quizlet")
    assert sides(document) == [("keel", "beam")]
    assert rules(document) == [(Rule.REJECTED_ROW, 1), (Rule.EMPTY_TERM, 3), (Rule.EMPTY_DEFINITION, 4)]


@given(
    st.lists(st.tuples(*2 * (st.text(st.sampled_from('ab "\n,;'), min_size=1).filter(str.strip),)), min_size=1),
    st.sampled_from(",;\t"),
)
def test_what_a_spreadsheet_quotes_comes_back(rows: list[tuple[str, str]], mark: str) -> None:
    quoted = (mark.join('"' + field.replace('"', '""') + '"' for field in row) for row in rows)
    document = read("\n".join(quoted) + "\n", separator=mark)
    assert document.diagnostics == ()
    assert [words(record) for record in document.records] == [tuple(f.split() for f in row) for row in rows]


def words(record: Record) -> tuple[list[str], list[str]]:
    term, definition = (
        side.html.replace("<br />", " ").replace("&quot;", '"') for side in (record.term, record.definition)
    )
    return term.split(), definition.split()


@pytest.mark.parametrize("reader", ["csv", "tsv", "quizlet"])
@pytest.mark.parametrize("piece", ['"', '"a\n', "a\tb\n", "a\n", ",,,\n", "\t\n", 'a,"b\n', "\n\n"])
def test_cost_grows_no_faster_than_the_text(reader: str, piece: str) -> None:
    few, many = (calls(partial(read, piece * times, reader)) for times in (40, 320))
    assert many < 12 * few


def test_separators_on_the_command_line(tmp_path: Path) -> None:
    file = tmp_path / "cards.txt"
    file.write_text("keel - beam\n;;\nsail - canvas\n;;\n")
    options = ["--from", "quizlet", "--separator", " - ", "--row-separator", r"\n;;\n"]
    done = run("parse", file, "--format", "json", *options)
    found = json.loads(done.stdout)["records"]
    assert [(record["term"], record["definition"]) for record in found] == [("keel", "beam"), ("sail", "canvas")]


def test_separators_from_python(tmp_path: Path) -> None:
    text = "keel = beam;sail = canvas"
    (tmp_path / "cards.txt").write_text(text)
    told = {"reader": "quizlet", "separator": " = ", "row_separator": ";"}
    for document in (read_file(tmp_path / "cards.txt", **told), read_text(text, **told)):
        assert sides(document) == [("keel", "beam"), ("sail", "canvas")]


def test_an_empty_separator_is_wrong_usage(tmp_path: Path) -> None:
    (tmp_path / "cards.txt").write_text("keel\tbeam\n")
    assert run("parse", tmp_path / "cards.txt", "--separator", "").exit_code == 2
