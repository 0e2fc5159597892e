import random

import numpy as np
import pytest
import regex

import corpora
from textmend import Channel, Drop, infer_channel, mend_and_explain
from textmend.census import Census
from textmend.inference import _Selection
from textmend.lexicon import Lexicon
from textmend.tokens import lines, tokenize
from textmend.traces import Hypotheses, Traces

NEWS = [document.text for document in corpora.load("news", split="dev")]
LONG = [text for text in NEWS if len(text.split()) >= 400]


@pytest.mark.parametrize("spec", ["the,ad", "an", "ing", "er", "st", "tion", "e", "in", "to"])
def test_the_set_is_found_in_most_documents(spec: str) -> None:
    channel = Channel.parse(spec)
    texts = [text for text in NEWS if all(text.count(each) >= 5 for each in channel.sequences)]
    found = [set(infer_channel(channel.apply(text)).channel.sequences) for text in texts[:12]]
    assert sum(each == set(channel.sequences) for each in found) >= 0.9 * len(found) > 0, found


@pytest.mark.parametrize(
    "spec",
    [
        "ligatures",
        "ligatures:space",
        "ligatures:fffd",
        "ligatures:?",
        "ligatures:nul",
        "ligatures:extended",
        "doubled",
        "er:inside",
        "re:word-start",
        "ti:space",
        "the,ligatures:fffd",
    ],
)
def test_the_family_is_found_in_most_documents(spec: str) -> None:
    channel = Channel.parse(spec)
    texts = [
        text for text in LONG if sum(channel.apply(word) != word for word in text.split()) >= 8
    ]
    found = [infer_channel(channel.apply(text)).channel.drops for text in texts[:10]]
    assert sum(set(each) == set(channel.drops) for each in found) >= 0.9 * len(found) > 0, found


@pytest.mark.parametrize("spec", ["non-ascii", "non-ascii:?", "non-ascii:space"])
def test_lost_letters_of_other_languages_are_found(spec: str) -> None:
    channel = Channel.parse(spec)
    for document in corpora.load("languages", split="dev"):
        damaged = channel.apply(document.text)
        if document.language not in ("de", "fr", "es", "pt", "cs"):
            continue
        if sum(channel.apply(word) != word for word in document.text.split()) >= 8:
            found = infer_channel(damaged, lang=document.language).channel
            assert found.drops == channel.drops, document.id


def test_drop_caps_are_found() -> None:
    text = "\n".join(line for line in LONG[0].split("\n") if line.endswith("."))
    channel = Channel.drop_caps()
    assert infer_channel(channel.apply(text)).channel.drops == channel.drops


def test_ligatures_beat_their_members_and_give_way_where_others_survive() -> None:
    text = next(text for text in NEWS if text.count("fi") > 4 and text.count("ff") > 3)
    assert infer_channel(Channel.ligatures().apply(text)).channel == Channel.ligatures()
    (drop,) = infer_channel(Channel.of("fi").apply(text)).channel.drops
    assert drop == Drop("fi")


@pytest.mark.parametrize("kind", ["news", "prose", "negative", "languages"])
def test_clean_text_has_no_channel(kind: corpora.SetName) -> None:
    alarms = {
        document.id: infer_channel(document.text).channel
        for document in corpora.load(kind, split="dev")
    }
    assert {name: channel for name, channel in alarms.items() if channel} == {}


@pytest.mark.parametrize("text", ["", " \n", "y", "Furrmore", "neverless noneless", "wher or not"])
def test_scraps_are_no_evidence(text: str) -> None:
    assert not infer_channel(text)


def test_capitals_that_survive_make_a_drop_respect_case() -> None:
    text = LONG[0]
    for ignore_case in (True, False):
        damaged = Channel.of("the", ignore_case=ignore_case).apply(text)
        (drop,) = infer_channel(damaged).channel.drops
        assert drop == Drop("the", ignore_case=ignore_case)


@pytest.mark.parametrize("whitespace", ["keep", "squeeze", "collapse"])
def test_the_white_space_policy_is_read_off_the_text(whitespace: str) -> None:
    channel = Channel.from_dict({"drops": [{"sequence": "the"}], "whitespace": whitespace})
    # Every paragraph but the headline begins with a word that vanishes.
    text = "\n".join(f"The {line[:1].lower()}{line[1:]}" for line in LONG[1].split("\n") if line)
    assert infer_channel(channel.apply(text)).channel == channel


def test_evidence_counts_what_a_reader_can_check() -> None:
    damaged = Channel.of("the").apply(LONG[0])
    (evidence,) = infer_channel(damaged).evidence
    assert evidence.observed == 0
    assert evidence.expected > 10
    assert evidence.log_odds > 10
    words = damaged.lower().split()
    for each in evidence.explained:
        assert each.arrived in damaged.lower()
        assert Channel.of("the").apply(each.written) == each.arrived
    assert any(each.count == words.count(each.arrived) for each in evidence.explained)


def test_snippets_of_one_origin_pool_their_evidence() -> None:
    channel = Channel.of("er")
    paragraphs = [
        line for text in LONG for line in text.split("\n") if 12 <= len(line.split()) <= 30
    ]
    snippets = [channel.apply(line) for line in paragraphs[:30]]
    alone = sum(bool(infer_channel(each)) for each in snippets)
    assert infer_channel(snippets).channel.sequences == ("er",)
    assert alone < len(snippets) / 2


def test_more_evidence_can_be_asked_for() -> None:
    damaged = Channel.of("the").apply(LONG[0])
    (evidence,) = infer_channel(damaged).evidence
    assert not infer_channel(damaged, min_log_odds=evidence.log_odds + 1)


def test_forms_of_one_word_are_one_piece_of_evidence() -> None:
    lines = [
        "def mend(text): return mended(text)",
        "indent = indents[0]; attr = attrs.get(indent)",
        "if mends(text): indent(attr, indents)",
    ]
    assert not infer_channel("\n".join(lines * 4))


@pytest.mark.parametrize(
    "spec", ["e,st", "the:whole-word", "of:whole-word,and:whole-word", "st,te", "te,st"]
)
def test_what_takes_more_than_one_look_is_found_in_most_documents(spec: str) -> None:
    channel = Channel.parse(spec)
    texts = ["\n\n".join(LONG[place : place + 3]) for place in range(0, 18, 3)]
    found = [infer_channel(channel.apply(text)).channel.drops for text in texts]
    # Also the order, where that matters.
    assert sum(each == channel.drops for each in found) >= 5, found


def test_a_damaged_half_is_told_from_a_clean_one() -> None:
    told = 0
    for first, second in zip(LONG[:6], LONG[6:12], strict=True):
        text = f"{first}\n\n{Channel.of('the').apply(second)}"
        mended = mend_and_explain(text)
        told += mended.channel.sequences == ("the",) and 0.35 < mended.damaged_share < 0.65
    assert told >= 5


def test_a_leaky_channel_has_its_share_estimated() -> None:
    draw = random.Random(0)
    channel = Channel.of("er")
    text = "\n\n".join(LONG[:3])
    words = [channel.apply(word) if draw.random() < 0.7 else word for word in text.split(" ")]
    (evidence,) = infer_channel(" ".join(words)).evidence
    assert evidence.drop == Drop("er")
    assert 0.55 < evidence.share < 0.85
    assert evidence.observed


def test_what_the_pieces_of_a_word_lost_is_not_lost_between_them() -> None:
    # "could be" becomes "could e", which is no "could've".
    text = "\n\n".join(LONG[:2]) + " It could be. It must be so. It might be late. It should be."
    assert infer_channel(Channel.of("b").apply(text)).channel.drops == (Drop("b"),)


def test_rules_that_make_each_other_unnecessary_do_not_go_round(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    looks = 0

    def none_is_needed_beside_the_new_one(*_: object) -> list[object]:
        nonlocal looks
        looks += 1
        assert looks < 20
        return []

    monkeypatch.setattr(_Selection, "_still_needed", none_is_needed_beside_the_new_one)
    assert infer_channel(Channel.of("the", "ad").apply(LONG[0]))


def test_where_one_rule_has_acted_what_survives_speaks_against_another() -> None:
    channel = Channel.of("the")
    texts = [channel.apply(" ".join(text.split()[:60])) for text in NEWS[:30]]
    # Two slips that "ro" would explain, in texts that happen to hold no "ro" themselves.
    without = [place for place, text in enumerate(texts) if "ro" not in text]
    texts[without[0]] += " The pblem was found too late."
    texts[without[1]] += " It is a good pduct."
    assert sum("ro" in text for text in texts) > 10
    assert infer_channel(texts).channel.sequences == ("the",)


def test_one_scrap_is_enough_where_all_words_with_the_sequence_are_gone() -> None:
    channel = Channel.of("e", "hat")
    damaged = [channel.apply(text) for text in LONG[:6]]
    found = infer_channel(damaged)
    assert found.channel.sequences == ("e", "hat")
    assert [(each.arrived, each.written) for each in found.evidence[1].explained] == [("t", "that")]


def test_two_words_tell_that_a_ligature_left_one_letter() -> None:
    text = next(text for text in LONG if not regex.search("ff", text))
    damaged = text + " It is dificult to find a good ofer."
    assert infer_channel(damaged).channel.drops == (Drop("ff", residue="f"),)
    # Other letters that writers forget to double are nobody's fault.
    assert not infer_channel(text + " It is wel known, and hapens often.")


def test_in_code_little_is_no_evidence() -> None:
    prose = "The ir gar toger for bror and mor, and norn men bring lear and feaers. "
    more = "They bar wher or not weaer fars sourn farms, and smoor ra than auntic leagues. "
    code = "def load(path):\n    found = {name: open(path / name) for name in path.names()}\n"

    def census(text: str) -> Census:
        return Census.of([lines(tokenize(text))], Lexicon.load())

    assert census(code * 9 + prose).in_code
    assert not census(code + prose * 9).in_code
    assert infer_channel(prose * 2).channel.sequences == ("the",)
    assert infer_channel(code * 9 + "\n" + prose + more).channel.sequences == ("the",)
    assert census("is_ok = empty? or nil? or even?\n" * 9).residues == ["", " "]


def test_a_name_that_recurs_is_one_witness() -> None:
    # Three shortened names of a program, thirty times in all; no word has lost "tan".
    notes = next(each for each in corpora.load("negative") if each.topic == "notes_layout_pass")
    assert not infer_channel(notes.text)


def test_a_word_that_recurs_oftener_than_its_original_would_is_one_witness() -> None:
    words = "and the of in " * 200
    census = Census.of([lines(tokenize(words + "y const " * 12))], Lexicon.load("en"))
    traces = Traces(census.tally)
    traces.add(census.places["y"], 5.0, 1, "they")  # of 824 words some four are
    traces.add(census.places["const"], 5.0, 5, "constant")
    selection = _Selection(Hypotheses(census, "en"), lambda *_: np.zeros(0))
    witnesses = selection._witnesses(traces, census.totals)
    assert witnesses[census.places["y"]] == pytest.approx(1.0 + np.log(12))
    assert witnesses[census.places["const"]] == 1.0


@pytest.mark.parametrize("topic", ["dialect_g_dropped", "dialect_h_dropped"])
def test_a_letter_that_is_lost_at_one_place_only_is_a_habit(topic: str) -> None:
    (document,) = (each for each in corpora.load("negative") if each.topic == topic)
    assert not infer_channel(document.text)


def test_a_letter_that_is_lost_everywhere_is_none_beside_the_habit() -> None:
    (document,) = (each for each in corpora.load("negative") if each.topic == "dialect_g_dropped")
    found = infer_channel(Channel.of("e").apply(document.text + "\n" + NEWS[0])).channel
    assert "e" in found.sequences
