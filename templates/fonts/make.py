#!/usr/bin/env python3
"""Makes the fonts that xxgk ships: three open fonts cut down to the characters of charset.txt.

Needs Python 3.9 or later with `fonttools` (PyPI; 4.68 made the files kept here) and the unpacked npm packages
`@expo-google-fonts/noto-serif-sc` and `@expo-google-fonts/noto-sans-sc` (0.4.3). It installs and downloads nothing:

    npm pack @expo-google-fonts/noto-serif-sc@0.4.3 @expo-google-fonts/noto-sans-sc@0.4.3
    mkdir serif sans
    tar xzf expo-google-fonts-noto-serif-sc-0.4.3.tgz -C serif
    tar xzf expo-google-fonts-noto-sans-sc-0.4.3.tgz -C sans
    python3 make.py serif/package sans/package

Written beside this script, the same bytes each time: title.ttf, heading.ttf, body.ttf and the licences of the two
packages. Outlines stay TrueType (`glyf`), which PDF embeds as it is, on a grid half as fine as it was; the dash is one
em long and all digits are equally wide; hinting and layout features go, since nothing here uses them; of the names only what identifies the font, its copyright and its licence
stay.
"""

import pathlib
import shutil
import sys

from fontTools import subset
from fontTools.ttLib.scaleUpem import scale_upem

HERE = pathlib.Path(__file__).resolve().parent

# Role (the file written), package, file in the package.
FONTS = [
    ("title", "serif", "700Bold/NotoSerifSC_700Bold.ttf"),
    ("heading", "sans", "400Regular/NotoSansSC_400Regular.ttf"),
    ("body", "serif", "400Regular/NotoSerifSC_400Regular.ttf"),
]

# Copyright, family, style, unique name, full name, version, PostScript name, licence, licence address.
NAMES = [0, 1, 2, 3, 4, 5, 6, 13, 14]

# Units to the em, where the packages have 1000. Points of an outline move by up to a thousandth of an em: in the largest
# type of a form, 22 points, a third of a dot of a printer with 1200 dots to the inch. A PDF gets a tenth smaller.
UNITS = 500


# The dash, and the line of box drawing from edge to edge at the middle of a hanzi.
DASH, LINE = 0x2014, 0x2500


def charset():
    """The code points of charset.txt: one `U+XXXX` a line."""
    lines = (HERE / "charset.txt").read_text(encoding="ascii").split()
    return [int(line.removeprefix("U+"), 16) for line in lines]


def make(source, target, codes):
    """Cuts one font down; says which characters it lacks."""
    options = subset.Options()
    options.hinting = False
    options.layout_features = []
    options.drop_tables += ["BASE", "GDEF", "GPOS", "GSUB", "STAT", "VORG", "vhea", "vmtx", "gasp", "DSIG", "meta"]
    options.name_IDs = NAMES
    options.name_languages = [0x0409]
    options.name_legacy = False
    options.glyph_names = False
    options.notdef_outline = True
    options.recalc_timestamp = False
    options.recalc_bounds = False
    options.canonical_order = True
    font = subset.load_font(str(source), options)
    full_dash(font)
    tabular_digits(font)
    subsetter = subset.Subsetter(options)
    subsetter.populate(unicodes=codes)
    subsetter.subset(font)
    scale_upem(font, UNITS)
    subset.save_font(font, str(target), options)
    have = font.getBestCmap()
    lacking = [f"U+{code:04X}" for code in codes if code not in have]
    print(f"{target.name}: {target.stat().st_size} bytes, {len(have)} characters, lacks {' '.join(lacking) or 'none'}")


def full_dash(font):
    """Gives the dash the line that is one em long, so that two of them are unbroken, as in Chinese type.

    The packages have the dash of Latin type, which is shorter and lower.
    """
    for table in font["cmap"].tables:
        if LINE in table.cmap:
            table.cmap[DASH] = table.cmap[LINE]


def tabular_digits(font):
    """Makes all digits as wide as the widest, each in the middle, so that figures stand below each other."""
    cmap, metrics, outlines = font.getBestCmap(), font["hmtx"], font["glyf"]
    names = [cmap[ord(digit)] for digit in "0123456789"]
    width = max(metrics[name][0] for name in names)
    for name in names:
        advance, bearing = metrics[name]
        shift = (width - advance) // 2
        if shift:
            outlines[name].coordinates.translate((shift, 0))
            outlines[name].recalcBounds(outlines)
        metrics[name] = (width, bearing + shift)


def main():
    if len(sys.argv) != 3:
        sys.exit(f"usage: {sys.argv[0]} SERIF_PACKAGE SANS_PACKAGE")
    packages = {"serif": pathlib.Path(sys.argv[1]), "sans": pathlib.Path(sys.argv[2])}
    codes = charset()
    for role, package, file in FONTS:
        make(packages[package] / file, HERE / f"{role}.ttf", codes)
    for name, package in packages.items():
        shutil.copyfile(package / "LICENSE_FONT", HERE / f"LICENSE-noto-{name}-sc.txt")


if __name__ == "__main__":
    main()
