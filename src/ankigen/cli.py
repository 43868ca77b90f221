"""The command line: arguments, streams and exit codes, nothing else.

Data goes to stdout, diagnostics to stderr. Exit codes: 0 clean, 1 problems found, 2 wrong usage.
"""

import os
import shlex
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import click

from ankigen.cli_common import FORMAT, READER, fail, find, has_errors, print_json, report, say, stop
from ankigen.cli_convert import convert
from ankigen.cli_explain import explain
from ankigen.cli_formats import FORMATS, show, write_summary
from ankigen.cli_ids import ids
from ankigen.cli_templates import templates
from ankigen.cli_verify import verify

if TYPE_CHECKING:  # the stages are imported where they are used: `ankigen --help` needs none of them
    from ankigen.build import Built, Reading
    from ankigen.diagnostics import Diagnostic
    from ankigen.project import Project, SourceFile

__all__ = ["main"]

_PATH = click.Path(path_type=Path)
_FILE = click.Path(exists=True, dir_okay=False, path_type=Path)
_DOUBT = click.option(
    "--new-on-doubt", is_flag=True, help="Where two notes compete for a record, do not ask: it is a new note."
)
_FETCH = click.option("--fetch", is_flag=True, help="Fetch pictures and sounds from the network, and keep them.")
_SHELLS = ("bash", "zsh", "fish")
_BAR_FROM = 50  # files; fewer are read before a progress bar could be seen


@click.group(context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100})
@click.version_option(package_name="ankigen")
def main() -> None:
    """Turn notes into Anki decks that keep every review.

    \b
    ankigen init            start a project in an empty folder
    ankigen build           build its decks into build/
    ankigen build notes.md -o notes.apkg

    Exit codes: 0 all is well, 1 problems were found, 2 wrong usage, 130 interrupted.
    """
    # A pipe or an old locale may not take every character; a mark in its place is better than a traceback.
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(encoding="utf-8", errors="replace")


@main.command()
@click.argument("paths", nargs=-1, type=_PATH)
@click.option("-o", "--output", type=_PATH, help="Put all notes into this one package.")
@click.option("--now", "now", metavar="TIME", help="Date the build: ISO 8601, or seconds since 1970.")
@_DOUBT
@_FETCH
@click.option("--locked", is_flag=True, help="Fail, and write nothing, if the lock file would change.")
@click.option("--summary", metavar="FILE", type=_PATH, help="Write what changes to FILE, as Markdown.")
@click.option("--since", metavar="LOCK", type=_FILE, help="Tell the summary from this older lock file on.")
@FORMATS
@READER
def build(
    paths: tuple[Path, ...],
    output: Path | None,
    now: str | None,
    new_on_doubt: bool,
    fetch: bool,
    locked: bool,
    summary: Path | None,
    since: Path | None,
    form: str,
    reader: str | None,
) -> None:
    """Build the decks of a project, or of loose files and folders.

    Without PATH, the project in this folder is built: every top deck becomes a package in build/. A record with
    an error stays out of its package; a file that cannot be read leaves all packages as they were.

    \b
    ankigen build
    ankigen build lecture.md -o lecture.apkg
    ankigen build --locked --summary changes.md
    """
    from ankigen.build import build_project, plan_project
    from ankigen.lock import read_lock

    moment = _moment(now)
    if output and output.suffix.lower() != ".apkg":
        stop(f"{output} is no package", "give the output a name that ends in .apkg")
    project = find(paths)
    if output is None and not project.is_folder:
        place = Path(os.path.abspath(paths[0]))
        name = place.name if place.is_dir() else place.stem
        output = Path(f"{name if name and len(paths) == 1 else 'notes'}.apkg")
    if since and not summary:
        stop("--since says where a summary begins", "add --summary FILE")
    if locked and not project.lock:
        stop("--locked is for projects: loose notes have no lock file")
    reading = _check(project, reader, new_on_doubt, fetch)
    if form == "human":
        report(reading.diagnostics, brief=True)
    elif form != "json":
        show(form, project, reading, reading.diagnostics)
    built: list[Built] = []
    try:
        with _faults():
            if summary:
                plan = plan_project(project, reading, now=moment, since=read_lock(since) if since else None)
                write_summary(summary, reading, plan)
            built = build_project(project, reading, now=moment, output=output, locked=locked)
    finally:
        if form == "json":
            show(form, project, reading, reading.diagnostics, built=built)
    _show_built(built, form)
    if not built:
        reason = "see above what stops it" if reading.stops else "there is no record to build"
        say(f"nothing was written: {reason}")
    sys.exit(not built or has_errors(reading.diagnostics))


def _show_built(built: Sequence["Built"], form: str) -> None:
    from ankigen.project import shown_path

    for package in built:
        decks = "1 deck" if package.decks == 1 else f"{package.decks} decks"
        notes = "1 note" if package.notes == 1 else f"{package.notes} notes"
        click.echo(f"{shown_path(package.path)}: {notes}, {decks}", err=form != "human")


@main.command()
@click.argument("paths", nargs=-1, type=_PATH)
@FORMAT
@READER
def parse(paths: tuple[Path, ...], form: str, reader: str | None) -> None:
    """Print the records of files or folders, in source order.

    \b
    ankigen parse notes.md
    ankigen parse content --format json
    """
    from ankigen.build import guids_of
    from ankigen.report.data import parse_data
    from ankigen.report.listing import listing

    project = find(paths)
    reading = _read(project, reader)
    if form == "json":
        with _faults(reading.diagnostics):
            guids = guids_of(project, reading)
        print_json(parse_data(reading.records, reading.diagnostics, guids))
    else:
        for record in reading.records:
            click.echo(listing(record))
    report(reading.diagnostics)
    sys.exit(has_errors(reading.diagnostics))


@main.command()
@click.argument("paths", nargs=-1, type=_PATH)
@click.option("--prose", is_flag=True, help="List also the text that belongs to no record.")
@click.option("--learning", is_flag=True, help="Name also cards that will be hard to learn.")
@click.option("--strict", is_flag=True, help="Warnings are problems too: exit code 1.")
@_FETCH
@FORMATS
@READER
def check(
    paths: tuple[Path, ...], prose: bool, learning: bool, strict: bool, fetch: bool, form: str, reader: str | None
) -> None:
    """Print what is wrong in a project, or in files and folders.

    The name in brackets is the rule: `ankigen explain RULE` tells more, [rules] in ankigen.toml sets how much it
    counts, and a comment in the note silences it: <!-- ankigen: ignore RULE -->.

    \b
    ankigen check
    ankigen check notes.md --prose
    ankigen check --learning --strict
    """
    from ankigen.build import unused
    from ankigen.diagnostics import Nature, sort

    project = find(paths)
    asked = [nature for nature, is_asked in ((Nature.UNREAD, prose), (Nature.LEARNING, learning)) if is_asked]
    project = project.asking(*asked)
    reading = _check(project, reader, fetch=fetch)
    diagnostics = sort([*reading.diagnostics, *unused(project, reading)])
    show(form, project, reading, diagnostics, strict=strict)
    files, records = len(reading.documents), len(reading.records)
    say(f"{records} record{'s' * (records != 1)} in {files} file{'s' * (files != 1)}")
    sys.exit(has_errors(diagnostics, strict))


@main.command()
@click.argument("paths", nargs=-1, type=_PATH)
@click.option("--against", metavar="PACKAGE", type=_PATH, help="Tell it for somebody who has this package.")
@click.option("--now", "now", metavar="TIME", help="Date the build: ISO 8601, or seconds since 1970.")
@_DOUBT
@_FETCH
@FORMAT
@READER
def plan(
    paths: tuple[Path, ...],
    against: Path | None,
    now: str | None,
    new_on_doubt: bool,
    fetch: bool,
    form: str,
    reader: str | None,
) -> None:
    """Tell what an import of the next build will do in Anki; nothing is written.

    Compares the notes with the lock file, or with an older package: what is new, updated, unchanged or removed, which
    cards are added or go blank, and what has to be done by hand.

    \b
    ankigen plan
    ankigen plan --against last-year.apkg
    """
    from ankigen.build import plan_project
    from ankigen.report.planned import plan_data, plan_text

    moment = _moment(now)
    project = find(paths)
    reading = _check(project, reader, new_on_doubt, fetch)
    report(reading.diagnostics, brief=True)
    with _faults():
        planned = plan_project(project, reading, now=moment, against=against)
    if form == "json":
        print_json(plan_data(planned))
    else:
        click.echo("\n".join(plan_text(planned)))
    sys.exit(has_errors(reading.diagnostics))


main.add_command(convert)
main.add_command(explain)
main.add_command(ids)
main.add_command(templates)
main.add_command(verify)


@main.command()
@click.argument("folder", type=_PATH, default=".")
def init(folder: Path) -> None:
    """Start a project in a folder: settings, and a first note that builds at once.

    \b
    ankigen init biology && cd biology && ankigen build
    """
    from ankigen.starter import start_project

    try:
        for path in start_project(folder):
            click.echo(f"wrote {path}")
    except FileExistsError as error:
        stop(f"{error.filename} is there already", "start in an empty folder")
    except OSError as error:
        stop(f"{error.filename} cannot be written: {error.strerror}")
    click.echo(f"now: ankigen build{'' if folder == Path() else f' {shlex.quote(str(folder))}'}")


@main.command()
@click.argument("shell", type=click.Choice(_SHELLS))
def completion(shell: str) -> None:
    """Print a script that completes ankigen's commands and options in a shell.

    \b
    ankigen completion bash >> ~/.bashrc
    """
    from click.shell_completion import get_completion_class

    kind = get_completion_class(shell)
    assert kind is not None  # noqa: S101 - click knows the shells that the argument allows
    click.echo(kind(main, {}, "ankigen", "_ANKIGEN_COMPLETE").source())


def _moment(now: str | None) -> int:
    from ankigen.clock import build_time

    try:
        return build_time(now)
    except ValueError as error:
        stop(str(error), "write it like 2026-01-31T12:00:00Z")


def _read(project: "Project", reader: str | None) -> "Reading":
    from ankigen.build import read_project

    if not sys.stderr.isatty() or len(project.files) < _BAR_FROM:
        return read_project(project, reader or "")
    with click.progressbar(length=len(project.files), label="reading", file=sys.stderr) as bar:

        def each(_file: "SourceFile") -> None:
            bar.update(1)

        return read_project(project, reader or "", each)


def _check(project: "Project", reader: str | None, new_on_doubt: bool = False, fetch: bool = False) -> "Reading":
    """Read and check; what no record can be blamed for is exit code 1."""
    from ankigen.build import check_project

    reading = _read(project, reader)
    with _faults(reading.diagnostics):
        return check_project(project, reading, new_on_doubt=new_on_doubt, fetch=fetch)


@contextmanager
def _faults(found: Sequence["Diagnostic"] = ()) -> Iterator[None]:
    """What no record can be blamed for ends in a message and exit code 1; what was ``found`` before is said first."""
    from ankigen.anki.verify import AnkiMissing, UnreadablePackage
    from ankigen.dating import SchemaFault
    from ankigen.lock import LockFault
    from ankigen.media.shrink import PillowMissing
    from ankigen.notetypes import TemplateFault

    try:
        yield
    except (LockFault, SchemaFault, TemplateFault) as error:
        report(found)
        say(str(error), error.hint)
        sys.exit(1)
    except (AnkiMissing, PillowMissing, UnreadablePackage) as error:
        say(str(error))
        sys.exit(1)
    except OSError as error:
        fail(error)
