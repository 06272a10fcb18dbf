"""The local service: eight looks painted on this machine, and a server that offers them.

The looks stand on shared stages: `frames` sees, `motion` remembers, `surfaces`, `strokes` and
`tones` paint; `looks/` holds one short file a style, and `stylize.Stylizer` is the way in.
"""
