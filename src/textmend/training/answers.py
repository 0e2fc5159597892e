"""What a model answers of a batch of windows, and how right that is: the same for both kinds.

Start reading at :func:`graded`.
"""

from __future__ import annotations

from typing import NamedTuple

import torch
from torch import Tensor
from torch.nn import functional

from textmend.training.sampling import MAX_CANDIDATES
from textmend.training.windows import Windows

_IMPOSSIBLE = -1e9  # the logit of what a slot or a channel does not have


class Answers(NamedTuple):
    """Logits, and the states that they were made of.

    ``slots``, shape (asked, MAX_CANDIDATES); ``gaps``, shape (gaps, 1 + most): "nothing", then the
    words that the channel of each deletes whole; ``states``, shape (rows, width).
    """

    slots: Tensor
    gaps: Tensor
    states: Tensor


class Sums(NamedTuple):
    """Sums over a batch, where they were computed: to ask a GPU for them takes time.

    The ``loss`` in nats; how many slots were ``asked`` and ``right``; how many words were put back
    into the right gap (``found``), how many into any, and how many vanished.
    """

    loss: Tensor
    asked: int
    right: Tensor
    found: Tensor
    predicted: Tensor
    actual: Tensor


def graded(answers: Answers, batch: Windows) -> Sums:
    """How far answers are from the right ones."""
    right, actual = batch.answers.long(), batch.gap_answers.long()
    loss = functional.cross_entropy(answers.slots, right, reduction="sum")
    loss = loss + functional.cross_entropy(answers.gaps, actual, reduction="sum")
    best = answers.gaps.detach().argmax(1)
    return Sums(
        loss,
        len(right),
        (answers.slots.detach().argmax(1) == right).sum(),
        ((best == actual) & (best > 0)).sum(),
        (best > 0).sum(),
        (actual > 0).sum(),
    )


def divergence(answers: Answers, teacher: Answers) -> Tensor:
    """How many nats answers are from those of a teacher (Hinton et al., arXiv:1503.02531)."""
    pairs = ((answers.slots, teacher.slots), (answers.gaps, teacher.gaps))
    found = [
        functional.kl_div(
            functional.log_softmax(ours, 1),
            functional.log_softmax(theirs, 1),
            reduction="sum",
            log_target=True,
        )
        for ours, theirs in pairs
    ]
    return found[0] + found[1]


def slot_logits(vectors: Tensor, table: Tensor, bias: Tensor, batch: Windows) -> Tensor:
    """How likely the candidates of the slots that are asked are; ``vectors``: one for each slot."""
    meanings = table.index_select(0, batch.choices)
    fits = (vectors.index_select(0, batch.of) * meanings).sum(1)
    fits = fits + bias.index_select(0, batch.choices)
    # Where a slot has fewer candidates, what is not there is impossible.
    logits = fits.new_full((len(batch.asked), MAX_CANDIDATES), _IMPOSSIBLE)
    return logits.index_put((batch.of, batch.places), fits + batch.priors)


def gap_logits(
    vectors: Tensor, table: Tensor, bias: Tensor, nothing: Tensor, batch: Windows
) -> Tensor:
    """How likely it is that nothing vanished from gaps, or which word; ``vectors``: of each gap."""
    most = batch.options.shape[1]
    options = batch.options.clamp(min=0)
    biases = bias[options].masked_fill(batch.options < 0, _IMPOSSIBLE)
    # All channels' words for all gaps, of which each has its own: few enough to be faster.
    every = vectors @ table[options].flatten(0, 1).T + biases.flatten()
    of = batch.channels[batch.gaps // batch.length]
    columns = of[:, None] * most + torch.arange(most, device=of.device)
    return torch.cat([vectors @ nothing.T, every.gather(1, columns)], 1)
