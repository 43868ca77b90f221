"""Records for people: each with its place, its term, and the definition below it."""

from ankigen.records import Kind, Record
from ankigen.report.human import printable

__all__ = ["listing"]


def listing(record: Record) -> str:
    """One record as a few lines of text."""
    marks = [f"deck {record.deck}"]
    if record.kind is not Kind.BASIC:
        marks.append(str(record.kind))
    if record.key is not None:
        marks.append(f"#{record.key}")
    marks += [f".{tag}" for tag in record.tags]
    if record.items:
        marks.append(f"{len(record.items)} items")
    head = f"{record.path}:{record.line}  ({', '.join(marks)})"
    body = [f"    {line}" for line in record.definition.markdown.splitlines()]
    term = [f"  {line}" for line in record.term.markdown.splitlines()]
    return "\n".join(printable(line) for line in [head, *term, *body])
