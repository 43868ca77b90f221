"""What each sign is worth: how much it speaks for a record that begins on its line (against it, when negative).

Fitted once, as a conditional model over whole sets, on 92 public study sets with 7,660 cards, and rounded; the worth of
counted terms and of items that come back is set by hand, for those sets hold too few of them.
"""

__all__ = ["BEGINNING", "COUNT_MET", "COUNT_SHORT", "LENGTHS", "LONGER", "RECORD"]

BEGINNING = {
    "question-asking": 3.2,
    "echo-series": 3.0,
    "echo-series-near": 2.5,
    "counted": 2.0,
    "asks-asking": 1.7,
    "upper-beside-previous": 1.6,
    "echo": 1.4,
    "previous-item": 0.9,
    "previous-period": 0.9,
    "shorter-than-previous": 0.8,
    "upper": 0.6,
    "next-size-1": 0.6,
    "previous-size-25": 0.5,
    "size-3": 0.5,
    "size-1": 0.4,
    "shorter-than-next": 0.4,
    "lower-beside-next": 0.4,
    "asks-telling": 0.4,
    "previous-size-more": 0.3,
    "previous-size-12": 0.3,
    "shares-next": 0.2,
    "lower": 0.2,
    "echo-near": 0.2,
    "comes-back-near": 0.2,
    "upper-beside-next": 0.2,
    "next-size-25": 0.1,
    "next-item": 0.1,
    "article": -0.1,
    "previous-size-3": -0.1,
    "longer-than-next": -0.1,
    "lower-beside-previous": -0.1,
    "next-size-12": -0.2,
    "previous-size-1": -0.2,
    "size-6": -0.2,
    "period": -0.2,
    "next-size-more": -0.2,
    "longer-than-previous": -0.3,
    "size-25": -0.3,
    "next-size-6": -0.4,
    "next-size-3": -0.4,
    "question-telling": -0.5,
    "size-12": -0.6,
    "size-more": -0.6,
    "copied": -0.7,
    "digit": -0.7,
    "statement-telling": -0.8,
    "statement-asking": -0.8,
    "carries-on": -1.1,
    "symbol": -1.1,
    "comma": -1.2,
    "comes-back": -1.2,
    "item": -1.5,
    "shares-previous": -1.5,
    "previous-cut": -1.8,
    "previous-question": -1.8,
    "colon": -2.2,
}
"""By the names of :mod:`ankigen.readers.studyset.features`."""

LENGTHS = (0.1, -0.4, -0.2, 0.1, 0.2, -0.9)
"""A definition of one line, of two, and so on; the last is for all that are longer."""

LONGER = 0.3
"""Each line past the last of LENGTHS."""

COUNT_MET = 4.0
"""A counted term with just as many lines below it, in place of their length."""

COUNT_SHORT = 1.5
"""A counted term with one line more: the first introduces the others."""

RECORD = 0.5
"""Any record, where the number of cards is not known."""
