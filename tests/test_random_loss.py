"""Letters lost at random: the forward model, its proof, and that only such loss is taken for it."""

from collections import Counter
from collections.abc import Callable
from itertools import pairwise, product

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import corpora
from textmend import Channel, Edit, Mended, RandomLoss, infer_channel, mend, mend_and_explain
from textmend.inference.census import Census
from textmend.inference.hypotheses import DeletionIndex
from textmend.inference.priors import PRIORS
from textmend.inference.random_loss import _fit, _slips, _strange, random_loss
from textmend.language.lexicon import Lexicon
from textmend.language.priors import PRIORS as LANGUAGE
from textmend.language.tokens import lines, tokenize
from textmend.mending.random_loss import Losses

NEWS = [document.text for document in corpora.load("news", split="dev")]
LONG = [text for text in NEWS if len(text.split()) >= 400]
PARAGRAPHS = [line for text in NEWS for line in text.split("\n") if line]
TYPOS = "The comittee recieved a lettr form teh mayer, adn teh secretery anwsered it at onec. "


def test_loss_is_drawn_from_a_seed_and_of_its_rate() -> None:
    text = "some words of no great interest " * 200
    channel = Channel.random(0.03)
    assert channel.apply(text, seed=1) == channel.apply(text, seed=1) != channel.apply(text, seed=2)
    assert len(text) - len(channel.apply(text)) == pytest.approx(0.03 * 5400, rel=0.25)


def test_only_letters_are_lost() -> None:
    text = "12 o’clock, 3.5 %\n" * 50
    damaged = Channel((RandomLoss(0.9),), "keep").apply(text)
    assert [each for each in damaged if not each.isalpha()] == [
        each for each in text if not each.isalpha()
    ]


def test_without_a_seed_all_that_is_not_intact_is_lost() -> None:
    assert Channel.random(0.01).apply("the choice", intact=[(0, 4), (5, 10)], seed=None) == (
        "the hoice"
    )


def test_other_rules_leave_nothing_to_the_seed() -> None:
    channel = Channel.parse("the,random:20%")
    assert "the" not in channel.apply("other others bother " * 20, seed=3)


def test_the_proof_takes_out_the_letters_that_were_put_back_and_no_others() -> None:
    edit = Edit(3, 8, "oficl", "official", "word", 0.9)
    whole = ((0, 2), (3, 8))
    mended = Mended("an oficl", (edit,), Channel.random(), (), whole)
    assert mended.damage() == "an oficl"
    changed = Edit(3, 8, "oficl", "officer", "word", 0.9)
    assert Mended("an oficl", (changed,), Channel.random(), (), whole).damage() != "an oficl"


@settings(max_examples=40)
@given(
    st.floats(0.002, 0.1),
    st.lists(st.sampled_from(PARAGRAPHS), min_size=1, max_size=3),
    st.integers(),
)
def test_loss_at_a_known_rate_is_inverted_and_proven(
    rate: float, paragraphs: list[str], seed: int
) -> None:
    channel = Channel.random(rate)
    text = channel.apply("\n".join(paragraphs), seed=seed)
    mended = mend_and_explain(text, channel=channel)
    assert mended.revert() == text == mended.damage()
    for edit in mended.edits:
        assert len(edit.after) > len(edit.before)
        assert set("".join(edit.drops)) <= set(edit.after)


def test_lost_letters_come_back_with_their_capitals() -> None:
    damaged = "He made a complx choce: tht the Presdent of ritain shold go. Th end of te story."
    assert mend(damaged, channel="random:1%") == (
        "He made a complex choice: that the President of Britain should go. The end of the story."
    )


def test_edits_say_which_letters_were_put_back() -> None:
    (edit,) = mend_and_explain("A dificult choice.", channel="random:1%").edits
    assert edit.after == "difficult"
    assert edit.drops == ("f",)


@pytest.mark.slow
@pytest.mark.parametrize("rate", [0.01, 0.02])
def test_loss_is_inferred_from_most_documents(rate: float) -> None:
    channel = Channel.random(rate)
    texts = ["\n".join(pair) for pair in pairwise(LONG)]
    found = [infer_channel(channel.apply(text, seed=place)) for place, text in enumerate(texts)]
    rates = [each.channel.drops[0].rate for each in found if each]
    assert len(rates) >= 0.9 * len(texts) > 0
    assert all(isinstance(each.channel.drops[0], RandomLoss) for each in found if each)
    assert 0.5 * rate < sum(rates) / len(rates) < 1.2 * rate


def test_the_evidence_can_be_read() -> None:
    text = "\n".join(LONG[:4])
    damaged = Channel.random(0.01).apply(text)
    (evidence,) = infer_channel(damaged).evidence
    letters = sum(each.isalpha() for each in damaged)
    assert evidence.observed == pytest.approx(letters, rel=0.01)
    assert evidence.expected == pytest.approx(letters / (1 - evidence.drop.rate), rel=0.01)
    assert len(evidence.explained) > 10
    assert all(len(each.written) == len(each.arrived) + 1 for each in evidence.explained)


def test_short_texts_of_one_origin_pool_their_evidence() -> None:
    channel = Channel.random(0.01)
    pieces = [
        channel.apply(line, seed=place)
        for place, line in enumerate(PARAGRAPHS[:40])
        if len(line.split()) > 20
    ]
    assert sum(bool(infer_channel(each)) for each in pieces) < 0.5 * len(pieces)
    assert isinstance(infer_channel(pieces).channel.drops[0], RandomLoss)


def test_clean_texts_lost_nothing() -> None:
    for document in [*corpora.load("news"), *corpora.load("prose")]:
        assert not infer_channel(document.text), document.id


def test_typos_of_all_kinds_are_no_loss() -> None:
    assert not infer_channel(TYPOS * 2 + LONG[0])


@pytest.mark.parametrize("spec", ["e", "st", "doubled", "ff:f", "the,ad"])
def test_a_sequence_that_was_lost_everywhere_is_no_random_loss(spec: str) -> None:
    channel = Channel.parse(spec)
    for text in LONG[:6]:
        assert not infer_channel(channel.apply(text)).channel.leaky


def test_what_one_letter_or_two_may_have_been() -> None:
    losses = Losses.load("en")
    assert losses.one("oficial")["official"] == 2
    assert "administration" in losses.two("adminisraion")
    assert losses.two("th") == []
    assert dict(losses.of("governmnt", 0.01))["government"] == pytest.approx(0.01)
    assert dict(losses.of("adminisraion", 0.01))["administration"] == pytest.approx(0.0001)


def test_a_real_word_is_changed_only_where_that_is_likely() -> None:
    assert dict(Losses.load("en").of("he", 0.01))["the"] < 0.01
    assert mend("He said that he saw his house. The officials left.", channel="random:1%") == (
        "He said that he saw his house. The officials left."
    )
    assert mend("They went to he house.", channel="random:1%") == "They went to the house."


@pytest.mark.parametrize(
    "text",
    [
        "So the actally and the amrican and the chldren and the everyne and the folloing and the "
        "toether and the preident and the imortant sat in it, and he saw it all.",
        "The govrnment and the commnity met the presdent. It was about the childen, the amrican "
        "way and the folowing of rules; the importnt thing is with the peple.",
    ],
)
def test_a_text_whose_long_words_all_lost_a_letter_has_a_rate(text: str) -> None:
    (drop,) = infer_channel(text).channel.drops
    assert 0.01 < drop.rate < 0.2


TOY = Lexicon(
    "toy",
    {
        "".join(letters): 1.0 / (3 + place)
        for size in (1, 2, 3, 4)
        for place, letters in enumerate(product("abc", repeat=size))
        if place % 3
    },
)


@given(st.text("abc", min_size=1, max_size=4))
def test_slips_are_letters_changed_put_in_or_exchanged(word: str) -> None:
    # From the words that were meant to the one that is there: each slip is one way to write it.
    def ways(meant: str) -> float:
        changed = len(meant) == len(word) and sum(map(str.__ne__, meant, word)) == 1
        put_in = sum(word[:at] + word[at + 1 :] == meant for at in range(len(word)))
        exchanged = sum(
            meant[:at] + meant[at + 1] + meant[at] + meant[at + 2 :] == word != meant
            for at in range(len(meant) - 1)
        )
        return (changed + put_in) / len(TOY.letters) + exchanged

    expected = sum(TOY.frequency(meant) * ways(meant) for meant in TOY.words)
    assert _slips(word, TOY) == pytest.approx(expected)


@given(st.integers(0, 2**32 - 1), st.integers(1, 3))
def test_no_other_rates_of_sources_make_strange_words_likelier(seed: int, count: int) -> None:
    random = np.random.default_rng(seed)
    clean = random.uniform(0.5, 1.0, 40)
    sources = random.uniform(0.0, 2.0, (count, 40))
    sizes = random.uniform(1.0, 20.0, count)

    def likelihood(rates: list[float]) -> float:
        given = sum(rate * source for rate, source in zip(rates, sources, strict=True))
        held_back = PRIORS.jargon * np.log(1.0 + rates[0]) + sum(rates * sizes)
        return float(np.log(clean + given).sum() - held_back)

    best, rates = _fit(clean, sources, sizes)
    assert (rates > 0.0).all()
    assert best == pytest.approx(likelihood(list(rates)))
    for place in range(count):
        for change in (0.5, 0.8, 1.25, 2.0):
            others = [*rates]
            others[place] *= change
            # Rates that go to zero are still on their way after so many rounds.
            assert likelihood(others) <= best + 0.05


def census(text: str) -> Census:
    return Census.of([lines(tokenize(text))], Lexicon.load())


def peak(value: Callable[[list[float]], float], size: int) -> list[float]:
    """Where a smooth function of some rates is highest: one rate after the other, in logs."""
    rates = [1e-3] * size
    for _ in range(12):
        for place in range(size):

            def at(log: float, place: int = place) -> float:
                return value([*rates[:place], float(np.exp(log)), *rates[place + 1 :]])

            low, high = -25.0, 5.0
            while high - low > 1e-4:  # a third goes each time
                third = (high - low) / 3.0
                if at(low + third) < at(high - third):
                    low += third
                else:
                    high -= third
            rates[place] = float(np.exp(low))
    return rates


def lost_one(words: list[str], index: DeletionIndex) -> list[dict[str, float]]:
    """For each word the frequencies of those that lost one letter, not one of two equal ones."""
    shares = dict(zip(index.words, index.frequencies.tolist(), strict=True))
    letters = set("".join(index.words))
    found = []
    for word in words:
        ways = Counter(
            word[:at] + letter + word[at:] for at in range(len(word) + 1) for letter in letters
        )
        once = [meant for meant, count in ways.items() if count == 1 and meant in shares]
        found.append({meant: shares[meant] for meant in once})
    return found


def test_the_evidence_is_the_odds_of_two_mixtures_of_sources() -> None:
    # Letters are lost, and by slips changed, put in and exchanged.
    counted = census(
        "The govrnment and the commnity met the presdent. It was about the childen, the amrican "
        "way and the folowing of rules; the importnt thing is with the peple. A zorblax hapens "
        "in the watr, teh presdent said, and he ws right about the famly and the teachr. The "
        "mimister recieved a lettter about it, as the secratary beleived, and sent a quesstion."
    )
    counted.trace("what is no word of it")
    lexicon, index = counted.lexicon, DeletionIndex.load("en")
    words = [
        word
        for word in (counted.types[place] for place in counted.suspicious)
        if len(word) >= 4 and word.isalpha()
    ]
    assert "watr" in words
    assert not {"teh", "ws"} & {*words}
    clean = np.array([counted.suspicious[counted.places[word]] for word in words])
    meant = lost_one(words, index)
    lost = np.array([sum(each.values()) for each in meant])
    slips = np.array([_slips(word, lexicon) for word in words])
    unknown = np.maximum(clean - [lexicon.frequency(word) for word in words], 0.0)
    # Of what each source acts on: words, and the letters of long words that are known.
    tally = dict(zip(counted.places, counted.totals.tolist(), strict=True))
    letters = sum(
        count * len(word)
        for word, count in tally.items()
        if len(word) >= 5 and word.isalpha() and lexicon.frequency(word)
    )
    strange = LANGUAGE.unknown.lower * sum(tally.values())

    def likelihood(of_unknown: float, of_slip: float, of_loss: float) -> float:
        given = clean + of_unknown * unknown + of_slip * slips + of_loss * lost
        acted = of_unknown * strange + of_slip * 3.0 * letters + of_loss * letters
        rarer = PRIORS.jargon * np.log(1.0 + of_unknown) + of_slip / PRIORS.slips
        return float(np.log(given).sum() - acted - rarer)

    # Without loss a letter is left out as often as slips of each other kind are made.
    without = peak(lambda rates: likelihood(rates[0], rates[1], rates[1]), 2)
    with_loss = peak(lambda rates: likelihood(*rates), 3)
    log_odds = (
        likelihood(*with_loss)
        - likelihood(without[0], without[1], without[1])
        - PRIORS.random_damage
    )
    (evidence,) = random_loss(counted, 0.0)
    assert evidence.log_odds == pytest.approx(log_odds, abs=0.02)

    given = clean + with_loss[0] * unknown + with_loss[1] * slips + with_loss[2] * lost
    shares = with_loss[2] * lost / given
    held = letters + shares @ [len(word) + 1 for word in words]
    assert evidence.drop.rate == pytest.approx(shares.sum() / held, rel=0.03)
    every = sum(count * len(word) for word, count in tally.items())
    assert evidence.observed == every
    assert evidence.expected == pytest.approx(every / (1.0 - evidence.drop.rate))
    order = [at for at in np.argsort(-shares, kind="stable") if shares[at] > 0.5]
    assert [(each.arrived, each.written, each.count) for each in evidence.explained] == [
        (words[at], max(meant[at], key=meant[at].__getitem__), tally[words[at]]) for at in order
    ]
    # Just so much evidence is enough.
    assert random_loss(counted, evidence.log_odds)
    assert not random_loss(counted, evidence.log_odds + 1e-9)


def test_as_few_letters_as_people_leave_out_are_no_loss() -> None:
    text = "\n".join(PARAGRAPHS)
    # Twelve long words of the 21,000 lose a letter: of a text so long the fit alone would tell.
    for place in range(12):
        word = max(PARAGRAPHS[20 * place + 7].split(), key=lambda each: len(each) * each.isalpha())
        text = text.replace(word, word[:3] + word[4:], 1)
    assert not infer_channel(text)


@pytest.mark.parametrize(
    ("words", "enough"),
    [
        ("govrnment presdent watr", True),
        ("govrnment presdent zorblax", False),
        ("govrnment presdent wmen’s", False),  # it may as well be two words
    ],
)
def test_fewer_than_three_words_that_may_have_lost_a_letter_are_nobodys_proof(
    words: str, enough: bool
) -> None:
    counted = census(f"It is the {words}, and that is the end of it.")
    assert (_strange(counted) is not None) == enough
    if not enough:
        assert random_loss(counted, -100.0) == ()
