"""How a paste without marks is cut: what a set does throughout, a known number of cards, terms of two lines."""

from itertools import combinations, pairwise
from math import exp, log

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ankigen.readers.studyset.alternation import alternation
from ankigen.readers.studyset.chances import chances, chances_of
from ankigen.readers.studyset.doubled import doubled_signs, find_doubled
from ankigen.readers.studyset.features import observe
from ankigen.readers.studyset.path import Scores, best_path, path_of
from ankigen.readers.studyset.segment import segment, term_lines
from ankigen.readers.studyset.weights import names_of_weights, read_weights
from counting import calls


def starts(text: str, cards: int = 0, told: dict[int, bool] | None = None) -> list[int]:
    lines = text.splitlines()
    written = [line for line in lines if line.strip()]
    after_blank = [bool(at) and not lines[at - 1].strip() for at, line in enumerate(lines) if line.strip()]
    return [piece.start for piece in segment(observe(written, after_blank), cards, told)]


def test_an_item_that_comes_back_is_a_term_even_in_other_words() -> None:
    text = (
        "3 rules of watering\nwater early in the day\nsoak the roots of the plant\nlet the soil dry out\n"
        "Rule 1 water early in the morning\nless of it is lost to the heat before the roots can take it up\n"
        "Rule 2 soak the roots of each plant\nwater on leaves is wasted and helps mildew to spread\n"
        "Rule 3 let soils dry out\nroots that always stand in water rot for want of air\n"
    )
    assert starts(text) == [0, 4, 6, 8]


def test_questions_may_be_definitions() -> None:
    text = (
        "3 tests of a soil\ncolour test\nsmell test\ntouch test\n"
        "colour test\nis it dark enough to hold humus\nwhich layers can be told apart\n"
        "smell test\ndoes it smell of rot\nwhat does that say about air\n"
        "touch test\nwill it hold together when pressed\nhow fine are the grains\n"
    )
    assert starts(text) == [0, 4, 7, 10]


@pytest.mark.parametrize(
    ("lines", "found"),
    [
        ("aab", {0: 1}),
        ("abcabcd", {0: 3}),
        ("aabcdcde", {0: 1, 3: 2}),
        ("axabaxab", {0: 4}),  # its first line comes back sooner
        ("aaab", {}),  # a refrain
        ("abababc", {}),
        ("abcab", {}),
        ("", {}),
    ],
)
def test_text_that_stands_twice_is_found(lines: str, found: dict[int, int]) -> None:
    assert find_doubled(list(lines)) == found


@given(st.text("abc", max_size=14))
def test_what_is_found_twice_stands_there_twice_and_overlaps_nothing(lines: str) -> None:
    end = 0
    for at, size in find_doubled(list(lines)).items():
        assert at >= end
        block, end = lines[at : at + size], at + 2 * size
        assert lines[at:end] == 2 * block
        assert not lines.startswith(block, end)


def test_a_front_that_the_back_repeats_is_told_where_the_set_is_written_so() -> None:
    lines = ["clay", "clay", "fine grains", "sand", "a mix", "sand", "a mix", "coarse grains", "loam", "loam", "both"]
    names = ["doubled", "in-doubled", "not-doubled", "doubled", *["in-doubled"] * 3, "not-doubled"]
    signs = list(doubled_signs(observe(lines, [False] * len(lines))))
    assert signs == list(enumerate([*names, "doubled", "in-doubled", "not-doubled"]))
    assert not list(doubled_signs(observe(lines[:8], [False] * 8)))  # twice may be chance


def test_blank_lines_part_records() -> None:
    text = "clay\nfine grains\nholds water well\n\nsand\ncoarse grains\n\nloam\nboth together\nbest for beds\n"
    assert starts(text) == [0, 3, 5]


def test_bullets_are_never_terms() -> None:
    text = "mulch\n- straw\n- bark\ncompost\n- leaves\n- peelings\n"
    assert starts(text) == starts(text, 2) == [0, 3]


@pytest.mark.parametrize(
    ("record", "terms"),
    [
        (["What is mulch?", "When is it laid?", "straw or bark, in spring"], 2),
        (["A bed is 4 m long and 2 m wide.", "What is its area?", "8 square metres"], 2),
        (["What is mulch?", "straw or bark", "laid in spring"], 1),
        (["What to ask of a soil?", "- is it wet?", "- is it warm?"], 1),
        (["What is mulch?", "Who knows?"], 1),
        (["colour test", "is it dark?", "is it red?"], 1),
    ],
)
def test_a_term_has_two_lines_where_the_second_asks_on(record: list[str], terms: int) -> None:
    assert term_lines(observe(record, [False] * len(record))) == terms


WORTH = st.integers(-40, 40).map(lambda tenths: tenths / 10)
LENGTHS = (0.1, -0.5, -0.2, 0.1, 0.2, -0.8)


@st.composite
def scores(draw: st.DrawFn, most: int = 9) -> Scores:
    """Any scores of a few lines, some of which announce lists."""
    lines = draw(st.lists(st.tuples(WORTH, st.sampled_from([0, 0, 2, 3, 7])), min_size=2, max_size=most))
    bonus = st.integers(0, 50).map(lambda tenths: tenths / 10)
    return Scores(
        [worth for worth, _ in lines],
        [count for _, count in lines],
        LENGTHS,
        draw(WORTH) / 8,
        draw(bonus),
        draw(bonus),
    )


def ways(size: int) -> list[list[int]]:
    """All ways to cut so many lines into records of two lines or more, as the lines on which these begin."""
    return [
        [0, *path]
        for records in range(size // 2)
        for path in combinations(range(2, size - 1), records)
        if all(later - earlier > 1 for earlier, later in pairwise((0, *path)))
    ]


def records(path: list[int], size: int) -> list[tuple[int, int]]:
    return list(pairwise([*path, size]))


def total(scores: Scores, path: list[int]) -> float:
    return sum(scores.record(start, end) for start, end in records(path, len(scores.starts)))


@given(scores())
@settings(max_examples=300, deadline=None)
def test_the_path_is_the_best_of_all(scores: Scores) -> None:
    size = len(scores.starts)
    assert total(scores, best_path(scores)) == pytest.approx(max(total(scores, way) for way in ways(size)))
    for cards in range(1, size // 2 + 1):
        path = path_of(scores, cards)
        assert path is not None
        assert len(path) == cards
        best = max(total(scores, way) for way in ways(size) if len(way) == cards)
        assert total(scores, path) == pytest.approx(best)
    assert path_of(scores, size // 2 + 1) is None


@given(scores())
@settings(max_examples=20, deadline=None)
def test_a_path_of_many_lines_has_the_number_of_records(scores: Scores) -> None:
    many = Scores(list(scores.starts) * 40, list(scores.counts) * 40, LENGTHS, scores.longer, scores.met, scores.late)
    size = len(many.starts)
    for cards in (size // 5, size // 3):
        path = path_of(many, cards)
        assert path is None or len(set(path)) == len(path) == cards


@given(scores(most=14))
@settings(max_examples=200, deadline=None)
def test_chances_are_those_of_all_ways_together(scores: Scores) -> None:
    size = len(scores.starts)
    weights = {tuple(way): exp(total(scores, way)) for way in ways(size)}
    everything = sum(weights.values())
    found = chances(scores)
    assert found.log_total == pytest.approx(log(everything))
    for line in range(size):
        begins = sum(weight for way, weight in weights.items() if line in way) / everything
        assert found.begins[line] == pytest.approx(begins, abs=1e-9)
    for start, end in combinations(range(size + 1), 2):
        if end - start > 1 and start < size - 1:
            part = sum(w for way, w in weights.items() if (start, end) in records(list(way), size)) / everything
            assert found.record(scores, start, end) == pytest.approx(part, abs=1e-9)
    several = [(end - start - 1, start, w) for way, w in weights.items() for start, end in records(list(way), size)]
    assert found.lengths[0] == pytest.approx(sum(w for n, _, w in several if n == 1) / everything, abs=1e-6)
    assert found.more == pytest.approx(sum(max(0, n - 6) * w for n, _, w in several) / everything, abs=1e-6)
    assert found.met == pytest.approx(sum(w for n, s, w in several if n == scores.counts[s]) / everything, abs=1e-6)


def test_chances_of_many_lines_stay_numbers() -> None:
    scores = Scores([9.0, -9.0, 3.0, 30.0] * 2000, [0, 4, 0, 0] * 2000, LENGTHS, -2.0, 3.0, 1.0)
    found = chances(scores)
    assert all(0 <= chance <= 1 for chance in found.begins)
    assert sum(found.begins) + sum(n * c for n, c in enumerate(found.lengths, 1)) + found.more == pytest.approx(8000)


@given(scores(most=14))
@settings(max_examples=100, deadline=None)
def test_a_number_of_records_can_be_expected(scores: Scores) -> None:
    cards = max(1, len(scores.starts) // 3)
    found, _ = chances_of(scores, cards)
    assert sum(found.begins) == pytest.approx(cards, abs=0.3)


def test_what_is_told_holds_and_the_rest_follows() -> None:
    text = "clay\nfine grains\nsand\ncoarse grains\nloam\nboth of them\n"
    assert starts(text) == [0, 2, 4]
    assert starts(text, told={2: False}) == [0, 4]
    assert starts(text, told={3: True}) == [0, 3]
    assert starts(text, told={2: True, 3: True}) == [0, 2, 3]  # sand has no definition


@given(st.lists(st.sampled_from(["clay", "What is it?", "fine grains that hold water", "- a", "3 parts"]), max_size=12))
@settings(deadline=None)
def test_every_line_is_in_one_record(texts: list[str]) -> None:
    lines = observe(texts, [False] * len(texts))
    for told in ({}, {1: True, 2: True, 5: False, 11: True}):
        pieces = segment(lines, 3, told)
        assert [line for piece in pieces for line in range(piece.start, piece.end)] == list(range(len(lines)))
        assert all(0 <= piece.confidence <= 1 and piece.start <= piece.doubtful <= piece.end for piece in pieces)


@pytest.mark.parametrize(
    ("texts", "found"),
    [
        (["gato", "cat", "perro", "dog", "casa", "house", "niño", "boy"] * 9, "strict"),
        (["What is clay?", "Very fine grains of rock.", "What is sand?", "Coarse grains of rock."] * 9, "strict"),
        (["clay", "fine grains", "they hold water", "Feels sticky.", "it swells"] * 9, "little"),
    ],
)
def test_strict_alternation_shows_before_anything_else_is_known(texts: list[str], found: str) -> None:
    assert alternation(observe(texts, [False] * len(texts))) == found


def test_weights_are_named_and_of_signs_that_exist() -> None:
    first, second = read_weights()
    names = set(names_of_weights())
    assert names <= first.signs.keys() == second.signs.keys()
    assert any(second.habits)
    assert not any(first.habits)
    assert min(first.met, first.late, second.met, second.late) >= 0  # as `chances` needs it


SHAPES = {
    "one line again and again": lambda n: ["clay"] * n,
    "all alike": lambda n: [f"the soil number {at}" for at in range(n)],
    "questions": lambda n: [f"What is soil {at}?" for at in range(n)],
    "lists that are counted": lambda n: ["9 kinds of soil", "clay", "sand"] * (n // 3),
    "names that come back": lambda n: [f"soil {at % (n // 2)} of the garden bed" for at in range(n)],
    "bullets": lambda n: ["- a"] * n,
    "text that stands twice": lambda n: [f"soil {at // 6} layer {at % 3}" for at in range(n)],
    "words": lambda n: [f"w{at}" for at in range(n)],
    "sentences": lambda n: ["Clay holds water, for its grains are very fine and swell."] * n,
}


@pytest.mark.parametrize("shape", SHAPES)
@pytest.mark.parametrize("is_known", [False, True], ids=["number unknown", "number known"])
def test_the_work_grows_with_the_lines(shape: str, is_known: bool) -> None:
    """Four times the lines take about four times the calls: counted, for a clock would not always tell the same."""
    small, large = (SHAPES[shape](size) for size in (300, 1200))
    _calls(small, is_known)  # what is done once for the process
    assert _calls(large, is_known) / len(large) < 1.5 * _calls(small, is_known) / len(small)


def _calls(texts: list[str], is_known: bool) -> int:
    return calls(lambda: segment(observe(texts, [False] * len(texts)), len(texts) // 3 if is_known else 0))
