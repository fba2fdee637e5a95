//! How much a Word 97–2003 document holds, told from its table of pieces before anything is made of it.
//!
//! In: the bytes of a compound file. Out: nothing, or the error of a document that is too large. Called by [`super::doc`],
//! whose reader makes up to kilobytes of every paragraph and cell, as deep as tables stand in tables.
//!
//! Source: MS-DOC 2.4.1 (text by pieces), 2.5.1 `Fib`, 2.9.38 `Clx`, 2.9.73 `FcCompressed`.

use std::ops::Range;

use crate::error::Result;

use super::{compound, limit};

/// The characters that end a paragraph, and a cell or row.
const ENDS: [u8; 2] = [0x0D, 0x07];

/// Refuses a document with more text, or with more paragraphs and cells, than is read.
///
/// # Errors
/// [`ErrorKind::TooLarge`](crate::ErrorKind::TooLarge).
pub(super) fn check(bytes: &[u8]) -> Result<()> {
    // What is missing or damaged is told by the reader of the document.
    let Some(text) = compound::stream(bytes, "WordDocument") else { return Ok(()) };
    let whole = || vec![TextPiece { bytes: 0..text.len(), wide: false }];
    let pieces = pieces(bytes, &text).unwrap_or_else(whole);
    let length: usize = pieces.iter().map(|piece| piece.bytes.len()).sum();
    if length > limit::CELL_TEXT {
        return Err(limit::too_large("@format.much_text", limit::megabytes(limit::CELL_TEXT as u64)));
    }
    if pieces.iter().map(|piece| piece.ends(&text)).sum::<usize>() > limit::WORD_CELLS {
        return Err(limit::too_large("@format.many_cells", limit::WORD_CELLS));
    }
    Ok(())
}

/// A stretch of text as it is stored, a byte or two a character.
struct TextPiece {
    bytes: Range<usize>,
    wide: bool,
}

impl TextPiece {
    fn ends(&self, text: &[u8]) -> usize {
        let stored = &text[self.bytes.clone()];
        if self.wide {
            return stored.chunks_exact(2).filter(|unit| unit[1] == 0 && ENDS.contains(&unit[0])).count();
        }
        stored.iter().filter(|byte| ENDS.contains(byte)).count()
    }
}

/// The pieces of the text; none where the document has no table of them, as those of Word 6 and 95.
fn pieces(bytes: &[u8], text: &[u8]) -> Option<Vec<TextPiece>> {
    let second = *text.get(0x0B)? & 0x02 != 0;
    let table = compound::stream(bytes, if second { "1Table" } else { "0Table" })?;
    let (start, length) = (number(text, 0x01A2)?, number(text, 0x01A6)?);
    let mut rest = table.get(start..)?.get(..length)?;
    // Property modifiers stand before the table, each with its length.
    while let [1, low, high, more @ ..] = rest {
        rest = more.get(usize::from(u16::from_le_bytes([*low, *high]))..)?;
    }
    let plc = rest.strip_prefix(&[2])?.get(4..)?;
    let count = number(rest, 1)?.min(plc.len()).checked_sub(4)? / 12;
    let piece = |at: usize| {
        let characters = number(plc, (at + 1) * 4)?.checked_sub(number(plc, at * 4)?)?;
        let place = number(plc, (count + 1) * 4 + at * 8 + 2)?;
        let wide = place & 0x4000_0000 == 0;
        let place = place & 0x3FFF_FFFF;
        let (start, width) = if wide { (place, 2) } else { (place / 2, 1) };
        let end = start.saturating_add(characters.saturating_mul(width)).min(text.len());
        Some(TextPiece { bytes: start.min(end)..end, wide })
    };
    (0..count).map(piece).collect()
}

fn number(bytes: &[u8], at: usize) -> Option<usize> {
    let four = bytes.get(at..at.checked_add(4)?)?;
    Some(u32::from_le_bytes(four.try_into().ok()?) as usize)
}
