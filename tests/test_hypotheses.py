from textmend.hypotheses import MAX_SEQUENCE, DeletionIndex
from textmend.lexicon import Lexicon

WORDS = ["other", "there", "testing", "added", "banana", "a", "extraordinarily", "naïve"]


def _explanations(index: DeletionIndex, tokens: list[str]) -> set[tuple[str, str, str]]:
    rows = index.explain(tokens)
    found = set()
    for row in range(len(rows.token)):
        word, start = index.words[rows.word[row]], rows.start[row]
        found.add((tokens[rows.token[row]], word, word[start : start + rows.length[row]]))
    return found


def test_every_single_deletion_is_found_and_nothing_else() -> None:
    index = DeletionIndex(Lexicon("toy", dict.fromkeys(WORDS, 0.1)))
    expected = {
        (word[:start] + word[start + length :], word, word[start : start + length])
        for word in WORDS
        for length in range(1, MAX_SEQUENCE + 1)
        for start in range(len(word) - length + 1)
        if length < len(word)
    }
    tokens = sorted({token for token, _, _ in expected} | {"zzz", "others", "oher"})
    assert _explanations(index, tokens) == expected


def test_long_words_are_left_out_rather_than_cut() -> None:
    index = DeletionIndex(Lexicon("toy", {"a" * 30: 0.5, "there": 0.5}))
    assert _explanations(index, ["a" * 24, "re"]) == {("re", "there", "the")}
