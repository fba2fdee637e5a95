//! Limits on input files, so that a hostile file costs an error message and nothing more.
//!
//! In: sizes. Out: nothing, or [`ErrorKind::TooLarge`]. Called by [`crate::read`], [`crate::recognize`] and the command
//! line.

use crate::error::{Error, ErrorKind, Result};

/// The largest file, in bytes.
pub(crate) const FILE: usize = 64 << 20;

/// The largest text, in bytes before decoding.
pub(crate) const TEXT: usize = 32 << 20;

/// The largest inflated size of a zip file: of one part, and of all parts together.
pub(crate) const INFLATED: u64 = 128 << 20;

/// The most bytes of all files of an archive together, with those of the archives in it.
pub(crate) const UNPACKED: u64 = 192 << 20;

/// The most files of an archive, with those of the archives in it.
pub(crate) const MEMBERS: usize = 5000;

/// The most bytes that may be unpacked with LZMA, in all 7z archives together: one of the size of a file would take ten seconds.
pub(crate) const SLOWLY_PACKED: u64 = 40 << 20;

/// The most bytes of memory that an archive may need to be unpacked, besides its files.
pub(crate) const UNPACKER_MEMORY: usize = 96 << 20;

/// The most cells and paragraphs in a file.
pub(crate) const CELLS: usize = 800_000;

/// The most lines in a text, including blank ones. A full worksheet saved as text has 1,048,576.
pub(crate) const LINES: usize = 2_000_000;

/// The most objects in a JSON file: reports, values and locations.
pub(crate) const OBJECTS: usize = 400_000;

/// The most parts and header lines in a web archive.
pub(crate) const MAIL_LINES: usize = 100_000;

/// The most bytes of text in all cells and paragraphs of a file. Recognition takes about twenty times as much memory.
pub(crate) const CELL_TEXT: usize = 16 << 20;

/// The most bytes of text in one cell or paragraph, enough for two hundred tables on one line.
pub(crate) const ONE_TEXT: usize = 1 << 20;

/// The most statistics tables in a file.
pub(crate) const TABLES: usize = 1500;

/// The most values beyond the form in all tables of a text. A table repeated hundreds of times has those of all others.
pub(crate) const EXTRA_VALUES: usize = 60_000;

/// The most bytes to search for tables in a text. After each table found, the rest is searched again.
pub(crate) const SEARCHED: u64 = 1 << 30;

/// The most paragraphs and cells in a Word 97–2003 document. Its parser takes up to three kilobytes for each.
pub(crate) const WORD_CELLS: usize = 100_000;

/// The most sheets in a workbook.
pub(crate) const SHEETS: usize = 2000;

/// The most merged ranges in a workbook.
pub(crate) const MERGED: usize = 50_000;

/// The most shared strings that a workbook may declare.
pub(crate) const SHARED_STRINGS: u64 = 5_000_000;

/// The largest template of a user, in bytes: fifty times the largest one shipped.
pub(crate) const TEMPLATE: usize = 1 << 20;

/// The most value columns of a report, enough for one for each organization of a county. A report has a value for each row
/// and column.
pub(crate) const COLUMNS: usize = 300;

/// The most pages in a file.
pub(crate) const PAGES: usize = 2000;

/// The most glyphs on all pages of a file. Each takes a hundred bytes.
pub(crate) const GLYPHS: usize = 1_000_000;

/// The most ruling lines and filled areas on all pages of a file.
pub(crate) const RULINGS: usize = 400_000;

/// The most comparisons of ruling lines, filled areas and glyphs of a file with each other.
pub(crate) const COMPARISONS: usize = 200_000_000;

/// The most operators in the content of all pages of a file, counted each time one is carried out.
pub(crate) const OPERATORS: usize = 4_000_000;

/// The most codes for which a font may state widths.
pub(crate) const FONT_CODES: usize = 400_000;

/// Counts what the pages of a file hold.
#[derive(Debug, Default)]
pub(crate) struct PageBudget {
    glyphs: usize,
    rulings: usize,
    comparisons: usize,
    operators: usize,
}

impl PageBudget {
    /// Counts more glyphs.
    pub(crate) fn glyphs(&mut self, count: usize) -> Result<()> {
        Self::count(&mut self.glyphs, count, GLYPHS, "@format.many_glyphs")
    }

    /// Counts more ruling lines.
    pub(crate) fn rulings(&mut self, count: usize) -> Result<()> {
        Self::count(&mut self.rulings, count, RULINGS, "@format.many_rulings")
    }

    /// Counts more comparisons.
    pub(crate) fn compare(&mut self, count: usize) -> Result<()> {
        Self::count(&mut self.comparisons, count, COMPARISONS, "@format.many_rulings")
    }

    /// Counts operators.
    pub(crate) fn operators(&mut self, count: usize) -> Result<()> {
        Self::count(&mut self.operators, count, OPERATORS, "@format.many_operators")
    }

    fn count(counter: &mut usize, count: usize, limit: usize, found: &str) -> Result<()> {
        *counter = counter.saturating_add(count);
        if *counter > limit { Err(too_large(found, limit)) } else { Ok(()) }
    }
}

/// Checks the number of pages of a file.
pub(crate) fn check_pages(count: usize) -> Result<()> {
    if count > PAGES { Err(too_large("@format.many_pages", PAGES)) } else { Ok(()) }
}

/// Checks the number of value columns of a report.
pub(crate) fn check_columns<'c>(columns: impl Iterator<Item = Option<&'c str>>) -> Result<()> {
    let distinct: std::collections::BTreeSet<_> = columns.collect();
    if distinct.len() > COLUMNS { Err(too_large("@format.many_columns", COLUMNS)) } else { Ok(()) }
}

/// The error for a file beyond a limit. Both sizes are texts such as `300 MB`.
pub(crate) fn too_large(found: impl ToString, limit: impl ToString) -> Error {
    Error::new(ErrorKind::TooLarge { found: found.to_string(), limit: limit.to_string() })
}

/// Checks the number of statistics tables in a file.
pub(crate) fn check_tables(count: usize) -> Result<()> {
    if count > TABLES { Err(too_large("@format.many_reports", TABLES)) } else { Ok(()) }
}

/// A size in bytes as a text in MB.
pub(crate) fn megabytes(bytes: u64) -> String {
    format!("{} MB", bytes.div_ceil(1 << 20))
}

/// Counts the cells and the text that a reader makes.
#[derive(Debug, Default)]
pub(super) struct CellBudget {
    cells: usize,
    text: usize,
}

impl CellBudget {
    /// Counts more cells.
    pub(crate) fn take(&mut self, cells: usize) -> Result<()> {
        self.cells = self.cells.saturating_add(cells);
        if self.cells > CELLS {
            return Err(too_large("@format.many_cells", CELLS));
        }
        Ok(())
    }

    /// Counts one cell with a text of `length` bytes.
    pub(crate) fn take_text(&mut self, length: usize) -> Result<()> {
        self.take(1)?;
        if length > ONE_TEXT {
            return Err(too_large("@format.long_text", megabytes(ONE_TEXT as u64)));
        }
        self.check_text(length)?;
        self.text = self.text.saturating_add(length);
        Ok(())
    }

    /// Checks that `length` more bytes of text are within the limit, before they are built.
    pub(crate) fn check_text(&self, length: usize) -> Result<()> {
        if self.text.saturating_add(length) > CELL_TEXT {
            return Err(too_large("@format.much_text", megabytes(CELL_TEXT as u64)));
        }
        Ok(())
    }
}
