"""What textmend runs on, and its licences: ``python docs/list_licences.py``.

Prints the table of ``licences.md`` from what the packages that are installed say of themselves.
"""

from __future__ import annotations

from collections.abc import Iterator
from importlib.metadata import distribution, metadata

from packaging.requirements import Requirement

# Extras that the command itself has a use for; those of hosts are the hosts' own affair.
EXTRAS = ("", "report")


def dependencies(name: str = "textmend", extras: tuple[str, ...] = EXTRAS) -> Iterator[str]:
    """All packages that one needs here, directly or not; some may come more than once."""
    for line in distribution(name).requires or ():
        needed = Requirement(line)
        if needed.marker and not any(needed.marker.evaluate({"extra": each}) for each in extras):
            continue
        yield needed.name.lower()
        yield from dependencies(needed.name, ("", *needed.extras))


def licence(name: str) -> str:
    """The licence of a package, by its metadata, or else by the first line of its text."""
    about = metadata(name)
    classifiers = about.get_all("Classifier", ())
    approved = [each.split(" :: ")[-1] for each in classifiers if "OSI Approved" in each]
    texts = [each for each in distribution(name).files or () if "LICEN" in each.name.upper()]
    told = (
        about["License-Expression"],
        about["License"],
        *approved,
        *(each.read_text().strip() for each in texts),
    )
    return next(str(each).partition("\n")[0] for each in told if each)


def main() -> None:
    """Print the table."""
    direct = {Requirement(line).name.lower() for line in distribution("textmend").requires or ()}
    print("| package | version | licence | needed |\n|---|---|---|---|")
    for name in sorted(set(dependencies())):
        how = "by textmend" if name in direct else "by these"
        print(f"| {name} | {distribution(name).version} | {licence(name)} | {how} |")


if __name__ == "__main__":
    main()
