"""Compares two PDF files: pages, document facts, fonts, tags with their text, text of a page, and rendering.

Used by compare_binaries.py. The order of text within a page's content is not compared, that of the tags is.
"""
import collections
import concurrent.futures
import os
import pathlib
import re
import shutil
import subprocess
import tempfile

try:
    import numpy
    import pikepdf
    from PIL import Image

    MISSING = None
except ImportError as error:
    pikepdf = None
    MISSING = f"PDF: {error}"

RESOLUTION = "60"
# Pairs of files that are rendered at the end, all at once.
PENDING = []
# Keys of structure elements that say where an element is, not what it is.
POSITION = {"/P", "/Pg", "/K", "/StructParent", "/Type"}


def compare(diff, place, old, new):
    if pikepdf is None:
        return
    PENDING.append((place, old, new))
    with tempfile.TemporaryDirectory() as folder:
        sides = []
        for name, data in (("old", old), ("new", new)):
            path = pathlib.Path(folder) / name
            path.write_bytes(data)
            with pikepdf.open(path) as pdf:
                sides.append(facts(pdf))
    for key in sides[0]:
        a, b = sides[0][key], sides[1][key]
        if isinstance(a, list) and isinstance(b, list) and a != b:
            diff.equal("pdf", f"{place} {key} count", len(a), len(b))
            for at, (x, y) in enumerate(zip(a, b)):
                if x != y:
                    diff.add("pdf", f"{place} {key}[{at}]", change(x, y))
                    break
        else:
            diff.equal("pdf", f"{place} {key}", a, b)


def change(old, new):
    """What was taken away and what was added, where both are counters; else both values."""
    if isinstance(old, collections.Counter):
        return f"gone {dict(old - new)}, added {dict(new - old)}"[:300]
    return f"{old!r} → {new!r}"[:400]


def facts(pdf):
    """Everything that is compared except rendering, as plain values."""
    pages = [Page(pdf, page) for page in pdf.pages]
    by_page = {page.objgen: at for at, page in enumerate(pdf.pages)}
    tree = pdf.Root.get("/StructTreeRoot")
    root = {key: plain(value) for key, value in pdf.Root.items() if key in ("/Lang", "/MarkInfo", "/ViewerPreferences", "/PageLayout")}
    return {
        "version": pdf.pdf_version,
        "root": root,
        "info": {key: str(value) for key, value in pdf.docinfo.items()},
        "xmp": re.sub(rb"\s+", b" ", pdf.Root.Metadata.read_bytes()) if "/Metadata" in pdf.Root else None,
        "intents": [plain(intent, 3) for intent in pdf.Root.get("/OutputIntents", [])],
        "outline": outline(pdf.Root.get("/Outlines", {}).get("/First")),
        "boxes": [[float(x) for x in page.mediabox] + [int(page.get("/Rotate", 0))] for page in pdf.pages],
        "fonts": [page.fonts for page in pages],
        "characters": [page.characters for page in pages],
        "artifacts": [page.artifacts for page in pages],
        "tags": list(walk(tree.K, pages, by_page, None, 0)) if tree is not None else [],
        "roles": plain(tree.get("/RoleMap", {})) if tree is not None else None,
    }


def outline(item):
    items = []
    while item is not None:
        items.append((str(item.get("/Title")), outline(item.get("/First"))))
        item = item.get("/Next")
    return items


def plain(value, depth=6):
    """A PDF object as a Python value."""
    if isinstance(value, pikepdf.Stream):
        return value.read_bytes() if depth > 0 else "stream"
    if isinstance(value, pikepdf.Dictionary):
        return {key: plain(item, depth - 1) for key, item in value.items() if key not in POSITION} if depth > 0 else {}
    if isinstance(value, pikepdf.Array):
        return [plain(item, depth - 1) for item in value]
    if isinstance(value, (pikepdf.String, pikepdf.Name)):
        return str(value)
    return value if isinstance(value, (bool, int, str, dict, type(None))) else float(value)


class Page:
    """The text of a page: by marked content, of artifacts, and all characters."""

    def __init__(self, pdf, page):
        self.texts, self.artifacts, self.characters, self.fonts = {}, collections.Counter(), collections.Counter(), set()
        self.read(page, page.get("/Resources", {}), [])
        self.fonts = sorted(self.fonts)
        self.artifacts = sorted(self.artifacts.elements())

    def read(self, stream, resources, marks):
        fonts = {name: Font(font) for name, font in resources.get("/Font", {}).items()}
        self.fonts |= {font.name for font in fonts.values()}
        font, artifact = None, ""
        for operands, operator in pikepdf.parse_content_stream(stream):
            operator = str(operator)
            if operator in ("BDC", "BMC"):
                properties = operands[1] if operator == "BDC" else {}
                if isinstance(properties, pikepdf.Name):
                    properties = resources.get("/Properties", {}).get(properties, {})
                marks = [*marks, (str(operands[0]), int(properties["/MCID"]) if "/MCID" in properties else None)]
            elif operator == "EMC":
                if marks[-1][0] == "/Artifact" and artifact:
                    self.artifacts[artifact] += 1
                    artifact = ""
                marks = marks[:-1]
            elif operator == "Tf":
                font = fonts[str(operands[0])]
            elif operator in ("Tj", "TJ", "'", '"'):
                parts = operands[-1] if operator == "TJ" else [operands[-1]]
                text = "".join(font.decode(bytes(part)) for part in parts if isinstance(part, (pikepdf.String, bytes)))
                self.characters.update(character for character in text if not character.isspace())
                number = next((number for _, number in reversed(marks) if number is not None), None)
                if number is not None:
                    self.texts[number] = self.texts.get(number, "") + text
                else:
                    artifact += text
            elif operator == "Do":
                form = resources.get("/XObject", {}).get(operands[0])
                if form is not None and form.get("/Subtype") == "/Form":
                    self.read(form, form.get("/Resources", resources), marks)


class Font:
    """A font as far as its text is read: codes to Unicode."""

    cache = {}

    def __init__(self, font):
        self.name = re.sub(r"^/[A-Z]{6}\+", "/", str(font.get("/BaseFont", "")))
        self.width = 2 if font.get("/Subtype") == "/Type0" else 1
        data = font["/ToUnicode"].read_bytes() if "/ToUnicode" in font else b""
        if data not in Font.cache:
            Font.cache[data] = self.read(data.decode("latin-1"))
        self.map = Font.cache[data]

    @staticmethod
    def read(text):
        codes = {}
        characters = lambda digits: bytes.fromhex(digits).decode("utf-16-be", "replace")
        for block in re.findall(r"beginbfchar(.*?)endbfchar", text, re.S):
            for code, value in re.findall(r"<(\w+)>\s*<(\w+)>", block):
                codes[int(code, 16)] = characters(value)
        for block in re.findall(r"beginbfrange(.*?)endbfrange", text, re.S):
            for first, last, value, values in re.findall(r"<(\w+)>\s*<(\w+)>\s*(?:<(\w+)>|\[(.*?)\])", block, re.S):
                values = re.findall(r"<(\w+)>", values)
                for at, code in enumerate(range(int(first, 16), int(last, 16) + 1)):
                    codes[code] = characters(values[at]) if values else characters(f"{int(value, 16) + at:0{len(value)}x}")
        return codes

    def decode(self, data):
        codes = (int.from_bytes(data[at:at + self.width], "big") for at in range(0, len(data), self.width))
        return "".join(self.map.get(code, f"<{code:x}>") for code in codes)


def walk(kid, pages, by_page, page, depth):
    """The structure tree in order: depth, element with its attributes, or the text of marked content."""
    if isinstance(kid, pikepdf.Array):
        for each in kid:
            yield from walk(each, pages, by_page, page, depth)
    elif isinstance(kid, int):
        yield depth, pages[page].texts.get(kid, "")
    elif kid.get("/Type") == "/MCR":
        yield depth, pages[by_page[kid.Pg.objgen] if "/Pg" in kid else page].texts.get(int(kid.MCID), "")
    elif kid.get("/Type") == "/OBJR":
        yield depth, plain(kid.Obj, 2)
    else:
        page = by_page[kid.Pg.objgen] if "/Pg" in kid else page
        yield depth, {key: plain(value) for key, value in kid.items() if key not in POSITION}
        if "/K" in kid:
            yield from walk(kid.K, pages, by_page, page, depth + 1)


def render_all(diff):
    """Compares the pixels of all pairs of files seen."""
    if not shutil.which("pdftoppm"):
        global MISSING
        MISSING = MISSING or "rendering: no pdftoppm"
        return
    with tempfile.TemporaryDirectory() as folder, concurrent.futures.ThreadPoolExecutor(os.cpu_count()) as pool:
        def render(at, side, data):
            path = pathlib.Path(folder) / f"{at}-{side}"
            path.with_suffix(".pdf").write_bytes(data)
            subprocess.run(["pdftoppm", "-r", RESOLUTION, "-gray", path.with_suffix(".pdf"), path], check=True)
            images = [numpy.array(Image.open(image), dtype=int) for image in sorted(path.parent.glob(f"{at}-{side}-*.pgm"))]
            for image in path.parent.glob(f"{at}-{side}*"):
                image.unlink()
            return images

        def pixels(job):
            at, (place, old, new) = job
            return place, [
                int((a != b).sum()) if a.shape == b.shape else "size" for a, b in zip(render(at, "a", old), render(at, "b", new))
            ]

        for place, pages in pool.map(pixels, enumerate(PENDING)):
            if any(pages):
                diff.add("pixels", place, f"pixels that differ, page by page: {pages}")
    diff.compared["rendered pairs"] += len(PENDING)
    PENDING.clear()
