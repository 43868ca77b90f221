"""Notes in Markdown, read into records: sections by their headings, and the forms inside each section.

A heading with a body and no heading below it is a term, unless its body holds records of another form: then it is
a section. The headings above a record become its tags or its sub-deck. Never raises on content.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import field, replace
from functools import lru_cache, partial
from itertools import pairwise
from typing import Any

from markdown_it.token import Token

from ankigen.diagnostics import Diagnostic, Ignore, Rule
from ankigen.frozen import dataclass
from ankigen.readers.counted import counted
from ankigen.readers.frontmatter import FrontMatter, read_front_matter
from ankigen.readers.ignores import MARK, ignores_in, put_back, without
from ankigen.readers.markdown.attributes import read_attributes
from ankigen.readers.markdown.blocks import Block, Inline, blocks_of, is_comment, plain_text
from ankigen.readers.markdown.clozes import CODE, cloze_faults, turn_highlights
from ankigen.readers.markdown.conflicts import emptied, without_conflicts, without_rows
from ankigen.readers.markdown.faults import lone_attributes, lone_terms, structural_faults
from ankigen.readers.markdown.footnotes import take_footnotes
from ankigen.readers.markdown.forms import Draft
from ankigen.readers.markdown.hashtags import find_tags, tagged, without_tags
from ankigen.readers.markdown.leftovers import keyed, without_leftovers
from ankigen.readers.markdown.marks import first_numbers
from ankigen.readers.markdown.pairs import unclosed_tags
from ankigen.readers.markdown.scan import scan
from ankigen.readers.markdown.slips import inline_slips
from ankigen.readers.markdown.spacing import plain_marks
from ankigen.readers.markdown.syntax import parser
from ankigen.readers.markdown.unsure import unsure_places
from ankigen.readers.markdown.verbatim import verbatim_lines
from ankigen.readers.markdown.writing import Writer
from ankigen.readers.names import nest, tag_of_headings
from ankigen.readers.settings import ClozeMark, Headings, Settings
from ankigen.records import Document, Kind, Record, RichText
from ankigen.source import Source, Span

__all__ = ["read_markdown"]

_LISTS = ("bullet_list", "ordered_list")
_GAP = re.compile(r"\{\{c\d+::", re.IGNORECASE)


def read_markdown(source: Source, settings: Settings) -> Document:
    """The records of a Markdown note, in source order, with what is wrong and what is prose."""
    text = plain_marks(source.text)
    plain = source if text == source.text else replace(source, text=text)
    front = read_front_matter(plain, settings)
    ignores: tuple[Ignore, ...] = ()
    if MARK in plain.text:
        verbatim = verbatim_lines(parser().parse(_body(plain, front)), MARK)
        ignores = tuple(ignores_in(plain, front.end_line + 1, verbatim))
    bare, ids = without_leftovers(without(plain, ignores) if ignores else plain, front.end_line)
    document = _tagged(bare, front)
    if bare is plain:
        return document
    return put_back(replace(document, records=keyed(document.records, ids)), plain, ignores)


def _body(source: Source, front: FrontMatter) -> str:
    """The text, in which the lines of the front matter are empty: so every line keeps its number."""
    return "\n" * front.end_line + source.text[source.offset(front.end_line + 1) :] if front.end_line else source.text


def _tagged(source: Source, front: FrontMatter) -> Document:
    """The document with the tags that stand in its text, which are no part of it: it is read again without them."""
    document, tokens = _read(source, front)
    tags = list(find_tags(source, tokens, document.records))
    if not tags:
        return document
    titles = [fault for fault in document.diagnostics if fault.rule is Rule.BROKEN_HEADING]  # a tag, or a heading?
    document, tokens = _read(without_tags(source, tags), front)
    found = (token for token in tokens if token.type == "heading_open" and token.map and not token.level)
    headings = [(token.map[0] + 1, int(token.tag[1:])) for token in found if token.map]
    return replace(
        document,
        source=source,
        records=tuple(tagged(document.records, tags, headings)),
        diagnostics=(*document.diagnostics, *titles),
    )


def _read(source: Source, front: FrontMatter) -> tuple[Document, list[Token]]:
    """The document below the front matter, and its tokens."""
    written = source
    source, marks, conflicts = without_conflicts(written, front.end_line)
    env: dict[str, Any] = {CODE: ClozeMark.CODE in front.settings.clozes}
    everything = without_rows(parser().parse(emptied(_body(source, front), marks), env), marks)
    tokens, footnotes = take_footnotes(everything, len(source.text))
    blocks = blocks_of(tokens)
    slips = [*structural_faults(source, everything), *inline_slips(source, tokens), *unclosed_tags(source, tokens)]
    writer = Writer(source, parser(), env, footnotes, front.settings.unsafe_html)
    reader = _Reader(source, front.settings, writer)
    reader.diagnostics += [*front.diagnostics, *conflicts, *unsure_places(source, tokens)]
    used = reader.read(blocks)
    if not reader.records:  # text that holds no record is not measured by what a record looks like
        slips = [slip for slip in slips if slip.rule is not Rule.INDENTED_RECORD]
    reader.diagnostics += [*slips, *lone_terms(source, blocks, {first for first, _ in used})]
    reader.diagnostics += lone_attributes(source, tokens)
    reader.diagnostics += [*footnotes.faults(source, tokens), *cloze_faults(source, env)]
    used += [
        *((number, number + 1) for number in marks),
        *footnotes.lines(),
        *_headers(tokens, {first for first, _ in used}),
        *_link_targets(env),
    ]
    document = Document(
        written,
        "notes",
        tuple(sorted(reader.records, key=lambda record: (record.span.start, record.span.end))),
        tuple(reader.diagnostics + reader.writer.diagnostics),
        prose=tuple(_unused(source, used, front.end_line)),
    )
    return document, tokens


@dataclass(slots=True)
class _Section:
    """A heading and the blocks up to the next one; the first section of a note has no heading."""

    heading: Block | None
    level: int = 0
    body: list[Block] = field(default_factory=list)


class _Reader:
    def __init__(self, source: Source, settings: Settings, writer: Writer) -> None:
        self.source = source
        self.settings = settings
        self.writer = writer
        self.highlights = ClozeMark.HIGHLIGHT in settings.clozes
        self.place = lru_cache(partial(_place, settings))  # the records of a section have the same
        self.records: list[Record] = []
        self.diagnostics: list[Diagnostic] = []

    def read(self, blocks: list[Block]) -> list[tuple[int, int]]:
        """Read all sections; the lines ``[first, last)``, from 0, that are not prose."""
        used: list[tuple[int, int]] = []
        sections = [_Section(None)]
        for block in blocks:
            if block.type == "heading":
                sections.append(_Section(block, int(block.tokens[0].tag[1:])))
                used.append((block.first, block.last))
            else:
                sections[-1].body.append(block)
                if _is_empty(block):
                    used.append((block.first, block.last))
        path: list[tuple[int, tuple[str, ...]]] = [(-1, ())]  # by their levels, the headings down to each
        for section, following in pairwise([*sections, _Section(None)]):
            while path[-1][0] >= section.level:
                path.pop()
            above = path[-1][1]
            drafts = scan(section.body, highlights=self.highlights)
            is_leaf = section.heading is not None and following.level <= section.level
            if is_leaf and not drafts:
                drafts = [_heading_draft(section)]
            elif section.heading:
                title = Inline(list(section.heading.inline.children or ()))
                if attributes := title.take_attributes():
                    self._fault(
                        Rule.UNKNOWN_ATTRIBUTE,
                        self.writer.offset(section.heading.first, attributes.text),
                        "a heading over records takes no attributes; they are left out",
                        "write them behind the records' own terms",
                        len(attributes.text),
                    )
                above = (*above, plain_text(title.tokens))
                path.append((section.level, above))
            for draft in drafts:
                self._finish(draft, above)
                used.append((draft.first, draft.last))
        return used

    def _finish(self, draft: Draft, headings: tuple[str, ...]) -> None:
        """Render a draft into a record, or say what it lacks."""
        options, faults = read_attributes(self.source, draft, self.settings)
        self.diagnostics += faults
        if faults and any(fault.rule is Rule.INVALID_VALUE for fault in faults):
            return
        kind = options.kind or draft.kind or self.settings.kind
        if draft.kind is Kind.CLOZE and self.highlights:
            turn_highlights([token for block in draft.blocks for token in block.tokens])
        self.writer.begin(range(draft.first, draft.last))
        asked = self.writer.block_markdown(draft.asked)
        term = self.writer.definition(draft.term, draft.asked, draft.first, asked)
        definition, listed = self._definition(draft)
        unnumbered: tuple[int, ...] = ()
        if draft.kind is Kind.CLOZE:
            html, unnumbered = first_numbers(definition.html)
            term, definition, listed = RichText(definition.markdown, html), RichText("", ""), None
        if not self._is_whole(draft, term, definition, kind):
            return
        if self.writer.has_footnotes:
            definition = self.writer.with_footnotes(definition, _covered(draft))
        last = self._last_line(draft)
        deck, tags = self.place(headings, options.deck, options.tags)
        record = Record(
            term=term,
            definition=definition,
            path=self.source.path,
            line=draft.first + 1,
            end_line=last,
            span=self.source.lines_span(draft.first + 1, last),
            kind=kind,
            items=tuple(self.writer.inside_markdown(item) for item in listed.children) if listed else (),
            ordered=listed is not None and listed.type == "ordered_list",
            deck=deck,
            tags=tags,
            key=options.key,
            hint=options.hint,
            note_type=options.note_type or self.settings.note_type,
            origin=options.origin,
            theme=self.settings.theme,
            unnumbered=unnumbered,
        )
        self.records.append(record)
        if record.items:
            self._check_count(draft, record)

    def _definition(self, draft: Draft) -> tuple[RichText, Block | None]:
        """A draft's definition, and the list it consists of, when it is one."""
        blocks = draft.blocks
        if blocks and blocks[0].type == "dd":
            return self._described(draft, blocks)
        if draft.container and blocks:
            markdown = self.writer.inside_markdown(draft.container)
            if draft.kind is not Kind.CLOZE:  # the first paragraph of the item holds the term
                markdown = self.writer.block_markdown(blocks)
        else:
            markdown = self.writer.block_markdown(blocks)
        if draft.kind is Kind.CLOZE and draft.attributes:
            markdown = markdown.removesuffix(draft.attributes.text).rstrip()
        text = self.writer.definition(draft.head, blocks, draft.first, markdown)
        only = blocks[0] if len(blocks) == 1 and not draft.head.markdown else None
        return text, only if only and only.type in _LISTS else None

    def _described(self, draft: Draft, parts: list[Block]) -> tuple[RichText, Block | None]:
        """The definitions of a definition list, one below the other."""
        texts = [
            self.writer.definition(Inline(), part.children, part.first, self.writer.inside_markdown(part))
            for part in parts
        ]
        if len(texts) == 1:
            inner = parts[0].children
            only = inner[0] if len(inner) == 1 and inner[0].type in _LISTS else None
            return texts[0], only
        html = "\n".join(text.html if text.html.startswith("<") else f"<p>{text.html}</p>" for text in texts)
        return RichText("\n\n".join(text.markdown for text in texts), html), None

    def _is_whole(self, draft: Draft, term: RichText, definition: RichText, kind: Kind) -> bool:
        length = 1
        if kind is Kind.CLOZE and draft.kind is not Kind.CLOZE and not _GAP.search(term.html):
            rule, message = Rule.BROKEN_CLOZE, "this is to be a cloze, but has no gap"
            hint = "mark what to hide: {{c1::the answer}}"
        elif draft.kind is Kind.CLOZE:
            if kind is Kind.CLOZE:
                return True
            rule, message = Rule.INVALID_VALUE, f"a text with gaps cannot be {kind}"
            hint = "take the kind or the gaps away"
        elif not term.html:
            rule = Rule.EMPTY_TERM
            message = f"this {'answer has no question' if draft.is_question else 'definition has no term'}"
            hint = "write it, or take the mark away"
        elif not definition.html and kind is not Kind.CLOZE:
            rule, length = Rule.EMPTY_DEFINITION, len(term.markdown)
            message = f"this {'question has no answer' if draft.is_question else 'term has no definition'}"
            hint = f"write {'a line that begins with A:' if draft.is_question else 'its definition below or behind it'}"
        else:
            return True
        self._fault(rule, self.writer.offset(draft.first, term.markdown), message, hint, length)
        return False

    def _check_count(self, draft: Draft, record: Record) -> None:
        said = counted(plain_text(draft.term.tokens))
        if said and said != len(record.items):
            self._fault(
                Rule.COUNT_MISMATCH,
                self.writer.offset(draft.first, record.term.markdown),
                f"the term says {said}, its list has {len(record.items)}",
                "add what is missing, or correct the number",
                len(record.term.markdown),
            )

    def _fault(self, rule: Rule, at: int, message: str, hint: str, length: int = 1) -> None:
        self.diagnostics.append(Diagnostic.at(self.source, rule, at, message, hint, at + length))

    def _last_line(self, draft: Draft) -> int:
        """The last line, from 1, that is not blank: markdown-it counts blank lines after a list to the list."""
        written = self.source.lines_text(draft.first + 1, draft.last).rstrip()
        return draft.first + 1 + written.count("\n")


def _covered(draft: Draft) -> range:
    """The lines, from 0, that are in the Markdown of the draft's definition, or of its text when it is a cloze."""
    if draft.container and draft.kind is Kind.CLOZE:
        return range(draft.container.first, draft.container.last)
    return range(draft.blocks[0].first, draft.blocks[-1].last) if draft.blocks else range(0)


def _heading_draft(section: _Section) -> Draft:
    heading = section.heading
    assert heading is not None  # noqa: S101 - only sections with a heading come here
    inline = heading.inline
    term = Inline(list(inline.children or ()), inline.content)
    body = section.body
    while body and _is_empty(body[0]):
        body = body[1:]
    while body and _is_empty(body[-1]):
        body = body[:-1]
    last = body[-1].last if body else heading.last
    return Draft(term, Inline(), heading.first, last, attributes=term.take_attributes(), blocks=body)


def _is_empty(block: Block) -> bool:
    return block.type == "hr" or is_comment(block)


def _headers(tokens: Sequence[Token], rows: set[int]) -> Iterator[tuple[int, int]]:
    """The headers of the tables whose first row, two lines below, is one of ``rows``."""
    for token in tokens:
        if token.type == "table_open" and token.map and token.map[0] + 2 in rows:
            yield token.map[0], token.map[0] + 2


def _link_targets(env: dict[str, Any]) -> Iterator[tuple[int, int]]:
    """The lines of ``[name]: address``, which make no block."""
    for target in [*env.get("references", {}).values(), *env.get("duplicate_refs", ())]:
        yield target["map"][0], target["map"][1]


def _place(
    settings: Settings, headings: tuple[str, ...], own_deck: str, own_tags: tuple[str, ...]
) -> tuple[str, tuple[str, ...]]:
    """The deck and the tags of a record below ``headings``, whose author gave it ``own_deck`` and ``own_tags``."""
    tags = (*settings.tags, *own_tags)
    deck = own_deck or settings.deck
    if settings.headings is Headings.TAGS and headings:
        tags = (*settings.tags, tag_of_headings(headings), *own_tags)
    elif settings.headings is Headings.DECK and not own_deck:
        deck = nest(deck, *(name.replace("::", ":") for name in headings))
    return deck, tuple(dict.fromkeys(filter(None, tags)))


def _unused(source: Source, used: list[tuple[int, int]], front_matter: int) -> Iterator[Span]:
    """The runs of lines with text that belong to nothing."""
    taken = bytearray(source.line_count + 1)
    taken[: front_matter + 1] = b"\1" * (front_matter + 1)
    for first, last in used:
        taken[first + 1 : last + 1] = b"\1" * (last - first)
    start = end = 0  # of the run so far, ``end`` being below it
    number = taken.find(0, 1)
    while number >= 0:
        if source.line(number).strip():
            if number != end:
                if end:
                    yield source.lines_span(start, end - 1)
                start = number
            end = number + 1
        number = taken.find(0, number + 1)
    if end:
        yield source.lines_span(start, end - 1)
