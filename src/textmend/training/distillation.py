"""Smaller and faster models that learn from a large one what it makes of damaged text.

Distillation: Hinton et al., "Distilling the Knowledge in a Neural Network" (arXiv:1503.02531). The
teacher, an encoder in a model file, reads a batch, and each student reads the same one; a student
learns how likely the teacher takes each answer to be, and a little what is right. Students that
are encoders begin with some of the teacher's layers, and keep its words as they are in the file; a
small network may learn beside them. Start reading at :func:`distill`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

import torch
from torch import Tensor
from torch.nn import functional

from textmend.errors import TextmendError
from textmend.training.answers import Answers, Sums, divergence, graded
from textmend.training.corpus import Corpus
from textmend.training.encoder import EncoderModel
from textmend.training.encoder_loop import EncoderPlan, Learner, adamw, learn, on
from textmend.training.growth import encoder_of, network_of, part_of
from textmend.training.loop import Progress, optimizers_of
from textmend.training.model import ContextModel
from textmend.training.windows import Windows, WindowSampler, lengths_up_to

SMALL = "small"  # the name of the network among the students
_UNSEEN = 2  # batches of text that is not learned from, which every report is about


@dataclass(frozen=True)
class Recipe:
    """What students are, and what they learn.

    ``students``: for each encoder the layers of the teacher that it begins with, and how wide it is
    inside of one; ``window``: the most rows that they read. ``small``: the file of a network that
    learns, too, at a rate of ``small_rate`` at its highest. The share ``truth`` of the loss is that
    of the right answers, the rest how far a student is from the teacher; ``alike``: what the angle
    between their last states weighs.
    """

    students: tuple[tuple[tuple[int, ...], int], ...]
    window: int = 192
    small: Path | None = None
    small_rate: float = 1.5e-3
    truth: float = 0.3
    alike: float = 0.1


class Unseen(NamedTuple):
    """How a student does on text that it does not learn from: means by word, and shares.

    ``divergence``: nats from what the teacher says; ``teacher_f1``: the teacher's own F1 of gaps.
    """

    loss: float
    divergence: float
    repaired: float
    gap_f1: float
    teacher_f1: float

    def __str__(self) -> str:
        return (
            f"unseen: loss {self.loss:.4f}  from teacher {self.divergence:.4f}  "
            f"repaired {self.repaired:.4f}  gap F1 {self.gap_f1:.4f} "
            f"(teacher {self.teacher_f1:.4f})"
        )


def distill(
    teacher: Path,
    corpus: Corpus,
    recipe: Recipe,
    plan: EncoderPlan,
    checkpoint: Path,
    *,
    report: Callable[[Progress, Unseen | None], None],
    every: int = 50,
) -> dict[str, Path]:
    """The checkpoints of students that have read ``corpus``, by their names; goes on from there."""
    torch.manual_seed(plan.seed)
    master = encoder_of(teacher)
    if master.words != len(corpus.words):
        raise TextmendError(
            f"{teacher} knows {master.words:,} words and the corpus {len(corpus.words):,}; "
            "prepare one with --words-of the teacher"
        )
    master.requires_grad_(False)
    master.to(plan.device)
    models: dict[str, EncoderModel | ContextModel] = {
        f"{len(layers)}x{wide}": part_of(master, layers, wide, recipe.window)
        for layers, wide in recipe.students
    }
    if recipe.small:
        models[SMALL] = network_of(recipe.small)
    learners = [
        Learner(
            name, model.to(plan.device), _optimizers(model, plan, recipe), _path(checkpoint, name)
        )
        for name, model in models.items()
    ]

    def lesson(batch: Windows, _done: float) -> Iterator[Sums]:
        with torch.no_grad():
            said = master.answers(batch)
        for learner in learners:
            yield _lesson(learner.model.answers(batch), said, batch, recipe)

    rest, held = corpus.held_back()
    lengths = lengths_up_to(recipe.window)
    unseen = _Exam(master, _batches(held, plan, lengths), plan)
    sampler = WindowSampler(rest, rows=plan.rows, lengths=lengths, seed=plan.seed)
    learn(
        sampler, learners, lesson, plan,
        report=lambda progress: report(progress, unseen(models[progress.name])), every=every,
    )  # fmt: skip
    return {each.name: each.checkpoint for each in learners}


def _path(checkpoint: Path, name: str) -> Path:
    return checkpoint.with_stem(f"{checkpoint.stem}-{name}")


def _optimizers(
    model: EncoderModel | ContextModel, plan: EncoderPlan, recipe: Recipe
) -> list[torch.optim.Optimizer]:
    if isinstance(model, EncoderModel):
        return [adamw(model, plan)]
    found = optimizers_of(model)
    for optimizer in found:
        for group in optimizer.param_groups:
            group["most"] = recipe.small_rate
    return found


def _lesson(answers: Answers, said: Answers, batch: Windows, recipe: Recipe) -> Sums:
    """What a student is to learn of a batch of which the teacher has ``said`` what it knows."""
    sums = graded(answers, batch)
    loss = recipe.truth * sums.loss + (1 - recipe.truth) * divergence(answers, said)
    if answers.states.shape == said.states.shape:
        loss = loss + recipe.alike * _angles(answers.states, said.states)
    return sums._replace(loss=loss)


def _angles(ours: Tensor, theirs: Tensor) -> Tensor:
    return (1 - functional.cosine_similarity(ours.float(), theirs.float())).sum()


def _batches(corpus: Corpus, plan: EncoderPlan, lengths: dict[int, float]) -> list[Windows]:
    """Some batches of text that is held back, where there is enough of it."""
    if len(corpus.ids) < 4 * max(lengths):
        return []
    sampler = WindowSampler(corpus, rows=plan.rows, lengths=lengths, seed=plan.seed + 1)
    return [
        on(plan.device, Windows(batch.length, *map(torch.from_numpy, batch[1:])))
        for batch in map(sampler.batch, range(_UNSEEN))
    ]


class _Exam:
    """Asks students what the teacher was asked of the same batches."""

    def __init__(self, teacher: EncoderModel, batches: list[Windows], plan: EncoderPlan) -> None:
        self._plan = plan
        with torch.no_grad(), self._mixed():
            # Of the states nothing is asked, and they are large.
            self._said = [
                (batch, teacher.answers(batch)._replace(states=torch.empty(0))) for batch in batches
            ]

    def _mixed(self) -> torch.autocast:
        plan = self._plan
        return torch.autocast(plan.device, torch.bfloat16, enabled=plan.bfloat16)

    def __call__(self, student: EncoderModel | ContextModel) -> Unseen | None:
        """How far ``student`` is, if anything is held back."""
        if not self._said:
            return None
        rows = asked = 0
        total = torch.zeros(7, dtype=torch.float64, device=self._plan.device)
        for batch, said in self._said:
            # Gradients are left on: the layers were compiled for that.
            with self._mixed():
                answers = student.answers(batch)
                apart = divergence(answers, said)
            sums, theirs = graded(answers, batch), graded(said, batch)
            counts = (
                sums.loss, apart, sums.right, sums.found, sums.predicted + sums.actual,
                theirs.found, theirs.predicted + theirs.actual,
            )  # fmt: skip
            total += torch.stack([each.detach().double() for each in counts])
            rows, asked = rows + len(batch.forms), asked + sums.asked
        loss, apart, right, found, claims, known, claimed = total.tolist()
        return Unseen(
            loss / rows,
            apart / rows,
            right / max(asked, 1),
            2 * found / max(claims, 1),
            2 * known / max(claimed, 1),
        )
