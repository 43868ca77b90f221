"""Records and diagnostics as plain data for JSON, as ``ankigen/schema/parse.schema.json`` describes it."""

from collections.abc import Iterable, Sequence
from typing import Any

from ankigen.build import Built
from ankigen.diagnostics import Diagnostic
from ankigen.project import shown_path
from ankigen.records import Record

__all__ = ["diagnostic_data", "packages_data", "parse_data", "record_data"]


def parse_data(
    records: Sequence[Record], diagnostics: Iterable[Diagnostic], guids: Sequence[str | None] = ()
) -> dict[str, Any]:
    """What ``ankigen parse --format json`` prints; ``guids`` are those of the records, where they are known."""
    known = guids or [None] * len(records)
    return {
        "records": [{"guid": guid, **record_data(record)} for guid, record in zip(known, records, strict=True)],
        "diagnostics": [diagnostic_data(diagnostic) for diagnostic in diagnostics],
    }


def packages_data(built: Iterable[Built]) -> list[dict[str, Any]]:
    """The packages that a build has written."""
    return [{"path": shown_path(package.path), "notes": package.notes, "decks": package.decks} for package in built]


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
        "origin": record.origin,
        "confidence": round(record.confidence, 3),
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
