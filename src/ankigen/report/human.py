"""Diagnostics for people: where, what, the line itself, and what to do."""

import unicodedata
from collections import Counter
from collections.abc import Callable, Sequence

from ankigen.diagnostics import Diagnostic, Severity

__all__ = ["human", "summary"]

# https://trojansource.codes: overrides, embeddings and isolates make a line look other than it is.
_TURNS = ("LRE", "RLE", "LRO", "RLO", "PDF", "LRI", "RLI", "FSI", "PDI")
_WIDTH = 100  # columns of a source line that are shown
_COLOURS = {Severity.ERROR: "red", Severity.WARNING: "yellow", Severity.INFO: "blue"}


def human(diagnostic: Diagnostic, style: Callable[..., str]) -> str:
    """One diagnostic with its source line; ``style(text, fg=..., bold=...)`` colours a part, or leaves it."""
    label = style(f"{diagnostic.severity}[{diagnostic.rule.value}]", fg=_COLOURS[diagnostic.severity], bold=True)
    margin = " " * len(str(diagnostic.line or ""))
    lines = [f"{style(printable(diagnostic.place), bold=True)}: {label}: {printable(diagnostic.message)}"]
    if diagnostic.source_line:
        text, indent, length = _excerpt(diagnostic)
        marks = style("^" * length, fg=_COLOURS[diagnostic.severity], bold=True)
        lines += [
            f"{margin} {style('|', fg='blue')}",
            f"{diagnostic.line} {style('|', fg='blue')} {text}".rstrip(),
            f"{margin} {style('|', fg='blue')} {' ' * indent}{marks}",
        ]
    hint, *more = (printable(line) for line in diagnostic.hint.split("\n"))
    lines.append(f"{margin} {style('=', fg='blue')} hint: {hint}")
    lines += [f"{margin}     {line}" for line in more]
    return "\n".join(lines)


def summary(diagnostics: Sequence[Diagnostic]) -> str:
    """How many problems there are of each severity, in one line; empty when there is none."""
    counts = Counter(diagnostic.severity for diagnostic in diagnostics)
    return ", ".join(
        f"{counts[severity]} {severity}{'s' if counts[severity] != 1 and severity is not Severity.INFO else ''}"
        for severity in Severity
        if counts[severity]
    )


def printable(text: str) -> str:
    """``text`` without characters that steer a terminal or turn the order of others, each shown as U+FFFD."""
    return "".join("\ufffd" if _steers(character) else character for character in text.replace("\t", "    "))


def _steers(character: str) -> bool:
    return unicodedata.category(character) in ("Cc", "Cs") or unicodedata.bidirectional(character) in _TURNS


def _excerpt(diagnostic: Diagnostic) -> tuple[str, int, int]:
    """The part of the source line to show, and the columns at which the mark begins and for how many it runs."""
    line = diagnostic.source_line
    at = diagnostic.column - 1 - diagnostic.window
    start = max(0, at - _WIDTH // 2) if len(line) > _WIDTH else 0
    shown = line[start : start + _WIDTH]
    before = printable(shown[: at - start])
    marked = printable(shown[at - start : at - start + diagnostic.length])
    lead = "… " if start or diagnostic.window else ""
    tail = " …" if start + _WIDTH < len(line) else ""
    return f"{lead}{printable(shown)}{tail}", _columns(lead + before), max(1, _columns(marked))


def _columns(text: str) -> int:
    """How many columns of a terminal ``text`` takes: wide characters two, combining and invisible ones none."""
    from wcwidth import wcswidth  # whose tables only a faulty line needs

    return max(0, wcswidth(text))
