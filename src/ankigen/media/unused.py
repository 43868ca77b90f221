"""Files that lie among the notes, or in the folder for media, and that no record uses."""

import os
from collections.abc import Iterator
from pathlib import Path

from ankigen.diagnostics import Diagnostic, Rule
from ankigen.media.finder import files_below
from ankigen.media.kinds import is_media_name
from ankigen.media.store import MediaStore
from ankigen.project import Project, shown_path

__all__ = ["unused_media"]


def unused_media(project: Project, media: MediaStore) -> Iterator[Diagnostic]:
    """A diagnostic for each such file, once ``media`` was asked for all that the project's records name."""
    known = media.used | {Path(os.path.realpath(file.path)) for file in project.files}
    folder = project.media_folder
    places = [project.content, *([folder] if folder else [])]
    if folder and project.content.is_relative_to(folder):  # then it holds much else
        folder = None
    for path in dict.fromkeys(path for place in places for path in files_below(place)):
        is_ours = is_media_name(path.suffix.lower()) or (folder is not None and path.is_relative_to(folder))
        if is_ours and not path.name.startswith("_") and Path(os.path.realpath(path)) not in known:
            hint = "delete it if it is not needed; what only prose shows counts as unused"
            yield Diagnostic.of_file(shown_path(path), Rule.UNUSED_MEDIA, "no record uses this file", hint)
