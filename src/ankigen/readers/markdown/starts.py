"""Which block rules a line can begin, by its first character: nearly every line is text, and asks no rule at all.

A rule that is not named here is asked of every line, so that leaving one out costs time and nothing else.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass

from markdown_it.rules_block import StateBlock

__all__ = ["BELOW", "BlockRule", "Ends", "Starts"]

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
"""What the next line with text must begin with, where such a block is to begin."""


@dataclass(frozen=True, slots=True)
class Starts:
    """Rules in their order, by the first character of the line; ``others`` are those for a character that has none."""

    of: Mapping[str, tuple[BlockRule, ...]]
    others: tuple[BlockRule, ...]

    @classmethod
    def opening(cls, rules: Iterable[tuple[str, BlockRule]], *, over_mark: bool) -> "Starts":
        """Of these named rules, those that may begin a block, over a line that begins with one of ``BELOW`` or not."""
        return cls(
            *_by_mark(
                (None if name in _TOLD_BELOW else _MARKS.get(name), rule)
                for name, rule in rules
                if over_mark or name not in _TOLD_BELOW
            )
        )


@dataclass(frozen=True, slots=True)
class Ends(Starts):
    """Rules that may end a block, by the first character of the line; those of ``below`` by that of the next one.

    As a function, it is one rule that says whether any of them does, for rules that ask all of a chain in turn.
    """

    below: tuple[BlockRule, ...]

    def __call__(self, state: StateBlock, line: int, limit: int, silent: bool) -> bool:
        """Whether a rule ends the block above ``line``."""
        at = state.bMarks[line] + state.tShift[line]
        mark = state.src[at] if at < state.eMarks[line] else ""
        return any(rule(state, line, limit, silent) for rule in self.of.get(mark, self.others) + self.below)

    @classmethod
    def ending(cls, rules: Iterable[tuple[str, BlockRule]]) -> "Ends":
        """The rules of one chain, each with its name."""
        named = [(_TOLD_BELOW.get(name, _MARKS.get(name)), rule) for name, rule in rules]
        of, others = _by_mark((marks, rule) for marks, rule in named if marks != "")
        return cls(of, others, tuple(rule for marks, rule in named if marks == ""))


def _by_mark(
    rules: Iterable[tuple[str | None, BlockRule]],
) -> tuple[dict[str, tuple[BlockRule, ...]], tuple[BlockRule, ...]]:
    named = list(rules)
    of = {
        mark: tuple(rule for marks, rule in named if marks is None or mark in marks)
        for mark in {mark for marks, _ in named for mark in marks or ""}
    }
    return of, tuple(rule for marks, rule in named if marks is None)
