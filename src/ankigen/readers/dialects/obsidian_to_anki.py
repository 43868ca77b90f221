"""Obsidian to Anki: notes between ``START`` and ``END``, or ``STARTI [Type]`` and ``ENDI`` in a line.

https://github.com/ObsidianToAnki/Obsidian_to_Anki/wiki - ``TARGET DECK: X`` and ``FILE TAGS: a b`` hold for the whole
file. A note names its type, then its fields; text before the first of them belongs to the first. A note below
``DELETE`` is none. In a note of a type that is named after clozes, ``{x}`` and ``{1:x}`` are gaps.
"""

import re
from collections.abc import Sequence
from dataclasses import replace

from ankigen.diagnostics import Rule
from ankigen.readers.dialects.gaps import count_up, with_gaps
from ankigen.readers.dialects.page import Found, Line, Page
from ankigen.readers.names import below, clean_deck, clean_tag
from ankigen.readers.settings import Settings
from ankigen.records import Document, Kind
from ankigen.source import Source

__all__ = ["read_obsidian_to_anki"]

_SETTING = re.compile(r"(TARGET DECK|FILE TAGS)(?:: (?P<value>.*))?\s*")
_INLINE = re.compile(r"STARTI\s+\[(?P<type>[^\]\n]*)\](?P<text>(?:(?!STARTI).)*?)(?<!\S)ENDI(?!\w)")
_ID = re.compile(r"(?:^|(?<=\s))ID: (\d+)\s*$")
_TAGS = re.compile(r"(?:^|(?<=\s))Tags: (?P<tags>[^\n]*)$")
_GAP = re.compile(
    r"(?:\{\{c(?P<native>\d+)::|(?<!\{)\{(?:c?(?P<number>\d+)[:|])?(?!\{))"
    r"(?P<gap>(?:[^{}\n]|\n(?!\n)|\{[^{}\n]*\})+?)(?(native)\}\}|\}(?!\}))"
)
_HIGHLIGHT = re.compile(r"==(?P<gap>\S(?:[^=\n]|=(?!=))*?)(?<!\s)==")
_FIELDS = {"cloze": ("Text", "Back Extra", "Extra"), "basic": ("Front", "Back", "Add Reverse")}
_LABEL = r"[A-Z][\w -]{0,40}"
_WORD = r"[A-Z]\w{0,40}"


def read_obsidian_to_anki(source: Source, settings: Settings) -> Document:
    """The records of a note for Obsidian to Anki."""
    reader = _Reader(Page(source, settings))
    reader.read()
    return reader.page.document("obsidian-to-anki", reader.found, reader.own)


class _Reader:
    def __init__(self, page: Page) -> None:
        self.page = page
        self.found: list[Found] = []
        self.own: list[int] = []
        self._named: set[str] = set()

    def read(self) -> None:
        """Take in all lines."""
        lines = self.page.lines
        ends = [at for at, line in enumerate(lines) if line.mask.startswith("END") and not line.is_inside]
        end = at = 0
        while at < len(lines):
            line, mark = lines[at], lines[at].mask.strip()
            while end < len(ends) and ends[end] <= at:
                end += 1
            if line.mask.rstrip() == "START":
                if end < len(ends):
                    self._block(lines[at : ends[end] + 1])
                    at = ends[end]
                else:
                    message, hint = "the note that begins here has no end", "put a line END after its last field"
                    self.page.fault(Rule.UNCLOSED_MARK, line.number, message, hint)
            elif setting := _SETTING.fullmatch(mark):
                at = self._setting(setting, at)
            elif mark == "DELETE":
                self.own.append(line.number)
                if at + 1 < len(lines) and (lines[at + 1].is_left or _ID.fullmatch(lines[at + 1].mask.strip())):
                    at += 1
                    self.own.append(lines[at].number)
            elif "STARTI" in mark:
                for note in _INLINE.finditer(line.mask):
                    self._inline(line, note)
            at += 1

    def _setting(self, setting: re.Match[str], at: int) -> int:
        """A setting of the whole file, on this line or the next; the first of its kind counts."""
        lines = self.page.lines
        value = setting["value"]
        self.own.append(lines[at].number)
        if value is None and at + 1 < len(lines):
            at += 1
            value = lines[at].text
            self.own.append(lines[at].number)
        if setting[1] not in self._named and value:
            old = self.page.settings
            if setting[1] == "FILE TAGS":
                tags = (*old.tags, *filter(None, map(clean_tag, value.replace(",", " ").split())))
                self.page.settings = replace(old, tags=tuple(dict.fromkeys(tags)))
            elif deck := clean_deck(value):
                self.page.settings = replace(old, deck=below(old.above, deck))
        self._named.add(setting[1])
        return at

    def _block(self, lines: Sequence[Line]) -> None:
        """The lines from ``START`` to ``END``."""
        inner = [line for line in lines[1:-1] if not line.is_left]
        key: str | None = None
        tags: tuple[str, ...] = ()
        while inner and (inner[-1].is_blank or (found := _ID.fullmatch(inner[-1].mask.strip()))):
            key = found[1] if not inner[-1].is_blank and found else key
            inner.pop()
        if inner and (said := _TAGS.fullmatch(inner[-1].mask.rstrip())):
            tags = tuple(said["tags"].split())
            inner.pop()
        type_, *rest = inner or [Line(lines[0].number, "", "")]
        names = _names(type_.text)
        pattern = re.compile(rf"(?P<name>{'|'.join(names)}):" if names else rf"(?P<name>{_LABEL}):(?=\s|$)")
        fields: dict[str, list[Line]] = {}
        field = names[0] if names else ""
        for line in rest:
            label = None if line.is_inside else pattern.match(line.mask)
            field = label["name"] if label else field
            fields.setdefault(field, []).append(_behind(line, label) if label else line)
        self._add(lines[0].number, lines[-1].number, type_.text, fields, tags, key)

    def _inline(self, line: Line, note: re.Match[str]) -> None:
        """A note in one line."""
        start, end = note.span("text")
        key: str | None = line.id
        tags: tuple[str, ...] = ()
        text, mask = line.text[start:end].rstrip(), line.mask[start:end].rstrip()
        if found := _ID.search(mask):
            key, text, mask = found[1], text[: found.start()].rstrip(), mask[: found.start()].rstrip()
        if said := _TAGS.search(mask):
            tags, text, mask = tuple(said["tags"].split()), text[: said.start()], mask[: said.start()]
        names = _names(note["type"])
        fields: dict[str, list[Line]] = {}
        field, at = names[0] if names else "", 0
        pattern = rf"(?<!\S)(?P<name>{'|'.join(names) or _WORD}):(?!\S)"
        for label in [*re.finditer(pattern, mask), None]:
            part = slice(at, label.start() if label else None)
            if text[part].strip():
                fields.setdefault(field, []).append(Line(line.number, text[part].strip(), mask[part].strip()))
            if label:
                field, at = label["name"], label.end()
        self._add(line.number, line.number, note["type"], fields, tags, key)

    def _add(
        self, first: int, last: int, type_: str, fields: dict[str, list[Line]], tags: tuple[str, ...], key: str | None
    ) -> None:
        """The record of a note; fields beyond the second are shown below it."""
        kind = _kind(type_)
        sides = list(fields.values()) or [[]]
        names = _names(type_)
        if names:
            sides = [fields.get(names[0], []), *(fields[name] for name in names[1:] if name in fields)]
            if kind is Kind.BASIC and any(line.text.strip() for line in fields.get("Add Reverse", [])):
                kind = Kind.REVERSED
            sides = [side for side in sides if side is not fields.get("Add Reverse")]
        term = "\n".join(line.text for line in sides[0]).strip("\n")
        if kind is Kind.CLOZE:
            number = count_up()
            gaps = with_gaps(sides[0], _GAP, lambda gap: gap["native"] or gap["number"] or number(gap))
            term = gaps or with_gaps(sides[0], _HIGHLIGHT, count_up()) or term
        definition = "\n\n".join("\n".join(line.text for line in side).strip("\n") for side in sides[1:])
        self.found.append(Found(first, last, term.strip(), definition.strip("\n"), kind, tags=tags, key=key))


def _behind(line: Line, label: re.Match[str]) -> Line:
    return replace(line, text=line.text[label.end() :].lstrip(), mask=line.mask[label.end() :].lstrip())


def _names(type_: str) -> tuple[str, ...]:
    """The fields of one of Anki's own note types; of any other they are not known."""
    name = type_.strip().casefold()
    return next((fields for known, fields in _FIELDS.items() if name.startswith(known)), ())


def _kind(type_: str) -> Kind:
    name = type_.casefold()
    if "cloze" in name:
        return Kind.CLOZE
    if "revers" in name and "optional" not in name:
        return Kind.REVERSED
    return Kind.TYPED if "type in" in name else Kind.BASIC
