"""markdown-it's inline pass at a fraction of its cost: the same rules, run only where one of them can begin.

markdown-it tries each rule of its chain at each character that is no letter, and runs all that settles emphasis over
every paragraph. Here a table says with which characters the rules begin. One regular expression jumps to the next of
them, only their rules are tried, and what settles emphasis runs only where a delimiter was left open. The tokens are
those of markdown-it itself.
"""

import re
from collections.abc import Callable
from dataclasses import fields
from typing import Literal

from markdown_it import MarkdownIt
from markdown_it.common.utils import isMdAsciiPunct, isPunctChar, isWhiteSpace
from markdown_it.parser_inline import ParserInline
from markdown_it.rules_core import StateCore
from markdown_it.rules_inline import StateInline
from markdown_it.rules_inline.state_inline import Scanned
from markdown_it.token import Token
from markdown_it.utils import EnvType

__all__ = ["QuickInline", "quicken"]

_BEGINNINGS = {  # of each rule by its name: all characters that it can begin with
    "address": ":",
    "attributes": "{",
    "autolink": "<",
    "backticks": "`",
    "bracketed math": "\\",
    "cloze": "{",
    "cloze_braces": "}",
    "emphasis": "*_",
    "entity": "&",
    "escape": "\\",
    "footnote_ref": "[",
    "hashtag": "#",
    "html_inline": "<",
    "image": "!",
    "inline footnote": "^",
    "link": "[",
    "mark": "=",
    "math_inline": "$",
    "newline": "\n",
    "raised": "~^",
    "separator": ":-–—",
    "sound": "[",
    "strikethrough": "~",
    "wiki_link": "[!",
}
_PLACES = {  # of characters that are common in text: the only places at which one of their rules can begin
    "*": r"\*(?:(?<![ \t\n]\*)|(?![ \t\n]))",
    "_": r"_(?:(?<![^\W_]_)|(?![^\W_]))",
    ":": r":(?=[: \t\n*_]|\Z|//)",
    **{dash: rf"{dash}(?<=[ \t]{dash})(?=[ \t\n]|\Z)" for dash in "-–—"},
    "{": r"\{(?:(?=\{)|(?<![^ \t\n]\{))",
    "}": r"\}(?=\})",
    "!": r"!(?=\[)",
    "#": r"#(?<!\S#)(?=\S)",
    "$": r"\$(?![ \t\n])(?<!\d\$)",
    "&": "&(?=[#A-Za-z])",
    "<": r"<(?=[^\s<>])",
    "=": "=(?==)",
    "^": r"\^(?=[^\s^])",
    "~": r"~(?=\S)",
}
_SETTLING = {"balance_pairs", "strikethrough", "mark", "emphasis", "fragments_join"}  # nothing to do without delimiters
_INDENT = re.compile(r"[ \t]*")
_SIGNS = re.escape("".join(sorted(set("".join(_BEGINNINGS.values())))))
_RUN = re.compile(r"\*+|_+")
# Spaces and punctuation, other than stars and underscores.
_BESIDE = r" \t\n!-)+-/:-@\[-^`{-~«»¿¡–—‘’‚“”„…、。「」『』【】！（），：；？"
# Its runs can only open and close, for a word is on one side of each and none on the other. A hyphen before a letter
# is no mark; all else that may be one is left to the rules.
_PAIR = re.compile(
    rf"(?<![^{_BESIDE}])(\*\*?|__?)"
    rf"([^\W_][^{_SIGNS}]*+(?:-(?=[^\W_])[^{_SIGNS}]*+)*+)"
    rf"(?<=[^\W_])\1(?=[{_BESIDE}]|\Z)"
)
_CODE = re.compile(r"`([^`]++)`(?!`)")
_OTHER, _WHITE, _PUNCTUATION = 0, 1, 2

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


class _Kinds(dict[str, int]):
    """Whether a character is white space, punctuation or neither, as CommonMark sees it; each is asked once."""

    def __missing__(self, character: str) -> int:
        kind = _OTHER
        if isWhiteSpace(ord(character)):
            kind = _WHITE
        elif isMdAsciiPunct(ord(character)) or isPunctChar(character):
            kind = _PUNCTUATION
        self[character] = kind
        return kind


_KINDS = _Kinds()


def _slim(kind: str, tag: str, nesting: Literal[-1, 0, 1], level: int, content: str = "", markup: str = "") -> Token:
    """A token, made in half the time that its own constructor takes."""
    token: Token = object.__new__(Token)
    token.type = kind
    token.tag = tag
    token.nesting = nesting
    token.attrs = {}
    token.map = None
    token.level = level
    token.children = None
    token.content = content
    token.markup = markup
    token.info = ""
    token.meta = {}
    token.block = False
    token.hidden = False
    return token


def _full(kind: str, tag: str, nesting: Literal[-1, 0, 1], level: int, content: str = "", markup: str = "") -> Token:
    return Token(kind, tag, nesting, level=level, content=content, markup=markup)


_FIELDS = "type tag nesting attrs map level children content markup info meta block hidden".split()
_token = _slim if [field.name for field in fields(Token)] == _FIELDS else _full


class _State(StateInline):
    """markdown-it's state. Text waits in ``parts``; ``is_split`` once tokens need to be settled and joined."""

    def __init__(self, src: str, md: MarkdownIt, env: EnvType, tokens: list[Token]) -> None:
        self.parts: list[str] = []
        super().__init__(src, md, env, tokens)
        self.is_split = False
        self.is_due = False  # a text token comes next, even if it is empty: a second star leaves one in markdown-it

    @property
    def pending(self) -> str:
        """The text that waits for its token."""
        parts = self.parts
        if len(parts) > 1:
            parts[:] = ["".join(parts)]
        return parts[0] if parts else ""

    @pending.setter
    def pending(self, text: str) -> None:
        self.parts[:] = [text] if text else []

    def append_pending(self, text: str) -> None:
        """Let more text wait."""
        self.parts.append(text)

    def pushPending(self) -> Token:  # noqa: N802 - markdown-it's name
        """Make a token of the text that waits."""
        parts = self.parts
        token = _token("text", "", 0, self.pendingLevel, parts[0] if len(parts) == 1 else "".join(parts))
        self.tokens.append(token)
        parts.clear()
        self.is_due = False
        return token

    def push(self, ttype: str, tag: str, nesting: Literal[-1, 0, 1]) -> Token:
        """Make a token, behind one of the text that waits."""
        if self.parts or self.is_due:
            self.pushPending()
        if nesting:
            self.is_split = True
            return super().push(ttype, tag, nesting)
        if ttype == "text":
            self.is_split = True
        level = self.pendingLevel = self.level
        token = _token(ttype, tag, nesting, level)
        self.tokens.append(token)
        return token

    def push_pair(self, content: str, markup: str) -> None:
        """Make the tokens of emphasis around ``content``, which holds no other mark."""
        is_strong = len(markup) == 2
        kind = "strong" if is_strong else "em"
        self.is_due |= is_strong
        if self.parts or self.is_due:
            self.pushPending()
        level = self.pendingLevel = self.level
        self.tokens += (
            _token(f"{kind}_open", kind, 1, level, "", markup),
            _token("text", "", 0, level + 1, content),
            _token(f"{kind}_close", kind, -1, level, "", markup),
        )
        self.is_due = is_strong

    def scanDelims(self, start: int, canSplitWord: bool) -> Scanned:  # noqa: N802, N803 - markdown-it's names
        """Whether the run of delimiters from ``start`` on can open or close emphasis, and how long it is."""
        source, limit, mark = self.src, self.posMax, self.src[start]
        end = start + 1
        while end < limit and source[end] == mark:
            end += 1
        before = _KINDS[source[start - 1]] if start else _WHITE
        after = _KINDS[source[end]] if end < limit else _WHITE
        opens = after != _WHITE and (after != _PUNCTUATION or before != _OTHER)
        closes = before != _WHITE and (before != _PUNCTUATION or after != _OTHER)
        if not canSplitWord and opens and closes:
            opens, closes = before == _PUNCTUATION, after == _PUNCTUATION
        return Scanned(opens, closes, end - start)


class QuickInline(ParserInline):
    """A parser of inline content with the rules of ``plain``, to which more may be added as to any other."""

    def __init__(self, plain: ParserInline) -> None:
        vars(self).update(vars(plain))
        self._chain: list[_Rule] = []  # from which the rest is made
        self._rules: dict[str, list[_Rule]] = {}  # by the character that they can begin with
        self._next = self._next_or_bracket = re.compile("")
        for name, quick in (("newline", _newline), ("backticks", _backticks), ("emphasis", _emphasis)):
            rule = next(rule.fn for rule in self.ruler.__rules__ if rule.name == name)
            self.ruler.at(name, quick(rule))

    def parse(self, src: str, md: MarkdownIt, env: EnvType, tokens: list[Token]) -> list[Token]:
        """Append the tokens of ``src`` to ``tokens``."""
        if self.ruler.getRules("") is not self._chain:
            self._prepare()
        if not self._next.search(src):
            if src:
                tokens.append(_token("text", "", 0, 0, src))
            return tokens
        state = _State(src, md, env, tokens)
        self.tokenize(state)
        if state.is_due:
            state.pushPending()
        if state.is_split:
            for settle in self.ruler2.getRules(""):
                settle(state)
        return state.tokens

    def tokenize(self, state: StateInline) -> None:
        """Make tokens of the text from ``state.pos`` to ``state.posMax``."""
        assert isinstance(state, _State)  # noqa: S101 - `parse` has made it
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
        elif not (found := self._next_or_bracket.search(state.src, pos, state.posMax)):
            state.pos = state.posMax
        elif found.start() > pos:
            state.pos = found.start()
        else:
            state.level += 1  # limits recursion
            for rule in self._rules.get(found[0], ()):
                if rule(state, True):
                    break
            else:
                state.pos += 1
            state.level -= 1
        state.cache[pos] = state.pos

    def _prepare(self) -> None:
        """Make the table anew: plugins have added rules, or changed them."""
        text, *rules = (rule for rule in self.ruler.__rules__ if rule.enabled)
        unknown = {rule.name for rule in rules} - _BEGINNINGS.keys()
        unknown |= {rule.name for rule in self.ruler2.__rules__ if rule.enabled} - _SETTLING
        if text.name != "text" or unknown:
            raise ValueError(f"say with which characters these rules begin: {sorted(unknown) or text.name}")
        signs = sorted({sign for rule in rules for sign in _BEGINNINGS[rule.name]})
        self._rules = {sign: [rule.fn for rule in rules if sign in _BEGINNINGS[rule.name]] for sign in signs}
        places = [_PLACES.get(sign, re.escape(sign)) for sign in signs]  # each begins with its sign: `re` jumps to it
        self._next = re.compile("|".join(places))
        self._next_or_bracket = re.compile("|".join((*places, r"\]")))
        self._chain = self.ruler.getRules("")


def _emphasis(plain: _Rule) -> _Rule:
    """The rule for stars and underscores, with a way of its own for text without any mark between two runs."""

    def emphasis(state: StateInline, silent: bool) -> bool:
        if silent:
            return False
        found = _PAIR.match(state.src, state.pos, state.posMax)
        if found and isinstance(state, _State):
            state.push_pair(found[2], found[1])
            state.pos = found.end()
            return True
        run = _RUN.match(state.src, state.pos, state.posMax)
        if not run:
            return False
        scanned = state.scanDelims(state.pos, run[0][0] == "*")
        if scanned.can_open or scanned.can_close:
            return plain(state, silent)
        state.append_pending(run[0])
        state.pos = run.end()
        return True

    return emphasis


def _newline(_plain: _Rule) -> _Rule:
    """The rule for the end of a line."""

    def newline(state: StateInline, silent: bool) -> bool:
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

    return newline


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
