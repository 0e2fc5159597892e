"""Training from a pretrained encoder, on a few sentences and an encoder that learned nothing."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest

torch = pytest.importorskip("torch")

from click.testing import CliRunner  # noqa: E402 - after the guard

from textmend.errors import TextmendError  # noqa: E402
from textmend.models.encoder import Encoder  # noqa: E402
from textmend.models.modelfile import CLASSES  # noqa: E402
from textmend.models.network import Lines  # noqa: E402
from textmend.training.__main__ import main  # noqa: E402
from textmend.training.corpus import Corpus, Source, prepare  # noqa: E402
from textmend.training.encoder import EncoderModel, EncoderSize, coarse  # noqa: E402
from textmend.training.encoder_loop import EncoderPlan, load_encoder, train_encoder  # noqa: E402
from textmend.training.export import export_encoder  # noqa: E402
from textmend.training.pieces import Pretrained  # noqa: E402
from textmend.training.windows import Windows, WindowSampler, cut  # noqa: E402

TEXT = """\
The other day they said the administration would add a few new rules. Then the cat sat on it.
There are 12 of them in the head office, and others in 1984.

Add the salt, they said. Mr Smith had made a list of the things that he needed for the road.
The Lonely Pasqualina read about other matters of the heart.
"""
PIECES = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "the", "cat", "o", "##th", "##er", "##ing", ".", "'"]
PIECES += ["3", "199", "##9", "caf", "##e", "don", "t"]
SIZE = EncoderSize(width=128, heads=4, depth=2, wide=64)
LENGTHS = {8: 0.5, 12: 0.5}


@pytest.fixture
def corpus(tmp_path: Path) -> Corpus:
    path = tmp_path / "clean.txt"
    path.write_text((TEXT + "\n") * 40, encoding="utf-8")
    return prepare([Source(str(path), licence="CC0")], lang="en", size=60)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """An encoder as others write it."""
    torch.manual_seed(0)
    wide, width = SIZE.wide, SIZE.width
    shapes: dict[str, tuple[int, ...]] = {
        "embeddings.word_embeddings.weight": (len(PIECES), width),
        "embeddings.position_embeddings.weight": (400, width),
        "embeddings.token_type_embeddings.weight": (2, width),
        "embeddings.LayerNorm.weight": (width,),
        "embeddings.LayerNorm.bias": (width,),
    }
    for depth in range(SIZE.depth):
        parts: dict[str, tuple[int, ...]] = {
            **{f"attention.self.{name}": (width, width) for name in ("query", "key", "value")},
            "attention.output.dense": (width, width),
            "intermediate.dense": (wide, width),
            "output.dense": (width, wide),
        }
        for name, shape in parts.items():
            shapes[f"encoder.layer.{depth}.{name}.weight"] = shape
            shapes[f"encoder.layer.{depth}.{name}.bias"] = shape[:1]
        for name in ("attention.output.LayerNorm", "output.LayerNorm"):
            shapes[f"encoder.layer.{depth}.{name}.weight"] = (width,)
            shapes[f"encoder.layer.{depth}.{name}.bias"] = (width,)
    header, body = {}, b""
    random = np.random.default_rng(0)
    for name, shape in shapes.items():
        packed = random.normal(scale=0.1, size=shape).astype(np.float32).tobytes()
        header[name] = {
            "dtype": "F32", "shape": shape, "data_offsets": [len(body), len(body) + len(packed)]
        }  # fmt: skip
        body += packed
    head = json.dumps({**header, "__metadata__": {"format": "pt"}}).encode()
    path = tmp_path / "encoder"
    path.mkdir()
    (path / "model.safetensors").write_bytes(len(head).to_bytes(8, "little") + head + body)
    (path / "vocab.txt").write_text("\n".join(PIECES), encoding="utf-8")
    (path / "config.json").write_text(json.dumps({"num_attention_heads": 4}), encoding="utf-8")
    return path


def tensors_of(batch: Windows) -> Windows:
    length, *arrays = batch
    return Windows(length, *map(torch.from_numpy, arrays))


def test_words_begin_as_the_mean_of_their_pieces(folder: Path) -> None:
    encoder = Pretrained.load(folder)
    assert (encoder.width, encoder.depth, encoder.heads) == (128, 2, 4)

    def pieces(word: str) -> list[str]:
        return [PIECES[place] for place in encoder.split(word)]

    assert pieces("other") == ["o", "##th", "##er"]
    assert pieces("Café") == ["caf", "##e"]
    assert pieces("don't") == ["don", "'", "t"]
    assert pieces("dog") == ["[UNK]"]
    table = encoder["embeddings.word_embeddings.weight"]
    the, other, ing, number = encoder.embedding(["the", "other", "<title>ing", "<number>"])
    assert np.array_equal(the, table[PIECES.index("the")])
    assert np.allclose(other, table[[PIECES.index(each) for each in pieces("other")]].mean(axis=0))
    assert np.allclose(ing, table[[1, PIECES.index("##ing")]].mean(axis=0))
    assert not np.array_equal(number, table[1])


def test_a_folder_that_holds_no_encoder(tmp_path: Path) -> None:
    with pytest.raises(TextmendError, match="holds no encoder"):
        Pretrained.load(tmp_path)


def test_the_model_begins_as_the_encoder(folder: Path, corpus: Corpus) -> None:
    encoder = Pretrained.load(folder)
    model = EncoderModel(np.ones(len(corpus.words)), SIZE)
    model.start_from(encoder, corpus.words)
    weight = model.get_parameter("layers.1.attend.weight").detach().numpy()
    for place, name in enumerate(("query", "key", "value")):
        theirs = encoder[f"encoder.layer.1.attention.self.{name}.weight"]
        assert np.array_equal(weight[128 * place : 128 * (place + 1)], theirs)
    cls = encoder["embeddings.word_embeddings.weight"][2]
    assert np.array_equal(model.embedding.weight[-2].detach().numpy(), cls)
    assert not model.form.weight.any()


def test_windows_hold_what_the_piece_holds(corpus: Corpus) -> None:
    sampler = WindowSampler(corpus, rows=240, lengths=LENGTHS, piece=100)
    words = len(corpus.words)
    random = np.random.default_rng(0)
    for number in range(20):
        piece = sampler._sampler.piece(number % 4, (0, number), random)
        windows = cut(piece, 12, 5, words, random)
        first = windows.ids[np.cumsum(windows.sizes) - windows.sizes].reshape(-1, 12)
        assert np.all(first[:, 0] == words)
        assert np.all(first[:, 1:] != words)
        is_slot = (first[:, 1:] != words + 1).ravel()
        inner = len(is_slot)
        starts = [
            start
            for start in range(len(piece.present) - inner + 1)
            if np.array_equal(piece.present[start : start + inner], is_slot)
            and np.array_equal(
                piece.forms[start : start + inner], windows.forms.reshape(-1, 12)[:, 1:].ravel()
            )
        ]
        gaps = dict(zip(piece.gap_rows.tolist(), piece.gap_answers.tolist(), strict=True))
        found = dict(zip(windows.gaps.tolist(), windows.gap_answers.tolist(), strict=True))
        assert any(
            all(
                gaps.get(start + gap // 12 * 11 + gap % 12) == answer - 1
                for gap, answer in found.items()
            )
            for start in starts
        )
        assert all(gap % 12 not in (0, 11) for gap in found)
        for place, row in enumerate(windows.asked):
            at = windows.sizes[:row].sum()
            candidates = windows.choices[windows.of == place]
            assert np.array_equal(candidates, windows.ids[at : at + windows.sizes[row]])
            assert 0 <= windows.answers[place] < len(candidates)


def test_batches_are_full_and_depend_on_the_step(corpus: Corpus) -> None:
    sampler = WindowSampler(corpus, rows=240, lengths=LENGTHS, piece=100)
    for step in range(6):
        batch = sampler.batch(step)
        assert batch.length in LENGTHS
        assert len(batch.forms) == len(batch.sizes) == 240
        assert len(batch.channels) == 240 // batch.length
        assert batch.sizes.sum() == len(batch.ids) == len(batch.weights)
        assert np.all(batch.gap_answers <= (batch.options >= 0).sum(1)[
            batch.channels[batch.gaps // batch.length]
        ])  # fmt: skip
        again = WindowSampler(corpus, rows=240, lengths=LENGTHS, piece=100).batch(step)
        assert all(np.array_equal(*each) for each in zip(batch, again, strict=True))


def test_a_corpus_may_be_too_short(corpus: Corpus) -> None:
    with pytest.raises(TextmendError, match="2,800 words are too few to fill a window of 800"):
        WindowSampler(corpus, rows=1600, lengths={800: 1.0})


def test_it_learns(folder: Path, corpus: Corpus) -> None:
    sampler = WindowSampler(corpus, rows=480, lengths=LENGTHS, piece=100)
    batch = tensors_of(sampler.batch(0))
    model = EncoderModel(np.maximum(corpus.counts, 1) / corpus.counts.sum(), SIZE)
    model.start_from(Pretrained.load(folder), corpus.words)
    optimizer = torch.optim.Adam(model.parameters(), lr=2e-3)
    losses = []
    for _ in range(60):
        loss = model.loss(batch).loss
        optimizer.zero_grad()
        torch.autograd.backward(loss)
        optimizer.step()
        losses.append(loss.item())
    assert losses[-1] < 0.5 * losses[0]


def test_a_run_goes_on(folder: Path, corpus: Corpus, tmp_path: Path) -> None:
    encoder = Pretrained.load(folder)
    steps: list[int] = []
    checkpoint = tmp_path / "checkpoint"
    for passes in (2, 4):
        train_encoder(
            corpus, encoder, EncoderPlan(passes=passes, rows=768, workers=0), checkpoint,
            report=lambda progress: steps.append(progress.step), every=1,
        )  # fmt: skip
    assert steps == sorted(set(steps))
    assert steps[0] == 1
    assert load_encoder(checkpoint).words == len(corpus.words)


def test_the_exported_encoder_says_the_same(corpus: Corpus, tmp_path: Path) -> None:
    torch.manual_seed(1)
    model = EncoderModel(np.maximum(corpus.counts, 1) / corpus.counts.sum(), SIZE)
    for values in model.parameters():
        values.data += 0.1 * torch.randn_like(values)
    export_encoder(model, corpus, tmp_path / "large.tmnd", window=24, start="none, CC0")
    encoder = Encoder.load(tmp_path / "large.tmnd")
    assert encoder.header["start"] == "none, CC0"

    random = np.random.default_rng(0)
    sizes = random.integers(1, 4, 14)
    ids = random.integers(len(CLASSES), len(corpus.words), sizes.sum())
    shares = np.repeat(1 / sizes, sizes).astype(np.float32)
    forms = random.integers(0, 32, 14)
    vanished = np.array([len(CLASSES), len(CLASSES) + 1])
    scores = encoder.score(Lines(np.array([14]), sizes, ids, shares, forms, vanished))

    words = len(corpus.words)
    rows = np.arange(2, 16)  # after that of the window, and that before the line
    row_sizes = np.concatenate([[1, 1], sizes, [1]])
    several = np.repeat(sizes > 1, sizes)
    batch = Windows(
        17,
        np.concatenate([[0, 0], forms, [0]]),
        row_sizes,
        np.concatenate([[words, words + 1], ids, [words + 1]]),
        np.concatenate([[1, 1], shares, [1]]).astype(np.float32),
        vanished[None],
        np.zeros(1, np.int64),
        np.arange(1, 16),
        np.zeros(15, np.int64),
        rows[sizes > 1],
        np.zeros((sizes > 1).sum(), np.int64),
        np.repeat(np.arange((sizes > 1).sum()), sizes[sizes > 1]),
        np.concatenate([np.arange(size) for size in sizes[sizes > 1]]),
        ids[several],
        np.zeros(several.sum(), np.float32),
    )
    tensors = tensors_of(batch)
    with torch.no_grad():
        model.coarse = True
        answers = model.answers(tensors)
        gaps = answers.gaps.numpy()
        fits = answers.slots[tensors.of, tensors.places]
    # What differs is that the file has whole numbers and short ones.
    assert np.abs(scores.gaps - gaps).max() < 0.05 * np.abs(gaps).max()
    assert np.abs(scores.candidates[several] - fits.numpy()).max() < 0.05 * fits.abs().max()


def test_four_bits_are_fifteen_numbers() -> None:
    rows = torch.randn(5, 128)
    found = coarse(rows)
    assert (found - rows).abs().max() <= rows.abs().max() / 14 + 1e-6
    assert all(len(group.unique()) <= 15 for group in found.view(-1, 64))


def test_the_commands(folder: Path, tmp_path: Path, corpus: Corpus) -> None:
    paths = {name: tmp_path / name for name in ("c.corpus", "c.pt", "large.tmnd", "figures.json")}
    corpus.save(paths["c.corpus"])

    def run(*words: object) -> str:
        result = CliRunner().invoke(main, [str(word) for word in words])
        assert result.exit_code == 0, result.output
        return result.output

    run(
        "train", paths["c.corpus"], "--checkpoint", paths["c.pt"], "--encoder", folder,
        "--passes", 2, "--rows", 384, "--workers", 0, "--device", "cpu",
    )  # fmt: skip
    run("export", paths["c.corpus"], paths["c.pt"], "--out", paths["large.tmnd"], "--window", 16)
    assert "the, ad: repaired" in run(
        "evaluate", paths["large.tmnd"], tmp_path / "clean.txt", "--documents", 1, "--random", 0,
        "--alone", "--out", paths["figures.json"],
    )  # fmt: skip
    assert "the, ad" in json.loads(paths["figures.json"].read_text())
