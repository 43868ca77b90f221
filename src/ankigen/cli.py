"""The command line: arguments, streams and exit codes, nothing else.

Data goes to stdout, diagnostics to stderr. Exit codes: 0 clean, 1 problems found, 2 wrong usage.
"""

import shlex
import sys
from pathlib import Path

import click

from ankigen.cli_build import build
from ankigen.cli_common import FORMAT, PATH, READER, find, has_errors, print_json, report, say, stop
from ankigen.cli_convert import convert
from ankigen.cli_explain import explain
from ankigen.cli_formats import FORMATS, show
from ankigen.cli_ids import ids
from ankigen.cli_preview import preview
from ankigen.cli_stages import DOUBT, FETCH, check_all, faults, moment, read
from ankigen.cli_templates import templates
from ankigen.cli_verify import verify

__all__ = ["main"]

_SHELLS = ("bash", "zsh", "fish")


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


main.add_command(build)


@main.command()
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
    reading = read(project, reader)
    if form == "json":
        with faults(reading.diagnostics):
            guids = guids_of(project, reading)
        print_json(parse_data(reading.records, reading.diagnostics, guids))
    else:
        for record in reading.records:
            click.echo(listing(record))
    report(reading.diagnostics)
    sys.exit(has_errors(reading.diagnostics))


@main.command()
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
    reading = check_all(project, reader, fetch=fetch)
    diagnostics = sort([*reading.diagnostics, *unused(project, reading)])
    show(form, project, reading, diagnostics, strict=strict)
    files, records = len(reading.documents), len(reading.records)
    say(f"{records} record{'s' * (records != 1)} in {files} file{'s' * (files != 1)}")
    sys.exit(has_errors(diagnostics, strict))


@main.command()
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
    reading = check_all(project, reader, new_on_doubt, fetch)
    report(reading.diagnostics, brief=True)
    with faults():
        planned = plan_project(project, reading, now=at, against=against)
    if form == "json":
        print_json(plan_data(planned))
    else:
        click.echo("\n".join(plan_text(planned)))
    sys.exit(has_errors(reading.diagnostics))


main.add_command(convert)
main.add_command(explain)
main.add_command(ids)
main.add_command(preview)
main.add_command(templates)
main.add_command(verify)


@main.command()
@click.argument("folder", type=PATH, default=".")
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
