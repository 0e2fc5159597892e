"""What every result promises, on damaged and on clean text, under random channels."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from math import exp, log

import numpy as np
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

import corpora
from textmend import Channel, Drop, Mended, Mender, mend, mend_and_explain
from textmend.channel.channel import WhiteSpace
from textmend.edits import Alternative, Edit, Kind
from textmend.language.tokens import lines, tokenize
from textmend.mending.context import Calibration, Judged
from textmend.mending.lattice import Arc, Slot
from textmend.mending.pipeline import _alternatives, _edits, proven
from textmend.mending.pipeline import mend as found_edits
from textmend.mending.preimages import Candidate, Preimages

NEWS = [document.text for document in corpora.load("news", split="dev")]
PARAGRAPHS = [line for text in NEWS for line in text.split("\n") if line]

SEQUENCES = st.one_of(
    st.sampled_from(["the", "ad", "an", "ing", "er", "st", "tion", "of", "e", "s", "in", "to"]),
    st.text("aeinorst", min_size=1, max_size=3),
)
CHANNELS = st.builds(
    Channel,
    drops=st.lists(
        st.builds(
            Drop,
            SEQUENCES,
            where=st.sampled_from(["anywhere", "word-start", "word-end", "inside", "whole-word"]),
            ignore_case=st.booleans(),
        ),
        min_size=1,
        max_size=3,
    ).map(tuple),
    whitespace=st.sampled_from(["keep", "squeeze", "collapse"]),
)


def is_subsequence(short: str, long: str) -> bool:
    letters = iter(long)
    return all(letter in letters for letter in short)


def check(mended: Mended, text: str) -> None:
    assert mended.original == text
    assert mended.revert() == text
    assert mended.damage() == text
    assert is_subsequence(text, mended.text)
    for edit in mended.edits:
        assert text[edit.start : edit.end] == edit.before != edit.after
        assert is_subsequence(edit.before, edit.after)
        assert 0.0 < edit.probability <= 1.0 + 1e-9
        assert edit.drops


@pytest.mark.slow
@settings(max_examples=60)
@given(CHANNELS, st.lists(st.sampled_from(PARAGRAPHS), min_size=1, max_size=4))
def test_a_known_channel_is_inverted_and_proven(channel: Channel, paragraphs: list[str]) -> None:
    text = channel.apply("\n".join(paragraphs))
    check(mend_and_explain(text, channel=channel, min_probability=0.0), text)


def welded(mended: Mended) -> list[Edit]:
    """The edits that touch a letter which the input kept apart from them."""
    found, grown = [], 0
    for edit in mended.edits:
        start = edit.start + grown
        end = start + len(edit.after)
        grown += len(edit.after) - len(edit.before)
        for text, place in ((edit.start, start), (edit.end, end)):
            if _touch(mended.text, place) and not _touch(mended.original, text):
                found.append(edit)
    return found


def _touch(text: str, place: int) -> bool:
    """Whether letters stand on both sides of a place."""
    return 0 < place < len(text) and text[place - 1].isalpha() and text[place].isalpha()


SPACES = [Channel.parse(f"{each}:space") for each in ("s", "ss", "e", "a", "t", "ligatures")]


@pytest.mark.slow
@settings(max_examples=15)
@given(
    st.sampled_from(SPACES),
    st.lists(st.sampled_from(PARAGRAPHS), min_size=1, max_size=3),
    st.sampled_from(["keep", "squeeze", "collapse"]),
)
@example(SPACES[0], ["The mission was a state of the locals' shutdown. She was a sister."], "keep")
def test_words_that_spaces_took_apart_are_not_welded(
    known: Channel, paragraphs: list[str], whitespace: WhiteSpace
) -> None:
    channel = Channel(known.drops, whitespace)
    text = channel.apply("\n".join(paragraphs))
    mended = mend_and_explain(text, channel=channel)
    assert mended.revert() == mended.damage() == text
    assert not welded(mended)


@pytest.mark.slow
@settings(max_examples=30)
@given(CHANNELS, st.sampled_from(NEWS))
def test_an_inferred_channel_is_inverted_and_proven(channel: Channel, document: str) -> None:
    text = channel.apply(document)
    check(mend_and_explain(text), text)


@pytest.mark.slow
@settings(max_examples=100)
@given(CHANNELS, st.text())
@example(Channel.of("the", whitespace="keep"), "\x1fb")  # a control character that is white space
@example(Channel.of("the", ignore_case=False), "a in. b in c.\nof\n")
def test_any_text_at_all(channel: Channel, text: str) -> None:
    check(mend_and_explain(text, channel=channel, min_probability=0.0), text)


@settings(max_examples=100)
@given(st.text())
def test_text_without_evidence_comes_back_as_the_same_string(text: str) -> None:
    assert mend(text) is text


@pytest.mark.slow
@pytest.mark.parametrize("kind", ["news", "prose", "negative", "languages"])
def test_clean_documents_come_back_as_the_same_string(kind: corpora.SetName) -> None:
    for document in corpora.load(kind, split="dev"):
        assert mend(document.text) is document.text, document.id


@pytest.mark.parametrize("document", NEWS[:8])
def test_mending_again_changes_nothing(document: str) -> None:
    once = mend(Channel.of("the", "ad").apply(document))
    assert mend(once) == once


def test_a_clean_headline_above_a_damaged_body_is_left_alone() -> None:
    head = "Other ministers feared another bad winter\n\nThe summary says they are ready.\n\n"
    body = "\n\n".join(NEWS[1].split("\n\n")[2:])
    mended = mend_and_explain(head + Channel.of("the", "ad").apply(body))
    assert mended.text.startswith(head)
    assert len(mended.edits) > 5
    check(mended, mended.original)


def test_nothing_is_put_between_the_lattice_of_code() -> None:
    code = "x = f(y)  # re is or way\nz = [x, y]  # of m\n\nreturn (x)  # in or\n" * 2
    mended = Mender(channel="the,ad").mend_and_explain(f"In dition, y met or farmers.\n\n{code}")
    assert not [edit for edit in mended.edits if edit.kind == "vanished-word"]
    assert mended.text.startswith("In addition, they met other farmers.")


def test_nothing_is_put_between_the_names_of_code() -> None:
    code = "yield from map(mender.mend, texts)\nreturn NetworkContext(network, load(lang))\n" * 3
    mended = Mender(channel="the,ad").mend_and_explain(f"In dition, y met or farmers.\n\n{code}")
    assert not [edit for edit in mended.edits if edit.kind == "vanished-word"]


def test_edits_that_the_channel_does_not_undo_never_get_out() -> None:
    text = "many or areas"
    good = Edit(5, 7, "or", "other", "word", 0.9, drops=("the",))
    bad = Edit(8, 13, "areas", "arenas", "word", 0.99, drops=("n",))
    found = proven(Mended(text, (good, bad), Channel.of("the")))
    assert found.edits == (good,)
    assert proven(Mended(text, (bad,), Channel.of("the"))).text is text


@pytest.fixture
def proofs(monkeypatch: pytest.MonkeyPatch) -> list[Mended]:
    """The results whose proof was asked for."""
    asked: list[Mended] = []
    damage = Mended.damage

    def counted(mended: Mended) -> str:
        asked.append(mended)
        return damage(mended)

    monkeypatch.setattr(Mended, "damage", counted)
    return asked


def test_few_proofs_find_the_edit_that_fails(proofs: list[Mended]) -> None:
    words = ["or"] * 500
    edits = [Edit(3 * at, 3 * at + 2, "or", "other", "word", 0.9) for at in range(500)]
    edits[321] = replace(edits[321], after="over")
    found = proven(Mended(" ".join(words), tuple(edits), Channel.of("the")))
    assert set(edits) - set(found.edits) == {edits[321]}
    assert len(proofs) < 50


def test_min_probability_leaves_out_what_is_less_likely() -> None:
    text = Channel.of("er").apply(NEWS[2])
    sure = set(mend_and_explain(text, min_probability=0.95).edits)
    every = set(mend_and_explain(text, min_probability=0.5).edits)
    assert sure < every
    assert min(edit.probability for edit in sure) >= 0.95


def test_alternatives_are_what_the_channel_allows() -> None:
    channel = Channel.of("the")
    for edit in mend_and_explain(channel.apply(NEWS[3]), channel=channel).edits:
        chances = [each.probability for each in edit.alternatives]
        assert chances == sorted(chances, reverse=True)
        assert edit.probability + sum(chances) <= 1.0 + 1e-6
        for each in edit.alternatives:
            assert channel.apply(each.text) == channel.apply(edit.before)


def test_the_mender_is_the_functions() -> None:
    text = Channel.of("the").apply(NEWS[0])
    assert Mender().mend(text) == mend(text) == mend_and_explain(text).text


@pytest.mark.parametrize("mark", ["\u2063", "\x00", "\ufffd", "?", "\ufffc", "#"])
def test_odd_marks_between_words(mark: str) -> None:
    lines = Channel.of("the").apply(NEWS[0]).split("\n")
    text = "\n".join(f"{mark} {line} {mark}, {line[:20]} {mark}{line[20:40]}" for line in lines)
    mended = mend_and_explain(text)
    assert mended.revert() == mended.damage() == text


@pytest.mark.parametrize(
    ("damaged", "channel", "mended"),
    [
        ("A report by many, NATO, OR and Y", "the", "A report by many, NATO, OR and Y"),
        ('<p class="per">Or days</p>', "the", '<p class="per">Other days</p>'),
        ("Many or <b>ses</b> of it", "the", "Many other <b>theses</b> of it"),
        ("He ran `or` or days", "the", "He ran `or` other days"),
        ("The meeƟng has an opƟon", "ti:Ɵ", "The meeting has an option"),
        ("The meeXng has an opXon", "ti:X", "The meeting has an option"),
        (
            "His affe\ufffdion for the con\ufffdable",
            "st:fffd",
            "His affe\ufffdion for the constable",
        ),
    ],
)
def test_acronyms_markup_and_odd_residues(damaged: str, channel: str, mended: str) -> None:
    assert mend(damaged, channel=channel) == mended


def test_a_line_of_capitals_is_mended_in_capitals() -> None:
    mended = mend("ANOR FARMER MET HIS BROR AND GRANDMOR IN NERLANDS", channel="the")
    assert {"ANOTHER", "BROTHER", "GRANDMOTHER", "NETHERLANDS"} < {*mended.split()}
    assert mended.isupper()


@pytest.mark.parametrize("calibrated", [0.55, 0.7, 0.9])
def test_alternatives_share_what_calibration_leaves(calibrated: float) -> None:
    choices = [Candidate(text, text) for text in ("or", "other", "there", "theor")]
    chances = np.array([0.1, 0.6, 0.05, 0.25])
    found = _alternatives(choices, chances, 1, calibrated)
    assert [each.text for each in found] == ["theor", "or", "there"]
    assert calibrated + sum(each.probability for each in found) == pytest.approx(1.0)
    assert found[0].probability == pytest.approx(2.5 * found[1].probability)


@pytest.mark.parametrize("size", [1, 2, 3])
def test_an_input_that_the_channel_would_change_is_given_up_at_once(
    size: int, proofs: list[Mended]
) -> None:
    text = "the sea" + " or" * size
    edits = tuple(Edit(8 + 3 * at, 10 + 3 * at, "or", "other", "word", 0.9) for at in range(size))
    assert proven(Mended(text, edits, Channel.of("the"))) == Mended(text)
    assert len(proofs) == 2


def test_few_alternatives_are_shown_and_no_unlikely_ones() -> None:
    choices = [Candidate(text, text) for text in "abcdefg"]
    many = [Candidate(str(place), str(place)) for place in range(41)]
    equal = _alternatives(many, np.full(41, 1 / 41), 2, 0.4)
    assert [each.text for each in equal] == ["0", "1", "3", "4"]  # as they come
    assert [each.probability for each in equal] == pytest.approx([0.6 / 40] * 4)
    chances = np.array([0.9, 0.06, 0.0301, 0.0049, 0.004, 0.0005, 0.0005])
    shown = _alternatives(choices, chances, 0, 0.9)
    assert [each.text for each in shown] == ["b", "c"]
    # What a decoder was all but sure of has no alternative that calibration makes likely.
    chances = np.array([0.9999, 0.0001, 0.0, 0.0, 0.0, 0.0, 0.0])
    (other,) = _alternatives(choices, chances, 0, 0.6)
    assert other.probability == pytest.approx(0.4 * 0.0001 / 0.005)


@dataclass
class Told:
    """A context that judges as it was told, and keeps what it was asked."""

    judged: tuple[Judged, ...] = ()
    asked: list[Sequence[Arc]] = field(default_factory=list)
    calibration: dict[Kind, Calibration] = field(default_factory=dict)

    def doubted(self, lines: Sequence[Sequence[Arc]]) -> Iterator[Judged]:
        self.asked += lines
        yield from self.judged


def asked_about(
    text: str, channel: Channel, damaged: Sequence[bool]
) -> tuple[list[Sequence[Arc]], list[str]]:
    """The lattice that a context is asked about, and what the channel spared."""
    context = Told()
    preimages = Preimages.load(channel.drops, "en")
    edits, intact = found_edits(lines(tokenize(text)), damaged, channel, preimages, context, 0.5)
    assert edits == []
    return context.asked, [text[start:end] for start, end in intact]


def test_a_line_that_the_channel_spared_is_intact_as_a_whole() -> None:
    text = "Many or others met.\nMany or others met.\nMany or others met."
    asked, intact = asked_about(text, Channel.of("the"), (False, True, False))
    assert [any(arc.is_open for arc in line) for line in asked] == [False, True, False]
    assert intact == ["Many or others met.\n", "others", "Many or others met."]
    assert [text[arc.start : arc.end] for line in asked for arc in line] == (
        ["Many", "or", "others", "met", ".", "\n"] * 3
    )[:-1]


def test_what_is_left_of_words_that_lost_letters_by_chance_was_spared() -> None:
    _, intact = asked_about("Mny or ohers, met\n", Channel.random(), (True,))
    assert intact == ["Mny", "or", "ohers", ",", "met"]
    _, intact = asked_about("Many or others, met\n", Channel.of("the"), (True,))
    assert intact == ["others"]


def test_words_that_vanished_are_sought_in_prose_and_for_less_in_headings() -> None:
    prose = "They went to sea in a small boat and came back with fish for all of us."
    code = "yield from map(mender.mend, texts)\n" * 3
    text = f"Boats on sea\n\n{prose}\n\n{code}"
    asked, _ = asked_about(text, Channel.of("the"), [True] * 7)
    heading, _, sentence, _, _, *rest = asked  # the first line of code stands beside prose
    assert len(rest) == 2
    assert any(arc.vanished for arc in heading)
    assert any(arc.vanished for arc in sentence)
    assert not any(arc.vanished for line in rest for arc in line)
    assert all(arc.empty_doubt < 0.0 for arc in heading if arc.vanished)
    assert all(arc.empty_doubt == 0.0 for arc in sentence if arc.vanished)


CALIBRATION: dict[Kind, Calibration] = {
    "word": Calibration(1.0, 0.5),
    "rejoined-word": Calibration(1.5, 0.0),
    "vanished-word": Calibration(0.5, -0.25),
    "parted-words": Calibration(1.0, 0.25),
}


def calibrated(kind: Kind, probability: float) -> float:
    fitted = CALIBRATION[kind]
    odds = fitted.slope * log(probability / (1.0 - probability)) + fitted.offset
    return 1.0 / (1.0 + exp(-odds))


def judged(*words: str, span: bool = False, chances: Sequence[float] = (0.2, 0.8)) -> Judged:
    """A arc at 9, of these words, in whose gap "the" may have stood."""
    slot = Slot(tuple(Candidate(word, word) for word in words), True, False, "", torn=span)
    arc = Arc(9, 9 + len(words[0]), slot, (("the", "the"),), 9, "{} ")
    return Judged(arc, np.array([0.1, 0.9]), np.array(chances))


@pytest.mark.parametrize("span", [False, True])
def test_an_edit_has_the_calibrated_probability_of_its_kind(span: bool) -> None:
    arc, channel = judged("or", "other", span=span), Channel.of("the")
    kind: Kind = "rejoined-word" if span else "word"
    of_gap, of_word = calibrated("vanished-word", 0.9), calibrated(kind, 0.8)
    vanished = Edit(
        9, 9, "", "the ", "vanished-word", of_gap, (Alternative("", 1.0 - of_gap),), ("the",)
    )
    word = Edit(9, 11, "or", "other", kind, of_word, (Alternative("or", 1.0 - of_word),), ("the",))
    found = list(_edits(arc, channel, CALIBRATION, 0.0))
    assert [replace(each, probability=0.0, alternatives=()) for each in found] == [
        replace(each, probability=0.0, alternatives=()) for each in (vanished, word)
    ]
    for one, other in zip(found, (vanished, word), strict=True):
        assert one.probability == pytest.approx(other.probability)
        assert [each.text for each in one.alternatives] == [
            each.text for each in other.alternatives
        ]
        assert one.alternatives[0].probability == pytest.approx(other.alternatives[0].probability)
    # Just so likely is likely enough.
    for each in found:
        assert each in list(_edits(arc, channel, CALIBRATION, each.probability))
        assert each not in list(_edits(arc, channel, CALIBRATION, each.probability + 1e-9))


def test_what_most_likely_stood_there_is_no_edit() -> None:
    arc = judged("or", "other", chances=(0.8, 0.2))._replace(gap=np.array([0.9, 0.1]))
    assert list(_edits(arc, Channel.of("the"), CALIBRATION, 0.0)) == []


@pytest.mark.parametrize(
    ("channel", "arrived", "written", "drops"),
    [
        (Channel.random(), "oficl", "official", ("f", "i", "a")),
        (Channel.of("the"), "he", "thehe", ("the",)),
    ],
)
def test_an_edit_names_what_it_puts_back(
    channel: Channel, arrived: str, written: str, drops: tuple[str, ...]
) -> None:
    *_, found = _edits(judged(arrived, written), channel, CALIBRATION, 0.0)
    assert found.drops == drops


def test_of_edits_that_only_prove_themselves_alone_the_likelier_stays() -> None:
    once = Channel((Drop("I", where="paragraph-start"),))
    likely = Edit(0, 0, "", "I", "word", 0.9)
    less = Edit(0, 0, "", "i", "word", 0.6)
    for edits in ((likely, less), (less, likely)):
        assert proven(Mended("x", edits, once)).edits == (likely,)


def test_a_result_that_proves_itself_is_the_same_object() -> None:
    mended = Mended("or", (Edit(0, 2, "or", "other", "word", 0.9),), Channel.of("the"))
    assert proven(mended) is mended
