"""The public interface: :class:`Mender`, and functions that are thin skins over it.

What menders need (lexicon, context) is loaded once for all of them. A mender does not change while
it mends: it is picklable and safe to share between threads. Start reading at
:meth:`Mender.mend_and_explain`.
"""

from __future__ import annotations

import math
import pickle
from collections.abc import Iterable, Iterator, Sequence
from functools import lru_cache, partial
from itertools import tee
from pathlib import Path
from types import NoneType

from textmend import __version__, checks
from textmend.channel.channel import Channel
from textmend.edits import Mended
from textmend.errors import TextmendError
from textmend.evidence import Inference
from textmend.inference.infer import MIN_LOG_ODDS, Diagnosis, infer, locate, recognize
from textmend.inference.screen import Screen, Suspicion
from textmend.inference.sources import infer_channels, likeliest
from textmend.inference.vanished import Floats, Missed, MissedByNetwork, MissedByPairs
from textmend.language.bigrams import Bigrams
from textmend.language.identification import AUTO, among, guess
from textmend.language.lexicon import Lexicon
from textmend.language.tokens import Token, lines, tokenize
from textmend.mending.context import Context, NetworkContext, PairContext
from textmend.mending.pipeline import mend as mend_lines
from textmend.mending.pipeline import proven
from textmend.mending.preimages import Preimages
from textmend.models.cascade import NAMED, Cascade, load
from textmend.models.modelfile import SHIPPED, digest_of, read_header
from textmend.models.network import Network

_SHIPPED_LANG = "en"
# Enough words of one origin to know its channel by: more would take time and add nothing.
SOURCE_WORDS = 20_000

__all__ = ["Mender", "infer_channel", "mend", "mend_and_explain"]


class Mender:
    """Mends texts of one language, or of several.

    ``lang``: a language tag, such as ``"en"`` or ``"pt-BR"``. Several codes, separated by commas,
    or ``"auto"`` for all: the language of each text is then guessed among these, and a text that is
    in none of them, or too short to tell, comes back as it is.
    ``channel``: what damaged the texts, where it is known (``"the,ad"`` is short for
    ``Channel.of("the", "ad")``); without one it is inferred from each text, and a text that shows
    no damage comes back as it is. What :meth:`infer_channel` found in other texts of the same
    origin can be given, too; texts that tell nothing are then mended if nearly all of those were
    damaged.
    ``min_probability``: edits less likely than this are not made. ``min_log_odds``: how much
    evidence a channel needs, in nats. ``model``: ``"small"`` or ``"large"``, the context models
    that come with textmend, or the file of another. These two are for English, other languages do
    with word frequencies; the large one reads again what the small one is in doubt of, and takes
    several times as long. With ``None`` counts of
    word pairs judge the context, which see no further than the next word: most vanished words then
    stay away, and fewer real words are told from damaged ones. ``keep_words``: words that are never
    changed, however they are capitalised, such as names that look damaged.

    >>> mender = Mender(channel="the,ad")
    >>> mender.mend("In dition, y met or farmers.")
    'In addition, they met other farmers.'
    """

    def __init__(
        self,
        *,
        lang: str = "en",
        channel: Channel | Inference | Sequence[Inference] | str | None = None,
        min_probability: float = 0.5,
        min_log_odds: float = MIN_LOG_ODDS,
        model: str | Path | None = "small",
        keep_words: Iterable[str] = (),
    ) -> None:
        checks.number(
            "min_probability", min_probability, lambda it: 0.0 <= it <= 1.0, "it must be in 0 to 1"
        )
        checks.number(
            "min_log_odds",
            min_log_odds,
            lambda it: not math.isnan(it),
            "it must be a number of nats",
        )
        several = [channel] if isinstance(channel, Inference) else channel
        kinds: tuple[type, ...] = (str, Channel, NoneType)
        if isinstance(several, (list, tuple)):
            several, kinds = tuple(several), (Inference,)
        for each in several if isinstance(several, tuple) else (several,):
            checks.instance(
                "channel", each, kinds, "it must be a Channel, Inferences, or text like 'the,ad'"
            )
        checks.instance("lang", lang, str, "it must be a tag, or several as in 'en,de'")
        self.channel = Channel.parse(several) if isinstance(several, str) else several
        self.min_probability = min_probability
        self.min_log_odds = min_log_odds
        self.model = model
        # In an order of their own, so that the same mender has the same pickle.
        self.keep_words = tuple(
            sorted(set(map(str.casefold, checks.texts("keep_words", keep_words))))
        )
        self._file = None if model is None else Path(NAMED.get(str(model), model))
        self._several = among(lang) if lang == AUTO or "," in lang else ()
        self.lang = lang if self._several else Lexicon.load(lang).lang
        if self._file is not None and self._file != SHIPPED:
            of, asked = read_header(self._file)["lang"], self._several or (self.lang,)
            if of not in asked:
                raise TextmendError(
                    f"{model}: is a model for {of!r}, and the texts are in {self.lang!r}; "
                    "name a model for that language, or do without one (model=None)"
                )

    def __reduce__(self) -> tuple[object, tuple[str, str | None, bytes]]:
        """How it was made, by which textmend and with which model, so that others give other bytes.

        The models that come with textmend are wherever textmend is; one that was given is at its
        path.
        """
        options = {
            "lang": self.lang,
            "channel": self.channel,
            "min_probability": self.min_probability,
            "min_log_odds": self.min_log_odds,
            **({} if self._file == SHIPPED else {"model": self.model}),
            **({"keep_words": self.keep_words} if self.keep_words else {}),
        }
        model = None if self._file is None else digest_of(self._file)
        return _unpickled, (__version__, model, pickle.dumps(options))

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
        suspicion = self._suspicion(checks.text("text", text))
        if suspicion == "nothing":
            return Mended(text)
        text_lines = lines(tokenize(text))
        lang = self._language(text_lines)
        if lang is None:
            return Mended(text)
        found = self._diagnose(text_lines, lang, letters_alone=suspicion == "letters")
        if not found or not found.inference:
            return Mended(text)
        channel, evidence = found.inference.channel, found.inference.evidence
        preimages = Preimages.load(channel.drops, lang)
        context = _context(lang, self._network(lang))
        edits, intact = mend_lines(
            text_lines, found.damaged, channel, preimages, context, self.min_probability
        )
        if self.keep_words:
            edits = [each for each in edits if each.before.casefold() not in self.keep_words]
        return proven(Mended(text, tuple(edits), channel, evidence, tuple(intact)))

    def mend_many(self, texts: Iterable[str], *, pool: bool = False) -> Iterator[str]:
        """The texts mended one by one, each on its own evidence.

        ``pool``: they are of one origin, and share their evidence; see :meth:`for_source`. What is
        read to infer their channel is kept in memory until it is mended; the rest is not.
        """
        if isinstance(texts, str):
            raise TextmendError("mend_many takes several texts; for one there is mend")
        checks.instance("pool", pool, bool, "it must be True or False")
        checked = checks.texts("texts", texts)
        return self._mend_pool(checked) if pool else map(self.mend, checked)

    def _mend_pool(self, texts: Iterator[str]) -> Iterator[str]:
        sample, texts = tee(texts)
        mender = self.for_source(sample)
        del sample  # or all that follows would be kept for it
        yield from map(mender.mend, texts)

    def for_source(self, texts: str | Iterable[str]) -> Mender:
        """A mender for texts of the same origin, with the channels that these show together.

        Snippets too short to show one alone can be mended so. Each text is mended by the channel
        that explains it best, or left as it is. The first 20,000 words are enough; no more are
        read. A mender that has a channel keeps it.

        >>> snippets = ["Furrmore, ir farms.", "In dition, y met.", "ministrations", "Sourn seas"]
        >>> mender = Mender().for_source(snippets * 2)
        >>> mender.mend("a sourn town"), mender.mend("The other day they added nothing.")
        ('a southern town', 'The other day they added nothing.')
        """
        several = _several(texts)
        if self.channel is not None:
            return self
        return Mender(
            lang=self.lang,
            channel=self.infer_channels(_first_words(several, SOURCE_WORDS)),
            min_probability=self.min_probability,
            min_log_odds=self.min_log_odds,
            model=self.model,
            keep_words=self.keep_words,
        )

    def infer_channel(self, texts: str | Iterable[str]) -> Inference:
        """The channel of a text, or of most of several texts of one origin, and its evidence."""
        return next(iter(self.infer_channels(texts)), Inference(Channel()))

    def infer_channels(self, texts: str | Iterable[str]) -> tuple[Inference, ...]:
        """The channels of texts of one origin, that of most of them first; none for clean texts.

        There are several where some of the texts came through one and others through another one,
        as from a site that changed its scraper. Where texts are in several languages, that of most
        words is asked first, and another one only if it shows no damage.
        """
        by_language: dict[str, list[list[list[Token]]]] = {}
        for text in _several(texts):
            text_lines = lines(tokenize(text))
            if (lang := self._language(text_lines)) is not None:
                by_language.setdefault(lang, []).append(text_lines)
        for lang in sorted(by_language, key=lambda each: -_tokens(by_language[each])):
            if found := infer_channels(by_language[lang], partial(self._infer, lang=lang)):
                return tuple(found)
        return ()

    def language(self, text: str) -> str | None:
        """The language in which a text is read; None where it is in none of those asked for."""
        checks.text("text", text)
        return self._language(lines(tokenize(text))) if self._several else self.lang

    def _language(self, text_lines: Sequence[Sequence[Token]]) -> str | None:
        return guess(text_lines, self._several) if self._several else self.lang

    def _network(self, lang: str) -> Network | Cascade | None:
        """The context model of a language, where there is one."""
        if self._file is None or (self._file == SHIPPED and lang != _SHIPPED_LANG):
            return None
        network = load(self._file)
        return network if network.lang == lang else None  # for another one of several

    def _suspicion(self, text: str) -> Suspicion:
        """What a text may have lost, seen at a glance; nothing where its source shows no damage."""
        if self.channel is None and not self._several:
            return Screen.load(self.lang).suspects(text, self.min_log_odds)
        return "nothing" if self.channel == () else "anything"

    def _diagnose(
        self, text_lines: Sequence[Sequence[Token]], lang: str, *, letters_alone: bool
    ) -> Diagnosis | None:
        """What the channel is, and where it acted; None in a source that shows no damage."""
        lexicon = Lexicon.load(lang)
        if self.channel is None:
            return self._infer([text_lines], lang, letters_alone=letters_alone)
        if isinstance(self.channel, Channel):
            return locate([text_lines], lexicon, self.channel)
        return likeliest([recognize([text_lines], lexicon, each) for each in self.channel])

    def _infer(
        self, texts: Sequence[Sequence[Sequence[Token]]], lang: str, *, letters_alone: bool = False
    ) -> Diagnosis:
        def missed(word: str, text_lines: Sequence[Sequence[Token]]) -> Floats:
            # What judges it is loaded when it is asked.
            network = self._network(lang)
            small = network.small if isinstance(network, Cascade) else network
            return _judge(lang, small)(word, text_lines)

        return infer(
            texts,
            Lexicon.load(lang),
            missed,
            min_log_odds=self.min_log_odds,
            letters_alone=letters_alone,
        )


def _several(texts: str | Iterable[str]) -> Iterator[str]:
    """Texts of one origin: one or several."""
    return checks.texts("texts", [texts] if isinstance(texts, str) else texts)


def _unpickled(version: str, model: str | None, options: bytes) -> Mender:
    """The mender that was pickled, if this version of textmend can make it.

    With another model than that of its digest it mends as that one does.
    """
    del model
    try:
        return Mender(**pickle.loads(options))
    except TextmendError:
        raise
    except Exception as error:
        raise TextmendError(
            f"this mender was pickled by textmend {version}, and textmend {__version__} cannot "
            f"make it ({error}); make it anew, or install the version that pickled it"
        ) from error


def _first_words(texts: Iterable[str], most: int) -> Iterator[str]:
    """Texts until they have so many words."""
    words = 0
    for text in texts:
        yield text
        words += len(text.split())
        if words >= most:
            break


def _tokens(texts: Iterable[Sequence[Sequence[Token]]]) -> int:
    return sum(len(line) for text_lines in texts for line in text_lines)


@lru_cache(maxsize=8)
def _context(lang: str, network: Network | Cascade | None) -> Context:
    """What judges candidates in a language: a network where there is one, else counts."""
    if network is None:
        return PairContext(lang)
    return NetworkContext(network, Lexicon.load(lang))


@lru_cache(maxsize=8)
def _judge(lang: str, network: Network | None) -> Missed:
    """What judges where words are missed in a language."""
    return MissedByNetwork(network) if network else MissedByPairs(Bigrams.load(lang))


def mend(
    text: str,
    *,
    lang: str = "en",
    channel: Channel | Inference | str | None = None,
    min_probability: float = 0.5,
    model: str | Path | None = "small",
) -> str:
    """``text`` with its dropped letters put back; see :class:`Mender`.

    >>> mend("Nerlands", channel="the")
    'Netherlands'
    >>> mend("A clean sentence is left alone.")
    'A clean sentence is left alone.'
    """
    mender = Mender(lang=lang, channel=channel, min_probability=min_probability, model=model)
    return mender.mend(text)


def mend_and_explain(
    text: str,
    *,
    lang: str = "en",
    channel: Channel | Inference | str | None = None,
    min_probability: float = 0.5,
    model: str | Path | None = "small",
) -> Mended:
    """The mended text with its edits, its channel, and the evidence for that.

    >>> mended = mend_and_explain("y left", channel="the")
    >>> [(edit.before, edit.after, edit.drops) for edit in mended.edits]
    [('y', 'They', ('the',))]
    """
    mender = Mender(lang=lang, channel=channel, min_probability=min_probability, model=model)
    return mender.mend_and_explain(text)


def infer_channel(
    texts: str | Iterable[str], *, lang: str = "en", min_log_odds: float = MIN_LOG_ODDS
) -> Inference:
    """The channel of a text, or of several texts of one origin; the empty one for clean text.

    >>> infer_channel("A clean sentence shows no damage.").channel
    Channel()
    """
    return Mender(lang=lang, min_log_odds=min_log_odds).infer_channel(texts)
