"""Front matter: the settings that a note gives itself, in YAML or TOML, between ``---`` or ``+++`` lines.

Only what ankigen knows is read; other programs keep their own keys there. Nothing is taken for front matter
unless its first line that is no comment looks like ``key: value`` or ``key = value``, for a note may begin with a rule.
"""

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import field, replace
from difflib import get_close_matches
from functools import lru_cache
from typing import Any

from ankigen.diagnostics import Diagnostic, Rule
from ankigen.frozen import dataclass
from ankigen.readers.names import CHANGE_HINT, below, change_of, clean_deck, clean_tag
from ankigen.readers.settings import ClozeMark, Headings, Settings
from ankigen.records import Kind
from ankigen.source import Source

__all__ = ["FrontMatter", "read_front_matter"]

_KEY = re.compile(r"[\w\"'][\w .\"'-]*\s*[:=](?:\s|$)")
_SETTING = re.compile(f"{_KEY.pattern}|#")
_NOTE = re.compile(r"#{2,6} |\*\*|Q: |[^\s#][^\"']* :: ")
_WORDS = re.compile(r"([A-Za-z][A-Za-z0-9_-]{0,99}): +([A-Za-z0-9](?:[A-Za-z0-9 /_.-]|::(?=[A-Za-z0-9]))*)(?<! ) *")
_KNOWN = ("deck", "tags", "tag", "kind", "headings", "dialect", "notetype", "origin")
_LONGEST = 400  # lines; a rule in line 1 and another far below are no front matter


@dataclass(frozen=True, slots=True)
class FrontMatter:
    """The settings after the front matter, and its last line (from 1; 0 when there is none).

    ``values`` is all that it says, by names in lower case: other programs keep their settings there, too.
    """

    settings: Settings
    end_line: int = 0
    diagnostics: tuple[Diagnostic, ...] = ()
    values: Mapping[str, Any] = field(default_factory=dict)


@lru_cache(maxsize=4)  # for all that look at the same file
def read_front_matter(source: Source, settings: Settings) -> FrontMatter:
    """What the front matter of ``source`` says, over the defaults in ``settings``."""
    fence = source.line(1).rstrip()
    last = min(source.line_count, _LONGEST)
    if fence not in ("---", "+++"):
        return FrontMatter(settings)
    first = next((source.line(n) for n in range(2, last + 1) if not source.line(n).startswith("#")), "")
    if not _KEY.match(first):
        return FrontMatter(settings)
    ends = ("---", "...") if fence == "---" else ("+++",)
    end = next((number for number in range(2, last + 1) if source.line(number).rstrip() in ends), 0)
    if any(_is_note(source, number) for number in range(3, end)):  # a rule of the note, far below
        end = 0
    if not end:
        below = range(2, source.line_count + 2)
        end = next(n for n in below if not _SETTING.match(source.line(n)) and not source.line(n).startswith("- ")) - 1
        fault = Diagnostic.at(
            source,
            Rule.UNCLOSED_FRONT_MATTER,
            0,
            "the front matter that begins here has no end",
            f"put a line {fence} after the last of its settings",
            len(fence),
        )
        values, _ = _load("\n".join(source.lines(2, end)), fence)
        front = _apply(source, settings, values or {}, end + 1)
        return replace(front, end_line=end, diagnostics=(fault, *front.diagnostics))
    values, fault_line = _load("\n".join(source.lines(2, end - 1)), fence)
    if values is None:
        fault = Diagnostic.at(
            source,
            Rule.INVALID_FRONT_MATTER,
            source.offset(min(fault_line + 2, end)),
            "the front matter cannot be read from here on",
            "write one `name: value` a line, and put quotes around a value that holds a colon or a bracket",
            source.offset(min(fault_line + 2, end)) + len(source.line(min(fault_line + 2, end))),
        )
        return FrontMatter(settings, end, (fault,))
    return _apply(source, settings, values, end)


def _is_note(source: Source, number: int) -> bool:
    """Whether what looks like a setting or a comment can only be a record or a heading: it follows a blank line."""
    if source.line(number - 1).strip():
        return False
    line, is_title = source.line(number), not source.line(number + 1).strip()
    return _NOTE.match(line) is not None or (line.startswith("# ") and is_title)


@lru_cache(maxsize=64)  # for the files of a project, which say much the same
def _load(text: str, fence: str) -> tuple[dict[str, Any] | None, int]:
    """The mapping that ``text`` holds, or None and the line (from 0) where it is broken."""
    if fence == "---" and (plain := _plain(text)):
        return plain, 0
    import tomllib  # here, for to read most front matter takes neither

    import yaml

    line = 0
    if fence == "---":
        import yaml  # here, for a build without a change reads nothing

        try:
            # BaseLoader makes strings, lists and mappings only: nothing runs, and `deck: 2024` is a name.
            values = yaml.load(text, Loader=yaml.BaseLoader)  # noqa: S506
        except yaml.MarkedYAMLError as error:
            line = error.problem_mark.line if error.problem_mark else 0
        except (yaml.YAMLError, RecursionError, ValueError):
            pass
        else:
            if isinstance(values, dict):
                return {str(key).casefold(): value for key, value in values.items()}, 0
            if values is None or values == "":
                return {}, 0
    try:
        return {key.casefold(): value for key, value in tomllib.loads(text).items()}, 0
    except tomllib.TOMLDecodeError as error:
        found = re.search(r"at line (\d+)", str(error))
        return None, line if fence == "---" or not found else int(found[1]) - 1
    except RecursionError:
        return None, line


def _plain(text: str) -> dict[str, Any]:
    """What ``text`` says if each of its lines gives a name some words, as most do; else nothing.

    To read that takes no YAML, which costs as much as reading some hundred records.
    """
    lines = [_WORDS.fullmatch(line) for line in text.split("\n")]
    return {found[1].casefold(): found[2] for found in lines if found} if all(lines) else {}


def _apply(source: Source, settings: Settings, values: dict[str, Any], end: int) -> FrontMatter:
    faults: list[Diagnostic] = []

    def take(name: str, field: str, convert: Callable[[Any], Any], allowed: str) -> None:
        nonlocal settings
        if name not in values:
            return
        try:
            settings = replace(settings, **{field: convert(values[name])})
        except ValueError:
            line = _line_of(source, name, end)
            faults.append(
                Diagnostic.at(
                    source,
                    Rule.INVALID_VALUE,
                    source.offset(line),
                    f"{name} cannot be {_shown(values[name])}",
                    f"use {allowed}",
                    source.offset(line) + len(source.line(line)),
                )
            )

    take("deck", "deck", lambda value: below(settings.above, _deck(value)), "a name such as Biology::Cells")
    take("tags", "tags", lambda value: (*settings.tags, *_tags(value)), "a list such as [biology, exam]")
    take("tag", "tags", lambda value: (*settings.tags, *_tags(value)), "a list such as [biology, exam]")
    take("kind", "kind", _kind, "basic, reversed or typed")
    take("clozes", "clozes", _clozes, f"a list of {' and '.join(ClozeMark)}, or an empty one")
    take("headings", "headings", Headings, "tags, deck or none")
    take("dialect", "reader", _text, "the name of a reader, as `ankigen check --help` lists them")
    take("notetype", "note_type", _text, "the name of a folder in templates/")
    take("theme", "theme", _text, "the name of a theme, as `ankigen templates` lists them")
    take("origin", "origin", _name, "the name of the file that these notes were made of")
    faults += _misspelt(source, values, end)
    faults += _cleaned(source, values, end)
    tags = tuple(dict.fromkeys(settings.tags))
    return FrontMatter(settings if tags == settings.tags else replace(settings, tags=tags), end, tuple(faults), values)


def _misspelt(source: Source, values: Iterable[str], end: int) -> Iterator[Diagnostic]:
    """The settings that differ from a known one by a slip; all others belong to other programs."""
    for name in values:
        if name in _KNOWN:
            continue
        near = [known for known in get_close_matches(name, _KNOWN, 1, 0.75) if abs(len(known) - len(name)) <= 1]
        if near:
            start = source.offset(_line_of(source, name, end))
            message = f"ankigen knows no setting {name}"
            yield Diagnostic.at(
                source, Rule.UNKNOWN_SETTING, start, message, f"did you mean {near[0]}?", start + len(name)
            )


def _cleaned(source: Source, values: dict[str, Any], end: int) -> Iterator[Diagnostic]:
    """The names of decks and tags that Anki would not take as they are."""
    for key in ("deck", "tags", "tag"):
        names = values.get(key, ())
        for name in [names] if isinstance(names, str) else names if isinstance(names, list) else []:
            clean = "" if not isinstance(name, str) else clean_deck(name) if key == "deck" else " ".join(_tags(name))
            if isinstance(name, str) and (change := change_of(name, clean)):
                line = _line_of(source, key, end)
                start, stop = source.offset(line), source.offset(line) + len(source.line(line))
                yield Diagnostic.at(source, Rule.CLEANED_NAME, start, change, CHANGE_HINT, stop)


def _deck(value: Any) -> str:
    name = clean_deck(_text(value))
    if not name:
        raise ValueError
    return name


def _kind(value: Any) -> Kind:
    kind = Kind(value)
    if kind is Kind.CLOZE:  # a cloze is marked in the text, never by default
        raise ValueError
    return kind


def _clozes(value: Any) -> tuple[ClozeMark, ...]:
    names = re.split(r"[\s,]+", value) if isinstance(value, str) else value
    if not isinstance(names, list):
        raise ValueError
    return tuple(ClozeMark(name) for name in names if name)


def _text(value: Any) -> str:
    if not isinstance(value, str):
        raise ValueError
    return value.strip()


def _name(value: Any) -> str:
    """A label for people, on one line; no file of this name is ever looked for."""
    name = " ".join(_text(value).split())
    if not name:
        raise ValueError
    return name


def _tags(value: Any) -> list[str]:
    names = re.split(r"[\s,]+", value) if isinstance(value, str) else value
    if not isinstance(names, list) or not all(isinstance(name, str) for name in names):
        raise ValueError
    return [tag for tag in map(clean_tag, names) if tag]


def _line_of(source: Source, name: str, end: int) -> int:
    pattern = re.compile(rf"[\"']?{re.escape(name)}[\"']?\s*[:=]", re.IGNORECASE)
    return next((number for number in range(2, end) if pattern.match(source.line(number))), 2)


def _shown(value: Any) -> str:
    if isinstance(value, list) and value and all(isinstance(each, str) for each in value):
        return ", ".join(value)
    return value if isinstance(value, str) and value else "a list or a mapping" if value else "empty"
