"""The network in PyTorch, and its loss: the same computation as :mod:`textmend.models.network`.

Start reading at :meth:`ContextModel.loss`.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor, nn
from torch.nn import functional

from textmend.models.network import FORMS
from textmend.training.answers import Answers, gap_logits, slot_logits
from textmend.training.sampling import Array, Batch
from textmend.training.windows import Windows

_ToTensor = Callable[[Array], Tensor]


@dataclass(frozen=True)
class Size:
    """How large a network is: ``embedding`` numbers a word, ``width`` numbers a state.

    There is one convolution for each of ``dilations``; it sees the slot itself and one on either
    side, that many words away.
    """

    embedding: int = 128
    width: int = 192
    dilations: tuple[int, ...] = (1, 2, 4, 8, 1)

    @property
    def reach(self) -> int:
        """The furthest that any one convolution looks."""
        return max(self.dilations)


@dataclass(frozen=True)
class Loss:
    """Sums over a batch, in nats, and counts of what was right."""

    slots: Tensor
    gaps: Tensor
    asked: int
    right: int
    true_positive: int
    predicted: int
    actual: int


class ContextModel(nn.Module):
    """Scores the candidates of slots, and the words that vanished from gaps."""

    shares: Tensor

    def __init__(self, frequencies: Array, size: Size) -> None:
        super().__init__()
        self.size = size
        embedding, width = size.embedding, size.width
        self.embedding = nn.Embedding(len(frequencies), embedding)
        nn.init.normal_(self.embedding.weight, std=embedding**-0.5)
        self.bias = nn.Parameter(torch.zeros(len(frequencies)))
        self.gap_bias = nn.Parameter(torch.from_numpy(np.log(frequencies).astype(np.float32)))
        self.form = nn.Embedding(FORMS, width)
        self.nothing = nn.Parameter(torch.zeros(1, embedding))
        self.register_buffer("shares", torch.from_numpy(np.sqrt(frequencies).astype(np.float32)))
        self.absent = nn.Linear(embedding, width)
        self.enter = nn.Linear(embedding, width)
        nn.init.normal_(self.enter.weight)
        self.layers = nn.ModuleList(nn.Linear(3 * width, 2 * width) for _ in size.dilations)
        self.slot = nn.Linear(width, embedding)
        self.gap = nn.Linear(2 * width, 2 * embedding)

    def compile_convolutions(self) -> None:
        """Let PyTorch fuse the costliest part; that needs a C++ compiler, and pays on a CPU."""
        self._convolve = torch.compile(self._convolve, dynamic=True)  # type: ignore[method-assign]

    def loss(self, batch: Batch) -> Loss:
        """How far the scores are from the right answers."""
        device = self.bias.device

        def tensor(values: Array) -> Tensor:
            return torch.from_numpy(values).to(device)

        states = self._states(batch, tensor)
        slots, asked, right = self._slot_loss(batch, states, tensor)
        if not len(batch.gap_rows):
            return Loss(slots, slots.new_zeros(()), asked, right, 0, 0, 0)
        logits = self._gap_logits(batch, states, tensor)
        answers = tensor(batch.gap_answers + 1)
        gaps = functional.cross_entropy(logits, answers, reduction="sum")
        best = logits.detach().argmax(1)
        return Loss(
            slots,
            gaps,
            asked,
            right,
            int(((best == answers) & (best > 0)).sum()),
            int((best > 0).sum()),
            int((answers > 0).sum()),
        )

    def answers(self, batch: Windows) -> Answers:
        """What is asked of windows of tensors, of which there are several.

        Of the rows that are no slots the network knows nothing: a window begins with one.
        """
        ids, bounds = batch.ids, batch.sizes.cumsum(0) - batch.sizes
        words = len(self.bias)
        present = ids[bounds.long()] < words
        line, shown = (~present).cumsum(0), present[:, None].float()
        meanings = functional.embedding_bag(
            ids.clamp(max=words - 1),
            self.embedding.weight,
            bounds.to(ids.dtype),
            per_sample_weights=batch.weights,
            mode="sum",
        )
        absent = self._absent(batch.options)[batch.channels]
        around = absent[:, None, :].expand(-1, batch.length, -1).flatten(0, 1)
        entered = self.enter(meanings).float() + self.form(batch.forms.int()) + around
        states = self._convolve(entered * shown, shown, line)
        asked = self.slot(states.index_select(0, batch.asked)).float()
        rows = (batch.gaps, batch.gaps + 1)
        sides = torch.cat([states.index_select(0, each) for each in rows], 1)
        missing = _gate(self.gap(sides)).float()
        return Answers(
            slot_logits(asked, self.embedding.weight, self.bias, batch),
            gap_logits(missing, self.embedding.weight, self.gap_bias, self.nothing, batch),
            states,
        )

    def _states(self, batch: Batch, tensor: _ToTensor) -> Tensor:
        meanings = functional.embedding_bag(
            tensor(batch.ids),
            self.embedding.weight,
            tensor(np.cumsum(batch.sizes) - batch.sizes),
            per_sample_weights=tensor(batch.weights.astype(np.float32)),
            mode="sum",
        )
        present = tensor(batch.present)[:, None].float()
        entered = meanings.new_zeros(len(batch.present), meanings.shape[1])
        entered = entered.index_copy(0, tensor(batch.rows), meanings)
        states = (self.enter(entered).float() + self.form(tensor(batch.forms))) * present
        absent = self._absent(tensor(batch.options)).float()
        states = states + absent.repeat_interleave(tensor(batch.lengths), 0) * present
        convolved: Tensor = self._convolve(states, present)
        return convolved

    def _absent(self, options: Tensor) -> Tensor:
        """What the words that a channel deletes whole tell of the text, for each channel."""
        ids = options.clamp(min=0)
        weights = self.shares[ids] * (options >= 0)
        weights = weights / weights.sum(1, keepdim=True).clamp(min=1e-9)
        absent: Tensor = self.absent((self.embedding(ids) * weights[:, :, None]).sum(1))
        return absent

    def _convolve(self, states: Tensor, present: Tensor, line: Tensor | None = None) -> Tensor:
        """The states after all layers, of which none knows another line.

        ``line``: that of each row, where lines lie closer together than a layer reaches.
        """
        device = states.device.type
        mixed = torch.is_autocast_enabled(device)
        kind = torch.get_autocast_dtype(device) if mixed else states.dtype
        for reach, layer in zip(self.size.dilations, self.layers, strict=True):
            seen = _normal(states).to(kind)
            before, after = seen.roll(reach, 0), seen.roll(-reach, 0)
            if line is not None:
                before = before * (line.roll(reach, 0) == line)[:, None]
                after = after * (line.roll(-reach, 0) == line)[:, None]
            around = torch.cat([before, seen, after], 1)
            states = states + _gate(layer(around)) * present
        return _normal(states)

    def _slot_loss(
        self, batch: Batch, states: Tensor, tensor: _ToTensor
    ) -> tuple[Tensor, int, int]:
        questions = batch.answers >= 0
        asked = int(questions.sum())
        vectors = self.slot(states[tensor(batch.rows[questions])]).float()
        sizes = batch.sizes[questions]
        several = np.repeat(questions, batch.sizes)
        slots = np.repeat(np.arange(asked), sizes)
        places = np.arange(len(slots)) - np.repeat(np.cumsum(sizes) - sizes, sizes)
        ids = tensor(batch.ids[several])
        fits = (vectors[tensor(slots)] * self.embedding(ids)).sum(1) + self.bias[ids]
        fits = fits + tensor(batch.priors[several].astype(np.float32))
        table = fits.new_full((asked, int(sizes.max(initial=1))), -torch.inf)
        table = table.index_put((tensor(slots), tensor(places)), fits)
        answers = tensor(batch.answers[questions])
        loss = functional.cross_entropy(table, answers, reduction="sum")
        return loss, asked, int((table.detach().argmax(1) == answers).sum())

    def _gap_logits(self, batch: Batch, states: Tensor, tensor: _ToTensor) -> Tensor:
        rows = tensor(batch.gap_rows)
        between = _gate(self.gap(torch.cat([states[rows - 1], states[rows]], 1))).float()
        options = tensor(np.maximum(batch.options, 0))
        vectors, biases = self.embedding(options), self.gap_bias[options]
        biases = biases.masked_fill(tensor(batch.options < 0), -torch.inf)
        counts = np.bincount(batch.gap_pieces, minlength=len(options)).tolist()
        parts = [
            part @ vectors[number].T + biases[number]
            for number, part in enumerate(torch.split(between, counts))
        ]
        return torch.cat([between @ self.nothing.T, torch.cat(parts)], 1)


def _gate(values: Tensor) -> Tensor:
    half, door = values.chunk(2, 1)
    return half * functional.relu(door)


def _normal(values: Tensor) -> Tensor:
    return values * torch.rsqrt(values.square().mean(1, keepdim=True) + 1e-6)
