"""``ankigen verify``: what the real Anki makes of packages."""

import sys
from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from ankigen.cli_common import FORMAT, print_json, say, stop

if TYPE_CHECKING:  # as in `cli`: the stages are imported where they are used
    from ankigen.anki.verify import Verification

__all__ = ["verify"]


@click.command()
@click.argument("packages", nargs=-1, type=click.Path(exists=True, dir_okay=False, path_type=Path), required=True)
@FORMAT
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
        print_json(results)
    sys.exit(not clean)


def _verification(path: Path, found: "Verification") -> Iterable[str]:
    yield f"{path}: {found.notes} notes, {found.cards} cards in Anki {found.anki_version}"
    yield f"  empty cards      {len(found.empty_cards)}"
    yield f"  template errors  {len(found.template_errors)}"
    yield f"  missing media    {len(found.missing_media)}"
    yield f"  second import    {'changes the collection' if found.second_import_changes else 'changes nothing'}"
    for problem in found.problems:
        yield f"  problem: {problem}"
