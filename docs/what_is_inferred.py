"""Which losses textmend finds by itself: ``python -m docs.what_is_inferred``.

Prints the table of ``losses.md``: under each spec the first eight articles of ``corpora/news`` that
are not held out are damaged, and inferred one by one, and as texts of one source.
"""

from __future__ import annotations

import corpora
from textmend import Channel, Mender
from textmend.report.sentences import deleted

ARTICLES = 8
SPECS = (
    "the,ad",
    "er:inside",
    "to:whole-word",
    "ing:word-end",
    "re:word-start",
    "The:paragraph-start",
    "ti:U+019F",
    "ti:&,ff:7",
    "fi:fi+space",
    "ligatures",
    "ligatures:space",
    "ligatures:fffd",
    "ligatures:?",
    "ligatures:extended",
    "ligatures:extended:space",
    "ligatures(ti,tt,tti):?",
    "ff:f",
    "non-ascii",
    "doubled",
    "drop-caps",
    "drop-caps:word",
    "drop-caps:document",
    "apostrophes",
    "apostrophes:?",
    "apostrophes:space",
    "hyphens",
    "spaces:line-ends",
    "random:1%",
)


def main() -> None:
    """Print the table."""
    texts = [each.text for each in corpora.load("news", split="dev")][:ARTICLES]
    mender = Mender()
    print("| spec | articles in which something was found | … exactly this | in all together |")
    print("|---|---|---|---|")
    for spec in SPECS:
        channel = Channel.parse(spec)
        damaged = [channel.apply(text, seed=seed) for seed, text in enumerate(texts)]
        alone = [mender.infer_channel(text).channel for text in damaged]
        exact = sum(_same(found, channel) for found in alone)
        together = mender.infer_channel(damaged).channel
        what = ", ".join(map(deleted, together.drops)) if together else "nothing"
        found = "exactly this" if _same(together, channel) else what
        print(f"| `{spec}` | {sum(map(bool, alone))} | {exact} | {found} |", flush=True)


def _same(found: Channel, channel: Channel) -> bool:
    """Whether it is the channel; of chance, whether it is of the same kind."""
    if channel.leaky:
        return [type(each) for each in found.drops] == [type(each) for each in channel.drops]
    return set(found.drops) == set(channel.drops)


if __name__ == "__main__":
    main()
