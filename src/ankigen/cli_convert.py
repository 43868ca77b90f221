"""``ankigen convert``: any file of notes, or a paste, as explicit Markdown."""

import sys
from collections.abc import Iterable, Mapping
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import click

from ankigen.cli_common import READER, fail, find, has_errors, report, say, stop

if TYPE_CHECKING:  # as in `cli`: the stages are imported where they are used
    from ankigen.convert import Converted
    from ankigen.diagnostics import Diagnostic
    from ankigen.readers.settings import Settings
    from ankigen.records import Document
    from ankigen.source import Source

__all__ = ["convert"]

_SUFFIXES = (".md", ".markdown", ".txt")


@click.command()
@click.argument("path", metavar="FILE", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("-o", "--output", type=click.Path(dir_okay=False, path_type=Path), help="Write here, not to the screen.")
@click.option("--force", is_flag=True, help="Replace the output if it is there already.")
@click.option("--review", is_flag=True, help="Ask about each unsure record, one key each.")
@READER
def convert(path: Path, output: Path | None, force: bool, review: bool, reader: str | None) -> None:
    """Write a paste, or other notes, as clear Markdown with the same records.

    Every record keeps the line that it came from. One that may be read in another way has a comment above it, which
    `ankigen check` reports until you delete it. Lines that belong to the page around a paste are listed, and left out.

    \b
    ankigen convert paste.txt -o content/sales.md
    ankigen convert paste.txt -o content/sales.md --review
    """
    from ankigen.convert import convert as converted_from
    from ankigen.policy import settle
    from ankigen.project import load_source
    from ankigen.records import Document
    from ankigen.source import Source

    if output:
        _check_output(path, output, force)
    if review and not (sys.stdin.isatty() and sys.stderr.isatty()):
        stop("--review asks on a terminal, and there is none", "leave it out: unsure records are marked all the same")
    project = find([path])
    (file,) = project.files
    settings = project.settings(file, reader or "")
    source, faults = load_source(file, project.config.encoding)
    document = _read(source, settings) if source else Document(Source(file.shown, ""), "")
    found = [*faults, *document.diagnostics]
    policy = project.config.rules
    if any(fault.rule.stops for fault in found):
        report(found)
        say("nothing was written: see above what stops it")
        sys.exit(1)
    if review:
        from ankigen.cli_review import review as ask

        document = ask(lambda told: _read(document.source, settings, told))
    told = settle(replace(document, diagnostics=(*faults, *document.diagnostics)), policy)
    report(list(_to_report(told)))
    if not document.records:
        say("nothing was written: there is no record to convert")
        sys.exit(1)
    done = converted_from(document, settings, file.name)
    _write(done.text, output)
    _summary(document, done, output)
    sys.exit(bool(done.changed) or has_errors(told.diagnostics))


def _check_output(path: Path, output: Path, force: bool) -> None:
    """Wrong usage if writing there would lose something, or lead nowhere."""
    if output.suffix.lower() not in _SUFFIXES:
        stop(f"{output} would not be read as notes", "give the output a name that ends in .md")
    if not output.parent.is_dir():
        stop(f"there is no folder {output.parent}")
    if output.exists() and output.samefile(path):
        stop(f"{output} is what is to be converted", "give the output another name")
    if output.exists() and not force:
        stop(f"{output} is there already", "to replace it, add --force")


def _read(source: "Source", settings: "Settings", told: Mapping[int, bool] | None = None) -> "Document":
    """The document, read with the answers ``told``: by line, whether a record begins there."""
    from ankigen.readers import read_source
    from ankigen.readers.studyset.reader import read_studyset

    document = read_source(source, settings)
    return read_studyset(source, settings, told) if told and document.reader == "studyset" else document


def _to_report(document: "Document") -> Iterable["Diagnostic"]:
    """What is wrong, but for unsure records: those are marked in what is written."""
    from ankigen.diagnostics import Rule, sort

    return sort(fault for fault in document.diagnostics if fault.rule is not Rule.UNSURE_RECORD)


def _write(text: str, output: Path | None) -> None:
    from ankigen.files import replacing

    if output is None:
        click.echo(text, nl=False)
        return
    try:
        with replacing(output) as stream:
            stream.write(text.encode())
    except OSError as error:
        fail(error)


def _summary(document: "Document", done: "Converted", output: Path | None) -> None:
    from ankigen.report.human import printable

    source = document.source
    for number in done.left_out:
        click.echo(printable(f"{source.path}:{number}: left out: {source.line(number).strip()}"), err=True)
    for record in done.changed:
        click.echo(printable(f"{record.path}:{record.line}: this record does not read back the same"), err=True)
    if done.changed:
        say("some records came out otherwise, and are written all the same", "compare them with the file by hand")
    count, unsure = len(document.records), sum(record.doubt is not None for record in document.records)
    text = f"{count} record{'s' * (count != 1)}"
    if unsure:
        text += f", {unsure} of them unsure and marked: ankigen check lists them"
    if output:
        click.echo(printable(f"{output}: {text}"))
    else:
        say(text)
