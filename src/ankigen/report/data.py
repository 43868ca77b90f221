"""Records and diagnostics as plain data for JSON, as ``ankigen/schema/parse.schema.json`` describes it."""

from collections.abc import Iterable
from typing import Any

from ankigen.diagnostics import Diagnostic
from ankigen.records import Record

__all__ = ["diagnostic_data", "parse_data", "record_data"]


def parse_data(records: Iterable[Record], diagnostics: Iterable[Diagnostic]) -> dict[str, Any]:
    """What ``ankigen parse --format json`` prints."""
    return {
        "records": [record_data(record) for record in records],
        "diagnostics": [diagnostic_data(diagnostic) for diagnostic in diagnostics],
    }


def record_data(record: Record) -> dict[str, Any]:
    """One record. Texts are Markdown, lines count from 1."""
    return {
        "term": record.term.markdown,
        "definition": record.definition.markdown,
        "kind": record.kind.value,
        "items": list(record.items),
        "ordered": record.ordered,
        "deck": record.deck,
        "tags": list(record.tags),
        "key": record.key,
        "hint": record.hint,
        "path": record.path,
        "line": record.line,
        "end_line": record.end_line,
    }


def diagnostic_data(diagnostic: Diagnostic) -> dict[str, Any]:
    """One diagnostic. Line and column are 0 when the whole file is meant."""
    return {
        "rule": diagnostic.rule.value,
        "severity": diagnostic.severity.value,
        "path": diagnostic.path,
        "line": diagnostic.line,
        "column": diagnostic.column,
        "message": diagnostic.message,
        "hint": diagnostic.hint,
    }
