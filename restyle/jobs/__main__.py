"""The host's look at the jobs: `python -m restyle.jobs [NUMBER]`, with the app's own settings.

Prints the living workers, the spending of each day, what is stuck, and the newest jobs. It only
looks, beside the running app or without it.
"""

import sys

from restyle.errors import RestyleError
from restyle.jobs.report import report
from restyle.jobs.tables import open_database
from restyle.settings import Settings


def main(arguments: list[str]) -> int:
    """Print the report; returns the exit code."""
    newest = int(arguments[0]) if arguments and arguments[0].isdecimal() else 20
    try:
        settings = Settings.from_env()
        if settings.database_url is None and not (settings.data_dir / "restyle.sqlite").exists():
            print(f"There are no jobs in {settings.data_dir}. Set RESTYLE_DATA_DIR as for the app.")
            return 1
        engine = open_database(settings)
        print(report(engine, newest))
        engine.dispose()
    except RestyleError as problem:
        print(problem, file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
