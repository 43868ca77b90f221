"""A run of blocks between two headings (or inside a list item), read as records and what is left over.

A record's definition takes the blocks that belong to it: an answer runs to the next record or rule; any other
takes what stands right below it without a blank line, or, while it is still empty, the next block. A question
takes the blocks down to its answer.
"""

from collections.abc import Iterable
from itertools import takewhile

from markdown_it.token import Token

from ankigen.readers.markdown.blocks import (
    Block,
    Inline,
    holds_separator,
    is_comment,
    lines_of,
    paragraph_of,
    take_attributes,
)
from ankigen.readers.markdown.clozes import cloze_names, holds_highlight
from ankigen.readers.markdown.forms import Draft, definition_list, head_of, is_answer, is_broken_head, table_rows
from ankigen.readers.markdown.syntax import ATTRIBUTES
from ankigen.records import Kind

__all__ = ["scan"]

_LISTS = ("bullet_list", "ordered_list")
_TEXT = frozenset(f"{kind}_{end}" for kind in (*_LISTS, "list_item", "paragraph") for end in ("open", "close"))
_ENDS = ("paragraph_close", "list_item_close", "bullet_list_close", "ordered_list_close", "dt_close")


def scan(blocks: Iterable[Block], *, highlights: bool = False) -> list[Draft]:
    """The drafts in ``blocks``, in source order; a block that is in none of them is prose.

    With ``highlights``, highlighted text is a cloze where nothing else is marked.
    """
    scanner = _Scanner(highlights)
    for block in blocks:
        scanner.read(block)
    return scanner.drafts


class _Scanner:
    def __init__(self, highlights: bool) -> None:
        self.drafts: list[Draft] = []
        self._highlights = highlights
        self._open: Draft | None = None  # the draft that following blocks may still belong to

    def read(self, block: Block) -> None:
        """Take in the next block."""
        if block.type == "hr":
            self._open = None
        elif block.type in _LISTS:
            self._list(block)
        elif block.type == "dl" and _is_asked_as_cloze(block.children[:1]):
            self._add(definition_list(block))
        elif block.type == "paragraph" and ("{" not in block.inline.content or _is_question_with_gaps(block)):
            self._paragraph(block)  # without a brace, it has no gaps
        elif _holds_cloze(block):
            self._add([_cloze(block, [block])])
        elif block.type == "paragraph":
            self._paragraph(block)
        elif block.type == "dl":
            self._add(definition_list(block))
        elif block.type == "table" and (rows := table_rows(block)):
            self._add(rows)
        elif not is_comment(block):
            self._attach(block)

    def _add(self, drafts: Iterable[Draft]) -> None:
        self.drafts.extend(drafts)
        self._open = None

    def _paragraph(self, block: Block) -> None:
        if holds_separator(block.inline):
            self._lines(block)
        else:
            self._attach(block)

    def _lines(self, block: Block) -> None:
        """Each line of a paragraph begins a record, or continues the one before it."""
        content = block.inline.content
        lines = [
            (line, is_answer(line, content), head_of(line, content, block.first)) for line in lines_of(block.inline)
        ]
        lead = list(takewhile(lambda each: not (each[1] or each[2]), lines))
        if len(lead) == len(lines):
            if is_broken_head(lines[0][0]):
                self._open = None
            else:
                self._attach(block)
            return
        if lead:  # lines above the first record may belong to what is open, as a paragraph of their own would
            self._attach(paragraph_of([line for line, _, _ in lead], block))
        current: Draft | None = None
        for line, answer, draft in lines[len(lead) :]:
            if answer and self._open and not self._open.answered:
                current = self._open
                current.attributes = current.attributes or answer.take_attributes()
                current.head = answer
                current.answered = True
            elif answer:
                current = Draft(Inline(), answer, block.first + line.number, 0, is_question=True)
                self.drafts.append(current)
            elif draft:
                current = draft
                self.drafts.append(draft)
            elif current:
                more = Inline(line.tokens, content[line.start : line.end].strip())
                (current.head if current.answered else current.term).extend(more, line.line_break)
            if current:
                current.last = block.first + line.last + 1
                self._open = current

    def _list(self, block: Block) -> None:
        if _is_text(block, highlights=self._highlights):
            self._attach(block)
            return
        items = block.children
        if len(items) == 1 and _is_asked_as_cloze(items) and _holds_cloze(block):
            self._add([_cloze(items[0], items[0].children)])
            return
        numbers = [name for item in items for name in set(cloze_names(item.tokens))]
        highlights = self._highlights and not self._is_asking and not self._taker(block)
        if len(numbers) > 1 and len(numbers) == len(set(numbers)):
            drafts = [_cloze(block, [block])]  # numbers that run on from item to item: one note
        else:
            drafts = [draft for item in items for draft in _item(item, highlights=highlights)]
        label = self._open if self._open and self._open.is_label and self._open.is_open else None
        if drafts and label:  # `**Kinds of cells**:` over a list of records is a heading, not a term
            self.drafts.pop()
            self._add(drafts)
        elif drafts and (drafts[0].kind is Kind.CLOZE or not self._taker(block)):
            self._add(drafts)
        else:
            self._attach(block)

    @property
    def _is_asking(self) -> bool:
        """Whether a question waits for its answer."""
        return self._open is not None and not self._open.answered

    def _taker(self, block: Block) -> Draft | None:
        """The draft whose definition ``block`` belongs to, if there is one."""
        draft = self._open
        if draft is None or not draft.answered:
            return None
        adjacent = block.type != "paragraph" and draft.last == block.first
        return draft if draft.is_question or draft.is_open or adjacent else None

    def _attach(self, block: Block) -> None:
        if self._open and self._is_asking:
            self._open.asked.append(block)
            return
        self._open = self._taker(block)
        if not self._open and self._highlights and holds_highlight(block.tokens):
            self._add([_cloze(block, [block])])
        elif self._open:
            self._open.blocks.append(block)
            self._open.last = block.last


def _item(item: Block, *, highlights: bool) -> list[Draft]:
    """The drafts in a list item. What follows the first one inside the item is part of it."""
    children = item.children
    if not children:
        return []
    if _holds_cloze(children[0]):
        return [_cloze(item, children)]
    first = scan(children[:1]) if children[0].type == "paragraph" else []
    if "checked" in item.tokens[0].meta and first and first[0].is_label:
        return []  # `- [ ] **Call**: the bank` is a thing to do
    if not first and highlights and holds_highlight(children[0].tokens) and children[0].type == "paragraph":
        return [_cloze(item, children)]
    if not first or first[-1].is_open:
        return scan(children, highlights=highlights)
    first[-1].blocks += children[1:]
    first[-1].container = item
    first[-1].last = item.last
    return first


def _cloze(block: Block, inside: list[Block]) -> Draft:
    container = block if block.type == "list_item" else None
    attributes = take_attributes(_ending(inside))
    if attributes and len(inside) > 1 and inside[-1].type == "paragraph" and not inside[-1].inline.children:
        inside = inside[:-1]  # braces alone, below a block that can hold none
    return Draft(
        Inline(), Inline(), block.first, block.last, Kind.CLOZE, attributes, blocks=inside, container=container
    )


def _ending(blocks: list[Block]) -> list[Token] | None:
    """The inline content that ``blocks`` end with, also that of the last item of a list."""
    for token in reversed(blocks[-1].tokens if blocks else ()):
        if token.type == "inline":
            return token.children
        if token.type not in _ENDS:
            break
    return None


def _is_text(block: Block, *, highlights: bool) -> bool:
    """Whether a list is text throughout, and so holds no record: a look at it is much cheaper than reading it."""
    for token in block.tokens:
        if token.type == "inline":
            if "{" in token.content or holds_separator(token) or (highlights and holds_highlight([token])):
                return False
        elif token.type not in _TEXT:
            return False
    return True


def _is_asked_as_cloze(blocks: list[Block]) -> bool:
    """Whether ``blocks`` end with braces that say so."""
    ending = _ending(blocks)
    return _says_cloze(ending[-1]) if ending else False


def _is_question_with_gaps(block: Block) -> bool:
    """Whether a paragraph begins with ``Q:``, and braces in it say that its gaps are to be filled."""
    tokens = block.inline.children or ()
    if not any(map(_says_cloze, tokens)):
        return False
    head = head_of(lines_of(block.inline)[0], block.inline.content, block.first)
    return head is not None and head.is_question


def _says_cloze(token: Token) -> bool:
    return token.type == ATTRIBUTES and token.meta["values"].get("kind") == Kind.CLOZE


def _holds_cloze(block: Block) -> bool:
    return any(cloze_names(block.tokens))
