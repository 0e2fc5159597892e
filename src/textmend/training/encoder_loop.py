"""The training loop of the encoder: so many minutes, or so many passes.

On a GPU text is damaged by processes of their own while the last batch is learned from. Where the
time is what is given, the learning rate follows the clock. Several models may learn from the same
batches (see :mod:`textmend.training.distillation`). Start reading at :func:`train_encoder`.
"""

from __future__ import annotations

import math
import time
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass, replace
from itertools import count
from pathlib import Path
from typing import Any

import numpy as np
import torch
from torch import Tensor
from torch.optim import AdamW, Optimizer
from torch.utils.data import DataLoader, Dataset

from textmend.training.answers import Sums
from textmend.training.corpus import Corpus
from textmend.training.encoder import EncoderModel, EncoderSize, compile_layers
from textmend.training.loop import Progress
from textmend.training.model import ContextModel
from textmend.training.pieces import Pretrained
from textmend.training.windows import ROWS, Windows, WindowSampler


@dataclass(frozen=True)
class EncoderPlan:
    """How to train: ``minutes``, or else passes over the corpus, and the usual settings.

    ``rate`` is that of the encoder's layers, ``word_rate`` that of embeddings, and ``new_rate``
    that of what the encoder did not have. After ``coarse_after`` of the time embeddings are as
    coarse as in the file.
    """

    minutes: float | None = None
    passes: float = 1.0
    rate: float = 6e-4
    word_rate: float = 7e-4
    new_rate: float = 1.2e-3
    warm_up: int = 400
    rows: int = ROWS
    coarse_after: float = 0.7
    seed: int = 0
    device: str = "cpu"
    bfloat16: bool = False
    compiled: bool = False
    workers: int = 1

    def rate_at(self, step: int, done: float) -> float:
        """The share of the learning rate: up in a line, then down along a cosine."""
        rising = min(1.0, (step + 1) / self.warm_up)
        return rising * (0.01 + 0.99 * (1 + math.cos(math.pi * min(done, 1.0))) / 2)


def train_encoder(
    corpus: Corpus,
    encoder: Pretrained,
    plan: EncoderPlan,
    checkpoint: Path,
    *,
    report: Callable[[Progress], None],
    every: int = 50,
    saved: Callable[[EncoderModel, float], None] | None = None,
    save_at: tuple[float, ...] = (0.2, 0.4, 0.6, 0.8),
) -> EncoderModel:
    """An encoder that has read ``corpus`` under random channels; goes on from ``checkpoint``.

    ``saved`` is called with each model that was written to the checkpoint, and the share of the
    time that it took: at the shares ``save_at`` and at the end.
    """
    torch.manual_seed(plan.seed)
    frequencies = np.maximum(corpus.counts, 1) / corpus.counts.sum()
    wide = len(encoder["encoder.layer.0.intermediate.dense.weight"])
    size = EncoderSize(encoder.width, encoder.heads, encoder.depth, wide)
    model = EncoderModel(frequencies, size)
    model.start_from(encoder, corpus.words)
    model.to(plan.device)

    def lesson(batch: Windows, done: float) -> Iterator[Sums]:
        model.coarse = done >= plan.coarse_after
        yield model.loss(batch)

    learner = Learner("", model, [adamw(model, plan)], checkpoint)
    learn(
        WindowSampler(corpus, rows=plan.rows, seed=plan.seed), [learner], lesson, plan,
        report=report, every=every, saved=lambda done: saved(model, done) if saved else None,
        save_at=save_at,
    )  # fmt: skip
    return model


@dataclass(frozen=True)
class Learner:
    """A model that learns, what moves its weights, and where it is written.

    The groups of its ``optimizers`` say what their rate is at its highest ("most").
    """

    name: str
    model: EncoderModel | ContextModel
    optimizers: list[Optimizer]
    checkpoint: Path


def learn(
    sampler: WindowSampler,
    learners: list[Learner],
    lesson: Callable[[Windows, float], Iterator[Sums]],
    plan: EncoderPlan,
    *,
    report: Callable[[Progress], None],
    every: int = 50,
    saved: Callable[[float], None] = lambda _: None,
    save_at: tuple[float, ...] = (0.2, 0.4, 0.6, 0.8),
) -> None:
    """Let all ``learners`` learn from the batches of a sampler; each goes on from its checkpoint.

    ``lesson``: the losses of the learners, in their order, of a batch, for which it is told the
    share of the time that is over. ``saved`` is called when all were written.
    """
    if plan.compiled:
        compile_layers()
    [(step, spent)] = {_resume(each) for each in learners}
    batches = iter(
        DataLoader(
            _Steps(sampler), batch_size=None, sampler=count(step), num_workers=plan.workers,
            prefetch_factor=4 if plan.workers else None, pin_memory=plan.device != "cpu",
        )
    )  # fmt: skip
    steps = max(1, int(plan.passes * sampler.steps))
    began = time.perf_counter() - spent
    meters = [_Meter(step) for _ in learners]
    to_save = [share for share in save_at if not step or share > _done(plan, step, steps, spent)]
    done = _done(plan, step, steps, spent)
    while done < 1:
        batch = on(plan.device, next(batches))
        losses = lesson(batch, done)
        for learner, meter in zip(learners, meters, strict=True):
            with torch.autocast(plan.device, torch.bfloat16, enabled=plan.bfloat16):
                sums = next(losses)
            learner.model.zero_grad()
            torch.autograd.backward(sums.loss / len(batch.forms))
            torch.nn.utils.clip_grad_norm_(learner.model.parameters(), 1.0, foreach=True)
            for optimizer in learner.optimizers:
                for group in optimizer.param_groups:
                    group["lr"] = group["most"] * plan.rate_at(step, done)
                optimizer.step()
            meter.add(sums, len(batch.forms))
        step += 1
        spent = time.perf_counter() - began
        done = _done(plan, step, steps, spent)
        if step % every == 0 or done >= 1:
            left = spent * (1 - done) / max(done, 1e-9)
            for learner, meter in zip(learners, meters, strict=True):
                progress = meter.progress(step, round(step / max(done, 1e-9)), left)
                report(replace(progress, name=learner.name))
        if done >= 1 or (to_save and done >= to_save[0]):
            to_save = to_save[1:]
            for learner in learners:
                _save(learner, step, spent)
            saved(done)


def _done(plan: EncoderPlan, step: int, steps: int, spent: float) -> float:
    return spent / (60 * plan.minutes) if plan.minutes else step / steps


def on(device: str, batch: Windows) -> Windows:
    """A batch whose tensors are on a device, or will be when they are needed."""
    length, *tensors = batch
    return Windows(length, *(each.to(device, non_blocking=True) for each in tensors))


def adamw(model: EncoderModel, plan: EncoderPlan) -> AdamW:
    """AdamW, whose decay is for the matrices of the encoder's layers alone."""
    inner = [each for each in model.layers.parameters() if each.ndim > 1]
    beside = [each for each in model.layers.parameters() if each.ndim < 2]
    words = [model.embedding.weight, model.position.weight, *model.entered.parameters()]
    ids = {id(each) for each in (*inner, *beside, *words)}
    new = [each for each in model.parameters() if id(each) not in ids]
    return AdamW(
        [
            {"params": inner, "most": plan.rate, "weight_decay": 0.01},
            {"params": beside, "most": plan.rate, "weight_decay": 0.0},
            {"params": words, "most": plan.word_rate, "weight_decay": 0.0},
            {"params": new, "most": plan.new_rate, "weight_decay": 0.0},
        ],
        betas=(0.9, 0.98),
        fused=True,
    )


class _Steps(Dataset[Windows]):
    """The batches of a sampler by step."""

    def __init__(self, sampler: WindowSampler) -> None:
        self._sampler = sampler

    def __getitem__(self, step: int) -> Windows:
        return self._sampler.batch(step)


class _Meter:
    """Sums the losses since the last report, where they were computed: to ask takes time."""

    def __init__(self, first: int) -> None:
        self._begin(first)

    def _begin(self, step: int) -> None:
        self._first, self._began = step, time.perf_counter()
        self._sums: Tensor | None = None
        self._asked = self._rows = 0

    def add(self, sums: Sums, rows: int) -> None:
        counts = (sums.right, sums.found, sums.predicted, sums.actual)
        every = torch.stack([sums.loss.detach().double(), *(each.double() for each in counts)])
        self._sums = every if self._sums is None else self._sums + every
        self._asked += sums.asked
        self._rows += rows

    def progress(self, step: int, steps: int, left: float) -> Progress:
        assert self._sums is not None
        total, right, found, predicted, actual = self._sums.tolist()
        seconds = time.perf_counter() - self._began
        progress = Progress(
            step,
            steps,
            total / self._rows,
            right / max(self._asked, 1),
            2 * found / max(predicted + actual, 1),
            self._rows / seconds,
            left,
        )
        self._begin(step)
        return progress


def _save(learner: Learner, step: int, spent: float) -> None:
    moments = [each.state_dict() for each in learner.optimizers]
    state = {
        "model": learner.model.state_dict(), "optimizers": moments, "step": step, "spent": spent,
        "size": asdict(learner.model.size),
    }  # fmt: skip
    fresh = learner.checkpoint.with_suffix(".fresh")
    torch.save(state, fresh)
    fresh.replace(learner.checkpoint)


def is_encoder(path: Path) -> bool:
    """Whether a checkpoint is that of an encoder."""
    state: dict[str, Any] = torch.load(path, map_location="cpu", weights_only=True)
    return "heads" in state["size"]


def load_encoder(path: Path) -> EncoderModel:
    """The encoder in a checkpoint."""
    state: dict[str, Any] = torch.load(path, map_location="cpu", weights_only=True)
    model = EncoderModel(np.ones(len(state["model"]["bias"])), EncoderSize(**state["size"]))
    model.load_state_dict(state["model"])
    return model


def _resume(learner: Learner) -> tuple[int, float]:
    """The step to go on from, and the seconds that were spent before."""
    path, model = learner.checkpoint, learner.model
    if not path.exists():
        return 0, 0.0
    state: dict[str, Any] = torch.load(path, map_location=model.bias.device, weights_only=True)
    model.load_state_dict(state["model"])
    for optimizer, moments in zip(learner.optimizers, state["optimizers"], strict=True):
        optimizer.load_state_dict(moments)
    return int(state["step"]), float(state["spent"])
