"""``ankigen build``: the packages of a project."""

import os
import sys
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, NoReturn

import click

from ankigen.cli_common import PATH, READER, find, has_errors, report, say, stop
from ankigen.cli_formats import FORMATS, show, write_summary
from ankigen.cli_preview import watch
from ankigen.cli_stages import DOUBT, FETCH, check_all, faults, moment

if TYPE_CHECKING:  # as in `cli`: the stages are imported where they are used
    from ankigen.build import Built, Reading
    from ankigen.project import Project

__all__ = ["build"]

_FILE = click.Path(exists=True, dir_okay=False, path_type=Path)


@click.command()
@click.argument("paths", nargs=-1, type=PATH)
@click.option("-o", "--output", type=PATH, help="Put all notes into this one package.")
@click.option("--now", "now", metavar="TIME", help="Date the build: ISO 8601, or seconds since 1970.")
@DOUBT
@FETCH
@click.option("--watch", "is_watching", is_flag=True, help="Go on: build again after each save, until Ctrl-C.")
@click.option("--locked", is_flag=True, help="Fail, and build nothing, if the lock file would change.")
@click.option("--summary", metavar="FILE", type=PATH, help="Write what changes to FILE, as Markdown.")
@click.option("--since", metavar="LOCK", type=_FILE, help="Tell the summary from this older lock file on.")
@FORMATS
@READER
def build(
    paths: tuple[Path, ...],
    output: Path | None,
    now: str | None,
    new_on_doubt: bool,
    fetch: bool,
    is_watching: bool,
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
    ankigen build --watch
    ankigen build --locked --summary changes.md
    """
    if output and output.suffix.lower() != ".apkg":
        stop(f"{output} is no package", "give the output a name that ends in .apkg")
    if since and not summary:
        stop("--since says where a summary begins", "add --summary FILE")
    if is_watching and form != "human":
        stop("--watch and --format do not go together", "a form for programs is of one build")
    project = find(paths)
    if locked and not project.lock:
        stop("--locked is for projects: loose notes have no lock file")
    if output is None and not project.is_folder:
        place = Path(os.path.abspath(paths[0]))
        name = place.name if place.is_dir() else place.stem
        output = Path(f"{name if name and len(paths) == 1 else 'notes'}.apkg")
    task = _Task(output, now, new_on_doubt, fetch, locked, summary, since, form, reader)
    if is_watching:

        def again() -> None:
            _build(find(paths), task, in_one_line=True)

        watch(paths, project.output, project.lock, again)
    _build(project, task)


@dataclass(frozen=True, slots=True)
class _Task:
    """What was asked for."""

    output: Path | None
    now: str | None
    new_on_doubt: bool
    fetch: bool
    locked: bool
    summary: Path | None
    since: Path | None
    form: str
    reader: str | None


def _build(project: "Project", task: _Task, *, in_one_line: bool = False) -> NoReturn:
    at = moment(task.now)
    reading = check_all(project, task.reader, task.new_on_doubt, task.fetch)
    if task.form == "human":
        report(reading.diagnostics, brief=True)
    elif task.form != "json":
        show(task.form, project, reading, reading.diagnostics)
    built: list[Built] = []
    try:
        with faults():
            built = _written(project, reading, task, at)
    finally:
        if task.form == "json":  # which tells of the packages too, and of none after a fault
            show("json", project, reading, reading.diagnostics, built=built)
    if built:
        lines = _line_of(built) if in_one_line else "\n".join(map(_line, built))
        click.echo(lines, err=task.form != "human")
    else:
        reason = "see above what stops it" if reading.stops else "there is no record to build"
        say(f"nothing was written: {reason}")
    sys.exit(not built or has_errors(reading.diagnostics))


def _written(project: "Project", reading: "Reading", task: _Task, at: int) -> "list[Built]":
    from ankigen.build import build_project, plan_project
    from ankigen.lock import read_lock

    if task.summary:
        since = read_lock(task.since) if task.since else None
        write_summary(task.summary, reading, plan_project(project, reading, now=at, since=since))
    return build_project(project, reading, now=at, output=task.output, locked=task.locked)


def _line(package: "Built") -> str:
    from ankigen.project import shown_path

    return f"{shown_path(package.path)}: {_count(package.notes, 'note')}, {_count(package.decks, 'deck')}"


def _line_of(built: "list[Built]") -> str:
    from ankigen.project import shown_path

    names = ", ".join(shown_path(package.path) for package in built)
    return f"{datetime.now():%H:%M:%S} {_count(sum(package.notes for package in built), 'note')}: {names}"


def _count(number: int, what: str) -> str:
    return f"{number} {what}{'s' * (number != 1)}"
