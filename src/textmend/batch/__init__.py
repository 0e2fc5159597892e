"""Mending many files: formats of files, and what is read from and written to them."""
