#!/usr/bin/env python3
"""Fills a blank form through LibreOffice, as a clerk would type into it, and saves it.

usage: fill_form.py PORT FORM.xlsx VALUES.json FILLED.xlsx [ID=NUMBER ...]

VALUES.json is what `xxgk convert FORM.xlsx --to json` prints: it says which cell each figure belongs in. Every cell without
a formula gets 0, each ID its number, formula or not. Prints the texts of the column beside the table that are not blank, a
line each, with their cell and colour. Needs a LibreOffice that listens on PORT and its Python bridge (python3-uno).
"""

import json
import pathlib
import sys
import time

import uno
from com.sun.star.beans import PropertyValue


def connect(port):
    local = uno.getComponentContext()
    resolver = local.ServiceManager.createInstanceWithContext("com.sun.star.bridge.UnoUrlResolver", local)
    address = f"uno:socket,host=127.0.0.1,port={port};urp;StarOffice.ComponentContext"
    for _ in range(120):
        try:
            context = resolver.resolve(address)
            return context.ServiceManager.createInstanceWithContext("com.sun.star.frame.Desktop", context)
        except Exception:
            time.sleep(0.5)
    sys.exit("LibreOffice does not answer")


def option(name, value):
    return PropertyValue(Name=name, Value=value)


def main():
    port, form, values, filled = sys.argv[1:5]
    own = dict(word.split("=") for word in sys.argv[5:])
    address = lambda path: pathlib.Path(path).resolve().as_uri()
    document = connect(port).loadComponentFromURL(address(form), "_blank", 0, (option("Hidden", True),))
    sheet = document.Sheets.getByIndex(0)
    for value in json.load(open(values, encoding="utf-8"))["values"]:
        if not value["at"]:
            continue
        cell = sheet.getCellRangeByName(value["at"]["cell"])
        if value["id"] in own:
            cell.Value = float(own[value["id"]])
        elif not cell.Formula.startswith("="):
            cell.Value = 0
    document.calculateAll()
    cursor = sheet.createCursor()
    cursor.gotoEndOfUsedArea(False)
    last = cursor.RangeAddress
    column = last.EndColumn
    for row in range(last.EndRow + 1):
        cell = sheet.getCellByPosition(column, row)
        if cell.Formula.startswith("=") and cell.String.strip():
            print(f"{row + 1}\t{cell.CharColor:06X}\t{cell.String.strip()}")
    document.storeToURL(address(filled), (option("FilterName", "Calc MS Excel 2007 XML"),))
    document.close(True)


if __name__ == "__main__":
    main()
