#!/usr/bin/env python3
"""Reads the same PDFs with xxgk, pdfplumber, camelot, PyMuPDF and pdftotext, and compares values and CPU time.

    benches/pages.py XXGK DIR

DIR holds NAME.pdf and NAME.truth.json with `values`: an object of indicator id and number, null for none. The peers find
tables and know nothing of forms, so what they find becomes a CSV (of pdftotext, a text), which xxgk reads: the same
recognition for all. "wrong" is a number other than the true one, "left out" any other difference.

CPU is user and system time for each file: of the whole process for programs, of the calls for Python packages, without
their start. The least of three runs counts. Python packages are installed into a temporary environment if pip works; what
is missing is skipped, and the summary says so.
"""
import csv
import io
import json
import os
import pathlib
import re
import resource
import shutil
import subprocess
import sys
import tempfile
import time
from decimal import Decimal

PACKAGES = {"pdfplumber": "pdfplumber", "camelot": "camelot-py", "pymupdf": "pymupdf"}
RUNS = 3


def enter_environment():
    """Runs this script again in a temporary environment if a package is missing."""
    try:
        for module in PACKAGES:
            __import__(module)
    except ImportError:
        if os.environ.get("XXGK_PAGES_VENV"):
            return
        venv = pathlib.Path(tempfile.gettempdir()) / "xxgk-pages-venv"
        python = venv / "bin/python"
        try:
            if not python.exists():
                subprocess.run([sys.executable, "-m", "venv", venv], check=True, capture_output=True)
            subprocess.run([python, "-m", "pip", "install", "-q", *PACKAGES.values()], check=True, capture_output=True)
        except (OSError, subprocess.CalledProcessError):
            return
        os.execve(python, [str(python), *sys.argv], {**os.environ, "XXGK_PAGES_VENV": "1"})


def pdfplumber_tables(path):
    import pdfplumber

    with pdfplumber.open(path) as pdf:
        return [table for page in pdf.pages for table in page.extract_tables()]


def camelot_tables(path):
    import camelot

    return [table.df.values.tolist() for table in camelot.read_pdf(str(path), pages="all", flavor="lattice")]


def pymupdf_tables(path):
    import pymupdf

    with pymupdf.open(path) as document:
        return [table.extract() for page in document for table in page.find_tables()]


def as_csv(tables):
    text = io.StringIO()
    writer = csv.writer(text)
    for table in tables:
        for row in table:
            writer.writerow(["" if cell is None else cell for cell in row])
        writer.writerow([])
    return text.getvalue()


def child_time(command):
    """CPU seconds of a process."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    subprocess.run(command, capture_output=True, check=False)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


def own_time(call):
    start = time.process_time()
    call()
    return time.process_time() - start


def score(xxgk, path, truth):
    """Values right, wrong and left out of what xxgk reads from a file."""
    out = subprocess.run([xxgk, "convert", path, "-t", "json", "-o", "-", "--quiet"], capture_output=True, check=False)
    reports = json.loads(out.stdout) if out.stdout else []
    reports = reports if isinstance(reports, list) else [reports]
    found = {}
    for value in (value for report in reports for value in report["values"]):
        found.setdefault(value["id"], value.get("value"))
    right = wrong = left_out = 0
    for name, true in truth.items():
        got = found.get(name)
        if number(got) == number(true):
            right += 1
        elif got is not None:
            wrong += 1
        else:
            left_out += 1
    return right, wrong, left_out


def number(text):
    """The number of a value, which may have its unit behind it."""
    found = None if text is None else re.match(r"[-+]?\d+(\.\d+)?", str(text))
    return Decimal(found[0]) if found else text


def main():
    xxgk, folder = sys.argv[1], pathlib.Path(sys.argv[2])
    files = []
    for path in sorted(folder.glob("*.pdf")):
        truth = json.loads(path.with_suffix("").with_suffix(".truth.json").read_text())
        if truth.get("values"):
            files.append((path, truth["values"]))
    work = pathlib.Path(tempfile.mkdtemp())
    # The packages write a line for each font that they do not know.
    os.dup2(os.open(os.devnull, os.O_WRONLY), 2)
    peers = {"pdfplumber": pdfplumber_tables, "camelot": camelot_tables, "pymupdf": pymupdf_tables}
    print(f"{len(files)} files, {sum(len(truth) for _, truth in files)} values")
    print(f"{'':24}{'right':>8}{'wrong':>8}{'left out':>10}{'CPU ms a file':>16}")

    def line(name, scores, seconds):
        right, wrong, left_out = (sum(column) for column in zip(*scores))
        print(f"{name:24}{right:8}{wrong:8}{left_out:10}{seconds * 1000 / len(files):16.1f}")

    times = [min(child_time([xxgk, "convert", path, "-t", "json", "-o", "-", "--quiet"]) for _ in range(RUNS)) for path, _ in files]
    line("xxgk", [score(xxgk, path, truth) for path, truth in files], sum(times))
    for name, tables in peers.items():
        try:
            __import__(name)
        except ImportError:
            print(f"{name:24} skipped: not installed")
            continue
        scores, seconds = [], 0
        for path, truth in files:
            target = work / f"{path.stem}.csv"
            target.write_text(as_csv(tables(path)))
            seconds += min(own_time(lambda path=path: tables(path)) for _ in range(RUNS))
            scores.append(score(xxgk, target, truth))
        line(name, scores, seconds)
    if shutil.which("pdftotext"):
        scores, seconds = [], 0
        for path, truth in files:
            target = work / f"{path.stem}.txt"
            command = ["pdftotext", "-layout", path, target]
            seconds += min(child_time(command) for _ in range(RUNS))
            scores.append(score(xxgk, target, truth))
        line("pdftotext -layout", scores, seconds)
    else:
        print(f"{'pdftotext -layout':24} skipped: not installed")
    shutil.rmtree(work)


if __name__ == "__main__":
    enter_environment()
    main()
