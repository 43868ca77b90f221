"""Rendered cards: ankigen's HTML is the real Anki's, over generated cards and over every card of the sample notes."""

import re
from collections.abc import Callable, Iterator
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from anki.collection import Collection
from anki.sound import SoundOrVideoTag
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from anki_oracle import BASIC, CLOZE, add_note_type, collection, import_package
from ankigen.anki.clozed import answer_of
from ankigen.anki.plain import decoded, without_tags
from ankigen.anki.render import Rendered, render_card
from ankigen.anki.reviewer import compared, typed_sides
from ankigen.anki.ruby import furigana
from ankigen.anki.sounds import Sound, Speech, extract_sounds
from ankigen.anki.template import TemplateError, check_note_type
from ankigen.build import build_project, check_project, read_project
from ankigen.prepare import note_types_of, prepare
from ankigen.project import find_project
from ankigen.records import CardTemplate, Field, NoteType
from counting import calls

if TYPE_CHECKING:  # at run time, Anki's modules load in no order but their own
    from anki.cards import Card

ROOT = Path(__file__).parents[1]
NAMES = ("A", "B", "Back Extra", "Über")
EXAMPLES, NOTES = 160, 14

Written = tuple[tuple[str, ...], tuple[str, ...]]  # the fields and tags of a note
Drawn = tuple[NoteType, list[Written]]


def with_ids(text: str) -> str:
    """The text with each hint's id by the order in which it comes first: Anki makes the ids in another way."""
    order: dict[str, str] = {}
    return re.sub(r"\bhint[0-9a-f]{16}\b", lambda found: order.setdefault(found[0], f"hint-{len(order)}"), text)


def comparable(card: Rendered) -> Rendered:
    """The card without what may differ: the ids of hints, and the spaces between words that are read out."""
    sounds = [
        tuple(
            Speech("".join(s.text.split()), s.language) if isinstance(s, Speech) else Sound(with_ids(s.file))
            for s in side
        )
        for side in (card.front_sounds, card.back_sounds)
    ]
    return Rendered(with_ids(card.front), with_ids(card.back), *sounds)


def theirs(card: "Card") -> Rendered:
    """The card as the real Anki renders it."""
    out = card.render_output(reload=True)
    sounds = [
        tuple(
            Sound(tag.filename) if isinstance(tag, SoundOrVideoTag) else Speech(tag.field_text, tag.lang)
            for tag in tags
        )
        for tags in (out.question_av_tags, out.answer_av_tags)
    ]
    return comparable(Rendered(out.question_text, out.answer_text, *sounds))


def ours(note_type: NoteType, card: "Card") -> Rendered:
    """The same card as ankigen renders it."""
    note = card.note()
    rendered = render_card(
        note_type, note.fields, card.ord, deck=card.col.decks.name(card.did), tags=note.tags, card_id=card.id
    )
    return comparable(rendered)


# Most of it as people write it, and some of it odd.
filters = st.sampled_from(
    [
        *("", "text:", "hint:", "type:", "type:nc:", "cloze:", "type:cloze:", "furigana:", "kana:", "kanji:", ":"),
        *("own:", "hint:own:text:", "text:cloze:", "hint:furigana:", "text:type:", "cloze-only:", "tts en voices=X,Y:"),
    ]
)
special = st.sampled_from(("Deck", "Subdeck", "Card", "CardFlag", "CardID", "Tags", "Type", "FrontSide", ""))
texts = st.sampled_from(
    ("", "What is ", "<br>", "}}", "{", "<!-- {{A}} -->", "<hr id=answer>", "[sound:x.mp3]", "&nbsp;", "\\(", "\\)")
)
PIECES = [
    *("word", "x y", " ", "\n", "<br>", "<b>bold</b>", "<div>d</div>", "&amp;", "&lt;i&gt;", "&nbsp;", "&bad; ", "é日"),
    *("<style>s</style>", "<SCRIPT>s</script>", "<!-- c -->", "<", ">", "<i", '<img src="a.png">', "&#65;&#x42;&#0;"),
    *("日本[にほん]", " 語[ご]", "a[b", "c]", "[sound:a&amp;b.mp3]", "[sound:", "x[sound:y.mp3][z]", "[", "]", "[[q]"),
    *("\\(x^2\\)", "\\[", "\\]", "\\(a <b>", "[anki:tts lang=en]read <b>me</b>[/anki:tts]", "[anki:tts]x[/anki:tts]"),
    *('[anki:tts lang="a b" speed=2]', "[/anki:tts]", "[[type:A]]", "[anki:play:q:0]", "::", "}}", "\"'\\$1\\1"),
]
CLOZES = [
    *(
        "{{c1::",
        "{{c2::",
        "{{c1,2::",
        "{{c3::",
        "{{c0::",
        "{{c12::",
        "}}",
        "}}",
        "}}",
        "::hint}}",
        "::<b>h</b>}}",
        "::}}",
    ),
    *("{{c1::one}}", "{{c2::two::why}}", "{{c1::\\(y\\)}}", "\\({{c1::z<b>&lt;</b>}}\\)", "{{c1::a {{c2::b}} c}}"),
]
plain_values = st.lists(st.sampled_from(PIECES), max_size=6).map("".join)
cloze_values = st.lists(st.one_of(st.sampled_from(CLOZES), st.sampled_from(PIECES)), max_size=9).map("".join)
tags = st.sampled_from(((), ("tag",), ("a", "b::c")))


@st.composite
def templates(draw: st.DrawFn, fields: tuple[str, ...], first: str) -> str:
    name = st.one_of(st.sampled_from(fields), st.sampled_from(fields), special)
    replacement = st.builds("{{{{{}{}}}}}".format, filters, name).filter(lambda text: text != "{{}}")

    def sections(inner: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
        key = st.sampled_from((*fields, "Tags", "c1", "c2"))
        balanced = st.builds("{{{{{0}{1}}}}}{2}{{{{/{1}}}}}".format, st.sampled_from("#^"), key, inner)
        return st.one_of(balanced, st.builds("{}{}{}".format, inner, texts, inner))

    return first + draw(st.recursive(st.one_of(replacement, texts), sections, max_leaves=8))


@st.composite
def examples(draw: st.DrawFn) -> Drawn:
    is_cloze = draw(st.booleans())
    fields = tuple(draw(st.permutations(NAMES))[: draw(st.integers(1, 3))])
    first = f"{{{{{'cloze:' if is_cloze else ''}{fields[0]}}}}}" if draw(st.integers(0, 5)) else ""
    made = [
        CardTemplate(f"Card {place}", 0, draw(templates(fields, first)), draw(templates(fields, "{{FrontSide}}")))
        for place in range(1 if is_cloze else draw(st.integers(1, 2)))
    ]
    note_type = NoteType("Generated", 1, is_cloze, tuple(Field(name, 0) for name in fields), tuple(made), "")
    values = cloze_values if is_cloze else st.one_of(plain_values, plain_values, cloze_values)
    note = st.tuples(st.tuples(*[values] * len(fields)), tags)
    return note_type, draw(st.lists(note, min_size=NOTES, max_size=NOTES))


def added(
    col: Collection, note_type: NoteType, notes: list[tuple[tuple[str, ...], tuple[str, ...]]]
) -> Iterator["Card"]:
    """The cards Anki makes of notes, blank ones that stand for none too."""
    schema = col.models.get(add_note_type(col, note_type))
    assert schema is not None
    deck = col.decks.id("Above::Below")
    assert deck is not None
    for fields, note_tags in notes:
        note = col.new_note(schema)
        note.fields, note.tags = list(fields), list(note_tags)
        col.add_note(note, deck)
        yield from note.cards()


def test_generated_cards_are_rendered_as_anki_renders_them(tmp_path: Path) -> None:
    compared_cards: list[Rendered] = []
    with collection(tmp_path) as col:

        @settings(
            max_examples=EXAMPLES,
            derandomize=True,
            database=None,
            deadline=None,
            phases=(Phase.generate, Phase.shrink),
            suppress_health_check=list(HealthCheck),
        )
        @given(examples())
        def same_html(example: Drawn) -> None:
            note_type, notes = example
            is_sound = True
            try:
                check_note_type(note_type)
            except TemplateError:
                is_sound = False
            for card in added(col, note_type, notes):
                expected = theirs(card)
                if not is_sound:
                    assert "template has a problem" in expected.front
                    continue
                named = NoteType(
                    card.note_type()["name"],
                    1,
                    *[getattr(note_type, n) for n in ("is_cloze", "fields", "templates", "css")],
                )
                assert ours(named, card) == expected, expected
                compared_cards.append(expected)

        same_html()
    assert len(compared_cards) >= 2_000
    shown = "".join(card.front + card.back for card in compared_cards)
    for part in (
        "cloze-inactive",
        "class=hint",
        "<ruby>",
        "[[type:cloze:",
        "[anki:play:a:0]",
        "data-cloze",
        "is blank",
    ):
        assert shown.count(part) > 50, part


def test_every_card_of_the_sample_notes_is_rendered_as_anki_renders_it(tmp_path: Path) -> None:
    project = find_project([ROOT])
    reading = check_project(project, read_project(project))
    package = tmp_path / "all.apkg"
    build_project(replace(project, lock=None), reading, now=1, output=package)
    assert reading.identities
    assert reading.media
    types = note_types_of(project)
    prepared = prepare(project, reading.documents, types, reading.lock, reading.identities, reading.media, 1)
    notes = {note.guid: note for note in prepared.notes}
    cards = typed = 0
    (tmp_path / "anki").mkdir()
    with collection(tmp_path / "anki") as col:
        import_package(col, package)
        for card_id in col.find_cards(""):
            card = col.get_card(card_id)
            note = notes[card.note().guid]
            rendered = render_card(
                note.note_type, note.fields, card.ord, deck=note.deck, tags=sorted(note.tags), card_id=card_id
            )
            assert comparable(rendered) == theirs(card)
            cards += 1
            if "[[type:" in rendered.front:
                typed += 1
                _, back = typed_sides(rendered.front, rendered.back, note.note_type, note.fields, card.ord)
                assert col.compare_answer(note.fields[1], "") in back
    assert cards >= len(notes) > 50
    assert typed


def test_what_is_to_be_typed_is_shown_as_anki_shows_it(tmp_path: Path) -> None:
    with collection(tmp_path) as col:

        @settings(max_examples=400, derandomize=True, database=None, deadline=None)
        @given(st.one_of(plain_values, cloze_values))
        def same_answer(value: str) -> None:
            value = value.replace("\0", "")
            assert compared(value) == col.compare_answer(value, "")
            assert answer_of(value, 1) == col.extract_cloze_for_typing(value, 1)

        same_answer()


def test_an_answer_is_typed_where_the_front_asks_for_it() -> None:
    note_type = replace(BASIC, templates=(CardTemplate("T", 0, "{{type:Definition}}", "{{FrontSide}}<hr id=answer>"),))
    rendered = render_card(note_type, ["word", "<b>a</b> &lt; b"], 0)
    front, back = typed_sides(rendered.front, rendered.back, note_type, ["word", "<b>a</b> &lt; b"], 0)
    assert "<input type=text id=typeans" in front
    assert back.startswith("<hr id=answer>")
    assert "<code id=typeans>a &lt; b</code>" in back
    assert typed_sides(rendered.front, rendered.back, note_type, ["word", ""], 0)[0] == ""
    cloze = typed_sides("[[type:cloze:Text]]", "[[type:cloze:Text]]", CLOZE, ["{{c1::a}} {{c2::b}}"], 1)
    assert "<code id=typeans>b</code>" in cloze[1]


def test_hostile_fields_take_linear_time() -> None:
    many = 20_000
    hostile = (
        "<",
        "<style>",
        "<!--",
        "&",
        "&amp",
        "[",
        "a[",
        "a[b\n",
        "[sound:",
        "[anki:tts lang=",
        "[anki:tts]",
        "\\(",
    )
    works: list[Callable[[str], object]] = [
        without_tags,
        decoded,
        furigana,
        compared,
        partial(extract_sounds, side="q"),
    ]
    for piece in hostile:
        for work in works:
            few = calls(partial(work, piece * (many // 10)))
            assert calls(partial(work, piece * many)) <= 11 * few + 100, (piece, work)
