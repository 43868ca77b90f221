"""The command line: arguments, streams and exit codes, nothing else.

Data goes to stdout, diagnostics to stderr. Exit codes: 0 clean, 1 problems found, 2 wrong usage.
"""

import json
import os
import shlex
import sys
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, NoReturn

import click

from ankigen.cli_common import READER, fail, find, has_errors, report, say, stop
from ankigen.cli_convert import convert
from ankigen.cli_explain import explain
from ankigen.cli_ids import ids
from ankigen.cli_preview import preview, watch
from ankigen.cli_templates import templates

if TYPE_CHECKING:  # the stages are imported where they are used: `ankigen --help` needs none of them
    from ankigen.anki.verify import Verification
    from ankigen.build import Reading
    from ankigen.diagnostics import Diagnostic
    from ankigen.project import Project, SourceFile

__all__ = ["main"]

_PATH = click.Path(path_type=Path)
_FORMAT = click.option("--format", "form", type=click.Choice(["text", "json"]), default="text", show_default=True)
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
@click.option("--watch", "is_watching", is_flag=True, help="Go on: build again after each save, until Ctrl-C.")
@READER
def build(
    paths: tuple[Path, ...],
    output: Path | None,
    now: str | None,
    new_on_doubt: bool,
    fetch: bool,
    is_watching: bool,
    reader: str | None,
) -> None:
    """Build the decks of a project, or of loose files and folders.

    Without PATH, the project in this folder is built: every top deck becomes a package in build/. A record with
    an error stays out of its package; a file that cannot be read leaves all packages as they were.

    \b
    ankigen build
    ankigen build lecture.md -o lecture.apkg
    ankigen build --watch
    """
    if output and output.suffix.lower() != ".apkg":
        stop(f"{output} is no package", "give the output a name that ends in .apkg")
    project = find(paths)
    if output is None and not project.is_folder:
        place = Path(os.path.abspath(paths[0]))
        name = place.name if place.is_dir() else place.stem
        output = Path(f"{name if name and len(paths) == 1 else 'notes'}.apkg")
    if is_watching:

        def again() -> None:
            _build(find(paths), output, now, new_on_doubt, fetch, reader, in_one_line=True)

        watch(paths, project.output, project.lock, again)
    _build(project, output, now, new_on_doubt, fetch, reader)


def _build(
    project: "Project",
    output: Path | None,
    now: str | None,
    new_on_doubt: bool,
    fetch: bool,
    reader: str | None,
    *,
    in_one_line: bool = False,
) -> NoReturn:
    from ankigen.build import build_project
    from ankigen.project import shown_path

    moment = _moment(now)
    reading = _check(project, reader, new_on_doubt, fetch)
    report(reading.diagnostics, brief=True)
    with _faults():
        built = build_project(project, reading, now=moment, output=output)
    if in_one_line and built:
        names = ", ".join(shown_path(package.path) for package in built)
        click.echo(f"{datetime.now():%H:%M:%S} {_count(sum(package.notes for package in built), 'note')}: {names}")
    elif built:
        for package in built:
            counts = f"{_count(package.notes, 'note')}, {_count(package.decks, 'deck')}"
            click.echo(f"{shown_path(package.path)}: {counts}")
    else:
        reason = "see above what stops it" if reading.stops else "there is no record to build"
        say(f"nothing was written: {reason}")
    sys.exit(not built or has_errors(reading.diagnostics))


def _count(number: int, what: str) -> str:
    return f"{number} {what}{'s' * (number != 1)}"


@main.command()
@click.argument("paths", nargs=-1, type=_PATH)
@_FORMAT
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
        _print_json(parse_data(reading.records, reading.diagnostics, guids))
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
@_FORMAT
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
    from ankigen.report.data import parse_data

    project = find(paths)
    asked = [nature for nature, is_asked in ((Nature.UNREAD, prose), (Nature.LEARNING, learning)) if is_asked]
    project = project.asking(*asked)
    reading = _check(project, reader, fetch=fetch)
    diagnostics = sort([*reading.diagnostics, *unused(project, reading)])
    if form == "json":
        _print_json(parse_data(reading.records, diagnostics))
    else:
        report(diagnostics, err=False)
        files, records = len(reading.documents), len(reading.records)
        say(f"{records} record{'s' * (records != 1)} in {files} file{'s' * (files != 1)}")
    sys.exit(has_errors(diagnostics, strict))


@main.command()
@click.argument("paths", nargs=-1, type=_PATH)
@click.option("--against", metavar="PACKAGE", type=_PATH, help="Tell it for somebody who has this package.")
@click.option("--now", "now", metavar="TIME", help="Date the build: ISO 8601, or seconds since 1970.")
@_DOUBT
@_FETCH
@_FORMAT
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
        _print_json(plan_data(planned))
    else:
        click.echo("\n".join(plan_text(planned)))
    sys.exit(has_errors(reading.diagnostics))


main.add_command(convert)
main.add_command(explain)
main.add_command(ids)
main.add_command(preview)
main.add_command(templates)


@main.command()
@click.argument("packages", nargs=-1, type=click.Path(exists=True, dir_okay=False, path_type=Path), required=True)
@_FORMAT
def verify(packages: tuple[Path, ...], form: str) -> None:
    """Import packages into the real Anki and print what it makes of them.

    Each is imported twice into a new, temporary collection; nothing of your own is touched. Needs the extra
    `verify`.

    \b
    ankigen verify build/*.apkg
    """
    from dataclasses import asdict

    from ankigen.anki.verify import AnkiMissing, UnreadablePackage, verify_package

    results: dict[str, dict[str, Any]] = {}
    clean = True
    for path in packages:
        try:
            found = verify_package(path)
        except AnkiMissing as error:
            stop(str(error))
        except UnreadablePackage as error:
            clean = False
            results[str(path)] = {"problems": [str(error)]}
            say(str(error))
            continue
        clean = clean and found.ok
        results[str(path)] = {**asdict(found), "problems": list(found.problems)}
        if form == "text":
            click.echo("\n".join(_verification(path, found)))
    if form == "json":
        _print_json(results)
    sys.exit(not clean)


def _verification(path: Path, found: "Verification") -> Iterable[str]:
    yield f"{path}: {found.notes} notes, {found.cards} cards in Anki {found.anki_version}"
    yield f"  empty cards      {len(found.empty_cards)}"
    yield f"  template errors  {len(found.template_errors)}"
    yield f"  missing media    {len(found.missing_media)}"
    yield f"  second import    {'changes the collection' if found.second_import_changes else 'changes nothing'}"
    for problem in found.problems:
        yield f"  problem: {problem}"


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


def _print_json(data: Any) -> None:
    click.echo(json.dumps(data, ensure_ascii=False, indent=2))
