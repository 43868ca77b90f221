"""Which cards a note makes: ankigen's answer is the real Anki's, over generated note types and notes."""

import json
from dataclasses import replace
from functools import cache
from html import unescape
from pathlib import Path

import pytest
from anki.errors import TemplateError as AnkiTemplateError
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from anki_oracle import (
    BASIC,
    CLOZE,
    add_note_type,
    blank_cards,
    collection,
    import_package,
    made_ordinals,
    ordinals_by_guid,
)
from ankigen.anki.cloze import Cloze, cloze_numbers, parse_clozes
from ankigen.anki.package import write_package
from ankigen.anki.template import (
    Comment,
    Conditional,
    Replacement,
    TemplateError,
    Text,
    card_ordinals,
    check_note_type,
    parse_template,
)
from ankigen.records import CardTemplate, Field, Note, NoteType

NAMES = ("A", "B", "Back Extra", "Über", "Tags")
EXAMPLES, NOTES = 400, 10


def test_a_card_is_made_when_its_front_shows_a_filled_field() -> None:
    def cards(front: str, *fields: str) -> tuple[int, ...]:
        templates = (CardTemplate("Only", 1, front, ""),)
        return card_ordinals(replace(BASIC, templates=templates), fields)

    assert cards("{{Term}}", "word", "") == (0,)
    assert cards("{{Term}}", " <br><div></div>", "x") == ()
    assert cards("{{Term}}", "&nbsp;", "") == (0,)
    assert cards("What? {{hint:Definition}}", "word", "") == ()
    assert cards("{{#Definition}}{{Term}}{{/Definition}}", "word", "") == ()
    assert cards("{{^Definition}}{{Term}}{{/Definition}}", "word", "") == (0,)
    assert cards("<!-- {{Term}} -->", "word", "") == ()
    assert cards("{{Term}}{{#Definition}}", "word", "x") == ()  # does not parse


def test_a_cloze_note_has_a_card_for_each_number() -> None:
    def cards(text: str) -> tuple[int, ...]:
        return card_ordinals(CLOZE, [text])

    assert cards("{{c1::a}} {{c3::b}}") == (0, 2)
    assert cards("{{c1::a {{c2::b}}}}") == (0, 1)
    assert cards("{{c1,2::a}}") == (0, 1)
    assert cards("{{c0::a}} {{c501::b}} {{c502::c}}") == (499,)
    assert cards("{{c1::a {{c2::b}}") == ()  # the outer one is never closed
    assert cards("no cloze") == ()


def test_values_and_fields_must_match() -> None:
    with pytest.raises(ValueError, match="1 values for the 2 fields of 'ankigen Test'"):
        card_ordinals(BASIC, ["only one"])


def test_a_template_is_parsed_into_nodes() -> None:
    assert parse_template("a {{ text:hint:B }}<!-- {{x}} -->{{#A}}{{^B}}c{{/B}}{{/A}}") == (
        Text("a "),
        Replacement("B", ("hint", "text"), 2),
        Comment(" {{x}} "),
        Conditional("A", False, (Conditional("B", True, (Text("c"),), 39),), 33),
    )
    assert parse_template(" {{=<% %>=}}{{A}}<%B%>") == (Text("{{A}}"), Replacement("B", (), 17))
    assert parse_template("{{A") == (Text("{{A"),)


def test_clozes_are_parsed_into_a_tree() -> None:
    assert parse_clozes("a {{c1::b {{c2,3::c::hint}}}} d}}") == (
        "a ",
        Cloze((1,), ("b ", Cloze((2, 3), ("c",), "hint"))),
        " d",
        "}}",
    )


@pytest.mark.parametrize(
    ("front", "offset"),
    [
        ("{{#A}}{{A}}", 0),
        ("{{A}}{{/A}}", 5),
        ("{{#A}} {{^B}}{{A}}{{/A}}{{/B}}", 18),
        ("x{{Nope}}", 1),
        ("{{A}}{{text:hint:Nope}}", 5),
        ("{{A}}{{#Nope}}{{/Nope}}", 5),
        ("{{A}}{{^Nope}}{{/Nope}}", 5),
        ("{{A}}{{#B}}{{Nope}}{{/B}}", 11),
        ("{{A}}{{}}", 5),
        ("{{A}}{{text: A}}", 5),
        ("{{A}}{{#FrontSide}}{{/FrontSide}}", 5),
        ("{{A}}{{a}}", 5),
    ],
)
def test_a_faulty_template_is_reported_in_ankis_words(tmp_path: Path, front: str, offset: int) -> None:
    faulty = NoteType("Faulty", 1, False, (Field("A", 1), Field("B", 2)), (CardTemplate("T", 1, front, ""),), "")
    with pytest.raises(TemplateError) as ours:
        check_note_type(faulty)
    assert ours.value.offset == offset
    with collection(tmp_path) as col:
        schema = col.models.get(add_note_type(col, faulty))
        assert schema is not None
        note = col.new_note(schema)
        with pytest.raises(AnkiTemplateError) as theirs:
            col._backend.render_uncommitted_card_legacy(
                note=note._to_backend_note(),
                card_ord=0,
                template=json.dumps(schema["tmpls"][0]).encode(),
                fill_empty=True,
                partial_render=True,
            )
    said = unescape(str(theirs.value)).replace("\u2068", "").replace("\u2069", "")
    assert str(ours.value).split(": ", 1)[1] in said
    assert str(ours.value).startswith("note type 'Faulty', front of 'T': ")


def test_special_fields_cloze_conditions_and_bare_filters_are_known() -> None:
    front = "{{A}}{{Tags}}{{Deck}}{{CardID}}{{#c1}}{{/c1}}{{tts-voices:}}{{FrontSide}}"
    check_note_type(NoteType("T", 1, False, (Field("A", 1),), (CardTemplate("T", 1, front, front),), ""))


def test_hostile_text_takes_linear_time() -> None:
    many = 50_000
    assert cloze_numbers("{{c1::" * many) == frozenset()
    assert cloze_numbers("{{c1::" * many + "}}" * many) == {1}
    assert cloze_numbers("{{c" + "1" * many + "::a}}" + "{{c1," * many) == frozenset()
    assert len(parse_template("{{" * many + "<!--" * many)) == 1
    assert card_ordinals(BASIC, [" " * many + "x", "<br>" * many]) == (0,)
    deep = replace(BASIC, templates=(CardTemplate("T", 1, "{{#Term}}" * many + "{{Term}}" + "{{/Term}}" * many, ""),))
    assert card_ordinals(deep, ["x", ""]) == (0,)
    check_note_type(deep)


# Of everything below, most is well formed and some is not, as in the templates and notes people write.
ODD_NAMES = ("Deck", "Card", "CardFlag", "FrontSide", "c1", "Nope", "", " A")
spaces = st.sampled_from(("", "", "", " ", "\n", "\xa0"))
filters = st.sampled_from(("", "text:", "type:", "hint:", "cloze:", "furigana:text:", "own:"))
texts = st.sampled_from(("", "What is ", "<br>", "}}", "{{", "{", "<!--", "-->", "<% A %>", "{{=<% %>=}}", "&nbsp;"))


def mostly(common: st.SearchStrategy[str], *rare: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    return st.integers(0, 9).flatmap(lambda roll: common if roll < 8 else st.one_of(rare))


@cache
def fronts(fields: tuple[str, ...]) -> st.SearchStrategy[str]:
    names = mostly(st.sampled_from(fields), st.sampled_from((*fields, *ODD_NAMES)))
    replacements = st.builds("{{{{{1}{0}{2}{1}}}}}".format, filters, spaces, names)

    def sections(inner: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
        marks = st.sampled_from("#^")
        balanced = st.builds("{{{{{0}{1}{2}}}}}{3}{{{{/{2}{1}}}}}".format, marks, spaces, names, inner)
        joined = st.builds("{}{}{}".format, inner, texts, inner)
        commented = st.builds("<!--{}-->".format, inner)
        broken = st.builds("{{{{{}{}}}}}{}".format, st.sampled_from("#^/"), names, inner)
        return mostly(st.one_of(balanced, joined), commented, broken)

    standard = st.recursive(mostly(replacements, texts), sections, max_leaves=6)
    legacy = standard.map(lambda front: "{{=<% %>=}}" + front.replace("{{", "<%").replace("}}", "%>"))
    return mostly(standard, legacy)


BLANK = [
    " ",
    "\n",
    "\t",
    "\v",
    "\r\n",
    "\x00",
    "\x7f",
    "<br>",
    "<BR/>",
    "<br />",
    "<b\x01r>",
    "</br>",
    "</DIV>",
    "<div>",
]
ALMOST_BLANK = ["\x85", "\xa0", "\u2003", "\ufeff", "<br  >", "<dıv>", "<div class=x>", "&nbsp;", "<p></p>", "<!-- -->"]
CLOZE_OPENED = ["c1", "c2", "c1,3", "c0", "c0,4", "c501", "c007", "c65535", "c65536", "c,2", "c1,", "{c5", "c9\x01"]
NOT_OPENED = ["{{c1, 2::", "{{C1::", "{{c+1::", "{{c\u0663::", "{{c::", "{{c,::", "{{c8:", "{{"]
CLOZE_OTHER = ["}}", "}}}", "}", "::", "text", "<b>", "\n", "{{c1::" * 11, "}}" * 12]

blanks = st.lists(st.sampled_from([*BLANK, *ALMOST_BLANK]), max_size=3).map("".join)
openings = st.builds("{{{{{}::".format, st.sampled_from(CLOZE_OPENED))
clozes = st.lists(st.one_of(openings, st.just("}}"), st.sampled_from([*NOT_OPENED, *CLOZE_OTHER])), max_size=8).map(
    "".join
)
values = st.one_of(blanks, st.sampled_from(("text", "", "text", "x")))
tags = st.sampled_from(((), (), ("tag",), (" ",), ("a b", "c"), ("a\x01",)))


@st.composite
def note_types(draw: st.DrawFn, *, is_cloze: bool) -> NoteType:
    fields = tuple(draw(st.permutations(NAMES))[: draw(st.integers(1, 4))])
    count = 1 if is_cloze else draw(st.integers(1, 3))
    templates = [CardTemplate(f"Card {place}", 100 + place, draw(fronts(fields)), "back") for place in range(count)]
    numbered = tuple(Field(name, 200 + place) for place, name in enumerate(fields))
    return NoteType("Generated", 1, is_cloze, numbered, tuple(templates), "")


@st.composite
def examples(draw: st.DrawFn) -> tuple[NoteType, list[tuple[tuple[str, ...], tuple[str, ...]]]]:
    is_cloze = draw(st.sampled_from((False, False, True)))
    note_type = draw(note_types(is_cloze=is_cloze))
    value = mostly(clozes, values) if is_cloze else values
    note = st.tuples(st.tuples(*[value] * len(note_type.fields)), tags)
    return note_type, draw(st.lists(note, min_size=NOTES, max_size=NOTES))


def test_generated_notes_make_the_cards_that_anki_makes(tmp_path: Path) -> None:
    sound: list[Note] = []
    compared: list[int] = []
    (tmp_path / "made").mkdir()
    (tmp_path / "imported").mkdir()

    with collection(tmp_path / "made") as col:

        @settings(
            max_examples=EXAMPLES,
            derandomize=True,
            database=None,
            deadline=None,
            phases=(Phase.generate, Phase.shrink),
            suppress_health_check=list(HealthCheck),
        )
        @given(examples())
        def same_cards(example: tuple[NoteType, list[tuple[tuple[str, ...], tuple[str, ...]]]]) -> None:
            note_type, notes = example
            added = add_note_type(col, note_type)
            made = made_ordinals(col, added, notes)
            col.models.remove(added)  # with its notes, so that Anki's report on empty cards stays quick
            assert [card_ordinals(note_type, *note) for note in notes] == made
            compared.extend(map(len, made))
            try:
                check_note_type(note_type)
            except TemplateError:
                return
            numbered = replace(note_type, id=10**12 + len(compared), name=f"Generated {len(compared)}")
            sound.extend(
                Note(f"{len(compared)} {place}", numbered, fields, "Deck", note_tags)
                for place, (fields, note_tags) in enumerate(notes)
                if made[place]
            )

        same_cards()

    assert len(compared) >= 2_000
    assert sum(map(bool, compared)) > 500
    assert len(sound) > 500
    package = tmp_path / "generated.apkg"
    write_package(package, sound, now=1_700_000_000)
    with collection(tmp_path / "imported") as col:
        assert import_package(col, package) == {"new": len(sound)}
        predicted = {note.guid: card_ordinals(note.note_type, note.fields, note.tags) for note in sound}
        assert ordinals_by_guid(col) == predicted
        assert blank_cards(col) == set()
        cards = col.card_count()
        col.fix_integrity()
        assert col.card_count() == cards
