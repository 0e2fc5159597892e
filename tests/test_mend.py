"""What every result promises, on damaged and on clean text, under random channels."""

from dataclasses import replace

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

import corpora
from textmend import Channel, Drop, Mended, Mender, mend, mend_and_explain
from textmend.channel import WhiteSpace
from textmend.edits import Edit
from textmend.mend import proven

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


@settings(max_examples=60, deadline=None)
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


@settings(max_examples=15, deadline=None)
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


@settings(max_examples=30, deadline=None)
@given(CHANNELS, st.sampled_from(NEWS))
def test_an_inferred_channel_is_inverted_and_proven(channel: Channel, document: str) -> None:
    text = channel.apply(document)
    check(mend_and_explain(text), text)


@settings(max_examples=100, deadline=None)
@given(CHANNELS, st.text())
@example(Channel.of("the", whitespace="keep"), "\x1fb")  # a control character that is white space
@example(Channel.of("the", ignore_case=False), "a in. b in c.\nof\n")
def test_any_text_at_all(channel: Channel, text: str) -> None:
    check(mend_and_explain(text, channel=channel, min_probability=0.0), text)


@settings(max_examples=100, deadline=None)
@given(st.text())
def test_text_without_evidence_comes_back_as_the_same_string(text: str) -> None:
    assert mend(text) is text


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


def test_nothing_is_put_between_the_columns_of_code() -> None:
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


def test_few_proofs_find_the_edit_that_fails(monkeypatch: pytest.MonkeyPatch) -> None:
    words = ["or"] * 500
    edits = [Edit(3 * at, 3 * at + 2, "or", "other", "word", 0.9) for at in range(500)]
    edits[321] = replace(edits[321], after="over")
    asked: list[Mended] = []
    damage = Mended.damage

    def counted(mended: Mended) -> str:
        asked.append(mended)
        return damage(mended)

    monkeypatch.setattr(Mended, "damage", counted)
    found = proven(Mended(" ".join(words), tuple(edits), Channel.of("the")))
    assert set(edits) - set(found.edits) == {edits[321]}
    assert len(asked) < 50


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
