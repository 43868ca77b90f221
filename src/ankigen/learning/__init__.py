"""Cards that will be hard to learn, as memory research and experienced users warn of them. Documents in and out.

Nothing here keeps a card from being made; the rules are said when a project or ``ankigen check --learning`` asks. They
would rather miss a bad card than blame a good one. The page of each rule names the work that it rests on.
"""

from collections.abc import Iterable, Iterator
from dataclasses import replace

from ankigen.diagnostics import Diagnostic
from ankigen.learning.answers import answer_faults
from ankigen.learning.clozes import cloze_faults
from ankigen.learning.fronts import repeated_fronts
from ankigen.learning.questions import question_faults
from ankigen.policy import Policy
from ankigen.records import Document, Kind, Record

__all__ = ["check_learning"]


def check_learning(documents: Iterable[Document], policy: Policy) -> Iterator[Document]:
    """The documents of a project, each with what makes its cards hard to learn."""
    fronts: dict[str, Record] = {}
    for document in documents:
        faults: list[Diagnostic] = []
        for record in document.records:
            faults += repeated_fronts(document.source, record, fronts)
            if record.kind is Kind.CLOZE:
                faults += cloze_faults(document.source, record)
            else:
                faults += answer_faults(document.source, record, policy)
                faults += question_faults(document.source, record)
        yield replace(document, diagnostics=(*document.diagnostics, *faults))
