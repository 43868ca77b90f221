"""The lines of a paste with what every comparison needs, and their traits: what a line looks like, each in a word.

Nothing here knows where the records are. :mod:`ankigen.readers.studyset.signs` says what a line and its neighbours
tell together.
"""

import re
from collections.abc import Sequence

from ankigen.frozen import dataclass
from ankigen.readers.counted import counted, words_of
from ankigen.readers.studyset.words import ARTICLES, CARRIES_ON, ENDINGS, FUNCTION, SMALL, asks, stem

__all__ = ["TRAITS", "Line", "item_mark", "observe"]

TRAITS = (
    "size", "first", "end", "case", "colon", "brackets", "digit", "lead", "function", "word", "comma", "sentences",
    "symbol", "code", "mark", "opener",
)  # fmt: skip
"""The names of a line's traits, in the order in which `Line.traits` has them. The last one says something only where
a set has it often: the word that a line begins with.
"""

_BULLET = re.compile(r"(?:[-–—*+~>](?=\s)|[-–—](?=[^\W\d])|[•·●○◦▪■➢→✓✅❌])\s*")
_NUMBERING = re.compile(r"(?:\d{1,2}[.)]|\(\d{1,2}\)|\(?[a-h]\)|[a-h]\.|[ivx]{1,4}[.)])\s+")
_CUT = re.compile(r"(?:[,(–&/=+-]|\b(?:the|a|an|of|and|or|to|in|for|with|is|are))$", re.IGNORECASE)
_ENDINGS = (*ENDINGS, "en", "e")
_SIZES = ((1, "1"), (3, "3"), (6, "6"), (12, "12"), (25, "25"))  # words, at most
_RAW_WORD = re.compile(r"\w+(?:['’]\w+)*")
_LABEL = re.compile(r"[^:]{1,40}:\s")
_LABEL_WORDS = 5
_MATH = re.compile(r"\\[\[(a-zA-Z]|\$")
_CODE = re.compile(r"[\w\])] ?(?:==|=|\+=) ?[\w\[(\"']|\w\(|[{};]$|^[<{}]|\w\.\w+\(")
_ARROW = re.compile(r"[→=≠<>⇒]|->")
_DASH = re.compile(r" [-–—] ")
_NEXT_SENTENCE = re.compile(r"[a-z)][.!?] +[A-Z]")


@dataclass(frozen=True, slots=True)
class Line:
    """One line of a paste. ``count`` is how many items it announces, or 0; ``traits`` is in the order of `TRAITS`."""

    text: str
    words: tuple[str, ...]
    stems: frozenset[str]
    is_question: bool
    is_bullet: bool
    is_numbered: bool
    is_cut: bool
    count: int
    after_blank: bool
    traits: tuple[str, ...]

    @property
    def is_item(self) -> bool:
        """Whether the line begins like the item of a list."""
        return self.is_bullet or self.is_numbered

    def trait(self, name: str) -> str:
        """One of the line's traits."""
        return self.traits[TRAITS.index(name)]


def observe(texts: Sequence[str], after_blank: Sequence[bool]) -> list[Line]:
    """The lines of a paste, none blank; ``after_blank`` says which of them follow a blank one."""
    return [_line(text, blank) for text, blank in zip(texts, after_blank, strict=True)]


def item_mark(text: str) -> str:
    """The bullet or number that a line begins with, and the space after it; empty when it has none."""
    found = _BULLET.match(text) or _NUMBERING.match(text)
    return found[0] if found else ""


def _line(text: str, after_blank: bool) -> Line:
    words = tuple(words_of(text))
    is_question = text.rstrip(' "”)*_').endswith(("?", "？"))
    is_bullet, is_numbered = bool(_BULLET.match(text)), bool(_NUMBERING.match(text))
    size = next((name for most, name in _SIZES if len(words) <= most), "more")
    lead = words[0] if words else ""
    asking = asks(words)
    joining = sum(word in FUNCTION for word in words) / max(1, len(words))
    traits = (
        size,
        "bullet" if is_bullet else "numbered" if is_numbered else _first(text[0]),
        "question" if is_question else _end(text),
        _case(text),
        _colon(text),
        "some" if "(" in text else "none",
        "some" if any(sign.isdigit() for sign in text) else "none",
        "asks" if asking else "carries-on" if lead in CARRIES_ON else "article" if lead in ARTICLES
        else "function" if lead in FUNCTION else "other",
        "none" if not joining else "few" if joining < 0.2 else "some" if joining < 0.4 else "many",
        lead if asking or lead in FUNCTION or lead in CARRIES_ON else "other",
        "some" if "," in text else "none",
        "several" if _NEXT_SENTENCE.search(text) else "one",
        "arrow" if _ARROW.search(text) else "dash" if _DASH.search(text) else "none",
        "math" if _MATH.search(text) else "code" if _CODE.search(text) else "none",
        "none" if text[0].isalnum() else text[0],
        lead,
    )  # fmt: skip
    return Line(
        text=text,
        words=words,
        stems=frozenset(stem(word, _ENDINGS) for word in words if word not in SMALL and len(word) > 2),
        is_question=is_question,
        is_bullet=is_bullet,
        is_numbered=is_numbered,
        is_cut=bool(_CUT.search(text)) or text.count("(") > text.count(")"),
        count=counted(text, within=6),
        after_blank=after_blank,
        traits=traits,
    )


def _first(sign: str) -> str:
    if sign.isdigit():
        return "digit"
    if sign in "\"'“‘«„":
        return "quote"
    return "lower" if sign.islower() else "upper" if sign.isupper() else "letter" if sign.isalpha() else "symbol"


def _end(text: str) -> str:
    last = text.rstrip(' "”)*_»')[-1:] or text[-1]
    if last in ".!":
        return "period"
    return {":": "colon", ",": "comma", ";": "comma", ")": "bracket"}.get(text[-1], "word")


def _case(text: str) -> str:
    """How the words that matter are capitalised: headings differ from sentences here."""
    words = _RAW_WORD.findall(text)
    matter = [word for word in words if word.lower() not in FUNCTION and not word.isdigit()]
    if not matter:
        return "none"
    if all(word.isupper() and len(word) > 1 for word in matter):
        return "all"
    capitals = sum(word[0].isupper() for word in matter)
    if len(matter) == 1:
        return "one-capital" if capitals else "one-lower"
    if capitals >= 0.6 * len(matter):
        return "title" if capitals == len(matter) else "mostly-title"
    return "sentence" if words[0][0].isupper() else "mixed" if capitals else "lower"


def _colon(text: str) -> str:
    label = _LABEL.match(text)
    if label and len(label[0].split()) <= _LABEL_WORDS:
        return "label"
    return "inner" if ": " in text else "end" if text[-1] == ":" else "none"
