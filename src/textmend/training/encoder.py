"""The encoder in PyTorch, and its loss: what :mod:`textmend.models.encoder` computes from its file.

A BERT (Devlin et al., arXiv:1810.04805) that reads words instead of pieces: the input of a slot is
the mean of its candidates' embeddings, weighted by their frequency, so that it never sees what is
damaged. A candidate's score is the product of its embedding with the state of its slot; that of a
vanished word, with a state made of those on both sides of its gap. Start reading at
:meth:`EncoderModel.loss`.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor, nn
from torch.nn import functional

from textmend.models.modelfile import GROUP
from textmend.models.network import FORMS
from textmend.training.answers import Answers, Sums, gap_logits, graded, slot_logits
from textmend.training.pieces import Pretrained
from textmend.training.sampling import Array
from textmend.training.windows import LENGTHS, Windows

STEPS = 7  # of an embedding's numbers in the file, on either side of zero: four bits
_EPSILON = 1e-12  # of the encoder's layer norms


@dataclass(frozen=True)
class EncoderSize:
    """How large an encoder is.

    ``wide``, ``between``: the numbers inside of a layer, and those made of both sides of a gap;
    ``window``: the most rows that it reads at once.
    """

    width: int = 384
    heads: int = 12
    depth: int = 6
    wide: int = 1536
    window: int = max(LENGTHS)
    between: int = 512


class Layer(nn.Module):
    """Attention to all rows of the window, then two products with a bend between."""

    def __init__(self, size: EncoderSize) -> None:
        super().__init__()
        self._heads = size.heads
        self.attend = nn.Linear(size.width, 3 * size.width)
        self.attended = nn.Linear(size.width, size.width)
        self.attended_norm = nn.LayerNorm(size.width, eps=_EPSILON)
        self.widen = nn.Linear(size.width, size.wide)
        self.narrow = nn.Linear(size.wide, size.width)
        self.norm = nn.LayerNorm(size.width, eps=_EPSILON)

    def forward(self, states: Tensor, length: int) -> Tensor:
        """The states of windows of ``length`` rows, after this layer."""
        width = states.shape[1]
        parts = self.attend(states).view(-1, length, 3, self._heads, width // self._heads)
        query, key, value = parts.permute(2, 0, 3, 1, 4)
        mixed = functional.scaled_dot_product_attention(query, key, value)
        rows = mixed.transpose(1, 2).reshape(-1, width)
        return _after_attention(
            states, rows, self.attended.weight, self.attended.bias, self.attended_norm.weight,
            self.attended_norm.bias, self.widen.weight, self.widen.bias, self.narrow.weight,
            self.narrow.bias, self.norm.weight, self.norm.bias,
        )  # fmt: skip


def _plain_after_attention(
    states: Tensor, mixed: Tensor, attended: Tensor, attended_bias: Tensor, scale: Tensor,
    shift: Tensor, widen: Tensor, widen_bias: Tensor, narrow: Tensor, narrow_bias: Tensor,
    last_scale: Tensor, last_shift: Tensor,
) -> Tensor:  # fmt: skip
    """What follows attention. Of tensors alone: compiled once, it serves all layers."""
    shape = states.shape[1:]
    states = states + functional.linear(mixed, attended, attended_bias)
    states = functional.layer_norm(states, shape, scale, shift, _EPSILON)
    wide = functional.gelu(functional.linear(states, widen, widen_bias), approximate="tanh")
    states = states + functional.linear(wide, narrow, narrow_bias)
    return functional.layer_norm(states, shape, last_scale, last_shift, _EPSILON)


_after_attention = _plain_after_attention


def compile_layers() -> None:
    """Let PyTorch fuse what follows attention; that pays on a GPU."""
    global _after_attention
    _after_attention = torch.compile(_plain_after_attention, dynamic=False)


class EncoderModel(nn.Module):
    """Scores the candidates of slots, and the words that vanished from gaps."""

    shares: Tensor

    def __init__(self, frequencies: Array, size: EncoderSize) -> None:
        super().__init__()
        self.size = size
        self.words = len(frequencies)
        self.coarse = False  # whether embeddings are what they will be in the file
        width = size.width
        # After the words: the row in front of a window, and that between lines.
        self.embedding = nn.Embedding(self.words + 2, width)
        self.bias = nn.Parameter(torch.zeros(self.words))
        self.gap_bias = nn.Parameter(torch.from_numpy(np.log(frequencies).astype(np.float32)))
        self.register_buffer("shares", torch.from_numpy(np.sqrt(frequencies).astype(np.float32)))
        self.nothing = nn.Parameter(torch.zeros(1, width))
        self.form = nn.Embedding(FORMS, width)
        self.position = nn.Embedding(size.window, width)
        self.absent = nn.Linear(width, width)
        self.entered = nn.LayerNorm(width, eps=_EPSILON)
        self.layers = nn.ModuleList(Layer(size) for _ in range(size.depth))
        self.slot = nn.Linear(width, width)
        self.gap = nn.Linear(2 * width, size.between)
        self.gap_out = nn.Linear(size.between, width)
        for silent in (self.form, self.absent):
            nn.init.zeros_(silent.weight)
        nn.init.zeros_(self.absent.bias)

    def start_from(self, encoder: Pretrained, words: list[str]) -> None:
        """Know what a pretrained encoder knows; it is read as one of words."""

        def put(to: Tensor, *names: str) -> None:
            values = np.concatenate([encoder[name] for name in names])
            to.copy_(torch.from_numpy(values[: len(to)].copy()))

        with torch.no_grad():
            self.embedding.weight[: self.words] = torch.from_numpy(encoder.embedding(words))
            for row, name in enumerate(("[CLS]", "[SEP]")):
                self.embedding.weight[self.words + row] = torch.from_numpy(encoder.special(name))
            put(self.position.weight, "embeddings.position_embeddings.weight")
            # All rows are of the first of the two texts that the encoder can tell apart.
            kinds = encoder["embeddings.token_type_embeddings.weight"]
            self.position.weight += torch.from_numpy(kinds[0].copy())
            put(self.entered.weight, "embeddings.LayerNorm.weight")
            put(self.entered.bias, "embeddings.LayerNorm.bias")
            for depth, layer in enumerate(self.layers):
                for of in ("weight", "bias"):
                    for ours, theirs in _THEIRS.items():
                        to = layer.get_parameter(f"{ours}.{of}")
                        put(to, *(f"encoder.layer.{depth}.{name}.{of}" for name in theirs))

    def loss(self, batch: Windows) -> Sums:
        """How far the scores are from the right answers; ``batch`` is of tensors."""
        return graded(self.answers(batch), batch)

    def answers(self, batch: Windows) -> Answers:
        """What is asked of the batch; the logits are of 32 bits, whatever is computed with less."""
        table = self.table()
        states = self.states(batch, table)
        asked = self.slot(states.index_select(0, batch.asked)).float()
        rows = (batch.gaps, batch.gaps + 1)
        sides = torch.cat([states.index_select(0, each) for each in rows], 1)
        between = functional.gelu(self.gap(sides), approximate="tanh")
        missing = self.gap_out(between).float()
        return Answers(
            slot_logits(asked, table, self.bias, batch),
            gap_logits(missing, table, self.gap_bias, self.nothing, batch),
            states,
        )

    def table(self) -> Tensor:
        """The embeddings, as coarse as they will be in the file where that is to be learned."""
        weight = self.embedding.weight
        return weight + (coarse(weight) - weight).detach() if self.coarse else weight

    def states(self, batch: Windows, table: Tensor) -> Tensor:
        """The state of each row, shape (rows, width)."""
        meanings = functional.embedding_bag(
            batch.ids,
            table,
            (batch.sizes.cumsum(0) - batch.sizes).to(batch.ids.dtype),
            per_sample_weights=batch.weights,
            mode="sum",
        )
        length = batch.length
        missed = self._absent(batch.options, table)[batch.channels]
        around = self.position.weight[:length] + missed[:, None, :]
        states = self.entered(meanings + self.form(batch.forms.int()) + around.flatten(0, 1))
        for layer in self.layers:
            states = layer(states, length)
        return states

    def _absent(self, options: Tensor, table: Tensor) -> Tensor:
        """What the words that a channel deletes whole tell of the text, for each channel."""
        ids = options.clamp(min=0)
        weights = self.shares[ids] * (options >= 0)
        weights = weights / weights.sum(1, keepdim=True).clamp(min=1e-9)
        absent: Tensor = self.absent((table[ids] * weights[:, :, None]).sum(1))
        return absent


# Our names of the parts of a layer, and the encoder's.
_THEIRS = {
    "attend": tuple(f"attention.self.{name}" for name in ("query", "key", "value")),
    "attended": ("attention.output.dense",),
    "attended_norm": ("attention.output.LayerNorm",),
    "widen": ("intermediate.dense",),
    "narrow": ("output.dense",),
    "norm": ("output.LayerNorm",),
}


def coarse(rows: Tensor) -> Tensor:
    """Embeddings after they were written with four bits and read again."""
    whole, scales = in_groups(rows)
    return (whole * scales).flatten(1)


def in_groups(rows: Tensor) -> tuple[Tensor, Tensor]:
    """Rows as whole numbers, shape (rows, groups, GROUP), and what one is worth in each group."""
    groups = rows.view(len(rows), -1, GROUP)
    scales = groups.abs().amax(2, keepdim=True).clamp(min=1e-6) / STEPS
    return (groups / scales).round(), scales
