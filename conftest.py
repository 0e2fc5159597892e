"""What pytest leaves out: modules whose extra is not installed. How hypothesis tries examples."""

from importlib.util import find_spec

from hypothesis import Phase, settings

# A module of src/textmend, and what it imports.
_NEEDS = {
    "training": "torch",
    "integrations/arrow.py": "pyarrow",
    "integrations/datasets.py": "datasets",
    "integrations/datatrove.py": "datatrove",
    "integrations/pandas.py": "pandas",
    "integrations/polars.py": "polars",
    "integrations/sklearn.py": "sklearn",
    "integrations/spacy.py": "spacy",
    "integrations/spark.py": "pyspark",
}
collect_ignore = [f"src/textmend/{path}" for path, name in _NEEDS.items() if not find_spec(name)]

# How long an example takes is the machine's affair.
settings.register_profile("any-machine", deadline=None)
# To fail is all that is asked of a test of a mutant, not the smallest example.
settings.register_profile("mutants", deadline=None, phases=(Phase.explicit, Phase.generate))
settings.load_profile("any-machine")
