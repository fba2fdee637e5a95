#!/usr/bin/env python3
"""Checks the Word documents and web pages that a binary writes with other programs.

    tests/published.py XXGK [FOLDER]

Writes the reports of all forms and the hard cases (long names, many rows beyond the form, nine digits, three value columns, rare
characters, no organization) as docx, HTML page and HTML fragment, and a complete report, and checks that

- values, statuses and rows beyond the form read back the same,
- `openxml-audit` (PyPI) finds no error in the documents,
- LibreOffice (`soffice`) opens them with as many pages as the PDF has,
- the validator of HTML (npm `vnu-jar`, Java) finds no error in the pages,
- `axe-core` (npm, with `puppeteer-core` and Chromium) finds none at 100 % and 200 %, in light and dark.

A check whose program is missing is skipped, with a message. Node modules are looked up in $NODE_PATH. The files and screenshots
stay in FOLDER.
"""
import copy
import json
import os
import pathlib
import shutil
import subprocess
import sys
import tempfile

ROOT = pathlib.Path(__file__).resolve().parent.parent
XXGK = sys.argv[1]
FOLDER = pathlib.Path(sys.argv[2] if len(sys.argv) > 2 else tempfile.mkdtemp())
FOLDER.mkdir(parents=True, exist_ok=True)
failed = 0


def say(word, text):
    global failed
    failed += word == "FAILED"
    print(f"{word:8} {text}", flush=True)


def run(*arguments, **options):
    return subprocess.run([str(argument) for argument in arguments], capture_output=True, text=True, **options)


def convert(source, target, *options):
    result = run(XXGK, "convert", "-q", "--force", source, "-o", target, *options)
    if not pathlib.Path(target).exists():
        sys.exit(f"{source} -> {target}: {result.stderr}")


def report(path):
    stored = json.loads(path.read_text(encoding="utf-8"))
    return stored[0] if isinstance(stored, list) else stored


def essence(path):
    """What must be the same after reading back."""
    one = report(path)
    rows = [[v.get(key) for key in ("id", "column", "value", "status", "unit")] for v in one["values"]]
    extra = [[v.get(key) for key in ("path", "column", "value", "status", "after")] for v in one.get("extra", [])]
    return [one["template"], one.get("organization"), one.get("year"), rows, extra]


def cases():
    """The reports as JSON, by name."""
    found = {}
    sources = {
        "2014-extended": "fixtures/zhongzhuang-2017.txt",
        "2021": "fixtures/2021/report.xlsx",
        "three-columns": "fixtures/shapes/S04-2014-serial-3cols.txt",
    }
    for name, source in sources.items():
        convert(ROOT / source, FOLDER / "source.json")
        found[name] = report(FOLDER / "source.json")
    for form in ("2014", "2019"):
        run(XXGK, "new", "--force", "--template", form, "--organization", "中庄镇人民政府", "--year", "2018", "-o", FOLDER / "form.xlsx")
        convert(FOLDER / "form.xlsx", FOLDER / "source.json")
        found[form] = report(FOLDER / "source.json")
        for number, value in enumerate(found[form]["values"]):
            value.update(value=number * 7 % 100, status="number", text=str(number * 7 % 100))
    for form in ("2014-extended", "2021", "three-columns"):
        def changed(name, **changes):
            one = copy.deepcopy(found[form])
            one.pop("title", None)
            one.update(changes)
            found[f"{form}-{name}"] = one
            return one

        changed("long-name", organization="某某高新技术产业开发区" * 5 + "管理委员会")
        changed("rare", organization="㐀龘𠀀䶮镇人民政府")
        changed("nameless", organization=None)
        for value in changed("digits")["values"]:
            if value.get("status") == "number":
                value.update(value=987654321, text="987654321")
    one = copy.deepcopy(found["2014-extended"])
    pattern = dict(one["values"][30], id=None, column=None, status="number", unit="件", after="received.other")
    one["extra"] = [
        dict(pattern, path=["依申请公开情况", "收到申请数", f"本地补充事项之第{n}"], label=f"{n + 6}.本地补充事项之第{n}", value=n, text=str(n))
        for n in range(30)
    ]
    found["2014-extended-30-rows"] = one
    return found


def written():
    names = []
    for name, one in cases().items():
        source = FOLDER / f"{name}.json"
        one["findings"] = []
        source.write_text(json.dumps(one, ensure_ascii=False), encoding="utf-8")
        convert(source, FOLDER / "source.json")
        for ending, options in ((".docx", ()), (".html", ()), (".fragment.html", ("--fragment",)), (".pdf", ())):
            target = FOLDER / f"{name}{ending}"
            convert(source, target, *options)
            if ending == ".pdf":
                continue
            convert(target, FOLDER / "again.json")
            same = essence(FOLDER / "again.json") == essence(FOLDER / "source.json")
            say("ok" if same else "FAILED", f"{target.name} reads back the same")
        names.append(name)
    for ending in (".docx", ".html", ".pdf"):
        result = run(XXGK, "report", "--force", FOLDER / "2021.json", "-o", FOLDER / f"report{ending}")
        say("FAILED" if result.returncode else "ok", f"report{ending} {result.stderr[:200] if result.returncode else ''}")
        # The values of the complete report are those of the table.
        convert(FOLDER / f"report{ending}", FOLDER / "again.json")
        same = essence(FOLDER / "again.json")[3:] == essence(FOLDER / "2021.json")[3:]
        say("ok" if same else "FAILED", f"report{ending} reads back the same")
    names.append("report")
    marked = run(XXGK, "check", "-q", "--force", ROOT / "fixtures/zhongzhuang-2017.txt", "-o", FOLDER / "marked.html")
    say("ok" if (FOLDER / "marked.html").exists() else "FAILED", f"marked.html {marked.stderr[:200]}")
    return names


def audit(names):
    program = shutil.which("openxml-audit")
    if not program:
        return say("skipped", "openxml-audit is missing")
    for name in names:
        result = run(program, FOLDER / f"{name}.docx")
        say("ok" if "Errors: 0" in result.stdout else "FAILED", f"{name}.docx has no error for openxml-audit")


def pages(path):
    words = run("pdfinfo", path).stdout.split()
    return words[words.index("Pages:") + 1]


def office(names):
    if not shutil.which("soffice") or not shutil.which("pdfinfo"):
        return say("skipped", "soffice or pdfinfo is missing")
    out = FOLDER / "office"
    run("soffice", "--headless", "--convert-to", "pdf", "--outdir", out, *(FOLDER / f"{name}.docx" for name in names))
    for name in names:
        own, other = pages(FOLDER / f"{name}.pdf"), pages(out / f"{name}.pdf")
        # A long name takes two lines in Word, and one small one in PDF.
        word = "ok" if own == other else "note"
        say(word, f"{name}: {other} pages in LibreOffice, {own} in the PDF")


def validate(names):
    jar = next((pathlib.Path(f) / "vnu-jar/build/dist/vnu.jar" for f in os.environ.get("NODE_PATH", "").split(":") if f), None)
    if not jar or not jar.exists() or not shutil.which("java"):
        return say("skipped", "vnu-jar is missing")
    files = [FOLDER / f"{name}.html" for name in names] + [FOLDER / "marked.html"]
    for name in names:
        page = FOLDER / f"{name}.framed.html"
        if not (FOLDER / f"{name}.fragment.html").exists():
            continue
        fragment = (FOLDER / f"{name}.fragment.html").read_text(encoding="utf-8")
        page.write_text(f'<!DOCTYPE html><html lang="zh-CN"><head><meta charset="utf-8"><title>t</title></head><body><main><h1>网站</h1>{fragment}</main></body></html>', encoding="utf-8")
        files.append(page)
    result = run("java", "-jar", jar, "--errors-only", *files)
    errors = [line for line in result.stderr.splitlines() if "error" in line]
    for line in errors[:10]:
        say("FAILED", line[-300:])
    if not errors:
        say("ok", f"{len(files)} pages have no error for vnu")


def accessible(names):
    chromium = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
    if not chromium or not shutil.which("node") or run("node", "-e", "require('axe-core'); require('puppeteer-core')").returncode:
        return say("skipped", "chromium, node, axe-core or puppeteer-core is missing")
    files = [f"{name}{end}" for name in names for end in (".html", ".framed.html")] + ["marked.html"]
    files = [file for file in files if (FOLDER / file).exists()]
    result = run("node", ROOT / "tests/published.mjs", chromium, FOLDER, *files)
    for line in (result.stdout + result.stderr).splitlines():
        say("FAILED" if line.startswith("violation") else "ok" if result.returncode == 0 else "FAILED", line[:300])


names = written()
audit(names)
office(names)
validate(names)
accessible(names)
print(f"{failed} failed; files in {FOLDER}")
sys.exit(failed > 0)
