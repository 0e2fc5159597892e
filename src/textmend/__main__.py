"""``python -m textmend`` is the ``textmend`` command."""

from textmend.cli import main

main(prog_name="textmend")
