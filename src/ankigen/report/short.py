"""Diagnostics a line each, as editors and grep read them."""

from ankigen.diagnostics import Diagnostic
from ankigen.report.human import printable

__all__ = ["short"]


def short(diagnostic: Diagnostic) -> str:
    """``path:line:col: severity[rule] message``; about a whole file, without line and column."""
    text = f"{diagnostic.place}: {diagnostic.severity}[{diagnostic.rule.value}] {diagnostic.message}"
    return printable(text.replace("\n", " "))
