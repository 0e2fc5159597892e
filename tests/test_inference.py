import json
import random
from math import exp, lgamma, log

import numpy as np
import pytest
import regex
from hypothesis import given
from hypothesis import strategies as st

import corpora
from textmend import Channel, Drop, TextmendError, infer_channel, mend, mend_and_explain
from textmend.evidence import Evidence, Explained, Inference
from textmend.inference.census import Census
from textmend.inference.explanations import Hypotheses, Traces
from textmend.inference.infer import recognize
from textmend.inference.priors import PRIORS
from textmend.inference.regions import damaged_regions, usage
from textmend.inference.selection import Selection
from textmend.inference.weighing import Weighing, odds_of_absence
from textmend.language.lexicon import Lexicon
from textmend.language.tokens import lines, tokenize
from textmend.mending.preimages import Preimages

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


@pytest.mark.slow
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


@pytest.mark.slow
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

    monkeypatch.setattr(Selection, "_still_needed", none_is_needed_beside_the_new_one)
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


def negative_binomial(count: int, mean: float) -> float:
    """The log of its probability, from its definition."""
    size = PRIORS.dispersion
    ways = lgamma(count + size) - lgamma(count + 1.0) - lgamma(size)
    return ways + size * log(size / (size + mean)) + count * log(mean / (size + mean))


@given(st.integers(0, 40), st.floats(0.01, 500.0), st.sampled_from([1.0, 0.9, 0.7, 0.5]))
def test_absence_is_the_odds_of_so_few_with_and_without_a_deletion(
    observed: int, expected: float, share: float
) -> None:
    left = expected * max(1.0 - share, exp(-PRIORS.survivor))
    odds = negative_binomial(observed, left) - negative_binomial(observed, expected)
    if observed:  # survivors never speak for a deletion
        odds = min(odds, 0.0)
    assert odds_of_absence(observed, expected, share) == pytest.approx(odds, abs=1e-6, rel=1e-9)


def test_few_survivors_where_many_are_expected_are_no_evidence_for_a_deletion() -> None:
    assert odds_of_absence(0, 50.0, 0.9) > 10.0
    assert odds_of_absence(1, 50.0, 0.9) == 0.0
    assert odds_of_absence(60, 50.0, 0.9) < -10.0


@pytest.mark.parametrize(
    ("share", "damaged"), [(0.0, False), (0.94, False), (PRIORS.nearly_all, True), (1.0, True)]
)
def test_a_line_that_tells_nothing_is_damaged_where_nearly_all_of_its_source_is(
    share: float, damaged: bool
) -> None:
    source = Inference(Channel.of("er"), damaged_share=share)
    found = recognize([lines(tokenize("Nine apples"))], Lexicon.load(), source)
    assert found.damaged.tolist() == [damaged]
    assert found.inference is source


@pytest.mark.parametrize(
    ("text", "damaged"),
    [("ndia suffers from drought.", True), ("India suffers from drought.", False)],
)
def test_the_first_word_of_a_paragraph_tells_whether_capitals_were_lost(
    text: str, damaged: bool
) -> None:
    lexicon, channel = Lexicon.load(), Channel.drop_caps()
    census = Census.of([lines(tokenize(text))], lexicon)
    preimages = Preimages.load(channel.drops, lexicon.lang)
    # So far against, that only what the word says can make up for it.
    assert damaged_regions(census, channel, preimages, {}, bonus=-3.0).damaged.tolist() == [damaged]


@pytest.mark.parametrize(
    ("expected", "observed", "counts", "share"),
    [
        (10.0, 0, (2, 1), 1.0),
        (10.0, 4, (2, 1), 0.6),  # as many as expected, of which four are left
        (5.0, 4, (2, 2), 0.5),  # as many as are seen
        (0.2, 0, (), 1.0),
        (0.2, 1, (), 0.0),
    ],
)
def test_the_share_that_was_deleted_is_of_what_was_expected_or_is_seen(
    expected: float, observed: int, counts: tuple[int, ...], share: float
) -> None:
    explained = tuple(Explained("or", "other", count) for count in counts)
    found = Evidence(Drop("the"), expected, observed, explained, 5.0)
    assert found.share == pytest.approx(share)


def test_an_inference_as_values_for_json() -> None:
    channel = Channel.of("the")
    evidence = Evidence(channel.drops[0], 2.0, 0, (), 5.0)
    inference = Inference(channel, (evidence,), 0.123456)
    assert inference.to_dict() == {
        "channel": channel.to_dict(),
        "damaged_share": 0.1235,
        "share": 1.0,
        "evidence": [evidence.to_dict()],
    }
    assert inference
    assert not Inference(Channel())


def test_an_inference_comes_back_from_json() -> None:
    found = infer_channel(Channel.of("the", "ad").apply(LONG[0]))
    stored = json.loads(json.dumps(found.to_dict()))
    assert Inference.from_dict(stored).to_dict() == stored
    assert Inference.from_dict(stored).channel == found.channel
    for name in stored:
        with pytest.raises(TextmendError, match=name):
            Inference.from_dict({**stored, name: None})


@pytest.mark.parametrize("residue", ["&", "(", "[", ";", "%", "|"])
@pytest.mark.parametrize("document", [0, 4])
def test_a_mark_that_clean_text_has_may_have_been_left(residue: str, document: int) -> None:
    channel = Channel((Drop("ti", residue=residue),))
    damaged = channel.apply(NEWS[document])
    mended = mend_and_explain(damaged)
    assert mended.channel.drops == channel.drops
    assert mended.damage() == damaged
    words = zip(NEWS[document].split(), damaged.split(), strict=True)
    lost = [written for written, arrived in words if written != arrived]
    assert sum(each in mended.text.split() for each in lost) >= 0.9 * len(lost)


@pytest.mark.parametrize(
    "text",
    [
        "Educa&on is for the na&on, and competi&on is for the popula&on.",
        "The educa(on of a na(on takes a genera(on of competi(on.",
    ],
)
def test_nothing_is_put_beside_what_was_left_in_the_place_of_letters(text: str) -> None:
    assert mend(text, channel="tion") == text


@pytest.mark.parametrize(
    "text",
    [
        "The \ufffdrst of\ufffdcers",
        "They \ufffdnally found the \ufffdle.",
        "The of\0cer \0lled in a form.",
    ],
)
def test_signs_of_lost_characters_are_evidence_in_a_text_of_a_few_words(text: str) -> None:
    mended = mend_and_explain(text)
    assert mended.text == regex.sub(r"[\0\ufffd]", "fi", text)
    assert mended.damage() == text


@pytest.mark.parametrize(
    "text",
    [
        "\ufffdOur house is not for sale,\ufffd she said, \ufffdand I say it at noon.\ufffd",
        "The caf\ufffd is open.",
        "\0\0\0\0 no \0 text",
    ],
)
def test_signs_of_other_loss_are_left_alone(text: str) -> None:
    assert mend(text) is text


@pytest.mark.parametrize(
    "text",
    [
        "The item(s) and the member(s) of the board(s) met the friend(s) of the owner(s).",
        "R&D and Q&A of AT&T, B&B and M&S: P&L, S&P.",
        "The (re)design of the (un)known (wo)man was (mis)understood by (s)he.",
    ],
)
def test_marks_that_clean_text_has_between_letters_are_no_residues(text: str) -> None:
    assert mend(text * 4) == text * 4


MANUALS = [document for document in corpora.load("prose") if document.topic.startswith("markdown")]


@pytest.mark.parametrize("document", MANUALS, ids=lambda each: each.id)
def test_technical_prose_in_markdown_is_mended_and_its_code_is_not(
    document: corpora.Document,
) -> None:
    channel = Channel.ligatures()
    code = regex.compile(r"(?s)```.*?```|(?m)^ {4}.*$|`[^`\n]+`")
    sections = regex.split(r"\n(?=## )", document.text)
    for part in ("\n".join(sections[:4]), "\n".join(sections[4:])):
        damaged = channel.apply(part)
        mended = mend_and_explain(damaged)
        assert mended.channel == channel
        inline = regex.compile(r"`[^`\n]+`")
        assert inline.findall(mended.text) == inline.findall(damaged)
        written, arrived = (
            regex.findall(r"\p{L}+", code.sub("", each)) for each in (part, mended.text)
        )
        lost = [each for each in written if channel.apply(each) != each]
        assert sum(each in arrived for each in lost) >= 0.8 * len(lost) > 0


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
    weighing = Weighing(Hypotheses(census, "en"), lambda *_: np.zeros(0))
    witnesses = weighing._witnesses(traces, census.totals)
    assert witnesses[census.places["y"]] == pytest.approx(1.0 + np.log(12))
    assert witnesses[census.places["const"]] == 1.0


@pytest.mark.parametrize("topic", ["dialect_g_dropped", "dialect_h_dropped"])
def test_a_letter_that_is_lost_at_one_place_only_is_a_habit(topic: str) -> None:
    (document,) = (each for each in corpora.load("negative") if each.topic == topic)
    assert not infer_channel(document.text)


@pytest.mark.parametrize("most", [0, 2])
def test_a_habit_is_known_among_the_texts_of_others(most: int) -> None:
    (document,) = (each for each in corpora.load("negative") if each.topic == "dialect_g_dropped")
    # Paragraphs that spare hardly a "g", and do not tell that it was lost at the end of words only.
    paragraphs = [each for each in document.text.split("\n") if regex.search(r"\w\win\b", each)]
    spoken = [each for each in paragraphs if each.count("g") <= most]
    assert spoken
    others = [line for text in NEWS[:6] for line in text.split("\n") if line][:20]
    assert not infer_channel([*spoken, *others])


def test_a_letter_that_is_lost_everywhere_is_none_beside_the_habit() -> None:
    (document,) = (each for each in corpora.load("negative") if each.topic == "dialect_g_dropped")
    found = infer_channel(Channel.of("e").apply(document.text + "\n" + NEWS[0])).channel
    assert "e" in found.sequences


def test_three_words_are_missed_for_each_that_is_seen_to_be_damaged(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    asked: list[float] = []

    def noted(observed: int, expected: float, share: float) -> float:
        asked.append(expected)
        return odds_of_absence(observed, expected, share)

    monkeypatch.setattr("textmend.inference.weighing.odds_of_absence", noted)
    # A long line, of which many words should hold "er", none does, and one has lost it.
    words = [word for text in NEWS[:9] for word in text.split() if "er" not in word.lower()]
    counted = Census.of([lines(tokenize(" ".join(words) + " the goves."))], Lexicon.load("en"))
    traces = Traces(counted.tally)
    traces.add(counted.places["goves"], 5.0, 5, "governs")
    weighing = Weighing(Hypotheses(counted, "en"), lambda *_: np.zeros(0))
    scored = weighing.weigh(Drop("er"), traces, [], {})
    assert scored.expected > 30.0
    assert asked == [3.0]


def test_texts_of_a_source_tell_how_much_of_a_sequence_it_holds() -> None:
    texts = ["The ferry stayed at the quay of the town."] * 3 + ["Rain fell and fell again there."]
    counted = Census.of([lines(tokenize(text)) for text in texts], Lexicon.load("en"))
    held = counted.survivors(Drop("ferr"))
    words = float((counted.sizes * counted.sentences).sum())
    # As much as is held of what is expected, and never more than that.
    assert usage(counted, 6.0 / words, held) == pytest.approx(float(held.sum()) / 6.0)
    assert usage(counted, 1.0 / words, held) == 1.0
    # Of a single text nothing but the language tells it.
    joined = Census.of([lines(tokenize("\n".join(texts)))], Lexicon.load("en"))
    assert usage(joined, 6.0 / words, joined.survivors(Drop("ferr"))) == 1.0


SENTENCES = [
    sentence
    for document in [*corpora.load("news", split="dev"), *corpora.load("prose", split="dev")]
    for line in document.text.split("\n")
    for sentence in regex.split(r"(?<=[.?!]) ", line)
    if len(sentence.split()) > 3
]


@pytest.mark.parametrize(("seed", "size"), [(9, 850), (13, 1050), (15, 1150)])
def test_clean_sentences_are_no_source_of_a_channel(seed: int, size: int) -> None:
    assert infer_channel(random.Random(seed).sample(SENTENCES, size)).channel == Channel()


def test_a_source_half_of_which_is_clean_has_its_channel() -> None:
    channel = Channel.of("er")
    texts = [line for text in LONG for line in text.split("\n") if 20 <= len(line.split()) <= 60]
    mixed = [channel.apply(text) if place % 2 else text for place, text in enumerate(texts[:40])]
    found = infer_channel(mixed)
    assert found.channel.sequences == ("er",)
    assert 0.35 < found.damaged_share < 0.65
