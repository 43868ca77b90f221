"""`ankigen convert`: clear Markdown that reads back as the very same records, from any document."""

import json
import re
from collections import Counter
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from ankigen.convert import Converted, convert
from ankigen.diagnostics import Rule
from ankigen.notes import note_of
from ankigen.notetypes import load_note_types
from ankigen.readers import read_source
from ankigen.readers.markdown import read_markdown
from ankigen.readers.markdown.fragment import render
from ankigen.readers.markdown.unsure import unsure_mark
from ankigen.readers.settings import Settings
from ankigen.readers.studyset.features import item_mark
from ankigen.readers.studyset.plain import as_list, as_text
from ankigen.readers.studyset.reader import read_studyset
from ankigen.records import Document, Doubt, Kind, Record
from ankigen.source import Source
from commands import NOW, process, run, write
from notes_fixtures import Case, cases

PAGE = """\
1/4
Looks like no tags are added yet.
Name | Mastery | Learn | Test | Matching | Spaced |
---|
No study sessions yet.
3 kinds of cloud
cirrus
cumulus
stratus
cirrus
thin threads of ice, high up, that often come a day before rain
cumulus
heaps with flat bases that grow over warm ground in the afternoon
stratus
a grey layer without shape, as low as hills
How does hail form?
1. drops are thrown up and freeze
2. ice is laid on them in shells
"""

CLEAR = """\
---
origin: paste.txt
---

3 kinds of cloud {line=6}
: - cirrus
  - cumulus
  - stratus

cirrus {line=10}
: thin threads of ice, high up, that often come a day before rain

cumulus {line=12}
: heaps with flat bases that grow over warm ground in the afternoon

stratus {line=14}
: a grey layer without shape, as low as hills

How does hail form? {line=16}
: 1. drops are thrown up and freeze
  2. ice is laid on them in shells
"""


def paste(text: str) -> Document:
    return read_studyset(Source("paste.txt", text), Settings())


def converted(document: Document, name: str = "paste.txt") -> Converted:
    return convert(document, Settings(), name)


def notes(text: str) -> Document:
    return read_markdown(Source("notes.md", text), Settings())


def content(record: Record) -> Record:
    """A record without where it is written, and how sure that is."""
    empty = replace(record, path="", line=0, end_line=0, span=Source("", "").lines_span(1, 1), origin="")
    return replace(empty, confidence=1.0, doubt=None)


def assert_same(document: Document, done: Converted) -> None:
    back = read_source(Source("new.md", done.text), Settings())
    assert back.reader == "notes"
    assert list(map(content, back.records)) == list(map(content, document.records)), done.text
    assert done.changed == ()


# what is written


def test_a_paste_becomes_clear_markdown() -> None:
    document = paste(PAGE)
    done = converted(document)
    assert done.text == CLEAR
    assert done.left_out == (1, 2, 3, 4, 5)
    assert_same(document, done)
    assert [r.origin for r in done.records] == [f"paste.txt:{n}" for n in (6, 10, 12, 14, 16)]


def test_lines_of_a_definition_stay_lines() -> None:
    document = paste("What is a front?\nwhere two masses of air meet\nit is named after the one that moves\n")
    done = converted(document)
    assert done.text.endswith(
        "What is a front? {line=1}\n: where two masses of air meet  \n  it is named after the one that moves\n"
    )
    assert_same(document, done)


@pytest.mark.parametrize(
    ("front", "kept"),
    [
        ("---\ndialect: studyset\ndeck: Sky\n---\n", "---\norigin: paste.txt\ndeck: Sky\n---\n"),
        ('+++\ndialect = "studyset"\ntags = ["w"]\n+++\n', '+++\norigin = "paste.txt"\ntags = ["w"]\n+++\n'),
        ('---\ndeck = "Sky"\n---\n', '---\norigin = "paste.txt"\ndeck = "Sky"\n---\n'),
        ("---\nkind: reversed\nmine:\n  dialect: x\n---\n", "---\norigin: paste.txt\nkind: reversed\nmine:\n  dialect"),
        ("---\ndialect:\n  studyset\ntags: a\n---\n", "---\norigin: paste.txt\ntags: a\n---\n"),
        ("", "---\norigin: paste.txt\n---\n"),
    ],
    ids=["YAML", "TOML", "TOML between dashes", "keys of other programs", "a value below its key", "none"],
)
def test_front_matter_is_kept_without_its_dialect(front: str, kept: str) -> None:
    document = paste(f"{front}rain\ndrops that fall\nsnow\nflakes that fall\n")
    done = converted(document)
    assert done.text.startswith(kept)
    assert_same(document, done)
    assert {r.origin.partition(":")[0] for r in done.records} == {"paste.txt"}


@pytest.mark.parametrize("name", ["a: b #c.txt", "[x].txt", '"q".txt', "- x", "true", "übung/3.txt", "a\\b.txt"])
def test_any_file_name_can_be_the_origin(name: str) -> None:
    for front in ("", '+++\ndeck = "Sky"\n+++\n'):
        done = converted(paste(f"{front}rain\ndrops that fall\n"), name)
        (record,) = done.records
        assert record.origin == f"{name}:{4 if front else 1}"


def test_a_note_that_looks_like_a_paste_says_that_it_is_none() -> None:
    page = "\n".join(PAGE.splitlines()[:5])
    document = paste(f"{PAGE}What is on a page of cards?\nfour lines, that is\n{page}\n")
    done = converted(document)
    assert_same(document, done)


def test_a_line_that_is_no_record_is_kept_as_text() -> None:
    for line in ("lonely", "**a** :: b", "# x", "{{c1::x}}", "- **x**: y", "Q: x"):
        done = converted(paste(f"Looks like no tags are added yet.\n{line}\n"))
        back = notes(done.text)
        assert back.records == ()
        assert back.diagnostics == ()
        assert [bare(back.source.text[span.start : span.end]) for span in back.prose] == [line]


def test_a_record_that_cannot_be_written_is_named_and_kept() -> None:
    document = paste("rain\ndrops that fall\nsnow\nflakes that fall\n")
    odd = replace(document.records[1], hint='both " and }')
    done = converted(document.with_records([document.records[0], odd]))
    assert [record.line for record in done.changed] == [3]
    assert "flakes that fall" in done.text


def test_converting_again_keeps_where_a_record_first_stood() -> None:
    first = converted(paste(PAGE))
    again = convert(notes(first.text), Settings(), "clouds.md")
    assert again.text == first.text


# any document


@pytest.mark.parametrize("case", cases(), ids=lambda case: case.name)
def test_every_fixture_of_the_notes_reader_reads_back_the_same(case: Case) -> None:
    if any(fault.rule.stops for fault in case.document.diagnostics):
        return  # the command writes nothing before the front matter is mended
    done = converted(case.document, "old.md")
    assert_same(case.document, done)
    assert {f.rule for f in notes(done.text).diagnostics} <= {f.rule for f in case.document.diagnostics}


@pytest.mark.parametrize("path", sorted((Path(__file__).parents[1] / "content").rglob("*.md")), ids=lambda p: p.stem)
def test_every_sample_reads_back_the_same(path: Path) -> None:
    document = read_source(Source("sample.md", path.read_text(encoding="utf-8")), Settings())
    assert document.records
    assert_same(document, converted(document))


def test_notes_keep_sections_prose_and_comments_in_their_place() -> None:
    text = """\
---
tags: [sky]
---

# Weather

<!-- mine -->

Some words before.

dew ::: water on cold grass {.morning}
**frost** - ice on cold grass

## Wind {hint="Beaufort"}

Air that moves.

- by day, from the sea
- by night, from the land

# More

| Term | Definition |
|---|---|
| fog | a cloud on the ground |

A gust is {{c1::short}}.
"""
    document = notes(text)
    done = converted(document, "old.md")
    assert_same(document, done)
    assert (
        done.text
        == """\
---
origin: old.md
tags: [sky]
---

# Weather

<!-- mine -->

Some words before.

dew {.morning kind=reversed line=11}
: water on cold grass

frost {line=12}
: ice on cold grass

## Wind {hint="Beaufort" line=14}

Air that moves.

- by day, from the sea
- by night, from the land

# More

fog {line=25}
: a cloud on the ground

A gust is {{c1::short}}. {line=27}
"""
    )
    assert done.left_out == (23, 24)


def test_footnotes_stay_with_the_records_that_use_them() -> None:
    text = "- **rain**: drops[^1]\n\n  [^2]: unused\n\n**snow**: flakes[^1]\n\nA {{c1::gust}}[^1]\n\n[^1]: of water\n"
    document = notes(text)
    done = converted(document, "old.md")
    assert_same(document, done)
    assert "[^2]: unused" in done.text
    assert "snow {line=5}\n: flakes[^1]\n\n  [^1]: of water\n" in done.text
    assert {fault.rule for fault in notes(done.text).diagnostics} == {Rule.UNUSED_FOOTNOTE}


def test_rows_of_an_export_become_clear_markdown_too() -> None:
    rows = "#separator:tab\n#html:true\n#tags column:3\nrain\t<b>drops</b>\tsky w::x\nsnow\tflakes<br>of ice\tsky\n"
    document = read_source(Source("export.txt", rows), Settings())
    done = converted(document, "export.txt")
    assert_same(document, done)
    assert done.left_out == (1, 2, 3)
    assert done.text.endswith("rain {.sky .w::x line=4}\n: <b>drops</b>\n\nsnow {.sky line=5}\n: flakes  \n  of ice\n")


def test_page_lines_between_the_lines_of_a_card_are_listed() -> None:
    document = paste(PAGE.replace("How does", "No study sessions yet.\nHow does"))
    done = converted(document)
    assert_same(document, done)
    assert words_of(document, done) <= words_in(done.text)
    assert set(done.left_out) >= {1, 2, 3, 4, 5}


def test_a_formula_without_end_takes_in_no_other_record() -> None:
    document = paste("rain\n$$\n\nsnow\n$$\n\nhail\n$$ x\n")
    assert_same(document, converted(document))


def test_a_term_of_several_lines_is_a_question() -> None:
    document = notes("Q: What falls,\nand is cold?\n\n- not rain\n\nA: snow\n\nand hail\n\n# Next\n\nx :: y\n")
    done = converted(document, "old.md")
    assert_same(document, done)
    assert done.records[0].origin == "old.md:1"


def test_what_a_record_says_of_itself_is_said_again() -> None:
    document = notes("sleet :: rain and snow {#s .a::b .c kind=typed deck=Sky notetype=term}\n")
    rich = replace(document.records[0], hint="two things", tags=("a::b", "c.d", "e+f"), key="a.b", deck="Other deck")
    document = document.with_records([rich])
    done = convert(document, Settings(), "old.md")
    assert done.changed == ()
    assert '{id="a.b" .a::b class="c.d" class="e+f" kind=typed hint="two things" deck="Other deck"' in done.text


# what is read


def test_the_line_that_a_record_came_from_is_its_source() -> None:
    document = notes("---\norigin: paste.txt\n---\nrain {line=29}\n: drops\n\nsnow\n: flakes\n")
    assert [record.origin for record in document.records] == ["paste.txt:29", ""]
    assert document.diagnostics == ()
    term = load_note_types(None)["term"]
    at = [field.name for field in term.fields].index("Source")
    fields = [note_of(record, "g", term, lambda _: None).fields[at] for record in document.records]
    assert fields == ["paste.txt:29", "notes.md:7"]


@pytest.mark.parametrize("line", ["0", "-3", "x", "1e3", '"4 5"', '""', "12345678901", "٣"])
def test_a_line_is_a_number(line: str) -> None:
    document = notes(f"---\norigin: paste.txt\n---\nrain {{line={line}}}\n: drops\n")
    assert document.records == ()
    assert [fault.rule for fault in document.diagnostics] == [Rule.INVALID_VALUE]


def test_a_line_without_a_file_is_left_out_with_a_word() -> None:
    document = notes("rain {line=29}\n: drops\n")
    assert [record.origin for record in document.records] == [""]
    assert [fault.rule for fault in document.diagnostics] == [Rule.UNKNOWN_ATTRIBUTE]


@pytest.mark.parametrize("origin", ["[a, b]", "''", "{a: b}"])
def test_an_origin_is_one_name(origin: str) -> None:
    document = notes(f"---\norigin: {origin}\n---\nrain\n: drops\n")
    assert [fault.rule for fault in document.diagnostics] == [Rule.INVALID_VALUE]


def test_an_escaped_brace_opens_no_cloze() -> None:
    document = notes("rain\n: \\{\\{c1::drops}}\n\nA \\{{c1::x}}.\n\n{{C2::y}} and {{c12::z}}\n")
    assert [(record.kind, record.line) for record in document.records] == [(Kind.BASIC, 1), (Kind.CLOZE, 6)]
    assert notes("{{c" + "1" * 5000 + "::x}}\n").records


# unsure places


def unsure(doubt: Doubt) -> Document:
    document = paste("rain\ndrops that fall\n\nsnow --> <!-- ice\nflakes that fall\n")
    return document.with_records(replace(r, doubt=doubt) if r.line == doubt.line else r for r in document.records)


def test_an_unsure_record_has_a_comment_that_every_check_reports() -> None:
    document = paste(PAGE)
    first, *rest = document.records
    document = document.with_records([replace(first, doubt=Doubt(8, begins=True)), *rest])
    done = converted(document)
    assert '<!-- unsure: line 8 "cumulus" may be a term of its own -->\n3 kinds of cloud {line=6}\n: - ' in done.text
    assert_same(document, done)
    (fault,) = notes(done.text).diagnostics
    assert (fault.rule, fault.line, fault.column) == (Rule.UNSURE_RECORD, 5, 1)
    assert fault.message == 'not sure: line 8 "cumulus" may be a term of its own'
    mended = done.text.replace(done.text.splitlines()[4] + "\n", "")
    assert notes(mended).diagnostics == ()


def test_a_comment_cannot_be_ended_by_the_line_it_quotes() -> None:
    document = unsure(Doubt(4, begins=False))
    done = converted(document)
    assert '"snow - -> <!- - ice" may go on with the answer above -->\n' in done.text
    assert_same(document, done)
    found = [fault.rule for fault in notes(done.text).diagnostics]
    assert found == [Rule.UNSURE_RECORD, Rule.UNCLOSED_MARK]  # the line itself holds half a comment


@given(st.text())
def test_a_mark_is_one_comment(text: str) -> None:
    mark = unsure_mark(text)
    faults = notes(f"rain\n: drops\n\n{mark}\nsnow\n: flakes\n").diagnostics
    assert [(fault.rule, fault.line) for fault in faults] == [(Rule.UNSURE_RECORD, 4)]
    assert "\n" not in mark


def test_other_comments_are_no_marks() -> None:
    assert notes("<!-- unsure about this -->\n\n`<!-- unsure: x -->`\n\n    <!-- unsure: y -->\n").diagnostics == ()


# properties

NASTY = st.text(st.sampled_from("*_[]<>#:-|$\\`~!&.(){}=+ \t12abQA^\"'%c"), min_size=1, max_size=14)
MARKS = (
    *("---", "+++", "***", "===", "```", "~~~", "$$", "#", "::", "|---|---|", "| a | b |", "<div>", "<!-- a", "a -->"),
    *("    deep", "\ttab", "- x", "• y", "1. one", "2) two", "(3) three", "> q", "# x", ": x", "~ x", "Q: x", "A: y"),
    *("[a]: b", "[a]:", "/url", "[a]", "*a", "b*", "**", "$a", "b$", "\\", "x\\", "a :: b", "a ::: b", "**a**: b"),
    *("{{c1::x}}", "{a=b}", "word {.t}", "<b>", "</b>", "<script>", "&amp;", "<http://x.example>", "http://x.example"),
    *(
        "==x==",
        "H~2~O",
        "x^2^",
        "^[note]",
        "a[^1]",
        "[^1]: note",
        "[[Page|x]]",
        "![[a.png|3]]",
        "\\(a\\)",
        "\\[",
        "\\]",
        "a = b",
    ),
    *(
        "> [!note] x",
        "!!! note",
        "    x",
        ":::{note}",
        ":::",
        "- [ ] x",
        "\\begin{align}",
        "\\end{align}",
        "$5, or US$ 6",
    ),
    *("What is it?", "3 things to do", "a longer line, which says something of some thing", "term", "", "dialect: x"),
    *PAGE.splitlines(),
)
LINES = st.lists(NASTY | st.sampled_from(MARKS) | st.text(max_size=20), min_size=1, max_size=14)


@given(LINES)
@example(["1", "1", "", "1", "{{c", "1"])
@settings(max_examples=300, deadline=None)
def test_any_paste_reads_back_the_same_and_loses_nothing(lines: list[str]) -> None:
    document = paste("\n".join(lines).replace("\0", ""))
    done = converted(document)
    back = read_source(Source("new.md", done.text), Settings())
    if not any(fault.rule.stops for fault in document.diagnostics):
        assert_same(document, done)
        assert [r.origin for r in back.records] == [f"paste.txt:{r.line}" for r in document.records]
    assert words_of(document, done) <= words_in(done.text)


@given(LINES)
@settings(max_examples=200, deadline=None)
def test_any_note_reads_back_the_same_and_loses_nothing(lines: list[str]) -> None:
    document = notes("\n".join(lines).replace("\0", ""))
    if any(fault.rule.stops for fault in document.diagnostics):
        return
    done = converted(document)
    assert_same(document, done)
    assert words_of(document, done) <= words_in(done.text)


@given(st.lists((NASTY | st.sampled_from(MARKS)).map(str.strip).filter(bool), min_size=1, max_size=4))
@settings(max_examples=300, deadline=None)
def test_plain_text_has_the_html_of_its_markdown(lines: list[str]) -> None:
    for written in (as_text(lines), as_list(lines, ordered=False), as_list(lines, ordered=True)):
        assert render(written.markdown).html == written.html


LABEL = re.compile(r"\b(?:q|question|a|answer)\W*:", re.IGNORECASE)


def words_of(document: Document, done: Converted) -> Counter[str]:
    """The words of all lines that are to be in the text: not those left out, nor the dialect, nor marks of a form."""
    source = document.source
    lines = (source.line(n).strip() for n in range(1, source.line_count + 1) if n not in done.left_out)
    kept = (line for line in lines if not line.casefold().startswith(("dialect", "origin")))
    return words_in("\n".join(LABEL.sub("", line.removeprefix(item_mark(line))) for line in kept))


def words_in(text: str) -> Counter[str]:
    return Counter(re.findall(r"[^\W_]+", text))


def bare(markdown: str) -> str:
    return re.sub(r"\\([!-/:-@\[-`{-~])", r"\1", markdown)


# the command


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    return write(tmp_path, {"paste.txt": PAGE})


def test_the_command_writes_and_says_what_it_left_out(folder: Path) -> None:
    done = run("convert", "paste.txt", "-o", "clouds.md")
    assert (done.exit_code, done.stdout) == (0, "clouds.md: 5 records\n")
    assert done.stderr.splitlines()[0] == "paste.txt:1: left out: 1/4"
    assert len(done.stderr.splitlines()) == 5
    assert (folder / "clouds.md").read_text(encoding="utf-8") == CLEAR
    assert run("check", "clouds.md").exit_code == 0


def test_without_an_output_the_markdown_is_printed(folder: Path) -> None:
    done = run("convert", "paste.txt")
    assert (done.exit_code, done.stdout) == (0, CLEAR)
    assert "5 records" in done.stderr
    assert [path.name for path in folder.iterdir()] == ["paste.txt"]


def test_it_replaces_only_what_it_may(folder: Path) -> None:
    write(folder, {"clouds.md": "mine"})
    done = run("convert", "paste.txt", "-o", "clouds.md")
    assert (done.exit_code, done.stdout) == (2, "")
    assert "--force" in done.stderr
    assert (folder / "clouds.md").read_text() == "mine"
    assert run("convert", "paste.txt", "-o", "clouds.md", "--force").exit_code == 0
    assert (folder / "clouds.md").read_text(encoding="utf-8") == CLEAR
    (folder / "link.md").symlink_to("paste.txt")
    for itself in ("./paste.txt", "link.md"):
        assert run("convert", "paste.txt", "-o", itself, "--force").exit_code == 2
    assert (folder / "paste.txt").read_text(encoding="utf-8") == PAGE


@pytest.mark.parametrize(
    "arguments",
    [
        ["missing.txt"],
        ["."],
        [],
        ["paste.txt", "-o", "no/such/folder.md"],
        ["paste.txt", "-o", "clouds.apkg"],
        ["paste.txt", "-o", "."],
        ["paste.txt", "--from", "word"],
        ["paste.txt", "--review"],
    ],
)
def test_wrong_usage(folder: Path, arguments: list[str]) -> None:
    done = run("convert", *arguments)
    assert (done.exit_code, done.stdout) == (2, "")
    assert done.stderr
    assert [path.name for path in folder.iterdir()] == ["paste.txt"]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (b"\xff\xfe\xff", "undecodable-file"),
        (b"---\ndeck: [\n---\n" + PAGE.encode(), "invalid-front-matter"),
        (b"---\ndeck: x\n" + PAGE.encode(), "unclosed-front-matter"),
        (b"", "no record"),
        (b"1/4\nLooks like no tags are added yet.\n", "no record"),
    ],
    ids=["no text", "broken front matter", "endless front matter", "empty", "a page without cards"],
)
def test_what_cannot_be_converted_is_not_written(folder: Path, text: bytes, said: str) -> None:
    write(folder, {"bad.txt": text})
    done = run("convert", "bad.txt", "-o", "out.md")
    assert (done.exit_code, done.stdout) == (1, "")
    assert said in done.stderr
    assert not (folder / "out.md").exists()


def test_a_folder_that_cannot_be_written_to(folder: Path) -> None:
    (folder / "shut").mkdir(mode=0o500)
    done = process("convert", "paste.txt", "-o", "shut/out.md", cwd=folder)
    if done.returncode == 0:  # whoever is root may write everywhere
        return
    assert done.returncode == 1
    assert "Permission denied" in done.stderr
    assert "Traceback" not in done.stderr


def test_from_says_how_to_read(folder: Path) -> None:
    write(folder, {"plain.txt": "rain\ndrops that fall\nsnow\nflakes that fall\n"})
    done = run("convert", "plain.txt", "--from", "studyset")
    assert (done.exit_code, done.stdout.count("line=")) == (0, 2)


def test_the_notes_stay_the_same_notes(folder: Path) -> None:
    write(folder, {"p/content/clouds.txt": PAGE, "p/ankigen.toml": 'name = "sky"\n'})
    assert run("build", "p", "--now", NOW).exit_code == 0
    before = guids(folder / "p")
    assert run("convert", "p/content/clouds.txt", "-o", "p/content/sky.md").exit_code == 0
    (folder / "p/content/clouds.txt").unlink()
    assert run("build", "p", "--now", NOW).exit_code == 0
    assert len(before) == 5
    assert guids(folder / "p") == before
    assert "origin: content/clouds.txt\n" in (folder / "p/content/sky.md").read_text(encoding="utf-8")


def guids(project: Path) -> dict[str, str]:
    records = json.loads(run("parse", project, "--format", "json").stdout)["records"]
    return {record["term"]: record["guid"] for record in records}


def test_what_is_wrong_with_the_paste_is_reported(folder: Path) -> None:
    write(folder, {"odd.txt": PAGE.replace("1/4", "1/30")})
    done = run("convert", "odd.txt", "-o", "odd.md")
    assert "card-count-mismatch" in done.stderr
    assert done.exit_code == 0
