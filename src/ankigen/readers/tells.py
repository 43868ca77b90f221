"""What gives away that a file was written for another program: a table of lines that only such a file has.

Only their number in the whole file counts, and nothing in code, math and links does. No dialect is imported for it.
"""

import re
from collections.abc import Iterator

from ankigen.diagnostics import Diagnostic, Rule
from ankigen.frozen import dataclass
from ankigen.readers.markdown.mask import mask_of
from ankigen.source import Source

__all__ = ["TELLS", "Tell", "other_dialect"]


@dataclass(frozen=True, slots=True)
class Tell:
    """Lines of a dialect: a pattern for them (of several lines), what they do, and how many of them there are at least.

    Only a text with one of ``signs`` can hold such lines; to look for these is much cheaper. ``is_comment`` says that
    the lines are comments, which are looked at as they are written.
    """

    dialect: str
    program: str
    pattern: str
    what: str
    signs: frozenset[str]
    least: int = 1
    is_comment: bool = False


def _tell(
    dialect: str, program: str, pattern: str, what: str, *signs: str, least: int = 1, is_comment: bool = False
) -> Tell:
    return Tell(dialect, program, rf"(?m){pattern}", what, frozenset(signs), least, is_comment)


_OSR = "Obsidian Spaced Repetition"
_FLASHCARDS = "Flashcards for Obsidian"
_TO_ANKI = "Obsidian to Anki"

TELLS = (
    _tell("osr", _OSR, r"^[ \t]*\?\??[ \t]*$", "only `?`", "\n?", " ?", "\t?", least=2),
    _tell("osr", _OSR, r"(?:^|(?<=\s))#flashcards(?=[/\s]|$)", "`#flashcards`", "#flashcards"),
    _tell("osr", _OSR, r"<!--SR:", "a schedule", "<!--SR:", is_comment=True),
    _tell(
        "flashcards-obsidian",
        _FLASHCARDS,
        r"^(?!\s*[-*+] ).*(?<=\s)#card(?:[-/]\w+)?[ \t]*$",
        "`#card` at its end",
        "#card",
        least=2,
    ),
    _tell("flashcards-obsidian", _FLASHCARDS, r"^> ?\[!(?:CARD|card)\]", "`> [!CARD]`", "[!CARD]", "[!card]"),
    _tell("obsidian-to-anki", _TO_ANKI, r"^START[ \t]*$", "only `START`", "START"),
    _tell(
        "obsidian-to-anki",
        _TO_ANKI,
        r"^TARGET DECK(?:: |[ \t]*$)|\bSTARTI \[",
        "`TARGET DECK` or `STARTI`",
        "TARGET DECK",
        "STARTI [",
    ),
    _tell(
        "logseq",
        "Logseq",
        r"^\s*- .*(?<=\s)#(?:card|flashcard)(?=\s|$)",
        "a bullet with `#card`",
        "#card",
        "#flash",
        least=2,
    ),
    _tell("logseq", "Logseq", r"\{\{cloze ", "`{{cloze ...}}`", "{{cloze "),
    _tell("hashcards", "hashcards", r"^C: [^\n\[]*\[[^\]\n]+\](?!\()", "`C:` and brackets", "C: ", least=2),
    _tell(
        "ankiops", "AnkiOps", r"<!-- *note_(?:key|id):", "a key of AnkiOps", "note_key:", "note_id:", is_comment=True
    ),
    _tell("heading", "mdanki", r"\[#[^\[\]\s]+\]\(\)", "a tag as a link to nothing", "]()"),
    _tell("inka", "Inka", r"^---\n(?:Deck|Tags): ", "a section with `Deck:`", "---\nDeck: ", "---\nTags: "),
    _tell("ankdown", "ankdown", r"^%[ \t]*$", "only `%`", "\n%", least=2),
    _tell("mochi", "Mochi", r"\{\{\d+::", "`{{1::...}}`", "{{"),
)


_SIGNS = dict.fromkeys(sign for tell in TELLS for sign in tell.signs)


def other_dialect(source: Source, front: int) -> Iterator[Diagnostic]:
    """What ``source``, below ``front`` lines of front matter, looks like, if it is notes for another program."""
    text = source.text
    # A single character is found many times as fast.
    held = [sign for sign in _SIGNS if sign[0] in text and sign[-1] in text and sign in text]
    likely = [
        tell for tell in TELLS if not tell.signs.isdisjoint(held) and len(re.findall(tell.pattern, text)) >= tell.least
    ]
    if not likely:
        return
    mask = mask_of(source, front).text
    begin = source.offset(front + 1)
    found = []
    for tell in likely:
        matches = re.compile(tell.pattern).finditer(source.text if tell.is_comment else mask, begin)
        lines = sorted({source.position(match.end())[0] for match in matches})
        if len(lines) >= tell.least:
            found.append((tell, lines))
    if found:
        tell, lines = max(found, key=lambda each: len(each[1]))
        count = "a line holds" if len(lines) == 1 else f"{len(lines)} lines hold"
        message = f"{count} {tell.what}: is this {tell.program}?"
        start = source.offset(lines[0])
        hint = f'try `dialect: {tell.dialect}` in its front matter, or `dialect = "{tell.dialect}"` in ankigen.toml'
        yield Diagnostic.at(source, Rule.OTHER_DIALECT, start, message, hint, start + len(source.line(lines[0])))
