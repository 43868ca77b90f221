"""The forms in which ``check`` and ``build`` tell what they found: in human form for people, in others for programs."""

import os
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import click

from ankigen.cli_common import dumped, report

if TYPE_CHECKING:  # as in `cli`: the stages are imported where they are used
    from ankigen.build import Built, Reading
    from ankigen.diagnostics import Diagnostic
    from ankigen.plan import Plan
    from ankigen.project import Project

__all__ = ["FORMATS", "show", "write_summary"]


_NAMES = ("human", "short", "json", "github", "sarif", "junit")


def _form(_ctx: click.Context, _param: click.Parameter, name: str) -> str:
    return "human" if name == "text" else name  # as other commands call it


FORMATS = click.option(
    "--format",
    "form",
    metavar=f"[{'|'.join(_NAMES)}]",
    type=click.Choice([*_NAMES, "text"]),
    callback=_form,
    default="human",
    show_default=True,
    help="How problems are told: to people, or to a CI system.",
)


def show(
    form: str,
    project: "Project",
    reading: "Reading",
    found: Sequence["Diagnostic"],
    *,
    strict: bool = False,
    built: Sequence["Built"] | None = None,
) -> None:
    """Print what was ``found`` to standard output, with all that the form has beside it; for people, a sum as well.

    ``built`` are the packages of a build, of which JSON tells.
    """
    if form == "human":
        report(found, err=False)
        return
    for line in _lines(form, project, reading, found, strict, built):
        click.echo(line)
    if found:
        from ankigen.report.human import summary

        click.echo(summary(found), err=True)


def _lines(
    form: str,
    project: "Project",
    reading: "Reading",
    found: Sequence["Diagnostic"],
    strict: bool,
    built: Sequence["Built"] | None,
) -> list[str]:
    if form == "short":
        from ankigen.report.short import short

        return [short(fault) for fault in found]
    if form == "github":
        from ankigen.report.github import annotation

        return [annotation(fault) for fault in found]
    if form == "junit":
        from ankigen.diagnostics import Severity
        from ankigen.report.junit import junit

        paths = [document.source.path for document in reading.documents]
        return [junit(paths, found, Severity.WARNING if strict else Severity.ERROR)]
    if form == "sarif":
        from ankigen.diagnostics import sort
        from ankigen.report.sarif import sarif

        silenced = sort(fault for document in reading.documents for fault in document.silenced)
        return [dumped(sarif(found, silenced, project.config.rules))]
    from ankigen.report.data import packages_data, parse_data

    data = parse_data(reading.records, found)
    return [dumped(data if built is None else data | {"packages": packages_data(built)})]


def write_summary(file: Path, reading: "Reading", plan: "Plan") -> None:
    """Write what a build changes to ``file``; to the one that GitHub collects summaries in, add it."""
    from ankigen.files import replacing
    from ankigen.report.links import links
    from ankigen.report.markdown import markdown

    assert reading.identities  # noqa: S101 - a plan is made of a checked reading
    identified = zip(reading.identities.entries, reading.records, strict=True)
    records = {entry.guid: record for entry, record in identified}
    data = markdown(plan, records, reading.diagnostics, links(os.environ)).encode()
    collected = os.environ.get("GITHUB_STEP_SUMMARY")
    if collected and os.path.abspath(file) == os.path.abspath(collected):
        with file.open("ab") as stream:
            stream.write(data)
    else:
        with replacing(file) as stream:
            stream.write(data)
