"""Accuracy, speed and peers, measured the same way every time.

``python -m benchmarks --help`` lists the commands. One way through the modules, in the order in
which data flows: documents → channels (damage) → systems (mend) → align (who is to blame) →
metrics (counts and rates) → accuracy (all of it, side by side) → tables, plots, results. The
gate holds the figures where they are; alarms asks what becomes of clean text. Start reading at
:func:`benchmarks.accuracy.measure`.
"""
