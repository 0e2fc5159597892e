"""Smaller models that learn from a large one, on a few sentences and models that know nothing."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

torch = pytest.importorskip("torch")

from click.testing import CliRunner  # noqa: E402 - after the guard

from textmend.errors import TextmendError  # noqa: E402
from textmend.models.encoder import Encoder  # noqa: E402
from textmend.models.modelfile import CLASSES, read  # noqa: E402
from textmend.models.network import Lines, Network  # noqa: E402
from textmend.training.__main__ import main  # noqa: E402
from textmend.training.answers import Answers, divergence, graded  # noqa: E402
from textmend.training.corpus import LINE_START, Corpus, Source, prepare  # noqa: E402
from textmend.training.distillation import Recipe, distill  # noqa: E402
from textmend.training.encoder import EncoderModel, EncoderSize, coarse  # noqa: E402
from textmend.training.encoder_loop import EncoderPlan, load_encoder  # noqa: E402
from textmend.training.export import export, export_encoder  # noqa: E402
from textmend.training.growth import encoder_of, network_of, part_of  # noqa: E402
from textmend.training.loop import Progress  # noqa: E402
from textmend.training.model import ContextModel, Size  # noqa: E402
from textmend.training.windows import Windows, lengths_up_to  # noqa: E402

TEXT = """\
The other day they said the administration would add a few new rules. Then the cat sat on it.
There are 12 of them in the head office, and others in 1984.

Add the salt, they said. Mr Smith had made a list of the things that he needed for the road.
The Lonely Pasqualina read about other matters of the heart.
"""
SIZE = EncoderSize(width=128, heads=4, depth=3, wide=64, window=192)


@pytest.fixture
def corpus(tmp_path: Path) -> Corpus:
    path = tmp_path / "clean.txt"
    path.write_text((TEXT + "\n") * 40, encoding="utf-8")
    return prepare([Source(str(path), licence="CC0")], lang="en", size=60)


@pytest.fixture
def teacher(corpus: Corpus, tmp_path: Path) -> Path:
    torch.manual_seed(1)
    model = EncoderModel(np.maximum(corpus.counts, 1) / corpus.counts.sum(), SIZE)
    for values in model.parameters():
        values.data += 0.1 * torch.randn_like(values)
    export_encoder(model, corpus, tmp_path / "large.tmnd", window=SIZE.window)
    return tmp_path / "large.tmnd"


@pytest.fixture
def small(corpus: Corpus, tmp_path: Path) -> Path:
    torch.manual_seed(2)
    model = ContextModel(np.maximum(corpus.counts, 1) / corpus.counts.sum(), Size(32, 24, (1, 5)))
    for values in model.parameters():
        values.data += 0.1 * torch.randn_like(values)
    export(model, corpus, tmp_path / "small.tmnd")
    return tmp_path / "small.tmnd"


def lines_of(corpus: Corpus) -> Lines:
    """Three lines of 6, 3 and 5 slots, shorter than some layers reach."""
    random = np.random.default_rng(0)
    sizes = random.integers(1, 4, 14)
    ids = random.integers(len(CLASSES), len(corpus.words), sizes.sum())
    shares = np.repeat(1 / sizes, sizes).astype(np.float32)
    forms = random.integers(0, 32, 14)
    vanished = np.array([len(CLASSES), len(CLASSES) + 1])
    return Lines(np.array([6, 3, 5]), sizes, ids, shares, forms, vanished)


def windows_of(lines: Lines, words: int) -> Windows:
    """The same as the second of two equal windows, whose first is asked nothing."""
    length = 2 + len(lines.sizes) + len(lines.lengths)
    between = np.repeat(np.arange(len(lines.lengths)), lines.lengths)
    rows = np.arange(len(lines.sizes)) + 2 + between
    row_sizes = np.ones(length, np.int64)
    row_sizes[rows] = lines.sizes
    own = np.full(length, words + 1)
    own[0] = words
    is_slot = np.zeros(length, np.bool_)
    is_slot[rows] = True
    several = np.repeat(is_slot, row_sizes)
    ids, weights = np.repeat(own, row_sizes), np.ones(row_sizes.sum(), np.float32)
    ids[several], weights[several] = lines.candidates, lines.weights
    forms = np.zeros(length, np.int64)
    forms[rows] = lines.forms
    doubtful = lines.sizes > 1
    sizes = lines.sizes[doubtful]
    candidates = np.repeat(doubtful, lines.sizes)
    tensors = [
        *(torch.from_numpy(np.tile(each, 2)) for each in (forms, row_sizes, ids, weights)),
        torch.from_numpy(lines.vanished[None]),
        torch.zeros(2, dtype=torch.int64),
        torch.arange(length + 1, 2 * length - 1),
        torch.zeros(length - 2, dtype=torch.int64),
        torch.from_numpy(length + rows[doubtful]),
        torch.zeros(len(sizes), dtype=torch.int64),
        torch.from_numpy(np.repeat(np.arange(len(sizes)), sizes)),
        torch.from_numpy(np.concatenate([np.arange(size) for size in sizes])),
        torch.from_numpy(lines.candidates[candidates]),
        torch.zeros(int(sizes.sum())),
    ]
    return Windows(length, *tensors)


@pytest.mark.parametrize("kind", ["encoder", "network"])
def test_what_is_read_from_a_file_answers_as_the_file(
    kind: str, corpus: Corpus, teacher: Path, small: Path
) -> None:
    lines = lines_of(corpus)
    batch = windows_of(lines, len(corpus.words))
    is_encoder = kind == "encoder"
    scores = (Encoder.load(teacher) if is_encoder else Network.load(small)).score(lines)
    with torch.no_grad():
        answers = (encoder_of(teacher) if is_encoder else network_of(small)).answers(batch)
    several = np.repeat(lines.sizes > 1, lines.sizes)
    fits = answers.slots[batch.of, batch.places].numpy()
    assert np.allclose(answers.gaps.numpy(), scores.gaps, atol=2e-3 * np.abs(scores.gaps).max())
    assert np.allclose(fits, scores.candidates[several], atol=2e-3 * np.abs(fits).max())


def test_a_student_has_the_layers_and_the_numbers_that_say_most(teacher: Path) -> None:
    model = encoder_of(teacher)
    for quiet in (3, 5):
        model.layers[2].widen.weight.data[quiet] = 0
    student = part_of(model, (0, 2), SIZE.wide - 2, 96)
    assert student.size == EncoderSize(128, 4, 2, SIZE.wide - 2, 96, SIZE.between)
    kept = [place for place in range(SIZE.wide) if place not in (3, 5)]
    theirs, ours = model.layers[2], student.layers[1]
    assert torch.equal(ours.widen.weight, theirs.widen.weight[kept])
    assert torch.equal(ours.narrow.weight, theirs.narrow.weight[:, kept])
    assert torch.equal(student.layers[0].attend.weight, model.layers[0].attend.weight)
    assert student.embedding is model.embedding
    assert len(student.position.weight) == 96


def test_words_are_as_coarse_as_they_were(corpus: Corpus, teacher: Path, tmp_path: Path) -> None:
    model = encoder_of(teacher)
    assert torch.allclose(coarse(model.embedding.weight), model.embedding.weight, atol=1e-6)
    export_encoder(part_of(model, (1,), 32, 96), corpus, tmp_path / "part.tmnd", window=96)
    (_, ours), (_, theirs) = read(tmp_path / "part.tmnd"), read(teacher)
    for name in ("embedding", "embedding.scale"):
        assert np.array_equal(ours[name], theirs[name])


def test_divergence_is_from_what_the_teacher_says() -> None:
    no, states = torch.full((2, 1), -1e9), torch.empty(0)
    even = Answers(torch.cat([torch.zeros(2, 2), no], 1), torch.zeros(3, 2), states)
    assert divergence(even, even) == 0
    sure = even._replace(gaps=torch.tensor([[0.0, 30.0]] * 3))
    assert divergence(even, sure).item() == pytest.approx(3 * np.log(2), rel=1e-3)


def test_a_batch_that_asks_nothing(corpus: Corpus, teacher: Path) -> None:
    batch = windows_of(lines_of(corpus), len(corpus.words))
    nobody = torch.zeros(0, dtype=torch.int64)
    batch = batch._replace(
        gaps=nobody, gap_answers=nobody, asked=nobody, answers=nobody, of=nobody, places=nobody,
        choices=nobody, priors=torch.zeros(0), options=torch.zeros(1, 0, dtype=torch.int64),
    )  # fmt: skip
    sums = graded(encoder_of(teacher).answers(batch), batch)
    torch.autograd.backward(sums.loss)
    assert sums.loss.item() == sums.asked == sums.actual.item() == 0


def test_what_is_held_back_is_not_learned_from(corpus: Corpus) -> None:
    rest, held = corpus.held_back(stretches=4, size=100)
    assert 0 < len(held.ids) < len(corpus.ids) // 4
    assert len(rest.ids) + len(held.ids) == len(corpus.ids)
    assert held.codes[0] & LINE_START
    counts = np.bincount(rest.ids, minlength=len(corpus.words)) + np.bincount(
        held.ids, minlength=len(corpus.words)
    )
    assert np.array_equal(counts, np.bincount(corpus.ids, minlength=len(corpus.words)))


def test_lengths_that_a_window_holds() -> None:
    assert list(lengths_up_to(192)) == [96, 192]
    assert sum(lengths_up_to(192).values()) == pytest.approx(1)


def test_students_learn_and_go_on(
    corpus: Corpus, teacher: Path, small: Path, tmp_path: Path
) -> None:
    seen: list[Progress] = []
    recipe = Recipe((((0, 2), 32), ((1,), 64)), 96, small)
    for passes in (20, 40):
        plan = EncoderPlan(passes=passes, rows=768, workers=0, warm_up=5, rate=2e-3, new_rate=2e-3)
        written = distill(
            teacher, corpus, recipe, plan, tmp_path / "run.pt", every=10,
            report=lambda progress, _: seen.append(progress),
        )  # fmt: skip
    assert list(written) == ["2x32", "1x64", "small"]
    for name in written:
        steps = [each.step for each in seen if each.name == name]
        losses = [each.loss for each in seen if each.name == name]
        assert steps == sorted(set(steps))
        assert losses[-1] < 0.8 * losses[0]
    table = encoder_of(teacher).embedding.weight
    assert torch.equal(load_encoder(written["2x32"]).embedding.weight, table)


def test_text_that_is_held_back_is_reported(corpus: Corpus, teacher: Path, tmp_path: Path) -> None:
    ids, codes = np.tile(corpus.ids, 4), np.tile(corpus.codes, 4)
    longer = Corpus(ids, codes, corpus.words, corpus.counts * 4, corpus.lang, corpus.sources)
    found = []
    distill(
        teacher, longer, Recipe((((0, 1, 2), SIZE.wide),), 96),
        EncoderPlan(passes=0.01, rows=768, workers=0, rate=0, word_rate=0, new_rate=0),
        tmp_path / "run.pt", report=lambda _, unseen: found.append(unseen),
    )  # fmt: skip
    # The whole teacher, which learned nothing, is as good as the teacher.
    [unseen] = found
    assert unseen is not None
    assert unseen.divergence == pytest.approx(0, abs=1e-5)
    assert unseen.gap_f1 == unseen.teacher_f1


def test_a_corpus_of_other_words(corpus: Corpus, teacher: Path, tmp_path: Path) -> None:
    fewer = Corpus(
        corpus.ids % 50, corpus.codes, corpus.words[:50], corpus.counts[:50], "en", corpus.sources
    )
    with pytest.raises(TextmendError, match=f"knows {len(corpus.words)} words and the corpus 50"):
        distill(
            teacher, fewer, Recipe((((0,), 32),)), EncoderPlan(), tmp_path / "run.pt",
            report=lambda *_: None,
        )  # fmt: skip


def test_the_command(corpus: Corpus, teacher: Path, tmp_path: Path) -> None:
    corpus.save(tmp_path / "c.corpus")

    def run(*words: object) -> str:
        result = CliRunner().invoke(main, [str(word) for word in words])
        return result.output

    said = run(
        "distill", teacher, tmp_path / "c.corpus", "--checkpoint", tmp_path / "run.pt",
        "--student", "0,2", 32, "--window", 96, "--rows", 768, "--workers", 0, "--device", "cpu",
    )  # fmt: skip
    assert "2x32: step" in said
    run(
        "export", tmp_path / "c.corpus", tmp_path / "run-2x32.pt", "--out", tmp_path / "s.tmnd",
        "--window", 96,
    )  # fmt: skip
    assert Encoder.load(tmp_path / "s.tmnd").header["layers"] == 2
    nobody = run("distill", teacher, tmp_path / "c.corpus", "--checkpoint", tmp_path / "run.pt")
    assert "nobody to teach" in nobody
