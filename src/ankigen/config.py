"""The settings of a project: ``ankigen.toml`` into a frozen value, or into a fault that says what to write."""

import tomllib
from collections.abc import Callable
from dataclasses import field, fields
from difflib import get_close_matches
from pathlib import Path
from typing import Any

from ankigen.diagnostics import Nature, Rule, Severity
from ankigen.frozen import dataclass
from ankigen.policy import Policy, closest, refusal
from ankigen.readers.names import clean_deck, clean_tag
from ankigen.readers.registry import reader_names
from ankigen.readers.settings import ClozeMark, Headings
from ankigen.records import Kind

__all__ = ["Config", "DelimitedSettings", "MediaSettings", "ProjectFault", "read_config"]

_LIMITS = {"longest-answer": "longest_answer", "longest-list": "longest_list"}
_CHOICES: dict[str, tuple[str, ...]] = {
    "kind": (Kind.BASIC, Kind.REVERSED, Kind.TYPED),  # a cloze is marked in the text, never by default
    "headings": tuple(Headings),
    "retire": ("keep", "tag"),
}
_NUMBERS: dict[str, type[float] | type[int]] = {"media.largest": float, "media.shrink": int}
_MOST = 100_000


class ProjectFault(Exception):
    """A project cannot be used as it is set up or named. The message says why, ``hint`` what to do."""

    def __init__(self, path: str, message: str, hint: str) -> None:
        super().__init__(f"{path}: {message}")
        self.hint = hint


@dataclass(frozen=True, slots=True)
class MediaSettings:
    """The table ``[media]``: where files are looked for as well, and how large they may be."""

    folder: str = ""
    largest: float = 100  # MB; Anki itself does not synchronise a larger file
    shrink: int = 0  # pixels of the longer side of a picture; 0 leaves pictures as they are


@dataclass(frozen=True, slots=True)
class DelimitedSettings:
    """The table ``[delimited]``: what parts the fields and the rows of delimited text; empty where the text tells."""

    separator: str = ""
    row_separator: str = ""


@dataclass(frozen=True, slots=True)
class Config:
    """What ``ankigen.toml`` may hold, with the defaults of a project that has none."""

    name: str = ""  # keeps the notes of two projects apart in Anki
    content: str = "content"
    output: str = "build"
    deck: str = ""  # the deck above all of this project's decks
    tags: tuple[str, ...] = ()
    kind: Kind = Kind.BASIC
    headings: Headings = Headings.TAGS
    clozes: tuple[ClozeMark, ...] = ()
    notetype: str = ""
    unsafe_html: bool = False  # raw HTML in notes is let through as it is; only for notes that are all your own
    dialect: str = ""  # how files are read of which nothing else says it; empty to find out
    encoding: str = ""  # of files that are no UTF-8
    theme: str = ""  # the look of the cards; empty for the usual one
    retire: str = "keep"  # what becomes of a note without a record: "keep" it in Anki as it is, or "tag" it there
    dialects: tuple[tuple[str, str], ...] = ()  # patterns of paths below content, and the dialect; the last counts
    delimited: DelimitedSettings = DelimitedSettings()
    media: MediaSettings = MediaSettings()
    rules: Policy = field(default_factory=Policy)


def read_config(path: Path) -> Config:
    """The settings in the file ``path``; the defaults when there is none. Raises `ProjectFault`."""
    if not path.exists():
        return Config()
    shown = path.as_posix()
    if not path.is_file():
        raise ProjectFault(shown, "this is no regular file", "write the settings into a file of this name")
    try:
        values = tomllib.loads(path.read_text("utf-8-sig"))
    except OSError as error:
        raise ProjectFault(shown, f"cannot be read: {error.strerror}", "look at its permissions") from None
    except (ValueError, RecursionError) as error:
        raise ProjectFault(
            shown, f"this is no TOML: {error}", "see https://toml.io for how values are written"
        ) from None
    return Config(**_table(shown, Config, values, ""))


def _table(
    shown: str,
    settings: type[Config] | type[DelimitedSettings] | type[MediaSettings],
    values: dict[str, Any],
    above: str,
) -> dict[str, Any]:
    """The values of a table of settings in their types; ``above`` is the name of the table, with a dot."""
    known = [field.name for field in fields(settings)]
    for name in values:
        if name not in known:
            close = get_close_matches(name, known, 1)
            hint = f"did you mean {above}{close[0]}?" if close else f"known are {', '.join(known)}"
            raise ProjectFault(shown, f"there is no setting {above}{name}", hint)
    return {name: _value(shown, f"{above}{name}", value) for name, value in values.items()}


def _value(shown: str, name: str, value: Any) -> Any:
    """The value of a setting in its type."""
    if name in _TABLES:
        return _TABLES[name](shown, value)
    if name in _NUMBERS:
        return _number(shown, name, value)
    if name == "tags":
        if isinstance(value, list) and all(isinstance(tag, str) for tag in value):
            return tuple(filter(None, map(clean_tag, value)))
        raise ProjectFault(shown, "tags is no list of names", 'write tags = ["one", "two"]')
    if name == "clozes":
        known = [mark.value for mark in ClozeMark]
        if isinstance(value, list) and all(mark in known for mark in value):
            return tuple(map(ClozeMark, value))
        hint = f"write clozes = [{', '.join(map(repr, known))}], or some of these".replace("'", '"')
        raise ProjectFault(shown, "clozes is no list of marks", hint)
    if name == "unsafe_html":
        if isinstance(value, bool):
            return value
        raise ProjectFault(shown, "unsafe_html is neither true nor false", "write unsafe_html = true, or leave it out")
    return _text(shown, name, value)


def _text(shown: str, name: str, value: Any) -> Any:
    if not isinstance(value, str):
        raise ProjectFault(shown, f"{name} is no text", f'write {name} = "..."')
    if name in _CHOICES:
        if value not in _CHOICES[name]:
            raise ProjectFault(shown, f"{name} cannot be {value}", f"use {', '.join(_CHOICES[name])}")
        return type(_CHOICES[name][0])(value)
    if name == "encoding" and value and not _is_encoding(value):
        raise ProjectFault(shown, f"there is no encoding {value}", 'write its usual name, as in encoding = "cp1252"')
    if name == "dialect" and value:
        return _dialect(shown, name, value)
    return clean_deck(value) if name == "deck" else value


def _dialect(shown: str, name: str, value: Any) -> str:
    names = reader_names()
    if isinstance(value, str) and value in names:
        return value
    close = get_close_matches(str(value), names, 1)
    hint = f"did you mean {close[0]}?" if close else f"use {', '.join(names)}"
    raise ProjectFault(shown, f"{name}: there is no dialect {value}", hint)


def _dialects(shown: str, value: Any) -> tuple[tuple[str, str], ...]:
    if not isinstance(value, dict):
        raise ProjectFault(
            shown, "dialects is no table", 'write [dialects] and below it, for one, "obsidian/**" = "osr"'
        )
    return tuple((pattern, _dialect(shown, f"dialects, {pattern}", name)) for pattern, name in value.items())


def _is_encoding(name: str) -> bool:
    try:
        return isinstance(b"a".decode(name), str)
    except (LookupError, ValueError):  # unknown, or no encoding of text
        return False


def _media(shown: str, value: Any) -> MediaSettings:
    if not isinstance(value, dict):
        raise ProjectFault(shown, "media is no table", "write [media], and its settings below")
    return MediaSettings(**_table(shown, MediaSettings, value, "media."))


def _delimited(shown: str, value: Any) -> DelimitedSettings:
    if not isinstance(value, dict):
        raise ProjectFault(shown, "delimited is no table", "write [delimited], and its settings below")
    return DelimitedSettings(**_table(shown, DelimitedSettings, value, "delimited."))


def _number(shown: str, name: str, value: Any) -> Any:
    if type(value) in (int, _NUMBERS[name]) and 0 <= value <= _MOST:
        return value
    raise ProjectFault(shown, f"{name} is no number from 0 to {_MOST}", f"write {name.rpartition('.')[2]} = 100")


def _rules(shown: str, value: Any) -> Policy:
    """The table of rules: the severity of each that is named, and what the rules about learning go by."""
    if not isinstance(value, dict):
        raise ProjectFault(shown, "rules is no table", 'write [rules] and below it, for one, duplicate-term = "off"')
    rules = {rule.value: rule for rule in Rule}
    severities: dict[Rule, Severity] = {}
    limits: dict[str, int] = {}
    asked: frozenset[Nature] = frozenset()
    for name, given in value.items():
        if name == "learning":
            if not isinstance(given, bool):
                raise ProjectFault(shown, "learning is neither true nor false", "write learning = true")
            asked = frozenset([Nature.LEARNING]) if given else asked
        elif name in _LIMITS:
            if not isinstance(given, int) or isinstance(given, bool) or given < 1:
                raise ProjectFault(shown, f"{name} is no number of at least 1", f"write {name} = 50")
            limits[_LIMITS[name]] = given
        elif name in rules:
            severities[rules[name]] = _severity(shown, rules[name], given)
        else:
            raise ProjectFault(shown, f"there is no rule {name}", closest(name))
    return Policy(severities, asked, **limits)


def _severity(shown: str, rule: Rule, given: Any) -> Severity:
    allowed = [severity for severity in Severity if severity.rank >= rule.lowest.rank]
    if given in allowed:
        return Severity(given)
    name = rule.value
    if given not in list(Severity):
        raise ProjectFault(shown, f"{name} cannot be {given}", f"use {', '.join(allowed)}")
    if reason := refusal(rule):
        raise ProjectFault(shown, f"{name} stays an error: {reason}", "take it out of [rules]")
    hint = f"use {', '.join(allowed)}; a comment in the note silences one that you have seen"
    raise ProjectFault(shown, f"{name} cannot be off: text is left out, and that is always said", hint)


_TABLES: dict[str, Callable[[str, Any], Any]] = {
    "delimited": _delimited,
    "dialects": _dialects,
    "media": _media,
    "rules": _rules,
}
