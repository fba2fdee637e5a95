//! How much of a file is read at all: a hostile file must cost a message, never the machine.

use crate::error::{Error, ErrorKind, Result};

/// The largest file, in bytes.
pub const FILE: usize = 64 << 20;

/// The largest text, in bytes as stored.
pub const TEXT: usize = 32 << 20;

/// The largest part of a zip file once inflated, and of all its parts together.
pub const INFLATED: u64 = 128 << 20;

/// The most cells and paragraphs of one file.
pub const CELLS: usize = 800_000;

/// The most lines of one text, blank ones included; a sheet saved whole as text has some 1,048,576.
pub const LINES: usize = 2_000_000;

/// The most objects of one JSON file: reports, values and places.
pub const OBJECTS: usize = 400_000;

/// The most parts and the most lines of their heads in one web archive.
pub const MAIL_LINES: usize = 100_000;

/// The most bytes of text in all cells and paragraphs of one file; what is found in it costs some twenty times as much.
pub const CELL_TEXT: usize = 16 << 20;

/// The most bytes of text in one cell or paragraph: some two hundred tables run together in a line.
pub const ONE_TEXT: usize = 1 << 20;

/// The most statistics tables of one file.
pub const TABLES: usize = 1500;

/// The most bytes that are searched for the tables of one text; each table that is found has the rest searched again.
pub const SEARCHED: u64 = 1 << 30;

/// The most paragraphs and cells of one Word 97–2003 document, whose reader makes up to three kilobytes of each.
pub const WORD_CELLS: usize = 100_000;

/// The most sheets of one workbook.
pub const SHEETS: usize = 2000;

/// The most merged ranges of one workbook.
pub const MERGED: usize = 50_000;

/// The most shared strings that a workbook may announce.
pub const SHARED_STRINGS: u64 = 5_000_000;

/// The error of a file that is larger than what is read; both in words, such as `300 MB`.
pub(crate) fn too_large(found: impl ToString, limit: impl ToString) -> Error {
    Error::new(ErrorKind::TooLarge).with("found", found).with("limit", limit)
}

/// Whether so many statistics tables may be in one file.
pub(crate) fn check_tables(count: usize) -> Result<()> {
    if count > TABLES { Err(too_large("@format.many_reports", TABLES)) } else { Ok(()) }
}

/// A size in bytes as people say it.
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
    /// Allows for more cells.
    pub fn take(&mut self, cells: usize) -> Result<()> {
        self.cells = self.cells.saturating_add(cells);
        if self.cells > CELLS {
            return Err(too_large("@format.many_cells", CELLS));
        }
        Ok(())
    }

    /// Allows for one more cell with a text of so many bytes.
    pub fn take_text(&mut self, length: usize) -> Result<()> {
        self.take(1)?;
        if length > ONE_TEXT {
            return Err(too_large("@format.long_text", megabytes(ONE_TEXT as u64)));
        }
        self.check_text(length)?;
        self.text = self.text.saturating_add(length);
        Ok(())
    }

    /// Whether there is room for so much more text, before it is put together.
    pub fn check_text(&self, length: usize) -> Result<()> {
        if self.text.saturating_add(length) > CELL_TEXT {
            return Err(too_large("@format.much_text", megabytes(CELL_TEXT as u64)));
        }
        Ok(())
    }
}
