"""Runs `scraper` with the arguments after the first, which names the file for what was seen of its connections."""

from __future__ import annotations

import json
import sys
from pathlib import Path

from hostile.loopback_only import Watch
from scraper.cli.main import run

watch = Watch()
code = run(sys.argv[2:])
watch.stop()
seen = {"strayed": watch.strayed, "looked_up": watch.looked_up, "connections": len(watch.connected)}
Path(sys.argv[1]).write_text(json.dumps(seen), encoding="utf-8")
sys.exit(code)
