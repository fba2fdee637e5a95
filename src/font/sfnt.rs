//! Removes tables from a TrueType file that no document needs: from the shipped fonts in the build, from others after
//! subsetting.
//!
//! Source: OpenType 1.9, the OpenType font file.

/// Where the `head` table has the checksum adjustment of the file, and what the sum of the file is with it.
const ADJUSTMENT: std::ops::Range<usize> = 8..12;
const MAGIC: u32 = 0xb1b0_afba;

/// A file without some of its tables; none where it has none of them, or is truncated.
///
/// The remaining tables keep their order, each at a multiple of four bytes.
pub(super) fn without(file: &[u8], tables: &[&[u8; 4]]) -> Option<Vec<u8>> {
    let count = usize::from(u16::from_be_bytes(file.get(4..6)?.try_into().ok()?));
    let records = file.get(12..12 + 16 * count)?.chunks_exact(16);
    let kept: Vec<&[u8]> = records.filter(|record| !tables.iter().any(|tag| record.starts_with(*tag))).collect();
    if kept.len() == count {
        return None;
    }
    let log = u16::try_from(kept.len()).ok()?.checked_ilog2()? as u16;
    let range = 16u16 << log;
    let mut out = Vec::with_capacity(file.len());
    out.extend_from_slice(&file[..4]);
    for number in [kept.len() as u16, range, log, kept.len() as u16 * 16 - range] {
        out.extend_from_slice(&number.to_be_bytes());
    }
    let mut offset = 12 + 16 * kept.len();
    let (mut contents, mut head) = (Vec::with_capacity(kept.len()), None);
    for record in kept {
        let number = |at: usize| u32::from_be_bytes([record[at], record[at + 1], record[at + 2], record[at + 3]]);
        let (from, length) = (number(8) as usize, number(12) as usize);
        let content = file.get(from..from.checked_add(length)?)?;
        if record.starts_with(b"head") {
            head = Some(offset);
        }
        out.extend_from_slice(&record[..8]);
        out.extend_from_slice(&u32::try_from(offset).ok()?.to_be_bytes());
        out.extend_from_slice(&record[12..16]);
        offset += length.next_multiple_of(4);
        contents.push(content);
    }
    for content in contents {
        out.extend_from_slice(content);
        out.resize(out.len().next_multiple_of(4), 0);
    }
    let adjustment = head? + ADJUSTMENT.start..head? + ADJUSTMENT.end;
    out.get_mut(adjustment.clone())?.fill(0);
    let sum = out.chunks(4).fold(0u32, |sum, four| {
        let mut word = [0; 4];
        word[..four.len()].copy_from_slice(four);
        sum.wrapping_add(u32::from_be_bytes(word))
    });
    out[adjustment].copy_from_slice(&MAGIC.wrapping_sub(sum).to_be_bytes());
    Some(out)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_font_without_its_names_is_the_same_font() {
        let file = include_bytes!("../../templates/fonts/heading.ttf");
        let before = owned_ttf_parser::Face::parse(file, 0).unwrap();
        assert!(!before.names().is_empty());
        let bytes = without(file, &[b"name", b"post"]).unwrap();
        let after = owned_ttf_parser::Face::parse(&bytes, 0).unwrap();
        assert_eq!(after.names().len(), 0);
        assert_eq!(after.number_of_glyphs(), before.number_of_glyphs());
        let glyph = before.glyph_index('政').unwrap();
        assert_eq!(after.glyph_index('政'), Some(glyph));
        assert_eq!(after.glyph_bounding_box(glyph), before.glyph_bounding_box(glyph));
        // The adjustment makes every file sum up to the same number.
        let sum = |bytes: &[u8]| {
            bytes.chunks_exact(4).fold(0u32, |sum, four| sum.wrapping_add(u32::from_be_bytes(four.try_into().unwrap())))
        };
        assert_eq!(sum(&bytes), MAGIC);
        for length in 0..200 {
            assert_eq!(without(&file[..length], &[b"name"]), None);
        }
    }
}
