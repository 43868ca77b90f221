"""The page's own lines at the top of a paste: buttons, counters, notices. They tell the site, and how many cards.

The wording is that of the pages as people paste them (Knowt, Quizlet, Cram, Brainscape). A button such as "Test" is
only taken for one among surer lines: in a study set it may be a term.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass

__all__ = ["Chrome", "find_chrome"]

_SURE = {
    "knowt": re.compile(
        r"Looks like no tags are added yet\.|Looks like no one added any tags here yet for you\."
        r"|Name\s*\|\s*Mastery\s*\|\s*Learn\s*\|\s*Test\s*\|\s*Matching\s*\|\s*Spaced\s*\|?"
        r"|No study sessions yet\.|studied byStudied by \d+ people|learnLearn|examPractice Test"
        r"|spaced repetitionSpaced Repetition|heart puzzleMatch|flashcardsFlashcards|GameKnowt Play|Call with Kai"
        r"|There's no tags or description|Send a link to your students to track their progress"
    ),
    "quizlet": re.compile(r"Terms in this set \(\d+\)"),
    "cram": re.compile(
        r"Click to flip|Use LEFT and RIGHT arrow keys to navigate between flashcards;?"
        r"|Use UP and DOWN arrow keys to flip the card;?|H to show hint;?|A reads text to speech;?"
        r"|Card Range To Study|\d+ Cards in this Set"
    ),
    "brainscape": re.compile(r"How well did you know this\?"),
}
_LIKELY = re.compile(
    r"\|?-{3,}\|?|1\s?/\s?\d+|\d+ Terms|\d(?:\.\d)?\(\d+\)|through|No analytics yet|Card Sorting|Study Analytics"
    r"|Description and Tags|encourage image|flashcard set|Earn XP|Last updated .*|get a hint|hint"
    r"|STUDY|PLAY|Flashcards|Learn|Write|Spell|Test|Match|Gravity"
    r"|Shuffle|Toggle On|Toggle Off|Alphabetize|Front First|Both Sides|Play button|Progress|Front|Back",
    re.IGNORECASE,
)
_TOP = 40  # lines that are looked at
_GAP = 2  # lines of the page's own text, such as a title and a description, between two known lines
_COUNTS = (  # what says how many cards there are, and how many more than it says
    ("knowt", re.compile(r"1\s?/\s?(\d+)"), 1),  # counts from zero: measured on 20 sets that also state the number
    ("knowt", re.compile(r"(\d+) Terms"), 0),
    ("cram", re.compile(r"1\s?/\s?(\d+)"), 0),
    ("cram", re.compile(r"(\d+) Cards in this Set"), 0),
    ("quizlet", re.compile(r"Terms in this set \((\d+)\)"), 0),
)


@dataclass(frozen=True, slots=True)
class Chrome:
    """The first ``length`` lines are the page's; it says that ``cards`` follow, in line ``counter`` (0: unsaid)."""

    site: str = ""
    length: int = 0
    cards: int = 0
    counter: int = 0


def find_chrome(lines: Sequence[str]) -> Chrome:
    """The page's lines at the top of ``lines``, which hold no blank one; none when no site is recognised."""
    top = lines[:_TOP]
    sure = {site: sum(bool(known.fullmatch(line)) for line in top) for site, known in _SURE.items()}
    site = max(sure, key=lambda name: sure[name])
    if not sure[site]:
        return Chrome()
    length = 0
    for at, line in enumerate(top):
        if at - length > _GAP:
            break
        if _SURE[site].fullmatch(line) or _LIKELY.fullmatch(line):
            length = at + 1
    for name, pattern, more in _COUNTS:
        for at, line in enumerate(top[:length]):
            if name == site and (found := pattern.fullmatch(line)):
                return Chrome(site, length, int(found[1]) + more, at)
    return Chrome(site, length)
