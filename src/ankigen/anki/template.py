"""Anki's template language, as far as needed to know which cards a note makes.

A template is parsed once into nodes, over which both :func:`card_ordinals` and :mod:`ankigen.anki.render` walk.
The answer is the real Anki's, odd corners included: a property test holds it against the Anki of the
``verify`` extra, over thousands of notes.
"""

import re
from collections.abc import Collection, Iterator, Sequence
from dataclasses import field
from functools import lru_cache

from ankigen.anki.cloze import cloze_ordinals
from ankigen.anki.text import clean_field, clean_tag, is_filled
from ankigen.frozen import dataclass
from ankigen.records import NoteType

__all__ = [
    "SPECIAL_FIELDS",
    "Comment",
    "Conditional",
    "Node",
    "Replacement",
    "TemplateError",
    "Text",
    "card_ordinals",
    "check_note_type",
    "check_template",
    "parse_template",
    "shows_a_field",
]

# Known to every template. Anki 26.9.3 counts them as filled fields when it makes cards, `Tags` if the note
# has any; 24.11 and 25.9.2 count none of them (measured), so a front should not live on them alone.
SPECIAL_FIELDS = frozenset({"Card", "CardFlag", "CardID", "Deck", "Subdeck", "Tags", "Type"})

_LEGACY = "{{=<% %>=}}"  # at the very start, it switches the delimiters for the whole template
_SPACE = "".join(c for c in map(chr, range(0x3001)) if c.isspace() and not "\x1c" <= c <= "\x1f")
_MARKS = ("#", "^", "/")
_CLOZE_CONDITION = re.compile(r"c\+?[0-9]+")  # {{#c1}}: shown on the card of the first cloze only


class TemplateError(ValueError):
    """A template Anki would not render, in Anki's words; ``offset`` counts code points from its start."""

    def __init__(self, message: str, offset: int) -> None:
        super().__init__(message)
        self.offset = offset


@dataclass(frozen=True, slots=True)
class Text:
    """Text that is shown as it is."""

    text: str


@dataclass(frozen=True, slots=True)
class Comment:
    """An HTML comment, shown as it is: no tag inside it counts. ``text`` lacks its ``<!--`` and ``-->``."""

    text: str


@dataclass(frozen=True, slots=True)
class Replacement:
    """``{{filter:Field}}``; ``filters`` in the order they are applied, the one next to the field first."""

    key: str
    filters: tuple[str, ...]
    offset: int


@dataclass(frozen=True, slots=True)
class Conditional:
    """``{{#Field}}..{{/Field}}``, shown when the field is filled, or ``{{^Field}}``, when it is empty."""

    key: str
    negated: bool
    children: "tuple[Node, ...]"
    offset: int


Node = Text | Comment | Replacement | Conditional


@lru_cache(maxsize=256)
def parse_template(template: str) -> tuple[Node, ...]:
    """The nodes of a template; :class:`TemplateError` where its sections do not nest."""
    root = _Section("", False, 0)
    opened = [root]
    for kind, inner, offset in _tokens(template):
        if kind == "text":
            opened[-1].nodes.append(Text(inner))
        elif kind == "comment":
            opened[-1].nodes.append(Comment(inner))
        elif inner[:1] in _MARKS and len(inner) > 1:
            key = inner[1:].lstrip(_SPACE)
            if inner[0] == "/":
                closed = _close(opened, key, offset)
                opened[-1].nodes.append(closed)
            else:
                opened.append(_Section(key, inner[0] == "^", offset))
        else:
            *filters, key = inner.split(":")
            opened[-1].nodes.append(Replacement(key, tuple(reversed(filters)), offset))
    if len(opened) > 1:
        raise TemplateError(f"Missing {_tag('/', opened[-1].key)}", opened[-1].offset)
    return tuple(root.nodes)


def check_note_type(note_type: NoteType) -> None:
    """Raise the first :class:`TemplateError` that Anki would show instead of a card of this type."""
    names = [field.name for field in note_type.fields]
    for template in note_type.templates:
        for side, text in (("front", template.front), ("back", template.back)):
            try:
                check_template(text, names)
            except TemplateError as error:
                where = f"note type {note_type.name!r}, {side} of {template.name!r}"
                raise TemplateError(f"{where}: {error}", error.offset) from None


def check_template(template: str, fields: Collection[str]) -> None:
    """The same for one side of a card, over the names of the fields."""
    _check_fields(parse_template(template), SPECIAL_FIELDS.union(fields))


def card_ordinals(note_type: NoteType, fields: Sequence[str], tags: Sequence[str] = ()) -> tuple[int, ...]:
    """The ordinals (from 0) of the cards Anki makes of a note, ascending.

    Empty when there is none, where Anki itself would put a blank card in the note's place. A front that does
    not parse makes no card, as in Anki; :func:`check_note_type` tells why.
    """
    if len(fields) != len(note_type.fields):
        raise ValueError(f"{len(fields)} values for the {len(note_type.fields)} fields of {note_type.name!r}")
    if note_type.is_cloze:
        return cloze_ordinals([clean_field(field) for field in fields if "{{" in field])
    return _shown(
        note_type, tuple([is_filled(field) if field else False for field in fields]), any(map(clean_tag, tags))
    )


@lru_cache(maxsize=1 << 10)  # the notes of a project fill their fields in few different ways
def _shown(note_type: NoteType, are_filled: tuple[bool, ...], has_tags: bool) -> tuple[int, ...]:
    """The ordinals of the fronts that show a filled field."""
    names = [field.name for field in note_type.fields]
    filled = {name for name, is_one in zip(names, are_filled, strict=True) if is_one}
    special = SPECIAL_FIELDS if has_tags else SPECIAL_FIELDS - {"Tags"}
    filled |= special.difference(names)  # a field of that name takes its place
    return tuple(
        ordinal for ordinal, template in enumerate(note_type.templates) if shows_a_field(template.front, filled)
    )


@dataclass(slots=True)
class _Section:
    """A conditional whose closing tag is still to come."""

    key: str
    negated: bool
    offset: int
    nodes: list[Node] = field(default_factory=list)


def _close(opened: list[_Section], key: str, offset: int) -> Conditional:
    """Take the innermost section off the pile, which ``{{/key}}`` must close."""
    found = f"Found {_tag('/', key)}, but"
    if len(opened) == 1:
        raise TemplateError(f"{found} missing {_tag('#', key)} or {_tag('^', key)}", offset)
    section = opened.pop()
    if section.key != key:
        raise TemplateError(f"{found} expected {_tag('/', section.key)}", offset)
    return Conditional(key, section.negated, tuple(section.nodes), section.offset)


def _tag(mark: str, name: str) -> str:
    return f"'{{{{{mark}{name}}}}}'"


def _tokens(template: str) -> Iterator[tuple[str, str, int]]:
    """Each piece as its kind (text, comment or tag), what it says, and its offset.

    An opening that is never closed is text: Anki reports nothing (measured on 26.9.3).
    """
    start = template.lstrip(_SPACE)
    legacy = start.startswith(_LEGACY)
    left, right = ("<%", "%>") if legacy else ("{{", "}}")
    at = 0
    if legacy:
        while start.startswith(_LEGACY):
            start = start.removeprefix(_LEGACY)
        at = len(template) - len(start)
    opener = re.compile(f"{left}|<!--")
    ends = {left: (right, template.rfind(right)), "<!--": ("-->", template.rfind("-->"))}
    text_from = at
    while opening := opener.search(template, at):
        end, last_end = ends[opening[0]]
        if opening.end() > last_end:  # asked of the last end once: searching anew for each is quadratic
            at = opening.start() + 1
            continue
        if opening.start() > text_from:
            yield "text", template[text_from : opening.start()], text_from
        inner = template[opening.end() : template.index(end, opening.end())]
        if opening[0] == "<!--":
            yield "comment", inner, opening.start()
        else:
            yield "tag", inner.lstrip("{").strip(_SPACE), opening.start()
        at = text_from = opening.end() + len(inner) + len(end)
    if text_from < len(template):
        yield "text", template[text_from:], text_from


def shows_a_field(front: str, filled: Collection[str]) -> bool:
    """Whether a front shows a filled field: text alone makes no card, and a filter changes nothing."""
    try:
        nodes = list(parse_template(front))
    except TemplateError:
        return False
    while nodes:
        node = nodes.pop()
        if isinstance(node, Replacement) and node.key in filled:
            return True
        if isinstance(node, Conditional) and (node.key in filled) is not node.negated:
            nodes.extend(node.children)
    return False


def _check_fields(nodes: Sequence[Node], known: Collection[str]) -> None:
    """Raise for the first unknown field, in sections that are not shown too."""
    pending = list(reversed(nodes))
    while pending:
        node = pending.pop()
        if isinstance(node, Replacement):
            # `{{filter:}}` leaves all to the filter; the front side is no field, and shown by name alone.
            if node.key not in known and node.key != "FrontSide" and (node.key or not node.filters):
                raise _unknown_field("".join(f"{name}:" for name in reversed(node.filters)), node)
        elif isinstance(node, Conditional):
            if node.key not in known and not _CLOZE_CONDITION.fullmatch(node.key):
                raise _unknown_field("^" if node.negated else "#", node)
            pending.extend(reversed(node.children))


def _unknown_field(mark: str, node: Replacement | Conditional) -> TemplateError:
    found = _tag(mark, node.key)
    return TemplateError(f"Found {found}, but there is no field called '{node.key}'", node.offset)
