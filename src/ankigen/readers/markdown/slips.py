"""Marks that came out as text because the other half is missing: bold, highlights, code, math, links, attributes.

They are looked for in what the parser left as text, so never in code, math or the address of a link; a mark behind a
backslash was meant. All but attributes are shown on the card as they stand, which their author hardly wanted.
"""

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import partial

from markdown_it.token import Token

from ankigen.diagnostics import Diagnostic, Rule
from ankigen.frozen import dataclass
from ankigen.readers.markdown.blocks import holds_separator
from ankigen.readers.markdown.syntax import SEPARATOR
from ankigen.source import Source

__all__ = ["inline_slips"]

_HINT = "write the other half, or put a backslash before it if it is to be shown"
_TEX = r"(?:\\[a-z]{2,}|(?<!\w)[a-z][\^_][\w{\\])"
_FILE = r"(?:\w+://[^\s()]*|[^()<>\n]*\.\w{2,4})>?"


@dataclass(frozen=True, slots=True)
class _Slip:
    """A pattern in left-over text, and the mark it tells of; ``halves`` come in pairs when all is well.

    Patterns are compiled when they are first used: most notes use none.
    """

    pattern: str
    mark: str
    rule: Rule = Rule.UNCLOSED_MARK
    halves: bool = False
    needs: str = ""
    anywhere: bool = False  # also in an address or a path


_SIGNS = "*=`$\\<[{"  # every slip has one
_BULLETS = ("-", "*", "+")
_BRACKET = re.compile(r"(?<!\\)\\[\[(]")
_CLOSING = {r"\[": r"\]", r"\(": r"\)"}
_TEX_BELOW = re.compile(r"\\[a-zA-Z]{2,}|\w[\^_][\w{\\]")
_VERBATIM = ("code_inline", "math_inline", "math_inline_double", "html_inline")
_ADDRESS = re.compile(r"\S*[/@]\S*")

_SLIPS = (
    _Slip(r"(?<![\w*/])\*\*(?=[^\W_]|[(\[\"'“„«¿¡])|(?<=[^\W_)\].?!\"'”»])\*\*(?![\w*/])", "**"),
    _Slip(
        r"(?<![\w=<>!\ufffc])==(?=[\w\ufffc$°«„“‘¿¡+]|[(\[\"'‚–-]\w)"
        r"|(?:(?<=[\w\ufffc$°%€»“”’…])|(?<=\w[)\]\"'.?!]))==(?![\w=])",
        "==",
        halves=True,
    ),
    _Slip(r"(?<![\w`'])`(?=[\w(\[.\ufffc])|(?<=[\w)\]\ufffc])`(?![\w`'])", "`"),
    _Slip(r"\$\$", "$$"),
    _Slip(r"\\(?:begin|end)\{[a-z]+\*?\}", "\\", halves=True),
    _Slip(r"<!--", "<!--", anywhere=True),
    _Slip(rf"(?i)(?<!\$)\$(?=\S)(?![\d$])(?=[^$]*{_TEX})|(?<=[^\s$])\$(?![\w$])", "$", needs=rf"(?i){_TEX}"),
    _Slip(rf"!?\[[^\[\]()\n]*\(<?{_FILE}\)?|\]\((?=\S)", "[", anywhere=True),
    _Slip(
        r"(?i)(?:^|(?<=\s))\{(?:[#.][a-z][\w:-]*|\w+=)[^{}\n]*\}?\s*$",
        "{",
        Rule.BROKEN_ATTRIBUTES,
        anywhere=True,
    ),
)


def inline_slips(source: Source, tokens: Sequence[Token]) -> Iterator[Diagnostic]:
    """What is left over in the text of every paragraph, heading and cell, and two records in one line."""
    inlines = [at for at, token in enumerate(tokens) if token.type == "inline" and token.map and token.children]
    words = _words(child for at in inlines for child in tokens[at].children or ())
    signs = [sign for sign in _SIGNS if sign in words]
    for at in inlines:
        token, first = tokens[at], (tokens[at].map or [0])[0]
        if signs and any(map(_words(token.children or ()).__contains__, signs)):
            yield from _left_over(source, token, first)
        if "\\" in token.content:
            yield from _open_formula(source, token, first)
        if tokens[at - 1].type == "paragraph_open":
            item = tokens[at - 2] if at > 1 and tokens[at - 2].type == "list_item_open" else None
            bullet = item.markup if item else ""
            if holds_separator(token) or (bullet in _BULLETS and f" {bullet} " in token.content):
                yield from _joined(source, token, first, bullet)


def _words(tokens: Iterable[Token]) -> str:
    """The text in inline tokens."""
    return "".join([token.content for token in tokens if token.type == "text"])


def _lines(token: Token) -> Iterator[tuple[int, list[Token]]]:
    """The inline tokens of each line, with its number in the content from 0."""
    number, line = 0, list[Token]()
    for child in token.children or ():
        if child.type in ("softbreak", "hardbreak"):
            yield number, line
            number, line = number + 1, []
        elif child.type != "text" or child.content:
            line.append(child)
            if child.type != "text":
                number += child.content.count("\n")
    yield number, line


def _left_over(source: Source, token: Token, first: int) -> Iterator[Diagnostic]:
    for number, line in _lines(token):
        whole = _text(line)
        words = _ADDRESS.sub(lambda word: "\ufffc" * len(word[0]), whole)
        for slip in _SLIPS:
            text = whole if slip.anywhere else words
            found = list(re.finditer(slip.pattern, text)) if slip.mark in text else []
            if not found or (slip.needs and not re.search(slip.needs, text)):
                continue
            if not found or (slip.halves and len(found) % 2 == 0):
                continue
            if found := [match for match in found if _is_unescaped(slip.mark, token.content)]:
                yield _diagnostic(source, first + number, whole, found[-1] if slip.halves else found[0], slip)
        if stray := _stray_star(line):
            start = _place(source, first + number, stray)
            message = "this emphasis begins and ends with different marks; one star is left over"
            yield Diagnostic.at(source, Rule.UNCLOSED_MARK, start, message, _HINT, start + len(stray))


def _open_formula(source: Source, token: Token, first: int) -> Iterator[Diagnostic]:
    r"""A `\[` or `\(` that was read as an escaped bracket, though TeX follows and nothing closes it."""
    content = token.content
    found = _BRACKET.search(content)
    if not found or content.find(_CLOSING[found[0]], found.end()) >= 0 or not _TEX_BELOW.search(content, found.end()):
        return
    if any(found[0] in child.content for child in token.children or () if child.type in _VERBATIM):
        return
    number = content.count("\n", 0, found.start())
    start = _place(source, first + number, found[0])
    message = f"{found[0]} has no other half here, and is shown"
    yield Diagnostic.at(
        source, Rule.UNCLOSED_MARK, start, message, f"put {_CLOSING[found[0]]} after the formula", start + 2
    )


def _text(line: Sequence[Token]) -> str:
    """The line's text, with a sign that is no mark and no letter for all else in it."""
    return "".join(child.content if child.type in ("text", SEPARATOR) else "\ufffc" for child in line)


def _is_unescaped(mark: str, content: str) -> bool:
    return re.search(rf"(?<!\\){re.escape(mark)}", content) is not None


def _stray_star(line: Sequence[Token]) -> str:
    """Where `**a*` was read as a star and emphasis, the mark as written."""
    for at, child in enumerate(line):
        if child.type in ("em_open", "strong_open") and child.markup[0] == "*":
            if at and line[at - 1].type == "text" and line[at - 1].content.endswith("*"):
                return f"*{child.markup}"
        elif child.type in ("em_close", "strong_close") and child.markup[0] == "*":
            following = "".join(after.content for after in line[at + 1 : at + 2] if after.type == "text")
            if following.startswith("*"):
                return f"{child.markup}*"
    return ""


def _diagnostic(source: Source, line: int, text: str, found: re.Match[str], slip: _Slip) -> Diagnostic:
    written = text[found.start() :].split("\ufffc", 1)[0].rstrip()
    before = text[: found.start()].rsplit("\ufffc", 1)[-1]
    start = _place(source, line, before + written[: len(found[0])]) + len(before)
    end = start + len(found[0].rstrip())
    if slip.rule is Rule.BROKEN_ATTRIBUTES:
        closed = "}" in found[0]
        message = (
            "these braces cannot be read as attributes" if closed else "the attributes that begin here have no end"
        )
        hint = 'write {#key .tag name="value"}, and nothing behind it' if closed else "put a closing brace after them"
        return Diagnostic.at(source, slip.rule, start, f"{message}; they are shown as text", hint, end)
    if slip.mark == "[":
        message = "this was to be a link or a picture, but a bracket is missing"
        hint = "write [text](address) or ![text](file); put a backslash before the bracket if it is to be shown"
        return Diagnostic.at(source, slip.rule, start, message, hint, end)
    return Diagnostic.at(source, slip.rule, start, f"{found[0]} has no other half here, and is shown", _HINT, end)


def _place(source: Source, line: int, written: str) -> int:
    """The offset of ``written`` in a line (from 0); the line's first character when a backslash stands in between."""
    text = source.line(line + 1)
    column = text.find(written)
    return source.offset(line + 1, (column if column >= 0 else len(text) - len(text.lstrip())) + 1)


def _joined(source: Source, token: Token, first: int, bullet: str) -> Iterator[Diagnostic]:
    """Two records in one line: the second would be part of the first one's definition."""
    seconds: tuple[Callable[[Sequence[Token]], int], ...] = (*_SECONDS, partial(_second_item, bullet))
    for number, line in _lines(token):
        kinds = [child.type for child in line]
        marks = kinds.count(SEPARATOR)
        has_room = marks > 1 or (marks and kinds.count("strong_close") > 1) or (bullet and bullet in _text(line))
        if not has_room:  # for a second: as in most lines
            continue
        for at in (found for find in seconds if (found := find(line))):
            written = _text(line[at : at + 1])
            mark = line[at].meta.get("start") if line[at].type == SEPARATOR else None
            if mark is not None:
                above = token.content.rfind("\n", 0, mark) + 1
                start = _place(source, first + number, token.content[above : mark + len(written)]) + mark - above
            else:
                start = _place(source, first + number, written)
            message = "a second record seems to begin in this line; it is read as part of the first"
            hint = "begin a new line for it, or put what is not meant as a mark in backticks"
            yield Diagnostic.at(source, Rule.JOINED_RECORDS, start, message, hint, start + len(written))
            break


def _second_pair(line: Sequence[Token]) -> int:
    return _nth([at for at, depth in _depths(line) if depth == 0 and _is_mark(line[at], ("::", ":::"))], 1)


def _second_bold(line: Sequence[Token]) -> int:
    """The colon of a second bold term, when the line begins with a first."""
    if not line or line[0].type != "strong_open":
        return 0
    closes = [at for at, child in enumerate(line) if child.type == "strong_close"]
    return next((at for close in closes[1:] for at in (close - 1, close + 1) if _is_colon(line, at)), 0)


def _is_colon(line: Sequence[Token], at: int) -> bool:
    return at < len(line) and _is_mark(line[at], (":",))


def _answer_behind(line: Sequence[Token]) -> int:
    """The colon of an `A:` in the line of its `Q:`."""
    colons = [at for at, child in enumerate(line) if at and _is_mark(child, (":",))]
    if not colons or not re.fullmatch(r"(?:q|question)", _text(line[: colons[0]]).strip("\ufffc "), re.IGNORECASE):
        return 0
    return next((at for at in colons[1:] if re.search(r"(?:^|\s)(?:A|Answer)$", line[at - 1].content)), 0)


def _second_item(bullet: str, line: Sequence[Token]) -> int:
    """The mark of a second item in the line of a first: before another bold term, or another sentence with a gap."""
    gaps = [at for at, child in enumerate(line) if child.type == "cloze_open"]
    for at in range(1, len(line) if bullet in _BULLETS else 0):
        before, found, _ = _text(line[at : at + 1]).partition(f" {bullet} ")
        if _is_mark(line[at], (bullet,)):
            before, found = _text(line[at - 1 : at]).rstrip(), bullet
        if not found:
            continue
        if gaps and gaps[0] < at < gaps[-1] and before[-1:] in (".", "!", "?"):
            return at
        label = at + 1 if line[at].type == "text" else at + 2  # behind a dash stands a space
        if line[0].type == "strong_open" and _is_label(line, label):
            return at
    return 0


def _is_label(line: Sequence[Token], at: int) -> bool:
    """Whether a bold term of one piece stands at ``at``, with a colon or a dash in or behind it."""
    kinds = [child.type for child in line[at : at + 3]]
    marks = [child for child in line[at + 2 : at + 5] if child.content.strip()][:1]
    return kinds[:2] == ["strong_open", "text"] and any(_is_mark(mark, (":", "-", "–", "—")) for mark in marks)


def _depths(line: Sequence[Token]) -> Iterator[tuple[int, int]]:
    depth = 0
    for at, child in enumerate(line):
        depth += child.nesting
        yield at, depth


def _nth(places: Sequence[int], number: int) -> int:
    return places[number] if len(places) > number else 0


def _is_mark(token: Token, marks: tuple[str, ...]) -> bool:
    return token.type == SEPARATOR and token.content in marks


_SECONDS: tuple[Callable[[Sequence[Token]], int], ...] = (_second_pair, _second_bold, _answer_behind)
