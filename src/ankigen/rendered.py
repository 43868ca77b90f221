"""The note types that come with ankigen, as they are rendered for a project that has no templates and chooses no theme.

Most projects are like that, and need no template engine: to import it, and to render all, is a fifth of what a small
build takes. `tools/write_rendered.py` writes the file; once a template is another one, nothing in it counts.
"""

import json
from collections.abc import Mapping
from hashlib import blake2b
from pathlib import Path

from ankigen.cache.encoding import dumped, loaded
from ankigen.files import BUILT_IN_TEMPLATES
from ankigen.records import NoteType

__all__ = ["RENDERED", "kept", "rendered_note_types"]

RENDERED = Path(__file__).with_name("rendered.json")
"""Where they are kept."""


def rendered_note_types() -> dict[str, NoteType] | None:
    """The built-in note types by folder, in the theme of who chooses none; None where they have to be rendered."""
    try:
        templates, note_types = loaded(RENDERED.read_bytes(), tuple[str, dict[str, NoteType]])
        return note_types if templates == _templates() else None
    except OSError:  # which is told by whoever needs the file
        return None


def kept(note_types: Mapping[str, NoteType]) -> str:
    """What is to stand in the file, when ``note_types`` are what the templates give."""
    return json.dumps(json.loads(dumped((_templates(), note_types))), indent=1, ensure_ascii=False) + "\n"


def _templates() -> str:
    """A digest of the built-in templates."""
    digest = blake2b(digest_size=16)
    for path in sorted(path for path in BUILT_IN_TEMPLATES.rglob("*") if path.is_file()):
        content = path.read_bytes()
        digest.update(f"{path.relative_to(BUILT_IN_TEMPLATES).as_posix()}\0{len(content)}\0".encode() + content)
    return digest.hexdigest()
