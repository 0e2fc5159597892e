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
