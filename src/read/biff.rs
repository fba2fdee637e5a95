//! Makes the record stream of an xls workbook safe to read with `calamine`.
//!
//! In: a workbook stream. Out: the same stream without dangerous records, or an error. Called by [`super::workbook`].
//!
//! `calamine` allocates whole rectangles of cells, a copy of the shared string for each cell that uses it, and every
//! formula as text, without limits: kilobytes can become gigabytes. A child process with a memory limit would help, but
//! every system limits memory differently. So this module counts in advance what `calamine` will allocate, and removes
//! what is not needed: formulas, names, declared dimensions. `tests/hostile` shows that the count is right.
//!
//! Source: MS-XLS 2.4, `FilePass`, `BoundSheet8`, `Dimensions`, `SST` and the cell records.

pub(super) mod hidden;
mod tokens;

use std::collections::BTreeSet;

use crate::error::{Error, ErrorKind, Result};

use crate::limit;

const FORMULA: u16 = 0x0006;
const EOF: u16 = 0x000A;
const FILE_PASS: u16 = 0x002F;
const CONTINUE: u16 = 0x003C;
const BOUND_SHEET: u16 = 0x0085;
const MUL_RK: u16 = 0x00BD;
const R_STRING: u16 = 0x00D6;
const MERGED: u16 = 0x00E5;
const SHARED_STRINGS: u16 = 0x00FC;
const LABEL_SST: u16 = 0x00FD;
const DIMENSIONS: u16 = 0x0200;
const NUMBER: u16 = 0x0203;
const LABEL: u16 = 0x0204;
const BOOL_ERR: u16 = 0x0205;
const STRING: u16 = 0x0207;
const RK: u16 = 0x027E;
const BOF: u16 = 0x0809;
/// A type that no record has. Readers skip records of unknown types.
const SKIPPED: u16 = 0xFFFF;

/// The error value #N/A.
const NOT_AVAILABLE: u8 = 0x2A;

/// The workbook records that cells need: code page, date mode, formats and those named above.
const WORKBOOK: [u16; 8] = [BOF, EOF, CONTINUE, BOUND_SHEET, 0x0042, 0x0022, 0x041E, 0x00E0];

/// The largest area of cells in all sheets, because `calamine` allocates whole rectangles.
const AREA: u64 = 4_000_000;

/// The most `CONTINUE` records of one record. Each costs a pass over all that follow.
const CONTINUED: usize = 20_000;

/// How many times the stream's length may be read because sheets overlap.
const PASSES: usize = 4;

/// A record's type, and the range of its data in the stream.
#[derive(Clone, Copy)]
struct Record {
    kind: u16,
    start: usize,
    end: usize,
}

impl Record {
    fn at(stream: &[u8], at: usize) -> Option<Self> {
        let [a, b, c, d] = *stream.get(at..)?.first_chunk::<4>()?;
        let start = at + 4;
        let end = start + usize::from(u16::from_le_bytes([c, d]));
        (end <= stream.len()).then_some(Self { kind: u16::from_le_bytes([a, b]), start, end })
    }

    fn data(self, stream: &[u8]) -> &[u8] {
        &stream[self.start..self.end]
    }

    /// Changes the record's type.
    fn set_kind(self, stream: &mut [u8], kind: u16) {
        stream[self.start - 4..self.start - 2].copy_from_slice(&kind.to_le_bytes());
    }
}

/// Iterates over the records of the workbook or of one sheet, without embedded charts.
struct RecordWalker {
    at: usize,
    begun: bool,
    depth: usize,
}

impl RecordWalker {
    fn from(at: usize) -> Self {
        Self { at, begun: false, depth: 0 }
    }

    /// The next record before the end of the sheet. Skips charts.
    fn next(&mut self, stream: &[u8]) -> Option<Record> {
        loop {
            let record = Record::at(stream, self.at)?;
            self.at = record.end;
            match record.kind {
                BOF if self.begun => self.depth += 1,
                BOF => self.begun = true,
                EOF if self.depth == 0 => return None,
                EOF => {
                    self.depth -= 1;
                    continue;
                }
                _ => {}
            }
            if self.depth == 0 {
                return Some(record);
            }
        }
    }
}

/// Makes a workbook stream safe to read.
///
/// # Errors
/// [`ErrorKind::Encrypted`] with a password; [`ErrorKind::TooLarge`] if the area, the number of cells or their text
/// exceeds a limit; [`ErrorKind::Corrupt`] if sheets overlap.
pub(super) fn make_safe(mut stream: Vec<u8>) -> Result<Vec<u8>> {
    let (sheets, strings) = make_workbook_safe(&mut stream)?;
    let mut passed = 0usize;
    for sheet in &sheets {
        let mut walker = RecordWalker::from(*sheet);
        while let Some(record) = walker.next(&stream) {
            make_record_safe(&mut stream, record);
        }
        passed = passed.saturating_add(walker.at.saturating_sub(*sheet));
        if passed / PASSES > stream.len() {
            return Err(corrupt("@detail.structure"));
        }
    }
    // Count only now: overlapping sheets may have changed each other.
    let mut cost = Cost::default();
    for sheet in sheets {
        cost.add_sheet(&stream, sheet, &strings)?;
    }
    Ok(stream)
}

/// Removes workbook records that cells do not need. Returns where the sheets start, and the length of each shared
/// string in characters.
fn make_workbook_safe(stream: &mut [u8]) -> Result<(Vec<usize>, Vec<u16>)> {
    let mut sheets = BTreeSet::new();
    let mut strings = None;
    let mut walker = RecordWalker::from(0);
    let mut ended = false;
    // The first EOF ends the workbook, even inside another substream.
    while let Some(record) = Record::at(stream, walker.at).filter(|_| !ended) {
        walker.at = record.end;
        ended = record.kind == EOF;
        match record.kind {
            FILE_PASS => return Err(Error::new(ErrorKind::Encrypted)),
            BOUND_SHEET => {
                if let Some(position) = record.data(stream).first_chunk::<4>()
                    && !sheets.insert(u32::from_le_bytes(*position) as usize)
                {
                    return Err(corrupt("@detail.structure"));
                }
            }
            // If there are several, the last one counts.
            SHARED_STRINGS => {
                if let Some(before) = strings.replace(record) {
                    before.set_kind(stream, SKIPPED);
                }
            }
            kind if WORKBOOK.contains(&kind) => {}
            _ => record.set_kind(stream, SKIPPED),
        }
    }
    if sheets.len() > limit::SHEETS {
        return Err(limit::too_large(sheets.len(), limit::SHEETS));
    }
    let lengths = strings.map_or(Ok(Vec::new()), |record| string_lengths(stream, record))?;
    Ok((sheets.into_iter().collect(), lengths))
}

/// Removes from a sheet record what is not the value of a cell.
fn make_record_safe(stream: &mut [u8], record: Record) {
    let data = &mut stream[record.start..record.end];
    match record.kind {
        // Only used to allocate memory, and may declare any size.
        DIMENSIONS => record.set_kind(stream, SKIPPED),
        FORMULA if data.len() >= 22 => {
            // Source: MS-XLS 2.5.133, `FormulaValue`.
            let number = data[12..14] != [0xFF; 2];
            match data[6] {
                _ if number => record.set_kind(stream, NUMBER),
                kind @ (1 | 2) => {
                    (data[6], data[7]) = (data[8], kind - 1);
                    record.set_kind(stream, BOOL_ERR);
                }
                // The text is in the next record. Remove the formula.
                0 => data[20..22].fill(0),
                // An empty text is no result of a sum: the value is not there, and the cell is not blank.
                3 if tokens::is_numeric(&data[22..]) => {
                    (data[6], data[7]) = (NOT_AVAILABLE, 1);
                    record.set_kind(stream, BOOL_ERR);
                }
                3 => record.set_kind(stream, SKIPPED),
                _ => {}
            }
        }
        LABEL | R_STRING => limit_length(data, 6),
        STRING => limit_length(data, 0),
        _ => {}
    }
}

/// Limits the declared length of a text to the bytes there are, because the reader allocates what is declared.
fn limit_length(data: &mut [u8], at: usize) {
    let most = u16::try_from(data.len().saturating_sub(at)).unwrap_or(u16::MAX);
    if let Some(field) = data.get_mut(at..at + 2) {
        let declared = u16::from_le_bytes([field[0], field[1]]);
        field.copy_from_slice(&declared.min(most).to_le_bytes());
    }
}

/// What `calamine` will allocate for all sheets.
#[derive(Default)]
struct Cost {
    cells: usize,
    text: usize,
    area: u64,
    merged: usize,
}

/// The range of rows and columns with cells.
#[derive(Default)]
struct Span(Option<[u16; 4]>);

impl Span {
    fn take_in(&mut self, row: u16, left: u16, right: u16) {
        let [top, first, bottom, last] = self.0.unwrap_or([row, left, row, right]);
        self.0 = Some([top.min(row), first.min(left), bottom.max(row), last.max(right)]);
    }

    fn area(&self) -> u64 {
        let side = |first: u16, last: u16| u64::from(last.saturating_sub(first)) + 1;
        self.0.map_or(0, |[top, first, bottom, last]| side(top, bottom) * side(first, last))
    }
}

impl Cost {
    fn add_sheet(&mut self, stream: &[u8], sheet: usize, strings: &[u16]) -> Result<()> {
        let (mut cells, mut formulas) = (Span::default(), Span::default());
        let mut formula = (0, 0);
        let mut walker = RecordWalker::from(sheet);
        while let Some(record) = walker.next(stream) {
            let data = record.data(stream);
            let number = |at: usize| data.get(at..at + 2).map_or(0, |two| u16::from_le_bytes([two[0], two[1]]));
            let (row, column) = (number(0), number(2));
            let characters = match record.kind {
                DIMENSIONS => return Err(corrupt("@detail.structure")),
                MERGED => {
                    self.merged += usize::from(number(0));
                    if self.merged > limit::MERGED {
                        return Err(limit::too_large("@format.many_merged", limit::MERGED));
                    }
                    continue;
                }
                FORMULA => {
                    formula = (row, column);
                    formulas.take_in(row, column, column);
                    0
                }
                STRING => {
                    cells.take_in(formula.0, formula.1, formula.1);
                    number(0)
                }
                // The first column, six bytes for each cell, then the last column.
                MUL_RK => {
                    let last = number(data.len().saturating_sub(2));
                    cells.take_in(row, column.min(last), column.max(last));
                    self.cells += usize::from(last.saturating_sub(column));
                    0
                }
                NUMBER | BOOL_ERR | RK | LABEL | R_STRING | LABEL_SST => {
                    cells.take_in(row, column, column);
                    let shared = || strings.get(usize::from(number(6)) | usize::from(number(8)) << 16).copied();
                    match record.kind {
                        LABEL_SST => shared().unwrap_or(0),
                        LABEL | R_STRING => number(6),
                        _ => 0,
                    }
                }
                _ => continue,
            };
            self.cells += 1;
            // A UTF-16 character of two bytes takes up to three bytes in UTF-8.
            self.text = self.text.saturating_add(usize::from(characters) * 3);
            if self.cells > limit::CELLS {
                return Err(limit::too_large("@format.many_cells", limit::CELLS));
            }
            if self.text > limit::CELL_TEXT {
                return Err(limit::too_large("@format.much_text", limit::megabytes(limit::CELL_TEXT as u64)));
            }
        }
        self.area += cells.area() + formulas.area();
        if self.area > AREA {
            return Err(limit::too_large("@format.many_cells", AREA));
        }
        Ok(())
    }
}

/// The length of each shared string in characters.
///
/// Source: MS-XLS 2.5.293, `XLUnicodeRichExtendedString`.
fn string_lengths(stream: &[u8], record: Record) -> Result<Vec<u16>> {
    let mut pieces = vec![record.data(stream).get(8..).unwrap_or_default()];
    let mut at = record.end;
    while let Some(more) = Record::at(stream, at).filter(|more| more.kind == CONTINUE) {
        pieces.push(more.data(stream));
        at = more.end;
        if pieces.len() > CONTINUED {
            return Err(corrupt("@detail.structure"));
        }
    }
    let mut reading = Strings { pieces: pieces.into_iter(), data: &[] };
    let mut lengths = Vec::new();
    reading.data = reading.pieces.next().unwrap_or_default();
    while !reading.data.is_empty() || reading.next_piece() {
        // The reader reports a string that does not end.
        let Some(length) = reading.length() else { break };
        lengths.push(length);
        if lengths.len() > limit::CELLS {
            return Err(limit::too_large("@format.many_strings", limit::CELLS));
        }
    }
    Ok(lengths)
}

/// Reads over shared strings: the data left in this record, and the records that continue it.
struct Strings<'a> {
    pieces: std::vec::IntoIter<&'a [u8]>,
    data: &'a [u8],
}

impl Strings<'_> {
    fn next_piece(&mut self) -> bool {
        self.pieces.next().map(|piece| self.data = piece).is_some()
    }

    fn number<const BYTES: usize>(&mut self) -> Option<u32> {
        let (bytes, rest) = self.data.split_first_chunk::<BYTES>()?;
        self.data = rest;
        Some(bytes.iter().rev().fold(0, |number, byte| number << 8 | u32::from(*byte)))
    }

    /// Skips one string and returns its length.
    fn length(&mut self) -> Option<u16> {
        if self.data.is_empty() {
            return Some(0);
        }
        let length = u16::try_from(self.number::<2>()?).ok()?;
        let flags = self.number::<1>()?;
        let runs = if flags & 8 != 0 { self.number::<2>()? } else { 0 };
        let extended = if flags & 4 != 0 { self.number::<4>()? } else { 0 };
        let (mut left, mut wide) = (usize::from(length), flags & 1 != 0);
        loop {
            let each = if wide { 2 } else { 1 };
            let here = left.min(self.data.len() / each);
            self.data = &self.data[here * each..];
            left -= here;
            if left == 0 {
                break;
            }
            if !self.next_piece() {
                return None;
            }
            wide = self.number::<1>()? & 1 != 0;
        }
        let mut behind = runs as usize * 4 + extended as usize;
        while behind > 0 {
            if self.data.is_empty() && !self.next_piece() {
                return None;
            }
            let here = behind.min(self.data.len());
            self.data = &self.data[here..];
            behind -= here;
        }
        Some(length)
    }
}

pub(super) fn corrupt(detail: impl ToString) -> Error {
    Error::corrupt("@format.xls", detail)
}
