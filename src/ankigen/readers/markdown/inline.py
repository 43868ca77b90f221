"""markdown-it's inline pass at a fraction of its cost: the same rules, run only where one of them can begin.

markdown-it tries each rule of its chain at each character that is no letter, and runs all that settles emphasis over
every paragraph. Here a table says with which characters the rules begin. One regular expression jumps to the next of
them, only their rules are tried, and what settles emphasis runs only where delimiters are left that `emphasis` has not
settled at once. The tokens are those of markdown-it itself.
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
from ankigen.readers.markdown.tokens import inline_token

__all__ = ["QuickInline", "quicken"]

_SETTLING = {"balance_pairs", "strikethrough", "mark", "emphasis", "fragments_join"}  # nothing to do without delimiters
_INDENT = re.compile(r"[ \t]*")
_CODE = re.compile(r"`([^`]++)`(?!`)")

_Rule = Callable[[StateInline, bool], bool]


def quicken(md: MarkdownIt) -> None:
    """Let ``md`` parse inline content quickly; to be called before plugins, which add their rules as ever."""
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
        self.ruler.at("newline", _newline)
        self.ruler.at("emphasis", emphasis)
        self.ruler.at("backticks", _backticks(next(r.fn for r in self.ruler.__rules__ if r.name == "backticks")))
        self.ruler2.at("fragments_join", join_texts)

    def parse(self, src: str, md: MarkdownIt, env: EnvType, tokens: list[Token]) -> list[Token]:
        """Append the tokens of ``src`` to ``tokens``."""
        if self.ruler.getRules("") is not self._chain:
            self._prepare()
        if not self._next.search(src):
            if src:
                tokens.append(inline_token("text", "", 0, 0, src))
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
        search, rules, wait = self._next.search, self._rules, state.parts.append
        deepest = state.md.options["maxNesting"]
        begin = at = state.pos  # of the text that waits, and of the text that may hold a mark
        while at < end and state.level < deepest and (found := search(src, at, end)):
            at = state.pos = found.start()
            if begin < at:
                wait(src[begin:at])
                begin = at
            for rule in rules[src[at]]:
                if rule(state, False):
                    begin = at = state.pos
                    break
            else:
                at += 1
        if begin < end:
            wait(src[begin:end])
            state.pos = end
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
        self._next = re.compile("|".join(PLACES.get(sign, re.escape(sign)) for sign in self._rules))
        self._chain = self.ruler.getRules("")


def _newline(state: StateInline, silent: bool) -> bool:
    """The rule for the end of a line."""
    source, start = state.src, state.pos
    if source[start] != "\n":
        return False
    if not silent:
        kind = "softbreak"
        if start and source[start - 1] == " ":
            pending = state.pending
            if pending.endswith("  "):
                kind = "hardbreak"
            state.pending = pending.rstrip(" ")
        state.push(kind, "br", 0)
    found = _INDENT.match(source, start + 1, state.posMax)
    state.pos = found.end() if found else start + 1
    return True


def _backticks(plain: _Rule) -> _Rule:
    """The rule for code, with a way of its own for code between two single marks."""

    def backticks(state: StateInline, silent: bool) -> bool:
        found = _CODE.match(state.src, state.pos)
        if not found or found.end() > state.posMax:
            return plain(state, silent)
        if not silent:
            content = found[1].replace("\n", " ")
            if content[0] == " " == content[-1] and content.strip(" "):
                content = content[1:-1]
            token = state.push("code_inline", "code", 0)
            token.content, token.markup = content, "`"
        state.pos = found.end()
        return True

    return backticks
