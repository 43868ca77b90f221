"""``ankigen build``: the packages of a project, and how its notes are read: from the cache, by several processes."""

import gc
import os
import sys
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager, nullcontext
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, NoReturn

import click

from ankigen.cli_common import PATH, READER, find, has_errors, report, say, stop
from ankigen.cli_formats import FORMATS, show, write_summary
from ankigen.cli_preview import watch
from ankigen.cli_stages import DOUBT, FETCH, cache_of, check_all, faults, moment
from ankigen.frozen import dataclass

if TYPE_CHECKING:  # as in `cli`: the stages are imported where they are used
    from concurrent.futures import Executor

    from ankigen.build import Built, Packed, Reading
    from ankigen.cache.last import LastBuild
    from ankigen.cache.settled import Settled
    from ankigen.cache.store import Store
    from ankigen.diagnostics import Diagnostic
    from ankigen.media.store import MediaStore
    from ankigen.project import Project

    _Rest = tuple[Settled | None, Iterable[bytes]]  # what the next build may use, and the data of the lock in parts

__all__ = ["build"]

_PAYS = 256 * 1024
"""Bytes of notes for which another process pays: reading them takes more than ten times what starting it does."""
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
@click.option("--no-cache", is_flag=True, help="Read every note, whatever .ankigen/cache holds, and keep nothing.")
@click.option("--jobs", type=click.IntRange(1), help="Read with so many processes; without it, as many as pay.")
@click.option("--cluster", metavar="ADDRESS", help="Read with the workers of this Dask scheduler.")
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
    no_cache: bool,
    jobs: int | None,
    cluster: str | None,
) -> None:
    """Build the decks of a project, or of loose files and folders.

    Without PATH, the project in this folder is built: every top deck becomes a package in build/. A record with
    an error stays out of its package; a file that cannot be read leaves all packages as they were. Notes of a project
    that have not changed are taken from .ankigen/cache.

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
    if jobs and cluster:
        stop("--jobs and --cluster do not go together", "the cluster has as many workers as it has")
    project = find(paths)
    if locked and not project.lock:
        stop("--locked is for projects: loose notes have no lock file")
    if output is None and not project.is_folder:
        place = Path(os.path.abspath(paths[0]))
        name = place.name if place.is_dir() else place.stem
        output = Path(f"{name if name and len(paths) == 1 else 'notes'}.apkg")
    task = _Task(output, now, new_on_doubt, fetch, locked, summary, since, form, reader, not no_cache, jobs, cluster)
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
    is_cached: bool
    jobs: int | None
    cluster: str | None


def _build(project: "Project", task: _Task, *, in_one_line: bool = False) -> NoReturn:
    at = moment(task.now)
    _sweep(project, task.output)
    store = cache_of(project, create=True) if task.is_cached else None
    last = _last_build(project, task, store) if store and not in_one_line else None
    if last and (known := last.find()):
        report(known.diagnostics, brief=True)
        click.echo("\n".join(known.lines))
        sys.exit(has_errors(known.diagnostics))
    with _uncollected(is_last=not in_one_line):
        done = _one_file(project, task, at, store, last) if store and last else None
        done = done or _run(project, task, at, store, last)
    if built := done.built:
        lines = _line_of(built) if in_one_line else "\n".join(map(_line, built))
        click.echo(lines, err=task.form != "human")
    else:
        stops = any(fault.rule.stops for fault in done.diagnostics)
        reason = "see above what stops it" if stops else "there is no record to build"
        say(f"nothing was written: {reason}")
    if store:
        _keep(store, last, done)
    sys.exit(not built or has_errors(done.diagnostics))


@dataclass(frozen=True, slots=True)
class _Done:
    """What was built, what was said, and what of it the next build may use."""

    built: "list[Built]"
    diagnostics: "tuple[Diagnostic, ...]"
    digests: "Mapping[str, bytes]"
    media: "MediaStore | None"
    settled: "Settled | None"


def _one_file(project: "Project", task: _Task, at: int, store: "Store", last: "LastBuild") -> _Done | None:
    """The same, where just one file has changed since the last build; else None, and nothing is said."""
    from ankigen.cache.settled import read_settled

    settled = None if task.locked else read_settled(store, last.shared)
    if settled is None:
        return None
    from ankigen.build import write_project
    from ankigen.rebuild import rebuild

    found = rebuild(project, last, settled, store, reader=task.reader or "", new_on_doubt=task.new_on_doubt, now=at)
    if found is None:
        return None
    report(found.diagnostics, brief=True)
    with faults():
        built = write_project(project, found.packing, found.lock, output=task.output, before=found.before)
    return _Done(built, found.diagnostics, found.digests, found.media, found.settled)


def _sweep(project: "Project", output: Path | None) -> None:
    """Take away what builds that were killed have left."""
    from ankigen.cache.store import FOLDER
    from ankigen.unfinished import sweep

    sweep([output.parent if output else project.output, project.root, project.root / FOLDER])


def _run(project: "Project", task: _Task, at: int, store: "Store | None", last: "LastBuild | None") -> _Done:
    """Read, check and write, and say what was found."""
    with _workers(project, task, store) as executor:
        reading = check_all(project, task.reader, task.new_on_doubt, task.fetch, store, executor)
    if task.form == "human":
        report(reading.diagnostics, brief=True)
    elif task.form != "json":
        show(task.form, project, reading, reading.diagnostics)
    built: list[Built] = []
    settled = None
    try:
        with faults():
            if packed := _packed(project, reading, task, at):
                with _aside(project, reading, packed, last, executor) as rest:
                    if task.form != "json":
                        reading = reading.told()
                    built, settled = _written(project, packed, task, rest, is_shared=executor is not None)
    finally:
        if task.form == "json":  # which tells of the packages too, and of none after a fault
            show("json", project, reading, reading.diagnostics, built=built)
    return _Done(built, reading.diagnostics, reading.digests, reading.media, settled)


def _packed(project: "Project", reading: "Reading", task: _Task, at: int) -> "Packed | None":
    """What is to be written."""
    from ankigen.build import pack_project, plan_project
    from ankigen.lock import read_lock

    if task.summary:
        since = read_lock(task.since) if task.since else None
        write_summary(task.summary, reading, plan_project(project, reading, now=at, since=since))
    return pack_project(project, reading, now=at, locked=task.locked)


def _aside(
    project: "Project", reading: "Reading", packed: "Packed", last: "LastBuild | None", executor: "Executor | None"
) -> "AbstractContextManager[Callable[[], _Rest | None]]":
    """What is left to be made when packages are: by another process meanwhile, if others have read too.

    Of very many notes it would take too much memory there.
    """
    from ankigen.lock import lock_parts
    from ankigen.settling import MANY, settle

    def rest() -> "_Rest":
        settled = settle(project, last, reading, packed.after, packed.packing) if last else None
        return settled, lock_parts(packed.after)

    if executor is None or len(packed.packing.rows) > MANY:
        made = rest()
        return nullcontext(lambda: made)
    from ankigen.workers import aside

    def whole() -> "_Rest":
        settled, parts = rest()
        return settled, [b"".join(parts)]

    return aside(whole)


def _written(
    project: "Project", packed: "Packed", task: _Task, rest: "Callable[[], _Rest | None]", *, is_shared: bool
) -> "tuple[list[Built], Settled | None]":
    from ankigen.build import write_project
    from ankigen.cache.last import Digested
    from ankigen.lock import lock_parts

    settled = None

    def lock() -> Iterator[bytes]:
        nonlocal settled
        settled, parts = rest() or (None, lock_parts(packed.after))
        yield from parts

    parts = Digested(lock())
    built = write_project(project, packed.packing, parts, output=task.output, is_shared=is_shared)
    return built, replace(settled, lock=parts.digest().hex()) if settled and built else None


def _line(package: "Built") -> str:
    from ankigen.project import shown_path

    return f"{shown_path(package.path)}: {_count(package.notes, 'note')}, {_count(package.decks, 'deck')}"


def _line_of(built: "list[Built]") -> str:
    from ankigen.project import shown_path

    names = ", ".join(shown_path(package.path) for package in built)
    return f"{datetime.now():%H:%M:%S} {_count(sum(package.notes for package in built), 'note')}: {names}"


def _count(number: int, what: str) -> str:
    return f"{number} {what}{'s' * (number != 1)}"


def _last_build(project: "Project", task: _Task, store: "Store") -> "LastBuild | None":
    """The last build, where it depends on nothing but the project's own files as they are."""
    from ankigen.cache.last import LastBuild

    if task.fetch or task.summary or task.form != "human":
        return None
    if project.faults or project.config.retire == "tag":  # which reads what older packages hold
        return None
    return LastBuild(project, (str(task.output), task.new_on_doubt, task.reader, project.config.delimited), store)


def _keep(store: "Store", last: "LastBuild | None", done: _Done) -> None:
    """Keep what was said, for the next build, and tell what the cache could not do."""
    from ankigen.cache.last import Last, file_digest
    from ankigen.cache.settled import keep_settled

    if last and done.built and done.media:
        packages = {path: file_digest(path) for path in (str(package.path) for package in done.built)}
        last.keep(
            Last(tuple(map(_line, done.built)), done.diagnostics),
            notes=done.digests,
            packages=packages,
            media=done.media.used,
            folders=done.media.folders,
        )
        if done.settled and last.is_current(done.digests):
            keep_settled(store, replace(done.settled, packages=packages))
    store.trim()
    if store.damaged:
        entries = "1 entry" if store.damaged == 1 else f"{store.damaged} entries"
        say(f"{entries} of the cache could not be used: damaged, or made by another user; they are made anew")


@contextmanager
def _uncollected(*, is_last: bool) -> Iterator[None]:
    """No search for garbage: what a build makes lives until its end, and looking through it takes long.

    Where the process ends with it (``is_last``), what it has made is not looked through afterwards either.
    """
    was = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if is_last:
            gc.freeze()
        if was:
            gc.enable()


@contextmanager
def _workers(project: "Project", task: _Task, store: "Store | None") -> "Iterator[Executor | None]":
    """Who reads: None for this process alone."""
    if task.cluster:
        from ankigen.workers import ClusterFault, cluster_at

        try:
            with cluster_at(task.cluster) as executor:
                yield executor
        except ClusterFault as error:
            say(str(error), error.hint)
            sys.exit(1)
        return
    from ankigen.loading import unread

    jobs = task.jobs
    if jobs is None:
        others = _cores() - 1
        jobs = 1 + min(others, unread(project, task.reader or "", store, enough=others * _PAYS) // _PAYS)
    if jobs == 1:
        yield None
        return
    from ankigen.workers import processes

    with processes(jobs - 1) as executor:  # and this one
        yield executor


def _cores() -> int:
    try:
        return len(os.sched_getaffinity(0))
    except AttributeError:  # not on every system
        return os.cpu_count() or 1
