"""Questions that can be answered without knowing, or not even by who knows.

English first; German, Spanish and French words where they are as plain.
"""

import re
from collections.abc import Iterator

from ankigen.diagnostics import Diagnostic, Rule
from ankigen.learning.words import COMMON, has_more_than_text, plain, words
from ankigen.places import fault_at
from ankigen.records import Record
from ankigen.source import Source

__all__ = ["question_faults"]

_YES_OR_NO = re.compile(
    r"(?:yes|no|ja|nein|sí|oui|non|true|false|wahr|falsch|richtig|verdadero|falso|vrai|faux)(?=$|\s*[.,;:!–—-])",
    re.IGNORECASE,
)
_OPEN = re.compile(
    r"\b(?:wh(?:at|ich|en|ere|y|o|om|ose)|how|was|welche[rsmn]?|wann|wo|warum|wieso|wie|wer|wem|wen|qué|cuál(?:es)?"
    r"|cuándo|dónde|cómo|quién|quel(?:le)?s?|quand|où|pourquoi|comment|qui|que)\b",
    re.IGNORECASE,
)
_ALTERNATIVE = re.compile(r"\b(?:or|oder|ou|vs|versus)\b|\s[oó]\s|/", re.IGNORECASE)
_ENDS = re.compile(r"[?？](?=[\s\"'”»)]|$)")
_WH_ENGLISH = (
    r"(?:what|when|where|why|how|who|which)\s+"
    r"(?:is|are|was|were|does|do|did|has|have|had|can|could|will|would|should|must)\s+"
)
_ORPHAN = re.compile(
    rf"{_WH_ENGLISH}(?P<en>it|they|he|she|him|her|them|this|these|those)"
    r"(?=\s*\?|\s+(?:mean|work|happen|matter|do|does|consist|contain|cause|differ|arise|occur|form|look|come|go|have|used"
    r"|made|called|important|useful|necessary|needed|found|located|measured|calculated|produced|discovered|invented|die"
    r"|live|born|become|write|win|fail|better|faster|slower|bad|good)\b)"
    r"|(?:was|wann|wo|warum|wieso|wie|wozu)\s+(?:ist|sind|war|waren|macht|machen|tut|hat|haben|kann)\s+"
    r"(?P<de>er|sie|es|dies)\s*\?"
    r"|¿?(?:qué|cuándo|dónde|por qué|cómo)\s+(?:es|son|fue|fueron|hace|hacen|significa)\s+"
    r"(?P<es>él|ella|ellos|ellas|eso|esto)\s*\?"
    r"|(?:comment|pourquoi|où|quand)\s+[^\W\d_]+-(?:t-)?(?P<fr>elles?|ils)\s*\?",
    re.IGNORECASE,
)
_EXPLETIVE = re.compile(r"\b(?:to|that|if|when|called|look like)\b", re.IGNORECASE)  # "why is it important to"
_QUOTED = re.compile(r"[\"“„«»][^\"“”„«»?？]*[?？][\"”“»«]")
_CODE = re.compile(r"[][(){}<>=*_/\\□]")  # code or a formula, of which the question may name a part
_SHORTEST_HINT = 4  # letters of an answer that gives itself away; years have as many digits


def question_faults(source: Source, record: Record) -> Iterator[Diagnostic]:
    """What is wrong with the question of a record that is no cloze."""
    question, answer = plain(record.term.html), plain(record.definition.html)
    if _ENDS.search(answer):
        return  # a sentence in two languages: nothing is asked
    is_asked = bool(_ENDS.search(question))
    if (
        is_asked
        and _YES_OR_NO.match(answer)
        and not (_OPEN.match(question.lstrip("¿ ")) or _ALTERNATIVE.search(question))
    ):
        hint = "ask for what the answer rests on: why, how, which"
        yield fault_at(source, record, Rule.YES_NO_QUESTION, "half of all guesses answer this question", hint)
    ends = _ENDS.findall(_QUOTED.sub("", question))
    if len(ends) > 1 and not has_more_than_text(record.term.html):
        message = f"the term asks {len(ends)} questions"
        yield fault_at(source, record, Rule.SEVERAL_QUESTIONS, message, "make a record of each")
    orphan = _ORPHAN.match(question)
    if (
        is_asked
        and orphan
        and not has_more_than_text(record.term.html)
        and not _EXPLETIVE.search(question, orphan.end())
    ):
        word = next(filter(None, orphan.groups()))
        message = f'nothing before "{word}" says what it stands for'
        yield fault_at(source, record, Rule.ORPHAN_PRONOUN, message, "name the thing: cards come without their section")
    if is_asked and _is_given_away(question, answer) and not _ALTERNATIVE.search(question):
        message = f'the front says "{answer}", which is the answer'
        yield fault_at(source, record, Rule.ANSWER_ON_FRONT, message, "take the answer out of the term")


def _is_given_away(question: str, answer: str) -> bool:
    """Whether all of the answer stands in a question that is longer."""
    asked, wanted = words(question), words(answer)
    if len("".join(wanted)) < _SHORTEST_HINT or len(asked) < len(wanted) + 3 or _CODE.search(answer):
        return False
    if len(wanted) == 1 and wanted[0] in COMMON:
        return False
    return f" {' '.join(wanted)} " in f" {' '.join(asked)} "
