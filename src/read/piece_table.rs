//! Checks the size of a Word 97–2003 document before it is parsed.
//!
//! In: the bytes of a compound file. Out: nothing, or an error if the document is too large. Called by [`super::doc`],
//! whose parser allocates up to kilobytes for each paragraph and cell, at every level of nested tables.
//!
//! Source: MS-DOC 2.4.1 (text by pieces), 2.5.1 `Fib`, 2.9.38 `Clx`, 2.9.73 `FcCompressed`.

use std::ops::Range;

use crate::error::Result;

use super::{compound, limit};

/// The characters that end a paragraph and a cell or row.
const ENDS: [u8; 2] = [0x0D, 0x07];

/// Rejects a document with too much text, or too many paragraphs and cells.
///
/// # Errors
/// [`ErrorKind::TooLarge`](crate::ErrorKind::TooLarge).
pub(super) fn check(bytes: &[u8]) -> Result<()> {
    // The parser reports what is missing or damaged.
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

/// A piece of the text as stored, with one byte or (`wide`) two bytes for each character.
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

/// The pieces of the text. `None` without a piece table, as in documents of Word 6 and 95.
fn pieces(bytes: &[u8], text: &[u8]) -> Option<Vec<TextPiece>> {
    let second = *text.get(0x0B)? & 0x02 != 0;
    let table = compound::stream(bytes, if second { "1Table" } else { "0Table" })?;
    let (start, length) = (number(text, 0x01A2)?, number(text, 0x01A6)?);
    let mut rest = table.get(start..)?.get(..length)?;
    // Property modifiers come before the table, each with its length.
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
