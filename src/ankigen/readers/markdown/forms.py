"""The forms a record may be written in below the level of headings, one function a form.

Each looks at the lines of a paragraph, the rows of a table or the parts of a list, and returns drafts: the tokens
of a term and of its definition, not yet rendered. What fits no form is left to the caller.
"""

import re
from collections.abc import Iterator
from dataclasses import field

from markdown_it.token import Token

from ankigen.frozen import dataclass
from ankigen.readers.markdown.blocks import Attributes, Block, Inline, Line, plain_text
from ankigen.readers.markdown.syntax import SEPARATOR
from ankigen.records import Kind

__all__ = ["Draft", "definition_list", "head_of", "is_answer", "is_broken_head", "table_rows"]

_HEADERS = {
    ("term", "definition"), ("term", "meaning"), ("term", "description"), ("term", "explanation"),
    ("concept", "definition"), ("concept", "explanation"), ("key term", "definition"),
    ("word", "definition"), ("word", "meaning"), ("word", "translation"), ("vocabulary", "translation"),
    ("front", "back"), ("question", "answer"), ("q", "a"),
    ("begriff", "definition"), ("begriff", "erklärung"), ("frage", "antwort"), ("vorderseite", "rückseite"),
    ("wort", "bedeutung"), ("wort", "übersetzung"),
    ("terme", "définition"), ("mot", "définition"), ("mot", "traduction"), ("question", "réponse"), ("recto", "verso"),
    ("término", "definición"), ("palabra", "significado"), ("palabra", "traducción"), ("pregunta", "respuesta"),
    ("anverso", "reverso"),
}  # fmt: skip
_QUESTION = re.compile(r"(?:q|question)", re.IGNORECASE)
_ANSWER = re.compile(r"(?:a|answer)", re.IGNORECASE)
_BROKEN_TERM = re.compile(r"\*\*[^*]{1,100}\*?|\*?[^*]{1,100}\*\*|\*[^*]{1,100}\*")
_DASHES = ("-", "–", "—")


@dataclass(slots=True)
class Draft:
    """A record on its way: what was written where, before anything is rendered.

    Lines count from 0, ``[first, last)``. ``head`` is the definition's text on the term's own lines, ``blocks``
    what follows it. A question waits for its answer as long as ``answered`` is false; ``asked`` are the blocks
    between the two.
    """

    term: Inline
    head: Inline
    first: int
    last: int
    kind: Kind | None = None
    attributes: Attributes | None = None
    blocks: list[Block] = field(default_factory=list)
    container: Block | None = None  # the list item or definition that holds it
    asked: list[Block] = field(default_factory=list)
    is_question: bool = False
    answered: bool = True
    is_label: bool = False  # bold: it may be no more than the heading of what follows

    @property
    def is_open(self) -> bool:
        """Whether the definition is still to come."""
        return not self.head.markdown and not self.blocks


def head_of(line: Line, content: str, first: int) -> Draft | None:
    """The draft that begins in ``line`` of a paragraph beginning in line ``first``, if one does."""
    draft = _question(line, content) or _pair(line, content) or _bold(line, content)
    if draft:
        draft.attributes = (draft.head if draft.head.tokens else draft.term).take_attributes()
        draft.first = first + line.number
        draft.last = draft.first + 1
    return draft


def is_answer(line: Line, content: str) -> Inline | None:
    """What follows ``A:`` when ``line`` begins with it."""
    return _labelled(line, content, _ANSWER)


def is_broken_head(line: Line) -> bool:
    """Whether ``line`` begins with a bold term that lost a star: it ends what is above it, and `slips` names it."""
    mark = next((at for at, token in enumerate(line.tokens) if _is_mark(token, (":", *_DASHES))), 0)
    term = "".join("*" if token.type == "em_open" else token.content for token in line.tokens[:mark])
    return _BROKEN_TERM.fullmatch(term.strip()) is not None


def _question(line: Line, content: str) -> Draft | None:
    question = _labelled(line, content, _QUESTION)
    if question is None:
        return None
    return Draft(question, Inline(), 0, 0, is_question=True, answered=False)


def _labelled(line: Line, content: str, label: re.Pattern[str]) -> Inline | None:
    """What follows ``label:`` at the start of ``line``; the label may be bold."""
    tokens = line.tokens
    at = 1 if tokens and tokens[0].type == "strong_open" else 0
    if len(tokens) < at + 2 or tokens[at].type != "text" or not label.fullmatch(tokens[at].content.strip()):
        return None
    mark = next((i for i in (at + 1, at + 2) if i < len(tokens) and _is_mark(tokens[i], (":",))), -1)
    if mark < 0:
        return None
    start = tokens[mark].meta["end"]
    rest = tokens[mark + 1 :]
    if at:
        close = next((i for i, token in enumerate(tokens) if token.type == "strong_close"), -1)
        if close not in (mark - 1, mark + 1):  # `**Q: all of it bold**`
            return None
        if close > mark:
            start += len(tokens[close].markup)
            rest = tokens[close + 1 :]
    return Inline(rest, content[start : line.end].strip())


def _pair(line: Line, content: str) -> Draft | None:
    depth = 0
    for index, token in enumerate(line.tokens):
        depth += token.nesting
        if depth == 0 and _is_mark(token, ("::", ":::")):
            term = Inline(line.tokens[:index], content[line.start : token.meta["start"]].strip())
            head = Inline(line.tokens[index + 1 :], content[token.meta["end"] : line.end].strip())
            return Draft(term, head, 0, 0, kind=Kind.REVERSED if token.content == ":::" else None)
    return None


def _bold(line: Line, content: str) -> Draft | None:
    """``**Term**: definition``, ``**Term:** definition`` or ``**Term** - definition``."""
    tokens = line.tokens
    if not tokens or tokens[0].type != "strong_open":
        return None
    close = next((i for i, token in enumerate(tokens) if token.type == "strong_close"), -1)
    if close < 2:
        return None
    width = len(tokens[0].markup)
    inside = tokens[1:close]
    start = line.start + width
    if inside and _is_mark(inside[-1], (":",)):
        mark = inside.pop()
        end, after = mark.meta["start"], mark.meta["end"] + width
        rest = tokens[close + 1 :]
    else:
        follow = close + 1
        if follow < len(tokens) and tokens[follow].type == "text" and not tokens[follow].content.strip():
            follow += 1
        if follow >= len(tokens) or not _is_mark(tokens[follow], (":", *_DASHES)):
            return None
        mark = tokens[follow]
        end = content.rindex(tokens[close].markup, start, mark.meta["start"])
        after = mark.meta["end"]
        rest = tokens[follow + 1 :]
    if mark.content in _DASHES and not _any_text(rest):
        return None  # a dash that ends a line separates nothing
    term = Inline(inside, content[start:end].strip())
    return Draft(term, Inline(rest, content[after : line.end].strip()), 0, 0, is_label=True)


def definition_list(block: Block) -> Iterator[Draft]:
    """The drafts of a definition list: a term and all the definitions below it."""
    draft: Draft | None = None
    for part in block.children:
        if part.type == "dt":
            if draft:
                yield draft
            inline = part.inline
            term = Inline(list(inline.children or ()), inline.content)
            draft = Draft(term, Inline(), part.first, part.last, attributes=term.take_attributes())
        elif draft:
            # The plugin lets a later term's definition begin at the line of its term.
            part.first = max([part.first, *(child.first for child in part.children[:1])])
            draft.blocks.append(part)
            draft.last = part.last
    if draft:
        yield draft


def table_rows(block: Block) -> Iterator[Draft] | None:
    """The drafts of a two-column table, a row each, when its header says that it holds terms."""
    parts = block.children
    header = tuple(_cell_text(cell) for cell in parts[0].children[0].children)
    if header not in _HEADERS:
        return None
    return (_row(row) for body in parts[1:] for row in body.children)


def _row(row: Block) -> Draft:
    cells = [cell.inline for cell in row.children]
    term, definition = (Inline(list(cell.children or ()), cell.content) for cell in cells)
    attributes = definition.take_attributes() or term.take_attributes()
    return Draft(term, definition, row.first, row.last, attributes=attributes)


def _cell_text(cell: Block) -> str:
    return plain_text(cell.inline.children or ()).casefold()


def _is_mark(token: Token, marks: tuple[str, ...]) -> bool:
    return token.type == SEPARATOR and token.content in marks


def _any_text(tokens: list[Token]) -> bool:
    return any(token.content.strip() or token.type in ("image", "softbreak", "hardbreak") for token in tokens)
