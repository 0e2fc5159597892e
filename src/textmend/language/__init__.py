"""What is known of clean text: tokens, words and how frequent they are, spelling, languages.

Start reading at :class:`.lexicon.Lexicon`.
"""
