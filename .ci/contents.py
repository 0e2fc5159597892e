"""That a wheel and an sdist hold what belongs there: ``python .ci/contents.py dist``, their folder.

What belongs there is what git keeps: nothing that lies about, and nothing left out.
"""

from __future__ import annotations

import subprocess
import sys
import tarfile
import zipfile
from pathlib import Path

FOLDERS = ("benchmarks/", "corpora/", "docs/", "fuzz/", "src/", "tests/")
FILES = {"CHANGELOG.md", "CONTRIBUTING.md", "LICENSE", "LICENSE-APACHE", "NOTICE", "README.md"}
# What the build itself needs, or makes.
BUILD = {".gitignore", "conftest.py", "pyproject.toml", "PKG-INFO"}
ABOUT = {"METADATA", "RECORD", "WHEEL", "entry_points.txt"}
LICENCES = {"licenses/LICENSE", "licenses/LICENSE-APACHE", "licenses/NOTICE"}


def check(name: str, held: set[str], wanted: set[str]) -> None:
    """End with what is too much or too little, if anything is."""
    wrong = [f"{each} is too much" for each in held - wanted]
    wrong += [f"{each} is missing" for each in wanted - held]
    if wrong:
        sys.exit("\n".join(f"{name}: {each}" for each in sorted(wrong)))
    print(f"{name}: {len(held)} files")


def main(folder: Path) -> None:
    """Check both."""
    listed = subprocess.run(["git", "ls-files"], capture_output=True, text=True, check=True)
    kept = listed.stdout.splitlines()
    (wheel,), (sdist,) = folder.glob("*.whl"), folder.glob("*.tar.gz")
    release = "-".join(wheel.name.split("-")[:2])
    about = {f"{release}.dist-info/{each}" for each in ABOUT | LICENCES}
    package = {each.removeprefix("src/") for each in kept if each.startswith("src/")}
    with zipfile.ZipFile(wheel) as archive:
        check(wheel.name, set(archive.namelist()), package | about)
    source = {each for each in kept if each.startswith(FOLDERS)} | FILES | BUILD
    with tarfile.open(sdist) as archive:
        names = {each.name.partition("/")[2] for each in archive if each.isfile()}
    check(sdist.name, names, source)


if __name__ == "__main__":
    main(Path(sys.argv[1]))
