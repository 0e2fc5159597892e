import doctest

import click
import pytest

from benchmarks import peers
from benchmarks.peers import LOADERS, DictionaryMethod, WordPeer, is_told, load
from benchmarks.systems import Missing, System
from textmend import Channel


def mend(system: System, text: str, truth: Channel | None = None) -> str:
    return system.mend(text, lang="en", truth=truth).text


def peer(**answers: str) -> WordPeer:
    return WordPeer("peer", "1", lambda word: answers.get(word, word))


def test_doctests() -> None:
    assert doctest.testmod(peers).failed == 0


def test_a_peer_corrects_words_and_leaves_the_rest() -> None:
    system = peer(teh="the", furrmore="furthermore", s="is")
    assert (
        mend(system, "Furrmore, teh teh-2 teh2 x_teh s.") == "Furthermore, the the-2 teh2 x_teh s."
    )


def test_a_peer_is_spared_names_and_contractions() -> None:
    system = peer(rhodri="rhode", dont="dent", **{"don't": "dent", "they're": "there"})
    for text in ("It was Rhodri.", "They don’t say they're in.", "R RHODRI"):
        assert mend(system, text) == text


def test_a_possessive_is_corrected_by_its_word() -> None:
    assert mend(peer(counrty="country"), "the counrty’s men") == "the country’s men"


def test_the_dictionary_method_takes_the_most_frequent_word() -> None:
    system = DictionaryMethod("1")
    assert (
        mend(system, "y left Nerlands. Re, or", Channel.of("the"))
        == "they left Netherlands. There, or"
    )
    assert mend(system, "y left", Channel()) == "y left"


def test_textmend_is_told_the_channel_or_infers_it() -> None:
    assert mend(load("textmend-oracle"), "Nerlands", Channel.of("the")) == "Netherlands"
    assert mend(load("textmend"), "Nerlands", Channel.of("the")) == "Nerlands"
    assert is_told("textmend-oracle:counts")
    assert not is_told("textmend")


def test_an_unknown_system_is_named() -> None:
    with pytest.raises(click.ClickException, match="no-such"):
        load("no-such")


def test_what_is_not_installed_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    def missing(name: str) -> object:
        raise ImportError(f"No module named {name!r}")

    monkeypatch.setattr(peers, "import_module", missing)
    for name in ("pyspellchecker", "textblob", "spylls"):
        with pytest.raises(Missing, match="not installed"):
            LOADERS[name]("")


def test_a_dictionary_that_is_not_there_is_named() -> None:
    pytest.importorskip("spylls")
    with pytest.raises(Missing, match="/no/such"):
        load("spylls:/no/such")


@pytest.mark.parametrize(
    "name",
    ["symspellpy-compound", "pyspellchecker", "autocorrect", "textblob", "spylls"],
)
@pytest.mark.filterwarnings("ignore")
def test_peers_correct_a_misspelling(name: str) -> None:
    try:
        system = load(name)
    except Missing as reason:
        pytest.skip(str(reason))
    assert mend(system, "The beautful town of Rhodri.") == "The beautiful town of Rhodri."
