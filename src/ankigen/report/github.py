"""Diagnostics as workflow commands, which GitHub shows at their lines in a pull request.

https://docs.github.com/en/actions/reference/workflow-commands-for-github-actions; what has to be escaped is said by the
runner's own code, https://github.com/actions/toolkit/blob/main/packages/core/src/command.ts.
"""

from ankigen.diagnostics import Diagnostic, Severity
from ankigen.report.human import printable

__all__ = ["annotation"]

_COMMANDS = {Severity.ERROR: "error", Severity.WARNING: "warning", Severity.INFO: "notice"}


def annotation(diagnostic: Diagnostic) -> str:
    """One diagnostic as a line; its hint stands below the message."""
    where = {"file": diagnostic.path}
    if diagnostic.line:
        end = diagnostic.column + diagnostic.length
        where |= {"line": f"{diagnostic.line}", "col": f"{diagnostic.column}", "endColumn": f"{end}"}
    where["title"] = diagnostic.rule.value
    properties = ",".join(f"{name}={_property(value)}" for name, value in where.items())
    text = _data(f"{diagnostic.message}\nhint: {diagnostic.hint}")
    return f"::{_COMMANDS[diagnostic.severity]} {properties}::{text}"


def _data(text: str) -> str:
    lines = text.replace("%", "%25").split("\n")
    return "%0A".join(printable(line) for line in lines)


def _property(text: str) -> str:
    return _data(text).replace(":", "%3A").replace(",", "%2C")
