"""One record as Markdown, in each form that can hold it, the plainest first.

A definition list holds nearly everything, for nothing inside it is taken for another record. A question and its answer
hold a term of several lines. A record that was a heading stays one, for what is below it belongs to it.
"""

import re
from collections.abc import Iterator

from ankigen.frozen import dataclass
from ankigen.readers.settings import Settings
from ankigen.records import Kind, Record

__all__ = ["Place", "braces", "forms"]

_NAME = re.compile(r"""[^\s!"#$%&'()*+,./;<=>?@\[\]^`{|}~]+""")  # what may follow # and . in braces


@dataclass(frozen=True, slots=True)
class Place:
    """What a record gets where it is written, without saying so itself."""

    deck: str
    tags: tuple[str, ...]


def braces(record: Record, place: Place, settings: Settings, line: str) -> str:
    """The attributes that make what is written a record like this one; ``line`` is the one it came from, if known."""
    said = []
    if record.key is not None:
        said.append(f"#{record.key}" if _NAME.fullmatch(record.key) else f'id="{record.key}"')
    tags = [tag for tag in record.tags if tag not in place.tags]
    said += [f".{tag}" for tag in tags if _NAME.fullmatch(tag)]
    said += [f'class="{tag}"' for tag in tags if not _NAME.fullmatch(tag)]
    if record.kind not in (settings.kind, Kind.CLOZE):
        said.append(f"kind={record.kind}")
    if record.hint:
        said.append(f'hint="{record.hint}"')
    if record.deck != place.deck:
        said.append(f'deck="{record.deck}"')
    if record.note_type != settings.note_type:
        said.append(f'notetype="{record.note_type}"')
    if line:
        said.append(f"line={line}")
    return f" {{{' '.join(said)}}}" if said else ""


def forms(record: Record, marks: str, level: int = 0) -> Iterator[str]:
    """``record`` in every form that may hold it; ``marks`` are its braces, and ``level`` that of its heading, or 0."""
    term, definition = record.term.markdown, record.definition.markdown
    if record.kind is Kind.CLOZE:
        asked = f"{marks.removesuffix('}')} kind=cloze}}" if marks else " {kind=cloze}"
        if definition:
            yield f"{term}{asked}\n{_indented(': ', definition)}"
            yield f"Q: {term}\nA:{asked}\n\n{definition}\n\n---"
            return
        yield f"{term}{marks}"
        yield _indented("- ", f"{term}{marks}")
        yield _indented("- ", f"{term}{asked}")
        yield _indented("- ", f"{term}\n\n{asked.strip()}")
        return
    is_line = "\n" not in term
    if is_line and level:
        yield f"{'#' * level} {term}{marks}\n\n{definition}"
    elif is_line:
        yield f"{term}{marks}\n{_indented(': ', definition)}"
    # The rule ends the answer, which would else run on.
    yield f"Q: {term}{marks}\nA: {definition}\n\n---"
    yield f"Q: {term}{marks}\n\nA: {definition}\n\n---"
    # In a list, nothing in the answer is taken for another record.
    first, end, more = definition.partition("\n")
    yield _indented("- ", f"Q: {term}\nA: {first}{marks}{end}{more}")
    yield f"Q: {term}\n\nA:{marks}\n\n{definition}\n\n---"
    yield f"Q:{marks}\n\n{term}\n\nA: {definition}\n\n---"
    yield f"Q:{marks}\n\n{term}\n\nA:\n\n{definition}\n\n---"


def _indented(mark: str, text: str) -> str:
    first, *more = text.split("\n")
    return "\n".join([f"{mark}{first}", *(f"{' ' * len(mark)}{line}" if line else "" for line in more)])
