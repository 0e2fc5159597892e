"""What pytest leaves out: the training of models where its extra is not installed."""

from importlib.util import find_spec

collect_ignore = [] if find_spec("torch") else ["src/textmend/training"]
