"""The readers by name: those of ankigen, each imported when it is first used, and those that other packages bring.

Another package names its own in the entry-point group ``ankigen.readers``: a function from a source and the settings
for it to a document.
"""

from collections.abc import Callable
from functools import lru_cache
from importlib import import_module
from typing import TYPE_CHECKING

from ankigen.readers.settings import Settings
from ankigen.records import Document
from ankigen.source import Source

if TYPE_CHECKING:
    from importlib.metadata import EntryPoint

__all__ = ["GROUP", "Reader", "UnknownReader", "find_reader", "is_built_in", "reader_names"]

GROUP = "ankigen.readers"

Reader = Callable[[Source, Settings], Document]

_BUILT_IN = {
    "notes": "ankigen.readers.markdown:read_markdown",
    "studyset": "ankigen.readers.studyset.reader:read_studyset",
    "delimited": "ankigen.readers.delimited.reader:read_delimited",
    "anki-text": "ankigen.readers.delimited.reader:read_delimited",
    "csv": "ankigen.readers.delimited.reader:read_csv",
    "tsv": "ankigen.readers.delimited.reader:read_tsv",
    "quizlet": "ankigen.readers.delimited.cards:read_cards",
    "osr": "ankigen.readers.dialects.osr:read_osr",
    "flashcards-obsidian": "ankigen.readers.dialects.flashcards_obsidian:read_flashcards_obsidian",
    "obsidian-to-anki": "ankigen.readers.dialects.obsidian_to_anki:read_obsidian_to_anki",
    "logseq": "ankigen.readers.dialects.logseq:read_logseq",
    "hashcards": "ankigen.readers.dialects.hashcards:read_hashcards",
    "ankiops": "ankigen.readers.dialects.ankiops:read_ankiops",
    "heading": "ankigen.readers.dialects.heading:read_heading",
    "markdown-anki-decks": "ankigen.readers.dialects.markdown_anki_decks:read_markdown_anki_decks",
    "yanki": "ankigen.readers.dialects.yanki:read_yanki",
    "inka": "ankigen.readers.dialects.inka:read_inka",
    "ankdown": "ankigen.readers.dialects.ankdown:read_ankdown",
    "mochi": "ankigen.readers.dialects.mochi:read_mochi",
    "supermemo": "ankigen.readers.dialects.supermemo:read_supermemo",
}


class UnknownReader(LookupError):
    """No reader has this name, or another package's cannot be loaded: then the message says why."""


def reader_names() -> tuple[str, ...]:
    """The names of all readers, ankigen's own first."""
    return (*_BUILT_IN, *(name for name in sorted(_installed()) if name not in _BUILT_IN))


def is_built_in(name: str) -> bool:
    """Whether the reader ``name`` comes with ankigen."""
    return name in _BUILT_IN


def find_reader(name: str) -> Reader:
    """The reader ``name``. Raises `UnknownReader`."""
    if name in _BUILT_IN:
        module, _, function = _BUILT_IN[name].partition(":")
        reader: Reader = getattr(import_module(module), function)
        return reader
    if name in _installed():
        try:
            loaded: Reader = _installed()[name].load()
        except Exception as error:  # whatever is wrong with a package of somebody else
            raise UnknownReader(f"{_installed()[name].value} cannot be loaded: {error}") from error
        return loaded
    raise UnknownReader(f"there is no dialect {name}")


@lru_cache(maxsize=1)
def _installed() -> "dict[str, EntryPoint]":
    from importlib.metadata import entry_points  # which most commands never need

    return {found.name: found for found in entry_points(group=GROUP)}
