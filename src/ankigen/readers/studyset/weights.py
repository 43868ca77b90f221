"""What each thing seen on a line is worth: the one place that says so.

Above zero speaks for a record beginning on the line, below zero against it (log-odds, to one decimal). Most
were fitted to a development corpus of other people's sets; the rest are set by hand, and marked so.
"""

__all__ = ["BEGIN", "HABIT", "LENGTHS", "LINE", "LIST_AFTER_ONE", "LIST_MET", "LONGER", "WORD_LIST"]

BEGIN = 0.6  # by hand: a boundary too many costs less than one missed

LINE = {
    # on the line itself
    "size-1": 0.6,
    "size-3": 0.5,
    "size-6": -0.4,
    "size-12": -0.6,
    "size-25": -0.3,
    "size-more": -0.6,
    "question-asking": 3.2,
    "question-telling": -0.4,
    "statement-asking": -0.5,
    "statement-telling": -0.7,
    "asks-asking": 2.1,
    "asks-telling": 0.7,
    "counted": 2.0,  # by hand; most begin with a digit, which speaks against them
    "lower": -0.1,
    "upper": 0.3,
    "digit": -0.8,
    "symbol": -1.6,
    "bullet": -9.0,  # by hand
    "numbered": -6.0,  # by hand
    "carries-on": -1.0,
    "article": -0.3,
    "period": -0.3,
    "colon": -2.2,
    "comma": -1.3,
    "inner-colon": -0.5,
    "short-run": -0.8,
    # on the line before it
    "previous-size-1": -0.3,
    "previous-size-3": -0.1,
    "previous-size-6": -0.1,
    "previous-size-12": 0.3,
    "previous-size-25": 0.5,
    "previous-size-more": 0.3,
    "previous-question": -1.5,
    "previous-statement": 0.4,
    "previous-colon": -2.1,
    "previous-cut": -0.9,
    "previous-period": 0.9,
    "after-blank": 4.0,  # by hand
    "after-no-blank": -1.0,  # by hand
    "after-items": 1.0,
    "shares-previous": -1.6,
    "shorter-than-previous": 0.8,
    "longer-than-previous": -0.3,
    "case-rise": 1.8,
    # on the line after it
    "next-size-1": 0.7,
    "next-size-3": -0.4,
    "next-size-6": -0.4,
    "next-size-12": -0.2,
    "next-size-25": 0.1,
    "next-size-more": -0.2,
    "next-question": 0.2,
    "before-items": 0.2,
    "shares-next": 0.2,
    "shorter-than-next": 0.5,
    "longer-than-next": -0.1,
    "case-drop-next": 0.2,
    # on an earlier or a later line that says the same
    "echo-series": 4.0,  # by hand
    "echo-series-near": 3.5,  # by hand
    "echo": -0.2,
    "echo-near": 0.4,
    "comes-back": -1.4,
    "comes-back-near": 0.1,
    "copied": -0.8,
    "refrain": -1.4,
    "repeats-previous": -0.7,
}

HABIT = 0.5  # of what the set at hand does, beside what sets do in general

LENGTHS = (0.1, -0.5, -0.2, 0.1, 0.2, -0.8)  # a definition of one line, of two, ...
LONGER = 0.4  # each line more
WORD_LIST = 2.0  # by hand: one line more, where most lines are a few words

LIST_MET = 5.0  # by hand: as many lines follow as the term announces
LIST_AFTER_ONE = 1.5  # by hand: the same after an introducing line
