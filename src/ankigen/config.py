"""The settings of a project: ``ankigen.toml`` into a frozen value, or into a fault that says what to write."""

import tomllib
from dataclasses import dataclass, field, fields
from difflib import get_close_matches
from pathlib import Path
from typing import Any

from ankigen.diagnostics import Nature, Rule, Severity
from ankigen.policy import Policy, closest, refusal
from ankigen.readers.names import clean_deck, clean_tag
from ankigen.readers.settings import ClozeMark, Headings
from ankigen.records import Kind

__all__ = ["Config", "ProjectFault", "read_config"]

_LIMITS = {"longest-answer": "longest_answer", "longest-list": "longest_list"}
_CHOICES: dict[str, tuple[str, ...]] = {
    "kind": (Kind.BASIC, Kind.REVERSED, Kind.TYPED),  # a cloze is marked in the text, never by default
    "headings": tuple(Headings),
    "retire": ("keep", "tag"),
}


class ProjectFault(Exception):
    """A project cannot be used as it is set up or named. The message says why, ``hint`` what to do."""

    def __init__(self, path: str, message: str, hint: str) -> None:
        super().__init__(f"{path}: {message}")
        self.hint = hint


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
    retire: str = "keep"  # what becomes of a note without a record: "keep" it in Anki as it is, or "tag" it there
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
    known = [field.name for field in fields(Config)]
    for name in values:
        if name not in known:
            close = get_close_matches(name, known, 1)
            hint = f"did you mean {close[0]}?" if close else f"known are {', '.join(known)}"
            raise ProjectFault(shown, f"there is no setting {name}", hint)
    return Config(**{name: _value(shown, name, value) for name, value in values.items()})


def _value(shown: str, name: str, value: Any) -> Any:
    """The value of a setting in its type."""
    if name == "rules":
        return _rules(shown, value)
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
    if not isinstance(value, str):
        raise ProjectFault(shown, f"{name} is no text", f'write {name} = "..."')
    if name in _CHOICES:
        if value not in _CHOICES[name]:
            raise ProjectFault(shown, f"{name} cannot be {value}", f"use {', '.join(_CHOICES[name])}")
        return type(_CHOICES[name][0])(value)
    return clean_deck(value) if name == "deck" else value


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
