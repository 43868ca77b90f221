"""The quick inline pass gives the tokens of markdown-it's own."""

from collections.abc import Callable
from functools import partial
from itertools import chain
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from markdown_it import MarkdownIt
from markdown_it.rules_inline import StateInline
from markdown_it.token import Token

from ankigen.readers.markdown.syntax import new_parser, parser
from counting import calls
from notes_fixtures import DIALECTS, NOTES, cases
from specification import specification
from test_notes_properties import FRAGMENTS, HOSTILE

PLAIN = new_parser(is_quick=False)
MARKS = (
    *("*", "**", "***", "_", "__", "~", "~~", "~~~", "=", "==", "===", "`", "``", "^", "$", "$$", "\\", "\\*", "\\\\"),
    *("[", "]", "(", ")", "![", "](x)", "[x]", "[[", "]]", "<", ">", "<b>", "</b>", "&", "&amp;", "!", "#", "#a"),
    *(":", "::", ":::", " - ", "-", "–", "—", "+", "@", "%", "{", "}", "{{c1::", "}}", "{#k}", "|", "://", "http"),
    *("\n", " \n", "  \n", "   ", " ", "\t", "\\\n", "a", "b c", "é", "塩", "\u00a0", "\u3000", "。", "“", "1", "\0"),
)


def assert_same(text: str) -> None:
    """Both ways read the same tokens, and leave the same behind."""
    _assert_same(lambda md, env: md.parse(text, env))


def assert_line_same(text: str) -> None:
    """The same where the text is no block of any kind."""
    _assert_same(lambda md, env: md.parseInline(text, env))


def _assert_same(read: Callable[[MarkdownIt, dict[str, Any]], list[Token]]) -> None:
    seen = []
    for md in (PLAIN, parser()):
        env: dict[str, Any] = {"references": {"X": {"href": "y", "title": ""}}}
        seen.append((read(md, env), env))
    assert seen[0] == seen[1]


def test_every_example_of_the_commonmark_specification(pytestconfig: pytest.Config) -> None:
    for example in specification(pytestconfig):
        assert_same(example)


@pytest.mark.parametrize("folder", [NOTES, DIALECTS], ids=lambda folder: str(folder.name))
def test_every_fixture(folder: Path) -> None:
    for case in cases(folder):
        assert_same(case.notes)


@pytest.mark.parametrize("shape", HOSTILE)
def test_every_hostile_shape(shape: str) -> None:
    assert_same(HOSTILE[shape](40))


@given(st.lists(st.sampled_from(MARKS), max_size=30).map("".join))
@settings(max_examples=2000, deadline=None)
def test_any_mix_of_inline_marks(text: str) -> None:
    assert_line_same(text)


@given(st.lists(st.sampled_from([mark for mark in MARKS if mark[0] in "*_~=a b`\n["]), max_size=24).map("".join))
@settings(max_examples=1000, deadline=None)
def test_any_mix_of_emphasis(text: str) -> None:
    assert_line_same(text)


@given(st.lists(st.sampled_from(FRAGMENTS), max_size=40).map("".join))
@settings(max_examples=300, deadline=None)
def test_any_mix_of_marks(text: str) -> None:
    assert_same(text)


def test_emphasis_beside_any_character() -> None:
    for sign in map(chr, chain(range(1, 0x500), range(0x2000, 0x2100), range(0x3000, 0x3040), range(0xFF00, 0xFFF0))):
        assert_line_same(f"*a*{sign}__b__{sign}**{sign}c{sign}** *d{sign}e* _{sign}_")


def test_it_nests_as_deep() -> None:
    depth = parser().options["maxNesting"] + 3
    for opening, closing in (("[", "](x)"), ("![", "](x)"), ("^a~", "~b^"), ("*a **", "** b*")):
        assert_line_same(opening * depth + "c" + closing * depth)


def test_a_formula_that_ends_outside_of_what_it_begins_in() -> None:
    assert_line_same(r"~\*$$~ ]$")


def test_text_without_marks_is_one_token() -> None:
    """No rule is run over it, however long it is."""
    text = "Words, (in brackets) and 'quotes'; 50 % more? "
    assert calls(lambda: parser().parseInline(text)) == calls(lambda: parser().parseInline(text * 100))


def test_a_rule_of_which_nobody_said_how_it_begins_is_refused() -> None:
    def rule(state: StateInline, silent: bool) -> bool:
        return False

    md = new_parser()
    md.inline.ruler.push("at signs", rule)
    with pytest.raises(ValueError, match="at signs"):
        md.parse("a")


def test_a_rule_that_is_changed_later_is_asked() -> None:
    """No pattern stands for it then: so the mask of a dialect learns where code stands."""
    md = new_parser()
    rule = next(rule.fn for rule in md.inline.ruler.__rules__ if rule.name == "backticks")
    asked: list[int] = []

    def noting(state: StateInline, silent: bool) -> bool:
        asked.append(state.pos)
        return rule(state, silent)

    md.parseInline("a `b`")
    md.inline.ruler.at("backticks", noting)
    assert md.parseInline("a `b`") == PLAIN.parseInline("a `b`")
    assert asked == [2]


def test_what_tokens_share_cannot_be_changed() -> None:
    for token in parser().parseInline("*a*")[0].children or ():
        with pytest.raises(TypeError):
            token.meta["key"] = "value"
        with pytest.raises(TypeError):
            token.attrSet("class", "x")


ENDLESS = (
    "*a",
    "**a** ",
    "*a **",
    "`a",
    "`a` ",
    "_a",
    "a_",
    "[",
    "![",
    "\\*",
    "a\n",
    "<a",
    "&",
    "-",
    "*a* ",
    "a: ",
    "~~a",
)


@pytest.mark.parametrize("mark", ENDLESS)
def test_the_work_grows_with_the_text(mark: str) -> None:
    small, large = (partial(parser().parseInline, mark * size) for size in (300, 1200))
    small()  # what is done once for the process
    assert calls(large) < 4.4 * calls(small)
