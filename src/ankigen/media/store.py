"""The media of one build: each reference answered once, each file read once, whoever asks.

What is wrong comes back as a value, together with what was found, so that checking and building tell the same.
"""

import os
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING

from ankigen.diagnostics import Rule
from ankigen.media.contents import MEGABYTE, Found, Remark, read_media
from ankigen.media.finder import Fault, Finder, shown_below
from ankigen.media.references import is_data, is_remote
from ankigen.media.shrink import check_pillow
from ankigen.project import Project, SourceFile, is_project

if TYPE_CHECKING:
    from ankigen.media.fetch import Fetcher

__all__ = ["MediaStore"]

_SHOWN = 4  # of the files that a name may mean


class MediaStore:
    """Finds what the notes of ``project`` name; with ``fetch``, in the network as well.

    Raises `PillowMissing` when the project wants pictures shrunk and Pillow is not there.
    """

    def __init__(self, project: Project, *, fetch: bool = False) -> None:
        self._settings = project.config.media
        if self._settings.shrink:
            check_pillow()
        places, content = [], None
        if project.lock:  # loose files are not looked for beyond their folder, which may be anything
            content = project.content if is_project(project.root) else project.root
            places = [content, *([project.media_folder] if project.media_folder else [])]
        self._finder = Finder([_real(place) for place in places], _real(content) if content else None)
        self._fetch = fetch
        self._fetcher: Fetcher | None = None
        self._answers: dict[tuple[str, Path, Path], Found] = {}
        self._read: dict[Path, Found] = {}

    @property
    def used(self) -> frozenset[Path]:
        """The files that were asked for so far, by their resolved paths."""
        return frozenset(self._read)

    @property
    def folders(self) -> frozenset[Path]:
        """The folders in which files were looked for so far."""
        return frozenset(self._finder.folders)

    @property
    def answers(self) -> Mapping[tuple[str, Path, Path], Found]:
        """What was found so far, by reference, the folder of the note, and its root."""
        return self._answers

    @property
    def is_remarked(self) -> bool:
        """Whether something is to be said of a file that was asked for, only where it is named first."""
        return any(remark.once for found in self._answers.values() for remark in found.remarks)

    def find(self, reference: str, note: SourceFile) -> Found:
        """The file that ``reference`` means in ``note``, and what is to be said of it."""
        place = (reference, note.path.parent, note.root)
        if place not in self._answers:
            look = self._remote if is_remote(reference) else self._local
            try:
                self._answers[place] = look(reference, note)
            except OSError as error:
                message = f"{reference} cannot be read: {error.strerror}"
                remark = Remark(Rule.MISSING_MEDIA, message, "look at its permissions")
                self._answers[place] = Found(None, (remark,))
        return self._answers[place]

    def _local(self, reference: str, note: SourceFile) -> Found:
        place = self._finder.find(reference, _real(note.path.parent), note.root)
        if isinstance(place, Fault):
            return Found(None, (_fault(reference, place, note.root),))
        found = self._file(place.path, shown_below(place.path, note.root))
        if place.is_exact:
            return found
        message = f"{reference} is found only because upper and lower case were ignored"
        hint = f"other systems would not find it: write {place.path.name}"
        return Found(found.file, (Remark(Rule.CASE_MISMATCH, message, hint), *found.remarks))

    def _remote(self, reference: str, note: SourceFile) -> Found:
        if is_data(reference):
            return Found()
        from ankigen.media.fetch import Fetcher  # here, for few notes name anything in the network
        from ankigen.media.network import Refused

        if self._fetcher is None:
            self._fetcher = Fetcher(int(self._settings.largest * MEGABYTE), may_ask=self._fetch)
        try:
            path = self._fetcher.get(reference, note.root)
        except (Refused, OSError) as error:
            reason = error.strerror if isinstance(error, OSError) else error
            hint = "save it beside the note and name that file"
            return Found(None, (Remark(Rule.FETCH_FAILED, f"{reference} is not fetched: {reason}", hint),))
        if path:
            return self._file(path, reference)
        message = f"{reference} is not in the package: it is shown only where there is a network"
        hint = "save it beside the note and name that file, or run the command with --fetch"
        if reference[:5].lower() == "file:":
            message = f"{reference} is a place on this computer, and not in the package"
            hint = "copy the file into the project, and name it as it is seen from the note"
        return Found(None, (Remark(Rule.REMOTE_MEDIA, message, hint),))

    def _file(self, path: Path, shown: str) -> Found:
        if path not in self._read:
            self._read[path] = read_media(path, shown, self._settings)
        return self._read[path]


def _fault(reference: str, fault: Fault, root: Path) -> Remark:
    if fault.rule is Rule.UNSAFE_MEDIA:
        return Remark(fault.rule, f"{reference} lies outside the project", "copy the file into the project")
    if fault.rule is Rule.AMBIGUOUS_MEDIA:
        among = ", ".join(shown_below(path, root) for path in fault.among[:_SHOWN])
        more = f" and {len(fault.among) - _SHOWN} more" if len(fault.among) > _SHOWN else ""
        return Remark(fault.rule, f"{reference} may be {among}{more}", "write the one you mean with its folder")
    hint = "names are looked up beside the note, then in the project; [media] folder in ankigen.toml adds a folder"
    return Remark(fault.rule, f"there is no file {reference}", hint)


def _real(path: Path) -> Path:
    return Path(os.path.realpath(path))
