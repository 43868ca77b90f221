"""``ankigen templates``: which note types and themes there are, and copies of them to edit."""

import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

from ankigen.cli_common import FORMAT, print_json, say, stop

if TYPE_CHECKING:
    from ankigen.project import Project

__all__ = ["templates"]


@click.group(invoke_without_command=True)
@FORMAT
@click.pass_context
def templates(context: click.Context, form: str) -> None:
    """List the note types and themes of the project in this folder; `copy` copies a built-in one, to be edited.

    \b
    ankigen templates
    ankigen templates copy term
    ankigen templates copy --theme plain
    """
    if context.invoked_subcommand:
        return
    from ankigen.prepare import note_types_of, themes_of
    from ankigen.themes import TemplateFault

    project = _project()
    try:
        note_types = note_types_of(project)
        chosen, *others = themes_of(project)
    except TemplateFault as error:
        say(str(error), error.hint)
        sys.exit(1)
    if form == "json":
        named = {folder: note_type.name for folder, note_type in note_types.items()}
        data = {"note_types": named, "theme": chosen, "themes": sorted([chosen, *others])}
        print_json(data)
        return
    for folder, note_type in note_types.items():
        cards = ", ".join(card.name for card in note_type.templates)
        click.echo(f"note type  {folder:<10} {_origin(folder, project):<12} {note_type.name}: {cards}")
    for name in sorted([chosen, *others]):
        is_chosen = "  chosen" if name == chosen else ""
        click.echo(f"theme      {name:<10} {_origin(f'themes/{name}', project):<12}{is_chosen}".rstrip())


@templates.command()
@click.argument("folder", default="")
@click.option("--theme", "theme", metavar="NAME", help="Copy this theme.")
def copy(folder: str, theme: str | None) -> None:
    """Copy the built-in templates of a note type, a theme, or `base` into templates/. Nothing is overwritten.

    A file there takes the place of the built-in one; delete what you leave as it is, so that it goes on to improve.

    \b
    ankigen templates copy term
    ankigen templates copy --theme plain
    """
    from ankigen.project import shown_path
    from ankigen.starter import copy_templates
    from ankigen.themes import built_in_files

    project = _project()
    if project.lock is None:
        stop("this folder is no project: it has neither content/ nor ankigen.toml", "run ankigen init")
    if bool(folder) is bool(theme):
        stop("name a note type, or a theme with --theme", "ankigen templates lists them")
    above = "themes/" if theme else ""
    found = {path.removeprefix(above).split("/")[0] for path in built_in_files(above)} - {"themes"}
    if (theme or folder) not in found:
        what = f"theme {theme}" if theme else f"note type {folder}"
        stop(f"there is no built-in {what}", f"use {', '.join(sorted(found))}")
    try:
        for path in copy_templates(f"{above}{theme or folder}", project.root / "templates"):
            click.echo(f"wrote {shown_path(path)}")
    except FileExistsError as error:
        stop(f"{error.filename} is there already", "nothing was written; edit that one, or move it away first")
    except OSError as error:
        stop(f"{error.filename} cannot be written: {error.strerror}")


def _origin(folder: str, project: "Project") -> str:
    from ankigen.themes import built_in_files

    own = project.templates and (project.templates / folder).is_dir()
    if not built_in_files(folder):
        return "the project"
    return "changed here" if own else "built in"


def _project() -> "Project":
    """The project of this folder; its notes are not looked for."""
    from ankigen.config import ProjectFault
    from ankigen.project import project_around

    try:
        return project_around([Path("notes.md")])
    except ProjectFault as error:
        stop(str(error), error.hint)
