"""Matching: a note stays itself through its author's edits, and never becomes another one."""

import os
import random
import subprocess
import sys
import time
from collections.abc import Iterable, Mapping, Sequence
from itertools import combinations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ankigen.matching import Candidate, Known, Matching, fingerprint, match
from ankigen.matching.assignment import best, favourites
from ankigen.matching.matcher import judged
from ankigen.matching.text import fold, recall, words

Deck = Mapping[str, Sequence[tuple[str, str]]]  # path to terms and definitions


def remembered(deck: Deck, retired: Iterable[str] = ()) -> list[Known]:
    gone = set(retired)
    return [
        Known("term", path, place, None, term, fingerprint(definition), term in gone)
        for path, notes in deck.items()
        for place, (term, definition) in enumerate(notes)
    ]


def built(deck: Deck) -> list[Candidate]:
    return [
        Candidate("term", path, place, None, term, definition)
        for path, notes in deck.items()
        for place, (term, definition) in enumerate(notes)
    ]


def outcome(before: Deck, now: Deck, retired: Iterable[str] = ()) -> dict[str, str]:
    """Each term now, with the term it had before, "new", or "asked: " and the likeliest."""
    known, candidates = remembered(before, retired), built(now)
    matching = match(known, candidates)
    told = {candidates[c].term: known[k].term for c, k in matching.pairs.items()}
    told |= {candidates[d.candidate].term: f"asked: {known[d.among[0]].term}" for d in matching.doubts}
    return {c.term: told.get(c.term, "new") for c in candidates}


def changed(before: Deck, now: Deck) -> dict[str, str]:
    return {term: was for term, was in outcome(before, now).items() if term != was}


CELLS = [
    ("Mitochondrion", "Makes ATP by oxidative phosphorylation; has its own circular DNA."),
    ("Ribosome", "Reads messenger RNA and joins amino acids into a protein."),
    ("Golgi apparatus", "Sorts, modifies and packs proteins for export in vesicles."),
    ("Lysosome", "Digests worn-out parts with acid enzymes."),
    ("Nucleus", "Holds the chromosomes behind a double membrane with pores."),
]
BONES = [
    ("Femur", "Longest bone, between hip and knee."),
    ("Patella", "Sesamoid in the tendon of the quadriceps."),
    ("Scapula", "Flat triangle behind the ribs; its glenoid takes the humerus."),
]


def test_an_author_edits_a_deck() -> None:
    before = {"cells.md": CELLS, "bones.md": BONES}
    now = {
        "cells.md": [
            ("Mitochondria", "Makes ATP by oxidative phosphorylation; has its own circular DNA."),  # term edited
            ("Ribosome", "Translates mRNA: the small subunit decodes, the large one links."),  # definition rewritten
            ("Cell wall", "Cellulose, in plants."),  # new
            ("**Golgi** complex", "Sorts, modifies and packs proteins and lipids for export in vesicles."),  # both
            ("Nucleus", "Holds the chromosomes behind a double membrane with pores."),  # Lysosome is gone
        ],
        "skeleton.md": [BONES[2], BONES[0], BONES[1]],  # file renamed, notes reordered
    }
    assert outcome(before, now) == {
        "Mitochondria": "Mitochondrion",
        "Ribosome": "Ribosome",
        "Cell wall": "new",
        "**Golgi** complex": "Golgi apparatus",
        "Nucleus": "Nucleus",
        "Scapula": "Scapula",
        "Femur": "Femur",
        "Patella": "Patella",
    }


# ---- what stays itself


def test_first_build() -> None:
    assert match([], built({"a.md": CELLS})) == Matching({}, ())
    assert match(remembered({"a.md": CELLS}), []) == Matching({}, ())


def test_a_key_outweighs_everything() -> None:
    known = [Known("term", "a.md", 0, "atp", "Mitochondrion", fingerprint("Makes ATP."))]
    moved = [
        Candidate("term", "a.md", 0, None, "Nucleus", "Holds the chromosomes."),
        Candidate("term", "b.md", 7, "atp", "Power house", "Something else entirely."),
    ]
    assert match(known, moved).pairs == {1: 0}


def test_a_key_may_be_added_and_taken_away_but_two_keys_are_two_notes() -> None:
    text = ("Ribosome", "Reads messenger RNA.")
    for was, now, pairs in [(None, "r", {0: 0}), ("r", None, {0: 0}), ("r", "s", {})]:
        known = [Known("term", "a.md", 0, was, text[0], fingerprint(text[1]))]
        assert match(known, [Candidate("term", "a.md", 0, now, *text)]).pairs == pairs


def test_families_never_mix() -> None:
    known = [Known("cloze", "a.md", 0, None, "Water boils at 100 degrees", fingerprint("At sea level."))]
    assert match(known, [Candidate("term", "a.md", 0, None, known[0].term, "At sea level.")]) == Matching({}, ())


@pytest.mark.parametrize(
    "edit", ["Mitochondrion", "mitochondrion", "*Mitochondrion*", "Mitochondrium", "Mitochondrion (organelle)"]
)
def test_an_edited_term(edit: str) -> None:
    assert outcome({"a.md": CELLS}, {"a.md": [(edit, CELLS[0][1]), *CELLS[1:]]})[edit] == "Mitochondrion"


def test_a_term_replaced_over_an_unchanged_definition() -> None:
    now = [CELLS[0], CELLS[1], ("Cell's post office", CELLS[2][1]), *CELLS[3:]]
    assert changed({"a.md": CELLS}, {"a.md": now}) == {"Cell's post office": "Golgi apparatus"}


def test_a_thing_renamed_keeps_its_old_name_in_the_definition() -> None:
    lamb = "Whig prime minister, 1834 and 1835 to 1841; mentor of the young Queen Victoria."
    before = [("Robert Peel", "Founded the police; repealed the corn laws."), ("Lord Melbourne", lamb)]
    now = [before[0], ("William Lamb, 2nd Viscount Melbourne", f"Known as Lord Melbourne. {lamb}")]
    assert changed({"a.md": before}, {"a.md": now}) == {now[1][0]: "Lord Melbourne"}


def test_pictures_in_another_folder() -> None:
    before = [(name, f"![](img/{name.lower()}.png)") for name in ("Chad", "Mali", "Niger")]
    now = [(name, f"![flag](media/flags/{name.lower()}.png)") for name in ("Chad", "Mali", "Niger")]
    assert changed({"a.md": before}, {"a.md": now}) == {}


def test_swapped_definitions_stay_with_their_terms() -> None:
    swapped = [(CELLS[0][0], CELLS[1][1]), (CELLS[1][0], CELLS[0][1]), *CELLS[2:]]
    assert changed({"a.md": CELLS}, {"a.md": swapped}) == {}


def test_a_long_cloze_text_reworded() -> None:
    text = "The {{c1::hippocampus}} binds what was seen and heard into memories that sleep then spreads over the cortex"
    other = "An {{c1::axon}} carries the potential away from the cell body"
    known = [Known("cloze", "a.md", i, None, t, fingerprint("")) for i, t in enumerate((other, text))]
    now = [
        Candidate("cloze", "a.md", i, None, t, "")
        for i, t in enumerate((text.replace("sleep then", "later sleep"), other))
    ]
    assert match(known, now).pairs == {0: 1, 1: 0}


def test_moved_to_another_file_with_an_edit() -> None:
    edited = ("Lysosome", "Digests worn-out parts and bacteria with acid enzymes.")
    now = {"cells.md": [*CELLS[:3], CELLS[4]], "bones.md": [*BONES, edited]}
    assert changed({"cells.md": CELLS, "bones.md": BONES}, now) == {}


def test_a_file_split_and_files_merged() -> None:
    before, split = {"a.md": [*CELLS, *BONES]}, {"cells.md": CELLS, "bones.md": BONES}
    edited = {
        "cells.md": [("Mitochondria", CELLS[0][1]), *CELLS[1:]],
        "bones.md": [*BONES[:2], ("Shoulder blade", BONES[2][1])],
    }
    assert changed(before, edited) == {"Mitochondria": "Mitochondrion", "Shoulder blade": "Scapula"}
    assert changed(split, {"all.md": [*edited["bones.md"], *edited["cells.md"]]}) == changed(before, edited)


def test_a_generic_term_in_many_files() -> None:
    text = {
        "gout.md": "Colchicine, later allopurinol.",
        "asthma.md": "Inhaled steroid and a beta agonist.",
        "stroke.md": "Thrombolysis within hours, then aspirin.",
    }
    before = {path: [("Definition", f"What {path} is"), ("Management", how)] for path, how in text.items()}
    now = {**before, "gout.md": [("Definition", "What gout.md is"), ("Management", "Rest, ice, NSAIDs.")]}
    known, candidates = remembered(before), built(now)
    assert match(known, candidates) == Matching({i: i for i in range(6)}, ())
    fresh = {**before, "sepsis.md": [("Management", "Fluids, cultures and antibiotics at once.")]}
    del fresh["gout.md"]
    candidates = built(fresh)
    assert match(known, candidates) == Matching({i: i + 2 for i in range(4)}, ())  # gout's is not sepsis's


def test_a_term_twice_in_one_file() -> None:
    twice = [("Capital", "Of a state: its seat of government."), *BONES, ("Capital", "Of a column: its carved head.")]
    now = [twice[4], *BONES, ("Capital", "Of a state: the seat of its government.")]
    assert match(remembered({"a.md": twice}), built({"a.md": now})).pairs == {0: 4, 1: 1, 2: 2, 3: 3, 4: 0}


def test_notes_alike_to_the_letter_pair_in_order() -> None:
    same = {"a.md": [("x", "y")] * 3}
    assert match(remembered(same), built({"a.md": [("x", "y")] * 2})).pairs == {0: 0, 1: 1}


def test_terms_that_differ_in_case_only_keep_to_their_own() -> None:
    before = [("polish", "To make shiny."), ("Polish", "Of Poland.")]
    now = [("Polish", "Of Poland; its language."), ("polish", "To make smooth and shiny.")]
    assert outcome({"a.md": before}, {"a.md": now}) == {"Polish": "Polish", "polish": "polish"}


# ---- what is another note


def test_new_beside_gone() -> None:
    now = [*CELLS[:2], ("Krebs cycle", "Eight reactions that oxidise acetyl-CoA."), *CELLS[3:]]
    assert changed({"a.md": CELLS}, {"a.md": now}) == {"Krebs cycle": "new"}


@pytest.mark.parametrize(
    ("left", "arrived"),
    [
        (
            ("Slovakia", "Capital: Bratislava\n\n![](flag-slovakia.svg)\n\n![](map-slovakia.png)"),
            ("Slovenia", "Capital: Ljubljana\n\n![](flag-slovenia.svg)\n\n![](map-slovenia.png)"),
        ),
        (
            ("Advantages of R-trees", "R-trees are dynamic and index rectangles; good for range queries on disk."),
            ("Advantages of kd-trees", "Kd-trees are simple and split on one axis; good for range queries in memory."),
        ),
        (
            ("Risk factors for stroke", "Age, smoking, hypertension, atrial fibrillation, stroke in the family."),
            ("Risk factors for asthma", "Age, smoking, atopy, pollution, asthma in the family."),
        ),
        (("World War I", "Began 1914, ended 1918."), ("World War II", "Began 1939, ended 1945.")),
    ],
    ids=lambda note: note[0],
)
def test_a_template_filled_in_twice_is_two_notes(left: tuple[str, str], arrived: tuple[str, str]) -> None:
    before, now = {"a.md": [*BONES, left, *CELLS]}, {"a.md": [*BONES, arrived, *CELLS]}
    assert outcome(before, now)[arrived[0]] in ("new", f"asked: {left[0]}")


def test_a_translated_copy_takes_no_reviews() -> None:
    names = ("Kuwait", "Qatar", "Oman", "Yemen")
    before = {
        path: [(name, f"{word}: {name} City\n\n![](map-{name}.png)") for name in names]
        for path, word in (("en.md", "Capital"), ("es.md", "Capital de"))
    }
    german = [(name, f"Hauptstadt: {name}-Stadt\n\n![](map-{name}.png)") for name in names]
    now = {"en.md": before["en.md"][1:], "es.md": before["es.md"], "de.md": german}
    candidates = built(now)
    pairs = match(remembered(before), candidates).pairs
    assert not any(candidates[c].path == "de.md" for c in pairs)


def test_two_that_are_equally_close_are_asked_about() -> None:
    before = [*BONES, ("Sedative drugs in use", "Diazepam lorazepam midazolam temazepam")]
    now = [
        *BONES,
        ("Sedative drugs in old use", "Diazepam lorazepam midazolam temazepam barbital"),
        ("Sedative drugs in new use", "Diazepam lorazepam midazolam temazepam zolpidem"),
    ]
    assert set(changed({"a.md": before}, {"a.md": now}).values()) == {"asked: Sedative drugs in use"}


def test_a_doubt_names_what_competes() -> None:
    known = remembered({"a.md": [("Sedatives", "Diazepam lorazepam midazolam one"), *BONES]})
    candidates = built(
        {
            "a.md": [
                ("Sedatives A", "Diazepam lorazepam midazolam two"),
                ("Sedatives B", "Diazepam lorazepam midazolam three"),
                *BONES,
            ]
        }
    )
    doubts = match(known, candidates).doubts
    assert [(doubt.candidate, doubt.among) for doubt in doubts] == [(0, (0,)), (1, (0,))]
    assert all(len(doubt.among) == len(doubt.scores) for doubt in doubts)


# ---- what was gone


def test_a_retired_note_comes_back_with_its_text() -> None:
    before, now = {"a.md": CELLS}, {"a.md": CELLS[:4], "b.md": [CELLS[4]]}
    assert outcome(before, now, retired=["Nucleus"])["Nucleus"] == "Nucleus"
    edited = {"a.md": [*CELLS[:4], ("Nucleus", "Holds the chromosomes behind two membranes with pores.")]}
    assert outcome(before, edited, retired=["Nucleus"])["Nucleus"] == "Nucleus"
    other = {"a.md": [*CELLS[:4], ("Nucleus", "Protons and neutrons.")]}
    assert outcome(before, other, retired=["Nucleus"])["Nucleus"] == "new"


def test_a_living_note_comes_before_a_retired_one() -> None:
    known = [
        Known("term", "a.md", 0, None, "Nucleus", fingerprint("Holds the chromosomes."), retired=True),
        Known("term", "a.md", 0, None, "Nucleus", fingerprint("Holds the chromosomes in pairs.")),
    ]
    assert match(known, built({"a.md": [("Nucleus", "Holds the chromosomes.")]})).pairs == {0: 1}


# ---- the parts


def test_a_fingerprint_is_short_printable_and_remembers() -> None:
    long = " ".join(f"word{i}" for i in range(5000))
    assert len(fingerprint(long)) <= 100
    assert fingerprint(long).isascii()
    assert fingerprint("The *heart*\n beats") != fingerprint("the heart beats")
    assert recall(fingerprint("The *heart*\n beats")) == recall(fingerprint("the heart beats"))
    for empty in ("", "\ud800", "。", "∅"):
        assert recall(fingerprint(empty)).same


@pytest.mark.parametrize("text", ["", "x", "a.b.c", "AAAAAAAAAAAAAAAA.3.AAAA", "AAAAAAAAAAAAAAAA.x."])
def test_what_is_no_fingerprint_is_refused(text: str) -> None:
    with pytest.raises(ValueError):  # noqa: PT011 - the lock file says which line
        recall(text)


SCORES = st.dictionaries(st.tuples(st.integers(0, 4), st.integers(0, 4)), st.integers(1, 9), min_size=1, max_size=9)


@given(SCORES)
def test_the_best_assignment_is_the_best(scores: dict[tuple[int, int], int]) -> None:
    def valid(pairs: tuple[tuple[int, int], ...]) -> bool:
        return len({c for c, _ in pairs}) == len({k for _, k in pairs}) == len(pairs)

    sums = (sum(map(scores.__getitem__, p)) for n in range(6) for p in combinations(scores, n) if valid(p))
    for found in (best(scores), favourites(scores)):
        assert valid(tuple(found.items()))
    assert sum(scores[pair] for pair in best(scores).items()) == max(sums)


# ---- what always holds

WORDS = st.sampled_from("alpha beta gamma delta 1 2 Management Slovakia Slovenia the of".split())
TEXTS = st.lists(WORDS, min_size=1, max_size=5).map(" ".join)
DECKS = st.dictionaries(
    st.sampled_from(["a.md", "b.md", "c.md"]), st.lists(st.tuples(TEXTS, TEXTS), max_size=6), max_size=3
)
FAMILIES = st.sampled_from(["term", "cloze"])
KEYS = st.sampled_from([None, None, None, "k", "l"])
PLACES = st.tuples(FAMILIES, st.sampled_from(["a.md", "b.md"]), st.integers(0, 5), KEYS, TEXTS, TEXTS)
KNOWN = st.lists(
    st.tuples(PLACES, st.booleans()).map(
        lambda x: Known(x[0][0], x[0][1], x[0][2], x[0][3], x[0][4], fingerprint(x[0][5]), x[1])
    ),
    max_size=9,
)
CANDIDATES = st.lists(PLACES.map(lambda x: Candidate(*x)), max_size=9)


@given(KNOWN, CANDIDATES)
def test_no_note_twice_and_no_family_crossed(known: list[Known], candidates: list[Candidate]) -> None:
    matching = match(known, candidates)
    assert len(set(matching.pairs.values())) == len(matching.pairs)
    for c, k in matching.pairs.items():
        assert candidates[c].family == known[k].family
        assert candidates[c].key == known[k].key or None in (candidates[c].key, known[k].key)
    for doubt in matching.doubts:
        assert doubt.candidate not in matching.pairs
        assert doubt.among
        assert not set(doubt.among) & set(matching.pairs.values())


@settings(max_examples=300)
@given(st.data(), st.lists(PLACES, min_size=1, max_size=4))
def test_pairs_that_need_no_matching_are_those_that_matching_finds(
    data: st.DataObject, notes: list[tuple[str, str, int, str | None, str, str]]
) -> None:
    one = st.sampled_from(notes)
    before = data.draw(st.lists(st.tuples(one, st.booleans()), max_size=7))
    known = [Known(*note[:5], fingerprint(note[5]), is_retired) for note, is_retired in before]
    candidates = [Candidate(*note) for note in data.draw(st.lists(one, max_size=7))]
    assert match(known, candidates) == judged(known, candidates, {})


@given(DECKS, st.randoms(use_true_random=False))
def test_nothing_changed_nothing_moves(deck: Deck, chance: random.Random) -> None:
    known, paths = remembered(deck), list(deck)
    chance.shuffle(paths)
    candidates = built({path: deck[path] for path in paths})
    matching = match(known, candidates)
    assert not matching.doubts
    for c, candidate in enumerate(candidates):
        found = known[matching.pairs[c]]
        assert (found.path, found.term, found.fingerprint) == (
            candidate.path,
            candidate.term,
            fingerprint(candidate.definition),
        )


@settings(max_examples=200)
@given(KNOWN, CANDIDATES, st.randoms(use_true_random=False))
def test_the_order_they_are_given_in_does_not_matter(
    known: list[Known], candidates: list[Candidate], chance: random.Random
) -> None:
    def told(ks: list[Known], cs: list[Candidate]) -> list[str]:
        matching = match(ks, cs)
        pairs = [repr((cs[c], ks[k])) for c, k in matching.pairs.items()]
        return sorted(pairs + [repr((cs[d.candidate], sorted(repr(ks[k]) for k in d.among))) for d in matching.doubts])

    straight = told(known, candidates)
    chance.shuffle(known)
    chance.shuffle(candidates)
    assert told(known, candidates) == straight


def test_the_same_under_every_hash_seed() -> None:
    program = (
        "from ankigen.matching import *\n"
        "texts = [(f'Factor {i} of {i % 7}', f'Value {i * i} near {i % 5}, {i % 11}') for i in range(60)]\n"
        "known = [Known('term', 'a.md', i, None, t, fingerprint(d)) for i, (t, d) in enumerate(texts)]\n"
        "now = [Candidate('term', 'a.md', i, None, f'{t} x{i % 3}', d + ' more')\n"
        "       for i, (t, d) in enumerate(texts[::-1])]\n"
        "print(match(known, now))\n"
    )
    said = {
        subprocess.run(
            [sys.executable, "-c", program], capture_output=True, check=True, env={**os.environ, "PYTHONHASHSEED": seed}
        ).stdout
        for seed in ("0", "1", "2")
    }
    assert len(said) == 1


# ---- and in time


def deck_of(size: int) -> dict[str, list[tuple[str, str]]]:
    chance = random.Random(7)  # noqa: S311 - no secret
    words = [
        f"{a}{b}{c}" for a in "bdfgklm" for b in ("an", "ero", "isti", "ul") for c in ("a", "et", "ium", "os", "ing")
    ]

    def text(n: int) -> str:
        return " ".join(chance.choice(words) for _ in range(n))

    return {f"{f}.md": [(f"{text(2)} {f} {i}", text(15)) for i in range(100)] for f in range(size // 100)}


def seconds(known: list[Known], candidates: list[Candidate]) -> float:
    began = time.process_time()
    match(known, candidates)
    return time.process_time() - began


def test_ten_thousand_notes_with_five_hundred_edits_take_about_a_second() -> None:
    deck = deck_of(10_000)
    edited = {
        path: [(t + " more", d) if i % 20 == 0 else (t, d) for i, (t, d) in enumerate(ns)] for path, ns in deck.items()
    }
    assert seconds(remembered(deck), built(edited)) < 3  # 0.7 s on the machine it was written on, alone


@pytest.mark.parametrize("case", ["renamed", "one template"])
def test_nothing_is_quadratic(case: str) -> None:
    def cost(size: int) -> float:
        if case == "renamed":
            deck = deck_of(size)
            return seconds(remembered(deck), built({f"new/{path}": notes for path, notes in deck.items()}))
        before = {"a.md": [(f"Capital of country {i}", f"City {7 * i}") for i in range(size)]}
        now = {"a.md": [(f"Chief town of land {size + i}", f"Town {7 * (size + i)}") for i in range(size)]}
        return seconds(remembered(before), built(now))

    assert cost(4000) < 10 * cost(1000) + 0.5


@given(st.text(st.characters(max_codepoint=127)))
def test_ascii_is_folded_and_cut_like_all_else(text: str) -> None:
    assert fold(f"a{text}b é") == f"{fold(f'a{text}b')} é"
    assert words(f"{text} é") == [*words(text), "e"]
