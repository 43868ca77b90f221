"""Clozes through the real Anki: what is revealed is what was written, and what is hidden is just that."""

import re
from collections.abc import Iterator
from dataclasses import replace
from html import unescape

import pytest
from anki.collection import Collection
from anki.models import NotetypeId
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from anki_oracle import CLOZE, add_note_type, collection
from ankigen.anki.cloze import Cloze, parse_clozes
from ankigen.diagnostics import Rule
from ankigen.library import markdown
from ankigen.readers.dialects.osr import read_osr
from ankigen.readers.markdown import read_markdown
from ankigen.readers.settings import ClozeMark, Settings
from ankigen.records import Document, Kind
from ankigen.source import Source
from counting import calls

PIECES = [
    "a", "word", " ", "}", "{", "}}", "{{", "::", ":", ":::", "<", "&", "&amp;", "&#125;", "&#58;&#58;", "\\\\", "\\}",
    "\\{", "\\:", "std::vector", "`}}`", "`a::b`", "`{{c9::x}}`", "`<b>`", "$x^{2}$", "$x^{a_{b}}$", r"$\{a\}$",
    r"$f::A$",    "**b**", "*i::j*", "**{y}**", "[l](http://[::1]/)", "é", "}}}", "{{x}}", "c1:",
    "<br>", "<b title=\"a::b}}\">", "</b>",
    r"\(y_{3}\)", "H~2~O", "[[P::q}]]", "![k::l](m.png)",
]  # fmt: skip
"""What an author may write in a cloze and around it."""

SETTINGS = Settings(clozes=(ClozeMark.HIGHLIGHT,))
OPAQUE = re.compile(r"`[^`]*`|\$[^$]*\$|\\.")
COLONS = re.compile(r"(?<!:)::(?!:)")
CLOZE_SPAN = re.compile(r'<span class="cloze(?:-inactive)?"[^>]*>')


@pytest.fixture(scope="module")
def anki(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Collection, NotetypeId]]:
    with collection(tmp_path_factory.mktemp("anki")) as col:
        yield col, add_note_type(col, CLOZE)


def read(text: str, **changes: object) -> Document:
    return read_markdown(Source("notes.md", text), replace(SETTINGS, **changes))  # type: ignore[arg-type]


def cards(anki: tuple[Collection, NotetypeId], html: str) -> dict[int, tuple[str, str]]:
    """Front and back of each card of a field, by cloze number."""
    col, note_type = anki
    schema = col.models.get(note_type)
    assert schema is not None
    note = col.new_note(schema)
    note.fields = [html]
    col.add_note(note, col.decks.id_for_name("Default") or 0)  # type: ignore[arg-type]
    shown = {}
    for card in note.cards():
        output = card.render_output(reload=True)
        shown[card.ord + 1] = (output.question_text, output.answer_text)
    return shown


def seen(html: str) -> str:
    """What a reader sees, and how it is marked up; entities and a space between braces of TeX do not count."""
    html = re.sub(r"<style>.*?</style>|<!--.*?-->", "", html, flags=re.DOTALL)
    return (
        unescape(CLOZE_SPAN.sub("", html))
        .replace("} }", "}}")
        .replace("} }", "}}")
        .replace("</span>", "")
        .replace(r"} \)", r"}\)")
        .strip()
    )


def back(anki: tuple[Collection, NotetypeId], html: str, number: int = 1) -> str:
    return seen(cards(anki, html)[number][1])


def front(anki: tuple[Collection, NotetypeId], html: str, number: int = 1) -> str:
    return seen(cards(anki, html)[number][0])


def pairs_up(pieces: list[str]) -> bool:
    """Whether the braces in plain text belong together: of others, the first two end a cloze, as in Anki."""
    depth = 0
    for sign in "".join(piece for piece in pieces if not set(piece) - set("{}x")):
        depth += (sign == "{") - (sign == "}")
        if depth < 0:
            return False
    return depth == 0


texts = st.lists(st.sampled_from(PIECES), max_size=6).filter(pairs_up).map("".join)


def one_record(text: str) -> str | None:
    """The HTML of ``text`` when it is one cloze without a fault; an author is told of everything else."""
    document = read(text)
    if len(document.records) != 1 or document.diagnostics or document.records[0].kind is not Kind.CLOZE:
        return None
    return document.records[0].term.html


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(texts, texts, texts, texts)
def test_anki_shows_what_was_written(
    anki: tuple[Collection, NotetypeId], before: str, first: str, between: str, second: str
) -> None:
    """With marks that Markdown does not read in place of the clozes' own, the same text must be shown."""
    html = one_record(f"x {before} {{{{c1::A {first}}}}} {between} {{{{c2::A {second}}}}} y")
    if html is None:
        return
    plain = markdown(f"x {before} ⟦A {first}⟧ {between} ⟪A {second}⟫ y").html
    written = seen(plain)
    if not re.fullmatch(r"[^⟦⟧⟪⟫]*(?:[⟦⟧⟪⟫][^⟦⟧⟪⟫]*){4}", written):
        return
    assert set(shown := cards(anki, html)) == {1, 2}
    clozes = [node for node in parse_clozes(html) if isinstance(node, Cloze)]
    for cloze, text in zip(clozes, (first, second), strict=True):
        assert cloze.hint is None or COLONS.search(OPAQUE.sub("x", text))
    if any(cloze.hint is not None for cloze in clozes):
        return  # the next test is about hints
    assert seen(shown[1][1]) == seen(shown[2][1]) == re.sub("[⟦⟧⟪⟫]", "", written)
    hidden = re.sub("[⟪⟫]", "", re.sub("⟦.*⟧", "[...]", written, flags=re.DOTALL))
    assert seen(shown[1][0]) == hidden
    hidden = re.sub("[⟦⟧]", "", re.sub("⟪.*⟫", "[...]", written, flags=re.DOTALL))
    assert seen(shown[2][0]) == hidden


SHOWN = {  # how it is written; front and back of the card of each number
    "a hint": ("{{c1::Oslo::a city}} is cold", {1: ("[a city] is cold", "Oslo is cold")}),
    "the last two colons": ("{{c1::std::vector::a class}}", {1: ("[a class]", "std::vector")}),
    "colons in code": ("{{c1::`std::vector`}}", {1: ("[...]", "<code>std::vector</code>")}),
    "colons escaped": (r"{{c1::std\::vector}}", {1: ("[...]", "std::vector")}),
    "braces": ("{{c1::x^{2}}} y", {1: ("[...] y", "x^{2} y")}),
    "in math": ("$a + {{c1::x^{2}}}$", {1: (r"\(a + [...]\)", r"\(a + x^{2}\)")}),
    "around math": ("{{c1::$x^{a_{b}}$}} y", {1: ("[...] y", r"\(x^{a_{b}}\) y")}),
    "nested": (
        "{{c1::a {{c2::b}}}} c",
        {1: ("[...] c", "a b c"), 2: ("a [...] c", "a b c")},
    ),
    "two of one number": ("{{c1::a}} {{c1::b}}", {1: ("[...] [...]", "a b")}),
    "several numbers": ("{{c1,2::a}} {{c2::b}}", {1: ("[...] b", "a b"), 2: ("[...] [...]", "a b")}),
    "code that is no cloze": (
        "{{c1::a}} `{{c2::b}}`",
        {1: ("[...] <code>{{c2::b}}</code>", "a <code>{{c2::b}}</code>")},
    ),
    "highlights": ("==a::b== in ==c==", {1: ("[...] in c", "a::b in c"), 2: ("a::b in [...]", "a::b in c")}),
}


@pytest.mark.parametrize("case", SHOWN.values(), ids=SHOWN)
def test_what_is_hidden(anki: tuple[Collection, NotetypeId], case: tuple[str, dict[int, tuple[str, str]]]) -> None:
    written, expected = case
    html = one_record(written)
    assert html is not None
    assert {number: (seen(one), seen(other)) for number, (one, other) in cards(anki, html).items()} == expected


def test_html_that_is_let_through_holds_no_clozes() -> None:
    document = read("{{c1::a `}}`}} <b title='{{c2::x}}' onclick='y'>b</b>\n", unsafe_html=True)
    html = document.records[0].term.html
    assert html == "{{c1::a <code>&#125;}</code>}} <b title='&#123;{c2::x}}' onclick='y'>b</b>"


def test_a_broken_cloze_of_another_program_is_named() -> None:
    document = read_osr(Source("notes.md", "==ice==\n\n==one **two== three** and\n==four==\n"), Settings())
    assert [record.term.html for record in document.records] == [
        "{{c1::ice}}",
        "&#123;{c1::one <strong>two}} three</strong> and\n{{c2::four}}",
    ]
    assert [(fault.rule, fault.line) for fault in document.diagnostics] == [(Rule.BROKEN_CLOZE, 3)]


def test_anki_asks_for_no_number_above_500(anki: tuple[Collection, NotetypeId]) -> None:
    shown = cards(anki, "{{c499::a}} {{c501::b}} {{c502::c}}")
    assert front(anki, "{{c499::a}} {{c501::b}}", 499) == "[...] b"
    assert set(shown) == {499, 500}
    assert "[...]" not in shown[500][0]


def test_clozes_in_code_that_is_coloured(anki: tuple[Collection, NotetypeId]) -> None:
    code = "```python\ndef {{c1::area}}(r): return {{c2::{}}}\n```\n"
    assert not read(code).records
    wanted = [code.replace("python", info) for info in ("python {.cloze}", "{.python .cloze}")]
    for document in (read(code, clozes=(ClozeMark.CODE,)), *map(read, wanted)):
        shown = cards(anki, document.records[0].term.html)
        words = {
            number: tuple(re.sub("<[^<>]*>", "", seen(side)).strip() for side in sides)
            for number, sides in shown.items()
        }
        assert words == {
            1: ("def [...](r): return {}", "def area(r): return {}"),
            2: ("def area(r): return [...]", "def area(r): return {}"),
        }


@pytest.mark.parametrize(
    "text", ["{{c1::", "==a", "{{c1::{", "}}", "{{c1::a}}", "$ {{c1::{ $ ", "`}}`{{c1::", "<b>{{c1::a"]
)
def test_hostile_text_is_read_in_linear_time(text: str) -> None:
    def work(length: int) -> int:
        return calls(lambda: read(text * length))

    assert work(2000) < 3 * work(1000)
