"""From a damaged line and its channel to the edits that undo it.

Start reading at :func:`textmend.mending.pipeline.mend`.
"""
