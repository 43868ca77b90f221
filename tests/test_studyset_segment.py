"""How a paste without marks is cut: what a set does throughout, a known number of cards, terms of two lines."""

from itertools import combinations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ankigen.readers.studyset.features import observe
from ankigen.readers.studyset.path import Scores, best_path, path_of
from ankigen.readers.studyset.segment import segment, term_lines


def starts(text: str, cards: int = 0) -> list[int]:
    lines = text.splitlines()
    written = [line for line in lines if line.strip()]
    after_blank = [bool(at) and not lines[at - 1].strip() for at, line in enumerate(lines) if line.strip()]
    return segment(observe(written, after_blank), cards)


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


@given(st.lists(st.tuples(WORTH, st.sampled_from([0, 0, 2, 3])), min_size=2, max_size=9))
@settings(max_examples=300, deadline=None)
def test_the_path_is_the_best_of_all(lines: list[tuple[float, int]]) -> None:
    scores = Scores([worth for worth, _ in lines], [count for _, count in lines])
    inner = range(2, len(lines) - 1)
    ways = [
        [0, *path]
        for size in range(len(lines) // 2)
        for path in combinations(inner, size)
        if all(later - earlier > 1 for earlier, later in zip((0, *path), path, strict=False))
    ]
    assert total(scores, best_path(scores)) == pytest.approx(max(total(scores, way) for way in ways))
    for cards in range(1, len(lines) // 2 + 1):
        path = path_of(scores, cards)
        assert path is not None
        assert len(path) == cards
        assert total(scores, path) == pytest.approx(max(total(scores, way) for way in ways if len(way) == cards))
    assert path_of(scores, len(lines) // 2 + 1) is None


def total(scores: Scores, path: list[int]) -> float:
    worth = 0.0
    for start, end in zip(path, [*path[1:], len(scores.starts)], strict=True):
        lists = dict(scores.lists(start))
        worth += scores.starts[start] + max(scores.length(end - start - 1), lists.get(end, float("-inf")))
    return worth
