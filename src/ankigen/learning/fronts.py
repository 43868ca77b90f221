"""Fronts that several records share, in whatever decks: who sees one cannot know which answer is wanted."""

from collections.abc import Iterator

from ankigen.diagnostics import Diagnostic, Rule
from ankigen.identity import folded
from ankigen.places import fault_at
from ankigen.records import Kind, Record
from ankigen.source import Source

__all__ = ["repeated_fronts"]


def repeated_fronts(source: Source, record: Record, fronts: dict[str, Record]) -> Iterator[Diagnostic]:
    """Compare with the ``fronts`` seen so far; the same term in one deck is `duplicate-term` already."""
    shown = [record.term.html, *([record.definition.html] if record.kind is Kind.REVERSED else ())]
    for html in dict.fromkeys(shown):
        first = fronts.setdefault(f"{record.hint}\x1f{folded(' '.join(html.split()))}", record)
        if first is record:
            continue
        is_said = folded(first.deck) == folded(record.deck) and record.term.html == first.term.html == html
        if not is_said or record.key is not None:
            side = "front" if html == record.term.html else "back, which is asked too,"
            message = f"the {side} is also shown by the record at {first.path}:{first.line}"
            hint = "add to both what makes them different: the language, the field, a first letter"
            yield fault_at(source, record, Rule.REPEATED_FRONT, message, hint)
