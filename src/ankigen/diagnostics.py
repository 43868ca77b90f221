"""Problems as values: what is wrong, where, and what to do about it.

No stage raises on content. Each returns its result and its diagnostics; a faulty block costs that block.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from enum import Enum, StrEnum

from ankigen.source import Source

__all__ = ["Diagnostic", "Rule", "Severity", "sort"]

_WINDOW = 200  # of a longer line, a diagnostic keeps this many characters on either side of the fault


class Severity(StrEnum):
    """How much a problem costs."""

    ERROR = "error"  # the record, or the file, is left out
    WARNING = "warning"  # the record is kept, and may not be what was meant
    INFO = "info"  # nothing is wrong; said because it was asked for


class Rule(Enum):
    """The kinds of problems, named after the fault. ``stops`` marks those that keep a package from being written."""

    severity: Severity
    stops: bool

    def __new__(cls, name: str, severity: Severity, stops: bool = False) -> "Rule":
        """Make the kebab-case name the member's value."""
        member = object.__new__(cls)
        member._value_ = name
        member.severity = severity
        member.stops = stops
        return member

    # what a record lacks
    EMPTY_TERM = "empty-term", Severity.ERROR
    EMPTY_DEFINITION = "empty-definition", Severity.ERROR
    BROKEN_CLOZE = "broken-cloze", Severity.ERROR
    # what a record says twice, or not as counted
    DUPLICATE_TERM = "duplicate-term", Severity.WARNING
    DUPLICATE_KEY = "duplicate-key", Severity.ERROR
    COUNT_MISMATCH = "count-mismatch", Severity.WARNING
    # what only its author can tell
    AMBIGUOUS_NOTE = "ambiguous-note", Severity.ERROR, True
    # attributes and front matter
    UNKNOWN_ATTRIBUTE = "unknown-attribute", Severity.WARNING
    INVALID_VALUE = "invalid-value", Severity.ERROR
    INVALID_FRONT_MATTER = "invalid-front-matter", Severity.ERROR, True
    UNCLOSED_FRONT_MATTER = "unclosed-front-matter", Severity.ERROR, True
    # media
    MISSING_MEDIA = "missing-media", Severity.WARNING
    UNSAFE_MEDIA = "unsafe-media", Severity.ERROR
    REMOTE_MEDIA = "remote-media", Severity.WARNING
    FETCH_FAILED = "fetch-failed", Severity.WARNING
    UNFOLLOWED_MEDIA = "unfollowed-media", Severity.WARNING
    AMBIGUOUS_MEDIA = "ambiguous-media", Severity.WARNING
    CASE_MISMATCH = "case-mismatch", Severity.WARNING
    EMPTY_MEDIA = "empty-media", Severity.WARNING
    OVERSIZED_MEDIA = "oversized-media", Severity.WARNING
    MISLABELLED_MEDIA = "mislabelled-media", Severity.WARNING
    BROKEN_DRAWING = "broken-drawing", Severity.WARNING
    UNSAFE_DRAWING = "unsafe-drawing", Severity.WARNING
    UNSHRUNK_MEDIA = "unshrunk-media", Severity.INFO
    UNUSED_MEDIA = "unused-media", Severity.INFO
    # Markdown that swallows what follows
    UNCLOSED_FENCE = "unclosed-fence", Severity.ERROR
    NESTED_TOO_DEEP = "nested-too-deep", Severity.ERROR
    UNSAFE_HTML = "unsafe-html", Severity.WARNING
    # files
    UNDECODABLE_FILE = "undecodable-file", Severity.ERROR, True
    UNREADABLE_FILE = "unreadable-file", Severity.ERROR, True
    OVERSIZED_FILE = "oversized-file", Severity.ERROR, True
    NO_RECORDS = "no-records", Severity.WARNING
    # unmarked pastes
    CARD_COUNT_MISMATCH = "card-count-mismatch", Severity.WARNING
    UNSURE_RECORD = "unsure-record", Severity.WARNING
    REJECTED_ROW = "rejected-row", Severity.WARNING
    POSSIBLE_CHROME = "possible-chrome", Severity.WARNING
    # said on request
    PROSE = "prose", Severity.INFO
    CHROME = "chrome", Severity.INFO


@dataclass(frozen=True, slots=True)
class Diagnostic:
    """One problem at one place.

    ``line`` and ``column`` count from 1; both are 0 when the whole file or folder is meant. ``source_line`` is
    the line's text (a window of a very long one, which then begins ``window`` characters into the line).
    """

    rule: Rule
    path: str
    line: int
    column: int
    message: str
    hint: str
    source_line: str = ""
    window: int = 0
    length: int = 1

    @property
    def severity(self) -> Severity:
        """How much the problem costs."""
        return self.rule.severity

    @property
    def place(self) -> str:
        """Where the problem is, the way that editors jump to."""
        return f"{self.path}:{self.line}:{self.column}" if self.line else self.path

    @classmethod
    def at(cls, source: Source, rule: Rule, start: int, message: str, hint: str, end: int = 0) -> "Diagnostic":
        """A diagnostic at the offsets ``start`` to ``end`` of ``source`` (one character when no end is given)."""
        line, column = source.position(start)
        text = source.line(line)
        window = max(0, column - 1 - _WINDOW) if len(text) > 2 * _WINDOW else 0
        shown = text[window : window + 2 * _WINDOW]
        length = max(1, min(end - start, len(text) - column + 1))
        return cls(rule, source.path, line, column, message, hint, shown, window, length)

    @classmethod
    def of_file(cls, path: str, rule: Rule, message: str, hint: str) -> "Diagnostic":
        """A diagnostic about a file or folder as a whole."""
        return cls(rule, path, 0, 0, message, hint)


def sort(diagnostics: Iterable[Diagnostic]) -> tuple[Diagnostic, ...]:
    """The one order in which every report shows them: by path, place, then rule; the same one twice is shown once."""
    unique = dict.fromkeys(diagnostics)
    return tuple(sorted(unique, key=lambda d: (d.path, d.line, d.column, d.rule.value, d.message)))
