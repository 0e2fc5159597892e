"""Settings of a project: ``[tool.textmend]`` in pyproject.toml, or textmend.toml."""

from __future__ import annotations

import tomllib
from pathlib import Path
from typing import Any

import click

from textmend.cli.options import fail


def settings(group: click.Group) -> dict[str, dict[str, Any]]:
    """The settings of the nearest file that has some, for each command that has such an option.

    A setting is called as its option, without the dashes before it.
    """
    for folder in (Path.cwd(), *Path.cwd().parents):
        for name in ("textmend.toml", "pyproject.toml"):
            found = _read(folder / name)
            if found is not None:
                return _by_command(group, found, folder / name)
    return {}


def _read(file: Path) -> dict[str, Any] | None:
    """The settings in a file; None where it has none, or is not there."""
    try:
        content = tomllib.loads(file.read_text(encoding="utf-8"))
    except OSError:
        return None
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        if file.name == "pyproject.toml":  # of other tools, which will say so
            return None
        fail(f"{file}: is no TOML ({error}); correct it")
    found = content if file.name == "textmend.toml" else content.get("tool", {}).get("textmend")
    if found is not None and not isinstance(found, dict):
        fail(f"{file}: tool.textmend is no table; write [tool.textmend]")
    return found


def _by_command(group: click.Group, found: dict[str, Any], file: Path) -> dict[str, dict[str, Any]]:
    options = {
        command: {
            name.lstrip("-"): parameter
            for parameter in group.commands[command].params
            if isinstance(parameter, click.Option)
            for name in (*parameter.opts, *parameter.secondary_opts)
            if name.startswith("--")
        }
        for command in group.commands
    }
    known = sorted(set().union(*options.values()))
    for name in found:
        if name not in known:
            fail(f"{file}: unknown setting {name!r}; known are {', '.join(known)}")
    return {
        command: {
            known[name].name or "": _value(known[name], name, value, file)
            for name, value in found.items()
            if name in known
        }
        for command, known in options.items()
    }


def _value(option: click.Option, name: str, value: Any, file: Path) -> Any:
    """What a setting means to its option: "quiet" is not "verbose", paths start at the settings."""
    if f"--{name}" in option.secondary_opts:
        return not value
    if isinstance(option.type, click.Path) and isinstance(value, str):
        return str(file.parent / value)
    return value
