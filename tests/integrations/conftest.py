"""What the tests of all hosts damage and mend."""

from __future__ import annotations

from collections.abc import Mapping

import pytest

import corpora
from textmend import Channel

ARTICLES = [each.text for each in corpora.load("news", split="dev")]


@pytest.fixture(scope="session")
def articles() -> list[str]:
    return ARTICLES


@pytest.fixture(scope="session")
def clean() -> list[str]:
    return ARTICLES[:6]


@pytest.fixture(scope="session")
def damaged(clean: list[str]) -> list[str]:
    return list(map(Channel.of("the", "ad").apply, clean))


@pytest.fixture(scope="session")
def snippets() -> Mapping[str, list[str]]:
    """Passages too short to show what they lost, by their source: two are damaged, one is clean."""
    channels = {"a": Channel.of("the", "ad"), "b": Channel.of("st"), "c": Channel()}
    return {
        source: [
            channel.apply(line)
            for text in ARTICLES[place : place + 2]
            for line in text.split("\n")
            if 20 < len(line.split()) < 60
        ]
        for place, (source, channel) in enumerate(channels.items())
    }
