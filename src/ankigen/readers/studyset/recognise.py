"""Whether a text is the paste of a study set: told from ordinary Markdown and prose by its content alone.

A false alarm costs an author the notes of a whole file, so each sign has to be joined by another: lines of a known site
by a set below them, lines that any site may have by a set whose shape is plain and in which nothing is Markdown.
"""

import re
from collections.abc import Sequence
from itertools import islice

from ankigen.readers.studyset.chrome import TOP, Chrome, find_chrome, may_hold_chrome
from ankigen.readers.studyset.lines import Paste, paste_of
from ankigen.source import Source

__all__ = ["looks_like_paste"]

_MARKDOWN = re.compile(
    r"\s*(?:#{1,6}\s|```|~~~|[-*+]\s|\d{1,9}[.)]\s|>|\||\.\.\s|={3,}|-{3,}$|:\s|<[a-z/!])"
    r"|.*(?:\*\*|__|`|::|\]\(|\]\[|\{\{|\$\$)",
    re.IGNORECASE,
)
_HEADING = re.compile(r"#{1,6}\s|```|~~~|={3,}$|-{3,}$")
_BLOCK = re.compile(r"#{1,6}\s|```|~~~|[-*+]\s|>|\||={3,}|<[a-z/!]|\.\.\s", re.IGNORECASE)
_HELD = re.compile(r"\S.*")  # of a line
_LETTER = re.compile(r"[^\W\d_]")
_TABBED = 0.95  # of the rows of a set without any other sign
_FEWEST = 3  # rows, or pairs of lines
_PAIRED = 0.75  # of the pairs of lines: the first is the shorter one; of the lines: they are short
_MOST_LINES = 12  # a card
_MANY_SIGNS = 3  # lines of an unknown page
_SHORT = 60  # characters; prose without a blank line has longer lines


def looks_like_paste(source: Source, front: int) -> bool:
    """Whether ``source``, below ``front`` lines of front matter, can only be the paste of a study set."""
    held = _HELD.finditer(source.text, source.offset(front + 1))
    if "\t" not in source.text and not may_hold_chrome([line[0].rstrip() for line in islice(held, TOP)]):
        return False
    page = paste_of(source, front)
    chrome = find_chrome(page.texts)
    if not chrome.site:
        return _is_tabbed(page)
    if any(_HEADING.match(text) for text in page.texts[: chrome.top]):
        return False  # a note that quotes a page
    if chrome.site != "unknown" and len(chrome.known) > 1:
        return True
    paste = page.without({*chrome.known, *chrome.possible})
    if len(paste.texts) < 2 or any(_HEADING.match(line) for line in page.written):
        return False
    return chrome.site != "unknown" or _has_shape(paste, chrome, [bool(_MARKDOWN.match(line)) for line in page.written])


def _is_tabbed(page: Paste) -> bool:
    """Whether nearly all lines are rows of one TAB between two texts: what Quizlet exports, and no Markdown."""
    rows = [text.split("\t") for text in page.texts]
    fitting = [row for row in rows if len(row) == 2 and _LETTER.search(row[0]) and _LETTER.search(row[1])]
    return (
        len(fitting) >= max(_FEWEST, _TABBED * len(rows))
        and len({row[0].strip() for row in fitting}) >= _TABBED * len(fitting)
        and not any(_BLOCK.match(line) or line[0].isspace() for line in page.written)
    )


def _has_shape(paste: Paste, chrome: Chrome, marked: Sequence[bool]) -> bool:
    """Whether the set below the lines of an unknown page is as large as they say, or cannot be ordinary text.

    ``marked`` are the lines that could be Markdown. A definition may hold a list; where a count is met, that is no
    reason to doubt.
    """
    count, signs = len(paste.texts), len(chrome.known)
    if chrome.cards >= _FEWEST:
        is_met = count == 2 * chrome.cards or (signs > 1 and 2 * chrome.cards <= count <= _MOST_LINES * chrome.cards)
        if is_met and (count == 2 * chrome.cards or signs >= _MANY_SIGNS or not any(marked)):
            return True
    if any(marked):
        return False
    from ankigen.readers.studyset.separators import separate  # here, for hardly a note comes this far

    if separate(paste.written, [False] * count, chrome.cards):  # blank lines part the paragraphs of any text
        return True
    pairs = list(zip(paste.texts[::2], paste.texts[1::2], strict=False))
    shorter = sum(len(term) < len(definition) for term, definition in pairs)
    if count % 2 == 0 and len(pairs) >= _FEWEST and shorter >= _PAIRED * len(pairs):
        return True
    short = sum(len(text) < _SHORT for text in paste.texts)
    return chrome.known == (0,) and not any(paste.after_blank[1:]) and short >= _PAIRED * count
