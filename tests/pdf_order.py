#!/usr/bin/env python3
"""Checks that text copied from a PDF has the rows of its form in order.

usage: pdf_order.py FORM.xlsx FORM.pdf [NAME=TEXT ...]

FORM.xlsx is the workbook of the same report; it gives the texts of each row from left to right. TEXT is what a program
copied from the PDF, with a form feed after each page; PyMuPDF (PyPI) is asked here where it is installed. For each program
and row, label, unit and values must follow one another with no other text between them, and the page number must come last on
its page. Headers and labels that a new page repeats may stand at its top. Prints a line for each program; needs openpyxl.
"""

import pathlib
import re
import sys

import openpyxl


def squeezed(text):
    """A text without white space: programs differ in where they break lines."""
    return re.sub(r"[\s\u200b]+", "", text)


def printed(cell):
    """What a cell prints."""
    if isinstance(cell.value, (int, float)):
        decimals = re.fullmatch(r"0\.(0+)", cell.number_format)
        return f"{cell.value:.{len(decimals[1])}f}" if decimals else str(cell.value)
    return squeezed(str(cell.value))


def rows_of(workbook):
    """The rows of a form: for each text whether it is a label that an earlier row has in the same column.

    Workbooks repeat merged labels where the paper breaks, which need not be where the PDF breaks.
    """
    seen = set()
    for row in openpyxl.load_workbook(workbook).worksheets[0].iter_rows():
        texts = []
        for cell in row:
            if cell.value is None:
                continue
            label = (cell.column, printed(cell))
            texts.append((label[1], isinstance(cell.value, str) and label in seen))
            seen.add(label)
        if texts:
            yield texts


def end_of(row, text, at):
    """Where a row ends that starts at a place; none where it does not stand there."""
    for part, is_repeated in row:
        if text.startswith(part, at):
            at += len(part)
        elif not is_repeated:
            return None
    return at


def pages_of(text):
    """The pages of a text without their numbers, and the numbers that do not come last."""
    pages, misplaced = [], 0
    for number, page in enumerate(text.rstrip("\f\n").split("\f"), 1):
        page, mark = squeezed(page), f"—{number}—"
        misplaced += not page.endswith(mark)
        pages.append(page.removesuffix(mark))
    return pages, misplaced


def past_repeated(seen, row, text, at):
    """Where a row may start at the top of a page: there, or behind labels of earlier rows."""
    while end_of(row, text, at) is None:
        label = max((label for label in seen if text.startswith(label, at)), key=len, default=None)
        if not label:
            break
        at += len(label)
    return at


def check(rows, text):
    """The rows that are not in order, and how many page numbers are not."""
    pages, misplaced = pages_of(text)
    text, starts, at = "".join(pages), set(), 0
    for page in pages:
        starts.add(at)
        at += len(page)
    wrong, seen, at = [], [], 0
    for row in rows:
        if at in starts:
            at = past_repeated(seen, row, text, at)
        end = end_of(row, text, at)
        if end is None:
            wrong.append((row, text[at : at + 60]))
            # The next row may be right again.
            found = text.find(row[0][0], at)
            end = found + len(row[0][0]) if found >= 0 else at
        at = end
        seen += [part for part, _ in row if not re.fullmatch(r"[\d.]+", part)]
    if at != len(text):
        wrong.append(([("end of the form", False)], text[at : at + 60]))
    return wrong, misplaced


def mupdf(pdf):
    """The text that PyMuPDF copies; none where it is not installed."""
    try:
        import pymupdf
    except ImportError:
        return None
    with pymupdf.open(pdf) as document:
        return "\f".join(page.get_text() for page in document)


def main():
    workbook, pdf, *named = sys.argv[1:]
    rows = list(rows_of(workbook))
    texts = [("PyMuPDF", mupdf(pdf))]
    texts += [(name, pathlib.Path(path).read_text("utf-8")) for name, path in (one.split("=", 1) for one in named)]
    failed = False
    for name, text in texts:
        if text is None:
            print(f"skipped  {name}: not installed")
            continue
        wrong, misplaced = check(rows, text)
        failed |= bool(wrong or misplaced)
        verdict = "FAILED" if wrong or misplaced else "ok"
        values = sum(len(row) > 1 for row in rows)
        print(f"{verdict:8} {name}: {len(rows) - len(wrong)} of {len(rows)} rows in order, {values} of them with values")
        for row, found in wrong[:5]:
            print(f"         {' | '.join(part for part, _ in row)}\n      != {found}")
        if misplaced:
            print(f"         {misplaced} page numbers do not come last")
    sys.exit(failed)


main()
