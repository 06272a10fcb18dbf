"""The local service: eight looks painted on this machine, and a server that offers them.

The looks stand on shared stages: `frames` sees, `motion` remembers, `surfaces`, `strokes` and
`tones` paint; `looks/` holds one short file a style, and `stylize.Stylizer` is the way in.
"""

import os

# Before numba is imported anywhere: idle OpenMP workers would otherwise spin on the cores that
# OpenCV's own threads need, and every frame would take about 1.4 times as long.
os.environ.setdefault("OMP_WAIT_POLICY", "PASSIVE")
