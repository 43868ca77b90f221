"""Where in the source a diagnostic about a record points to."""

import re

from ankigen.diagnostics import Diagnostic, Rule
from ankigen.records import Record
from ankigen.source import Source

__all__ = ["fault_at", "find"]


def find(source: Source, record: Record, wanted: str | re.Pattern[str]) -> re.Match[str] | None:
    """Where ``wanted`` is written in the record."""
    pattern = re.compile(re.escape(wanted)) if isinstance(wanted, str) else wanted
    return pattern.search(source.text, record.span.start, record.span.end)


def fault_at(
    source: Source, record: Record, rule: Rule, message: str, hint: str, found: re.Match[str] | None = None
) -> Diagnostic:
    """A diagnostic at what was ``found`` in the record, or else at its term."""
    if record.path != source.path:  # a program put it into another document
        return Diagnostic(rule, record.path, record.line, 1, message, hint)
    found = found or find(source, record, record.term.markdown.split("\n", 1)[0])
    start, end = found.span() if found else (record.span.start, 0)
    return Diagnostic.at(source, rule, start, message, hint, end)
