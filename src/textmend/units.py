"""The units of chosen numbers: names for readers, which type checkers take for what they stand for.

Every room has its numbers in a module ``priors``; each is of one of these units.
"""

from __future__ import annotations

#: A natural logarithm of a probability, or of a ratio of two: log-odds, prices, penalties.
Nats = float
#: A probability or a frequency: from 0 to 1.
Share = float
#: A factor, a ratio or a rate, of any size.
Times = float
#: How many of something.
Count = int
