"""The forward model: how a clean text becomes a damaged one, and nothing else.

Start reading at :class:`.channel.Channel`; :mod:`.drops` and :mod:`.families` are its rules.
"""
