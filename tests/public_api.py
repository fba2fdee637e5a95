#!/usr/bin/env python3
"""Checks the public items that `cargo doc --no-deps` lists: few, and each with an example. Arguments: the folder of the
documentation, by default target/doc/xxgk."""

import re
import sys
from pathlib import Path

# A new public item is a promise. Raise this number only with a reason in the commit message.
MOST = 80

folder = Path(sys.argv[1] if len(sys.argv) > 1 else "target/doc/xxgk")
items = re.findall(r'<li><a href="([^"]+)">([^<]+)</a>', (folder / "all.html").read_text(encoding="utf-8"))
if not items:
    sys.exit(f"{folder}/all.html lists no items")
without = [name for page, name in items if "rust-example-rendered" not in (folder / page).read_text(encoding="utf-8")]
for name in without:
    print(f"{name}: no example in its documentation")
print(f"{len(items)} public items, {len(without)} without an example")
if len(items) > MOST:
    print(f"at most {MOST} are allowed, see {Path(__file__).name}")
sys.exit(bool(without) or len(items) > MOST)
