"""The one exception that users of textmend need to catch.

Its message names the thing at fault, the place, and the remedy.
"""


class TextmendError(ValueError):
    """An input that textmend cannot work with: what, where, and what to do about it."""
