"""Terms that say how many things their definition lists: "7 ways to segment a market", "the three laws".

English first, with the German and Spanish number words that study sets need most.
"""

import re

__all__ = ["counted", "words_of"]

_MOST = 30  # things; a larger number counts something else
_LONGEST = 16  # words of a term that counts
_NUMBER_WORDS = (
    "two both dos zwei",
    "three tres drei",
    "four cuatro vier",
    "five cinco fünf",
    "six seis sechs",
    "seven siete sieben",
    "eight ocho acht",
    "nine nueve neun",
    "ten diez zehn",
    "eleven once elf",
    "twelve doce zwölf",
)
_NUMBERS = {word: number for number, words in enumerate(_NUMBER_WORDS, start=2) for word in words.split()}
_NUMBERS |= {str(number): number for number in range(2, _MOST + 1)}
_WORD = re.compile(r"\w+(?:['’]\w+)*")
_AT_END = re.compile(r"\((?:x\s*)?(\d{1,2})(?:\s*x)?\)\W*$", re.IGNORECASE)
_PLURAL = re.compile(r"[^\W\d]{2,}(?:s|en|ia|ae)$", re.IGNORECASE)
_LEAD = frozenset("what which are is the name list give state die der das los las".split())


def counted(term: str, *, within: int = 0) -> int:
    """How many things ``term`` announces; 0 when it announces none.

    The number stands first, or behind words such as "what are the", or among the first ``within`` words, or in
    parentheses at the end. The plural that it counts comes within three words: "2 Introduction" counts nothing.
    """
    if "(" in term and (at_end := _AT_END.search(term)):
        return int(at_end[1]) if 2 <= int(at_end[1]) <= _MOST else 0
    words = words_of(term)
    if _NUMBERS.keys().isdisjoint(words) or len(words) > _LONGEST or term.endswith((".", ";", ",")):
        return 0
    lead = next((at for at, word in enumerate(words) if word not in _LEAD), 0)
    for at, word in enumerate(words[: max(within, lead + 1)]):
        number = _NUMBERS.get(word, 0)
        if number and any(_PLURAL.match(thing) for thing in words[at + 1 : at + 4]):
            return number
    return 0


def words_of(line: str) -> list[str]:
    """The words of a line in lower case."""
    return _WORD.findall(line.lower())
