"""From clean text to a context model file; the only part of textmend that needs PyTorch.

``corpus`` turns text files into arrays of ids. ``sampling`` damages them with random channels.
``model`` is the network and its loss, ``loop`` teaches it. ``evaluation`` measures a model file on
held-out text, and ``export`` writes one. ``python -m textmend.training --help`` runs each of them;
start reading at ``__main__``.
"""
