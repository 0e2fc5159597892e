from textmend import Drop
from textmend.inference.hypotheses import MAX_SEQUENCE, DeletionIndex

WORDS = ["other", "there", "testing", "added", "banana", "a", "extraordinarily", "naïve"]


def _explanations(index: DeletionIndex, tokens: list[str]) -> set[tuple[str, str, str]]:
    rows = index.explain(tokens)
    found = set()
    for row in range(len(rows.token)):
        word, start = index.words[rows.word[row]], rows.start[row]
        found.add((tokens[rows.token[row]], word, word[start : start + rows.length[row]]))
    return found


def test_every_single_deletion_is_found_and_nothing_else() -> None:
    index = DeletionIndex(WORDS, [0.1] * len(WORDS))
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
    index = DeletionIndex(["a" * 30, "there"], [0.5, 0.5])
    assert _explanations(index, ["a" * 24, "re"]) == {("re", "there", "the")}


def test_a_run_is_deleted_from_what_other_drops_have_left() -> None:
    index = DeletionIndex(["better", "sweet"], [0.5, 0.5], (Drop("e"),))
    assert _explanations(index, ["br", "sw"]) == {("br", "bttr", "tt"), ("sw", "swt", "t")}
    assert [index.originals[place] for place in index.explain(["br"]).word] == ["better"]
