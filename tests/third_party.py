#!/usr/bin/env python3
"""Writes THIRD-PARTY-LICENSES.md: the licences of all that is part of the program.

    tests/third_party.py            writes the file
    tests/third_party.py --check    fails if the file is not current

The crates are those that `cargo metadata` names as normal dependencies, on the targets of deny.toml. Their texts come from
the sources in cargo's registry. A crate that offers several licences is used under the first that deny.toml allows; a crate
with none of them is an error.
"""
import collections
import json
import pathlib
import re
import subprocess
import sys
import tomllib

ROOT = pathlib.Path(__file__).resolve().parent.parent
TARGET = ROOT / "THIRD-PARTY-LICENSES.md"
DENY = tomllib.loads((ROOT / "deny.toml").read_text())
NAMES = re.compile(r"^(licen[cs]e|copying|notice|unlicense|copyright)", re.I)
# What a licence file of a crate with several is called.
FILE_OF = {
    "Apache-2.0": r"apache", "MIT": r"mit", "BSD-2-Clause": r"bsd", "BSD-3-Clause": r"bsd", "Zlib": r"zlib",
    "Unicode-3.0": r"unicode", "MPL-2.0": r"mpl",
}
# C code within a crate has a licence of its own.
BUNDLED = ("libdeflate-sys", "libmimalloc-sys")
# Files of ours that are not under our licence.
ASSETS = [
    ("Noto Serif SC (title, body), subset", "OFL-1.1", "templates/fonts/LICENSE-noto-serif-sc.txt"),
    ("Noto Sans SC (heading), subset", "OFL-1.1", "templates/fonts/LICENSE-noto-sans-sc.txt"),
    ("OpenCC, variants of characters", "Apache-2.0", "LICENSE-APACHE"),
]
INTRO = """\
# Third-party licences

`xxgk` is under MIT or Apache-2.0. The program also contains the crates and files below. `tests/third_party.py` writes this file.

Crates under MPL-2.0 are used unchanged; their source is on crates.io under the name and version given.
`templates/icc/srgb.icc` is the project's own work and dedicated to the public domain (CC0-1.0).
"""


def shipped():
    """The packages that the program contains."""
    command = ["cargo", "metadata", "--format-version", "1", "--locked"]
    command += [f"--filter-platform={target}" for target in DENY["graph"]["targets"]]
    metadata = json.loads(subprocess.run(command, cwd=ROOT, check=True, capture_output=True).stdout)
    packages = {package["id"]: package for package in metadata["packages"]}
    nodes = {node["id"]: node for node in metadata["resolve"]["nodes"]}
    seen, todo = set(), [metadata["resolve"]["root"]]
    while todo:
        for dependency in nodes[todo.pop()]["deps"]:
            normal = any(kind["kind"] is None for kind in dependency["dep_kinds"])
            if normal and dependency["pkg"] not in seen:
                seen.add(dependency["pkg"])
                todo.append(dependency["pkg"])
    return sorted((packages[key] for key in seen), key=lambda package: (package["name"], package["version"]))


def chosen(expression, allowed):
    """The licences of an SPDX expression that apply: one of each OR, all of an AND."""
    expression = expression.replace("/", " OR ")
    parts = [part.strip("() ") for part in re.split(r"\s+AND\s+", expression)]
    found = []
    for part in parts:
        offers = [offer.strip("() ") for offer in re.split(r"\s+OR\s+", part)]
        found.append(min(offers, key=lambda offer: allowed.index(offer) if offer in allowed else len(allowed)))
    return found


def texts(package, licences):
    """The licence files of a package that belong to the licences, or all if none is named after one."""
    folder = pathlib.Path(package["manifest_path"]).parent
    pattern = "**/*" if package["name"] in BUNDLED else "*"
    files = sorted(file for file in folder.glob(pattern) if file.is_file() and NAMES.match(file.name))
    wanted = [file for file in files if any(re.search(FILE_OF.get(name, "$^"), file.name, re.I) for name in licences)]
    notices = [file for file in files if file.name.lower().startswith("notice")]
    kept = files if package["name"] in BUNDLED or not wanted else wanted + [file for file in notices if file not in wanted]
    return [normal(file.read_text("utf-8", "replace")) for file in kept]


def normal(text):
    return "\n".join(line.rstrip() for line in text.replace("\r\n", "\n").strip("\n").split("\n"))


def is_apache(text):
    return "Apache License" in text[:400] and "Version 2.0" in text[:400]


def build():
    allowed = DENY["licenses"]["allow"] + ["MPL-2.0"]
    apache = normal((ROOT / "LICENSE-APACHE").read_text())
    packages = [(package, chosen(package["license"], allowed)) for package in shipped()]
    exceptions = {entry["crate"]: entry["allow"] for entry in DENY["licenses"]["exceptions"]}
    for package, licences in packages:
        if forbidden := set(licences) - set(DENY["licenses"]["allow"] + exceptions.get(package["name"], [])):
            sys.exit(f"deny.toml does not allow {', '.join(forbidden)} for {package['name']}")
    found = {package["id"]: texts(package, licences) for package, licences in packages}
    # The texts of licences for packages without a file, from packages with one.
    known = {"Apache-2.0": apache}
    for package, licences in packages:
        if len(licences) == 1 and found[package["id"]]:
            known.setdefault(licences[0], re.sub(r"(?m)^.*copyright \(c\).*\n+", "", found[package["id"]][0], flags=re.I))
    rows, groups = [], collections.defaultdict(list)
    for package, licences in packages:
        name = f"{package['name']} {package['version']}"
        rows.append(f"| {name} | {' and '.join(licences)} | {package['license']} |")
        for text in found[package["id"]] or [known[licence] for licence in licences]:
            # The Apache licence is one text, whatever a crate wrote into its appendix.
            text = apache if is_apache(text) else text
            if name not in groups[text]:
                groups[text].append(name)
    for title, licence, path in ASSETS:
        rows.append(f"| {title} | {licence} | {licence} |")
        groups[normal((ROOT / path).read_text())].append(title)
    out = [INTRO, "| part | used under | offered under |", "|---|---|---|", *rows, ""]
    for text, names in sorted(groups.items(), key=lambda group: (-len(group[1]), group[1])):
        out += [f"## {', '.join(names)}", "", "````text", text, "````", ""]
    return "\n".join(out)


def main():
    built = build()
    if "--check" not in sys.argv:
        TARGET.write_text(built)
    elif not TARGET.exists() or TARGET.read_text() != built:
        sys.exit(f"{TARGET.name} is not current: run tests/third_party.py")


if __name__ == "__main__":
    main()
