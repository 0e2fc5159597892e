import random
from collections import Counter

import pytest
import regex
from hypothesis import given
from hypothesis import strategies as st

import corpora
from textmend import Channel, Inference, Mender
from textmend.channel.channel import Drop
from textmend.channel.families import Ligatures, NonAscii
from textmend.inference import runs as runs_module
from textmend.inference.census import Census
from textmend.inference.explanations import Hypotheses
from textmend.inference.infer import MIN_LOG_ODDS, infer
from textmend.inference.priors import PRIORS
from textmend.inference.runs import Runs
from textmend.inference.screen import Screen
from textmend.inference.screen import _words as merged
from textmend.inference.vanished import MissedByPairs
from textmend.language.bigrams import Bigrams
from textmend.language.lexicon import Lexicon, key
from textmend.language.tokens import lines, tokenize
from textmend.mending.arcs import torn
from textmend.mending.preimages import Glimpse, Preimages

NEWS = [document.text for document in corpora.load("news", split="dev")]
CHANNELS = (
    *("the,ad", "the", "e", "ing", "o,in", "a", "and", "of", "s", "ff,fi", "th@start"),
    *("ligatures", "ligatures:space", "ligatures:?", "non-ascii:space", "drop-caps", "doubled"),
    *("apostrophes", "apostrophes:space", "hyphens", "spaces:line-ends", "random:2%"),
)

STRANGE = ("wter", "othr", "ministration", "mor", "bot", "stmnt", "pple", "y", "smthng", "frm")
PIECES = (
    *("classi", "es", "o", "ce", "di", "erent", "of", "the", "rst", "caf", "na", "ve", "a", "on"),
    *("in", "sta", "U.S.", ",", ".", "-", "“", "(", "\n"),
)


def inferred(text: str, lang: str = "en", *, letters_alone: bool = False) -> Inference:
    """What inference, which takes a text apart, finds in it."""
    missed = MissedByPairs(Bigrams.load(lang))
    texts = [lines(tokenize(text))]
    return infer(texts, Lexicon.load(lang), missed, letters_alone=letters_alone).inference


def finds_something(text: str, lang: str = "en") -> bool:
    """Whether inference finds anything in a text."""
    return bool(inferred(text, lang))


def is_sound(screen: Screen, text: str, least: float) -> bool:
    """Whether a text is seen at a glance to have lost nothing."""
    return screen.suspects(text, least) == "nothing"


def is_right(screen: Screen, text: str, lang: str = "en") -> bool:
    """Whether no more is found in a text than what is suspected."""
    match screen.suspects(text, MIN_LOG_ODDS):
        case "nothing":
            return not finds_something(text, lang)
        case "letters":
            return inferred(text, lang, letters_alone=True) == inferred(text, lang)
        case _:
            return True


def passages(text: str, rng: random.Random) -> list[str]:
    """A text, and its beginnings of several lengths."""
    return [text, *(text[: rng.randint(100, len(text))] for _ in range(2))]


@pytest.mark.parametrize("spec", CHANNELS)
def test_no_more_is_found_in_a_text_than_is_suspected(spec: str) -> None:
    rng, screen, channel = random.Random(spec), Screen.load("en"), Channel.parse(spec)
    for text in rng.sample(NEWS, 4):
        for passage in passages(text, rng):
            half = len(passage) // 2
            # All of it damaged, the end of it, and hardly any.
            for damaged in (
                channel.apply(passage),
                passage[:half] + channel.apply(passage[half:]),
                passage[:-100] + channel.apply(passage[-100:]),
            ):
                assert is_right(screen, damaged), damaged


@pytest.mark.parametrize(
    ("spec", "article", "size", "end"),
    [
        ("to", 14, 1523, 1200),
        ("of", 9, 2203, 1200),
        ("the", 5, 1639, 1200),
        ("the", 18, 2312, 1200),
        ("s", 23, 1039, 150),
    ],
)
def test_an_end_with_just_enough_damage_is_not_sound(
    spec: str, article: int, size: int, end: int
) -> None:
    # Found among thousands of such passages as those that one of the bounds alone decides: that of
    # common words that are missed, or that of a letter that the lines spare.
    passage = NEWS[article][:size]
    damaged = passage[:-end] + Channel.parse(spec).apply(passage[-end:])
    assert finds_something(damaged)
    assert not is_sound(Screen.load("en"), damaged, MIN_LOG_ODDS)


@pytest.mark.parametrize("corpus", ["negative", "prose", "languages"])
def test_no_more_is_found_in_a_clean_text_than_is_suspected(corpus: corpora.SetName) -> None:
    for document in corpora.load(corpus)[::3]:
        lang = document.language if corpus == "languages" else "en"
        assert is_right(Screen.load(lang), document.text, lang)


def without_letters(text: str, count: int, rng: random.Random) -> str:
    """A text of which so many long words have lost a letter."""
    words = regex.split(r"([a-z]{8,})", text)
    for place in rng.sample(range(1, len(words), 2), count):
        cut = rng.randrange(1, len(words[place]))
        words[place] = words[place][:cut] + words[place][cut + 1 :]
    return "".join(words)


def test_letters_alone_are_looked_for_where_they_alone_are_suspected() -> None:
    rng, screen = random.Random(3), Screen.load("en")
    texts = [without_letters(text[:2400], count, rng) for text in NEWS for count in (3, 6)]
    suspected = [text for text in texts if screen.suspects(text, MIN_LOG_ODDS) == "letters"]
    assert len(suspected) > 10
    for text in suspected:
        assert is_right(screen, text)
    assert any(map(finds_something, suspected))


def test_most_clean_news_is_sound_at_a_glance() -> None:
    screen = Screen.load("en")
    sound = sum(is_sound(screen, text, MIN_LOG_ODDS) for text in NEWS)
    assert sound > 0.6 * len(NEWS)


def test_what_is_asked_of_rules_is_what_the_screen_asks() -> None:
    text = "The barn was near town. It was a good day for all of them, and in truth to be there. "
    text = text * 3 + "He wen t on. The wter was cold, the wter was deep, and wter it was."
    screen = Screen.load("en")
    answers = [is_sound(screen, text, least) for least in (0.0, 3.0, 10.0, 40.0)]
    assert answers == sorted(answers), "the more is asked, the more is sound"
    assert not is_sound(screen, "A clean sentence.", -1.0), "below zero anything might be believed"


@pytest.mark.parametrize(
    "text",
    [
        "Some <b class='x y'>the</b> text and `the code` in the text.",
        "Bob\x1c the\x1d builder",
    ],
)
def test_what_may_hold_words_that_are_none_is_looked_at_closely(text: str) -> None:
    assert not is_sound(Screen.load("en"), text, MIN_LOG_ODDS)


letters = st.text(st.sampled_from("abetdmpsé'’.,:;!?&@#$%_()[]\"“”-–/0123 \n\u0301\ufffdIUS"))


@given(letters)
def test_the_words_and_odd_marks_of_a_text_are_those_of_its_runs(text: str) -> None:
    census = Census.of([lines(tokenize(text))], Lexicon.load())
    split = Counter(text.split())
    telling = Runs.load("en").telling(split)
    marks = Counter[str]()
    for run, said in telling.items():
        marks.update({mark: said.odd.count(mark) * split[run] for mark in said.odd})
    assert all(marks[mark] >= count for mark, count in census.marks.items())
    words = sum(token.kind == "word" for token in tokenize(text))
    assert words <= split.total() + sum(
        (said.size - 1) * split[run] for run, said in telling.items()
    )
    known = {word.form: word for word in merged(telling.values())}
    for place, clean in census.suspicious.items():
        word = known[census.types[place]]
        assert word.clean <= clean
        assert word.flagged or place not in census.flagged


@given(st.lists(st.sampled_from(STRANGE)))
def test_a_word_says_as_much_of_sequences_as_inference_lets_it_say(words: list[str]) -> None:
    text = " ".join(words)
    census = Census.of([lines(tokenize(text))], Lexicon.load())
    hypotheses = Hypotheses(census, "en")
    said = {
        word.form: sorted(word.gains.tolist())
        for run in Runs.load("en").telling(Counter(words)).values()
        for word in run.words
    }
    for rule in hypotheses.rules():
        if isinstance(rule, Drop) and not rule.residue:
            for trace, nats in hypotheses.traces(rule).gains.items():
                gains = said[census.types[trace]]
                assert min(abs(gain - nats) for gain in gains) < 1e-9


@given(
    st.lists(
        st.sampled_from(PIECES),
        max_size=20,
    )
)
@pytest.mark.parametrize("rule", [Ligatures(" "), Ligatures(" ", extended=True), NonAscii(" ")])
def test_what_is_torn_is_seen_at_a_glance(rule: Ligatures | NonAscii, pieces: list[str]) -> None:
    text = " ".join(pieces)
    preimages = Preimages.common((rule,), "en")
    glimpsed = preimages.torn_in(Glimpse(text), PRIORS.least_gain)
    for line in lines(tokenize(text)):
        for found in torn(line, Channel((rule,)), preimages, sure=True).values():
            if found.gain >= PRIORS.least_gain:
                tokens = line[found.first : found.last + 1]
                assert key("".join(token.text for token in tokens)) in glimpsed


def test_what_is_known_of_runs_has_a_bound(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(runs_module, "_MOST_DULL", 10)
    known = Runs(Lexicon.load())
    dull = [word for word in Lexicon.load().words[:200] if len(word) > 3]
    for word in dull:
        assert not known.telling({word: 1})
    assert len(known._dull) <= 10
    known.telling({"x" * 5000: 1, ",".join(["the"] * 300): 1})
    assert len(known._dull) <= 10
    assert known._telling.size < 20_000


def test_a_source_without_damage_leaves_its_texts_alone() -> None:
    mender = Mender(channel=[])
    assert mender.mend("Furrmore, y met or farmers.") == "Furrmore, y met or farmers."


SOUND_BUT_STRANGE = (
    "The barn was near the town and in truth it was a good day for all of them to be of use. "
    "He saw the zorblax and the frimwock there. "
) * 2


@pytest.mark.parametrize("run", ["27th'ings", "#tag'ings", "B2'ings", "x_'ings"])
def test_a_word_after_what_is_none_is_counted_where_it_stands(run: str) -> None:
    # Read by itself the run would be one word, or another one.
    text = SOUND_BUT_STRANGE + run
    assert Mender().mend(text) == text
    assert not finds_something(text)


def test_what_families_say_of_a_word_does_not_depend_on_what_was_asked_before() -> None:
    fresh, used = Screen(Lexicon.load()), Screen(Lexicon.load())
    used._gains("classi", 0.5)
    assert used._gains("classi", 1e-12) == fresh._gains("classi", 1e-12)
    used._gains("la", 0.5)
    assert used._gains("la", 1e-12) == fresh._gains("la", 1e-12)
    assert fresh._gains("la", 1e-12)
