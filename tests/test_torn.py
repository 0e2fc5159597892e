"""Words that a space or a mark has taken apart, told from words that stand beside each other."""

import pytest

from textmend import Channel, mend

SPACE = Channel.ligatures(" ")


@pytest.mark.parametrize(
    "written",
    [
        "Offices of the chief officers offered five classified files.",
        "The office's influence affected fifteen identified officials.",
        "It is a first-floor staff-room off the main hall.",
        "Is it off? Staff: fifty-five; profits, offers (fine benefits).",
        "“Final figures differ,” said the financial staff.",
        "Firefighters fled, and the firefighters’ flagship is afloat off Suffolk.",
        "The company's cash flow fell in the first quarter.",
        "Half of it, if it is proof of work, is off the list of the chief executive.",
    ],
)
def test_pieces_are_joined_and_words_are_not(written: str) -> None:
    damaged = SPACE.apply(written)
    assert damaged != written
    assert mend(damaged, channel=SPACE) == written


def test_french_has_spaces_before_its_marks() -> None:
    channel = Channel.non_ascii(" ")
    written = "Vous connaissez ce café ? La soirée était très agréable."
    assert mend(channel.apply(written), channel=channel, lang="fr") == written


@pytest.mark.parametrize(
    ("spec", "written"),
    [
        ("fi:fi+space", "The first of the final figures was filed by chief officials."),
        ("ff:space+ff+space", "The different staff offered an efficient effort."),
        ("fl:space+fl", "A flight of flags reflected the influence of the fleet."),
    ],
)
def test_a_sequence_that_was_set_apart_is_joined_again(spec: str, written: str) -> None:
    channel = Channel.parse(spec)
    damaged = channel.apply(written)
    assert damaged.count(" ") > written.count(" ")
    assert mend(damaged, channel=channel) == written


@pytest.mark.parametrize(
    ("spec", "arrived", "written"),
    [
        ("ö:o", "Ol und schones Wetter in Koln.", "Öl und schönes Wetter in Köln."),
        ("ü:ue", "Ueber den Fluessen", "Über den Flüssen"),
        ("ü:ue", "Kuehl und gruen", "Kühl und grün"),
    ],
)
def test_what_is_put_back_has_the_case_of_what_was_left(
    spec: str, arrived: str, written: str
) -> None:
    assert mend(arrived, channel=spec, lang="de") == written


@pytest.mark.parametrize(
    ("spec", "written"),
    [
        ("':fffd", "I don't know whether they're here, but it's late."),
        ("':space", "I don't know whether they're here, but it's late."),
        ("':U+0092", "The council's plan isn't Lebanon's, and we've said so."),
        ("’:U+0092", "The council’s plan isn’t Lebanon’s, and we’ve said so."),
        ("’:space", "“We can’t stay, and they’re late,” she said. The company’s army isn’t hers."),
        ("n't:fffd", "They don't know what she isn't."),
    ],
)
def test_an_apostrophe_inside_a_word_is_a_letter_of_it(spec: str, written: str) -> None:
    channel = Channel.parse(spec)
    damaged = channel.apply(written)
    assert damaged != written
    assert mend(damaged, channel=channel) == written
