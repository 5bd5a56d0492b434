"""The command `scraper`, also as `python -m scraper`."""

from __future__ import annotations

import os
import sys


def main() -> None:
    """Run the command line and leave with its exit code."""
    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")  # numpy starts threads that nothing here uses: 60 ms
    try:
        from scraper.cli.main import run
        from scraper.cli.streams import settle_streams

        settle_streams()
        code = run(sys.argv[1:])
    except KeyboardInterrupt:  # before the command line could begin to look after it
        print("Interrupted.", file=sys.stderr)
        code = 130
    sys.exit(code)


if __name__ == "__main__":
    main()
