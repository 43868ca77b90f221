"""A pasted study set is told from Markdown and prose by its content, and the page's lines in it from its author's."""

from pathlib import Path

import pytest

from ankigen.diagnostics import Rule
from ankigen.readers import read_source
from ankigen.readers.frontmatter import read_front_matter
from ankigen.readers.settings import Settings
from ankigen.readers.studyset.chrome import find_chrome
from ankigen.readers.studyset.recognise import looks_like_paste
from ankigen.records import Document
from ankigen.source import Source

ROOT = Path(__file__).parents[1]
SET = "hull\nthe body of a ship\nkeel\nthe beam along its bottom\nhelm\nwhat it is steered with\n"
RATED = "How well did you know this?\n1\nNot at all\n2\n3\n4\n5\nPerfectly\n"

PAGES = {  # the lines above the set; those behind | are proposed, the others are known
    "Knowt": "1/2\nLooks like no tags are added yet.\nName | Mastery | Learn | Test | Matching | Spaced |\n---|\n",
    "Knowt, old": "Looks like no one added any tags here yet for you.\n",
    "Knowt, full": "0.0(0)\nstudied byStudied by 0 people\nlearnLearn\nCard Sorting\nCall with Kai\n3 Terms\n",
    "Knowt, counter only": "1/2\n",
    "Quizlet": "|Ships\nFlashcards\nLearn\nTest\nMatch\nTerms in this set (3)\n",
    "Quizlet, counter only": "Terms in this set (3)\n",
    "Cram": "Shuffle\nToggle On\nFront\n1/3\nClick to flip\n3 Cards in this Set\nFront\nBack\n",
    "Brainscape": "Parts of a ship Flashcards\n",
    "unknown": "|Home port\nLog in\nSign up\n|Parts of a ship\n3 cards\nShare\nFlip\n",
    "unknown, counter only": "3 flashcards\n",
}


def read(text: str) -> Document:
    return read_source(Source("x.txt", text), Settings())


@pytest.mark.parametrize("site", PAGES)
def test_pages_are_recognised_and_their_lines_taken_off(site: str) -> None:
    head = PAGES[site].splitlines()
    document = read("\n".join(line.removeprefix("|") for line in head) + f"\n{SET}")
    assert document.reader == "studyset"
    assert [record.term.markdown for record in document.records] == ["hull", "keel", "helm"]
    known = [number for number, line in enumerate(head, start=1) if not line.startswith("|")]
    assert [document.source.position(span.start)[0] for span in document.chrome] == known
    proposed = [fault for fault in document.diagnostics if fault.rule is Rule.POSSIBLE_CHROME]
    assert [fault.line for fault in proposed] == [at for at in range(1, len(head) + 1) if at not in known]
    assert all(fault.hint for fault in proposed)
    assert Rule.CARD_COUNT_MISMATCH not in {fault.rule for fault in document.diagnostics}


def test_the_lines_of_full_pages_between_cards_are_taken_off() -> None:
    lines = SET.splitlines()
    cards = [f"{at // 2 + 1}\nQ\n{lines[at]}\nA\n{lines[at + 1]}\n{RATED}" for at in range(0, len(lines), 2)]
    document = read("Parts of a ship Flashcards\n" + "".join(cards))
    assert [record.term.markdown for record in document.records] == ["hull", "keel", "helm"]
    assert [record.definition.markdown for record in document.records] == lines[1::2]
    assert document.diagnostics == ()
    assert len(document.chrome) == 1 + 3 * (2 + 8)


def test_ratings_part_the_cards_of_a_page_without_labels() -> None:
    document = read(SET.replace("ship\n", f"ship\n{RATED}").replace("bottom\n", f"bottom\n{RATED}") + RATED)
    assert [record.term.markdown for record in document.records] == ["hull", "keel", "helm"]


def test_labels_of_sides_are_no_headings() -> None:
    text = "1/2\nClick to flip\nFront\nhull\nBack\nthe body of a ship\nFront\nkeel\nBack\na beam\n"
    assert [record.term.markdown for record in read(text).records] == ["hull", "keel"]


def test_known_lines_below_the_set_are_taken_off() -> None:
    text = f"1/2\nNo study sessions yet.\n{SET}Call with Kai\nNo study sessions yet.\n"
    assert [record.end_line for record in read(text).records] == [4, 6, 8]


@pytest.mark.parametrize(
    ("text", "cards"),
    [("1/3", 0), ("1/2\n50 %\n1/4\n25 %\n1/5\n20 %\n", 0), (f"1/2\n{SET}", 3), (f"1/3\n{SET}", 3), (f"1/9\n{SET}", 0)],
)
def test_a_counter_alone_needs_a_set_of_its_size(text: str, cards: int) -> None:
    assert find_chrome(text.splitlines()).cards == cards


def test_rows_with_tabs_need_no_other_sign() -> None:
    document = read("hull\tthe body of a ship\nkeel\tits lowest beam\nhelm\tits wheel\n")
    assert document.reader == "studyset"
    assert len(document.records) == 3


def test_who_says_what_a_text_is_is_believed() -> None:
    assert read(f"---\ndialect: notes\n---\n{PAGES['Knowt']}{SET}").reader == "notes"
    assert read(f"+++\ndialect = 'studyset'\n+++\n{SET}").reader == "studyset"


NOTES = [*ROOT.glob("content/**/*.md"), *ROOT.glob("tests/fixtures/notes/*.md"), *ROOT.glob("docs/*.md")]
NOTES += [ROOT / "README.md", ROOT / "CHANGELOG.md"]


@pytest.mark.parametrize("path", NOTES, ids=lambda path: path.name)
def test_no_note_of_this_project_is_a_paste(path: Path) -> None:
    is_seed = path.name == "sales-strategy.md"
    source = Source(path.name, path.read_text(encoding="utf-8"))
    assert looks_like_paste(source, read_front_matter(source, Settings()).end_line) is is_seed


@pytest.mark.parametrize(
    "text",
    [
        "",
        SET,
        "Terms in this set (3)\n",
        "# Pages\n\n```\n1/2\nLooks like no tags are added yet.\nNo study sessions yet.\n```\n",
        f"# Ships\n\nTerms in this set (3)\n\n{SET}",
        f"24 cards\n\n## Ships\n\n{SET}",
        "Ship Flashcards\n\nThis program shows flashcards about ships, and asks for their parts again and again\n"
        "until they are all known.\n\nIt is written in C and runs in a terminal of any size; the fonts that it\n"
        "needs are those of the system.\n\nSee the manual for more.\n",
        "Test\nMatch\nLearn\nWrite\nSpell\nPlay\n",
        "- hull\tbody\n- keel\tbeam\n- helm\twheel\n",
        "1\t2\n3\t4\n5\t6\n",
        "3 cards\n- hull\n- keel\n- helm\n- mast\n- sail\n- deck\n- bow\n",
    ],
    ids=str,
)
def test_other_text_is_no_paste(text: str) -> None:
    assert not looks_like_paste(Source("x", text), 0)
