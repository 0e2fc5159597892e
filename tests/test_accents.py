"""What other languages do with capitals, apostrophes, and words that vanish whole."""

import pytest

from textmend import Channel, mend, mend_and_explain

KEPT = Channel(Channel.non_ascii().drops, "keep")


@pytest.mark.parametrize(
    ("lang", "written"),
    [
        ("fr", "Il a été vu là où la fête a commencé."),
        ("fr", "Les États-Unis ont réagi."),
        ("fr", "Elle parle de l’Assemblée et de l’émission."),
        ("fr", "Elle parle de l'Assemblée et de l'émission."),
        ("de", "Viele können für die großen Häuser nicht zahlen, da sie fehlen."),
        ("tr", "Bu yıl İngiliz kadınlar çok güçlü."),
        ("tr", "Onun için her şey güzel oldu."),
        ("cs", "Před měsícem přišel domů."),
        ("es", "Según él, la canción también llegó."),
        ("pt", "A decisão também não foi difícil."),
        ("pl", "Każdy może powiedzieć, że jest świetnie."),
        ("it", "La città sarà già più bella."),
    ],
)
def test_letters_outside_ascii_come_back(lang: str, written: str) -> None:
    arrived = KEPT.apply(written)
    assert mend(arrived, channel=KEPT, lang=lang) == written


@pytest.mark.parametrize(
    ("lang", "text"),
    [
        ("fr", "Que dira-t-il de cela ?"),
        ("fr", "Que veut l’ homme ?"),
        ("de", "Das war da, wo er stand."),
        ("es", "No se trata de eso, dice la carta."),
        ("tr", "Amazon ve Boeing geldi."),
    ],
)
def test_what_is_whole_stays(lang: str, text: str) -> None:
    assert mend(text, channel=KEPT, lang=lang) == text


@pytest.mark.parametrize(
    ("arrived", "written"),
    [
        ("Il est all? ? la maison.", "Il est allé à la maison."),
        ("Il est all? ? Toulouse.", "Il est allé à Toulouse."),
        ("? la fin, il est parti.", "À la fin, il est parti."),
        ("Il a confi? ? son fr?re.", "Il a confié à son frère."),
        ("Les ?tats-Unis et l’Assembl?e.", "Les États-Unis et l’Assemblée."),
        ("Qui est l? ? Le chien.", "Qui est là ? Le chien."),
        ("Vient-il ? Oui, je crois.", "Vient-il ? Oui, je crois."),
    ],
)
def test_a_mark_alone_may_be_a_word(arrived: str, written: str) -> None:
    mended = mend_and_explain(arrived, channel="non-ascii:?", lang="fr")
    assert mended.text == written
    assert mended.damage() == arrived


def test_two_spaces_are_where_a_word_was() -> None:
    arrived = "Il mange  la maison avec tous les enfants de la ville."
    assert mend(arrived, channel=KEPT, lang="fr").startswith("Il mange à la maison")
    english = "They went  end of  road and saw  river of  old town."
    written = "They went the end of the road and saw the river of the old town."
    channel = Channel.of("the", whitespace="keep")
    assert channel.apply(written) == english.replace("They", "y")
    assert mend(english.replace("They", "y"), channel=channel) == written
