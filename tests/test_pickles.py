"""Pickles: the same before and after use and wherever textmend lies, with versions in them."""

from __future__ import annotations

import copy
import os
import pickle
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

import corpora
import textmend
from textmend import Channel, Mender, TextmendError
from textmend.api import _unpickled
from textmend.language.bigrams import Bigrams
from textmend.language.lexicon import Lexicon
from textmend.models.modelfile import SHIPPED, digest_of

ARTICLE = corpora.load("news", split="dev")[0].text
DAMAGED = Channel.of("the", "ad").apply(ARTICLE)
CHANNELS = [
    Channel.of("the", "ad"),
    Channel.parse("ligatures:space,non-ascii:?"),
    Channel.parse("doubled,random:2%,drop-caps:word"),
    Channel.of("ing", where="word-end", ignore_case=False, whitespace="keep"),
]


def use_channel(channel: Channel) -> None:
    channel.apply("the official added three coffees")
    assert channel.residues is not None
    assert channel.leaky is not None
    channel.is_survivor("the")


@pytest.mark.parametrize("channel", CHANNELS)
def test_a_channel_is_the_same_before_and_after_use(channel: Channel) -> None:
    fresh = Channel(channel.drops, channel.whitespace)
    before = pickle.dumps(fresh)
    use_channel(fresh)
    assert pickle.dumps(fresh) == before
    for other in (pickle.loads(before), copy.copy(fresh), copy.deepcopy(fresh)):
        assert other == fresh
        assert hash(other) == hash(fresh)
        assert vars(other).keys() == {"drops", "whitespace"}


def test_a_result_is_the_same_before_and_after_use() -> None:
    mended = textmend.mend_and_explain(DAMAGED)
    fresh = copy.copy(mended)
    assert fresh == mended
    before = pickle.dumps(fresh)
    assert fresh.revert() == fresh.damage() == DAMAGED
    assert fresh.to_original(fresh.to_mended(50)) >= 0
    assert pickle.dumps(fresh) == before
    assert pickle.loads(before) == mended
    assert pickle.loads(before).text == mended.text


def test_what_was_inferred_is_the_same_before_and_after_use() -> None:
    inference = textmend.infer_channel(DAMAGED)
    before = pickle.dumps(inference)
    assert Mender(channel=inference).mend(DAMAGED) != DAMAGED
    assert pickle.dumps(inference) == before
    assert pickle.loads(before) == inference
    assert hash(pickle.loads(before)) == hash(inference)


@pytest.mark.parametrize("load", [Lexicon.load, Bigrams.load])
def test_what_is_loaded_is_pickled_by_name(load: Callable[[str], Any]) -> None:
    assert pickle.loads(pickle.dumps(load("en"))) is load("en")
    assert len(pickle.dumps(load("en"))) < 100


@pytest.mark.parametrize(
    "make",
    [
        Mender,
        lambda: Mender(channel="the,ad"),
        lambda: Mender(lang="en,de", min_probability=0.9),
        lambda: Mender().for_source(DAMAGED),
        lambda: Mender(lang="de"),
        lambda: Mender(model=None),
    ],
)
def test_a_mender_is_the_same_before_and_after_use(make: Callable[[], Mender]) -> None:
    mender = make()
    before = pickle.dumps(mender)
    expected = mender.mend(DAMAGED)
    assert pickle.dumps(mender) == before == pickle.dumps(make())
    again = pickle.loads(before)
    assert repr(again) == repr(mender)
    assert vars(again).keys() == vars(mender).keys()
    assert again.mend(DAMAGED) == expected
    assert str(SHIPPED.parent).encode() not in before
    assert b"site-packages" not in before
    assert b"PosixPath" not in before
    assert textmend.__version__.encode() in before
    assert (digest_of(SHIPPED).encode() in before) == (mender.model is not None)


def copied(folder: Path, version: str = textmend.__version__) -> Path:
    """An installation of textmend elsewhere, perhaps of another version."""
    shutil.copytree(Path(textmend.__file__).parent, folder / "textmend", symlinks=True)
    own = folder / "textmend" / "__init__.py"
    own.write_text(own.read_text("utf-8").replace(f'"{textmend.__version__}"', f'"{version}"'))
    return folder


MAKE = """
import pickle, textmend
mender = textmend.Mender(channel="the,ad")
before = pickle.dumps(mender)
assert mender.mend("or farmers") and pickle.dumps(mender) == before
print(base64.b64encode(before).decode())
"""
USE = """
import pickle
print(pickle.loads(base64.b64decode(sys.stdin.read())).mend("In dition, y met or farmers."))
"""


def run(program: str, source: Path, told: str = "") -> str:
    done = subprocess.run(
        [sys.executable, "-c", "import base64, sys\n" + program],
        input=told,
        env={**os.environ, "PYTHONPATH": str(source)},
        capture_output=True,
        text=True,
        encoding="utf-8",
        check=True,
    )
    return done.stdout.strip()


def test_a_mender_is_used_elsewhere_and_by_another_version(tmp_path: Path) -> None:
    here, there = copied(tmp_path / "here"), copied(tmp_path / "there")
    later = copied(tmp_path / "later", "9.9.9")
    made = run(MAKE, here)
    assert made == run(MAKE, there)
    assert made != run(MAKE, later)
    shutil.rmtree(here)
    for place in (there, later):
        assert run(USE, place, made) == "In addition, they met other farmers."


def test_another_model_gives_other_bytes(tmp_path: Path) -> None:
    here, there = copied(tmp_path / "here"), copied(tmp_path / "there")
    model = there / "textmend" / "data" / SHIPPED.name
    data = bytearray(model.read_bytes())
    data[8] ^= 1  # of its checksum
    model.write_bytes(data)
    program = "import pickle, textmend\nprint(pickle.dumps(textmend.Mender()))"
    assert run(program, here) != run(program, there)


def test_a_model_that_was_given_keeps_its_path_as_it_was_given(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    shutil.copy(SHIPPED, tmp_path / "own.tmnd")
    monkeypatch.chdir(tmp_path)
    for path in ("own.tmnd", Path("own.tmnd"), tmp_path / "own.tmnd"):
        packed = pickle.dumps(Mender(model=path))
        assert pickle.loads(packed).model == path
        assert (tmp_path.name.encode() in packed) == (path == tmp_path / "own.tmnd")
    (tmp_path / "own.tmnd").unlink()
    with pytest.raises(TextmendError, match=r"cannot read the model .*own\.tmnd"):
        pickle.loads(packed)


@pytest.mark.parametrize(
    "options",
    [
        pickle.dumps({"lang": "en", "tone": "warm"}),  # an option of a later version
        b"ctextmend.families\nVowels\n.",  # a rule of a later version
        b"no pickle",
    ],
)
def test_what_another_version_alone_can_make_is_named(options: bytes) -> None:
    with pytest.raises(TextmendError, match=r"pickled by textmend 9\.9.*install the version"):
        _unpickled("9.9", None, options)


def test_a_family_of_a_later_version_is_named() -> None:
    packed = pickle.dumps(Channel.doubled())
    later = packed.replace(b"\x07doubled", b"\x07vowels2")
    assert later != packed
    with pytest.raises(TextmendError, match="unknown family 'vowels2'"):
        pickle.loads(later)


@pytest.mark.parametrize("lang", ["en", "de", "auto"])
def test_a_model_that_is_none_is_refused_at_once(tmp_path: Path, lang: str) -> None:
    with pytest.raises(TextmendError, match=r"cannot read the model nope\.tmnd"):
        Mender(model="nope.tmnd", lang=lang)
    (tmp_path / "text.tmnd").write_text("This is a text.")
    with pytest.raises(TextmendError, match="is no textmend model"):
        Mender(model=tmp_path / "text.tmnd", lang=lang)


@pytest.mark.parametrize("lang", ["de", "de,fr"])
def test_a_model_for_another_language_is_refused_at_once(tmp_path: Path, lang: str) -> None:
    shutil.copy(SHIPPED, tmp_path / "own.tmnd")
    with pytest.raises(TextmendError, match=r"own\.tmnd: is a model for 'en', and the texts are"):
        Mender(model=tmp_path / "own.tmnd", lang=lang)
    Mender(model=tmp_path / "own.tmnd", lang=f"{lang},en")
