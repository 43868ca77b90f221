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
    *("|", "a | b", "|---|---|", "---|---", "| \\| |", "<div>", "</div>", "<!--", "-->", "<b>", "[x]: y", "[^1]: "),
    *("[x]", "[!note]", "!!! note", "??? a", "::: note", ":::", "a", "b c", "word", '"t"', "'t", "\\", "!", "?"),
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


@pytest.mark.parametrize("change", ["enable", "disable"])
def test_a_rule_that_is_turned_off_or_added_later(change: str) -> None:
    """Rules may change after the first text: a name that nothing is known of is asked of every line."""
    md = new_parser()
    md.parse("a")
    if change == "disable":
        md.disable("table")
        assert md.parse("| a |\n|---|")[0].type == "paragraph_open"
        return
    md.block.ruler.before(
        "paragraph", "odd", lambda state, line, _end, silent: silent and "odd" in state.src[:99], {"alt": ["paragraph"]}
    )
    assert [token.content for token in md.parse("odd\nb") if token.type == "inline"] == ["odd", "b"]
