"""No history moves to another cloze: an author edits highlights, a learner answers their cards, in the real Anki."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from ankigen.diagnostics import Diagnostic, Rule
from ankigen.lock import write_lock
from commands import run, write
from learner import Learner, build, learner, lock_of, read

CONFIG = 'name = "places"\nclozes = ["highlight"]\n'
FIRST = "The capital of France is ==Paris==, that of Italy is ==Rome==, and that of Norway is ==Oslo==.\n"

# What an author does to the text, and the number that each cloze has then.
EDITS = {
    "nothing": (FIRST, {"Paris": 1, "Rome": 2, "Oslo": 3}),
    "one in front": (f"In ==Europe==: {FIRST}", {"Europe": 4, "Paris": 1, "Rome": 2, "Oslo": 3}),
    "one between": (FIRST.replace("Italy", "==Italy=="), {"Paris": 1, "Italy": 4, "Rome": 2, "Oslo": 3}),
    "one removed": (FIRST.replace("==Paris==", "Paris"), {"Rome": 2, "Oslo": 3}),
    "one removed, one added": (
        FIRST.replace("==Paris==", "Paris").replace("Norway", "==Norway=="),
        {"Rome": 2, "Norway": 4, "Oslo": 3},
    ),
    "reordered": (
        "The capital of Norway is ==Oslo==, that of Italy is ==Rome==, and that of France is ==Paris==.\n",
        {"Oslo": 3, "Rome": 2, "Paris": 1},
    ),
    "edited": (FIRST.replace("Oslo", "Oslo (once Kristiania)"), {"Paris": 1, "Rome": 2, "Oslo (once Kristiania)": 3}),
    "corrected": (FIRST.replace("Rome", "Roma"), {"Paris": 1, "Roma": 2, "Oslo": 3}),
    "given its number": (FIRST.replace("==Rome==", "{{c2::Rome}}"), {"Paris": 1, "Rome": 2, "Oslo": 3}),
}


@pytest.fixture
def anki(tmp_path: Path) -> Iterator[Learner]:
    """A learner who has answered a card for each of three highlights."""
    folder = write(tmp_path / "project", {"ankigen.toml": CONFIG, "content/places.md": FIRST})
    with learner(folder, tmp_path) as one:
        one.update()
        assert one.answer_all() >= 3
        yield one


def rewrite(anki: Learner, text: str) -> None:
    (anki.folder / "content" / "places.md").write_text(text, "utf-8")


def numbers(folder: Path) -> dict[str, int]:
    """The numbers that are in use, by what they hide."""
    [entry] = lock_of(folder).entries
    return {gap.text: gap.number for gap in entry.gaps if gap.number - 1 in entry.cards}


def asked(anki: Learner) -> dict[int, tuple[str, int]]:
    """What each card reveals, and how often it was answered, by cloze number."""
    found = {}
    for card_id in anki.col.find_cards(""):
        card = anki.col.get_card(card_id)
        text = card.render_output(reload=True).answer_text
        hidden = text.partition('<span class="cloze" data-ordinal="')[2].partition(">")[2].partition("</span>")[0]
        found[card.ord + 1] = (hidden, card.reps)
    return found


@pytest.mark.parametrize("name", EDITS)
def test_reviews_stay_with_their_cloze(anki: Learner, name: str) -> None:
    text, expected = EDITS[name]
    before = dict(asked(anki).values())
    rewrite(anki, text)
    anki.update()  # compares every card and every review with what was before
    assert numbers(anki.folder) == expected
    shown = asked(anki)
    for hidden, number in expected.items():
        assert shown[number][0] == hidden
        old = next((old for old in before if old[:3] == hidden[:3]), "")
        assert shown[number][1] == before.get(old, 0)
    anki.update()
    assert numbers(anki.folder) == expected


def test_a_removed_cloze_comes_back_with_its_number(anki: Learner) -> None:
    rewrite(anki, FIRST.replace("==Paris==", "Paris"))
    anki.update()
    rewrite(anki, FIRST.replace("==Paris==", "Paris").replace("Italy", "==Italy=="))
    anki.update()
    assert numbers(anki.folder) == {"Italy": 4, "Rome": 2, "Oslo": 3}
    rewrite(anki, FIRST)
    anki.update()
    assert numbers(anki.folder) == {"Paris": 1, "Rome": 2, "Oslo": 3}


def test_without_a_lock_clozes_are_numbered_in_order(tmp_path: Path) -> None:
    note = tmp_path / "loose.md"
    note.write_text("---\nclozes: highlight\n---\n==b== {{c1::x}} ==a==\n", "utf-8")
    assert run("build", note, "-o", tmp_path / "loose.apkg").exit_code == 0
    first = (tmp_path / "loose.apkg").read_bytes()
    assert b"c" in first
    _, reading = read(note)
    assert reading.records[0].term.html == "{{c2::b}} {{c1::x}} {{c3::a}}"
    assert reading.records[0].unnumbered == (0, 2)


NUMBERED = "The capital of France is {{c1::Paris}}, that of Italy is {{c2::Rome}}.\n"
MOVES = {
    "swapped": (
        "The capital of France is {{c2::Paris}}, that of Italy is {{c1::Rome}}.\n",
        ['card 1 asked "Paris", and would now ask "Rome"', 'card 2 asked "Rome", and would now ask "Paris"'],
    ),
    "shifted": (
        "In {{c1::Europe}}, the capital of France is {{c2::Paris}}, that of Italy is {{c3::Rome}}.\n",
        ['card 1 asked "Paris", and would now ask "Europe"', 'card 2 asked "Rome", and would now ask "Paris"'],
    ),
    "renumbered": (
        "The capital of France is {{c7::Paris}}, that of Italy is {{c2::Rome}}.\n",
        ['"Paris" was card 1, and would now be card 7'],
    ),
    "added behind": (NUMBERED.replace("Italy", "{{c3::Italy}}"), []),
    "edited": (NUMBERED.replace("Rome", "Roma"), []),
    "removed": (NUMBERED.replace("{{c1::Paris}}", "Paris"), []),
    "reordered": ("The capital of Italy is {{c2::Rome}}, that of France is {{c1::Paris}}.\n", []),
}


@pytest.mark.parametrize("name", MOVES)
def test_a_history_that_would_move_is_said(tmp_path: Path, name: str) -> None:
    text, expected = MOVES[name]
    folder = write(tmp_path, {"ankigen.toml": 'name = "places"\n', "content/places.md": NUMBERED})
    build(folder, 1_700_000_000)
    write(folder, {"content/places.md": text})
    said = faults(folder)
    assert sorted(fault.message.partition(":")[0] for fault in said) == sorted(expected)
    for command in ("check", "plan", "build"):
        printed = run(command, folder)
        assert (Rule.MOVED_CLOZE.value in printed.output) is bool(expected)
        if command == "plan":
            assert ("asks another cloze" in printed.stdout) is bool(expected)
    assert faults(folder) == []  # the build has taken it as it is


def faults(folder: Path) -> list[Diagnostic]:
    return [fault for fault in read(folder)[1].diagnostics if fault.rule is Rule.MOVED_CLOZE]


def test_an_old_lock_file_without_clozes_keeps_their_numbers(tmp_path: Path) -> None:
    folder = write(tmp_path, {"ankigen.toml": CONFIG, "content/places.md": NUMBERED})
    build(folder, 1_700_000_000)
    path = folder / "ankigen.lock"
    lock = lock_of(folder)
    write_lock(path, replace(lock, entries=tuple(replace(entry, gaps=()) for entry in lock.entries)))
    assert "gaps" not in path.read_text("utf-8")
    write(folder, {"content/places.md": NUMBERED.replace("France", "==France==")})
    build(folder, 1_700_000_001)
    assert numbers(folder) == {"France": 3, "Paris": 1, "Rome": 2}


def test_an_adopted_deck_keeps_the_numbers_of_its_clozes(tmp_path: Path) -> None:
    made = write(
        tmp_path / "made", {"ankigen.toml": 'name = "made"\n', "content/places.md": "{{c2::Paris}}, {{c1::Rome}}\n"}
    )
    [package] = build(made, 1_700_000_000)
    folder = write(tmp_path / "own", {"ankigen.toml": CONFIG, "content/places.md": "==Oslo==, ==Paris==, ==Rome==\n"})
    assert "adopted" in run("ids", "adopt", package, folder).output
    build(folder, 1_700_000_001)
    assert numbers(folder) == {"Oslo": 3, "Paris": 2, "Rome": 1}


def test_a_note_whose_cloze_loses_its_end_is_the_same_note(tmp_path: Path) -> None:
    folder = write(tmp_path, {"ankigen.toml": CONFIG, "content/places.md": "Norway: {{c1::Oslo}}\n"})
    build(folder, 1_700_000_000)
    [before] = lock_of(folder).entries
    write(folder, {"content/places.md": "Norway: {{c1::Oslo}\n\n**Fjord**: a long inlet\n"})
    build(folder, 1_700_000_001)
    [broken] = (entry for entry in lock_of(folder).entries if entry.type == "cloze")
    assert replace(broken, term=before.term) == before


def test_numbers_for_which_anki_makes_no_cards(tmp_path: Path) -> None:
    notes = {
        "few.md": " ".join(f"=={number}==" for number in range(500)),
        "many.md": " ".join(f"=={number}==" for number in range(501)),
        "own.md": "==a== {{c500::b}} {{c3,501::c}}",
    }
    files: dict[str, str | bytes] = {f"content/{name}": text for name, text in notes.items()}
    folder = write(tmp_path, {"ankigen.toml": CONFIG, **files})
    _, reading = read(folder)
    said = {fault.path.rpartition("/")[2]: fault for fault in reading.diagnostics}
    assert {name: (fault.rule, fault.column) for name, fault in said.items()} == {
        "many.md": (Rule.BROKEN_CLOZE, 1),
        "own.md": (Rule.HIGH_CLOZE, 19),
    }
    assert len(reading.diagnostics) == 2
