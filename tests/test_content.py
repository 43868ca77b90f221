"""The sample notes in `content/`: read without a fault, in every form and kind, and taken by the real Anki."""

import re
import shutil
from pathlib import Path

import pytest

from ankigen.anki.verify import verify_package
from ankigen.build import Reading, build_project, check_project, read_project
from ankigen.diagnostics import Rule
from ankigen.project import Project, find_project
from ankigen.records import Kind, Record

CONTENT = Path(__file__).parents[1] / "content"

WRITTEN = {
    "heading": r"#{2,} \w.*\n\n\w",
    "counted heading over an ordered list": r"#{2,} (?:\d|Three) .*\n\n1\. ",
    "counted heading over an unordered list": r"#{2,} \d .*\n\n- ",
    "definition list": r"\w.*\n: ",
    "several definitions": r"\w.*\n: .*\n: ",
    "bold term and colon": r"\*\*[^*]+\*\*: ",
    "bold term and dash": r"\*\*[^*]+\*\* - ",
    "bold term in a list": r"- \*\*[^*]+\*\*: ",
    "bold term in a list, with a list below": r"- \*\*[^*]+\*\*: .*\n  - ",
    "one way": r"[^|\n]+ :: ",
    "both ways": r"[^|\n]+ ::: ",
    "separator in code": r"`[^`]+::[^`]+` :: ",
    "question and answer": r"Q: .*\nA: ",
    "row of a table": r"\|.*\|\n?$",
    "cloze": r"\w.*\{\{c1::",
    "cloze with a hint": r"[^{]*\{\{c1::[^{}]+::[^{}]+\}\}",
    "cloze in a list": r"- .*\{\{c1::.*\}\}.*\n?$",
    "clozes of a list as one note": r"- .*\{\{c1::.*\n- .*\{\{c3::",
    "key": r"[^\n]+ \{#\w",
    "tag": r"[^\n]+ \{[^}]*\.\w",
    "kind": r"[^\n]+ \{[^}]*kind=\w",
    "hint": r"[^\n]+ \{[^}]*hint=",
}
"""How records are written: what the lines of at least one begin with."""

SHOWN = {
    "several paragraphs": r"</p>\n<p>",
    "ordered list": "<ol>",
    "nested list": r"<li>[^<]*(?:<[^ou/]\w*>[^<]*</\w+>[^<]*)*<[ou]l>",
    "table": "<table>",
    "code in colour": r'<pre class="highlight"><code class="language-python"><span',
    "quote": "<blockquote>",
    "picture": r'<img src="pictures/',
    "inline math": r"\\\(",
    "display math": r"\\\[",
    "callout": r'<details class="callout ',
    "admonition": r'<div class="callout ',
    "footnote": r'<sup class="footnote">1<(?s:.*)<section class="footnotes">',
    "highlight": "<mark>",
    "subscript": "<sub>",
    "superscript": "<sup>",
    "strikethrough": "<s>",
    "task": '<span class="task">',
    "wiki link": '<span class="wiki-link">',
    "picture of a size": r'<img src="[^"]*" alt="[^"]*" width="',
    "title of code": '<p class="code-title">',
    "right-to-left text": "[\u0627-\u064a]",
}
"""What is on at least one card."""


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Project:
    root = tmp_path_factory.mktemp("project")
    shutil.copytree(CONTENT, root / "content")
    return find_project([root])


@pytest.fixture(scope="module")
def reading(project: Project) -> Reading:
    return check_project(project, read_project(project))


@pytest.fixture(scope="module")
def notes(reading: Reading) -> list[tuple[Record, str]]:
    """The records of the Markdown notes, each with the lines it was read from."""
    return [
        (record, document.source.text[record.span.start : record.span.end])
        for document in reading.documents
        if document.reader == "notes"
        for record in document.records
    ]


def test_nothing_is_wrong_with_them(reading: Reading) -> None:
    faults = {(fault.rule, fault.path.rpartition("/")[2]) for fault in reading.diagnostics}
    assert faults <= {(Rule.UNSURE_RECORD, "sales-strategy.md")}  # nothing in a paste says where its cards begin
    assert all(document.records for document in reading.documents)


@pytest.mark.parametrize("form", WRITTEN)
def test_they_show_every_form(form: str, notes: list[tuple[Record, str]]) -> None:
    assert any(re.match(WRITTEN[form], text) for _, text in notes)


@pytest.mark.parametrize("part", SHOWN)
def test_they_show_what_a_card_may_hold(part: str, notes: list[tuple[Record, str]]) -> None:
    assert any(re.search(SHOWN[part], record.term.html + record.definition.html) for record, _ in notes)


def test_they_show_every_kind_and_place(notes: list[tuple[Record, str]]) -> None:
    assert {record.kind for record, _ in notes} == set(Kind)
    assert any("::" in record.deck for record, _ in notes)
    assert any("::" in tag for record, _ in notes for tag in record.tags)


def test_anki_takes_their_packages(project: Project, reading: Reading) -> None:
    built = build_project(project, reading, now=1_700_000_000)
    assert sum(package.notes for package in built) == len(reading.records)
    for package in built:
        assert verify_package(package.path).problems == ()
