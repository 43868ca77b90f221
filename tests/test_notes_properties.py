"""What holds for every text that the notes reader is given."""

from collections.abc import Callable, Iterator
from itertools import pairwise
from typing import Any

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from ankigen.diagnostics import Severity
from ankigen.readers.frontmatter import read_front_matter
from ankigen.readers.markdown import read_markdown
from ankigen.readers.markdown.syntax import HASHTAG, parser
from ankigen.readers.settings import Settings
from ankigen.readers.studyset.recognise import looks_like_paste
from ankigen.records import Document
from ankigen.source import Source, Span
from counting import calls
from specification import specification


def test_every_example_of_the_commonmark_specification_survives(pytestconfig: pytest.Config) -> None:
    examples = specification(pytestconfig)
    assert len(examples) > 600
    for example in examples:
        assert not looks_like_paste(Source("example", example), 0)
        check(example)
        check(f"# Term\n\n{example}")
        check("- **Term**: text\n\n" + "".join(f"  {line}\n" for line in example.split("\n")))


@given(st.text(st.characters(exclude_categories=()) | st.sampled_from("\t\n\r #*-:`>|${}[]()<!&\\"), max_size=200))
@settings(max_examples=400, deadline=None)
def test_any_text_survives(text: str) -> None:
    check(text)


SETTINGS = st.tuples(st.text("aB-_9", min_size=1, max_size=4), st.text("aZ9 :/_.-#'", max_size=8))


@given(st.lists(SETTINGS, min_size=1, max_size=4))
@settings(max_examples=400, deadline=None)
def test_front_matter_says_what_yaml_makes_of_it(lines: list[tuple[str, str]]) -> None:
    """Also where it is so plain that it is read without."""
    text = "\n".join(f"{name}: {value}" for name, value in lines)
    try:
        values = yaml.load(text, Loader=yaml.BaseLoader)  # noqa: S506 - it makes strings only
    except yaml.YAMLError:
        return
    front = read_front_matter(Source("note.md", f"---\n{text}\n---\n"), Settings())
    if front.end_line == len(lines) + 2 and isinstance(values, dict):
        assert front.values == {name.casefold(): value for name, value in values.items()}


FRAGMENTS = (
    *("\n", "\n\n", "\n  ", "\n    ", "\n\n  ", "\t", "  \n", "\\\n", " "),
    *("# ", "\n## ", "\n### Heading\n", "\n===\n", "\n---\n", "\n***\n", "+++\n", "---\ndeck: x\n"),
    *("- ", "\n- ", "\n  - ", "\n* ", "\n1. ", "\n2) ", "> ", "\n> ", ">>", ": ", "\n: ", "\n~ ", "\n-\n"),
    *("**Term**", "**", "__", "*", "~~", "**Term**: ", "**Term:** ", " - ", " – ", " :: ", " ::: ", "::"),
    *("Q: ", "A: ", "\nQ: ", "\nA: ", "**Q:** ", "\n**A**: "),
    *("| Term | Definition |\n|---|---|\n", "\n| a | b |", "|", "\\|", "\n|---|---|\n"),
    *("{{c1::", "{{c2::x}}", "}}", "{#key}", " {.tag kind=typed}", " {kind=odd}", "{", "}"),
    *("`", "``", "\n```\n", "\n~~~python\n", "$", "$$", "\n$$\n"),
    *("<b>", "</b>", "<script>", "</script>", "<!-- ", " -->", "\n<div>\n", "<http://x.example>", "<"),
    *("[x]", "[x](y \"z\")", "![x](y.png)", "\n[x]: y\n", "\n[^1]: y\n"),
    *("==", "=", "~", "^", "^[", "[^1]", "[^1]: ", "\n[^2]: x\n\n    y\n", "[[", "]]"),
    *("![[a.png|3]]", "|3", "\\(", "\\)", "\\[", "\\]"),
    *("> [!note]- x\n", "\n> [!tip]\n", "\n!!! note\n    ", "\n??? a \"b\"\n    ", "\n:::{note}\n", "\n:::\n"),
    *("- [ ] ", "\n- [x] "),
    *("\\begin{align}\n", "\n\\end{align}\n", "https://x.example/"),
    *("://", "http", "![x|3](y.mp3)", "{width=3}", "[sound:x.mp3]"),
    *("word", "two words", "塩", "é", "3 things", "&amp;", "\u00a0", "\0", "\ud800"),
)  # fmt: skip


@given(st.lists(st.sampled_from(FRAGMENTS), max_size=40).map("".join))
@settings(max_examples=800, deadline=None)
def test_any_mix_of_marks_survives(text: str) -> None:
    check(text)


def check(text: str) -> None:
    """Read ``text``, and assert what holds for every document."""
    source = Source("notes.md", text)
    document = read_markdown(source, Settings())
    places = [_lines(source, span) for span in sorted([*document.prose, *(record.span for record in document.records)])]
    assert [record.span for record in document.records] == sorted(record.span for record in document.records)
    for above, below in pairwise(places):
        assert above[-1] < below[0], "no line is in two of records and prose"
    for record in document.records:
        assert _lines(source, record.span) == range(record.line, record.end_line + 1)
        assert record.term
        assert "<script" not in f"{record.term.html} {record.definition.html}".casefold()
    for fault in document.diagnostics:
        assert fault.line in range(1, max(1, source.line_count) + 1)
        assert fault.column in range(1, len(source.line(fault.line)) + 2)
    _check_nothing_is_lost(document, {line for place in places for line in place})


def _check_nothing_is_lost(document: Document, taken: set[int]) -> None:
    """Each line with text is in a record, in prose, part of the note's structure, or in a block with an error."""
    source = document.source
    faulty = {fault.line for fault in document.diagnostics if fault.severity is Severity.ERROR}
    structure = set(_structure(source))
    for stretch in _stretches(source.line_count, taken):
        lost = [line for line in stretch if source.line(line).strip() and line not in structure]
        assert not lost or faulty.intersection(stretch), f"lines {lost} are lost"


def _stretches(count: int, taken: set[int]) -> Iterator[range]:
    """The runs of lines that are not ``taken``."""
    bounds = [0, *sorted(taken), count + 1]
    return (range(above + 1, below) for above, below in pairwise(bounds))


def _structure(source: Source) -> Iterator[int]:
    """The lines of front matter, headings, rules, comments, link targets and the headers of tables."""
    end = read_front_matter(source, Settings()).end_line
    yield from range(1, end + 1)
    env: dict[str, Any] = {}
    for token in parser().parse("\n" * end + source.text[source.offset(end + 1) :], env):
        is_comment = token.type == "html_block" and token.content.lstrip().startswith("<!--")
        is_comment |= token.type == "footnote_reference_open"
        if token.map and (is_comment or token.type in ("heading_open", "hr", "thead_open")):
            yield from range(token.map[0] + 1, token.map[1] + 1 + (token.type == "thead_open"))
        if token.type == "inline" and token.map and any(child.type == HASHTAG for child in token.children or ()):
            lines = range(token.map[0] + 1, token.map[1] + 1)
            yield from (line for line in lines if all(word[0] == "#" for word in source.line(line).split()))
    for target in [*env.get("references", {}).values(), *env.get("duplicate_refs", ())]:
        yield from range(target["map"][0] + 1, target["map"][1] + 1)


def _lines(source: Source, span: Span) -> range:
    assert span.end <= len(source.text)
    return range(source.position(span.start)[0], source.position(span.end)[0] + 1)


HOSTILE: dict[str, Callable[[int], str]] = {
    "braces": lambda n: "{ " * n,
    "attributes": lambda n: "T :: d " + "{#a} " * n,
    "open attributes": lambda n: "T :: d " + '{#a b="' * n,
    "bold": lambda n: "**a " * n,
    "bold and colons": lambda n: "**a: " * n,
    "emphasis": lambda n: "*a **b " * n,
    "lines of records": lambda n: "a :: b\n" * n,
    "separators": lambda n: "a" + " :: b" * n,
    "colons": lambda n: ":" * n,
    "dashes": lambda n: " -" * n,
    "questions": lambda n: "Q: a\n" * n,
    "questions over text": lambda n: "Q: a\n\nb\n\n" * n,
    "answers": lambda n: "A: a\n\n" * n,
    "an answer in many blocks": lambda n: "Q: a\nA: b\n\n" + "c\n\n" * n,
    "labels over lists": lambda n: "**a**:\n- **b**: c\n\n" * n,
    "headings": lambda n: "# a\nb\n" * n,
    "headings, deeper and deeper": lambda n: "# a\n## b\n### c\n#### d\n##### e\n###### f\ng\n" * n,
    "open clozes": lambda n: "{{c1::" * n,
    "clozes": lambda n: "- {{c1::a}}\n" * n,
    "numbered clozes": lambda n: "".join(f"- {{{{c{number}::a}}}}\n" for number in range(1, n)),
    "nested quotes": lambda n: ">" * n + " a",
    "nested lists": lambda n: "".join(" " * 2 * depth + "- a\n" for depth in range(n)),
    "nested lists in a line": lambda n: "- " * n + "a",
    "list items": lambda n: "# a\n" + "- b\n" * n,
    "table rows": lambda n: "| Term | Definition |\n|---|---|\n" + "| a | b |\n" * n,
    "definitions": lambda n: "a\n" + ": b\n" * n,
    "terms": lambda n: "a\n: b\n" * n,
    "fences": lambda n: "```\n" * n,
    "math": lambda n: "$a " * n,
    "comments": lambda n: "<!-- a " * n,
    "link targets": lambda n: "".join(f"[{number}]: x\n" for number in range(n)),
    "a long line": lambda n: "word " * n,
    "highlights": lambda n: "==a " * n,
    "equals": lambda n: "a==" * n,
    "subscripts": lambda n: "~a" * n,
    "superscripts": lambda n: "^a^" * n,
    "open superscripts": lambda n: "^" + "a" * n,
    "footnotes": lambda n: "a :: " + "".join(f"b[^{number}] " for number in range(n)) + "\n\n[^1]: c",
    "open footnotes": lambda n: "[^" * n,
    "footnotes in place": lambda n: "a :: b" + "^[c]" * n,
    "open footnotes in place": lambda n: "^[" * n,
    "footnotes of one name": lambda n: "a :: b[^1]\n[^1]: c\n\n" * n,
    "footnotes in footnotes": lambda n: (
        "".join(f"[^{number}]: a[^{number + 1}]\n" for number in range(n)) + "a :: b[^0]"
    ),
    "footnotes in footnotes, often": lambda n: (
        "".join(f"[^{number}]: a[^{number + 1}]\n" for number in range(n)) + "\n" + "- a :: b[^0]\n" * n
    ),
    "a long footnote, often": lambda n: "[^1]: " + "word *a* " * n + "\n\n" + "a :: b[^1]\n" * n,
    "wiki links": lambda n: "[[a]] " * n,
    "open wiki links": lambda n: "[[a" * n,
    "embeds": lambda n: "![[a.png|300]] " * n,
    "open embeds": lambda n: "![[" * n,
    "addresses": lambda n: "http://a " * n,
    "schemes": lambda n: "http:" * n,
    "a long address": lambda n: "http://" + "a." * n,
    "math in brackets": lambda n: "\\(a " * n,
    "displayed math in brackets": lambda n: "\\[a " * n,
    "formulas without end": lambda n: "$$ a\n\n" * n,
    "environments without end": lambda n: "\\begin{align}\n" * n,
    "money": lambda n: "$5, and " * n,
    "callouts": lambda n: "> [!note] a\n\n" * n,
    "admonitions": lambda n: "!!! note\n    a\n\n" * n,
    "directives": lambda n: ":::{note}\n" * n,
    "directives in pairs": lambda n: ":::{note}\na\n:::\n" * n,
    "tasks": lambda n: "- [ ] a\n" * n,
    "sizes": lambda n: "![" + "|3" * n + "](a.png)",
    "front matter": lambda n: "---\n" + "a: b\n" * n,
    "sounds": lambda n: "[sound:a.mp3] " * n,
    "open sounds": lambda n: "[sound:" * n,
    "conflicts in a table": lambda n: (
        "| a | b |\n|---|---|\n| c | d |\n<<<<<<< a\n" + "=======\n" * n + ">>>>>>> b\n| e | f |"
    ),
    "attributes of nothing": lambda n: "a {#b}\n" * n,
    "gaps and dashes": lambda n: "- {{c1::a}} " + "b. - " * n,
    "bold and dashes": lambda n: "- **a**: b" + " - **c** d" * n,
    "definitions of many parts": lambda n: "a\n: b\n\n" + "  c\n\n" * n,
}


@pytest.mark.parametrize("shape", HOSTILE)
def test_the_work_grows_with_the_text(shape: str) -> None:
    """Four times the text takes about four times the calls: counted, for a clock would not always tell the same."""
    small, large = (HOSTILE[shape](size) for size in (200, 800))
    _calls(HOSTILE[shape](100))  # what is done once for the process; a text that was read before can be remembered
    assert _calls(large) / len(large) < 1.25 * _calls(small) / len(small)


def _calls(text: str) -> int:
    return calls(lambda: read_markdown(Source("notes.md", text), Settings()))
