"""Problems as values: what is wrong, where, and what to do about it.

No stage raises on content. Each returns its result and its diagnostics; a faulty block costs that block.
"""

from collections.abc import Iterable
from enum import Enum, StrEnum

from ankigen.frozen import dataclass
from ankigen.source import Source

__all__ = ["WINDOW", "Diagnostic", "Ignore", "Nature", "Reach", "Rule", "Severity", "sort"]

WINDOW = 400
"""Of a longer line, a diagnostic keeps this many characters around the fault."""


class Severity(StrEnum):
    """How much a problem costs."""

    ERROR = "error"  # the record, or the file, is left out
    WARNING = "warning"  # the record is kept, and may not be what was meant
    INFO = "info"  # nothing is wrong; said because it was asked for
    OFF = "off"  # not said at all

    @property
    def rank(self) -> int:
        """The higher, the more it costs."""
        return ("off", "info", "warning", "error").index(self.value)


class Nature(Enum):
    """What depends on a rule, and so how far a project may lower it."""

    ADVICE = "advice"  # nothing: it may be switched off
    LOSS = "loss"  # text is left out: that is always said, but an author who has seen it may silence it in place
    RECORD = "record"  # no sound note can be made of the record
    STOP = "stop"  # no package can be written
    LEARNING = "learning"  # said when asked for: how well a card can be learned
    UNREAD = "unread"  # said when asked for: the text that is no record

    @property
    def is_fixed(self) -> bool:
        """Whether the severity of such a rule can be neither lowered nor silenced."""
        return self in (Nature.RECORD, Nature.STOP)


class Rule(Enum):
    """The kinds of problems, named after the fault. Each has a page in ``catalogue/``.

    ``severity`` is what it costs unless a project says otherwise. Without a nature of its own, an error means that no
    record can be made, and anything else is advice.
    """

    severity: Severity
    nature: Nature

    def __new__(cls, name: str, severity: Severity, nature: Nature | None = None) -> "Rule":
        """Make the kebab-case name the member's value."""
        member = object.__new__(cls)
        member._value_ = name
        member.severity = severity
        member.nature = nature or (Nature.RECORD if severity is Severity.ERROR else Nature.ADVICE)
        return member

    @property
    def stops(self) -> bool:
        """Whether such a problem keeps every package from being written."""
        return self.nature is Nature.STOP

    @property
    def lowest(self) -> Severity:
        """The least that a project may make of it."""
        if self.nature.is_fixed:
            return self.severity
        return Severity.INFO if self.nature is Nature.LOSS else Severity.OFF

    # what a record lacks
    EMPTY_TERM = "empty-term", Severity.ERROR
    EMPTY_DEFINITION = "empty-definition", Severity.ERROR
    BROKEN_CLOZE = "broken-cloze", Severity.ERROR
    UNOPENED_CLOZE = "unopened-cloze", Severity.WARNING
    HIGH_CLOZE = "high-cloze", Severity.WARNING
    # what a record says twice, or not as counted
    DUPLICATE_TERM = "duplicate-term", Severity.WARNING
    DUPLICATE_KEY = "duplicate-key", Severity.ERROR
    COUNT_MISMATCH = "count-mismatch", Severity.WARNING
    # what only its author can tell
    AMBIGUOUS_NOTE = "ambiguous-note", Severity.ERROR, Nature.STOP
    MOVED_CLOZE = "moved-cloze", Severity.WARNING
    UNSURE_CLOZE = "unsure-cloze", Severity.WARNING
    # attributes and front matter
    UNKNOWN_ATTRIBUTE = "unknown-attribute", Severity.WARNING, Nature.LOSS
    INVALID_VALUE = "invalid-value", Severity.ERROR
    BROKEN_ATTRIBUTES = "broken-attributes", Severity.WARNING
    UNKNOWN_SETTING = "unknown-setting", Severity.WARNING
    CLEANED_NAME = "cleaned-name", Severity.WARNING
    SIMILAR_NAMES = "similar-names", Severity.WARNING
    INVALID_FRONT_MATTER = "invalid-front-matter", Severity.ERROR, Nature.STOP
    UNCLOSED_FRONT_MATTER = "unclosed-front-matter", Severity.ERROR, Nature.STOP
    # media
    MISSING_MEDIA = "missing-media", Severity.WARNING
    UNSAFE_MEDIA = "unsafe-media", Severity.ERROR
    REMOTE_MEDIA = "remote-media", Severity.WARNING
    FETCH_FAILED = "fetch-failed", Severity.WARNING
    UNFOLLOWED_MEDIA = "unfollowed-media", Severity.WARNING, Nature.LOSS
    AMBIGUOUS_MEDIA = "ambiguous-media", Severity.WARNING
    CASE_MISMATCH = "case-mismatch", Severity.WARNING
    EMPTY_MEDIA = "empty-media", Severity.WARNING
    OVERSIZED_MEDIA = "oversized-media", Severity.WARNING
    MISLABELLED_MEDIA = "mislabelled-media", Severity.WARNING
    BROKEN_DRAWING = "broken-drawing", Severity.WARNING
    UNSAFE_DRAWING = "unsafe-drawing", Severity.WARNING, Nature.LOSS
    UNSHRUNK_MEDIA = "unshrunk-media", Severity.INFO
    UNUSED_MEDIA = "unused-media", Severity.INFO
    # Markdown that swallows what follows
    UNCLOSED_FENCE = "unclosed-fence", Severity.ERROR, Nature.LOSS
    UNCLOSED_COMMENT = "unclosed-comment", Severity.ERROR, Nature.LOSS
    UNCLOSED_HTML = "unclosed-html", Severity.WARNING
    UNCLOSED_MARK = "unclosed-mark", Severity.WARNING
    NESTED_TOO_DEEP = "nested-too-deep", Severity.ERROR, Nature.LOSS
    UNSAFE_HTML = "unsafe-html", Severity.WARNING, Nature.LOSS
    # what a card cannot show, or does not
    NOTE_EMBED = "note-embed", Severity.WARNING, Nature.LOSS
    UNUSED_FOOTNOTE = "unused-footnote", Severity.WARNING, Nature.LOSS
    UNDEFINED_FOOTNOTE = "undefined-footnote", Severity.WARNING
    # what looks like a slip of the pen
    CONFLICT_MARKER = "conflict-marker", Severity.ERROR, Nature.STOP
    BROKEN_HEADING = "broken-heading", Severity.WARNING
    BROKEN_TABLE = "broken-table", Severity.WARNING, Nature.LOSS
    INDENTED_RECORD = "indented-record", Severity.WARNING
    JOINED_RECORDS = "joined-records", Severity.WARNING
    LONE_TERM = "lone-term", Severity.WARNING
    # files
    UNDECODABLE_FILE = "undecodable-file", Severity.ERROR, Nature.STOP
    GUESSED_ENCODING = "guessed-encoding", Severity.WARNING
    UNREADABLE_FILE = "unreadable-file", Severity.ERROR, Nature.STOP
    OVERSIZED_FILE = "oversized-file", Severity.ERROR, Nature.STOP
    NO_RECORDS = "no-records", Severity.WARNING
    OTHER_DIALECT = "other-dialect", Severity.WARNING
    # unmarked pastes
    CARD_COUNT_MISMATCH = "card-count-mismatch", Severity.WARNING
    UNSURE_RECORD = "unsure-record", Severity.WARNING
    REJECTED_ROW = "rejected-row", Severity.WARNING, Nature.LOSS
    POSSIBLE_CHROME = "possible-chrome", Severity.WARNING, Nature.LOSS
    # comments that silence a rule
    UNUSED_IGNORE = "unused-ignore", Severity.WARNING
    INVALID_IGNORE = "invalid-ignore", Severity.WARNING
    # how well a card can be learned; said on request
    LONG_ANSWER = "long-answer", Severity.WARNING, Nature.LEARNING
    LONG_LIST = "long-list", Severity.WARNING, Nature.LEARNING
    RUN_IN_LIST = "run-in-list", Severity.WARNING, Nature.LEARNING
    YES_NO_QUESTION = "yes-no-question", Severity.WARNING, Nature.LEARNING
    SEVERAL_QUESTIONS = "several-questions", Severity.WARNING, Nature.LEARNING
    ORPHAN_PRONOUN = "orphan-pronoun", Severity.WARNING, Nature.LEARNING
    ANSWER_ON_FRONT = "answer-on-front", Severity.WARNING, Nature.LEARNING
    REPEATED_FRONT = "repeated-front", Severity.WARNING, Nature.LEARNING
    WIDE_CLOZE = "wide-cloze", Severity.WARNING, Nature.LEARNING
    CROWDED_CLOZE = "crowded-cloze", Severity.WARNING, Nature.LEARNING
    # said on request
    PROSE = "prose", Severity.INFO, Nature.UNREAD
    CHROME = "chrome", Severity.INFO, Nature.UNREAD


@dataclass(frozen=True, slots=True)
class Diagnostic:
    """One problem at one place.

    ``line`` and ``column`` count from 1; both are 0 when the whole file or folder is meant. ``source_line`` is
    the line's text (a window of a very long one, which then begins ``window`` characters into the line).
    ``severity`` is that of the rule until `ankigen.policy` settles it.
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
    severity: Severity = Severity.OFF

    def __post_init__(self) -> None:
        if self.severity is Severity.OFF:
            object.__setattr__(self, "severity", self.rule.severity)

    @property
    def place(self) -> str:
        """Where the problem is, the way that editors jump to."""
        return f"{self.path}:{self.line}:{self.column}" if self.line else self.path

    @classmethod
    def at(cls, source: Source, rule: Rule, start: int, message: str, hint: str, end: int = 0) -> "Diagnostic":
        """A diagnostic at the offsets ``start`` to ``end`` of ``source`` (one character when no end is given)."""
        line, column = source.position(start)
        text = source.line(line)
        window = max(0, column - 1 - WINDOW // 2) if len(text) > WINDOW else 0
        shown = text[window : window + WINDOW]
        length = max(1, min(end - start, len(text) - column + 1))
        return cls(rule, source.path, line, column, message, hint, shown, window, length)

    @classmethod
    def of_file(cls, path: str, rule: Rule, message: str, hint: str) -> "Diagnostic":
        """A diagnostic about a file or folder as a whole."""
        return cls(rule, path, 0, 0, message, hint)


class Reach(Enum):
    """What a comment that silences rules counts for."""

    NEXT = "next"  # on a line of its own: the next record or block
    LINE = "line"  # at the end of a line: that line
    FILE = "file"
    NOTHING = "nothing"  # it is not written as it has to be


@dataclass(frozen=True, slots=True)
class Ignore:
    """A comment that silences rules, as it is written: its place, and the names that it holds."""

    reach: Reach
    start: int
    end: int
    names: tuple[str, ...]


def sort(diagnostics: Iterable[Diagnostic]) -> tuple[Diagnostic, ...]:
    """The one order in which every report shows them: by path, place, then rule; the same one twice is shown once."""
    unique = dict.fromkeys(diagnostics)
    return tuple(sorted(unique, key=lambda d: (d.path, d.line, d.column, d.rule.value, d.message)))
