"""Matching: which note of the last build is each record of this one, when its author has edited, moved or renamed it.

    match(known, candidates) -> Matching(pairs, doubts)

Pure: no files, no clock, the same answer for the same notes in any order. Certain pairs come first (a key, the same
text in place, the same text elsewhere); all that is left is judged together:

- `unchanged` the notes that are as they were, paired without looking further;
- `text` what two texts share, and what the lock file remembers of a definition;
- `places` where notes stand: renamed files, and the gaps between the notes already known;
- `evidence` what speaks for and against two notes being one, as a score;
- `search` the few pairs worth that judgement, found by their rare words;
- `assignment` the best choice among them;
- `matcher` all of it in order.
"""

from ankigen.matching.matcher import match
from ankigen.matching.text import fingerprint, squeeze
from ankigen.matching.values import Candidate, Doubt, Known, Matching

__all__ = ["Candidate", "Doubt", "Known", "Matching", "fingerprint", "match", "squeeze"]
