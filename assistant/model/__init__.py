"""Questions in words through a language model, which calls the tools of `tools/` as the person who asks may.

`turn.run` is the entry: a generator of the events that `events` describes. A provider of models is one module
and one line in `providers`.
"""
