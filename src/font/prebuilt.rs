//! The subsets of the shipped fonts for the shipped templates, built in advance: `templates/fonts/subsets.bin`.
//!
//! Subsetting and deflating a font takes longer than all other work on a document. A test fails when a template or a font
//! has changed, and its message says how to build the file again. The same code makes the subsets of other templates when
//! they are first needed.
//!
//! The file is a sequence of subsets. Numbers have two or four bytes, big-endian; data of variable length follows its
//! length in four bytes.

use std::borrow::Cow;
use std::sync::{Arc, LazyLock};

use super::face::{Metrics, Outlines};
use super::subset::Subset;
use crate::template::FontRole;

static SUBSETS: LazyLock<Vec<(FontRole, Arc<Subset>)>> =
    LazyLock::new(|| decode(include_bytes!("../../templates/fonts/subsets.bin")));

/// The subset of a shipped font with exactly these characters, where there is one.
pub(super) fn find(role: FontRole, characters: &[char]) -> Option<Arc<Subset>> {
    let (_, subset) = SUBSETS.iter().find(|(of, subset)| *of == role && subset.characters == characters)?;
    Some(Arc::clone(subset))
}

fn decode(bytes: &'static [u8]) -> Vec<(FontRole, Arc<Subset>)> {
    let mut reader = Reader(bytes);
    let mut subsets = Vec::new();
    while let Some((role, subset)) = reader.subset() {
        subsets.push((role, Arc::new(subset)));
    }
    subsets
}

struct Reader(&'static [u8]);

impl Reader {
    fn subset(&mut self) -> Option<(FontRole, Subset)> {
        let role = *FontRole::ALL.get(usize::from(self.short()?))?;
        let name = std::str::from_utf8(self.piece()?).ok()?;
        let length = self.long()? as usize;
        let program = self.piece()?;
        let to_unicode = self.piece()?;
        let characters = self.piece()?.chunks_exact(4).filter_map(|four| {
            let code = u32::from_be_bytes(four.try_into().ok()?);
            char::from_u32(code)
        });
        let characters = characters.collect();
        let widths = self.piece()?.chunks_exact(2).map(|two| u16::from_be_bytes([two[0], two[1]])).collect();
        let glyphs = Some(self.piece()?).filter(|glyphs| !glyphs.is_empty()).map(Cow::Borrowed);
        let mut signed = || self.short().map(|number| number as i16);
        let (ascender, descender) = (signed()?, signed()?);
        let bounds = [signed()?, signed()?, signed()?, signed()?];
        let metrics = Metrics { ascender, descender, bounds, units_per_em: self.short()?, weight: self.short()? };
        let (program, to_unicode) = (Cow::Borrowed(program), Cow::Borrowed(to_unicode));
        let (is_deflated, outlines) = (true, Outlines::TrueType);
        Some((
            role,
            Subset {
                name: name.into(),
                outlines,
                is_deflated,
                program,
                length,
                characters,
                widths,
                glyphs,
                to_unicode,
                metrics,
            },
        ))
    }

    fn take(&mut self, length: usize) -> Option<&'static [u8]> {
        let (piece, rest) = self.0.split_at_checked(length)?;
        self.0 = rest;
        Some(piece)
    }

    fn short(&mut self) -> Option<u16> {
        Some(u16::from_be_bytes(self.take(2)?.try_into().ok()?))
    }

    fn long(&mut self) -> Option<u32> {
        Some(u32::from_be_bytes(self.take(4)?.try_into().ok()?))
    }

    fn piece(&mut self) -> Option<&'static [u8]> {
        let length = self.long()?;
        self.take(length as usize)
    }
}

#[cfg(test)]
mod tests {
    use std::io::Read;

    use super::*;
    use crate::font::{Fonts, Shown};
    use crate::template::shipped;

    /// With this variable set, the test builds the file again.
    const MAKE: &str = "XXGK_MAKE_SUBSETS";
    const STALE: &str = "a template or a font has changed: XXGK_MAKE_SUBSETS=1 cargo test --lib prebuilt";

    fn encode(role: FontRole, subset: &Subset, out: &mut Vec<u8>) {
        fn piece(bytes: &[u8], out: &mut Vec<u8>) {
            out.extend((bytes.len() as u32).to_be_bytes());
            out.extend(bytes);
        }
        let role = FontRole::ALL.iter().position(|one| *one == role).unwrap();
        out.extend((role as u16).to_be_bytes());
        piece(subset.name.as_bytes(), out);
        out.extend((subset.length as u32).to_be_bytes());
        piece(&subset.program, out);
        piece(&subset.to_unicode, out);
        piece(&subset.characters.iter().flat_map(|c| u32::from(*c).to_be_bytes()).collect::<Vec<u8>>(), out);
        piece(&subset.widths.iter().flat_map(|width| width.to_be_bytes()).collect::<Vec<u8>>(), out);
        piece(subset.glyphs.as_deref().unwrap_or_default(), out);
        let Metrics { units_per_em, ascender, descender, bounds, weight } = subset.metrics;
        let signed = [ascender, descender].into_iter().chain(bounds);
        signed.for_each(|number| out.extend(number.to_be_bytes()));
        [units_per_em, weight].iter().for_each(|number| out.extend(number.to_be_bytes()));
    }

    /// As small as possible: it is built once and copied into every document.
    fn squeezed(bytes: &[u8]) -> std::io::Result<Vec<u8>> {
        let mut out = Vec::new();
        let options = zopfli::Options { iteration_count: 30.try_into().unwrap(), ..zopfli::Options::default() };
        zopfli::compress(options, zopfli::Format::Zlib, bytes, &mut out)?;
        Ok(out)
    }

    fn inflated(bytes: &[u8]) -> Vec<u8> {
        let mut out = Vec::new();
        flate2::read::ZlibDecoder::new(bytes).read_to_end(&mut out).unwrap();
        out
    }

    #[test]
    fn prebuilt_subsets_are_those_of_the_templates() {
        let fonts = Fonts::default();
        let make = std::env::var_os(MAKE).is_some();
        let (mut file, mut made): (Vec<u8>, Vec<(FontRole, Vec<char>)>) = Default::default();
        for template in &shipped().0 {
            for (role, characters) in crate::layout::characters(template) {
                let mut wanted: Vec<char> = Vec::new();
                for character in characters {
                    if let Shown::Character(_, shown) = fonts.show(role, character) {
                        wanted.push(shown);
                    }
                }
                wanted.sort_unstable();
                wanted.dedup();
                let face = fonts.face(role, '政').unwrap();
                if made.contains(&(role, wanted.clone())) {
                    continue;
                }
                made.push((role, wanted.clone()));
                if make {
                    encode(role, &Subset::new(&face, &wanted, squeezed).unwrap(), &mut file);
                    continue;
                }
                let plain = Subset::new(&face, &wanted, |bytes| Ok(bytes.to_vec())).unwrap();
                let prebuilt = find(role, &wanted).expect(STALE);
                let (program, to_unicode) = (inflated(&prebuilt.program).into(), inflated(&prebuilt.to_unicode).into());
                assert!(Subset { program, to_unicode, ..prebuilt.as_ref().clone() } == plain, "{STALE}");
            }
        }
        if make {
            std::fs::write("templates/fonts/subsets.bin", file).unwrap();
        } else {
            assert_eq!(SUBSETS.len(), made.len(), "{STALE}");
            SUBSETS.iter().for_each(|(role, subset)| encode(*role, subset, &mut file));
            assert!(file == include_bytes!("../../templates/fonts/subsets.bin"));
        }
    }
}
