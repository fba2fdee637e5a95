#!/usr/bin/env python3
"""Compares the outputs of two binaries in every format and command, and lists every difference.

    tests/compare_binaries.py OLD NEW [DIRS...] [--allow FILE] [--hostile DIR|none] [--keep DIR] [--only STEP]

Inputs are the fixtures, `../shared/samples` and `../shared/cases` if they exist, the files below DIRS, and the hostile
files of `tests/hostile` (made with `cargo test --test hostile` unless --hostile names a folder that has them).

What must be equal: exit statuses; JSON, NDJSON and SARIF except free text; CSV byte for byte; pages, tags, text and
rendering of PDF; cells, styles, merges, widths, print settings, validations, conditional formats and comments of xlsx;
in other text, the codes, ids, numbers and Chinese words, in any order within a line. Free text that differs is listed as wording at the end and is
no failure: messages may be reworded. The order of text inside a PDF page is not compared.

--allow FILE holds justified differences, one a line: a regular expression that matches the line of a difference, two
spaces, the reason. The exit status is 1 if any other difference was found.

Needs openpyxl, pikepdf, pillow and numpy (installed into a temporary venv if missing and pip works), and pdftoppm. Parts
whose tool is missing are skipped, and the summary says so.
"""
import argparse
import collections
import json
import os
import pathlib
import re
import shutil
import subprocess
import sys
import tempfile

ROOT = pathlib.Path(__file__).resolve().parent.parent
MODULES = ["openpyxl", "pikepdf", "PIL", "numpy"]
PACKAGES = ["openpyxl", "pikepdf", "pillow", "numpy"]
TEMPLATES = ["2014", "2014-extended", "2019", "2021"]
COMMANDS = ["convert", "check", "merge", "compare", "new", "rule", "inspect", "template", "completions"]


def ensure_modules():
    """Runs this script again in a temporary venv if a Python package is missing."""
    try:
        for module in MODULES:
            __import__(module)
    except ImportError:
        if os.environ.get("XXGK_COMPARE_VENV"):
            return
        venv = pathlib.Path(tempfile.gettempdir()) / "xxgk-compare-venv"
        python = venv / "bin/python"
        try:
            if not python.exists():
                subprocess.run([sys.executable, "-m", "venv", venv], check=True, capture_output=True)
            subprocess.run([python, "-m", "pip", "install", "-q", *PACKAGES], check=True, capture_output=True)
        except (OSError, subprocess.CalledProcessError):
            return
        os.execve(python, [str(python), *sys.argv], {**os.environ, "XXGK_COMPARE_VENV": "1"})


ensure_modules()
sys.path.insert(0, str(ROOT / "tests"))
import compare_pdf  # noqa: E402
import compare_xlsx  # noqa: E402

# Keys of free text in JSON: whatever is below them is wording.
FREE_TEXT = {"message", "help", "cause", "failure", "shortDescription", "fullDescription"}
# In the explanations of `rule --to json` these are text too.
RULE_TEXT = {"text", "source", "example", "mend", "fix"}
# What a run measures, and the name of the file when it is the binary that differs.
VOLATILE = {"milliseconds", "seconds", "time", "elapsed", "duration"}
# In text for people: codes, ids, option names, numbers and Chinese words.
FACT = re.compile(r"XG\d+|[a-z_]+(?:\.[a-z0-9_]+)+|--[a-z-]+|\d+(?:\.\d+)?|[\u4e00-\u9fff]+")
WORD = re.compile(r"[A-Za-z]+")
# How many differences of one kind in one step are printed.
SHOWN = 20


class Differences:
    """Every difference found, and every pair of texts that differ in wording."""

    def __init__(self, allow):
        self.allow, self.allowed, self.found = allow, collections.Counter(), []
        self.wording, self.compared = collections.Counter(), collections.Counter()

    def add(self, kind, place, detail):
        line = f"{kind}  {place}: {detail}"
        for pattern, reason in self.allow:
            if re.search(pattern, line):
                self.allowed[reason] += 1
                return
        self.found.append(line)

    def word(self, place, old, new):
        self.wording[(short(old, 300), short(new, 300))] += 1

    def equal(self, kind, place, old, new):
        """Compares two plain values."""
        if old != new:
            self.add(kind, place, f"{short(old)} → {short(new)}")

    def text(self, kind, place, old, new):
        """Compares two texts for people by their facts. In a cell, a change of wording has other words."""
        if old == new:
            return
        same = kind == "xlsx" and WORD.findall(old) == WORD.findall(new)
        before, after = (collections.Counter(FACT.findall(text)) for text in (old, new))
        if before == after and not same:
            self.word(place, old, new)
        else:
            gone, added = list(before - after), list(after - before)
            self.add(kind, place, f"gone {short(gone)}, added {short(added)} in {short(old, 160)!r} → {short(new, 160)!r}")


def short(value, length=120):
    text = value if isinstance(value, str) else repr(value)
    return text if len(text) <= length else text[:length] + "…"


def first_difference(old, new):
    at = next((i for i, (a, b) in enumerate(zip(old, new)) if a != b), min(len(old), len(new)))
    return old[at:at + 6], new[at:at + 6]


def compare_json(diff, place, old, new, free):
    """Walks two JSON values; `free` are the keys below which text is wording."""
    if isinstance(old, dict) and isinstance(new, dict):
        if list(old) != list(new):
            diff.add("keys", place, f"{list(old)} → {list(new)}")
        for key in old.keys() & new.keys():
            if key in VOLATILE:
                continue
            if key in free:
                if old[key] != new[key]:
                    if (old[key] is None) != (new[key] is None):
                        diff.add("json", f"{place}.{key}", f"{short(old[key])} → {short(new[key])}")
                    elif isinstance(old[key], str):
                        diff.word(place, old[key], new[key])
                    else:
                        compare_json(diff, f"{place}.{key}", old[key], new[key], free | {"text"})
            else:
                compare_json(diff, f"{place}.{key}", old[key], new[key], free)
    elif isinstance(old, list) and isinstance(new, list):
        diff.equal("json", f"{place}.len", len(old), len(new))
        for at, (a, b) in enumerate(zip(old, new)):
            compare_json(diff, f"{place}[{at}]", a, b, free)
    else:
        diff.equal("json", place, old, new)


def parse_json(data, lines):
    exact = {"parse_float": str, "parse_int": str}  # 1.50 is not 1.5 here
    if lines:
        return [json.loads(line, **exact) for line in data.splitlines()]
    return json.loads(data, **exact) if data.strip() else None


def compare_data(diff, place, kind, old, new):
    """Compares two outputs of one kind: json, ndjson, rule, csv, pdf, xlsx, text, or exact for all else."""
    diff.compared[kind] += 1
    if old == new:
        return
    if kind in ("json", "ndjson", "rule"):
        try:
            old, new = (parse_json(data, kind == "ndjson") for data in (old, new))
        except ValueError as error:
            return diff.add(kind, place, f"no JSON: {error}")
        compare_json(diff, place, old, new, FREE_TEXT | (RULE_TEXT if kind == "rule" else set()))
    elif kind == "pdf":
        compare_pdf.compare(diff, place, old, new)
    elif kind == "xlsx":
        compare_xlsx.compare(diff, place, old, new)
    elif kind == "text":
        old, new = (data.decode("utf-8", "replace").splitlines() for data in (old, new))
        if len(old) != len(new):
            return diff.text("text", place, "\n".join(old), "\n".join(new))
        for a, b in zip(old, new):
            diff.text("text", place, a, b)
    else:
        a, b = first_difference(old.split(b"\n"), new.split(b"\n"))
        diff.add(kind, place, f"{short(a[:1])} → {short(b[:1])}")


class Step:
    """One call: its name, its arguments, and what its standard output is."""

    def __init__(self, name, args, kind="text"):
        self.name, self.args, self.kind = name, [str(arg) for arg in args], kind


def copy_inputs(work, dirs, hostile):
    """Copies each input into a folder of its own, so that one run can write all outputs side by side."""
    inputs = []
    for group, folder in dirs:
        files = sorted(f for f in folder.rglob("*") if f.is_file() and f.suffix not in (".py", ".png", ".toml", ".md"))
        for at, file in enumerate(f for f in files if not f.name.endswith(".truth.json")):
            target = work / "in" / group / f"{at:03}" / file.name
            target.parent.mkdir(parents=True)
            shutil.copy(file, target)
            inputs.append(target.relative_to(work))
    if hostile:
        (work / "hostile").mkdir()
        for file in sorted(f for f in hostile.iterdir() if f.is_file() and f.stat().st_size < 256 << 20):
            try:
                os.link(file, work / "hostile" / file.name)
            except OSError:
                shutil.copy(file, work / "hostile" / file.name)
    shutil.copytree(ROOT / "fixtures", work / "fixtures")
    return inputs


def make_hostile(work):
    """Writes the hostile files with the test that has them."""
    folder = work / "made-hostile"
    folder.mkdir()
    done = subprocess.run(["cargo", "test", "--quiet", "--test", "hostile"], cwd=ROOT, capture_output=True,
                          env={**os.environ, "XXGK_HOSTILE_DIR": str(folder)})
    return folder if done.returncode == 0 else None


def steps(inputs, hostile):
    """Every call that both binaries run, in a folder that holds `in`, `hostile` and `fixtures`."""
    every = "json,ndjson,csv,pdf,xlsx"
    yield Step("convert", ["convert", "in", "-o", "out", "-t", every, "--summary", "out/summary.json"])
    yield Step("convert-zh", ["convert", "in", "-o", "out", "-t", "json", "--lang", "zh"])
    yield Step("convert-landscape", ["convert", "in/fixtures", "-o", "out", "-t", "pdf,xlsx", "--landscape"])
    yield Step("convert-named", ["convert", "in/fixtures", "-o", "out", "-t", "csv", "--name", "{year}-{organization}"])
    yield Step("convert-gb18030", ["convert", "in/fixtures", "-o", "out", "-t", "csv", "--encoding", "gb18030"])
    yield Step("convert-ndjson", ["convert", "in", "-t", "ndjson"], "ndjson")
    yield Step("convert-tidy", ["convert", "in", "-t", "csv", "--tidy"], "csv")
    yield Step("convert-tidy-ndjson", ["convert", "in", "-t", "ndjson", "--tidy"], "ndjson")
    if hostile:
        yield Step("hostile", ["convert", "hostile", "-o", "out", "-t", every])
        yield Step("hostile-check", ["check", "hostile", "--output-format", "json"], "json")
    for shape, kind in [("json", "json"), ("sarif", "json"), ("short", "text"), ("github", "text"), ("full", "text")]:
        yield Step(f"check-{shape}", ["check", "in", "--output-format", shape], kind)
    yield Step("check-zh", ["check", "in", "--output-format", "json", "--lang", "zh"], "json")
    yield Step("check-statistics", ["check", "in", "--statistics", "--fail-on", "note"])
    yield Step("check-marked", ["check", "in", "-o", "out", "--fail-on", "never"])
    yield Step("check-last", ["check", "fixtures/compare/2017", "--last", "fixtures/compare/2016", "--output-format", "json"], "json")
    yield Step("check-narrative", ["check", "fixtures/narrative", "--output-format", "json"], "json")
    yield Step("check-rule", ["check", "fixtures/zhongzhuang-2017.txt", "--rule", "XG201=off", "--output-format", "json"], "json")
    for group in ["compare/2016", "compare/2017", "compare", "2021", "shapes", "."]:
        for format in ["json", "csv", "xlsx", "pdf"]:
            merge = ["merge", f"fixtures/{group}", "--organization", "安宁县", "-o", f"out/merged.{format}"]
            yield Step(f"merge-{group}-{format}", merge)
    yield Step("merge-strict", ["merge", "fixtures/compare/2017", "--strict", "--scope", "1", "-o", "out/merged.xlsx"])
    pairs = {"years": ("compare/2016", "compare/2017"), "forms": ("zhongzhuang-2017.txt", "2021/report.xlsx"),
             "files": ("compare/county-2021.csv", "2021/report.csv")}
    for name, (old, new) in pairs.items():
        call = ["compare", f"fixtures/{old}", f"fixtures/{new}"]
        yield Step(f"compare-{name}", call)
        yield Step(f"compare-{name}-all", [*call, "--all", "--fail-on", "never"])
        yield Step(f"compare-{name}-json", [*call, "-t", "json"], "json")
        yield Step(f"compare-{name}-html", [*call, "-o", "out/compare.html"])
        yield Step(f"compare-{name}-xlsx", [*call, "-o", "out/compare.xlsx"])
    for template in TEMPLATES:
        yield Step(f"new-{template}", ["new", "--template", template, "--organization", "中庄镇", "--year", "2025", "-o", "out/new.xlsx"])
        yield Step(f"template-show-{template}", ["template", "show", template])
        yield Step(f"template-toml-{template}", ["template", "show", template, "--toml"], "exact")
    yield Step("new-landscape", ["new", "--landscape", "-o", "out/new.xlsx"])
    yield Step("new-from", ["new", "--template", "2021", "--from", "fixtures/2021/report.xlsx", "-o", "out/new.xlsx"])
    yield Step("template-list", ["template", "list"])
    yield Step("rule", ["rule"])
    yield Step("rule-json", ["rule", "-t", "json"], "rule")
    yield Step("rule-json-zh", ["rule", "-t", "json", "--lang", "zh"], "rule")
    for code in ["XG101", "XG102", "XG201", "XG202", "XG301", "XG401", "XG999"]:
        yield Step(f"rule-{code}", ["rule", code])
    for command in COMMANDS:
        yield Step(f"help-{command}", [command, "--help"])
    for shell in ["bash", "zsh", "fish"]:
        yield Step(f"completions-{shell}", ["completions", shell])
    wrong = [["convert", "none.txt"], ["convert", "in", "-t", "pdf"], ["convert", "in", "--frobnicate"], ["nonsense"], [],
             ["convert", "fixtures/zhongzhuang-2017.txt", "-o", "out/a.docx"], ["template", "show", "1999"],
             ["convert", "fixtures/zhongzhuang-2017.txt", "-t", "csv", "--encoding", "nonsense"],
             ["merge", "fixtures/broken", "-o", "out/a.xlsx"], ["compare", "fixtures", "none"], ["new", "-o", "out/a.pdf"],
             ["convert", "fixtures/zhongzhuang-2017.xlsx", "-t", "csv", "--sheet", "9"], ["check", "none", "--fail-on", "all"]]
    for at, call in enumerate(wrong):
        yield Step(f"wrong-{at}", call)
    for file in inputs:
        yield Step(f"json {file}", ["convert", file, "-t", "json"], "json")
        yield Step(f"inspect-json {file}", ["inspect", file, "-t", "json"], "json")
        yield Step(f"inspect {file}", ["inspect", file])
        yield Step(f"infer {file}", ["template", "infer", file], "exact")


def run(binary, step, work, side):
    """Runs one call; its outputs are moved to a folder of the side."""
    env = {k: v for k, v in os.environ.items() if not k.startswith(("XXGK", "RUST_"))}
    env.update(SOURCE_DATE_EPOCH="1700000000", LANG="C.UTF-8", XXGK_LANG="en")
    out = work / "out"
    if writes := any(arg.startswith("out") for arg in step.args):
        shutil.rmtree(out, ignore_errors=True)
        out.mkdir()
    try:
        done = subprocess.run([binary, *step.args], cwd=work, env=env, capture_output=True, stdin=subprocess.DEVNULL, timeout=600)
        status, stdout, stderr = done.returncode, done.stdout, done.stderr
    except subprocess.TimeoutExpired:
        status, stdout, stderr = "timeout", b"", b""
    target = work / side / re.sub(r"\W+", "-", step.name)
    if writes:
        target.parent.mkdir(exist_ok=True)
        out.rename(target)
    return status, stdout, stderr, target if writes else None


def kind_of(path):
    return {".json": "json", ".ndjson": "ndjson", ".csv": "csv", ".pdf": "pdf", ".xlsx": "xlsx", ".html": "text"}.get(path.suffix, "exact")


def compare_step(diff, step, old, new):
    diff.compared["calls"] += 1
    diff.equal("status", step.name, old[0], new[0])
    compare_data(diff, step.name, step.kind, old[1], new[1])
    compare_data(diff, f"{step.name} (stderr)", "text", old[2], new[2])
    if old[3] is None:
        return
    names = [{f.relative_to(side[3]) for f in side[3].rglob("*") if f.is_file()} for side in (old, new)]
    for name in sorted(names[0] ^ names[1]):
        diff.add("file", f"{step.name} {name}", "only old" if name in names[0] else "only new")
    for name in sorted(names[0] & names[1]):
        if name.name.startswith(".xxgk"):
            continue  # the journal of --resume
        data = [(side[3] / name).read_bytes() for side in (old, new)]
        compare_data(diff, f"{step.name} {name}", kind_of(name), *data)


def read_allow(path):
    lines = path.read_text().splitlines() if path else []
    rules = [line for line in lines if line.strip() and not line.startswith("#")]
    bad = [line for line in rules if "  " not in line]
    if bad:
        sys.exit(f"{path}: a line is a pattern, two spaces and a reason: {bad[0]}")
    return [tuple(part.strip() for part in line.split("  ", 1)) for line in rules]


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("old", type=pathlib.Path)
    parser.add_argument("new", type=pathlib.Path)
    parser.add_argument("dirs", type=pathlib.Path, nargs="*")
    parser.add_argument("--allow", type=pathlib.Path, help="file of justified differences")
    parser.add_argument("--hostile", help="folder of hostile files; none leaves them out")
    parser.add_argument("--keep", type=pathlib.Path, help="keep inputs and outputs in this folder")
    parser.add_argument("--only", help="regular expression: run only the steps that match")
    options = parser.parse_args()
    old, new = options.old.resolve(), options.new.resolve()
    diff = Differences(read_allow(options.allow))
    skipped = [module for module in (compare_pdf.MISSING, compare_xlsx.MISSING) if module]
    with tempfile.TemporaryDirectory() as folder:
        work = options.keep or pathlib.Path(folder)
        work.mkdir(parents=True, exist_ok=True)
        work = work.resolve()
        dirs = [("fixtures", ROOT / "fixtures")]
        for name in ["samples", "cases"]:
            if (path := ROOT.parent / "shared" / name).is_dir():
                dirs.append((name, path))
            else:
                skipped.append(f"../shared/{name} does not exist")
        dirs += [(f"dir{at}", path.resolve()) for at, path in enumerate(options.dirs)]
        hostile = None
        if options.hostile != "none":
            hostile = pathlib.Path(options.hostile) if options.hostile else make_hostile(work)
            skipped += [] if hostile else ["hostile files: cargo test --test hostile failed"]
        inputs = copy_inputs(work, dirs, hostile)
        for step in steps(inputs, hostile):
            if not options.only or re.search(options.only, step.name):
                compare_step(diff, step, run(old, step, work, "old"), run(new, step, work, "new"))
        compare_pdf.render_all(diff)
    report(diff, skipped)


def report(diff, skipped):
    shown = collections.Counter()
    for line in diff.found:
        step = " ".join(line.split()[:2])
        shown[step] += 1
        if shown[step] <= SHOWN:
            print(line)
    for step, count in shown.items():
        if count > SHOWN:
            print(f"{step}: {count - SHOWN} more")
    if diff.wording:
        print(f"\nwording, {len(diff.wording)} pairs (no failure):")
        for (old, new), count in diff.wording.most_common():
            print(f"  {count} ×\n    - {old}\n    + {new}")
    print()
    for reason, count in diff.allowed.items():
        print(f"allowed: {count} × {reason}")
    for part in skipped:
        print(f"skipped: {part}")
    print("compared:", ", ".join(f"{count} {kind}" for kind, count in sorted(diff.compared.items())))
    print(f"{len(diff.found)} differences")
    sys.exit(1 if diff.found else 0)


if __name__ == "__main__":
    main()
