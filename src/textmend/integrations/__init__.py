"""Hosts that textmend works in, one module each.

``textmend.integrations.HOST`` imports HOST, which the extra ``textmend[HOST]`` installs; nothing
else in textmend imports these modules, and they know only the public interface. They hold no logic
of mending: what is missing (null, NaN) stays missing, all else is what a :class:`~textmend.Mender`
makes of it. docs/pipelines.md has an example of each. Start reading at the module of your host.
"""
