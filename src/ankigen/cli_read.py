"""The commands that read notes, tell what they found, and write nothing: ``parse``, ``check`` and ``plan``."""

import sys
from pathlib import Path

import click

from ankigen.cli_common import FORMAT, PATH, READER, find, has_errors, print_json, report, say
from ankigen.cli_formats import FORMATS, show
from ankigen.cli_stages import DOUBT, FETCH, cache_of, check_all, faults, moment, read

__all__ = ["check", "parse", "plan"]


@click.command()
@click.argument("paths", nargs=-1, type=PATH)
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
    reading = read(project, reader, cache_of(project))
    if form == "json":
        with faults(reading):
            guids = guids_of(project, reading)
        print_json(parse_data(reading.records, reading.diagnostics, guids))
    else:
        for record in reading.records:
            click.echo(listing(record))
    report(reading.diagnostics)
    sys.exit(has_errors(reading.diagnostics))


@click.command()
@click.argument("paths", nargs=-1, type=PATH)
@click.option("--prose", is_flag=True, help="List also the text that belongs to no record.")
@click.option("--learning", is_flag=True, help="Name also cards that will be hard to learn.")
@click.option("--strict", is_flag=True, help="Warnings are problems too: exit code 1.")
@FETCH
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
    reading = check_all(project, reader, fetch=fetch, store=cache_of(project))
    diagnostics = sort([*reading.diagnostics, *unused(project, reading)])
    show(form, project, reading, diagnostics, strict=strict)
    files, records = len(reading.documents), len(reading.records)
    say(f"{records} record{'s' * (records != 1)} in {files} file{'s' * (files != 1)}")
    sys.exit(has_errors(diagnostics, strict))


@click.command()
@click.argument("paths", nargs=-1, type=PATH)
@click.option("--against", metavar="PACKAGE", type=PATH, help="Tell it for somebody who has this package.")
@click.option("--now", "now", metavar="TIME", help="Date the build: ISO 8601, or seconds since 1970.")
@DOUBT
@FETCH
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

    at = moment(now)
    project = find(paths)
    reading = check_all(project, reader, new_on_doubt, fetch, cache_of(project))
    report(reading.diagnostics, brief=True)
    with faults():
        planned = plan_project(project, reading, now=at, against=against)
    if form == "json":
        print_json(plan_data(planned))
    else:
        click.echo("\n".join(plan_text(planned)))
    sys.exit(has_errors(reading.diagnostics))
