"""Terms that say how many items their definition has: "7 ways to segment a market", "the three laws"."""

import re

__all__ = ["counted"]

_WORDS = ("two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve")
_NUMBERS = {word: number for number, word in enumerate(_WORDS, start=2)}
_NUMBERS |= {str(number): number for number in range(2, 100)}
_COUNT = re.compile(r"(?:(?:the|what are the|name|list|give)\s+)*(\w+)\s+(\w.*)", re.IGNORECASE)
_PLURAL = re.compile(r"\w{2,}[^s\W]s|criteria|phenomena|people|children|women|men|feet|axes|media|data", re.IGNORECASE)
_LAST = re.compile(r"of|to|in|for|that|which|with|by|on|and|or", re.IGNORECASE)


def counted(term: str) -> int:
    """How many items ``term`` announces; 0 when it announces none.

    The number stands first, and within three words comes the plural that it counts: so "2 Introduction", a
    chapter, counts nothing.
    """
    found = _COUNT.match(term.strip())
    number = _NUMBERS.get(found[1].casefold(), 0) if found else 0
    if not found or not number:
        return 0
    for word in re.findall(r"\w+", found[2])[:3]:
        if _LAST.fullmatch(word):
            return 0
        if _PLURAL.fullmatch(word):
            return number
    return 0
