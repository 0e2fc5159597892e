"""Training end to end on a few sentences: nothing is learned here, everything is run."""

from __future__ import annotations

import subprocess
import sys
from dataclasses import replace
from itertools import product
from pathlib import Path

import numpy as np
import pytest

torch = pytest.importorskip("torch")

from click.testing import CliRunner  # noqa: E402 - after the guard

from textmend.channel.channel import Channel, Drop  # noqa: E402
from textmend.errors import TextmendError  # noqa: E402
from textmend.models.modelfile import CLASSES  # noqa: E402
from textmend.models.network import FIRST, Lines, Network  # noqa: E402
from textmend.training.__main__ import main  # noqa: E402
from textmend.training.corpus import (  # noqa: E402
    LINE_START,
    Corpus,
    Source,
    common_endings,
    prepare,
    read_mix,
)
from textmend.training.evaluation import read_texts  # noqa: E402
from textmend.training.export import export  # noqa: E402
from textmend.training.growth import start_from  # noqa: E402
from textmend.training.loop import Plan, Progress, load_model, train  # noqa: E402
from textmend.training.model import ContextModel, Size  # noqa: E402
from textmend.training.names import names  # noqa: E402
from textmend.training.sampling import (  # noqa: E402
    _FUNCTION_WORDS,
    INTACT,
    VANISHED,
    Channels,
    Sampler,
    Words,
)

TEXT = """\
The other day they said the administration would add a few new rules. Then the cat sat on it.
There are 12 of them in the head office, and others in 1984.

Add the salt, they said. Mr Smith had made a list of the things that he needed for the road.
The Lonely Pasqualina read about other matters of the heart.
"""
SIZE = Size(embedding=8, width=12, dilations=(1, 2))


@pytest.fixture
def source(tmp_path: Path) -> Path:
    path = tmp_path / "clean.txt"
    path.write_text((TEXT + "\n") * 12, encoding="utf-8")
    return path


@pytest.fixture
def corpus(source: Path) -> Corpus:
    return prepare([Source(str(source), licence="CC0")], lang="en", size=40)


def test_prepare_keeps_lines_cases_and_sentences(corpus: Corpus) -> None:
    assert len(corpus.words) == 40
    assert tuple(corpus.words[: len(CLASSES)]) == CLASSES
    assert corpus.words[len(CLASSES)] in ("the", ".")
    first = np.flatnonzero(corpus.codes & LINE_START)
    assert len(first) == 4 * 12
    words = [corpus.words[place] for place in corpus.ids[: first[1]]]
    assert words[:4] == ["the", "other", "day", "they"]
    assert corpus.codes[:2].tolist() == [1 | FIRST | LINE_START, 0]
    then = words.index("then") if "then" in words else words.index("<title>")
    assert corpus.codes[then] == 1 | FIRST
    assert corpus.counts.sum() == len(corpus.ids)
    listed = {corpus.words[place] for place in corpus.ids}
    assert {"<number>", "<year>"} <= listed


def test_what_is_not_in_the_vocabulary_is_known_by_its_ending(tmp_path: Path) -> None:
    path = tmp_path / "made.txt"
    stems = ["".join(each) for each in product("bcdfg", "aeiou", "lmnprt", "aeio")]
    lines = [f"the the the {stem}sky Of the the" for stem in stems]
    path.write_text("\n".join(lines), encoding="utf-8")
    corpus = prepare([Source(str(path))], lang="en", size=2 * 40 * 4)
    assert corpus.words[len(CLASSES) :][:8] == [
        "<lower>ky", "<title>ky", "<upper>ky", "<mixed>ky",
        "<lower>y", "<title>y", "<upper>y", "<mixed>y",
    ]  # fmt: skip
    counts = dict(zip(corpus.words, corpus.counts.tolist(), strict=True))
    assert counts["<lower>ky"] == len(stems) - (320 - len(CLASSES) - 8 - 2)
    assert counts["<title>ky"] == counts["<lower>"] == 0
    sampler = Sampler(corpus, reach=2, piece=600)
    for batch in map(sampler.batch, range(8)):  # some channels leave no word to be doubted
        doubtful = batch.ids[np.repeat(batch.sizes > 1, batch.sizes)]
        if corpus.words.index("<lower>ky") in doubtful:
            break
    else:
        pytest.fail("no batch doubts what is not in the vocabulary")


def test_endings_are_those_of_most_occurrences() -> None:
    counts = {"walking": 3, "talked": 2, "song": 1, "§§§": 90, "y": 50}
    assert common_endings(counts, counts, 3) == ["g", "ing", "ng"]


def test_corpus_round_trip(corpus: Corpus, tmp_path: Path) -> None:
    path = tmp_path / "made.corpus"
    corpus.save(path)
    again = Corpus.load(path)
    assert np.array_equal(again.ids, corpus.ids)
    assert np.array_equal(again.codes, corpus.codes)
    assert again.words == corpus.words
    assert again.sources == corpus.sources
    path.write_bytes(path.read_bytes()[:400])
    with pytest.raises(TextmendError, match=r"made\.corpus is no prepared corpus"):
        Corpus.load(path)


def test_a_share_of_the_documents_is_drawn(source: Path) -> None:
    whole = prepare([Source(str(source))], lang="en", size=40)
    half = prepare([Source(str(source), share=0.5)], lang="en", size=40)
    assert 0 < len(half.ids) < len(whole.ids)
    again = prepare([Source(str(source), share=0.5)], lang="en", size=40)
    assert np.array_equal(half.ids, again.ids)


def test_a_given_vocabulary_is_kept(source: Path, corpus: Corpus) -> None:
    words = [*CLASSES, "they", "zebra"]
    kept = prepare([Source(str(source))], lang="en", size=40, words=words)
    assert kept.words == words
    assert len(kept.ids) == len(corpus.ids)
    assert kept.counts[-1] == 0
    assert kept.counts[-2] == corpus.counts[corpus.words.index("they")] > 0


def test_mix_file_of_the_shipped_model() -> None:
    import textmend.training

    lang, sources = read_mix(Path(textmend.training.__file__).with_name("english.toml"), Path("x"))
    assert lang == "en"
    assert all(each.path.startswith("x") and each.licence != "not stated" for each in sources)


def test_confusion_knows_every_shape() -> None:
    words = ["the", "or", "other", "they", "cat", "<lower>"]
    confusion = Words(words).confusion(Channel.of("the"))
    assert confusion.vanished == [0]
    assert confusion.group[:, 0].tolist() == [VANISHED] * 4
    assert confusion.group[0, 4] == confusion.group[2, 5] == INTACT
    groups = dict(zip(confusion.surfaces, confusion.members, strict=True))
    assert groups["or"] == groups["Or"] == groups["OR"] == {1, 2}
    assert groups["y"] == groups["Y"] == {3}
    assert confusion.surfaces[confusion.group[1, 3]] == "y"  # They lost its capital


def test_case_sensitive_drop_spares_capitals() -> None:
    channel = Channel((Drop("the", ignore_case=False),))
    confusion = Words(["the", "other", "they"]).confusion(channel)
    assert confusion.group[1, 0] == INTACT
    assert confusion.group[0, 0] == VANISHED
    assert confusion.group[1, 1] != INTACT


def test_batches_depend_on_seed_and_step_alone(corpus: Corpus) -> None:
    batches = [Sampler(corpus, reach=2, seed=3, piece=60).batch(5) for _ in range(2)]
    other = Sampler(corpus, reach=2, seed=4, piece=60).batch(5)
    for name in vars(batches[0]):
        assert np.array_equal(getattr(batches[0], name), getattr(batches[1], name))
    assert not np.array_equal(batches[0].ids, other.ids)


def test_unknown_words_are_told_from_known_ones_and_from_each_other(source: Path) -> None:
    ending = [f"{name}s" for name in CLASSES[:4]]
    words = [*CLASSES, *ending, "they", "the", "of", "cat", "and"]
    corpus = prepare([Source(str(source))], lang="en", size=40, words=words)
    sampler = Sampler(corpus, reach=2, piece=60)
    seen = set()
    for step in range(2 * sampler.steps):
        batch = sampler.batch(step)
        for candidates in np.split(batch.ids, np.cumsum(batch.sizes)[:-1]):
            unknown = int((candidates < len(CLASSES) + len(ending)).sum())
            if len(candidates) > 1 and unknown:
                assert len(set(candidates)) == len(candidates)
                seen.add((unknown, len(candidates)))
    assert seen == {(1, 2), (2, 3)}


def test_batches_are_sound(corpus: Corpus) -> None:
    sampler = Sampler(corpus, reach=2, piece=60)
    answered = gaps = 0
    for step in range(2 * sampler.steps):
        batch = sampler.batch(step)
        assert len(batch.present) == len(batch.forms) == batch.lengths.sum()
        assert np.array_equal(np.flatnonzero(batch.present), batch.rows)
        assert batch.sizes.sum() == len(batch.ids)
        assert batch.sizes.min() >= 1
        starts = np.cumsum(batch.sizes) - batch.sizes
        assert np.allclose(np.add.reduceat(batch.weights, starts), 1)
        assert (batch.answers < batch.sizes).all()
        options = batch.options[batch.gap_pieces]
        chosen = batch.gap_answers >= 0
        assert (options[chosen, batch.gap_answers[chosen]] >= 0).all()
        answered += int((batch.answers >= 0).sum())
        gaps += int(chosen.sum())
    assert answered
    assert gaps


def test_function_words_are_drawn_often(corpus: Corpus) -> None:
    channels, random = Channels(corpus.words, corpus.counts, "en"), np.random.default_rng(0)
    drawn = [channels.draw(random) for _ in range(500)]
    assert all(1 <= len(each.drops) <= 24 for each in drawn)
    assert sum(len(each.drops) > 5 for each in drawn) < 25
    assert any("'" in each.sequences for each in drawn)
    assert any("ing" in each.sequences for each in drawn)
    assert sum("the" in each.sequences for each in drawn) > 50
    drops = [drop for each in drawn for drop in each.drops[:1] if isinstance(drop, Drop)]
    places = {drop.where for drop in drops}
    assert places == {"anywhere", "whole-word", "word-start", "word-end"}
    assert any(not drop.ignore_case for drop in drops)


def test_another_language_has_its_own_function_words() -> None:
    words = ["der", "die", "und", *_FUNCTION_WORDS, "haus", "baum"]

    def whole_words(lang: str) -> set[str]:
        channels, random = Channels(words, np.ones(len(words)), lang), np.random.default_rng(0)
        drops = [drop for _ in range(1000) for drop in channels.draw(random).drops]
        return {
            drop.name for drop in drops if isinstance(drop, Drop) and drop.where == "whole-word"
        }

    assert {"der", "die", "und"} <= whole_words("de")
    assert whole_words("en") <= {*_FUNCTION_WORDS}


def run(corpus: Corpus, checkpoint: Path, passes: float) -> tuple[ContextModel, list[Progress]]:
    reports: list[Progress] = []
    plan = Plan(passes=passes, pieces=1, warm_up=2)
    model = train(corpus, SIZE, plan, checkpoint, report=reports.append, every=1, save_every=1)
    return model, reports


@pytest.fixture
def long_corpus(corpus: Corpus) -> Corpus:
    return replace(corpus, ids=np.tile(corpus.ids, 4), codes=np.tile(corpus.codes, 4))


def test_training_reports_and_resumes(long_corpus: Corpus, tmp_path: Path) -> None:
    whole, reports = run(long_corpus, tmp_path / "whole.pt", 2)
    assert [each.step for each in reports] == [*range(1, len(reports) + 1)]
    assert reports[-1].steps == reports[-1].step
    assert reports[-1].seconds_left == 0
    assert "words/s" in str(reports[0])
    assert np.isfinite(reports[-1].loss)

    def interrupt(*_: object) -> None:
        raise KeyboardInterrupt

    part = tmp_path / "part.pt"
    plan = Plan(passes=2, pieces=1, warm_up=2)
    with pytest.raises(KeyboardInterrupt):
        train(long_corpus, SIZE, plan, part, report=print, saved=interrupt, save_every=1)
    resumed, later = run(long_corpus, part, 2)
    assert later[0].step == 2
    for name, values in whole.state_dict().items():
        assert torch.equal(values, resumed.state_dict()[name]), name


def test_several_processes_average_their_weights(source: Path, tmp_path: Path) -> None:
    source.write_text((TEXT + "\n") * 300, encoding="utf-8")
    made, alone, together = tmp_path / "made.corpus", tmp_path / "1.pt", tmp_path / "2.pt"
    prepare([Source(str(source))], lang="en", size=40).save(made)
    command = ["textmend.training", "train", str(made), "--embedding=8", "--width=12"]
    command += ["--dilations=1,2", "--passes=1", "--threads=1"]
    # "--" keeps torchrun from taking our options for abbreviations of its own.
    torchrun = ["torch.distributed.run", "--standalone", "--nproc-per-node=2", "-m", "--"]
    for launcher, state in (([], alone), (torchrun, together)):
        line = [sys.executable, "-m", *launcher, *command, f"--checkpoint={state}"]
        subprocess.run(line, check=True, timeout=120)
    one, two = (torch.load(path, weights_only=True) for path in (alone, together))
    assert one["step"] == two["step"] > 0
    # The last average comes after the last step: it is no longer what the first process had.
    assert not torch.equal(one["model"]["bias"], two["model"]["bias"])


def test_a_corpus_too_short_for_a_step_is_refused(corpus: Corpus, tmp_path: Path) -> None:
    with pytest.raises(TextmendError, match="too short"):
        train(corpus, SIZE, Plan(), tmp_path / "state.pt", report=print)


def test_a_checkpoint_of_another_size_is_refused(corpus: Corpus, tmp_path: Path) -> None:
    run(corpus, tmp_path / "state.pt", 1)
    with pytest.raises(TextmendError, match=r"state\.pt holds a network of another size"):
        train(corpus, Size(4, 6, (1,)), Plan(), tmp_path / "state.pt", report=print)


def test_exported_model_computes_the_same(corpus: Corpus, tmp_path: Path) -> None:
    torch.manual_seed(0)
    model = ContextModel(np.maximum(corpus.counts, 1) / corpus.counts.sum(), SIZE)
    path = tmp_path / "model.tmnd"
    export(model, corpus, path, commit="abc", figures={"F1": 1.0})
    network = Network.load(path)
    assert network.header["commit"] == "abc"
    assert network.lang == "en"
    assert network.header["sources"][0]["licence"] == "CC0"

    sampler = Sampler(corpus, reach=2, piece=60, pieces=1)
    batch = next(
        batch for batch in map(sampler.batch, range(50)) if batch.options.size and batch.rows.size
    )
    ends = np.append(np.flatnonzero(np.diff(batch.rows) > 1) + 1, len(batch.rows))
    count = int(ends[0])  # the first line
    candidates = int(batch.sizes[:count].sum())
    line = Lines(
        np.array([count]),
        batch.sizes[:count],
        batch.ids[:candidates],
        batch.weights[:candidates].astype(np.float32),
        batch.forms[batch.rows[:count]],
        batch.options[0],
    )
    with torch.no_grad():
        states = model._states(batch, torch.from_numpy)
        expected = model._gap_logits(batch, states, torch.from_numpy)[: count + 1].numpy()
    assert np.abs(network.score(line).gaps - expected).max() < 0.05  # int8 weights


def test_command_line(source: Path, tmp_path: Path) -> None:
    made, state, model = tmp_path / "made.corpus", tmp_path / "state.pt", tmp_path / "model.tmnd"
    figures, held_out = tmp_path / "figures.json", tmp_path / "held_out.txt"
    held_out.write_text("They read the other page.\n\nOf course.", encoding="utf-8")
    assert list(read_texts(held_out)) == ["They read the other page.", "Of course."]

    def call(*words: object) -> str:
        result = CliRunner().invoke(main, [str(word) for word in words])
        assert result.exit_code == 0, result.output
        return result.output

    source.write_text((TEXT + "\n") * 200, encoding="utf-8")
    assert "40 words" in call("prepare", source, "--out", made, "--words", 40)
    small = ("--embedding", 8, "--width", 12, "--dilations", "1,2", "--passes", 1)
    assert "gap F1" in call("train", made, "--checkpoint", state, *small)
    call("export", made, state, "--out", model)
    measured = call("evaluate", model, held_out, "--random", 9, "--out", figures)
    assert "the, ad in held_out" in measured
    named = ("--figures", figures, "--commit", "abc", "--calibration", "vanished-word", 0.8, 0.0)
    call("export", made, state, "--out", model, *named)
    assert Network.load(model).header["calibration"] == {"vanished-word": [0.8, 0.0]}
    assert "mean of random channels" in Network.load(model).header["figures"]
    assert load_model(state).size == Size(8, 12, (1, 2))


def test_names_by_what_stands_beside_them() -> None:
    words = [*CLASSES, "the", "andrew", "street", "house", "said"]
    index = {word: place for place, word in enumerate(words)}
    title, lower = 1, 0
    line = [
        ("the", lower | LINE_START),
        ("andrew", title),
        ("said", lower),
        ("the", lower),
        ("street", lower),
        ("said", lower),
        ("andrew", title),
        ("street", title),
        ("house", lower),
        ("the", lower),
    ] * 6
    corpus = Corpus(
        np.array([index[word] for word, _ in line], np.uint16),
        np.array([code for _, code in line], np.uint8),
        words,
        np.zeros(len(words), np.int64),
        "en",
        [{"tokens": len(line)}],
    )
    assert names(corpus) == {"andrew": "", "street": "<"}
    silent = replace(corpus, sources=[{"tokens": len(line), "names": False}])
    assert names(silent) == {}


def test_a_larger_network_begins_as_good_as_the_one_it_starts_from(
    corpus: Corpus, tmp_path: Path
) -> None:
    frequencies = np.maximum(corpus.counts, 1) / corpus.counts.sum()
    small = ContextModel(frequencies, SIZE)
    export(small, corpus, tmp_path / "small.tmnd")
    copy, large = (ContextModel(frequencies, size) for size in (SIZE, Size(8, 16, (1, 2, 1))))
    for each in (copy, large):
        start_from(tmp_path / "small.tmnd", each, corpus.words)
    batch = Sampler(corpus, reach=2, piece=60).batch(3)
    with torch.no_grad():
        expected, found = copy.loss(batch), large.loss(batch)
        assert float(found.slots) == pytest.approx(float(expected.slots), rel=1e-3)
        assert float(found.gaps) == pytest.approx(float(expected.gaps), rel=1e-3)
    torch.autograd.backward(large.loss(batch).slots)
    assert all(values.grad is None or values.grad.isfinite().all() for values in large.parameters())
    added = large.get_parameter("layers.2.weight").grad
    assert added is not None
    assert added.abs().sum() > 0, "what is silent at first can learn"
    with pytest.raises(TextmendError, match=r"small\.tmnd has 8 numbers a word, 12 a state"):
        start_from(tmp_path / "small.tmnd", ContextModel(frequencies, Size(8, 10, (1, 2))), [])
