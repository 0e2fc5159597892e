import gzip
import json
import os
import platform
import re
import subprocess
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from importlib import metadata
from pathlib import Path

import click
import pytest
from click.testing import CliRunner, Result

import corpora
import textmend
from textmend import Channel, mend
from textmend.cli import main
from textmend.models.cascade import NAMED
from textmend.models.modelfile import digest_of

CLEAN = corpora.load("news", split="dev")[0].text
DAMAGED = Channel.of("the", "ad").apply(CLEAN)


def run(*arguments: str | Path, stdin: str | bytes | None = None) -> Result:
    return CliRunner().invoke(main, [str(each) for each in arguments], input=stdin)


@pytest.fixture
def page(tmp_path: Path) -> Iterator[Path]:
    """A damaged file, which no command may change."""
    path = tmp_path / "page.txt"
    path.write_bytes(DAMAGED.encode())
    yield path
    assert path.read_bytes() == DAMAGED.encode()


def test_mend_a_file_to_standard_output(page: Path) -> None:
    result = run("mend", page)
    assert (result.exit_code, result.stdout) == (0, mend(DAMAGED))


def test_mend_standard_input(page: Path) -> None:
    del page
    for name in ([], ["-"]):
        assert run("mend", *name, stdin=DAMAGED).stdout == mend(DAMAGED)


def test_line_ends_and_byte_order_mark_survive() -> None:
    text = "\ufeff" + CLEAN.replace("\n", "\r\n")
    assert run("mend", stdin=text.encode()).stdout_bytes == text.encode()


def test_mend_to_a_file(page: Path, tmp_path: Path) -> None:
    target = tmp_path / "out.txt"
    result = run("mend", page, "-o", target)
    assert (result.exit_code, result.stdout) == (0, "")
    assert target.read_text(encoding="utf-8") == mend(DAMAGED)
    assert {path.name for path in tmp_path.iterdir()} == {"page.txt", "out.txt"}


def test_mend_several_files_into_a_folder(page: Path, tmp_path: Path) -> None:
    other, folder = tmp_path / "other.txt", tmp_path / "clean"
    other.write_text(CLEAN, encoding="utf-8")
    folder.mkdir()
    result = run("mend", page, tmp_path / "missing.txt", other, "-o", folder)
    assert result.exit_code == 1  # one file was missing, the others were mended all the same
    assert "missing.txt: no such file" in result.stderr
    assert (folder / "page.txt").read_text(encoding="utf-8") == mend(DAMAGED)
    assert (folder / "other.txt").read_text(encoding="utf-8") == CLEAN


def test_several_files_need_a_folder(page: Path, tmp_path: Path) -> None:
    result = run("mend", page, page, "-o", tmp_path / "out.txt")
    assert result.exit_code == 2
    assert "make one to hold 2 results, which a slash at its end does" in result.stderr


def test_the_input_is_never_overwritten(page: Path) -> None:
    for name, target in ((page, page), (page, page.parent)):
        result = run("mend", name, "-o", target)
        assert result.exit_code == 2
        assert "would be overwritten; name another" in result.stderr


def test_a_link_stays_a_link(page: Path, tmp_path: Path) -> None:
    target, link = tmp_path / "target.txt", tmp_path / "link.txt"
    target.write_text("old")
    link.symlink_to(target)
    assert run("mend", page, "-o", link).exit_code == 0
    assert link.is_symlink()
    assert target.read_text() == run("mend", page).stdout


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="no named pipes here")
def test_a_pipe_stays_a_pipe(page: Path, tmp_path: Path) -> None:
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    with ThreadPoolExecutor() as pool:
        arrived = pool.submit(pipe.read_text)
        assert run("mend", page, "-o", pipe).exit_code == 0
        assert arrived.result(timeout=10) == run("mend", page).stdout
    assert pipe.is_fifo()


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="no full device here")
@pytest.mark.parametrize("command", ["mend", "detect"])
def test_a_full_disk_is_named(command: str, page: Path) -> None:
    with Path("/dev/full").open("w") as full:
        line = [sys.executable, "-m", "textmend", command, str(page)]
        done = subprocess.run(line, stdout=full, stderr=subprocess.PIPE, text=True, check=False)
    assert done.returncode == {"mend": 1, "detect": 2}[command]
    assert "standard output: cannot be written" in done.stderr
    assert "Traceback" not in done.stderr


def test_explain_writes_a_line_per_edit(page: Path) -> None:
    result = run("mend", page, "--explain")
    lines = result.stderr.splitlines()
    assert result.stdout == mend(DAMAGED)
    first = lines[0]
    assert first.startswith(f"{page}:")
    assert "put back" in first
    assert len(lines) > 10


def test_json_holds_everything(page: Path) -> None:
    found = json.loads(run("mend", page, "--json").stdout)
    assert found["text"] == mend(DAMAGED)
    assert {drop["sequence"] for drop in found["channel"]["drops"]} == {"the", "ad"}
    assert {each["drop"]["sequence"] for each in found["evidence"]} == {"the", "ad"}
    for edit in found["edits"]:
        assert DAMAGED[edit["start"] : edit["end"]] == edit["before"]


def test_min_probability(page: Path) -> None:
    every = json.loads(run("mend", page, "--json").stdout)["edits"]
    sure = json.loads(run("mend", page, "--json", "--min-probability", "1").stdout)["edits"]
    assert len(sure) < len(every)


def test_a_channel_file_of_any_name(tmp_path: Path) -> None:
    file = tmp_path / "channel.txt"
    file.write_text(Channel.of("the").to_json())
    page = tmp_path / "page.txt"
    page.write_text("Nerlands")
    assert run("mend", "--channel", file, page).stdout == "Netherlands"


def test_the_channel_as_a_list_or_a_file(tmp_path: Path) -> None:
    path = tmp_path / "site.json"
    path.write_text(Channel.of("the").to_json(), encoding="utf-8")
    for channel in ("the", str(path)):
        assert run("mend", "--channel", channel, stdin="Nerlands").stdout == "Netherlands"


def test_other_languages() -> None:
    assert run("mend", "--lang", "de", "--channel", "er", stdin="Politik").stdout == "Politik"
    assert run("mend", "--lang", "de", "--channel", "er", stdin="Politikn").stdout == "Politikern"


def test_detect_says_what_was_deleted_and_why(page: Path) -> None:
    result = run("detect", page)
    assert result.exit_code == 1
    assert "suspect" not in result.stdout
    result = run("detect", "--suspects", page)
    assert "'the'" in result.stdout
    assert "'ad'" in result.stdout
    assert "would be expected, none is left; that explains" in result.stdout
    assert "suspect" in result.stdout


def test_detect_finds_clean_text_clean() -> None:
    result = run("detect", stdin=CLEAN)
    assert result.exit_code == 0
    assert "no damage found" in result.stdout


def test_detect_as_json(page: Path, tmp_path: Path) -> None:
    clean = tmp_path / "clean.txt"
    clean.write_text(CLEAN, encoding="utf-8")
    result = run("detect", "--json", "--suspects", clean, page)
    found = [json.loads(line) for line in result.stdout.splitlines()]
    assert result.exit_code == 1
    assert [each["damaged"] for each in found] == [False, True]
    assert any(each["text"] == "y" for each in found[1]["suspects"])


def test_detect_shows_a_table_on_a_terminal(page: Path, tmp_path: Path) -> None:
    clean = tmp_path / "[clean].txt"  # no markup
    clean.write_text(CLEAN, encoding="utf-8")
    for width in (80, 120):
        terminal = {"FORCE_COLOR": "1", "COLUMNS": str(width)}
        shown = click.unstyle(
            CliRunner().invoke(main, ["detect", str(clean), str(page)], env=terminal).output
        )
        assert max(map(len, shown.splitlines())) <= width
        flat = " ".join(shown.split())
        assert "[clean].txt: no damage found" in flat
        assert "page.txt: damaged (99 % sure): 'the' and 'ad' deleted from 100 % of" in flat
        assert re.search(
            r"deleted expected found share log-odds explains ─+ 'the' \d+ 0 100 %", flat
        )
        assert flat.endswith("1 of 2 texts are damaged")


def test_files_of_one_source(tmp_path: Path) -> None:
    snippets = [text for text in DAMAGED.split("\n") if len(text.split()) > 15]
    names = [tmp_path / f"{number}.txt" for number in range(len(snippets))]
    for name, snippet in zip(names, snippets, strict=True):
        name.write_text(snippet, encoding="utf-8")
    clean = tmp_path / "clean.txt"
    clean.write_text(CLEAN, encoding="utf-8")
    folder = tmp_path / "out"
    folder.mkdir()
    short = [name for name in names if len(name.read_text(encoding="utf-8").split()) <= 50]
    assert run("detect", *short).exit_code == 0  # alone, none shows enough
    result = run("mend", "--source", "all", *names, tmp_path / "missing.txt", "-o", folder)
    assert result.exit_code == 1
    assert result.stderr.count("missing.txt: no such file") == 1
    for name, snippet in zip(names, snippets, strict=True):
        assert (folder / name.name).read_text(encoding="utf-8") == mend(snippet, channel="the,ad")

    found = [
        json.loads(line)
        for line in run(
            "detect", "--source", "all", "--by", "text", "--json", *names, clean
        ).output.splitlines()
    ]
    damaged = [each["damaged"] for each in found]
    assert damaged[-1] is False
    assert sum(damaged) >= 0.5 * len(names)
    assert found[0]["evidence"] == found[-1]["evidence"] != []
    (line,) = run("detect", "--source", "all", *names).output.splitlines()
    assert re.match(
        r"all\tdamaged: \d+ % of the texts, \d+ % of the words lost 'the' and 'ad' ", line
    )


def test_min_log_odds(page: Path) -> None:
    assert run("detect", page, "--min-log-odds", "10000").exit_code == 0
    assert run("mend", page, "--min-log-odds", "10000").output == DAMAGED


def test_languages_are_guessed(page: Path, tmp_path: Path) -> None:
    german = tmp_path / "de.txt"
    text = next(each.text for each in corpora.load("languages") if each.language == "de")
    german.write_text(Channel.of("er").apply(text), encoding="utf-8")
    lines = run("detect", "--lang", "auto", "--json", page, german).output.splitlines()
    found = [json.loads(line) for line in lines]
    assert [each["lang"] for each in found] == ["en", "de"]
    assert [each["damaged"] for each in found] == [True, True]
    (line,) = run("detect", "--lang", "en,fr", "--json", german).output.splitlines()
    assert (json.loads(line)["lang"], json.loads(line)["damaged"]) == (None, False)


def test_no_result_overwrites_another(page: Path, tmp_path: Path) -> None:
    folder = tmp_path / "out"
    folder.mkdir()
    other = tmp_path / "other" / "page.txt"
    other.parent.mkdir()
    other.write_text(CLEAN, encoding="utf-8")
    assert run("mend", page, other, "-o", folder).exit_code == 0
    assert (folder / "page.txt").read_text(encoding="utf-8") == mend(DAMAGED)
    assert (folder / "other" / "page.txt").read_text(encoding="utf-8") == CLEAN
    folder = tmp_path / "more"
    folder.mkdir()
    result = run("mend", "-o", folder, stdin=DAMAGED)
    assert result.exit_code == 2
    assert "name a file for what standard input becomes" in result.stderr
    assert list(folder.iterdir()) == []


@pytest.mark.parametrize(
    "text",
    [
        "",
        " ",
        "\n\n",
        "\ufeff",
        "\ufeffy left\r\nor\r\n",
        "Nerlands",
        "\0y left\0",
        "a" * 50_000,
    ],
)
def test_odd_texts(text: str) -> None:
    result = run("mend", stdin=text.encode())
    assert (result.exit_code, result.stdout_bytes) == (0, text.encode())
    result = run("mend", "--channel", "the", stdin=text.encode())
    assert Channel.of("the").apply(result.stdout_bytes.decode()) == text
    assert run("detect", stdin=text.encode()).exit_code == 0


def test_corrupt_is_the_forward_model() -> None:
    assert run("corrupt", "--channel", "the,ad", stdin=CLEAN).stdout == DAMAGED


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["mend", "."], ".: is a folder; name one for the results, such as -o mended/"),
        (["detect", "--by", "source"], "--by source needs sources; say what is one"),
        (["mend", "--source", "site"], "unknown source 'site'; it is one of none, file, dir"),
        (["mend", "--lang", "xx"], "unknown language 'xx'; textmend knows"),
        (["mend", "--channel", "no-such.json"], "no-such.json: no such file"),
        (["mend", "--channel", "channel.jsno"], "channel.jsno: no such file; check the path"),
        (["mend", "--channel", "channels.yaml"], "channels.yaml: no such file; check the path"),
        (["mend", "--channel", "site/channel"], "site/channel: no such file; check the path"),
        (["mend", "--channel", "the ad"], "'the ad' holds a space; write the,ad"),
        (["corrupt", "--channel", "the,,ad"], "expected sequences separated by commas"),
        (["mend", "--encoding", "klingon"], "unknown encoding 'klingon'"),
    ],
)
def test_errors_are_one_line(arguments: list[str], message: str) -> None:
    result = run(*arguments, stdin="text")
    assert result.exit_code == 2
    assert result.stdout == ""
    (line,) = result.stderr.splitlines()
    assert line.startswith("textmend: ")
    assert message in line


def test_malformed_channel_files_are_named(tmp_path: Path) -> None:
    path = tmp_path / "bad.json"
    path.write_text('{"drops": [{"sequence": 3}]}', encoding="utf-8")
    result = run("mend", "--channel", path, stdin="text")
    assert f"{path}: malformed channel: drop 1: sequence is 3; it must be a str" in result.stderr


@pytest.mark.parametrize("content", ["drops:\n- the\n", "the,ad", '"the"', ""])
def test_a_channel_file_that_is_no_json_is_named(tmp_path: Path, content: str) -> None:
    path = tmp_path / "channels.yaml"
    path.write_text(content, encoding="utf-8")
    result = run("mend", "--channel", path, stdin="Nerlands")
    assert (result.exit_code, result.stdout) == (2, "")
    assert f"{path}: malformed channel: " in result.stderr
    assert 'such as {"drops": [{"sequence": "the"}]}' in result.stderr


@pytest.mark.parametrize("commands", [["mend"], ["detect"], ["corrupt", "--channel", "the"]])
def test_what_is_no_plain_text_is_refused(tmp_path: Path, commands: list[str]) -> None:
    table = tmp_path / "table.csv"
    table.write_text("id,text\n1,Nerlands\n", encoding="utf-8")
    page = tmp_path / "page.txt"
    page.write_text("y left", encoding="utf-8")
    status = 2 if commands == ["detect"] else 1
    result = run(*commands, table, page)
    assert result.exit_code == status
    assert result.stdout  # that of the other one
    (line,) = result.stderr.splitlines()[:1]
    assert line == (
        f"textmend: {table}: is CSV with the fields id, text; "
        "name the one to mend, such as --field text"
    )
    result = run(*commands, stdin=gzip.compress(b"y left"))
    assert (result.exit_code, result.stdout) == (status, "")
    assert result.stderr == (
        "textmend: standard input: is gzip, and no plain text; "
        "let its name end in .gz, or unpack it: gzip -dc\n"
    )
    result = run(*commands, stdin='{"text": "y left"}\n{"text": "Nerlands"}\n')
    assert (result.exit_code, result.stdout) == (status, "")
    assert "standard input: is JSON lines, and no plain text" in result.stderr


def test_a_compressed_channel_gets_the_right_advice(tmp_path: Path) -> None:
    path = tmp_path / "channel.json.gz"
    path.write_bytes(gzip.compress(Channel.of("the").to_json().encode()))
    result = run("mend", "--channel", path, stdin="Nerlands")
    assert f"{path}: is no text; name a file with a channel as JSON" in result.stderr


def test_a_slash_makes_the_folder(page: Path, tmp_path: Path) -> None:
    folder = tmp_path / "new" / "folder"
    assert run("mend", page, "-o", f"{folder}/").exit_code == 0
    assert (folder / "page.txt").read_text(encoding="utf-8") == mend(DAMAGED)
    assert run("mend", page, "-o", f"{folder}/").exit_code == 0  # it may be there already
    result = run("mend", page, "-o", f"{folder}/page.txt/")
    assert result.exit_code == 2
    assert f"{folder}/page.txt/: cannot be made: File exists; name another" in result.stderr
    result = run("mend", "-o", f"{tmp_path}/other/", stdin="text")
    assert result.exit_code == 2
    assert "is a folder; name a file for what standard input becomes" in result.stderr
    assert not (tmp_path / "other").exists()


SHORT = "Furrmore, y found many or problems in ir ministration.\n"
FRENCH = next(each.text for each in corpora.load("languages") if each.language == "fr")
TOO_FEW = "no damage found in 9 words: too few to know a channel by"


@pytest.mark.parametrize(
    ("options", "text", "message"),
    [
        ([], SHORT, f"{TOO_FEW}; if it is known: --channel the,ad; with more files of the same so"),
        (
            ["--channel", "the,ad"],
            SHORT,
            "damaged: 'the' and 'ad' deleted from 100 % of the text; 5 damaged words put back",
        ),
        (["--channel", "qu"], "She sat.", "no word found that lost 'qu'; without --channel the"),
        (["--min-probability", "1"], DAMAGED, "damaged (99 % sure): 'the' and 'ad' deleted from "),
        (["--lang", "de,fr"], SHORT, f"{TOO_FEW}; it looks like 'en': --lang en"),
        (["--lang", "auto"], "Brr, tss.", "no damage found in 2 words: too few to know a channel"),
        (["--lang", "auto"], "Brr! " * 100, "no damage found in 100 words; its language is not k"),
        ([], "word", "no damage found in 1 word: too few"),
        (
            [],
            CLEAN,
            f"no damage found in {len(CLEAN.split())} words; textmend detect --suspects lists",
        ),
        ([], DAMAGED, "damaged (99 % sure): 'the' and 'ad' deleted from 100 % of the text; "),
        ([], FRENCH, f"no damage found in {len(FRENCH.split())} words; it looks like 'fr': --lang"),
    ],
)
def test_what_was_found_is_said_where_it_is_asked(
    options: list[str], text: str, message: str
) -> None:
    quiet = run("mend", *options, stdin=text)
    assert (quiet.exit_code, quiet.stderr) == (0, "")
    told = run("mend", "--verbose", *options, stdin=text)
    assert (told.exit_code, told.stdout) == (0, quiet.stdout)
    (line,) = told.stderr.splitlines()
    assert line.startswith(f"textmend: standard input: {message}")


def test_several_texts_are_counted(page: Path, tmp_path: Path) -> None:
    clean = tmp_path / "clean.txt"
    clean.write_text(CLEAN, encoding="utf-8")
    lines = run("mend", "-v", page, clean, page).stderr.splitlines()
    assert lines.pop(0) == f"textmend: {page}: is named twice; it is mended once"
    assert [line.split(": ")[1] for line in lines[:2]] == [str(page), str(clean)]
    assert re.fullmatch(
        r"textmend: 2 texts in 2 files, 1 mended by \d+ edits, 1 unchanged; \d+ s", lines[2]
    )


@pytest.mark.skipif(not hasattr(os, "openpty"), reason="no terminals here")
@pytest.mark.parametrize(
    ("files", "options", "message"),
    [
        (1, [], f"{TOO_FEW}; if it is known: --channel the,ad"),
        (2, [], "2 texts in 2 files, 0 mended by 0 edits, 2 unchanged"),
        (1, ["--quiet"], ""),
    ],
)
def test_on_a_terminal_it_is_said(
    tmp_path: Path, files: int, options: list[str], message: str
) -> None:
    names = [tmp_path / f"{number}.txt" for number in range(files)]
    for name in names:
        name.write_text(SHORT, encoding="utf-8")
    terminal, its_end = os.openpty()
    try:
        done = subprocess.run(
            [sys.executable, "-m", "textmend", "mend", *options, *map(str, names)],
            stdout=subprocess.PIPE,
            stderr=its_end,
            check=True,
        )
        os.write(its_end, b"END")  # or there would be nothing to read where nothing was said
        said = os.read(terminal, 4096).decode().removesuffix("END")
    finally:
        os.close(its_end)
        os.close(terminal)
    assert done.stdout.decode() == SHORT * files
    assert message in said
    assert len(said.splitlines()) == bool(message)


def test_undecodable_bytes_are_placed() -> None:
    result = run("detect", stdin=b"good \x93bad")
    assert "byte 0x93 at offset 5 is not utf-8" in result.stderr
    assert "--encoding cp1252" in result.stderr
    assert run("mend", "--encoding", "cp1252", stdin=b"good \x93").stdout_bytes == b"good \x93"


def test_the_encoding_of_a_byte_order_mark_is_named() -> None:
    result = run("mend", stdin="text".encode("utf-16"))
    assert "name the encoding, such as --encoding utf-16" in result.stderr
    text = CLEAN.encode("utf-16")
    assert run("mend", "--encoding", "utf-16", stdin=text).stdout_bytes == text


def test_what_the_encoding_cannot_write() -> None:
    options = ("mend", "--encoding", "ascii", "--lang", "de", "--channel", "non-ascii")
    result = run(*options, stdin="Politik fr Europa")
    assert (result.exit_code, result.stdout) == (1, "")
    assert "standard input: 'ü' cannot be written in ascii; convert the file" in result.stderr
    found = json.loads(run(*options, "--json", stdin="Politik fr Europa").stdout_bytes)
    assert found["text"] == "Politik für Europa"


def test_what_the_encoding_cannot_write_leaves_no_file(tmp_path: Path) -> None:
    source, target = tmp_path / "in.txt", tmp_path / "out.txt"
    source.write_text("Politik fr Europa", encoding="ascii")
    options = ("--encoding", "ascii", "--lang", "de", "--channel", "non-ascii")
    result = run("mend", *options, source, "-o", target)
    assert result.exit_code == 1
    assert "cannot be written" in result.stderr
    assert list(tmp_path.iterdir()) == [source]


README = (Path(__file__).parent.parent / "README.md").read_text(encoding="utf-8")


def test_every_repair_of_the_first_command_of_the_readme_is_right() -> None:
    (name,) = re.findall(r"corrupt --channel the,ad corpora/(\S+)\.txt \|", README)
    (clean,) = (each.text for each in corpora.load("news") if each.id == name)
    damaged = run("corrupt", "--channel", "the,ad", stdin=clean).stdout
    mended = run("mend", stdin=damaged).stdout
    assert len(mended) - len(damaged) > 0.8 * (len(clean) - len(damaged))
    # What is still missing may be; all that is there was written, in this order.
    written = iter(clean.split())
    assert [word for word in mended.split() if word not in written] == []


def test_every_command_is_in_the_readme() -> None:
    for name, command in main.commands.items():
        assert f"textmend {name} " in README
        assert command.help


def test_every_option_says_what_it_is_for() -> None:
    for name, command in main.commands.items():
        for parameter in command.params:
            if isinstance(parameter, click.Option):
                assert parameter.help, (name, parameter.name)


def test_completion_for_shells() -> None:
    for shell, word in (("bash", "complete"), ("zsh", "compdef"), ("fish", "complete")):
        result = subprocess.run(
            [sys.executable, "-m", "textmend"],
            env={**os.environ, "_TEXTMEND_COMPLETE": f"{shell}_source"},
            capture_output=True,
            text=True,
            check=False,
        )
        assert word in result.stdout, (shell, result.stderr)


def test_the_module_is_the_command() -> None:
    found = subprocess.run(
        [sys.executable, "-m", "textmend", "mend", "--channel", "the"],
        input="Nerlands",
        capture_output=True,
        text=True,
        check=True,
    )
    assert found.stdout == "Netherlands"


def test_version_says_what_decides_the_results() -> None:
    result = CliRunner().invoke(main, ["--version"])
    assert result.exit_code == 0
    first, *others = result.stdout.splitlines()
    assert first == f"textmend {textmend.__version__}"
    shown = "\n".join(others)
    for name, path in NAMED.items():
        assert f"model {name}: {digest_of(path)[:12]}" in shown
    for package in ("wordfreq", "symspellpy"):
        assert f": {package} {metadata.version(package)}" in shown
    assert f"Python {platform.python_version()} on " in shown
