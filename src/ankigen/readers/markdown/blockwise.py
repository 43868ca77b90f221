"""The block pass of the parser: the tokens of markdown-it's own, with each rule asked only where it can apply."""

from collections.abc import Callable
from itertools import accumulate
from typing import Any, Literal

from markdown_it import MarkdownIt, rules_block
from markdown_it.parser_block import ParserBlock
from markdown_it.ruler import Ruler
from markdown_it.rules_block import StateBlock
from markdown_it.rules_core import StateCore
from markdown_it.token import Token
from markdown_it.utils import EnvType

from ankigen.readers.markdown import blockrules
from ankigen.readers.markdown.starts import BELOW, BlockRule, Ends, Starts, begins_below
from ankigen.readers.markdown.tablerows import table_rule
from ankigen.readers.markdown.tokens import new_token

__all__ = ["blockwise_plugin"]

_RulesAt = Callable[[StateBlock, int], tuple[BlockRule, ...]]


def blockwise_plugin(md: MarkdownIt) -> None:
    """Let ``md`` go on with its rules of now, of which those for text and for indented code are not to be changed."""
    md.block = _Blockwise(md.block.ruler)
    md.core.ruler.at("normalize", _normalize)


def _normalize(state: StateCore) -> None:
    state.src = state.src.replace("\r\n", "\n").replace("\r", "\n").replace("\0", "\ufffd")


class _Blockwise(ParserBlock):
    def __init__(self, rules: Ruler[BlockRule]) -> None:
        self.ruler: _Ruler = _Ruler(rules)

    def tokenize(self, state: StateBlock, startLine: int, endLine: int) -> None:  # noqa: N803 - as its class names them
        """Add the tokens of these lines to ``state``."""
        assert isinstance(state, _Lines)  # noqa: S101 - all states come from `parse`
        rules_at = state.rules_at
        starts, shifts, stops = state.bMarks, state.tShift, state.eMarks
        has_gap = False
        line = startLine
        while line < endLine:
            while line < state.lineMax and starts[line] + shifts[line] >= stops[line]:
                line += 1
            state.line = line
            if line >= endLine or state.sCount[line] < state.blkIndent:
                return
            if state.level >= state.deepest:
                state.line = endLine
                return
            for rule in rules_at(state, line):
                if rule(state, line, endLine, False):
                    break
            if state.line <= line:
                raise RuntimeError("a block rule did not take its line")
            state.tight = not has_gap
            line = state.line
            has_gap = has_gap or (line - 1 < endLine and starts[line - 1] + shifts[line - 1] >= stops[line - 1])
            if line < endLine and starts[line] + shifts[line] >= stops[line]:
                has_gap = True
                line += 1
                state.line = line

    def parse(self, src: str, md: MarkdownIt, env: EnvType, outTokens: list[Token]) -> list[Token] | None:  # noqa: N803
        """Add the tokens of ``src`` to ``outTokens``."""
        if not src:
            return None
        state = _Lines(src, md, env, outTokens, self.ruler.rules_at())
        self.tokenize(state, 0, state.lineMax)
        return state.tokens


class _Ruler(Ruler[BlockRule]):
    """The rules of ``other``; each of its chains is one function that asks those that can apply."""

    def __init__(self, other: Ruler[BlockRule]) -> None:
        super().__init__()
        self.__rules__ = other.__rules__
        self._rules_at: _RulesAt

    def rules_at(self) -> _RulesAt:
        """The function that says which rules may begin a block in a line, in their order."""
        if self.__cache__ is None:
            self.__compile__()
        return self._rules_at

    def __compile__(self) -> None:
        super().__compile__()
        faster: dict[Any, BlockRule] = {
            rules_block.heading: blockrules.heading,
            rules_block.hr: blockrules.rule,
        }
        faster[rules_block.list_block] = blockrules.list_rule(self._ends("list", faster))
        faster[rules_block.table] = table_rule(self._ends("blockquote", faster))
        chains = {name for rule in self.__rules__ for name in rule.alt}
        ends = {name: self._ends(name, faster) for name in chains}
        rules = {rule.name: faster.get(rule.fn, rule.fn) for rule in self.__rules__ if rule.enabled}
        self.__cache__ = {"": list(rules.values()), **{name: [chain] for name, chain in ends.items()}}
        code = rules.pop("code")
        del rules["lheading"], rules["paragraph"]
        self._rules_at = _rules_at(rules, code, blockrules.text_rule(ends["paragraph"]))

    def _ends(self, chain: str, faster: dict[Any, BlockRule]) -> Ends:
        rules = (rule for rule in self.__rules__ if rule.enabled and chain in rule.alt)
        return Ends.ending((rule.name, faster.get(rule.fn, rule.fn)) for rule in rules)


def _rules_at(rules: dict[str, BlockRule], code: BlockRule, text: BlockRule) -> _RulesAt:
    plain, over_mark = (Starts.opening(rules.items(), text, over_mark=over_mark) for over_mark in (False, True))
    of_plain, others, of_marked, others_marked = plain.of, plain.others, over_mark.of, over_mark.others
    indented = (code,)

    def rules_at(state: StateBlock, line: int) -> tuple[BlockRule, ...]:
        if state.sCount[line] - state.blkIndent > 3:
            return indented
        starts, shifts, stops = state.bMarks, state.tShift, state.eMarks
        mark = state.src[starts[line] + shifts[line]]
        below = line + 1
        at = starts[below] + shifts[below]
        if at >= stops[below] and below + 1 < len(starts):
            below += 1
            at = starts[below] + shifts[below]
        if at < stops[below] and state.src[at] in BELOW and begins_below(state.src, at):
            return of_marked.get(mark, others_marked)
        return of_plain.get(mark, others)

    return rules_at


class _Lines(StateBlock):
    """The lines of a text, cut without a look at each character."""

    def __init__(self, src: str, md: MarkdownIt, env: EnvType, tokens: list[Token], rules_at: _RulesAt) -> None:
        self.src, self.md, self.env, self.tokens = src, md, env, tokens
        self.blkIndent = self.line = self.level = 0
        self.ddIndent = self.listIndent = -1
        self.tight = False
        self.parentType, self.result = "root", ""
        self.rules_at = rules_at
        self.deepest: int = md.options["maxNesting"]
        lines = src.split("\n")
        if not lines[-1].strip(" \t"):  # as in its class, this is no line
            lines.pop()
        self.lineMax = len(lines)
        length = len(src)
        self.bMarks = list(accumulate([len(line) + 1 for line in lines], initial=0))
        self.eMarks = [start - 1 for start in self.bMarks[1:]]
        self.tShift = [len(line) - len(line.lstrip(" \t")) for line in lines]
        self.sCount = list(self.tShift)
        if "\t" in src:
            for number, line in enumerate(lines):
                if line[: self.tShift[number]].find("\t") >= 0:
                    self.sCount[number] = len(line[: self.tShift[number]].expandtabs(4))
        # One more, so that rules may look at the line below the last one.
        self.bMarks[-1] = length
        self.eMarks.append(length)
        self.tShift.append(0)
        self.sCount.append(0)
        self.bsCount = [0] * len(self.bMarks)

    def push(self, ttype: str, tag: str, nesting: Literal[-1, 0, 1]) -> Token:
        """Add a token."""
        if nesting < 0:
            self.level -= 1
        token = new_token(ttype, tag, nesting, self.level, is_block=True)
        token.attrs, token.meta = {}, {}  # rules may add to them
        if nesting > 0:
            self.level += 1
        self.tokens.append(token)
        return token

    def getLines(self, begin: int, end: int, indent: int, keepLastLF: bool) -> str:  # noqa: N802, N803
        """The text of these lines, without so many columns at the start of each."""
        source, starts, stops = self.src, self.bMarks, self.eMarks
        if not indent and not keepLastLF:
            return "\n".join([source[starts[line] : stops[line]] for line in range(begin, end)])
        parts: list[str] = []
        for line in range(begin, end):
            start = starts[line]
            stop = stops[line] + (line + 1 < end or keepLastLF)
            if indent:
                shift = self.tShift[line]
                cut = start + (indent if indent < shift else shift)
                if source.find("\t", start, cut + 1) >= 0 or (shift < indent and source[cut : cut + 1] == " "):
                    parts.append(super().getLines(line, line + 1, indent, stop > stops[line]))
                    continue
                start = cut
            parts.append(source[start:stop])
        return "".join(parts)

    def is_code_block(self, line: int) -> bool:
        """Whether the line is indented by four columns or more."""
        return self.sCount[line] - self.blkIndent >= 4
