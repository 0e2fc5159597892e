import pytest
from hypothesis import given
from hypothesis import strategies as st

import corpora
from textmend import Channel
from textmend.language.tokens import code_lines, lines, sentence_starts, shape, tokenize


@given(st.text())
def test_tokens_give_the_text_back(text: str) -> None:
    tokens = tokenize(text)
    assert "".join(token.text for token in tokens) == text
    assert all(text[token.start : token.end] == token.text for token in tokens)


@given(st.text(alphabet="ab \n\r.", max_size=40))
def test_lines_give_the_tokens_back(text: str) -> None:
    tokens = tokenize(text)
    found = lines(tokens)
    assert [token for line in found for token in line] == tokens
    assert all(token.kind != "break" for line in found for token in line[:-1])


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("They’re o'clock's end'", ["They’re", "o'clock's", "end"]),
        ("café Ärger naïve", ["café", "Ärger", "naïve"]),
        ("cafe\u0301 ok", ["cafe\u0301", "ok"]),
        ("well-known, so-called", ["well", "known", "so", "called"]),
        ("the 27th of 3.5 and B2", ["the", "of", "and"]),
        ("see https://a.example/the?x=1, ok", ["see", "ok"]),
        ("write to the.man@other.example now", ["write", "to", "now"]),
        ("@there #other $the is_other there()", []),
        ("the U.S. and D.C. men", ["the", "and", "men"]),
        ("don''t", ["don", "t"]),
        (
            "c) a plan, (b) the park, or I (she too)",
            ["a", "plan", "the", "park", "or", "I", "she", "too"],
        ),
    ],
)
def test_words(text: str, words: list[str]) -> None:
    assert [token.text for token in tokenize(text) if token.kind == "word"] == words


@pytest.mark.parametrize(
    ("text", "firsts"),
    [
        ("He left. then rain.", ["He", "then"]),
        ("Mr. Lee and J. Smith ran! why?", ["Mr", "why"]),
        ("“y left,” he said. “re it is.”", ["y", "re"]),
        ("He said: no. (maybe) yes", ["He", "maybe"]),
    ],
)
def test_sentence_starts(text: str, firsts: list[str]) -> None:
    line = tokenize(text)
    starts = zip(line, sentence_starts(line), strict=True)
    assert [token.text for token, first in starts if first and token.kind == "word"] == firsts


@pytest.mark.parametrize(
    ("word", "expected"),
    [("the", "lower"), ("The", "title"), ("THE", "upper"), ("McGee", "mixed"), ("don’t", "lower")],
)
def test_shapes(word: str, expected: str) -> None:
    assert shape(word) == expected


@pytest.mark.parametrize("name", ["code_c", "code_javascript", "code_shell", "json_config"])
def test_most_lines_of_code_are_code(name: str) -> None:
    (text,) = (each.text for each in corpora.load("negative") if each.id == f"negative/{name}")
    found = code_lines(lines(tokenize(text)))
    assert sum(found) > 0.7 * len(found)


@pytest.mark.parametrize("spec", ["", "the,ad", "e", "ligatures:fffd", "ligatures:?"])
def test_no_line_of_an_article_is_code_however_damaged(spec: str) -> None:
    for document in corpora.load("news", split="dev"):
        text = Channel.parse(spec).apply(document.text) if spec else document.text
        assert not any(code_lines(lines(tokenize(text)))), document.id


@pytest.mark.parametrize(
    ("text", "kept"),
    [
        ('<p class="lead">Or</p>', ['<p class="lead">', "</p>"]),
        ("call `or(x)` or `y`.", ["`or(x)`", "`y`"]),
        ("a < b and b > a", []),
        ("o`cial of the classi`ed", []),
    ],
)
def test_markup_and_code_in_prose_are_kept_whole(text: str, kept: list[str]) -> None:
    whole = [token.text for token in tokenize(text) if len(token.text) > 1]
    assert [each for each in whole if each[0] in "<`"] == kept


@pytest.mark.parametrize(
    ("text", "is_code"),
    [
        ("* See [the guide](https://example.org/a/b) of `load()`, the **first** *file*.", False),
        ("- **strict**: a field that is `not.known` is an error (see [api](a.md#b)).", False),
        ("1. Run `make check > log` and read `log`, or `a | b`.", False),
        ("def call(*args, **named): int *a, *b;", True),
        ("x = [f(y) for y in z]", True),
        ("    print(profile.diff(other))", True),
    ],
)
def test_markdown_is_running_text_with_code_in_it(text: str, is_code: bool) -> None:
    assert code_lines(lines(tokenize(text))) == [is_code]


@pytest.mark.parametrize("text", ["1.3m", "10.30am", "1,000km", "27th", "5bn"])
def test_what_touches_a_number_is_no_word(text: str) -> None:
    assert [(token.kind, token.text) for token in tokenize(f"£{text}, or")][1] == ("other", text)
