"""Diagnostics as JUnit XML, which most CI systems show as the results of tests.

A suite for each file and a test case for each diagnostic; of a file without any, a case that has passed. GitLab drops
all but the first of the cases that share a class and a name, and by these two it tells new failures from known ones
(https://docs.gitlab.com/ci/testing/unit_test_reports): so names are unique in a file, and hold no line.
"""

import re
from collections import Counter
from collections.abc import Iterable
from xml.etree import ElementTree as ET

from ankigen.diagnostics import Diagnostic, Severity
from ankigen.report.human import human, printable

__all__ = ["junit"]

_UNFIT = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")  # https://www.w3.org/TR/xml/#charsets


def junit(paths: Iterable[str], diagnostics: Iterable[Diagnostic], fails: Severity) -> str:
    """The report on the files ``paths`` and on all that has a diagnostic.

    A diagnostic of the severity ``fails``, or of one that costs more, is a failure; any other is a case that was
    skipped, the one state beside it that CI systems show with its text.
    """
    by_path: dict[str, list[Diagnostic]] = {path: [] for path in paths}
    for diagnostic in diagnostics:
        by_path.setdefault(diagnostic.path, []).append(diagnostic)
    root = ET.Element("testsuites", name="ankigen")
    for path, found in sorted(by_path.items()):
        failed = sum(diagnostic.severity.rank >= fails.rank for diagnostic in found)
        counts = {"tests": len(found) or 1, "failures": failed, "errors": 0, "skipped": len(found) - failed}
        name = _fit(path)
        suite = ET.SubElement(root, "testsuite", {"name": name} | {key: str(count) for key, count in counts.items()})
        seen: Counter[str] = Counter()
        for diagnostic in found:
            _case(suite, name, diagnostic, fails, seen)
        if not found:
            ET.SubElement(suite, "testcase", classname=name, name="no problem", file=name, time="0")
    ET.indent(root)
    return ET.tostring(root, "unicode", xml_declaration=True)


def _case(suite: ET.Element, path: str, diagnostic: Diagnostic, fails: Severity, seen: Counter[str]) -> None:
    name = _fit(f"{diagnostic.rule.value}: {diagnostic.message}")
    seen[name] += 1
    if seen[name] > 1:
        name += f" ({seen[name]})"
    attributes = {"classname": path, "name": name, "file": path, "time": "0"}
    if diagnostic.line:
        attributes["line"] = str(diagnostic.line)
    case = ET.SubElement(suite, "testcase", attributes)
    state = "failure" if diagnostic.severity.rank >= fails.rank else "skipped"
    found = ET.SubElement(case, state, type=diagnostic.severity.value, message=_fit(diagnostic.message))
    found.text = _UNFIT.sub("\ufffd", human(diagnostic, lambda text, **_: text))


def _fit(text: str) -> str:
    return _UNFIT.sub("\ufffd", printable(text.replace("\n", " ")))
