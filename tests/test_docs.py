"""The pages of ``docs/``: that they name everything, and only what there is, and that it runs.

Their examples in Python are run by pytest itself, as those of the README are.
"""

import os
import re
import shutil
import subprocess
import sys
from importlib import import_module
from pathlib import Path
from runpy import run_path
from typing import get_args

import pytest

import textmend
from textmend.channel.drops import Place
from textmend.channel.families import FAMILIES
from textmend.cli import main

ROOT = Path(__file__).parent.parent
DOCS = ROOT / "docs"
PAGES = sorted(DOCS.glob("*.md"))


def read(name: str) -> str:
    return (DOCS / name).read_text(encoding="utf-8")


def test_every_public_name_is_in_the_reference() -> None:
    listed = set(re.findall(r"auto\w+:: (?:textmend\.\w+\.)?(\w+)", read("reference.md")))
    assert set(textmend.__all__) <= listed
    assert {family.__name__ for family in FAMILIES.values()} <= listed


def test_names_of_functions_exist() -> None:
    names = {
        name for page in PAGES for name in re.findall(r"`(textmend(?:\.\w+)+)", read(page.name))
    }
    assert len(names) > 20
    for name in names - {"textmend.toml", "textmend.training"}:
        if name.startswith("textmend.integrations"):
            continue  # hosts need not be installed; their examples are run where they are
        found: object = textmend
        module = "textmend"
        for part in name.split(".")[1:]:
            if not hasattr(found, part):
                import_module(f"{module}.{part}")
            found = getattr(found, part)
            module += f".{part}"


def test_every_family_and_place_is_in_the_cookbook() -> None:
    losses = read("losses.md")
    for name in (*FAMILIES, *get_args(Place)):
        if name != "anywhere":
            assert re.search(rf"`[^`]*\b{name}\b", losses), name


def test_the_changelog_begins_with_this_version() -> None:
    first = re.search(
        r"^## (\S+)", (ROOT / "CHANGELOG.md").read_text(encoding="utf-8"), re.MULTILINE
    )
    assert first
    assert first[1] in ("Unreleased", textmend.__version__)


def test_every_command_is_on_its_page() -> None:
    for name in main.commands:
        assert f"textmend {name} " in read("command-line.md")


@pytest.mark.parametrize("page", [ROOT / "README.md", *PAGES], ids=lambda page: page.name)
def test_links_lead_somewhere(page: Path) -> None:
    for target in re.findall(r"\]\(([^)\s]+)\)", page.read_text(encoding="utf-8")):
        path = target.partition("#")[0]
        if path and "://" not in path:
            assert (page.parent / path).exists(), target


def test_every_page_can_be_found() -> None:
    contents = read("index.md")
    for page in PAGES:
        if page.stem != "index":
            assert f"\n{page.stem}\n" in contents


def blocks(page: str, heading: str) -> str:
    """The indented lines of a task, which are commands."""
    (task,) = re.findall(rf"\*\*{heading}.*?(?=\n\*\*|\n## |\Z)", read(page), flags=re.DOTALL)
    return "\n".join(re.findall(r"^    (.*)$", task, flags=re.MULTILINE))


@pytest.mark.skipif(not (shutil.which("bash") and shutil.which("jq")), reason="no bash, or no jq")
def test_the_tasks_of_the_shell(tmp_path: Path) -> None:
    folder = tmp_path / "bin"
    folder.mkdir()
    command = folder / "textmend"
    command.write_text(f'#!/bin/sh\nexec "{sys.executable}" -m textmend "$@"\n')
    command.chmod(0o755)
    (tmp_path / "corpora").symlink_to(ROOT / "corpora")
    environment = {**os.environ, "PATH": f"{folder}{os.pathsep}{os.environ['PATH']}"}

    def run(heading: str) -> subprocess.CompletedProcess[str]:
        script = blocks("tasks.md", heading)
        # Fewer files show the same.
        script = script.replace("news/0*", "news/0[12]*").replace("news/1*", "news/1[01]*")
        line = ["bash", "-eu", "-c", script]
        return subprocess.run(
            line, cwd=tmp_path, env=environment, capture_output=True, text=True, check=False
        )

    for heading in ("4", "5", "6"):
        done = run(heading)
        assert done.returncode == 0, done.stderr
        assert done.stdout == ""
    edits = (tmp_path / "edits.jsonl").read_text(encoding="utf-8").splitlines()
    assert len(edits) > 50
    given, mended = (
        (tmp_path / name).read_text(encoding="utf-8").splitlines()
        for name in ("pages.jsonl", "mended.jsonl")
    )
    assert [one == other for one, other in zip(given, mended, strict=True)] == [
        False, False, True, True,
    ]  # fmt: skip
    audit = run("9")
    assert audit.returncode == 1
    for line in audit.stdout.splitlines():
        assert line.startswith("raw") == ("no damage found" not in line)


def test_every_package_that_textmend_runs_on_is_in_the_table_of_licences() -> None:
    found = run_path(str(DOCS / "list_licences.py"))["dependencies"]()
    listed = re.findall(r"^\| ([\w-]+) \|", read("licences.md"), re.MULTILINE)
    assert set(found) >= {"numpy", "wordfreq", "ftfy", "jinja2"}  # directly and not, of an extra
    assert set(found) <= set(listed)


def test_every_module_of_the_rooms_has_its_line_in_the_list_of_them() -> None:
    listed = (ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8")
    for room in ("channel", "language", "models", "mending", "inference"):
        for module in (ROOT / "src" / "textmend" / room).glob("[!_]*.py"):
            assert f"`{module.stem}`" in listed, f"{room}/{module.name} is in no line"
