"""The page in headless Chromium: what a reader does, and what the library makes of that.

Needs the dependency group ``browser`` and a Chromium on the PATH (Debian: ``apt-get install
chromium``); skipped without them.
"""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from textmend import Alternative, Channel, Drop, Edit, Evidence, Explained, Mended, Mender
from textmend.cli import main
from textmend.report import decided, page, read_decisions

pytest.importorskip("jinja2")
sync_api = pytest.importorskip("playwright.sync_api")
CHROMIUM = next(
    filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None
)
if CHROMIUM is None:
    pytest.skip("no Chromium on the PATH", allow_module_level=True)

# A browser that runs as root has no sandbox.
ARGUMENTS = ["--no-sandbox"] if hasattr(os, "geteuid") and os.geteuid() == 0 else []

NEWS = sorted((Path(__file__).parent.parent / "corpora" / "news").glob("*.txt"))
ALTERNATIVES = (Alternative("may", 0.3), Alternative("ma", 0.2))
EVIDENCE = (Evidence(Drop("the"), 27.0, 0, (Explained("y", "they", 2),), 9.0),)

# Characters outside the first plane, line ends of two kinds, a mark, a combining letter.
ODD = "\ufeff😀😀 y said\r\nor 👩‍👩‍👧 farms ma go\n\nnai\u0308ve\t\x0cy 🐄🐄 left\u2028 y"
ODD_EDITS = (("y", "they", 0.97), ("or", "other", 0.55), ("ma", "made", 0.5), ("y", "they", 0.9))


def mended_of(text: str, wanted: tuple[tuple[str, str, float], ...]) -> Mended:
    """A text and the edits of its words, in order."""
    edits, done = [], 0
    for before, after, probability in wanted:
        start = next(
            at
            for at in range(done, len(text))
            if text.startswith(before, at)
            and not text[at - 1 : at].isalpha()
            and not text[at + len(before) : at + len(before) + 1].isalpha()
        )
        others = ALTERNATIVES if before == "ma" else (Alternative(before, 1 - probability),)
        done = start + len(before)
        edits.append(Edit(start, done, before, after, "word", probability, others, ("the",)))
    return Mended(text, tuple(edits), Channel.of("the"), EVIDENCE)


@pytest.fixture(scope="module")
def browser() -> Iterator[Any]:
    with sync_api.sync_playwright() as playwright:
        launched = playwright.chromium.launch(executable_path=CHROMIUM, args=ARGUMENTS)
        yield launched
        launched.close()


Opener = Callable[..., Any]


@pytest.fixture
def opened(browser: Any, tmp_path: Path) -> Iterator[Opener]:
    """Opens the page of documents from disk; what it complains of, or asks of a network, fails."""
    contexts: list[Any] = []
    wrong: list[str] = []

    def asked(request: Any) -> None:
        if not request.url.startswith(("file:", "blob:")):
            wrong.append(request.url)

    def said(dialog: Any) -> None:
        wrong.append(dialog.message)
        dialog.dismiss()

    def opener(*documents: tuple[str, str, Mended], context: Any = None, **options: Any) -> Any:
        path = tmp_path / "report.html"
        path.write_text(page(documents), encoding="utf-8")
        if context is None:
            context = browser.new_context(**options)
            contexts.append(context)
        tab = context.new_page()
        tab.on("pageerror", lambda error: wrong.append(str(error)))
        tab.on("console", lambda message: wrong.append(message.text))
        tab.on("dialog", said)
        tab.on("request", asked)
        tab.goto(path.as_uri())
        return tab

    yield opener
    for each in contexts:
        each.close()
    assert wrong == []


def downloaded(tab: Any, button: str) -> Path:
    with tab.expect_download() as waiting:
        tab.locator(button).click()  # by its id: to look for names among 3,000 edits takes a while
    return Path(waiting.value.path())


def slide(tab: Any, threshold: float) -> None:
    tab.locator("#slider").fill(str(threshold))
    tab.evaluate("new Promise((done) => requestAnimationFrame(() => setTimeout(done)))")


def check_downloads(tab: Any, name: str, original: str) -> str:
    """The text that the page gives is what the library makes of the decisions that it gives."""
    text = downloaded(tab, "#get-text").read_bytes()
    decisions = read_decisions(str(downloaded(tab, "#get-decisions")))
    assert decided(original, decisions.of(name)).encode() == text
    return text.decode()


def test_the_slider_gives_what_mending_with_that_threshold_gives(opened: Opener) -> None:
    damaged = Channel.parse("the,ad").apply(NEWS[0].read_text(encoding="utf-8"))
    tab = opened(
        ("a.txt", "", Mender(channel="the,ad", min_probability=0.0).mend_and_explain(damaged))
    )
    texts = set()
    for threshold in (0.5, 0.6, 0.9, 0.99):
        slide(tab, threshold)
        expected = Mender(channel="the,ad", min_probability=threshold).mend_and_explain(damaged)
        assert check_downloads(tab, "a.txt", damaged) == expected.text
        assert tab.locator("#counts").inner_text().startswith(f"{len(expected.edits)} of ")
        texts.add(expected.text)
    assert len(texts) == 4


def test_decisions_by_key_and_by_mouse(opened: Opener) -> None:
    tab = opened(("dir/odd.txt", "", mended_of(ODD, ODD_EDITS)))
    tab.keyboard.press("n")  # the most doubtful: ma
    card = tab.locator("#card")
    assert "Stood there: “ma” (line 2" in card.inner_text()
    assert card.get_by_role("button", name="“may”").inner_text().split() == [
        "2",
        "“may”",
        "30",
        "%",
    ]
    tab.keyboard.press("2")
    assert "Now: “may”, chosen by you." in card.inner_text()
    tab.keyboard.press("n")  # or
    tab.keyboard.press("r")
    tab.keyboard.press("ArrowRight")  # ma again: the next in the text
    assert "chosen by you" in card.inner_text()
    tab.keyboard.press("Escape")
    assert not card.is_visible()
    tab.locator("#text .edit").nth(3).click()
    card.get_by_role("button", name="Accept").click()
    slide(tab, 0.99)
    tab.keyboard.press("n")  # letters work on the slider, too
    assert card.is_visible()
    text = check_downloads(tab, "dir/odd.txt", ODD)
    assert text == ODD[:-1].replace("ma go", "may go").replace("y 🐄", "they 🐄") + "y"
    assert tab.locator("#counts").inner_text().startswith("2 of 4 edits made, 3 decided by you")
    tab.get_by_role("button", name="Undo my decisions").click()
    assert check_downloads(tab, "dir/odd.txt", ODD) == ODD


def test_offsets_survive_characters_that_javascript_counts_twice(opened: Opener) -> None:
    mended = mended_of(ODD, ODD_EDITS)
    tab = opened(("odd.txt", "", mended))
    assert check_downloads(tab, "odd.txt", ODD) == mended.text
    found = json.loads(downloaded(tab, "#get-decisions").read_bytes())
    starts = [each["start"] for each in found["documents"][0]["decisions"]]
    assert starts == [edit.start for edit in mended.edits]


def test_decisions_are_kept_in_the_browser(opened: Opener) -> None:
    document = ("odd.txt", "", mended_of(ODD, ODD_EDITS))
    tab = opened(document)
    tab.keyboard.press("n")
    tab.keyboard.press("r")
    tab.locator("#slider").fill("0.95")
    before = downloaded(tab, "#get-decisions").read_bytes()
    again = opened(document, context=tab.context)
    assert downloaded(again, "#get-decisions").read_bytes() == before
    assert again.locator("#text .edit[data-state=rejected]").count() == 1


def test_the_card_opens_by_hover_and_stays_while_the_pointer_is_on_it(opened: Opener) -> None:
    tab = opened(("odd.txt", "", mended_of(ODD, ODD_EDITS)))
    tab.locator("#text .edit").nth(1).hover()
    card = tab.locator("#card")
    assert "“other”" in card.inner_text()
    card.get_by_role("button", name="Reject").hover()
    tab.wait_for_timeout(400)
    assert card.is_visible()
    card.get_by_role("button", name="Reject").click()
    assert tab.locator("#text .edit").nth(1).inner_text() == "or"


def test_the_keyboard_reaches_everything(opened: Opener) -> None:
    tab = opened(("odd.txt", "", mended_of(ODD, ODD_EDITS)))
    reached, where = [], "(({activeElement: at}) => at.id || at.className || at.closest('[id]').id)"
    for _ in range(12):
        tab.keyboard.press("Tab")
        reached.append(tab.evaluate(f"{where}(document)"))
    for part in (
        "get-text",
        "get-decisions",
        "forget",
        "slider",
        "previous",
        "next",
        "show",
        "list",
    ):
        assert part in reached
    assert reached.count("edit") == 1  # one stop for all edits of the text
    tab.locator("#text .edit[tabindex='0']").focus()
    tab.keyboard.press("Enter")
    assert tab.evaluate("document.activeElement.dataset.choice") == "1"
    tab.keyboard.press("Escape")
    assert tab.evaluate("document.activeElement.className") == "edit"
    tab.get_by_text("Keys and shades").click()
    tab.get_by_label("letter and digit keys").uncheck()
    tab.locator("#text .edit[tabindex='0']").focus()
    tab.keyboard.press("r")
    assert tab.locator("#text .edit[data-state=rejected]").count() == 0


def test_a_collection_opens_each_document(opened: Opener) -> None:
    clean = Mended("A clean text.")
    tab = opened(
        ("a.txt", "site", mended_of(ODD, ODD_EDITS)),
        ("b.txt", "site", mended_of("y left", (("y", "they", 0.7),))),
        ("c.txt", "wire", clean),
    )
    assert tab.locator("#groups tbody tr").count() == 2
    assert tab.locator("#edits-0").inner_text() == "5"
    tab.get_by_role("link", name="b.txt").click()
    assert tab.locator("#text").inner_text().strip() == "they left"
    slide(tab, 0.8)
    assert tab.locator("#edits-0").inner_text() == "2"
    assert check_downloads(tab, "b.txt", "y left") == "y left"
    tab.get_by_role("link", name="c.txt").click()
    assert tab.get_by_text("Nothing was put back in this text").is_visible()
    assert check_downloads(tab, "c.txt", clean.original) == clean.original
    tab.go_back()
    assert "b.txt" in tab.locator("#name").inner_text()


HOSTILE = (
    "</script><script>alert(1)</script> y <img src=x onerror=alert(2)> <svg onload=alert(3)> "
    "<style>*{display:none}</style> javascript:alert(4) {{7*7}} \u202eevil\u2066 \x1b[31m\0 <!-- y"
)


def test_a_hostile_document_runs_nothing(opened: Opener) -> None:
    wanted = (("y", "they<b>", 0.9), ("y", "</script><script>alert(5)</script>y", 0.8))
    mended = mended_of(HOSTILE, wanted)
    name = "<img src=http://127.0.0.1:9/x onerror=alert(6)>\u202e.txt"
    tab = opened((name, name, mended), ("b", "<script>alert(7)</script>", Mended("b")))
    tab.keyboard.press("n")
    tab.keyboard.press("r")
    tab.keyboard.press("Escape")
    tab.wait_for_timeout(200)
    text = tab.locator("#text").inner_text()
    assert "<img src=x onerror=alert(2)>" in text
    assert "\u202e" not in tab.locator("body").inner_text()
    assert "U+202E" in text
    assert "U+001B" in text
    assert tab.locator("#text img, #text svg, #text script, #text b, #name img").count() == 0
    assert check_downloads(tab, name, HOSTILE).count("they<b>") == 1


def test_the_card_is_beside_its_edit_wherever_that_is(opened: Opener) -> None:
    text = "word " * 300 + "\ny left\n"
    wanted = tuple(("y", "they", 0.99 - number / 100) for number in range(30))
    tab = opened(("a.txt", "", mended_of(text * 30, wanted)))
    for _ in range(4):
        tab.keyboard.press("n")
        tab.wait_for_timeout(100)
        edit, card = (
            tab.locator("#text .edit:focus").bounding_box(),
            tab.locator("#card").bounding_box(),
        )
        apart = min(
            abs(edit["y"] + edit["height"] - card["y"]), abs(card["y"] + card["height"] - edit["y"])
        )
        assert apart < 5
        assert 0 <= card["y"] <= 720 - card["height"]


def test_a_notebook_shows_the_page_in_its_frame(opened: Opener, tmp_path: Path) -> None:
    tab = opened(("a.txt", "", Mended("clean")))
    shown = mended_of(ODD, ODD_EDITS)._repr_html_()
    (tmp_path / "notebook.html").write_text(f"<!doctype html>{shown}", encoding="utf-8")
    tab.goto((tmp_path / "notebook.html").as_uri())
    frame = tab.frame_locator("iframe")
    frame.locator("#next").click()
    frame.locator("#card [data-act=r]").click()
    assert "1 decided by you" in frame.locator("#counts").inner_text()


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [380, 1280])
def test_accessibility_by_axe(opened: Opener, scheme: str, width: int) -> None:
    axe = pytest.importorskip("axe_playwright_python.sync_playwright").Axe()
    wanted = tuple(("y", "they", sure) for sure in (0.999, 0.97, 0.9, 0.7, 0.55, 0.8, 0.85, 0.9))
    mended = mended_of("y say \x1b here\n" * 8, wanted)
    vanished = Mended(
        "End of road.", (Edit(7, 7, "", "the ", "vanished-word", 0.6),), Channel.of("the")
    )
    tab = opened(
        ("a.txt", "site", mended),
        ("b.txt", "site", vanished),
        color_scheme=scheme,
        viewport={"width": width, "height": 800},
    )
    tab.get_by_text("Keys and shades").click()
    states = ["a", "r", "1", ""]
    for key in states:
        tab.keyboard.press("n")
        if key:
            tab.keyboard.press(key)
    slide(tab, 0.75)
    for document in ("a.txt", "b.txt"):
        if document == "b.txt":
            tab.get_by_role("link", name=document).click()
            tab.keyboard.press("n")
        found = axe.run(
            tab, options={"runOnly": ["wcag2a", "wcag2aa", "wcag21aa", "wcag22aa", "best-practice"]}
        )
        wrong = [
            (each["id"], [node["html"] for node in each["nodes"]][:3])
            for each in found.response["violations"]
        ]
        assert wrong == []
        assert tab.evaluate("document.documentElement.scrollWidth") <= width


def test_many_edits_are_fluid(opened: Opener) -> None:
    words, line = 50_000, 60
    parts, edits, at = [], [], 0
    for number in range(words):
        is_edit = number % 16 == 5
        word = "y" if is_edit else "word"
        if is_edit:
            sure = 0.5 + (number * 7919 % 1000) / 2000
            edits.append(Edit(at, at + 1, "y", "they", "word", sure, (), ("the",)))
        parts.append(word + ("\n" if number % line == line - 1 else " "))
        at += len(parts[-1])
    mended = Mended("".join(parts), tuple(edits), Channel.of("the"))
    tab = opened(("big.txt", "", mended), viewport={"width": 1280, "height": 900})
    took = tab.evaluate(
        """async () => {
          const frame = () => new Promise((done) => requestAnimationFrame(() => setTimeout(done)));
          const slider = document.getElementById("slider");
          const times = [];
          for (let step = 0; step < 10; step++) {
            await frame();
            const start = performance.now();
            slider.value = String(0.52 + 0.04 * step);
            slider.dispatchEvent(new Event("input", { bubbles: true }));
            await frame();
            document.getElementById("next").click();
            await frame();
            times.push(performance.now() - start);
          }
          return times;
        }"""
    )
    assert len(edits) > 3000
    # 0.06 s on two cores of 2024; what would not be fluid took ten times as long.
    assert sorted(took)[len(took) // 2] < 500
    assert check_downloads(tab, "big.txt", mended.original).count("they") < len(edits)


def test_the_commands_make_the_page_and_what_was_decided_on_it(
    browser: Any, tmp_path: Path
) -> None:
    raw = tmp_path / "raw"
    raw.mkdir()
    damaged = [Channel.parse("the,ad").apply(path.read_text(encoding="utf-8")) for path in NEWS[:3]]
    (raw / "a.txt").write_text(damaged[0], encoding="utf-8")
    rows = [{"id": number, "text": text} for number, text in enumerate(damaged[1:])]
    (raw / "b.jsonl").write_text("\n".join(map(json.dumps, rows)), encoding="utf-8")
    command = CliRunner()

    def run(*arguments: object) -> None:
        assert command.invoke(main, list(map(str, arguments))).exit_code == 0

    report = tmp_path / "report.html"
    run("report", raw, "--field", "text", "-o", report)
    tab = browser.new_page()
    tab.goto(report.as_uri())
    decisions = tmp_path / "decisions.json"
    decisions.write_bytes(downloaded(tab, "#get-decisions").read_bytes())
    tab.close()
    run("apply", raw, "--edits", decisions, "--field", "text", "-o", tmp_path / "decided")
    run("mend", raw, "--field", "text", "-o", tmp_path / "mended")
    for name in ("a.txt", "b.jsonl"):
        decided_on, mended = (tmp_path / each / name for each in ("decided", "mended"))
        assert decided_on.read_bytes() == mended.read_bytes() != (raw / name).read_bytes()
