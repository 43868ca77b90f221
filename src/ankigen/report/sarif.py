"""Diagnostics as SARIF 2.1.0, the standard for the results of static analysis.

https://docs.oasis-open.org/sarif/sarif/v2.1.0/sarif-v2.1.0.html
"""

from collections import Counter
from collections.abc import Iterable
from hashlib import blake2b
from importlib.metadata import version
from pathlib import PurePath
from typing import Any
from urllib.parse import quote

from ankigen.catalogue import page, summary
from ankigen.diagnostics import Diagnostic, Nature, Rule, Severity
from ankigen.policy import Policy

__all__ = ["sarif"]

_LEVELS = {Severity.ERROR: "error", Severity.WARNING: "warning", Severity.INFO: "note", Severity.OFF: "none"}
_ON_REQUEST = (Nature.LEARNING, Nature.UNREAD)


def sarif(diagnostics: Iterable[Diagnostic], silenced: Iterable[Diagnostic], policy: Policy) -> dict[str, Any]:
    """A log of one run: what is said, then what is ``silenced``, as suppressed results.

    Columns count code points of the text as it is read: composed, without invisible characters.
    """
    said, unsaid = list(diagnostics), list(silenced)
    rules = sorted({fault.rule for fault in (*said, *unsaid)}, key=lambda rule: rule.value)
    index = {rule: at for at, rule in enumerate(rules)}
    seen: Counter[tuple[str, str]] = Counter()
    results = [_result(fault, index, seen) for fault in said]
    for fault in unsaid:
        by_settings = policy.severity(fault.rule) is Severity.OFF
        suppression = {"kind": "external" if by_settings else "inSource", "status": "accepted"}
        results.append(_result(fault, index, seen) | {"suppressions": [suppression]})
    driver = {"name": "ankigen", "version": version("ankigen"), "rules": [_rule(rule) for rule in rules]}
    run = {"tool": {"driver": driver}, "columnKind": "unicodeCodePoints", "results": results}
    return {
        "$schema": "https://json.schemastore.org/sarif-2.1.0.json",
        "version": "2.1.0",
        "runs": [run],
    }


def _rule(rule: Rule) -> dict[str, Any]:
    text = page(rule)
    configuration = {"level": _LEVELS[rule.severity], "enabled": rule.nature not in _ON_REQUEST}
    return {
        "id": rule.value,
        "name": rule.value.title().replace("-", ""),
        "shortDescription": {"text": summary(rule)},
        "fullDescription": {"text": " ".join(text.split("\n\n", 1)[0].split())},
        "help": {"text": text, "markdown": text},
        "defaultConfiguration": configuration,
    }


def _result(fault: Diagnostic, index: dict[Rule, int], seen: Counter[tuple[str, str]]) -> dict[str, Any]:
    place: dict[str, Any] = {"artifactLocation": {"uri": _uri(fault.path)}}
    if fault.line:
        place["region"] = {
            "startLine": fault.line,
            "startColumn": fault.column,
            "endColumn": fault.column + fault.length,
        }
    return {
        "ruleId": fault.rule.value,
        "ruleIndex": index[fault.rule],
        "level": _LEVELS[fault.severity],
        "message": {"text": f"{fault.message}.\nHint: {fault.hint}"},
        "locations": [{"physicalLocation": place}],
        "partialFingerprints": {"primaryLocationLineHash": _fingerprint(fault, seen)},
    }


def _uri(path: str) -> str:
    return PurePath(path).as_uri() if PurePath(path).is_absolute() else quote(path)


def _fingerprint(fault: Diagnostic, seen: Counter[tuple[str, str]]) -> str:
    """The same as long as the line is, wherever it moves: a hash of it, and which of several the same it is.

    The name and the form are those that GitHub goes by; it adds the file and the rule itself. The message is no part
    of it, for it may name other lines.
    """
    text = f"{fault.rule.value}\x1f{' '.join(fault.source_line.split())}"
    seen[fault.path, text] += 1
    return f"{blake2b(text.encode('utf-8', 'replace'), digest_size=8).hexdigest()}:{seen[fault.path, text]}"
