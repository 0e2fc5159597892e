"""The training loop: seeded, resumable, on a CPU or a GPU.

Everything that a step depends on is the step's number, the seed and the weights, so that a run that
was interrupted goes on from its checkpoint as if nothing had happened.

Several processes, started by ``torchrun``, read each its own batches, and every now and then their
weights are averaged: local SGD, Stich, "Local SGD Converges Fast and Communicates Little"
(arXiv:1805.09767). The first of them writes the checkpoint, from which all go on, with its moments
of the gradients. Start reading at :func:`train`.
"""

from __future__ import annotations

import math
import time
from collections.abc import Callable
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import numpy as np
import torch
from torch import distributed, nn
from torch.optim import Adam, Muon, Optimizer
from torch.utils.data import DataLoader, Dataset

from textmend.errors import TextmendError
from textmend.training.corpus import Corpus
from textmend.training.growth import start_from
from textmend.training.model import ContextModel, Loss, Size
from textmend.training.sampling import Batch, Sampler

_AVERAGED_EVERY = 250  # steps between averages of the weights of several processes


@dataclass(frozen=True)
class Plan:
    """How to train: the number of passes over the corpus, and the usual settings."""

    passes: float = 2.0
    rate: float = 3e-3
    warm_up: int = 400
    seed: int = 0
    pieces: int = 3
    device: str = "cpu"
    bfloat16: bool = False
    compiled: bool = False

    def rate_at(self, step: int, steps: int) -> float:
        """The learning rate: up in a line, then down along a cosine."""
        rising = min(1.0, (step + 1) / self.warm_up)
        return self.rate * rising * (0.02 + 0.98 * (1 + math.cos(math.pi * step / steps)) / 2)


@dataclass(frozen=True)
class Progress:
    """What the loop says of itself: figures are means since the last report."""

    step: int
    steps: int
    loss: float
    repaired: float
    gap_f1: float
    words_per_second: float
    seconds_left: float
    name: str = ""  # of the model, where several learn

    def __str__(self) -> str:
        whose = f"{self.name}: " if self.name else ""
        return (
            f"{whose}step {self.step}/{self.steps}  loss {self.loss:.4f}  "
            f"repaired {self.repaired:.3f}  "
            f"gap F1 {self.gap_f1:.3f}  {self.words_per_second:,.0f} words/s  "
            f"{self.seconds_left / 60:.0f} min left"
        )


def train(
    corpus: Corpus,
    size: Size,
    plan: Plan,
    checkpoint: Path,
    *,
    report: Callable[[Progress], None],
    every: int = 100,
    saved: Callable[[ContextModel, int], None] | None = None,
    save_every: int = 1000,
    start: Path | None = None,
) -> ContextModel:
    """A model that has read ``corpus`` under random channels; goes on from ``checkpoint``.

    Where there is no checkpoint yet, it begins with the weights of the model file ``start``.
    ``saved`` is called with each model that was written to the checkpoint.
    """
    rank = distributed.get_rank() if distributed.is_initialized() else 0
    torch.manual_seed(plan.seed)
    frequencies = np.maximum(corpus.counts, 1) / corpus.counts.sum()
    model = ContextModel(frequencies, size)
    if start and not checkpoint.exists():
        start_from(start, model, corpus.words)
    model.to(plan.device)
    if plan.compiled:
        model.compile_convolutions()
    optimizers = optimizers_of(model)
    sampler = Sampler(corpus, reach=size.reach, seed=plan.seed + rank, pieces=plan.pieces)
    steps = _agreed(int(plan.passes * sampler.steps))
    first = _resume(checkpoint, model, optimizers)
    if not steps:
        raise TextmendError(
            f"{len(corpus.ids):,} words, {plan.passes:g} times, are too short for one step of "
            "training; prepare a longer corpus"
        )
    batches = DataLoader(
        _Steps(sampler), batch_size=None, sampler=range(first, steps), num_workers=1,
        prefetch_factor=16,
    )  # fmt: skip
    meter = _Meter(first, steps)
    for step, batch in enumerate(batches, first):
        with torch.autocast(plan.device, torch.bfloat16, enabled=plan.bfloat16):
            loss = model.loss(batch)
        model.zero_grad()
        torch.autograd.backward((loss.slots + loss.gaps) / len(batch.rows))
        torch.nn.utils.clip_grad_norm_(model.parameters(), 1.0)
        for optimizer in optimizers:
            for group in optimizer.param_groups:
                group["lr"] = plan.rate_at(step, steps)
            optimizer.step()
        done = step + 1
        if distributed.is_initialized() and (done % _AVERAGED_EVERY == 0 or done == steps):
            _average(model)
        if rank > 0:
            continue
        meter.add(loss, len(batch.rows))
        if done % every == 0 or done == steps:
            report(meter.progress(done))
        if done % save_every == 0 or done == steps:
            _save(checkpoint, model, optimizers, done)
            if saved:
                saved(model, done)
    return model


def optimizers_of(model: ContextModel) -> list[Optimizer]:
    """Muon for the matrices that states go through, Adam for embeddings and biases."""
    linears = [*model.layers, model.enter, model.slot, model.gap]
    matrices = [linear.weight for linear in linears if isinstance(linear, nn.Linear)]
    ids = set(map(id, matrices))
    others = [each for each in model.parameters() if id(each) not in ids]
    return [
        Adam(others, betas=(0.9, 0.98), fused=True),
        Muon(matrices, weight_decay=0.0, adjust_lr_fn="match_rms_adamw"),
    ]


def _agreed(steps: int) -> int:
    """What the first process says; corpora differ in length."""
    said = torch.tensor(steps)
    if distributed.is_initialized():
        distributed.broadcast(said, 0)
    return int(said)


def _average(model: ContextModel) -> None:
    """The mean of the weights of all processes, in each of them."""
    for weights in model.parameters():
        distributed.all_reduce(weights.data)
        weights.data /= distributed.get_world_size()


class _Steps(Dataset[Batch]):
    """The batches of a sampler by step, drawn in a process of their own."""

    def __init__(self, sampler: Sampler) -> None:
        self._sampler = sampler

    def __getitem__(self, step: int) -> Batch:
        return self._sampler.batch(step)


class _Meter:
    """Sums the losses since the last report."""

    def __init__(self, first: int, steps: int) -> None:
        self._steps = steps
        self._begin(first)

    def _begin(self, step: int) -> None:
        self._first, self._began = step, time.perf_counter()
        self._losses: list[Loss] = []
        self._rows = 0

    def add(self, loss: Loss, rows: int) -> None:
        self._losses.append(loss)
        self._rows += rows

    def progress(self, step: int) -> Progress:
        losses = self._losses
        total = sum(float(each.slots.detach() + each.gaps.detach()) for each in losses)
        asked, right = sum(each.asked for each in losses), sum(each.right for each in losses)
        found = sum(each.true_positive for each in losses)
        claims = sum(each.predicted + each.actual for each in losses)
        seconds = time.perf_counter() - self._began
        progress = Progress(
            step,
            self._steps,
            total / self._rows,
            right / max(asked, 1),
            2 * found / max(claims, 1),
            self._rows / seconds,
            (self._steps - step) * seconds / (step - self._first),
        )
        self._begin(step)
        return progress


def _save(path: Path, model: ContextModel, optimizers: list[Optimizer], step: int) -> None:
    moments = [optimizer.state_dict() for optimizer in optimizers]
    state = {"model": model.state_dict(), "optimizers": moments, "step": step}
    fresh = path.with_suffix(".fresh")
    torch.save({**state, "size": asdict(model.size)}, fresh)
    fresh.replace(path)


def load_model(path: Path) -> ContextModel:
    """The model in a checkpoint."""
    state: dict[str, Any] = torch.load(path, map_location="cpu", weights_only=True)
    model = ContextModel(np.ones(len(state["model"]["bias"])), Size(**state["size"]))
    model.load_state_dict(state["model"])
    return model


def _resume(path: Path, model: ContextModel, optimizers: list[Optimizer]) -> int:
    if not path.exists():
        return 0
    state: dict[str, Any] = torch.load(path, map_location=model.bias.device, weights_only=True)
    if state["size"] != asdict(model.size):
        raise TextmendError(
            f"{path} holds a network of another size ({Size(**state['size'])}); "
            "name another checkpoint, or the same size"
        )
    model.load_state_dict(state["model"])
    for optimizer, moments in zip(optimizers, state["optimizers"], strict=True):
        optimizer.load_state_dict(moments)
    return int(state["step"])
