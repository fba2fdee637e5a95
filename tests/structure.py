#!/usr/bin/env python3
"""Checks the structure of src/ against ARCHITECTURE.md.

    tests/structure.py [--edges]

1. No module imports from a module above it. The order is the `layers` block of ARCHITECTURE.md, from the bottom to the
   top; modules on one line may import each other.
2. No import cycle between files.
3. No file over 400 lines and no function over 60 lines.

Exceptions to 2 and 3 are in tests/structure-allow.txt, one a line, with two spaces before the reason:

    src/a.rs -> src/b.rs  reason        an import that is left out of the search for cycles
    src/a.rs  reason                    a long file
    src/a.rs::function  reason          a long function

`*` stands for any text: `src/read/* -> src/read/mod.rs` is every file of a folder that imports from its module file.
An exception that is no longer needed is an error. Tests (`#[cfg(test)]` and tests.rs) are left out of 1, 2 and of long
functions. --edges prints every import between files.
"""
import fnmatch
import pathlib
import re
import sys

ROOT = pathlib.Path(__file__).resolve().parent.parent
SRC = ROOT / "src"
FILE_LINES, FUNCTION_LINES = 400, 60

# Comments, strings and characters; lifetimes are no characters.
TOKEN = re.compile(
    r"""//[^\n]*|/\*.*?\*/|b?r(?P<hashes>\#*)".*?"(?P=hashes)|b?"(?:\\.|[^"\\])*"|b?'(?:\\[^\n]+?|[^\\\n'])'""", re.S
)


def bare(source):
    """The source without comments and strings, with the same lines."""
    return TOKEN.sub(lambda token: "\n" * token[0].count("\n") or " ", source)


def closing(text, start):
    """Where the brace that opens at `start` is closed."""
    depth = 0
    for at in range(start, len(text)):
        depth += {"{": 1, "}": -1}.get(text[at], 0)
        if depth == 0:
            return at
    return len(text)


def without_tests(text):
    """Blanks every item below `#[cfg(test)]`, with the same lines."""
    for found in reversed(list(re.finditer(r"#\[cfg\(test\)\]", text))):
        ends = re.compile(r"[;{]").search(text, found.end())
        end = ends.start() if ends[0] == ";" else closing(text, ends.start())
        text = text[: found.start()] + "\n" * text[found.start() : end + 1].count("\n") + text[end + 1 :]
    return text


class Module:
    """A file: its path in the crate, its text without tests, its children and what it imports by name."""

    def __init__(self, file):
        self.file = file.relative_to(ROOT).as_posix()
        parts = list(file.relative_to(SRC).with_suffix("").parts)
        self.path = tuple(part for part in parts if part not in ("mod", "lib", "main")) if parts[0] != "main" else ("main",)
        source = file.read_text()
        self.lines = source.count("\n")
        self.text = without_tests(bare(source))
        self.uses = {}
        self.imports = set()
        self.globs = []

    def is_test(self):
        return self.path[-1:] == ("tests",) or "tests" in self.path

    def read_uses(self):
        """`use` trees as lists of names; fills the names that the file brings into its scope."""
        for found in re.finditer(r"\buse\s+([^;]+);", self.text):
            for path, name in flatten(found[1]):
                if name == "*":
                    self.globs.append(path)
                else:
                    self.uses.setdefault(name, path)
                yield path

    def paths(self):
        """Every path in the file that may lead to another file."""
        yield from self.read_uses()
        body = re.sub(r"\buse\s+[^;]+;", "", self.text)
        for found in re.finditer(r"(?<![\w:])(?:crate|self|super)(?:\s*::\s*\w+)+", body):
            yield re.split(r"\s*::\s*", found[0])
        for child in self.children:
            if re.search(rf"(?<![\w:]){child}\s*::", body):
                yield ["self", child]


def flatten(tree):
    """The paths of a `use` tree, each with the name that it gets."""
    tree = tree.strip()
    head, brace, rest = tree.partition("{")
    prefix = [part.strip() for part in head.split("::") if part.strip()]
    if not brace:
        path = [part.split(" as ")[0].strip() for part in prefix]
        alias = tree.split(" as ")[-1].strip() if " as " in tree else path[-1]
        if path[-1] == "*":
            yield path[:-1], "*"
        else:
            yield path, alias
        return
    depth, item = 0, ""
    for character in rest.rsplit("}", 1)[0] + ",":
        depth += {"{": 1, "}": -1}.get(character, 0)
        if character == "," and depth == 0:
            if item.strip():
                for path, name in flatten(item):
                    whole = prefix + (path[1:] if path[0] == "self" else path)
                    yield whole, prefix[-1] if path == ["self"] else name
            item = ""
        else:
            item += character


class Crate:
    def __init__(self):
        files = sorted(SRC.rglob("*.rs"))
        self.modules = {module.path: module for module in map(Module, files)}
        for module in self.modules.values():
            module.children = {path[-1] for path in self.modules if path and path[:-1] == module.path and path != ("main",)}
        kept = [module for module in self.modules.values() if not module.is_test()]
        paths = {module.path: list(module.paths()) for module in kept}
        for module in kept:
            for path in paths[module.path]:
                target = self.resolve(module, path)
                if target and target is not module:
                    module.imports.add(target.file)
        self.kept = kept
        self.by_file = {module.file: module for module in kept}

    def resolve(self, module, path, seen=()):
        """The file that a path in a module leads to; none for other crates."""
        if not path or (module.path, tuple(path)) in seen:
            return None
        seen = (*seen, (module.path, tuple(path)))
        first, rest = path[0], path[1:]
        if first in ("crate", "xxgk"):
            at = ()
        elif first == "self":
            at = module.path
        elif first == "super":
            at = module.path[:-1]
        elif first in module.children:
            at, rest = module.path, path
        elif first in module.uses and module.uses[first] != path:
            return self.resolve(module, module.uses[first] + rest, seen)
        else:
            return None
        while rest and rest[0] == "super":
            at, rest = at[:-1], rest[1:]
        while rest and (*at, rest[0]) in self.modules:
            at, rest = (*at, rest[0]), rest[1:]
        owner = self.modules.get(at)
        if owner is None or not rest:
            return owner
        if rest[0] in owner.uses:
            return self.resolve(owner, owner.uses[rest[0]] + rest[1:], seen) or owner
        return owner


def read_layers():
    """The order of modules: name to number, from the bottom."""
    block = re.search(r"^```layers\n(.*?)^```", (ROOT / "ARCHITECTURE.md").read_text(), re.S | re.M)
    lines = [line.split(":", 1)[-1] for line in block[1].splitlines() if line.strip()]
    return {name.strip(): at for at, line in enumerate(lines) for name in line.split(",")}


def top(module):
    return module.path[0] if module.path else "lib"


def layers(crate):
    order = read_layers()
    known = {top(module) for module in crate.kept} - {"lib", "main"}
    for name in sorted(known - order.keys()):
        yield f"ARCHITECTURE.md: module {name} is in no layer"
    for name in sorted(order.keys() - known):
        yield f"ARCHITECTURE.md: layers name a module that does not exist: {name}"
    for module in crate.kept:
        for file in sorted(module.imports):
            above, own = order.get(top(crate.by_file.get(file, module)), -1), order.get(top(module))
            if own is not None and above > own:
                yield f"{module.file}: imports {file}, which is in a layer above"


def cycles(crate, allow):
    """Every group of files that import each other, with a shortest cycle in it."""
    edges = {
        module.file: {file for file in module.imports if file in crate.by_file and not allow.take(f"{module.file} -> {file}")}
        for module in crate.kept
        if top(module) != "main" and module.path
    }
    for group in components(edges):
        cycle = shortest(group[0], edges, set(group))
        yield f"cycle of {len(group)} files: " + " -> ".join(cycle) + (f"; all: {', '.join(group)}" if len(group) > 2 else "")


def components(edges):
    """Groups of more than one file that reach each other."""
    def reach(start):
        seen, todo = set(), [start]
        while todo:
            for file in edges.get(todo.pop(), ()):
                if file not in seen:
                    seen.add(file)
                    todo.append(file)
        return seen

    reached = {file: reach(file) for file in edges}
    done = set()
    for file in sorted(edges):
        group = sorted(other for other in reached[file] if file in reached.get(other, ()))
        if len(group) > 1 and file not in done:
            done.update(group)
            yield group


def shortest(start, edges, group):
    queue, before = [start], {}
    for file in queue:
        for other in sorted(edges[file] & group):
            if other == start:
                path = [start]
                while file != start:
                    path.insert(1, file)
                    file = before[file]
                return [*path, start]
            if other not in before:
                before[other] = file
                queue.append(other)
    return [start]


def lengths(crate, allow):
    for module in crate.modules.values():
        if module.lines > FILE_LINES and not allow.take(module.file):
            yield f"{module.file}: {module.lines} lines, more than {FILE_LINES}"
    for module in crate.kept:
        for found in re.finditer(r"\bfn\s+(\w+)", module.text):
            opens = re.compile(r"[;{]").search(module.text, found.end())
            if not opens or opens[0] == ";":
                continue
            lines = module.text.count("\n", found.start(), closing(module.text, opens.start())) + 1
            if lines > FUNCTION_LINES and not allow.take(f"{module.file}::{found[1]}"):
                yield f"{module.file}::{found[1]}: {lines} lines, more than {FUNCTION_LINES}"


class Allow:
    """The exceptions, and which of them were needed."""

    def __init__(self):
        path = ROOT / "tests/structure-allow.txt"
        lines = path.read_text().splitlines() if path.exists() else []
        entries = [line for line in lines if line.strip() and not line.startswith("#")]
        self.reasons = dict(entry.split("  ", 1) if "  " in entry else (entry, "") for entry in entries)
        self.used = set()

    def take(self, key):
        matching = [entry for entry in self.reasons if fnmatch.fnmatchcase(key, entry)]
        self.used.update(matching)
        return bool(matching)

    def errors(self):
        for key, reason in self.reasons.items():
            if not reason.strip():
                yield f"tests/structure-allow.txt: no reason for {key}"
            if key not in self.used:
                yield f"tests/structure-allow.txt: no longer needed: {key}"


def main():
    crate, allow = Crate(), Allow()
    if "--edges" in sys.argv:
        print("\n".join(f"{module.file} -> {file}" for module in crate.kept for file in sorted(module.imports)))
        return
    found = [*layers(crate), *cycles(crate, allow), *lengths(crate, allow), *allow.errors()]
    print("\n".join(found))
    print(f"{len(crate.kept)} files, {len(found)} problems")
    sys.exit(1 if found else 0)


if __name__ == "__main__":
    main()
