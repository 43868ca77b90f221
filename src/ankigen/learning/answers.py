"""Answers that ask too much at once: long ones, long lists, and lists in running text."""

import re
from collections.abc import Iterator

from ankigen.diagnostics import Diagnostic, Rule
from ankigen.learning.words import plain, words
from ankigen.places import fault_at
from ankigen.policy import Policy
from ankigen.readers.counted import counted
from ankigen.records import Record
from ankigen.source import Source

__all__ = ["answer_faults"]

_ASKS_FOR_ALL = re.compile(
    r"(?:name|list|enumerate|what are|which are|nenne|welche|was sind|nombra|enumera|cuáles son|¿cuáles son"
    r"|citez?|énumérez|nommez|quels sont|quelles sont)\b",
    re.IGNORECASE,
)
_PART = re.compile(r"\s*(?:[,;]\s*(?:(?:and|und|y|e|et|or|oder|o|ou)\s+)?|\s(?:and|und|y|et)\s)\s*")
_FEWEST_PARTS = 4
_LONGEST_PART = 4  # words
_COUNT_WITHIN = 6  # words: "what are the four parts of" says how many there are
_DIGIT = re.compile(r"\d")


def answer_faults(source: Source, record: Record, policy: Policy) -> Iterator[Diagnostic]:
    """What is too much in the answer of a record that is no cloze."""
    if record.items:
        if len(record.items) > policy.longest_list:
            message = (
                f"the answer is a list of {len(record.items)}, and more than {policy.longest_list} is hard to recall"
            )
            hint = "split it into groups with a name each, or write it as clozes"
            yield fault_at(source, record, Rule.LONG_LIST, message, hint)
        return
    answer = plain(record.definition.html)
    count = len(words(answer))
    if count > policy.longest_answer:
        message = f"the answer has {count} words, and more than {policy.longest_answer} is hard to judge as a whole"
        yield fault_at(source, record, Rule.LONG_ANSWER, message, "ask for one thing; make several records of it")
    question = plain(record.term.html)
    parts = _PART.split(answer.rstrip("."))
    if (
        len(parts) >= _FEWEST_PARTS
        and all(0 < len(words(part)) <= _LONGEST_PART for part in parts)
        and _ASKS_FOR_ALL.match(question)
        and not (counted(question, within=_COUNT_WITHIN) or _DIGIT.search(question + answer))
    ):
        message = f"the answer enumerates {len(parts)} things in running text"
        hint = "write them as a list, a line each: the card then says how many there are"
        yield fault_at(source, record, Rule.RUN_IN_LIST, message, hint)
