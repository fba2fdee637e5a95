"""Compares two workbooks: cells, styles, merges, widths, print settings, validations, conditional formats, comments.

Used by compare_binaries.py.
"""
import io

try:
    import openpyxl

    MISSING = None
except ImportError as error:
    openpyxl = None
    MISSING = f"xlsx: {error}"

# Each part of a cell's style, and the number under which the workbook keeps it.
STYLES = {"font": "fontId", "fill": "fillId", "border": "borderId", "alignment": "alignmentId", "number_format": "numFmtId", "protection": "protectionId"}


def compare(diff, place, old, new):
    if openpyxl is None:
        return
    books = [openpyxl.load_workbook(io.BytesIO(data), rich_text=True) for data in (old, new)]
    KNOWN.clear()
    diff.equal("xlsx", f"{place} sheets", *([(s.title, s.sheet_state) for s in book.worksheets] for book in books))
    diff.equal("xlsx", f"{place} names", *({name: value.attr_text for name, value in book.defined_names.items()} for book in books))
    for key in ["creator", "title", "subject", "description", "keywords", "language", "created", "modified"]:
        diff.equal("xlsx", f"{place} {key}", *(getattr(book.properties, key) for book in books))
    for a in books[0].worksheets:
        if a.title in books[1].sheetnames:
            compare_sheet(diff, f"{place} {a.title}", a, books[1][a.title])


def compare_sheet(diff, place, old, new):
    for name, facts in SHEET.items():
        diff.equal("xlsx", f"{place} {name}", facts(old), facts(new))
    cells = [{(c.row, c.column): c for row in sheet.iter_rows() for c in row if c.value is not None or c.has_style} for sheet in (old, new)]
    for at in sorted(cells[0].keys() ^ cells[1].keys()):
        cell = cells[0].get(at) or cells[1][at]
        diff.add("xlsx", f"{place}!{cell.coordinate}", f"only in {'old' if at in cells[0] else 'new'}: {cell.value!r}")
    for at in sorted(cells[0].keys() & cells[1].keys()):
        compare_cell(diff, place, cells[0][at], cells[1][at])


def compare_cell(diff, place, old, new):
    where = f"{place}!{old.coordinate}"
    if isinstance(old.value, str) and isinstance(new.value, str) and old.data_type == new.data_type == "s":
        diff.text("xlsx", where, str(old.value), str(new.value))
    else:
        diff.equal("xlsx", where, (old.data_type, old.value), (new.data_type, new.value))
    diff.text("xlsx", f"{where} comment", *(cell.comment.text if cell.comment else "" for cell in (old, new)))
    diff.equal("xlsx", f"{where} link", *(cell.hyperlink and (cell.hyperlink.target, cell.hyperlink.location) for cell in (old, new)))
    for style, number in STYLES.items():
        a, b = (style_of(cell, style, number) for cell in (old, new))
        if a != b:
            keys = [key for key in a if a[key] != b[key]] if isinstance(a, dict) else [style]
            parts = [(a[key], b[key]) if isinstance(a, dict) else (a, b) for key in keys]
            diff.add("xlsx", f"{where} {style}", "; ".join(f"{key}: {x} → {y}" for key, (x, y) in zip(keys, parts)))


KNOWN = {}


def style_of(cell, style, number):
    """A part of a cell's style as a plain value, made once for each number in a workbook."""
    key = (cell.parent.parent, style, getattr(cell._style, number))
    if key not in KNOWN:
        value = getattr(cell, style)
        KNOWN[key] = value if isinstance(value, str) else plain(value._StyleProxy__target)
    return KNOWN[key]


def attributes(*names):
    """The XML attributes of settings of a sheet."""
    return lambda sheet: {name: plain(getattr(sheet, name)) for name in names}


def plain(value):
    if value is None or isinstance(value, (str, int, float, bool)):
        return value
    if isinstance(value, (list, tuple)):
        return [plain(each) for each in value]
    if hasattr(value, "__attrs__"):
        return {name: plain(getattr(value, name)) for name in [*value.__attrs__, *value.__elements__]}
    return {name: plain(each) for name, each in vars(value).items()} if hasattr(value, "__dict__") else str(value)


def dimensions(holder, size):
    facts = ((key, getattr(item, size), item.hidden, item.outlineLevel) for key, item in holder.items())
    return sorted(fact for fact in facts if fact[1:] != (None, False, 0))


def columns(sheet):
    return sorted((key, item.min, item.max, item.width, item.hidden) for key, item in sheet.column_dimensions.items())


def conditional(sheet):
    rules = ((str(cells.sqref), plain(rule)) for cells in sheet.conditional_formatting for rule in cells.rules)
    return sorted(rules, key=repr)


SHEET = {
    "size": lambda sheet: sheet.dimensions,
    "merges": lambda sheet: sorted(str(cells) for cells in sheet.merged_cells.ranges),
    "columns": columns,
    "rows": lambda sheet: dimensions(sheet.row_dimensions, "height"),
    "print": attributes("page_setup", "page_margins", "print_options", "print_area", "print_title_rows", "print_title_cols"),
    "header and footer": attributes("HeaderFooter"),
    "breaks": lambda sheet: [plain(each) for each in (*sheet.row_breaks.brk, *sheet.col_breaks.brk)],
    "panes": lambda sheet: (sheet.freeze_panes, sheet.auto_filter.ref, sheet.sheet_view.showGridLines),
    "protection": attributes("protection"),
    "validations": lambda sheet: sorted(repr(plain(each)) for each in sheet.data_validations.dataValidation),
    "conditional formats": conditional,
    "tab": lambda sheet: plain(sheet.sheet_properties.tabColor),
}
