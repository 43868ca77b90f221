"""What of all that was found is said, and how much it costs: by the project's settings, and by comments in the text.

Nothing else decides that. Settling twice gives the same as settling once, so every stage may do it.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import field, replace

from ankigen.diagnostics import Diagnostic, Ignore, Nature, Reach, Rule, Severity
from ankigen.frozen import dataclass
from ankigen.records import Document
from ankigen.source import Source

__all__ = ["Policy", "closest", "refusal", "settle"]

_ABOUT_IGNORES = (Rule.UNUSED_IGNORE, Rule.INVALID_IGNORE)
_NAMES = {rule.value: rule for rule in Rule}


@dataclass(frozen=True, slots=True)
class Policy:
    """What a project wants to hear: the severities that it sets, and the natures of rules that it asks for.

    ``longest_answer`` (words) and ``longest_list`` (items) are the limits of the rules of these natures.
    """

    severities: Mapping[Rule, Severity] = field(default_factory=dict)
    asked: frozenset[Nature] = frozenset()
    longest_answer: int = 50
    longest_list: int = 7

    def severity(self, rule: Rule) -> Severity:
        """What a problem of this kind costs."""
        is_asked = rule.nature not in (Nature.LEARNING, Nature.UNREAD) or rule.nature in self.asked
        return self.severities.get(rule, rule.severity if is_asked else Severity.OFF)

    def asks_for(self, nature: Nature) -> bool:
        """Whether any rule of this nature is to be said."""
        return any(rule.nature is nature and self.severity(rule) is not Severity.OFF for rule in Rule)

    def asking(self, *natures: Nature) -> "Policy":
        """The same, and rules of these natures are said too."""
        return replace(self, asked=self.asked.union(natures))


def closest(name: str) -> str:
    """What to say of a rule that there is not."""
    from difflib import get_close_matches  # slow to import, and needed after a slip

    close = get_close_matches(name, _NAMES, 1)
    return f"did you mean {close[0]}?" if close else "ankigen explain lists all rules"


@dataclass(slots=True)
class _Group:
    """The comments that count for the same lines: the names in them, and the rules that they have silenced."""

    first: int
    last: int
    ignores: list[Ignore] = field(default_factory=list)
    names: set[str] = field(default_factory=set)
    used: set[str] = field(default_factory=set)

    def silences(self, rule: Rule) -> bool:
        """Whether a comment names the rule, and may."""
        if rule.value not in self.names or _refusal(rule.value):
            return False
        self.used.add(rule.value)
        return True


def settle(document: Document, policy: Policy, *, is_checked: bool = False) -> Document:
    """``document`` with what is to be said in its diagnostics, each with its severity, and all else in ``silenced``.

    A comment that silences nothing is named only once all checks have been made (``is_checked``).
    """
    if not document.faults and not document.ignores:
        return document
    groups = _groups(document)
    everywhere = [group for group in groups if not group.first]
    on_line = _by_line(groups)
    said: list[Diagnostic] = []
    silenced: list[Diagnostic] = []

    def add(fault: Diagnostic, *, is_ignored: bool = False) -> None:
        severity = policy.severity(fault.rule)
        if is_ignored or severity is Severity.OFF:
            silenced.append(fault)
        else:
            said.append(replace(fault, severity=severity))

    for fault in document.faults:
        if fault.rule not in _ABOUT_IGNORES:
            here = on_line.get(fault.line, []) if fault.path == document.source.path else []
            ignoring = [group for group in (*here, *everywhere) if group.silences(fault.rule)]
            add(fault, is_ignored=bool(ignoring))
    for group in groups:
        for ignore in group.ignores:
            for fault in _about(document, ignore, group, policy, is_checked):
                add(fault)
    return replace(document, diagnostics=tuple(said), silenced=tuple(silenced))


def _groups(document: Document) -> Iterable[_Group]:
    """The comments by what they count for; lines 0 to 0 are the whole file, and 1 to 0 are none."""
    source = document.source
    ends = {record.line: record.end_line for record in reversed(document.records)}
    groups: dict[tuple[int, int], _Group] = {}
    below: dict[int, tuple[int, int]] = {}  # by the line of a comment, the lines that it counts for
    for ignore in reversed(document.ignores):
        line = source.position(ignore.start)[0]
        lines = {Reach.LINE: (line, line), Reach.FILE: (0, 0), Reach.NOTHING: (1, 0)}.get(ignore.reach)
        if line not in below and source.line(line).lstrip().startswith("<!--"):
            below[line] = _below(source, line, ends, below)
        if lines is None:
            lines = below[line]
        group = groups.setdefault(lines, _Group(*lines))
        group.ignores.append(ignore)
        group.names.update(ignore.names)
    return groups.values()


def _by_line(groups: Iterable[_Group]) -> dict[int, list[_Group]]:
    """The groups that count for each line."""
    on_line: dict[int, list[_Group]] = {}
    for group in groups:
        for number in range(group.first, group.last + 1) if group.first else ():
            on_line.setdefault(number, []).append(group)
    return on_line


def _below(source: Source, line: int, ends: Mapping[int, int], below: Mapping[int, tuple[int, int]]) -> tuple[int, int]:
    """The lines of the record below ``line``, or else those down to the next blank line or comment."""
    first = line + 1
    while first <= source.line_count and not source.line(first).strip():
        first += 1
    if first in below:
        return below[first]
    if first in ends:
        return first, ends[first]
    last = first
    while source.line(last + 1).strip() and last + 1 not in below:
        last += 1
    return first, last


def _about(document: Document, ignore: Ignore, group: _Group, policy: Policy, is_checked: bool) -> Iterator[Diagnostic]:
    """What is wrong with a comment."""

    def fault(rule: Rule, message: str, hint: str) -> Diagnostic:
        return Diagnostic.at(document.source, rule, ignore.start, message, hint, ignore.end)

    if ignore.reach is Reach.NOTHING or not ignore.names:
        message = "this comment silences nothing as it is written"
        hint = "write <!-- ankigen: ignore rule-name --> on a line of its own or at the end of one, or ignore-file"
        yield fault(Rule.INVALID_IGNORE, message, hint)
        return
    for name in dict.fromkeys(ignore.names):
        if name not in _NAMES:
            yield fault(Rule.INVALID_IGNORE, f"there is no rule {name}", closest(name))
        elif reason := _refusal(name):
            yield fault(Rule.INVALID_IGNORE, f"{name} cannot be silenced: {reason}", "mend what it says")
        elif is_checked and name not in group.used and policy.severity(_NAMES[name]) is not Severity.OFF:
            message = f"there is no {name} here to silence"
            yield fault(Rule.UNUSED_IGNORE, message, "delete the comment, or move it to where the fault is")


def refusal(rule: Rule) -> str:
    """Why a problem of this kind cannot be made less of; empty when it can."""
    if rule.stops:
        return "no package can be written"
    return "no sound note can be made of the record" if rule.nature.is_fixed else ""


def _refusal(name: str) -> str:
    rule = _NAMES[name]
    return "it is about these comments" if rule in _ABOUT_IGNORES else refusal(rule)
