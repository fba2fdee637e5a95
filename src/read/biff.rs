//! The records of an xls workbook stream, looked over before another reader sizes memory by them.
//!
//! In: a workbook stream. Out: the same stream made harmless, or why it must not be read. Called by
//! [`super::workbook`]. Source: MS-XLS 2.4, `FilePass`, `BoundSheet8`, `Dimensions` and the cell records.

use crate::error::{Error, ErrorKind, Result};

use super::limit;

const FORMULA: u16 = 0x0006;
const EOF: u16 = 0x000A;
const FILE_PASS: u16 = 0x002F;
const BOUND_SHEET: u16 = 0x0085;
const DIMENSIONS: u16 = 0x0200;
const BOF: u16 = 0x0809;

/// The most rows times columns that the cells of all sheets may span, since the xls reader keeps whole rectangles.
const AREA: u64 = 4_000_000;

/// One record's type and the place of its data in the stream.
struct Record {
    kind: u16,
    start: usize,
    end: usize,
}

/// The records from a position to the end of their substream, or of the stream.
fn records(stream: &[u8], from: usize) -> impl Iterator<Item = Record> {
    let mut at = from;
    let mut depth = 0usize;
    std::iter::from_fn(move || {
        let head = stream.get(at..at.checked_add(4)?)?;
        let kind = u16::from_le_bytes([head[0], head[1]]);
        let start = at + 4;
        let end = start + usize::from(u16::from_le_bytes([head[2], head[3]]));
        at = if end <= stream.len() { end } else { usize::MAX };
        match kind {
            BOF => depth += 1,
            EOF => {
                depth = depth.saturating_sub(1);
                if depth == 0 {
                    at = usize::MAX;
                }
            }
            _ => {}
        }
        (end <= stream.len()).then_some(Record { kind, start, end })
    })
}

/// Makes a workbook stream safe to read.
///
/// The declared dimensions of sheets are blanked: they only serve to size memory, and may say anything.
///
/// # Errors
/// [`ErrorKind::Encrypted`] with a password; [`ErrorKind::TooLarge`] when cells stand too far apart.
pub(super) fn make_safe(mut stream: Vec<u8>) -> Result<Vec<u8>> {
    if records(&stream, 0).any(|record| record.kind == FILE_PASS) {
        return Err(Error::new(ErrorKind::Encrypted));
    }
    let globals = records(&stream, 0).filter(|record| record.kind == BOUND_SHEET);
    let sheets: Vec<usize> = globals
        .filter_map(|record| stream[record.start..record.end].first_chunk::<4>())
        .map(|position| u32::from_le_bytes(*position) as usize)
        .collect();
    if sheets.len() > limit::SHEETS {
        return Err(limit::too_large(sheets.len(), limit::SHEETS));
    }
    for sheet in &sheets {
        let declared: Vec<_> = records(&stream, *sheet).filter(|record| record.kind == DIMENSIONS).collect();
        for record in declared {
            stream[record.start..record.end].fill(0);
        }
    }
    let mut area = 0u64;
    for sheet in sheets {
        let (mut first, mut last) = ((u16::MAX, u16::MAX), (0, 0));
        for record in records(&stream, sheet) {
            let data = &stream[record.start..record.end];
            if record.kind == DIMENSIONS && data.iter().any(|byte| *byte != 0) {
                return Err(corrupt("@detail.structure"));
            }
            let Some((row, left, right)) = span(record.kind, data) else { continue };
            first = (row.min(first.0), left.min(first.1));
            last = (row.max(last.0), right.max(last.1));
        }
        if first.0 <= last.0 && first.1 <= last.1 {
            area += (u64::from(last.0 - first.0) + 1) * (u64::from(last.1 - first.1) + 1);
        }
    }
    if area > AREA {
        return Err(limit::too_large("@format.many_cells", AREA));
    }
    Ok(stream)
}

/// The row and the first and last column of a cell record.
fn span(kind: u16, data: &[u8]) -> Option<(u16, u16, u16)> {
    const CELLS: [u16; 9] = [FORMULA, 0x00D6, 0x00FD, 0x0203, 0x0204, 0x0205, 0x027E, 0x00BD, 0x0001];
    if !CELLS.contains(&kind) {
        return None;
    }
    let [a, b, c, d] = *data.first_chunk::<4>()?;
    let (row, column) = (u16::from_le_bytes([a, b]), u16::from_le_bytes([c, d]));
    // MulRk holds six bytes a cell between its first four and last two.
    let more = if kind == 0x00BD { (data.len().saturating_sub(6) / 6).saturating_sub(1) } else { 0 };
    Some((row, column, column.saturating_add(u16::try_from(more).unwrap_or(u16::MAX))))
}

pub(super) fn corrupt(detail: impl ToString) -> Error {
    Error::new(ErrorKind::Corrupt).with("format", "@format.xls").with("detail", detail)
}
