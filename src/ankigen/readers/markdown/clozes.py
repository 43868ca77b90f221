"""Clozes in the syntax tree: ``{{c1::text::hint}}`` in text and TeX, and in code where that is asked for.

Which braces belong together is settled when a paragraph has been read: a cloze ends in the paragraph or table cell that
it begins in, and in the same emphasis or link. What does not is said, and stays text.
"""

import re
from collections.abc import Iterator, Sequence, Set
from typing import Any, Literal

from markdown_it import MarkdownIt
from markdown_it.renderer import RendererHTML
from markdown_it.rules_core import StateCore
from markdown_it.rules_inline import StateInline
from markdown_it.token import Token
from markdown_it.utils import EnvType, OptionsDict

from ankigen.diagnostics import Diagnostic, Rule
from ankigen.frozen import dataclass
from ankigen.readers.markdown.marks import CLOSE, HINT, OPENING, Nest, clean, mark_text, opening, settled
from ankigen.readers.markdown.pairs import nesting
from ankigen.source import Source

__all__ = ["CODE", "cloze_faults", "cloze_names", "clozes_plugin", "holds_highlight", "turn_highlights"]

CODE = "clozes in code"
"""In the environment of the parser: whether clozes in code are clozes."""

_FAULTS = "cloze faults"
_OPENING, _CLOSING = "cloze", "cloze_braces"  # tokens that are still to be settled
_BROKEN = "cloze_broken"  # no text: that would be joined with its neighbours, and lose its name
_TEX = ("math_inline", "math_inline_double", "math_block")  # whichever marks it is written between
_CODE = ("code_inline", "fence", "code_block")
_SEPARATOR = "separator"  # the type of `::` between spaces in `syntax`, which builds on this module
# Behind the language of a fence, or beside it. The limits keep hostile input linear.
_WANTED = re.compile(r"\{[^{}]{0,100}(?<![\w-])\.cloze(?![\w-])[^{}]{0,100}\}")
_SIGN = re.compile(r"[{}]|(?<!:)::(?!:)")
_DAMAGED = re.compile(r"(?:\{+ ?c ?\d*|\bc\d+) ?::?[^{}]{0,200}$", re.IGNORECASE)  # `{{c1:Oslo`, `c1::Oslo`
_PAIR = re.compile(r"\{\{[^{}]*$")  # braces that belong together, as in a template
_LONGEST = 240  # characters before a brace that are looked at
# What is wrong: how many characters are marked, the message, and the remedy.
_UNCLOSED = (
    6,
    "the cloze that begins here is not closed",
    "put two braces after what it hides, in the same paragraph or table cell; braces inside must pair up",
)
_CROSSED = (
    6,
    "the cloze that begins here ends inside or outside of other markup than it begins in",
    "put its braces both inside or both outside of the stars, the link or the tags",
)
_UNOPENED = (
    2,
    "these braces close no cloze",
    r"a cloze opens with {{c1:: and ends at the first two braces; write \}\} for braces inside it",
)

_MARKED, _CLOSED = "{{", "}}"  # no cloze is without

_Place = tuple[int, int]  # a token among its neighbours, and an offset in its content


@dataclass(frozen=True, slots=True)
class _Fault:
    rule: Rule
    line: int  # from 0, where ``content`` begins
    content: str
    at: int
    length: int
    message: str
    hint: str


def clozes_plugin(md: MarkdownIt) -> None:
    """Read clozes; the tokens of those that are whole render as marks, see :mod:`ankigen.readers.markdown.marks`."""
    md.core.ruler.after("normalize", "cloze characters", _clean)
    md.inline.ruler.before("escape", _OPENING, _open)
    md.inline.ruler.before("escape", _CLOSING, _braces)
    md.core.ruler.after("inline", "clozes", _settle)
    for name in (_OPENING, _CLOSING, _BROKEN, "cloze_open", "cloze_hint", "cloze_close"):
        md.add_render_rule(name, _content)


def cloze_names(tokens: Sequence[Token]) -> Iterator[str]:
    """The names, ``c1``, of the clozes in ``tokens`` and in all that is inside them, in order."""
    for token in tokens:
        if token.type != "inline":
            yield from token.meta.get("clozes", ())
        elif _MARKED in token.content:
            for child in token.children or ():
                yield from child.meta.get("clozes", ())


def holds_highlight(tokens: Sequence[Token]) -> bool:
    """Whether text in ``tokens`` is highlighted."""
    return any(child.type == "mark_open" for token in tokens for child in token.children or ())


def turn_highlights(tokens: Sequence[Token]) -> None:
    """Make highlighted text a cloze without a number, unless it stands in a cloze already."""
    for token in tokens:
        depth = 0  # of clozes that have a number
        turned: list[bool] = []
        for child in token.children or ():
            if child.type == "mark_open":
                turned.append(not depth)
                if turned[-1]:
                    _turn(child, _mark("cloze_open", opening("c"), 1, ["c"]))
            elif child.type == "mark_close":
                if turned.pop():
                    _turn(child, _mark("cloze_close", CLOSE, -1))
            elif child.type in ("cloze_open", "cloze_close"):
                depth += child.nesting


def _turn(token: Token, other: Token) -> None:
    token.type, token.tag, token.content, token.meta = other.type, other.tag, other.content, other.meta


def cloze_faults(source: Source, env: dict[str, Any]) -> Iterator[Diagnostic]:
    """What is wrong with the braces of clozes, each at its place."""
    for fault in env.get(_FAULTS, ()):
        at = _offset(source, fault)
        yield Diagnostic.at(source, fault.rule, at, fault.message, fault.hint, at + fault.length)


def _offset(source: Source, fault: _Fault) -> int:
    """Where a fault is in the source, whose lines may be indented or quoted more than the content."""
    before = fault.content[: fault.at]
    line = fault.line + before.count("\n")
    column = len(before) - before.rfind("\n") - 1
    begin = fault.at - column
    shown = fault.content[begin:].split("\n", 1)[0].rstrip()
    written = source.line(line + 1)
    return source.offset(line + 1, max(written.find(shown), 0) + column + 1)


def _clean(state: StateCore) -> None:
    state.src = clean(state.src)


def _open(state: StateInline, silent: bool) -> bool:
    found = OPENING.match(state.src, state.pos, state.posMax)
    if not found:
        return False
    if not silent:
        token = state.push(_OPENING, "", 0)
        token.content = found[0]
        token.meta = {"start": state.pos, "name": found[1]}
    state.pos = found.end()
    return True


def _braces(state: StateInline, silent: bool) -> bool:
    end = state.pos
    while end < state.posMax and state.src[end] == "}":
        end += 1
    if end - state.pos < 2:
        return False
    if not silent:
        token = state.push(_CLOSING, "", 0)
        token.content = state.src[state.pos : end]
        token.meta = {"start": state.pos}
    state.pos = end
    return True


def _settle(state: StateCore) -> None:
    faults: list[_Fault] = state.env.setdefault(_FAULTS, [])
    line = 0
    for token in state.tokens:
        line = token.map[0] if token.map else line
        if _MARKED not in token.content and _CLOSED not in token.content:
            continue  # most of all text
        if token.type == "inline" and token.children:
            faults += _mark_texts(token.children, state.env, line, token.content)
            if any(child.type in (_OPENING, _CLOSING) for child in token.children):
                token.children = _Inline(token, line, faults).settled()
        elif token.type in _TEX or token.type in _CODE:
            faults += _mark_texts([token], state.env, line + (token.type == "fence"), token.content)


def _mark_texts(tokens: Sequence[Token], env: Any, line: int, content: str) -> list[_Fault]:
    """Mark the clozes inside TeX and code, which stand in ``content``. The first one that is not closed is a fault."""
    faults: list[_Fault] = []
    for token in tokens:
        is_tex = token.type in _TEX
        is_code = token.type in _CODE
        if is_tex or (is_code and (env.get(CODE) or (token.type == "fence" and _WANTED.search(token.info)))):
            found = mark_text(token.content, hints=is_tex, tex=is_tex)
            if found.names:
                token.meta = {**token.meta, "clozes": list(found.names)}
            if found.unclosed is not None and not faults:
                at = max(content.find(token.content), 0) + found.unclosed
                faults.append(_Fault(Rule.BROKEN_CLOZE, line, content, at, *_UNCLOSED))
            token.content = found.text
    return faults


class _Inline:
    """The inline tokens of one paragraph or table cell, whose braces are to be settled."""

    def __init__(self, token: Token, line: int, faults: list[_Fault]) -> None:
        self._tokens: list[Token] = token.children or []
        self._content = token.content
        self._line = line
        self._faults = faults
        self._stray: int | None = None  # the first run of braces that closes nothing, and should

    def settled(self) -> list[Token]:
        """The tokens with those clozes that are whole; all other braces are text."""
        nest = settled(self._read)
        if self._stray is not None:
            self._fault(self._stray, Rule.UNOPENED_CLOZE, *_UNOPENED)
        if nest.opened:
            self._fault(nest.opened[0].place[0], Rule.BROKEN_CLOZE, *_UNCLOSED)
        elif nest.crossed:
            self._fault(nest.crossed[0][0], Rule.BROKEN_CLOZE, *_CROSSED)
        hints = {place[0]: place[1] for place in nest.closed.values() if place}
        ends = set(nest.ends)
        tokens: list[Token] = []
        for index, token in enumerate(self._tokens):
            if token.type == _OPENING:
                tokens.append(_opened(token, is_whole=(index, 0) in nest.closed))
            elif token.type == _CLOSING:
                tokens += _closed(token, ends)
            elif index in hints:
                at = hints[index]
                tokens += [_text(token.content[:at]), _mark("cloze_hint", HINT, 0), _text(token.content[at + 2 :])]
            else:
                tokens.append(token)
        return tokens

    def _read(self, nest: Nest[_Place]) -> None:
        self._stray = None
        for index, token in enumerate(self._tokens):
            if token.type == _OPENING:
                nest.opening((index, 0))
            elif token.type == _CLOSING:
                if self._stray is None and not nest.opened and self._is_stray(index, after_cloze=bool(nest.closed)):
                    self._stray = index
                nest.closing(len(token.content), token.meta["start"])
            elif token.type == "text":
                _read_text(index, token.content, nest)
            elif token.type == _SEPARATOR and token.content == "::":
                nest.colons((index, 0))
            elif step := token.nesting or (nesting(token.content) if token.type == "html_inline" else 0):
                nest.markup(step)

    def _is_stray(self, index: int, *, after_cloze: bool) -> bool:
        """Whether braces that close nothing look as if they should: a cloze is before them, or what looks like one."""
        before = self._tokens[index - 1] if index else None
        text = before.content[-_LONGEST:] if before and before.type == "text" else ""
        return bool(_DAMAGED.search(text)) or (after_cloze and not _PAIR.search(text))

    def _fault(self, index: int, rule: Rule, length: int, message: str, hint: str) -> None:
        at = self._tokens[index].meta["start"]
        self._faults.append(_Fault(rule, self._line, self._content, at, length, message, hint))


def _read_text(index: int, text: str, nest: Nest[_Place]) -> None:
    for sign in _SIGN.finditer(text):
        if sign[0] == "{":
            nest.brace()
        elif sign[0] == "}":
            nest.closing(1, -1)
        else:
            nest.colons((index, sign.start()))


def _opened(token: Token, *, is_whole: bool) -> Token:
    name = token.meta["name"]
    # A broken cloze is meant for one all the same: its record is at fault, and keeps its identity.
    return _mark("cloze_open", opening(name), 1, [name]) if is_whole else _mark(_BROKEN, token.content, 0, [name])


def _closed(token: Token, ends: Set[int]) -> Iterator[Token]:
    """The braces of a run, two of which may close a cloze."""
    at = token.meta["start"]
    end = at + len(token.content)
    while at < end:
        is_mark = at in ends
        yield _mark("cloze_close", CLOSE, -1) if is_mark else _text("}")
        at += 2 if is_mark else 1


def _content(self: RendererHTML, tokens: Sequence[Token], idx: int, options: OptionsDict, env: EnvType) -> str:
    return tokens[idx].content  # no sign of HTML is in it


def _mark(kind: str, content: str, nesting: Literal[-1, 0, 1], names: Sequence[str] = ()) -> Token:
    return Token(kind, "", nesting, content=content, meta={"clozes": list(names)})


def _text(content: str) -> Token:
    return Token("text", "", 0, content=content)
