"""What single words say in a study set: words that ask, words that carry on a sentence, words that only join others.

English first, then what German, Spanish, French, Italian and Portuguese sets need most. Lower case throughout.
"""

from collections.abc import Sequence

__all__ = ["ARTICLES", "CARRIES_ON", "ENDINGS", "FUNCTION", "SMALL", "asks", "stem"]

_ASKING = frozenset(
    """what what's which who who's whose whom when where why how is are was were do does did can could should would
    name list describe explain define state give identify outline compare distinguish discuss true
    was wer wie wo wann warum welche welcher welches wozu womit woraus nenne nennen erkläre beschreibe beweise
    qué que quién quiénes cuál cuáles cómo cuándo dónde cuánto cuántos nombra explica define
    qu'est qu'est-ce quel quelle quels quelles comment pourquoi quand où combien qui citez nommez expliquez
    che cosa cos'è come perché dove quale quali qual quais como onde por""".split()
)

CARRIES_ON = frozenset(
    """it its it's they them their these those this that he she we also and or but because so then thus hence however
    e.g e.g. eg eg. i.e i.e. ie for example such including with which where if when to by as in from
    yes no true false note example examples use used occurs refers
    er sie es diese dieser und oder weil also""".split()
)
"""A line that begins with one of these goes on with what was said before."""

ARTICLES = frozenset("a an the der die das ein eine el la los las un una le les il lo gli i o os as um uma".split())

FUNCTION = ARTICLES | frozenset(
    """of and or in on to for with by from as at is are be it its this that these those they he she we you i if when
    while because so then but not no yes can may will would should must has have had was were do does did there which
    who what how why where than
    und oder von zu ist sind es wenn weil aber nicht kann wird hat
    de y o en que se es son con por para no si su al del
    du et ou est sont dans pour avec par qui elle ce cette au aux une des
    di e che per non è sono em não com são""".split()
)
"""Words that join others. Vocabulary has few of them, sentences have many."""

SMALL = frozenset(
    """a an the of and or in on to for with by from as at is are be not instead into your you its their &
    der die das ein eine und oder von zu el la los las un una de y o""".split()
)
"""Words too small to tell two lines apart."""


ENDINGS = ("ing", "ies", "es", "s")


def stem(word: str, endings: Sequence[str] = ENDINGS) -> str:
    """A word without the first of these endings that it has, so that "customers" meets "customer"."""
    for ending in endings:
        if len(word) >= len(ending) + 3 and word.endswith(ending):
            return word[: -len(ending)]
    return word


def asks(words: Sequence[str]) -> bool:
    """Whether a line of these words begins like a question or a task."""
    return bool(words) and words[0] in _ASKING
