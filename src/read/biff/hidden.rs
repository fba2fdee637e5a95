//! Finds the rows and columns of an xls workbook that are hidden, which `calamine` does not tell.
//!
//! In: a workbook stream. Out: [`HiddenLines`] of each sheet. Called by [`super::super::workbook`]. Source: MS-XLS 2.4.221
//! `Row`, 2.4.53 `ColInfo`.

use super::{BOUND_SHEET, RecordWalker};

const ROW: u16 = 0x0208;
const COLUMN_INFO: u16 = 0x007D;

/// The most records of hidden lines. A worksheet has 65,536 rows.
const LINES: usize = 1 << 20;

/// Hidden rows, and first and last of hidden columns.
#[derive(Debug, Default)]
pub(in crate::read) struct HiddenLines {
    pub(in crate::read) rows: Vec<u32>,
    pub(in crate::read) columns: Vec<(u32, u32)>,
}

/// The hidden lines of each sheet, in the order of the workbook. The stream has passed [`super::make_safe`].
pub(in crate::read) fn hidden_lines(stream: &[u8]) -> Vec<HiddenLines> {
    let mut workbook = RecordWalker::from(0);
    let mut sheets = Vec::new();
    let mut found = 0;
    while let Some(record) = workbook.next(stream) {
        if let (BOUND_SHEET, Some(start)) = (record.kind, record.data(stream).first_chunk::<4>()) {
            sheets.push(u32::from_le_bytes(*start) as usize);
        }
    }
    let mut lines = |start: usize| {
        let mut lines = HiddenLines::default();
        let mut walker = RecordWalker::from(start);
        while let Some(record) = walker.next(stream).filter(|_| found < LINES) {
            let data = record.data(stream);
            let word = |at: usize| Some(u16::from_le_bytes(*data.get(at..)?.first_chunk::<2>()?));
            match record.kind {
                ROW if word(12).is_some_and(|flags| flags & 0x20 != 0) => lines.rows.extend(word(0).map(u32::from)),
                COLUMN_INFO if word(8).is_some_and(|flags| flags & 1 != 0) => {
                    let range = word(0).zip(word(2)).map(|(first, last)| (u32::from(first), u32::from(last)));
                    lines.columns.extend(range.filter(|(first, last)| first <= last));
                }
                _ => continue,
            }
            found += 1;
        }
        lines.rows.sort_unstable();
        lines.rows.dedup();
        lines
    };
    sheets.into_iter().map(&mut lines).collect()
}
