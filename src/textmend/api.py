"""The public interface: :class:`Mender`, and functions that are thin skins over it.

A mender holds what is loaded once (lexicon, context); it is immutable, picklable and safe to share
between threads. Start reading at :meth:`Mender.mend_and_explain`.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from functools import lru_cache
from pathlib import Path

from textmend.bigrams import Bigrams
from textmend.channel import Channel
from textmend.context import Context, NetworkContext, PairContext
from textmend.edits import Mended
from textmend.errors import TextmendError
from textmend.evidence import Inference
from textmend.inference import MIN_LOG_ODDS, infer, locate
from textmend.lexicon import Lexicon
from textmend.mend import mend as mend_lines
from textmend.mend import proven
from textmend.missed import Missed, MissedByNetwork, MissedByPairs
from textmend.network import SHIPPED, Network
from textmend.preimages import Preimages
from textmend.threads import one_thread
from textmend.tokens import Token, lines, tokenize

_SHIPPED_LANG = "en"

__all__ = ["Mender", "infer_channel", "mend", "mend_and_explain"]


class Mender:
    """Mends texts of one language.

    ``lang``: a language code of wordfreq. ``channel``: what damaged the texts, where it is known
    (``"the,ad"`` is short for ``Channel.of("the", "ad")``); without one it is inferred from each
    text, and a text that shows no damage comes back as it is.
    ``min_probability``: edits less likely than this are not made. ``min_log_odds``: how much
    evidence a channel needs, in nats. ``model``: the file of a context model; the one that comes
    with textmend is for English, other languages do with word frequencies. With ``None`` counts of
    word pairs judge the context, which see no further than the next word: most vanished words then
    stay away, and fewer real words are told from damaged ones.

    >>> mender = Mender(channel="the,ad")
    >>> mender.mend("In dition, y met or farmers.")
    'In addition, they met other farmers.'
    """

    def __init__(
        self,
        *,
        lang: str = "en",
        channel: Channel | str | None = None,
        min_probability: float = 0.5,
        min_log_odds: float = MIN_LOG_ODDS,
        model: str | Path | None = SHIPPED,
    ) -> None:
        if not 0.0 <= min_probability <= 1.0:
            raise TextmendError(f"min_probability is {min_probability}; it must be in 0 to 1")
        self.lang = lang
        self.channel = Channel.parse(channel) if isinstance(channel, str) else channel
        self.min_probability = min_probability
        self.min_log_odds = min_log_odds
        self.model = model
        self._lexicon = Lexicon.load(lang)

    def __repr__(self) -> str:
        return (
            f"Mender(lang={self.lang!r}, channel={self.channel!r}, "
            f"min_probability={self.min_probability}, min_log_odds={self.min_log_odds})"
        )

    def mend(self, text: str) -> str:
        """``text`` with its dropped letters put back; the same string where nothing was dropped."""
        return self.mend_and_explain(text).text

    def mend_and_explain(self, text: str) -> Mended:
        """The mended text with its edits, its channel, and the evidence for that."""
        text_lines = lines(tokenize(text))
        found = (
            infer([text_lines], self._lexicon, self._missed, min_log_odds=self.min_log_odds)
            if self.channel is None
            else locate([text_lines], self._lexicon, self.channel)
        )
        channel, evidence = found.inference.channel, found.inference.evidence
        if not channel:
            return Mended(text)
        preimages = Preimages.load(channel.drops, self.lang)
        context = _context(self.lang, self.model)
        with one_thread:
            edits, intact = mend_lines(
                text_lines, found.damaged, channel, preimages, context, self.min_probability
            )
        return proven(Mended(text, tuple(edits), channel, evidence, tuple(intact)))

    def mend_many(self, texts: Iterable[str]) -> Iterator[str]:
        """The texts mended one by one, each on its own evidence."""
        return (self.mend(text) for text in texts)

    def infer_channel(self, texts: str | Iterable[str]) -> Inference:
        """The channel of a text, or of several texts of one origin, and its evidence."""
        several = [texts] if isinstance(texts, str) else texts
        return infer(
            [lines(tokenize(text)) for text in several],
            self._lexicon,
            self._missed,
            min_log_odds=self.min_log_odds,
        ).inference

    def _missed(self, word: str, line: Sequence[Token]) -> float:
        """How surely a word is missed from a line; what judges it is loaded when it is asked."""
        with one_thread:
            return _judge(self.lang, self.model)(word, line)


@lru_cache(maxsize=8)
def _context(lang: str, model: str | Path | None) -> Context:
    """What judges candidates in a language: a network where there is one, else counts."""
    network = _network(lang, model)
    return NetworkContext(network, Lexicon.load(lang)) if network else PairContext(lang)


@lru_cache(maxsize=8)
def _judge(lang: str, model: str | Path | None) -> Missed:
    """What judges where words are missed in a language."""
    network = _network(lang, model)
    return MissedByNetwork(network) if network else MissedByPairs(Bigrams.load(lang))


def _network(lang: str, model: str | Path | None) -> Network | None:
    if model is None or (model == SHIPPED and lang != _SHIPPED_LANG):
        return None
    network = Network.load(model)
    if network.lang != lang:
        raise TextmendError(
            f"{model}: is a model for {network.lang!r}, and the texts are in {lang!r}; "
            "name a model for that language, or do without one (model=None)"
        )
    return network


def mend(
    text: str,
    *,
    lang: str = "en",
    channel: Channel | str | None = None,
    min_probability: float = 0.5,
) -> str:
    """``text`` with its dropped letters put back; see :class:`Mender`.

    >>> mend("Nerlands", channel="the")
    'Netherlands'
    >>> mend("A clean sentence is left alone.")
    'A clean sentence is left alone.'
    """
    return Mender(lang=lang, channel=channel, min_probability=min_probability).mend(text)


def mend_and_explain(
    text: str,
    *,
    lang: str = "en",
    channel: Channel | str | None = None,
    min_probability: float = 0.5,
) -> Mended:
    """The mended text with its edits, its channel, and the evidence for that.

    >>> mended = mend_and_explain("y left", channel="the")
    >>> [(edit.before, edit.after, edit.drops) for edit in mended.edits]
    [('y', 'They', ('the',))]
    """
    mender = Mender(lang=lang, channel=channel, min_probability=min_probability)
    return mender.mend_and_explain(text)


def infer_channel(
    texts: str | Iterable[str], *, lang: str = "en", min_log_odds: float = MIN_LOG_ODDS
) -> Inference:
    """The channel of a text, or of several texts of one origin; the empty one for clean text.

    >>> infer_channel("A clean sentence shows no damage.").channel
    Channel()
    """
    return Mender(lang=lang, min_log_odds=min_log_odds).infer_channel(texts)
