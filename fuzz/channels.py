"""Any spec, and any JSON of a channel: what is read can be written, and acts."""

from fuzz import Provider, altered, run
from textmend import Channel

SPEC = "the,ad,ing:word-end,ff:f,ligatures(ti,tt):space,non-ascii:U+FFFD,random:1%,spaces:line-ends"
STORED = Channel.parse(SPEC).to_json()
TEXT = "The official added three café ﬁgures, don't they?\n\nWell-known others did."


def harness(data: Provider) -> None:
    """Read a channel, write it, read it again, and apply it."""
    if data.ConsumeBool():
        channel = Channel.parse(altered(SPEC, data))
    else:
        channel = Channel.from_json(altered(STORED, data))
    assert Channel.from_json(channel.to_json()) == channel
    channel.acting_on(TEXT)
    channel.apply(TEXT)


if __name__ == "__main__":
    run(harness)
