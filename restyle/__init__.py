"""Restyle: turn a clip into one of eight cartoon styles.

Ground floor: settings, errors, styles, clips, limits, footage. On it stand fitting, pricing,
cloud and hosting; on those, jobs; on those, page. `engine` is a server of its own.
"""
