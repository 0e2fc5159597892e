"""How the numbers are varied: all of them, within their units, and so that textmend sees it."""

import doctest
import tomllib
from importlib import import_module
from itertools import chain, takewhile
from pathlib import Path

import pytest
from click.testing import CliRunner

from benchmarks import fitting, probe, sensitivity
from benchmarks.__main__ import main
from benchmarks.channels import EXAMPLE
from benchmarks.documents import documents
from benchmarks.fitting import Fit, cost
from benchmarks.probe import Figures
from benchmarks.sensitivity import (
    _ORDER,
    ROOMS,
    Number,
    Sensitivity,
    apart,
    measure_sensitivity,
    numbers,
    page,
    variations,
)

ROOT = Path(__file__).parent.parent
AS_IS = Figures(20, 10, 20, 8, 100, 2, 100, 0, "as it is")
WORSE = Figures(20, 9, 20, 3, 100, 4, 100, 1, "worse")
BETTER = Figures(20, 12, 20, 8, 100, 2, 100, 0, "better")
OTHER = Figures(20, 10, 20, 8, 100, 2, 100, 0, "other")


def named(name: str) -> Number:
    return next(each for each in numbers() if each.name == name)


def test_doctests() -> None:
    tried = doctest.testmod(sensitivity)
    assert (tried.failed, tried.attempted > 0) == (0, True)


def test_every_number_of_every_room_is_varied() -> None:
    source = ROOT / "src" / "textmend"
    assert {path.parent.name for path in source.glob("*/priors.py")} == set(ROOMS)
    found = {(each.room, each.field): each for each in numbers()}
    written = {
        (room, name)
        for room in ROOMS
        for name in import_module(f"textmend.{room}.priors").Priors.__slots__
    }
    assert set(found) == written
    assert len(written) > 100
    for number in found.values():
        assert variations(number), number.name


def test_values_stay_within_their_units() -> None:
    for number in numbers():
        for value in variations(number).values():
            parts = value if isinstance(value, tuple) else (value,)
            assert type(value) is type(number.value)
            if number.unit == "Share":
                assert all(0 < part < 1 for part in parts)
            elif number.unit == "Count":
                assert all(isinstance(part, int) and part >= 1 for part in parts)


def test_rooms_are_in_the_order_of_the_contract() -> None:
    settings = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    layers = settings["tool"]["importlinter"]["contracts"][0]["layers"]
    upwards = [set(layer.split(" | ")) for layer in reversed(layers)]
    until = [*takewhile(lambda layer: "api" not in layer, upwards)]
    assert set(_ORDER) == set(chain.from_iterable(until))
    places = {name: place for place, layer in enumerate(until) for name in layer}
    assert [places[name] for name in _ORDER] == sorted(places[name] for name in _ORDER)


@pytest.mark.parametrize(
    ("name", "value", "changed"),
    [
        ("inference.min_log_odds", 3.0, False),
        ("inference.min_log_odds", 1e6, True),  # read when its module is imported
        ("language.unknown_letter", -2.2, False),
        ("language.unknown_letter", 2.0, True),  # unknown words cost nothing
        ("mending.empty", 16.0, False),
    ],
)
def test_what_is_set_is_what_textmend_reads(name: str, value: float, changed: bool) -> None:
    text = EXAMPLE.channel.apply(documents("news")[0].text)

    def mend() -> str:
        return str(import_module("textmend").mend(text))

    before = mend()
    assert before != text
    assert (apart(named(name), value, mend) != before) == changed
    assert mend() == before  # nothing of it reaches this process


def test_a_value_that_nothing_can_be_done_with_fails_by_itself() -> None:
    def fail() -> str:
        raise ValueError("as a module may")

    assert apart(named("mending.empty"), 1.0, fail) is None


def test_a_run_goes_on_where_it_stopped(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    asked = []

    def measured(number: Number, value: float, _: object) -> Figures:
        asked.append((number.name, value))
        return WORSE

    monkeypatch.setattr(sensitivity, "probe", lambda: AS_IS)
    monkeypatch.setattr(sensitivity, "apart", measured)
    path = tmp_path / "kept.json"
    Sensitivity(AS_IS, {"mending.empty": {"half": None}}, {}).write(path)
    found = measure_sensitivity(path, only="mending.empty", progress=lambda *_: None)
    assert asked == [("mending.empty", 16.0)]
    assert found.varied == {"mending.empty": {"half": None, "double": WORSE}}
    assert Sensitivity.read(path) == found

    monkeypatch.setattr(sensitivity, "probe", lambda: OTHER)  # by other code: begun anew
    measure_sensitivity(path, only="mending.empty", progress=lambda *_: None)
    assert len(asked) == 3


def test_the_page_begins_with_what_matters_most() -> None:
    varied: dict[str, dict[str, Figures | None]] = {
        "language.mark": {"half": BETTER, "double": AS_IS},
        "mending.space": {"half": WORSE, "double": OTHER},
        "mending.empty": {"half": OTHER, "double": AS_IS},
        "inference.few": {"half": AS_IS, "double": AS_IS},
        "language.spelling_order": {"half": AS_IS, "double": None},
    }
    lines = page(Sensitivity(AS_IS, varied, {"commit": "abc", "date": "2026-01-02"})).splitlines()
    rows = [line for line in lines if line.startswith("| `")]
    assert rows == [
        "| `language.spelling_order` | 6 | Count | = | fails |",
        "| `mending.space` | 0.99 | Share | -1 / -5 / +2 / +1 | = |",
        "| `language.mark` | 0.001 | Share | **+2 / 0 / 0 / 0** | = |",
    ]
    assert lines[-5].endswith("same counts (1): `mending.empty`.")
    assert lines[-3].endswith("on this text (1): `inference.few`.")
    assert lines[-1].startswith(f"Not measured ({len(numbers()) - 5}): `language.code_marks`, ")


def test_an_unknown_number_is_refused() -> None:
    done = CliRunner().invoke(main, ["sensitivity", "--only", "mending.nothing"])
    assert done.exit_code == 2
    assert "mending.empty" in done.output


def test_each_kind_of_text_is_there() -> None:
    outcomes = list(probe._outcomes(probe.Material.all(), 1))
    assert any(each.system.model == "counts" for each in outcomes)
    assert sum(each.is_clean for each in outcomes) > 30
    damaged = [each for each in outcomes if not each.is_clean]
    assert sum(each.repaired for each in damaged) > 1000
    assert all(0 <= each.repaired <= each.damaged for each in damaged)


def test_the_page_names_every_number_that_was_varied() -> None:
    text = (ROOT / "docs" / "numbers.md").read_text(encoding="utf-8")
    missing = [each.name for each in numbers() if f"`{each.name}`" not in text]
    assert not missing


def test_no_text_is_in_both_halves() -> None:
    one, other = map(probe.Material.half, (0, 1))
    for kind in ("news", "prose", "negative", "foreign"):
        texts, others = getattr(one, kind), getattr(other, kind)
        assert texts
        assert others
        assert {each.text for each in texts}.isdisjoint(each.text for each in others)


@pytest.mark.parametrize(
    ("half", "double", "best"),
    [
        ((WORSE, BETTER), (AS_IS, AS_IS), 8.0),  # on one half alone
        ((BETTER, BETTER), (AS_IS, BETTER), 4.0),
        ((BETTER, BETTER), (None, None), 4.0),
        ((WORSE, WORSE), (None, None), 8.0),
    ],
)
def test_a_value_is_believed_if_both_halves_agree(
    half: tuple[Figures | None, ...], double: tuple[Figures | None, ...], best: float
) -> None:
    number = named("mending.empty")
    assert number.value == 8.0
    found = Fit(number, {8.0: (AS_IS, AS_IS), 4.0: half, 16.0: double})
    assert found.best == best


def test_a_clean_word_that_is_changed_costs_as_much_as_ten_that_stay_damaged() -> None:
    assert cost(AS_IS) == 10 + 12 + 2
    assert cost(WORSE) == 11 + 17 + 4 + 10
    assert cost(None) > 1_000_000


def test_a_number_is_fitted_by_what_textmend_does_with_it(monkeypatch: pytest.MonkeyPatch) -> None:
    asked = []

    def measured(number: Number, value: float, _: object) -> Figures:
        asked.append((number.name, value))
        return BETTER if value == 4.0 else AS_IS

    monkeypatch.setattr(fitting, "apart", measured)
    done = CliRunner().invoke(main, ["fit", "mending.empty"])
    assert done.exit_code == 0, done.output
    assert asked == [
        ("mending.empty", 8.0 * factor) for factor in fitting.FACTORS for _ in range(2)
    ]
    assert "to be taken: 4.0" in done.output
    assert CliRunner().invoke(main, ["fit", "mending.nothing"]).exit_code == 2
