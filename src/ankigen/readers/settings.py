"""What a reader is told besides the text: the defaults that a folder, the project or the command line set."""

from enum import StrEnum

from ankigen.frozen import dataclass
from ankigen.records import Kind

__all__ = ["ClozeMark", "Headings", "Settings"]


class Headings(StrEnum):
    """What the headings above a record become."""

    TAGS = "tags"
    DECK = "deck"
    NONE = "none"


class ClozeMark(StrEnum):
    """What else makes a cloze, besides ``{{c1::text}}`` in text and math."""

    HIGHLIGHT = "highlight"  # ==text==
    CODE = "code"  # {{c1::text}} in code


@dataclass(frozen=True, slots=True)
class Settings:
    """Defaults for one source; its front matter and the attributes of a record come before them.

    ``deck`` is the whole name, ``above`` the part of it that front matter and attributes do not replace, and ``change``
    says what Anki does not take of a folder's name, so that it is not in ``deck``; empty when all is.
    ``reader`` names the reader to use whatever the front matter says, ``dialect`` the one to use where that names none;
    where both are empty, it is found out from the text. ``origin`` is the file that a converted note was made of, empty
    for others. ``unsafe_html`` lets raw HTML through as it is. ``theme`` is the look that a note chose, empty for the
    project's. ``separator`` parts the fields of delimited text and ``row_separator`` its rows, empty where the text
    tells.
    """

    deck: str = "Notes"
    above: str = ""
    tags: tuple[str, ...] = ()
    kind: Kind = Kind.BASIC
    headings: Headings = Headings.TAGS
    note_type: str = ""
    reader: str = ""
    dialect: str = ""
    origin: str = ""
    clozes: tuple[ClozeMark, ...] = ()
    unsafe_html: bool = False
    theme: str = ""
    separator: str = ""
    row_separator: str = ""
    change: str = ""
