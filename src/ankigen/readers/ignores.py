"""The comments that silence rules: ``<!-- ankigen: ignore rule -->``.

They belong to no record: one that gets such a comment stays the same note. So a text is read without them, and what
was read is put back into the places that it has in the text as written.
"""

import re
from collections.abc import Container, Iterable, Iterator
from dataclasses import replace

from ankigen.diagnostics import WINDOW, Diagnostic, Ignore, Reach
from ankigen.records import Document
from ankigen.source import Source, Span

__all__ = ["MARK", "ignores_in", "put_back", "without"]

MARK = "ankigen:"
"""A text without this has none of these comments."""

_COMMENT = re.compile(rf"(?<!\\)<!--[ \t]*{MARK}((?:(?!<!--|-->).)*)(-->)?")
_REACH = {"ignore": Reach.LINE, "ignore-file": Reach.FILE}


def ignores_in(source: Source, first: int = 1, skipped: Container[int] = ()) -> Iterator[Ignore]:
    """The comments from line ``first`` on, but for the lines ``skipped``, in source order."""
    for number in range(first, source.line_count + 1):
        line = source.line(number)
        if "<!--" in line and number not in skipped:
            start = source.offset(number)
            found = list(_COMMENT.finditer(line))
            end = len(line.rstrip())
            ended = []
            for comment in reversed(found):  # several may stand behind each other at the end
                reach, names = _read(comment)
                if comment.end() != end:
                    reach = Reach.NOTHING
                elif reach is not Reach.NOTHING:
                    end = len(line[: comment.start()].rstrip())
                ended.append(Ignore(reach, start + comment.start(), start + comment.end(), names))
            for ignore in reversed(ended):
                yield replace(ignore, reach=Reach.NEXT) if ignore.reach is Reach.LINE and not end else ignore


def without(source: Source, ignores: Iterable[Ignore]) -> Source:
    """The text without the comments and the spaces before them; every line keeps its number."""
    parts = []
    at = 0
    for ignore in ignores:
        if ignore.reach is not Reach.NOTHING:
            parts.append(source.text[at : ignore.start].rstrip(" \t"))
            at = ignore.end
    return Source(source.path, "".join([*parts, source.text[at:]]))


def put_back(document: Document, source: Source, ignores: tuple[Ignore, ...]) -> Document:
    """``document``, read of the text without ``ignores``, as one of ``source``."""

    def span(span: Span) -> Span:
        lines = (document.source.position(offset)[0] for offset in (span.start, span.end))
        return source.lines_span(*lines)

    lines = {source.position(ignore.start)[0] for ignore in ignores}
    return replace(
        document,
        source=source,
        diagnostics=tuple(_as_written(f, source) if f.line in lines else f for f in document.diagnostics),
        records=tuple(replace(r, span=source.lines_span(r.line, r.end_line)) for r in document.records),
        prose=tuple(map(span, document.prose)),
        chrome=tuple(map(span, document.chrome)),
        ignores=ignores,
    )


def _as_written(fault: Diagnostic, source: Source) -> Diagnostic:
    shown = source.line(fault.line)[fault.window : fault.window + WINDOW]
    return replace(fault, source_line=shown)


def _read(comment: re.Match[str]) -> tuple[Reach, tuple[str, ...]]:
    verb, *names = re.split(r"[\s,]+", comment[1].strip())
    return _REACH.get(verb.lower(), Reach.NOTHING) if comment[2] else Reach.NOTHING, tuple(names)
