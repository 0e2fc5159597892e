"""What pytest leaves out: modules for which an extra is needed that is not installed."""

from importlib.util import find_spec

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
