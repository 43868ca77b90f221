"""ankigen turns notes into Anki decks.

    import ankigen

    document = ankigen.read("notes.md")
    records = [ankigen.replace(record, tags=(*record.tags, "exam")) for record in document.records]
    ankigen.write_package("notes.apkg", [document.with_records(records)])

Everything that is public stands in ``__all__``; it is loaded when it is first used.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from dataclasses import replace as replace

    from ankigen.config import ProjectFault as ProjectFault
    from ankigen.diagnostics import Diagnostic as Diagnostic
    from ankigen.diagnostics import Rule as Rule
    from ankigen.diagnostics import Severity as Severity
    from ankigen.library import BuildError as BuildError
    from ankigen.library import markdown as markdown
    from ankigen.library import read as read
    from ankigen.library import read_text as read_text
    from ankigen.library import write_package as write_package
    from ankigen.records import Document as Document
    from ankigen.records import Kind as Kind
    from ankigen.records import Record as Record
    from ankigen.records import RichText as RichText
    from ankigen.themes import TemplateFault as TemplateFault

_HOMES = {
    "BuildError": "ankigen.library",
    "Diagnostic": "ankigen.diagnostics",
    "Document": "ankigen.records",
    "Kind": "ankigen.records",
    "ProjectFault": "ankigen.config",
    "Record": "ankigen.records",
    "RichText": "ankigen.records",
    "Rule": "ankigen.diagnostics",
    "Severity": "ankigen.diagnostics",
    "TemplateFault": "ankigen.themes",
    "markdown": "ankigen.library",
    "read": "ankigen.library",
    "read_text": "ankigen.library",
    "replace": "dataclasses",
    "write_package": "ankigen.library",
}

__all__ = [  # noqa: PLE0604 - the one list of public names, which the type checker reads above
    *sorted(_HOMES)
]


def __getattr__(name: str) -> Any:
    # Loading every stage costs a tenth of a second, which `ankigen --help` need not pay.
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(_HOMES[name]), name)


def __dir__() -> list[str]:
    return sorted({*globals(), *_HOMES})
