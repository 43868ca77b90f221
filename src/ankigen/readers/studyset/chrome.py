"""The page's own lines in a paste: buttons, counters, notices. They tell the site, and how many cards there are.

The wording is that of the pages as people paste them (Knowt, Quizlet, Cram, Brainscape); of an unknown site, only what
any such page says. A button such as "Test" is only taken for one among surer lines: in a study set it may be a term.
"""

import re
from collections.abc import Iterator, Sequence

from ankigen.frozen import dataclass

__all__ = ["TOP", "Chrome", "find_chrome", "may_hold_chrome"]

TOP = 40
"""The lines that are looked at for a page's own."""

_SURE = {
    "knowt": re.compile(
        r"Looks like no tags are added yet\.|Looks like no one added any tags here yet for you\."
        r"|Name\s*\|\s*Mastery\s*\|\s*Learn\s*\|\s*Test\s*\|\s*Matching\s*\|\s*Spaced\s*\|?"
        r"|No study sessions yet\.|studied byStudied by \d+ people|learnLearn|examPractice Test"
        r"|spaced repetitionSpaced Repetition|heart puzzleMatch|flashcardsFlashcards|GameKnowt Play|Call with Kai"
        r"|There's no tags or description|Send a link to your students to track their progress"
    ),
    "quizlet": re.compile(r"Terms in this set \(\d{1,5}\)"),
    "cram": re.compile(
        r"Click to flip|Use LEFT and RIGHT arrow keys to navigate between flashcards;?"
        r"|Use UP and DOWN arrow keys to flip the card;?|H to show hint;?|A reads text to speech;?"
        r"|Card Range To Study|\d{1,5} Cards in this Set"
    ),
    "brainscape": re.compile(r"How well did you know this\?"),
}
_ANY_SURE = re.compile("|".join(known.pattern for known in _SURE.values()))
_AT_A_CARD = _SURE["brainscape"]
_RATINGS = ("1", "Not at all", "2", "3", "4", "5", "Perfectly")  # in this order below Brainscape's question
_COUNTER = re.compile(r"1\s?(?:/|of)\s?(\d{1,5})")
_LIKELY = re.compile(
    r"\|?-{3,}\|?|1\s?/\s?\d{1,5}|\d{1,5} Terms|\d(?:\.\d)?\(\d+\)|through|No analytics yet|Card Sorting"
    r"|Study Analytics|Description and Tags|encourage image|flashcard set|Earn XP|Last updated .*|get a hint|hint"
    r"|STUDY|PLAY|Flashcards|Learn|Write|Spell|Test|Match|Gravity"
    r"|Shuffle|Toggle On|Toggle Off|Alphabetize|Front First|Both Sides|Play button|Progress|Front|Back",
    re.IGNORECASE,
)
_SIDES = ("front", "back")  # headings of two columns when there is one of each, else labels in the set
_STATED = re.compile(  # on any site
    r"(?:terms|cards|flashcards)(?: in this (?:set|deck))?(?: ?: ?| ?\()(\d{1,5})\)?"
    r"|(\d{1,5}) (?:terms|cards|flashcards)(?: in (?:this|the) (?:set|deck))?",
    re.IGNORECASE,
)
_TITLE = re.compile(r"(?:[^.!?]{1,80} )?flashcards", re.IGNORECASE)
_BUTTON = re.compile(
    r"study(?: now| mode| set)?|flip(?: card)?|share|sign (?:up|in)(?: for free)?|log ?in|register|learn|test|match"
    r"|play|print|export|download|save|edit|copy|report|follow|embed|shuffle|next|previous|home|menu|search|browse"
    r"|create|upgrade|help|settings|options|quiz|practice|show (?:answers?|all|hints?)|get the app|join|start"
    r"|(?:created|made) by .{1,40}|\d{1,7} (?:views|learners|likes|followers|studiers)",
    re.IGNORECASE,
)
_TOP_UNKNOWN = 20
_ABOVE = 8  # lines of an unknown page above the first that is known
_FEW = 3  # cards; a counter alone says nothing over fewer
_MANY = 30  # lines a card, nor over so many
_GAP = 2  # lines of the page's own text, such as a title and a description, between two known lines
_COUNTS = (  # what says how many cards there are, and how many more than it says
    ("knowt", _COUNTER, 1),  # counts from zero: measured on 20 sets that also state the number
    ("knowt", re.compile(r"(\d{1,5}) Terms"), 0),
    ("cram", _COUNTER, 0),
    ("cram", re.compile(r"(\d{1,5}) Cards in this Set"), 0),
    ("quizlet", re.compile(r"Terms in this set \((\d{1,5})\)"), 0),
)
_FRACTION = re.compile(r"\d+\s?/\s?\d+")


@dataclass(frozen=True, slots=True)
class Chrome:
    """Which lines of a paste are the page's. Its site is empty when nothing is, and "unknown" when it has no name here.

    ``known`` are the lines that are surely or nearly surely the page's, ``possible`` those among or above them that are
    left out too, but may be the author's. The set begins at line ``top``. The page says that ``cards`` follow, in line
    ``counter`` (0: unsaid).
    """

    site: str = ""
    known: tuple[int, ...] = ()
    possible: tuple[int, ...] = ()
    top: int = 0
    cards: int = 0
    counter: int = 0


def may_hold_chrome(top: Sequence[str]) -> bool:
    """Whether :func:`find_chrome` may find anything in lines that begin with ``top``: in most notes, it cannot."""
    words = "\n".join(top[:_TOP_UNKNOWN]).casefold()
    is_telling = "cards" in words or "terms" in words or "1" in {line[0] for line in top}
    return is_telling or any(map(_ANY_SURE.fullmatch, top))


def find_chrome(lines: Sequence[str]) -> Chrome:
    """The page's lines among ``lines``, of which none is blank and none has spaces around it."""
    sure = {site: sum(bool(known.fullmatch(line)) for line in lines[:TOP]) for site, known in _SURE.items()}
    site = max(sure, key=lambda name: sure[name])
    if not sure[site]:
        return _of_unknown_site(lines)
    first, end = _head(lines, site)
    known = [
        *range(first, end),
        *(at for at in sorted({*_beside_cards(lines, site), *_foot(lines, site)}) if at >= end),
    ]
    for name, pattern, more in _COUNTS:
        for at in range(first, end):
            if name == site and (found := pattern.fullmatch(lines[at])):
                return Chrome(site, tuple(known), tuple(range(first)), end, int(found[1]) + more, at)
    return Chrome(site, tuple(known), tuple(range(first)), end)


def _head(lines: Sequence[str], site: str) -> tuple[int, int]:
    """The first known line at the top, and the line below the last one that is not far from the others."""
    labels = _SIDES if min(sum(line.casefold() == name for line in lines) for name in _SIDES) > 1 else ()
    top = lines[:TOP]
    sure = [_is_sure(line, site) and not _AT_A_CARD.fullmatch(line) for line in top]
    known = [is_sure or bool(_LIKELY.fullmatch(line)) for is_sure, line in zip(sure, top, strict=True)]
    if site == "brainscape":  # it has nothing at the top but a title
        sure = known = [bool(_TITLE.fullmatch(line)) and at <= _GAP for at, line in enumerate(top)]
    first, end = 0, 0
    for at, line in enumerate(top):
        if end and at - end > _GAP:
            break
        is_next = at == end or (at + 1 < len(top) and known[at + 1])  # a button alone below other text may be a term
        if line.casefold() not in labels and (sure[at] or (known[at] and (is_next or _COUNTER.fullmatch(line)))):
            first, end = (first, at + 1) if end else (at, at + 1)
    above_too_many = first > _GAP and (first > len(lines) - end or end - first < _GAP)
    return (0, 0) if above_too_many else (first, end)


def _is_sure(line: str, site: str) -> bool:
    return bool(_SURE[site].fullmatch(line))


def _beside_cards(lines: Sequence[str], site: str) -> Iterator[int]:
    """The page's lines that stand at every card."""
    rating = len(_RATINGS)
    for at, line in enumerate(lines):
        if _is_sure(line, site):
            yield at
            rating = 0
        elif site == "brainscape" and rating < len(_RATINGS) and line == _RATINGS[rating]:
            yield at
            rating += 1
        else:
            rating = len(_RATINGS)


def _foot(lines: Sequence[str], site: str) -> Iterator[int]:
    """The known lines at the bottom, down from a sure one."""
    start = len(lines)
    while start and (_is_sure(lines[start - 1], site) or _LIKELY.fullmatch(lines[start - 1])):
        start -= 1
    surest = next((at for at in range(start, len(lines)) if _is_sure(lines[at], site)), len(lines))
    yield from range(surest, len(lines))


def _of_unknown_site(lines: Sequence[str]) -> Chrome:
    """The lines at the top that any page of flashcards has: a counter or a title, and buttons among which it stands.

    A counter ("24 terms", "1/24") or a title ("... Flashcards") is enough alone in the first line, over a set of that
    size.
    """
    tells = [at for at, line in enumerate(lines[:_TOP_UNKNOWN]) if _BUTTON.fullmatch(line) or _tells(line)]
    end = 0
    for at in tells:
        alone = end and at > end and at + 1 not in tells and not _tells(lines[at])
        if alone or at - end > (_GAP + 1 if end else _ABOVE):
            break
        end = at + 1
    known = [at for at in tells if at < end]
    telling = [at for at in known if _tells(lines[at])]
    below = len(lines) - end
    if not telling or below < 2 or (len(known) == 1 and telling != [0]):
        return Chrome()
    counter = next((at for at in telling if _count(lines[at])), 0)
    cards = _count(lines[counter])
    if _COUNTER.fullmatch(lines[counter]) and (below == 2 * cards + 2 or (len(known) == 1 and below > 2 * cards)):
        cards += 1  # it counts from zero, as Knowt does
    if len(known) == 1 and (below < 2 * max(cards, _FEW) or below > _MANY * (cards or below)):
        return Chrome()
    if len(known) == 1 and _FRACTION.fullmatch(lines[0]) and any(_FRACTION.fullmatch(line) for line in lines[1:]):
        return Chrome()  # fractions are what the set is about
    possible = sorted(set(range(end)) - set(known))
    return Chrome("unknown", tuple(known), tuple(possible), end, cards, counter)


def _tells(line: str) -> bool:
    return bool(_COUNTER.fullmatch(line) or _STATED.fullmatch(line) or _TITLE.fullmatch(line))


def _count(line: str) -> int:
    """The number that ``line`` says there are; 0 when it says none."""
    found = _COUNTER.fullmatch(line) or _STATED.fullmatch(line)
    return int(next(filter(None, found.groups()))) if found else 0
