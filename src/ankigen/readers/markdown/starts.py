"""Which block rules a line can begin, by its first character: nearly every line is text, and asks no rule at all.

Every rule of the parser is named here. No block but text begins with a letter.
"""

from collections.abc import Callable, Collection, Iterable, Mapping

from markdown_it.rules_block import StateBlock

from ankigen.frozen import dataclass

__all__ = ["BELOW", "BlockRule", "Ends", "Starts", "begins_below"]

BlockRule = Callable[[StateBlock, int, int, bool], bool]

_MARKS = {
    "callout": "[",
    "math_block": "$\\",
    "admonition": "!?",
    "directive": ":",
    "fence": "`~",
    "blockquote": ">",
    "hr": "-*_",
    "list": "-*+0123456789",
    "footnote_def": "[",
    "reference": "[",
    "html_block": "<",
    "heading": "#",
    "tight heading": "#",
}
"""The characters with which a block of each rule begins."""

_TOLD_BELOW = {"table": "", "definitions": ":~", "next term": ""}
"""Rules whose block is told by the line below; and the marks of its own by which it ends another one, if it is."""

BELOW = frozenset("|-:~")
"""What the next line with text must begin with, where such a block is to begin; see :func:`begins_below`."""


@dataclass(frozen=True, slots=True)
class Starts:
    """Rules that may begin a block, in order: by the first character of its line; ``others`` for any other one."""

    of: Mapping[str, tuple[BlockRule, ...]]
    others: tuple[BlockRule, ...]

    @classmethod
    def opening(cls, rules: Iterable[tuple[str, BlockRule]], text: BlockRule, *, over_mark: bool) -> "Starts":
        """Those of ``rules``, and last ``text``, for a line over one that begins with a mark of ``BELOW``, or not."""
        named = [(name, rule) for name, rule in rules if over_mark or name not in _TOLD_BELOW]
        told = [rule for name, rule in named if name in _TOLD_BELOW]
        marked = [("" if name in _TOLD_BELOW else _MARKS[name], rule) for name, rule in named]
        return cls(_by_mark([*marked, ("", text)], always={*told, text}), (*told, text))


@dataclass(frozen=True, slots=True)
class Ends:
    """Rules that may end a block, by the first character of its line; those of ``below`` by that of the next line.

    As a function, it is one rule that says whether any of them does, for rules that ask all of a chain in turn.
    """

    of: Mapping[str, tuple[BlockRule, ...]]
    below: tuple[BlockRule, ...]

    def __call__(self, state: StateBlock, line: int, limit: int, silent: bool) -> bool:
        """Whether a rule ends the block above ``line``."""
        at = state.bMarks[line] + state.tShift[line]
        mark = state.src[at] if at < state.eMarks[line] else ""
        rules = self.of.get(mark, ()) + self.below
        return any(rule(state, line, limit, silent) for rule in rules) if rules else False

    @classmethod
    def ending(cls, rules: Iterable[tuple[str, BlockRule]]) -> "Ends":
        """The rules of one chain, each with its name."""
        marked = [(_TOLD_BELOW[name] if name in _TOLD_BELOW else _MARKS[name], rule) for name, rule in rules]
        return cls(_by_mark(marked), tuple(rule for marks, rule in marked if not marks))


def begins_below(source: str, at: int) -> bool:
    """Whether a line whose text begins here, with one of ``BELOW``, may be such a line; an item of a list is none."""
    return source[at] != "-" or source[at + 1 : at + 2] in ("-", "|", ":")


def _by_mark(
    rules: list[tuple[str, BlockRule]], always: Collection[BlockRule] = ()
) -> dict[str, tuple[BlockRule, ...]]:
    """For each mark, the ``rules`` that have it among theirs, in their order; and with them those of ``always``."""
    marks = {mark for own, _ in rules for mark in own}
    return {mark: tuple(rule for own, rule in rules if mark in own or rule in always) for mark in marks}
