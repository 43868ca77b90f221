"""A note keeps its guid, and its reviews, as long as it is the same to its author; no two notes share one."""

import json
import random
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import ankigen
from anki_oracle import collection, import_package, rows
from ankigen.identity import identify
from ankigen.lock import Lock
from ankigen.records import Kind, Record, RichText
from ankigen.source import Span
from commands import run, write
from counting import calls


def record(term: str = "Wall", definition: str = "holds", **changes: Any) -> Record:
    text = Record(RichText(term, term), RichText(definition, definition), "n.md", 1, 1, Span(0, 1), deck="Cells")
    return replace(text, **changes)


def guids(records: list[Record], project: str) -> list[str]:
    """The guids of a first build."""
    entries = identify(Lock(), records, project=project, is_cloze=lambda folder: folder == "cloze").entries
    return [entry.guid for entry in entries]


def guid(one: Record, namespace: str = "") -> str:
    return guids([one], namespace)[0]


def test_guids_never_change() -> None:
    """Literal, for every user's reviews hang on them: a change here must never reach a release."""
    assert guid(record()) == "uqvamldvmxeo4qq"
    assert guid(record(key="wall"), "biology") == "5nuuvqg5naa66ha"
    assert guid(record("{{c1::Wall}}", kind=Kind.CLOZE)) == "aqkke7yglrjqeri"
    assert guids([record(), record(), record(), record(definition="x")], "")[1:] == [
        "rwosurbhmwpbkba",
        "g4kf2pxwkltfc2y",
        "b2bx35vlilvdlmi",
    ]


def test_records_that_are_alike_take_no_longer_the_more_there_are() -> None:
    few, many = [record()] * 100, [record()] * 400
    assert calls(lambda: guids(many, "")) < 5 * calls(lambda: guids(few, ""))
    assert len(set(guids(many, ""))) == 400


@pytest.mark.parametrize(
    "changes",
    [
        {"definition": "other"},
        {"path": "moved/elsewhere.md", "line": 9, "end_line": 12, "span": Span(7, 9)},
        {"kind": Kind.REVERSED},
        {"kind": Kind.TYPED, "hint": "h", "tags": ("t",), "items": ("a", "b")},
        {"note_type": "term"},
        {"deck": "CELLS"},
        {"term": "  wall\n"},
    ],
)
def test_an_edited_record_is_the_same_note(changes: dict[str, Any]) -> None:
    assert guid(record(**changes)) == guid(record())


@pytest.mark.parametrize(
    "changes",
    [
        {"term": "Walls"},
        {"deck": "Cells::Plants"},
        {"kind": Kind.CLOZE},
        {"note_type": "own"},
        {"key": "wall"},
    ],
)
def test_another_term_deck_or_note_type_is_another_note(changes: dict[str, Any]) -> None:
    assert guid(record(**changes)) != guid(record())


def test_accents_are_the_same_however_encoded() -> None:
    assert guid(record("Caf\u00e9", deck="\u00c4")) == guid(record("cafe\u0301", deck="A\u0308"))


def test_a_key_outlives_term_and_deck() -> None:
    assert guid(record("Wall", key="w")) == guid(record("Barrier", "x", deck="Other", key="w"))


def test_projects_have_notes_of_their_own() -> None:
    assert len({guid(record(key=key), name) for name in ("", "a", "b") for key in (None, "w")}) == 6


def test_duplicates_keep_their_reviews_when_reordered() -> None:
    first, second, third = (record(definition=text) for text in ("one", "two", "three"))
    before = dict(zip(("one", "two", "three"), guids([first, second, third], ""), strict=True))
    after = dict(zip(("one", "three", "two"), guids([first, third, second], ""), strict=True))
    assert before == after


TEXTS = st.text(st.sampled_from('aB \x1f\ud800\u00e9\u0301"\\:'), max_size=3)
RECORDS = st.builds(
    record,
    TEXTS,
    TEXTS,
    deck=TEXTS,
    key=st.none() | TEXTS,
    kind=st.sampled_from(Kind),
    note_type=st.sampled_from(["", "term", "cloze", "key"]),
)


@settings(deadline=None)
@given(st.lists(RECORDS, max_size=12), TEXTS)
def test_all_guids_of_a_project_differ(records: list[Record], name: str) -> None:
    found = guids(records, name)
    assert len(set(found)) == len(records)
    assert found == guids(records, name)
    assert all(guid.isascii() and guid.isalnum() for guid in found)


@settings(deadline=None)
@given(st.lists(RECORDS, max_size=8, unique_by=lambda one: (one.deck, one.term)), st.randoms(use_true_random=False))
def test_order_does_not_matter(records: list[Record], chance: random.Random) -> None:
    keyed = [replace(one, key=str(number)) for number, one in enumerate(records)]
    shuffled = chance.sample(keyed, len(keyed))
    assert dict(zip(keyed, guids(keyed, ""), strict=True)) == dict(zip(shuffled, guids(shuffled, ""), strict=True))


NOTE = "---\ndeck: Cells\n---\n**Wall**: holds\n\n**Nucleus**: genome\n\nFish {{c1::swim}}\n"


def test_anki_updates_what_was_edited_and_moved(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    write(tmp_path, {"content/a.md": NOTE})
    run("build", "--now", "2026-01-01", "-o", "1.apkg")
    (tmp_path / "content/a.md").unlink()
    edited = (
        "---\ndeck: cells\n---\nFish {{c1::swim}}\n\n## Nucleus\n\nholds the genome\n\n## wall\n\n- holds\n- protects\n"
    )
    write(tmp_path, {"content/sub/b.md": edited})
    run("build", "--now", "2026-01-02", "-o", "2.apkg")
    with collection(tmp_path) as col:
        assert import_package(col, tmp_path / "1.apkg") == {"new": 3}
        before = set(col.find_cards(""))
        assert import_package(col, tmp_path / "2.apkg") == {"updated": 2, "duplicate": 1}
        assert set(col.find_cards("")) == before
        assert "protects" in str(rows(col, "select flds from notes"))


def test_keys_may_be_given_changed_and_taken_away(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    found = []
    for key in ("", " {#wall}", " {#the-wall}", ""):
        write(tmp_path, {"content/a.md": f"**Wall**: holds{key}\n\n**Gap**: lets through\n"})
        assert run("build").exit_code == 0
        found.append(json.loads(run("parse", "content", "--format", "json").stdout)["records"][0]["guid"])
    assert len(set(found)) == 1


def test_a_faulty_record_keeps_its_guid_from_its_namesake(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    note = "**Wall**: first ![](../w.png)\n\n**Wall**: second\n"
    ankigen.write_package("1.apkg", [ankigen.read_text(note)], now=1_700_000_000)  # the first one stays out
    ankigen.write_package(
        "2.apkg", [ankigen.read_text(note.replace("../w.png", "https://example.org/w.png"))], now=1_700_000_001
    )
    with collection(tmp_path) as col:
        assert import_package(col, tmp_path / "1.apkg") == {"new": 1}
        import_package(col, tmp_path / "2.apkg")
        texts = [row[0].split("\x1f")[1].split()[0] for row in rows(col, "select flds from notes order by id")]
        assert sorted(texts) == ["first", "second"]
        assert texts[0] == "second"
