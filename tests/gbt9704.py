#!/usr/bin/env python3
"""Measures the pages of PDF files against GB/T 9704-2012 and prints a table: what is measured, the standard, the page.

    tests/gbt9704.py FILE.pdf …      needs pymupdf (PyPI); exits with 1 if a line does not hold

Portrait pages only. Lengths in mm, sizes in points. Ink is measured on the rendered page, at 1,200 dots to the inch.
"""

import sys

import pymupdf

POINT = 25.4 / 72
PAPER = (210.0, 297.0)
LEFT, TOP, WIDTH, HEIGHT = 28.0, 37.0, 156.0, 225.0
LINE = HEIGHT / 22
DROP = 7.0
TITLE, MARK, NUMBER = 22.0, 16.0, 14.0
DPI = 1200


class Table:
    """The lines that were measured."""

    def __init__(self, name):
        self.name, self.failed, self.count = name, 0, 0

    def line(self, what, standard, measured, tolerance):
        holds = abs(measured - standard) <= tolerance
        self.count += 1
        self.failed += not holds
        print(f"{self.name:24} {what:44} {standard:8.2f} {measured:8.2f}  {'ok' if holds else 'FAILED'}")


def spans(page):
    """The texts of a page with font, size and box, from the top down."""
    for block in page.get_text("dict")["blocks"]:
        for line in block.get("lines", []):
            for span in line["spans"]:
                if span["text"].strip():
                    yield span


def ink(page, box):
    """The black parts of a box, as a list of rows of pixels, and where it begins."""
    clip = pymupdf.Rect(box)
    pixels = page.get_pixmap(dpi=DPI, clip=clip, colorspace=pymupdf.csGRAY)
    rows = [pixels.samples[y * pixels.stride : y * pixels.stride + pixels.width] for y in range(pixels.height)]
    return rows, pixels.x * 72 / DPI, pixels.y * 72 / DPI


def dash(page, box):
    """Left end, right end and middle height of the first run of ink in a box, in mm."""
    rows, x, y = ink(page, box)
    black = [any(row[column] < 128 for row in rows) for column in range(len(rows[0]))]
    first = black.index(True)
    last = first
    while last + 1 < len(black) and black[last + 1]:
        last += 1
    heights = [at for at, row in enumerate(rows) if any(value < 128 for value in row[first : last + 1])]
    scale = 72 / DPI
    middle = (heights[0] + heights[-1] + 1) / 2
    return ((x + first * scale) * POINT, (x + (last + 1) * scale) * POINT, (y + middle * scale) * POINT)


def rules(page):
    """The ends of the ruling lines of a page, in mm."""
    ends = [item[1:] for drawing in page.get_drawings() for item in drawing["items"] if item[0] == "l"]
    points = [point for end in ends for point in end]
    return [(point.x * POINT, point.y * POINT) for point in points]


def middle(span):
    """The middle of the squares of hanzi of a span, in mm from the top: 0.38 em above the base line."""
    return (span["origin"][1] - 0.38 * span["size"]) * POINT


def measure_page(table, page, number):
    shown = list(spans(page))
    page_number = shown[-1]
    table.line(f"page {number}: width", PAPER[0], page.rect.width * POINT, 0.1)
    table.line(f"page {number}: height", PAPER[1], page.rect.height * POINT, 0.1)
    corners = rules(page)
    if corners:
        table.line(f"page {number}: left edge of the tables", LEFT, min(x for x, _ in corners), 0.1)
        table.line(f"page {number}: right edge of the tables", LEFT + WIDTH, max(x for x, _ in corners), 0.1)
        over = max(y for _, y in corners) - (TOP + HEIGHT)
        table.line(f"page {number}: tables below the type area", 0, max(over, 0), 0.1)
        table.line(f"page {number}: text above the type area", 0, max(TOP - min(y for _, y in corners), 0), 0.1)
    table.line(f"page {number}: size of the page number", NUMBER, page_number["size"], 0.01)
    left, _, height = dash(page, page_number["bbox"])
    x0, y0, x1, y1 = page_number["bbox"]
    # The second dash is where the text ends.
    em = NUMBER * POINT
    start, end, _ = dash(page, (x1 - NUMBER * 1.2, y0, x1 + 2, y1))
    table.line(f"page {number}: length of a dash", em, end - start, 0.06)
    table.line(f"page {number}: dash below the type area", DROP, height - TOP - HEIGHT, 0.1)
    if number % 2:
        table.line(f"page {number}: number from the right edge", em, LEFT + WIDTH - end, 0.1)
    else:
        table.line(f"page {number}: number from the left edge", em, left - LEFT, 0.1)
    return shown


def measure_first(table, shown):
    titles = [span for span in shown if abs(span["size"] - TITLE) < 0.01]
    table.line("title: lines in full size", max(len(titles), 1), len(titles), 0)
    for at, span in enumerate(titles, 1):
        center = (span["bbox"][0] + span["bbox"][2]) / 2 * POINT
        table.line(f"title: middle of line {at}", LEFT + WIDTH / 2, center, 0.6)
    if shown[0]["text"].startswith("附件"):
        table.line("annex mark: size", MARK, shown[0]["size"], 0.01)
        table.line("annex mark: left edge", LEFT, shown[0]["bbox"][0] * POINT, 0.3)
        table.line("annex mark: middle in the first line", TOP + LINE / 2, middle(shown[0]), LINE / 2)
        table.line("annex title: middle of the third line", TOP + 2.5 * LINE, middle(titles[0]), 0.3)


def measure_fonts(table, document):
    """Digits of one width, and dashes from edge to edge."""
    widths, dashes = {}, []
    for page in document:
        for trace in page.get_texttrace():
            for code, _, origin, box in trace["chars"]:
                if chr(code).isascii() and chr(code).isdigit():
                    widths.setdefault(trace["font"], set()).add(round((box[2] - box[0]) / trace["size"], 3))
                if chr(code) == "—":
                    dashes.append((box[2] - box[0]) / trace["size"])
    for font, found in sorted(widths.items()):
        table.line(f"digits: widths in {font[-20:]}", 1, len(found), 0)
    if dashes:
        table.line("dash: advance in em", 1, min(dashes), 0.001)


def main():
    if len(sys.argv) < 2:
        sys.exit(__doc__)
    failed = count = 0
    for path in sys.argv[1:]:
        table = Table(path.rsplit("/", 1)[-1])
        with pymupdf.open(path) as document:
            for number, page in enumerate(document, 1):
                shown = measure_page(table, page, number)
                if number == 1:
                    measure_first(table, shown)
            measure_fonts(table, document)
        failed, count = failed + table.failed, count + table.count
    print(f"{count} lines, {failed} failed")
    sys.exit(failed > 0)


if __name__ == "__main__":
    main()
