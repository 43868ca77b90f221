"""Note types: the folders of ``templates/``, rendered to what Anki stores.

A note type is a folder with a ``notetype.toml``, a Jinja file for each side of a card, and a style sheet. A
project's own ``templates/`` comes before the built-in one, file by file. A theme is a folder of ``themes/`` in there,
with a ``theme.css``; every theme goes into the style sheet of every note type. No template is trusted: it runs in
a sandbox, knows no name that it did not make, and reads no file outside these folders. The same files always
give the same note types. This is the only importer of Jinja.
"""

import os
import re
import tomllib
from collections.abc import Callable, Collection, Mapping, Sequence
from pathlib import Path
from typing import Any

import jinja2
from jinja2.exceptions import SecurityError
from jinja2.runtime import Context
from jinja2.sandbox import ImmutableSandboxedEnvironment

from ankigen.anki.template import TemplateError, check_template
from ankigen.files import BUILT_IN_TEMPLATES
from ankigen.records import CardTemplate, Field, NoteType
from ankigen.themes import PLAIN_THEME, TemplateFault, folders_with, theme_names

__all__ = ["load_note_types"]

_DEFINITION = "notetype.toml"
_NAMED = {"name": str, "id": int}
_FIELD = _NAMED | {"holds": str}
_OPTIONAL = {"holds"}  # the standard field whose value a field of another name takes
_CARD = _NAMED | {"front": str, "back": str}
_NOTE_TYPE = _NAMED | {"cloze": bool, "style": str, "fields": list, "cards": list}
_KINDS = {str: "text", int: "an integer", bool: "true or false", list: "a list"}

_IDS_END = 2**63  # what Anki takes; an id of one's own stays below 2^53, up to which JavaScript tells integers apart
_ID_HINT = "An id is a number from 1 to 2^53 of its own: draw one at random, and never change it again."
_NAME_HINT = 'Anki fills in some names itself, and takes : { } " and a # ^ / at the start out of the others.'
_TWICE_HINT = "Give each field, and each card, a name of its own; upper and lower case are the same to Anki."
_LONGEST = 1_000_000  # characters of one rendered file; the built-in ones stay below 10,000

# Anki fills these in itself, whatever a field of that name holds.
_SPECIAL = frozenset({"FrontSide", "Card", "CardFlag", "Deck", "Subdeck", "Tags", "Type", "CardID"})
# Anki takes these out of a field's name on its own, and the cards then name a field that is not there.
_UNFIT = re.compile(r'[:{}"]|^[#^/]|^\s|\s$|^$')
_COMMENT = re.compile(r"<!--.*?-->", re.DOTALL)
_MARK = re.compile(r"\{\{\s*(?P<section>[#^/]?)(?P<name>.*?)\}\}", re.DOTALL)
_CLOZE_NUMBER = re.compile(r"c[0-9]+")  # {{#c1}} in a cloze card: the first gap is the one asked


def load_note_types(project_templates: Path | None = None, theme: str = PLAIN_THEME) -> dict[str, NoteType]:
    """All note types by the name of their folder: the built-in ones, then those that the project adds.

    ``theme`` is the look of every card whose note names no other. Raises `TemplateFault` for the first thing that is
    wrong.
    """
    files = _Files([root for root in (project_templates, BUILT_IN_TEMPLATES) if root is not None])
    templates = _Templates(files, theme, theme_names(project_templates))
    definitions = {folder: _Definition(folder, files) for folder in folders_with(files.roots, _DEFINITION)}
    taken: dict[object, str] = {}
    for folder, definition in definitions.items():
        for key in (definition.table["id"], definition.table["name"]):
            if taken.setdefault(key, folder) != folder:
                message = f"templates/{taken[key]} has this {'id' if type(key) is int else 'name'} too: {key}"
                raise definition.fault(message, "Anki knows a note type by both: give this one its own.", key)
    return {folder: definition.note_type(templates) for folder, definition in definitions.items()}


class _Files(jinja2.BaseLoader):
    """The files of the templates folders by their name in them. The first folder that has one wins."""

    def __init__(self, roots: Sequence[Path]) -> None:
        self.roots = roots
        self.texts: dict[str, str] = {}  # every file read so far, by the path that an author is shown

    def read(self, name: str) -> tuple[str, str]:
        """The path, as an author is shown it, and the text of ``name``."""
        for root in self.roots:
            real = Path(os.path.realpath(root / name.replace("\0", "")))  # no path can hold a NUL
            if not real.is_relative_to(os.path.realpath(root)):
                raise SecurityError(f"{name} leads out of {root.as_posix()}")
            if real.is_file():
                path = (root / name).as_posix()
                try:
                    self.texts[path] = real.read_text("utf-8-sig")
                except (OSError, UnicodeDecodeError) as error:
                    raise jinja2.TemplateError(f"{name} cannot be read: {error}") from error
                return path, self.texts[path]
        raise jinja2.TemplateNotFound(name, f"there is no file {name}")

    def place_of(self, text: str, first: str, before: int = 0) -> tuple[str, int]:
        """The path and line at which ``text`` is written: in the file at ``first``, or one that it uses.

        ``before`` is how often it was written before that.
        """
        for path in (first, *self.texts):
            pieces = self.texts[path].split(text)
            if len(pieces) > 1:
                pieces = pieces[: min(before + 1, len(pieces) - 1)]
                return path, text.join(pieces).count("\n") + 1
        return first, 0

    def get_source(
        self, environment: jinja2.Environment, template: str
    ) -> tuple[str, str | None, Callable[[], bool] | None]:
        """Give Jinja the text and path of ``template``."""
        path, text = self.read(template)
        return text, path, None


class _Templates(ImmutableSandboxedEnvironment):
    """Jinja with marks that are neither Anki's nor those of CSS or JavaScript.

    Its only globals are ``theme`` and ``themes``: the name of the project's theme, and of all. Jinja's own would make
    text at random (``lipsum``) or without end (``range``), as products would.
    """

    intercepted_binops = frozenset({"*", "**"})

    def __init__(self, files: _Files, theme: str, themes: tuple[str, ...]) -> None:
        super().__init__(
            block_start_string="[%",
            block_end_string="%]",
            variable_start_string="[=",
            variable_end_string="=]",
            comment_start_string="[#",
            comment_end_string="#]",
            trim_blocks=True,
            lstrip_blocks=True,
            keep_trailing_newline=True,  # an included file ends its last line
            undefined=jinja2.StrictUndefined,
            autoescape=False,  # what is written here is Anki's template text, and no note's text comes in
            auto_reload=False,
            loader=files,
        )
        self.files = files
        self.globals.clear()
        self.globals.update(theme=theme, themes=themes)
        del self.filters["random"]

    def call_binop(self, context: Context, operator: str, left: Any, right: Any) -> Any:
        """Refuse: a product can be larger than the memory."""
        raise SecurityError(f"{operator} is not for templates")

    def text(self, name: str, mention: tuple[str, int]) -> str:
        """The file ``name`` rendered; ``mention`` is the path and line that ask for it."""
        place = mention
        pieces: list[str] = []
        length = 0
        try:
            place = self.files.read(name)[0], 0
            for piece in self.get_template(name).generate():
                pieces.append(piece)
                length += len(piece)
                if length > _LONGEST:
                    raise SecurityError(f"{name} makes more than {_LONGEST:,} characters")
        except Exception as error:  # a template can fail in every way that an expression can
            path, line = self._place(error) or place
            raise TemplateFault(path, line, str(error) or type(error).__name__, self._hint(error)) from error
        return "".join(pieces).strip()

    def _place(self, error: Exception) -> tuple[str, int] | None:
        if isinstance(error, jinja2.TemplateSyntaxError):
            return error.filename or "", error.lineno
        import traceback  # slow to import, and hardly ever needed

        frames = [(frame.f_code.co_filename, line) for frame, line in traceback.walk_tb(error.__traceback__)]
        return next((place for place in reversed(frames) if place[0] in self.files.texts), None)

    def _hint(self, error: Exception) -> str:
        folders = " and ".join(root.as_posix() for root in self.files.roots)
        match error:
            case SecurityError():
                return f"Templates run in a sandbox, and read only what is in {folders}."
            case jinja2.TemplateNotFound():
                return f"It is looked for in {folders}."
            case jinja2.UndefinedError():
                return "A field of the note is {{Field}}; a name in [= =] needs [% set %] or [% import %]."
            case jinja2.TemplateSyntaxError():
                return "Jinja's marks are [% block %], [= expression =] and [# comment #] here."
            case _:
                return "Jinja could not work this out."


class _Definition:
    """The ``notetype.toml`` of one folder, checked."""

    def __init__(self, folder: str, files: _Files) -> None:
        self.folder = folder
        self.files = files
        self.path = f"{folder}/{_DEFINITION}"
        try:
            self.path, self.text = files.read(self.path)
            self.table: Mapping[str, Any] = tomllib.loads(self.text)
        except jinja2.TemplateError as error:
            hint = "A note type's definition is a text file in UTF-8 in the note type's own folder."
            raise TemplateFault(self.path, 0, str(error), hint) from error
        except (ValueError, RecursionError) as error:  # tomllib lets out both: a long number, deep lists
            told = re.search(r"at line (\d+)", str(error))  # before Python 3.14, only the message tells
            line = int(told[1]) if told else self.text.count("\n") + 1
            message = f"this cannot be read as TOML: {error}"
            raise TemplateFault(self.path, line, message, "See https://toml.io.") from error
        self._check()

    def note_type(self, templates: _Templates) -> NoteType:
        """The note type, with its files rendered."""
        table = self.table
        fields = tuple(Field(row["name"], row.get("id", 0), row.get("holds", "")) for row in table["fields"])
        cards = []
        for row in table["cards"]:
            front, back = (self._side(templates, row[side]) for side in ("front", "back"))
            cards.append(CardTemplate(row["name"], row.get("id", 0), front, back))
        css = templates.text(f"{self.folder}/{table['style']}", self._mention(table["style"]))
        return NoteType(table["name"], table["id"], table["cloze"], fields, tuple(cards), css)

    def fault(self, message: str, hint: str, value: object, within: str = "") -> TemplateFault:
        """A fault at the last place of ``value`` in the file from ``within`` on, or there."""
        return TemplateFault(*self._mention(value, within), message, hint)

    def _mention(self, value: object, within: str = "") -> tuple[str, int]:
        # tomllib tells no places, so what is looked for is what an author would look for
        section = re.search(rf"^[ \t]*\[*{within}\b", self.text, re.MULTILINE)
        place = section.start() if section else 0
        if value != "":
            wanted = re.compile(rf"(?<![\w.-]){re.escape(str(value))}(?![\w.-])")
            place = max([found.start() for found in wanted.finditer(self.text, place)], default=place)
        return self.path, self.text.count("\n", 0, place) + 1

    def _side(self, templates: _Templates, file: str) -> str:
        name = f"{self.folder}/{file}"
        text = templates.text(name, self._mention(file, "cards"))
        fields = [row["name"] for row in self.table["fields"]]
        for mark in _MARK.finditer(_COMMENT.sub("", text)):
            # filters stand before the name, each with a colon: {{type:nc:Term}}
            field = (mark["name"] if mark["section"] else mark["name"].rpartition(":")[2]).strip()
            is_number = self.table["cloze"] and _CLOZE_NUMBER.fullmatch(field)
            if field not in fields and field not in _SPECIAL and not is_number:
                message = f"{self.table['name']} has no field {field!r}"
                place = self.files.place_of(mark[0], self.files.read(name)[0])
                raise TemplateFault(*place, message, f"Its fields are {', '.join(fields)}.")
        try:
            check_template(text, fields)
        except TemplateError as error:
            tag = text[error.offset : text.find("}}", error.offset) + 2]
            place = self.files.place_of(tag, self.files.read(name)[0], text.count(tag, 0, error.offset))
            raise TemplateFault(*place, str(error), "Anki could not show such a card: mend it.") from error
        return text

    def _check(self) -> None:
        self._check_row(self.table, _NOTE_TYPE, "")
        if self.table["id"] < 0:
            raise self.fault(f"the id {self.table['id']} is out of range", _ID_HINT, self.table["id"])
        ids = {self.table["id"]}
        # Without any, as in most decks made elsewhere, Anki goes by the names. With some, it could not tell all apart.
        has_ids = any("id" in row for within in ("fields", "cards") for row in self.table[within] if type(row) is dict)
        for within, keys in (("fields", _FIELD), ("cards", _CARD)):
            names: set[str] = set()
            for row in self.table[within]:
                self._check_row(row, keys, within, _OPTIONAL if has_ids else _OPTIONAL | {"id"})
                if row.get("id") in ids:
                    raise self.fault(f"the id {row['id']} is used twice", _ID_HINT, row["id"], within)
                if row["name"].casefold() in names:  # Anki does not tell case apart here
                    raise self.fault(f"{row['name']} is used twice", _TWICE_HINT, row["name"], within)
                ids |= {row[key] for key in row.keys() & {"id"}}
                names.add(row["name"].casefold())
            if not names:
                raise self.fault(f"{within} is empty", "Anki needs at least one field and one card.", within)
        for row in self.table["fields"]:
            if (row["name"] in _SPECIAL and "holds" not in row) or _UNFIT.search(row["name"]):
                message = f"a field cannot be named {row['name']!r}"
                raise self.fault(message, _NAME_HINT, row["name"], "fields")

    def _check_row(
        self, row: object, keys: Mapping[str, type], within: str, optional: Collection[str] = _OPTIONAL
    ) -> None:
        shape = f"Its keys are {', '.join(keys)}."
        if not isinstance(row, dict):
            raise self.fault(f"{row!r} is not a table", shape, within)
        name = row.get("name", within)
        for key in (key for key in keys if key not in row and key not in optional):
            raise self.fault(f"{key} is missing", _ID_HINT if key == "id" else shape, name, within)
        for key, value in row.items():
            if key not in keys:
                raise self.fault(f"{key} is not a key here", shape, key, within)
            if type(value) is not keys[key]:  # not isinstance: true is an int
                raise self.fault(f"{key} is not {_KINDS[keys[key]]}: {value!r}", shape, name, within)
        if not (number := row.get("id", 1)) or not -_IDS_END <= number < _IDS_END:  # Anki draws negative ones too
            raise self.fault(f"the id {row['id']} is out of range", _ID_HINT, row["id"], within)
