"""From texts to what was deleted from them: the channel, its evidence, where it acted, its sources.

Start reading at :func:`.infer.infer`, for one text or several of one origin; at
:func:`.sources.channels` for those that may have come through several.
"""
