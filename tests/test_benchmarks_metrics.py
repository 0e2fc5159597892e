"""Metrics: hand-made examples whose every count is known."""

import doctest
from collections import Counter

import pytest

from benchmarks import metrics
from benchmarks.align import Damage, forms, trace
from benchmarks.metrics import (
    Score,
    bins,
    calibration_error,
    channel_counts,
    interval,
    is_right,
    rate,
    risk_coverage,
    score,
    total,
    wilson,
)
from benchmarks.systems import Output
from textmend import Channel, Edit

EXAMPLE = Channel.of("the", "ad")
CLEAN = "The men made other plans. Furthermore, the road ended there."


def damage(clean: str = CLEAN, channel: Channel = EXAMPLE) -> Damage:
    damaged = channel.apply(clean)
    return Damage(clean, damaged, forms(clean, channel, damaged))


def test_doctests() -> None:
    assert doctest.testmod(metrics).failed == 0


def test_counts_of_a_mended_text() -> None:
    assert damage().text == "men me or plans. Furrmore, ro ended re."
    # Right: made, Furthermore, the. Wrong: or is left, road is Rome, a "the" too many, and
    # "ended" is harmed.
    mended = "men made or the plans. Furthermore, the Rome bended there."
    found = score(damage(), Output(mended))
    assert (found.words, found.documents) == (10, 1)
    assert (found.damaged, found.repaired) == (5, 3)
    # "me", "or" and "re" are common; "Furrmore" is not, nor is "ro".
    # "me", "or" and "re" are common words; "Furrmore" and "ro" are not.
    assert (found.damaged_common, found.repaired_common) == (3, 2)
    assert (found.intact, found.changed) == (3, 1)
    assert (found.vanished, found.inserted, found.placed) == (2, 2, 1)
    assert rate(found, "repair") == 3 / 5
    assert rate(found, "harm") == pytest.approx(1e6 / 3)
    assert rate(found, "vanished_precision") == 1 / 2
    assert rate(found, "vanished_recall") == 1 / 2
    assert rate(found, "vanished_f1") == 1 / 2
    assert not found.restored


def test_word_and_character_errors() -> None:
    found = score(damage("the old men ate", Channel.of("old")), Output("the old man ate"))
    # "the men ate": one word and four characters of fifteen are gone.
    assert (found.reference_words, found.word_errors_before, found.word_errors_after) == (4, 1, 1)
    assert (found.characters, found.character_errors_before) == (15, 4)
    assert found.character_errors_after == 1


def test_a_perfect_repair() -> None:
    found = score(damage(), Output(CLEAN, proven=True), again=CLEAN)
    for name in ("repair", "vanished_f1", "restored", "proven", "idempotent"):
        assert rate(found, name) == 1.0
    for name in ("harm", "cer_after", "wer_after", "unchanged"):
        assert rate(found, name) == 0.0


def test_doing_nothing() -> None:
    found = score(damage(), Output(damage().text))
    assert found.repaired == found.changed == found.inserted == found.restored == 0
    assert rate(found, "unchanged") == 1.0
    assert rate(found, "vanished_precision") is None
    assert rate(found, "vanished_f1") == 0.0
    assert found.word_errors_before == found.word_errors_after > 0


def test_another_result_the_second_time_is_counted() -> None:
    found = score(damage(), Output("once"), again="twice")
    assert rate(found, "idempotent") == 0.0


def test_a_broken_proof_is_counted() -> None:
    assert rate(score(damage(), Output("x", proven=False)), "proven") == 0.0


@pytest.mark.parametrize(
    ("inferred", "right", "exact"),
    [({"the", "ad"}, 2, 1), ({"the"}, 1, 0), ({"the", "ad", "x"}, 2, 0), (set(), 0, 0)],
)
def test_inferred_sequences(inferred: set[str], right: int, exact: int) -> None:
    found = channel_counts(frozenset(inferred), {"the": 9, "ad": 8})
    assert found["sequences"] == 2
    assert found["sequences_inferred"] == len(inferred)
    assert found["sequences_right"] == right
    assert (found["sets"], found["sets_exact"]) == (1, exact)
    assert (found["sets_each_traced"], found["sets_each_traced_exact"]) == (1, exact)


def test_a_sequence_that_the_text_did_not_hold_is_not_asked_for() -> None:
    found = channel_counts(frozenset({"the"}), {"the": 9, "qu": 0})
    assert (found["sequences"], found["sets_exact"]) == (1, 1)
    # … and is no mistake either.
    assert channel_counts(frozenset({"the", "qu"}), {"the": 9, "qu": 0})["sets_exact"] == 1


def test_too_few_traces() -> None:
    found = channel_counts(frozenset(), {"the": 8, "ad": 2})
    assert (found["sets"], found["sets_traced"], found["sets_each_traced"]) == (1, 1, 0)
    found = channel_counts(frozenset(), {"the": 7, "ad": 7})
    assert (found["sets_traced"], found["sets_each_traced"]) == (0, 0)
    assert channel_counts(frozenset(), {"the": 5, "ad": 5}, traces=5)["sets_each_traced"] == 1


@pytest.mark.parametrize(
    ("inferred", "exact"), [({"the"}, 1), ({"the", "ad"}, 1), ({"ad"}, 0), ({"the", "x"}, 0)]
)
def test_only_what_left_enough_traces_is_asked_for(inferred: set[str], exact: int) -> None:
    found = channel_counts(frozenset(inferred), {"the": 8, "ad": 2})
    assert (found["sets_traced"], found["sets_traced_exact"]) == (1, exact)


def test_a_false_alarm() -> None:
    assert channel_counts(frozenset({"the"}), {})["alarms"] == 1
    quiet = channel_counts(frozenset(), {})
    assert (quiet["clean"], quiet["alarms"], quiet["sets"]) == (1, 0, 0)


def edit(text: str, before: str, after: str, probability: float = 0.9) -> Edit:
    start = text.index(before)
    return Edit(start, start + len(before), before, after, "word", probability)


def test_edits_are_judged_one_by_one() -> None:
    found = damage()
    traced = trace(found, found.text)
    assert is_right(edit(found.text, "Furrmore", "Furthermore"), traced)
    assert not is_right(edit(found.text, "Furrmore", "furthermore"), traced)
    assert not is_right(edit(found.text, "ended", "bended"), traced)
    place = found.text.index("ro ended")
    assert is_right(Edit(place, place, "", "the ", "vanished-word", 0.9), traced)
    assert not is_right(Edit(place, place, "", "ad ", "vanished-word", 0.9), traced)
    elsewhere = found.text.index("plans")
    assert not is_right(Edit(elsewhere, elsewhere, "", "the ", "vanished-word", 0.9), traced)


def test_an_edit_may_join_what_a_space_broke() -> None:
    found = damage(
        "an efficient man", Channel.from_dict({"drops": [{"sequence": "ffi", "residue": " "}]})
    )
    traced = trace(found, found.text)
    assert is_right(edit(found.text, "e cient", "efficient"), traced)
    assert not is_right(edit(found.text, "e cient", "ecient"), traced)


def test_probabilities_are_counted_with_their_verdicts() -> None:
    found = damage()
    edits = (edit(found.text, "Furrmore", "Furthermore", 0.97), edit(found.text, "or", "for", 0.6))
    counted = score(found, Output(found.text, edits))
    assert (counted.edits, counted.edits_right) == (2, 1)
    assert counted.calibration == Counter({(970, True): 1, (600, False): 1})


def test_calibration_error_by_hand() -> None:
    perfect = Counter({(500, True): 5, (500, False): 5, (1000, True): 10})
    assert calibration_error(perfect) == pytest.approx(0.0)
    # Nine in ten where the system was certain, and six in ten where it said 0.8.
    off = Counter({(1000, True): 9, (1000, False): 1, (800, True): 6, (800, False): 4})
    assert calibration_error(off) == pytest.approx((0.1 + 0.2) / 2)
    assert calibration_error(Counter()) is None
    assert [each.count for each in bins(off)] == [10, 10]


def test_risk_falls_as_coverage_does() -> None:
    curve = risk_coverage(Counter({(900, True): 3, (600, True): 1, (600, False): 1}))
    assert curve == [(0.6, 0.0), (1.0, pytest.approx(0.2))]
    assert risk_coverage(Counter()) == []


def test_rates_are_of_sums_not_means_of_rates() -> None:
    short, long = Score(damaged=1, repaired=1), Score(damaged=9, repaired=0)
    assert rate(total([short, long]), "repair") == 0.1


def test_sums_keep_every_probability() -> None:
    one = Score(calibration=Counter({(900, True): 1}))
    assert total([one, one]).calibration == Counter({(900, True): 2})


def test_intervals_hold_the_rate() -> None:
    scores = [Score(damaged=10, repaired=each) for each in (8, 9, 10, 7, 10)]
    bounds = interval(scores, "repair")
    assert bounds is not None
    low, high = bounds
    assert 0.7 <= low < 0.88 < high <= 1.0
    assert interval([Score()], "repair") is None


def test_wilson_by_the_book() -> None:
    assert wilson(5, 10) == pytest.approx((0.2366, 0.7634), abs=1e-4)
    low, high = wilson(0, 20)
    assert low == 0.0
    assert high == pytest.approx(0.1611, abs=1e-4)
