"""The context models, as they run: how well a word fits those around it.

How they are trained is :mod:`textmend.training`. Start reading at :class:`.network.Model`.
"""
