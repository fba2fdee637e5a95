#!/usr/bin/env python3
"""Measures how many Word documents and web pages xxgk writes in a CPU second, beside python-docx and pandoc, in one run.

    benches/documents.py XXGK [COUNT]

Makes COUNT workbooks (1,000) of one form, each of another organization. xxgk converts the workbooks, and the same reports
stored as JSON, with one thread; the time of `--to csv`, which is nearly all reading, is shown beside. python-docx writes the same tables cell by cell, pandoc converts
the pages to docx; both get fewer reports, because they take longer. CPU seconds are user and system time of whole processes; the
machine's speed varies, so only figures of one run compare. Programs that are not installed are named and left out.
"""
import json
import os
import pathlib
import resource
import shutil
import subprocess
import sys
import tempfile

ROOT = pathlib.Path(__file__).resolve().parent.parent
XXGK = str(pathlib.Path(sys.argv[1]).resolve())
COUNT = int(sys.argv[2]) if len(sys.argv) > 2 else 1000
FEW = 20

PYTHON_DOCX = """
import csv, pathlib, sys
import docx
for path in sys.argv[2:]:
    rows = list(csv.reader(open(path, encoding="utf-8-sig")))
    made = docx.Document()
    made.add_heading(rows[0][0], 0)
    width = max(map(len, rows))
    table = made.add_table(rows=len(rows) - 1, cols=width)
    for row, cells in zip(table.rows, rows[1:]):
        for cell, text in zip(row.cells, cells):
            cell.text = text
    made.save(pathlib.Path(sys.argv[1]) / (pathlib.Path(path).stem + ".docx"))
"""


def cpu(*words, **options):
    """CPU seconds of a process and its children."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    result = subprocess.run([str(word) for word in words], capture_output=True, **options)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    if result.returncode not in (0, 1):
        sys.exit(result.stderr.decode()[-500:])
    return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


def say(what, count, seconds):
    print(f"{what:34} {count:6} documents {seconds:8.2f} CPU s {count / seconds:8.0f} a CPU s", flush=True)
    return count / seconds


with tempfile.TemporaryDirectory(dir="/dev/shm" if os.path.isdir("/dev/shm") else None) as folder:
    folder = pathlib.Path(folder)
    (folder / "json").mkdir()
    subprocess.run([XXGK, "convert", "-q", ROOT / "fixtures/2021/report.xlsx", "-o", folder / "one.json"], check=True, capture_output=True)
    stored = json.loads((folder / "one.json").read_text(encoding="utf-8"))
    for number in range(COUNT):
        one = stored[0] if isinstance(stored, list) else stored
        one.pop("title", None)
        one["organization"], one["findings"] = f"第{number}镇人民政府", []
        (folder / f"json/{number}.json").write_text(json.dumps(one, ensure_ascii=False), encoding="utf-8")
    run = [XXGK, "convert", "-q", "-j1", "--no-bom"]
    subprocess.run([*run, folder / "json", "-o", folder / "xlsx", "--to", "xlsx"], check=True, capture_output=True)
    best = {}
    # In turn, so that a busy moment does not fall on one alone.
    for _ in range(3):
        for source, format in (("xlsx", "csv"), ("xlsx", "docx"), ("xlsx", "html"), ("json", "docx"), ("json", "html")):
            shutil.rmtree(folder / format, ignore_errors=True)
            seconds = cpu(*run, folder / source, "-o", folder / format, "--to", format)
            best[source, format] = min(best.get((source, format), seconds), seconds)
    sources = {"xlsx": "workbook", "json": "stored report"}
    rates = {}
    for (source, format), seconds in best.items():
        rates[format] = say(f"xxgk, {sources[source]} to {format}", COUNT, seconds)
    for format in ("docx", "html"):
        say(f"xxgk, {format} above csv", COUNT, max(best["xlsx", format] - best["xlsx", "csv"], 1e-3))
    files = sorted((folder / "csv").glob("*.csv"))[:FEW]
    (folder / "python").mkdir()
    python = shutil.which("python3")
    if subprocess.run([python, "-c", "import docx"], capture_output=True).returncode == 0:
        idle = cpu(python, "-c", "import csv, docx")
        rate = say("python-docx, cells only", FEW, cpu(python, "-c", PYTHON_DOCX, folder / "python", *files) - idle)
        print(f"  xxgk is {rates['docx'] / rate:.0f} times as fast")
    else:
        print("python-docx is not installed")
    if pandoc := shutil.which("pandoc"):
        pages = sorted((folder / "html").glob("*.html"))[:FEW]
        rate = say("pandoc, page to docx", FEW, sum(cpu(pandoc, page, "-o", folder / "pandoc.docx") for page in pages))
        print(f"  xxgk is {rates['docx'] / rate:.0f} times as fast")
        rate = say("pandoc, docx to page", FEW, sum(cpu(pandoc, "-s", page.parent.parent / f"docx/{page.stem}.docx", "-o", folder / "pandoc.html") for page in pages))
        print(f"  xxgk is {rates['html'] / rate:.0f} times as fast")
    else:
        print("pandoc is not installed")
