"""markdown-it's inline pass at a fraction of its cost: the same rules, run only where one of them can begin.

markdown-it tries each rule of its chain at each character that is no letter, and runs all that settles emphasis over
every paragraph. Here a table says with which characters the rules begin. One regular expression jumps to the next of
them, and tells most marks from beginning to end; else only their rules are tried. What settles emphasis runs only where
delimiters are left that `emphasis` has not settled at once. The tokens are those of markdown-it itself.
"""

import re
from collections.abc import Callable

from markdown_it import MarkdownIt
from markdown_it.parser_inline import ParserInline
from markdown_it.rules_core import StateCore
from markdown_it.rules_inline import StateInline
from markdown_it.token import Token
from markdown_it.utils import EnvType

from ankigen.readers.markdown.emphasis import emphasis, join_texts
from ankigen.readers.markdown.inlinestarts import BEGINNINGS, PLACES
from ankigen.readers.markdown.inlinestate import State
from ankigen.readers.markdown.tokens import new_token
from ankigen.readers.markdown.wholemarks import WHOLE_MARKS

__all__ = ["QuickInline", "quicken"]

_SETTLING = {"balance_pairs", "strikethrough", "mark", "emphasis", "fragments_join"}  # nothing to do without delimiters

_Rule = Callable[[StateInline, bool], bool]


def quicken(md: MarkdownIt) -> None:
    """Let ``md`` parse inline content quickly, with its rules of now where a `WholeMark` stands for one."""
    md.inline = QuickInline(md.inline)
    join = next(rule.fn for rule in md.core.ruler.__rules__ if rule.name == "text_join")

    def join_where_needed(state: StateCore) -> None:
        everything = state.tokens
        state.tokens = [token for token in everything if token.type == "inline" and _is_split(token.children)]
        if state.tokens:
            join(state)
        state.tokens = everything

    md.core.ruler.at("text_join", join_where_needed)


def _is_split(tokens: list[Token] | None) -> bool:
    """Whether text stands beside text in ``tokens``, or may stand so inside of one."""
    before = ""
    for token in tokens or ():
        kind = token.type
        if kind == "text_special" or (kind == "text" == before) or token.children:
            return True
        before = kind
    return False


class QuickInline(ParserInline):
    """A parser of inline content with the rules of ``plain``, to which more may be added as to any other."""

    def __init__(self, plain: ParserInline) -> None:
        vars(self).update(vars(plain))
        self._chain: list[_Rule] = []  # from which the rest is made
        self._rules: dict[str, list[_Rule]] = {}  # by the character that they can begin with
        self._next = re.compile("")
        self._pushes: dict[int, Callable[[State, re.Match[str]], None]] = {}  # by the last group of ``_next``
        self.ruler.at("emphasis", emphasis)
        self._own = {rule.name: rule.fn for rule in self.ruler.__rules__}
        self.ruler2.at("fragments_join", join_texts)

    def parse(self, src: str, md: MarkdownIt, env: EnvType, tokens: list[Token]) -> list[Token]:
        """Append the tokens of ``src`` to ``tokens``."""
        if self.ruler.getRules("") is not self._chain:
            self._prepare()
        if not self._next.search(src):
            if src:
                tokens.append(new_token("text", "", 0, 0, src))
            return tokens
        state = State(src, md, env, tokens)
        self.tokenize(state)
        if state.is_due:
            state.pushPending()
        if state.delimiters or state.is_open:
            for settle in self.ruler2.getRules(""):
                settle(state)
        elif state.is_split:
            join_texts(state)
        return state.tokens

    def tokenize(self, state: StateInline) -> None:
        """Make tokens of the text from ``state.pos`` to ``state.posMax``."""
        assert isinstance(state, State)  # noqa: S101 - `parse` has made it
        src, end = state.src, state.posMax
        search, rules, pushes, wait = self._next.search, self._rules, self._pushes, state.parts.append
        deepest = state.md.options["maxNesting"]
        begin = at = state.pos  # of the text that waits, and of the text that may hold a mark
        while at < end and state.level < deepest and (found := search(src, at, end)):
            at = state.pos = found.start()
            if begin < at:
                wait(src[begin:at])
                begin = at
            if group := found.lastindex:
                pushes[group](state, found)
                begin = at = found.end()
                continue
            for rule in rules[src[at]]:
                if rule(state, False):
                    begin = at = state.pos
                    break
            else:
                at += 1
        if begin < end:
            wait(src[begin:end])
        state.pos = max(begin, end)
        if state.parts:
            state.pushPending()

    def skipToken(self, state: StateInline) -> None:  # noqa: N802 - markdown-it's name
        """Move ``state.pos`` behind the next token, or to the next bracket that closes."""
        pos = state.pos
        if pos in state.cache:
            state.pos = state.cache[pos]
            return
        if state.level >= state.md.options["maxNesting"]:
            state.pos = state.posMax + 1  # as in markdown-it
        elif not (found := self._next.search(state.src, pos, state.posMax)):
            state.pos = state.posMax
        elif found.start() > pos:
            state.pos = found.start()
        else:
            state.level += 1  # limits recursion
            for rule in self._rules[state.src[pos]]:
                if rule(state, True):
                    break
            else:
                state.pos += 1
            state.level -= 1
        state.cache[pos] = state.pos

    def _prepare(self) -> None:
        """Make the table anew: plugins have added rules, or changed them."""
        text, *rules = (rule for rule in self.ruler.__rules__ if rule.enabled)
        unknown = {rule.name for rule in rules} - BEGINNINGS.keys()
        unknown |= {rule.name for rule in self.ruler2.__rules__ if rule.enabled} - _SETTLING
        if text.name != "text" or unknown:
            raise ValueError(f"say with which characters these rules begin: {sorted(unknown) or text.name}")
        signs = sorted({sign for rule in rules for sign in BEGINNINGS[rule.name]})
        self._rules = {sign: [rule.fn for rule in rules if sign in BEGINNINGS[rule.name]] for sign in signs}
        self._rules["]"] = []  # no rule begins with it, but `skipToken` is not to skip it: it ends what may be a link
        # Each alternative begins with its sign: so `re` jumps to the first of all signs, and then looks closer.
        unchanged = {rule.name for rule in rules if rule.fn is self._own.get(rule.name)}
        whole = [mark for mark in WHOLE_MARKS if mark.rule in unchanged]
        places = [PLACES.get(sign, re.escape(sign)) for sign in self._rules]
        self._next = re.compile("|".join([*(mark.pattern for mark in whole), *places]))
        self._pushes = {self._next.groupindex[mark.group]: mark.push for mark in whole}
        self._chain = self.ruler.getRules("")
