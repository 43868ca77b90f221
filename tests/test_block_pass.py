"""The block pass gives the tokens of markdown-it's own with the same rules, which asks each rule of each line."""

from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ankigen.readers.markdown.syntax import new_parser, parser
from specification import specification
from test_notes_properties import FRAGMENTS, HOSTILE

FIXTURES = Path(__file__).parent / "fixtures"
FRAMES = {  # around the lines of an example
    "nothing": ("", "", ""),
    "a quote": ("> ", "> ", ""),
    "the first line of a quote": ("> ", "", ""),
    "an item": ("- ", "  ", ""),
    "the first line of an item": ("1. ", "", ""),
    "an item in a quote": ("> - ", ">   ", ""),
    "a definition": ("term\n: ", "  ", ""),
    "a footnote": ("[^1]: ", "    ", ""),
    "an admonition": ("!!! note\n    ", "    ", ""),
    "a directive": (":::{note}\n", "", "\n:::"),
    "text": ("text\n", "", "\ntext"),
}
MARKS = (
    *("\n", "\n", "\n\n", " ", "  ", "    ", "\t", "- ", "* ", "+ ", "1. ", "2) ", "10. ", "-", "- [ ] ", "- [x] "),
    *("> ", ">", "# ", "## ", "##x", "---", "===", "-", "=", "***", "___", "- - -", "--- ", "# a #", "# a #b"),
    *(": ", "~ ", ":", "~", "```", "~~~", "```py", "$$", "\\[", "\\]", "\\begin{align}", "\\end{align}"),
    *("|", "a | b", "|---|---|", "---|---", "| \\| |", "\n| a | b |\n|---|:-:|\n", "\n| c", "\\\\|", "\n|:--|"),
    *("<div>", "</div>", "<!--", "-->", "<b>", "[x]: y", "[^1]: "),
    *("[x]", "[!note]", "!!! note", "??? a", "::: note", ":::", "a", "b c", "word", '"t"', "'t", "\\", "!", "?"),
    *("\n- a", "\n- b c", "\n  - d", "\n * e", "\n1. f", "\n2. g", "\n    - h", "\n> - i", "\n-\tj", "\n-  k"),
    *("\u3000", "\x1f", "\x0b", "\u2028", "é", "`"),
)  # fmt: skip


PLAIN = new_parser(is_quick=False)


def check(text: str) -> None:
    found: dict[str, Any] = {}
    expected: dict[str, Any] = {}
    assert parser().parse(text, found) == PLAIN.parse(text, expected)
    for name in ("references", "duplicate_refs", "footnotes"):
        assert found.get(name) == expected.get(name)


@pytest.mark.parametrize("frame", FRAMES)
def test_the_examples_of_commonmark(frame: str, pytestconfig: pytest.Config) -> None:
    first, others, end = FRAMES[frame]
    for example in specification(pytestconfig):
        check(first + example.replace("\n", f"\n{others}") + end)


@pytest.mark.parametrize("path", [path for path in sorted(FIXTURES.rglob("*")) if path.is_file()], ids=lambda p: p.name)
def test_fixtures(path: Path) -> None:
    check(path.read_text("utf-8"))


@pytest.mark.parametrize("shape", HOSTILE)
def test_hostile_shapes(shape: str) -> None:
    check(HOSTILE[shape](120))


@given(st.lists(st.sampled_from(MARKS), max_size=30).map("".join))
@settings(max_examples=800, deadline=None)
def test_any_mix_of_block_marks(text: str) -> None:
    check(text)


@given(st.lists(st.sampled_from(FRAGMENTS), max_size=40).map("".join))
@settings(max_examples=400, deadline=None)
def test_any_mix_of_marks(text: str) -> None:
    check(text)


def test_a_rule_that_is_turned_off_later() -> None:
    md = new_parser()
    assert md.parse("| a |\n|---|")[0].type == "table_open"
    md.disable("table")
    assert md.parse("| a |\n|---|")[0].type == "paragraph_open"


def test_a_rule_of_which_nothing_is_known() -> None:
    """It would be asked of no line: so its plugin cannot be added without a word on how its blocks begin."""
    md = new_parser()
    md.block.ruler.before("paragraph", "odd", lambda *_: False, {"alt": ["paragraph"]})
    with pytest.raises(KeyError, match="odd"):
        md.parse("a")
