"""What a paste is cut into, whichever way: cards, and the lines that make none."""

from collections.abc import Iterable
from dataclasses import field

from ankigen.frozen import dataclass

__all__ = ["Card", "Cut", "Rejected"]


@dataclass(frozen=True, slots=True)
class Card:
    """The lines ``first`` to ``last`` (from 0, inclusive), which hold the lines of a term and of its definition.

    ``confidence`` is the chance of just these lines; ``doubtful`` the line of which it is least sure what it is.
    """

    first: int
    last: int
    term: tuple[str, ...]
    definition: tuple[str, ...]
    confidence: float = 1.0
    doubtful: int = -1


@dataclass(frozen=True, slots=True)
class Rejected:
    """A line that does not fit the others: why, and what to do."""

    line: int
    reason: str
    hint: str


@dataclass(slots=True)
class Cut:
    """The cards of a paste in order, the lines ``between`` them that are the page's, and those that do not fit.

    A rejected line may stand in a card: then its text went on with the definition there.
    """

    cards: list[Card] = field(default_factory=list)
    rejected: list[Rejected] = field(default_factory=list)
    between: list[int] = field(default_factory=list)

    def add(self, first: int, last: int, term: Iterable[str], definition: Iterable[str]) -> None:
        """Add a card."""
        self.cards.append(Card(first, last, tuple(term), tuple(definition)))

    def go_on(self, line: int, text: str) -> None:
        """Take ``text`` in ``line`` for more of the last card's definition."""
        card = self.cards[-1]
        self.cards[-1] = Card(card.first, line, card.term, (*card.definition, text))

    def reject(self, line: int, reason: str, hint: str) -> None:
        """Report a line."""
        self.rejected.append(Rejected(line, reason, hint))
