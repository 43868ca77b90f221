"""ankigen from Python: read files into documents, look at and change their records, write a package."""

from collections.abc import Iterable
from dataclasses import replace
from os import PathLike
from pathlib import Path

from ankigen.build import Reading, build_project, check_project
from ankigen.clock import build_time
from ankigen.config import DelimitedSettings
from ankigen.diagnostics import Diagnostic
from ankigen.policy import settle
from ankigen.project import Project, find_project, load_source, project_around
from ankigen.readers import read_source
from ankigen.readers.markdown.fragment import render
from ankigen.readers.registry import reader_names
from ankigen.records import Document, RichText
from ankigen.source import Source

__all__ = ["BuildError", "markdown", "read", "read_text", "write_package"]


class BuildError(Exception):
    """No package was written; ``diagnostics`` says why, and an older package is as it was."""

    def __init__(self, diagnostics: tuple[Diagnostic, ...]) -> None:
        super().__init__("\n".join(f"{d.place}: {d.message}" for d in diagnostics) or "there is no record to build")
        self.diagnostics = diagnostics


def read(path: str | PathLike[str], *, reader: str = "", separator: str = "", row_separator: str = "") -> Document:
    """The document in the file ``path``, with the settings of the project that it lies in.

    ``reader`` names a dialect, such as "notes" or "studyset"; without one it is found out. ``separator`` and
    ``row_separator`` are those of delimited text, such as "quizlet". What is wrong with the text is in the document's
    diagnostics. Raises `FileNotFoundError` when there is no such file, `ProjectFault` when the
    project's settings cannot be used, and `ValueError` for an unknown reader.
    """
    _check_reader(reader)
    place = Path(path)
    if place.is_dir():
        raise IsADirectoryError(place)
    project = find_project([place])
    file = project.files[0]
    source, faults = load_source(file, project.config.encoding)
    if source is None:
        return Document(Source(file.shown, ""), reader, diagnostics=faults)
    document = read_source(source, _parted(project, separator, row_separator).settings(file, reader))
    return settle(replace(document, diagnostics=(*faults, *document.diagnostics)), project.config.rules)


def read_text(
    text: str, path: str = "notes.md", *, reader: str = "", separator: str = "", row_separator: str = ""
) -> Document:
    """The document in ``text``. ``path`` is the name that diagnostics show; pictures are looked for beside it."""
    _check_reader(reader)
    project = _parted(project_around([Path(path)]), separator, row_separator)
    file = project.files[0]
    return settle(read_source(Source(file.shown, text), project.settings(file, reader)), project.config.rules)


def markdown(text: str) -> RichText:
    """Markdown as the text of a term or definition."""
    return render(text)


def write_package(
    path: str | PathLike[str], documents: Iterable[Document], *, now: str | int | None = None
) -> tuple[Diagnostic, ...]:
    """Write the records of ``documents`` as one package, and return everything that is wrong with them.

    A record with an error stays out. ``now`` dates the build: seconds since 1970, or ISO 8601; without it
    SOURCE_DATE_EPOCH counts, and then the clock. Raises `BuildError` when nothing could be written, `TemplateFault`
    for a project's faulty card template, `PillowMissing` when pictures are to be shrunk without Pillow, and `OSError`
    when the file cannot be written.
    """
    found = tuple(documents)
    if not found:
        raise BuildError(())
    paths = dict.fromkeys(path for d in found for path in (d.source.path, *(record.path for record in d.records)))
    project = project_around([Path(path) for path in paths])
    reading = check_project(project, Reading(found))
    moment = build_time(None if now is None else str(now))
    if not build_project(project, reading, now=moment, output=Path(path)):
        raise BuildError(reading.diagnostics)
    return reading.diagnostics


def _parted(project: Project, separator: str, row_separator: str) -> Project:
    """The project with separators of delimited text, where they are given."""
    own = project.config.delimited
    delimited = DelimitedSettings(separator or own.separator, row_separator or own.row_separator)
    return replace(project, config=replace(project.config, delimited=delimited))


def _check_reader(reader: str) -> None:
    if reader and reader not in reader_names():
        raise ValueError(f"there is no reader {reader!r}: use one of {', '.join(reader_names())}")
