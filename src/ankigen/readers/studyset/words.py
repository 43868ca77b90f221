"""What single words say in a study set: words that ask, words that carry on a sentence, words that say little.

English first, with the German and Spanish words that the commonest sets need. Lower case throughout.
"""

from collections.abc import Sequence

__all__ = ["CARRIES_ON", "SMALL", "asks"]

_ASKING = frozenset(
    """what what's which who who's whose whom when where why how is are was were do does did can could should would
    name list describe explain define state give identify outline compare distinguish discuss true
    was wer wie wo wann warum welche welcher welches nenne erkläre beschreibe beweise
    qué que quién cuál cuáles cómo cuándo dónde""".split()
)

CARRIES_ON = frozenset(
    """it its it's they them their these those this that he she we also and or but because so then thus hence however
    e.g e.g. eg eg. i.e i.e. ie for example such including with which where if when to by as in from
    yes no true false note example examples use used occurs refers
    er sie es diese dieser und oder weil also""".split()
)
"""A line that begins with one of these goes on with what was said before."""

SMALL = frozenset(
    """a an the of and or in on to for with by from as at is are be not instead into your you its their &
    der die das ein eine und oder von zu el la los las un una de y o""".split()
)
"""Words too small to tell two lines apart."""


def asks(words: Sequence[str]) -> bool:
    """Whether a line of these words begins like a question or a task."""
    return bool(words) and words[0] in _ASKING
