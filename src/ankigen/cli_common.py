"""What the commands share: how files are named on the command line, what is said to whom, and how a command ends."""

import json
import os
import re
import sys
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, NoReturn, TypeVar

import click

if TYPE_CHECKING:  # as in `cli`: the stages are imported where they are used
    from ankigen.diagnostics import Diagnostic
    from ankigen.project import Project

__all__ = [
    "FORMAT",
    "FROM",
    "PATH",
    "READER",
    "check_paths",
    "dumped",
    "fail",
    "find",
    "has_errors",
    "print_json",
    "report",
    "say",
    "stop",
    "style",
]

PATH = click.Path(path_type=Path)
FORMAT = click.option("--format", "form", type=click.Choice(["text", "json"]), default="text", show_default=True)

_DELIMITED = f"{__name__}.delimited"  # what the command line says of delimited text, kept in its context
_Command = TypeVar("_Command", bound=Callable[..., Any])

_NAMED = {"tab": "\t", "comma": ",", "semicolon": ";", "pipe": "|", "colon": ":", "space": " ", "newline": "\n"}
_SIGNS = {"t": "\t", "n": "\n", "\\": "\\"}
_ESCAPE = re.compile(r"\\([tn\\])")


def _known(_ctx: click.Context, _param: click.Parameter, name: str | None) -> str | None:
    """The reader's name. Which there are is looked up only when one is named: other packages may bring some."""
    if name is not None and name not in (names := _reader_names()):
        raise click.BadParameter(f"{name!r} is not one of {', '.join(names)}.")
    return name


def _completed(_ctx: click.Context, _param: click.Parameter, begun: str) -> list[str]:
    return [name for name in _reader_names() if name.startswith(begun)]


def _reader_names() -> tuple[str, ...]:
    from ankigen.readers.registry import reader_names

    return reader_names()


def _separator(ctx: click.Context, param: click.Parameter, written: str | None) -> None:
    """Kept for `find`, which makes the settings of it."""
    if written is not None:
        text = _NAMED.get(written.lower(), _ESCAPE.sub(lambda found: _SIGNS[found[1]], written))
        if not text:
            raise click.BadParameter("it is empty.")
        ctx.meta.setdefault(_DELIMITED, {})[param.name] = text


def _all(*options: Callable[[_Command], _Command]) -> Callable[[_Command], _Command]:
    def decorate(command: _Command) -> _Command:
        for option in reversed(options):
            command = option(command)
        return command

    return decorate


FROM = click.option(
    "--from",
    "reader",
    metavar="DIALECT",
    callback=_known,
    shell_complete=_completed,
    help="Read every file as this, instead of finding out: notes, studyset, delimited, or another program's dialect.",
)

_SEPARATOR = click.option(
    "--separator",
    metavar="TEXT",
    expose_value=False,
    callback=_separator,
    help="What parts the fields of csv, tsv, anki-text and quizlet: tab, comma, semicolon, pipe, or any text.",
)
_ROW_SEPARATOR = click.option(
    "--row-separator",
    metavar="TEXT",
    expose_value=False,
    callback=_separator,
    help="What parts the rows of quizlet: newline, semicolon, or any text, in which \\n is a line end.",
)
# How a command is told what it reads.
READER = _all(FROM, _SEPARATOR, _ROW_SEPARATOR)


def find(paths: Sequence[Path]) -> "Project":
    """The project that the arguments name; wrong usage when there is none."""
    from ankigen.config import ProjectFault
    from ankigen.project import find_project

    check_paths(paths)
    try:
        project = find_project(paths or [Path()])
    except FileNotFoundError as error:
        stop(f"there is no {error}")
    except ProjectFault as error:
        stop(str(error), error.hint)
    if not project.files:
        report(project.faults)
        named = ", ".join(map(str, paths)) or "content/"
        say(f"there are no notes in {named}: no .md, .markdown, .txt, .csv or .tsv file")
        sys.exit(1)
    delimited = replace(project.config.delimited, **click.get_current_context().meta.get(_DELIMITED, {}))
    return replace(project, config=replace(project.config, delimited=delimited))


def check_paths(paths: Sequence[Path]) -> None:
    """End with wrong usage when nothing is named, and this folder is no project."""
    from ankigen.project import is_project

    if not paths and not is_project(Path()):
        stop("this folder is no project: it has neither content/ nor ankigen.toml", "name a file, or run ankigen init")


def report(diagnostics: Sequence["Diagnostic"], err: bool = True, brief: bool = False) -> None:
    """Print diagnostics for people, and how many there are; if ``brief``, unsure records only as a number a file."""
    if not diagnostics:
        return
    from ankigen.diagnostics import Rule
    from ankigen.report.human import human, summary

    colour = style(sys.stderr if err else sys.stdout)
    unsure = Counter(fault.path for fault in diagnostics if brief and fault.rule is Rule.UNSURE_RECORD)
    for path, count in unsure.items():
        say(f"{path}: {count} unsure record{'s' * (count != 1)}", "ankigen check lists them; convert --review asks")
    diagnostics = [fault for fault in diagnostics if not (brief and fault.rule is Rule.UNSURE_RECORD)]
    for diagnostic in diagnostics:
        click.echo(human(diagnostic, colour) + "\n", err=err, color=True)
    if diagnostics:
        click.echo(summary(diagnostics), err=True)


def print_json(data: Any) -> None:
    """Print plain data to standard output."""
    click.echo(dumped(data))


def dumped(data: Any) -> str:
    """Plain data as JSON."""
    return json.dumps(data, ensure_ascii=False, indent=2)


def style(stream: Any) -> Callable[..., str]:
    """How text is coloured: not in a pipe, and not against NO_COLOR (https://no-color.org)."""
    if stream.isatty() and not os.environ.get("NO_COLOR"):
        return click.style
    return lambda text, **_colours: str(text)


def has_errors(diagnostics: Iterable["Diagnostic"], strict: bool = False) -> bool:
    """Whether a record or a file is left out; if ``strict``, also whether there is a warning."""
    from ankigen.diagnostics import Severity

    least = Severity.WARNING if strict else Severity.ERROR
    return any(diagnostic.severity.rank >= least.rank for diagnostic in diagnostics)


def say(text: str, hint: str = "") -> None:
    """Tell the person at the keyboard, and what to do about it."""
    from ankigen.report.human import printable

    click.echo(f"ankigen: {printable(text)}", err=True)
    if hint:
        click.echo(f"  hint: {printable(hint)}", err=True)


def fail(error: OSError) -> NoReturn:
    """End because of a file that cannot be read or written; of a package, its temporary file is named first."""
    say(f"{error.filename2 or error.filename or 'the package'}: {error.strerror}", "nothing was written in its place")
    sys.exit(1)


def stop(text: str, hint: str = "") -> NoReturn:
    """End with wrong usage."""
    say(text, hint)
    sys.exit(2)
