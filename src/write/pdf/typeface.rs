//! The fonts of a document: which cut-down font shows which character, and the objects that embed it.
//!
//! A face may stand in a document three times: cut down to the characters of the template, which all its reports share,
//! to those that a form has beyond it, and to those that one report adds.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use lopdf::ObjectId;
use rustc_hash::FxHashMap;

use super::object::{self, Written};
use super::section::Section;
use crate::deflate::{Effort, deflated};
use crate::error::Result;
use crate::font::{Face, FaceKey, Fonts, Shown, Subset};
use crate::layout::text::Measure;
use crate::template::FontRole;

/// How a character is drawn.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Glyph {
    /// The font, by its place in the document.
    pub(super) font: usize,
    /// Its code in the font.
    pub(super) code: u16,
    /// Advance width, in parts of the font size.
    pub(super) advance: f64,
    /// Whether it stands for a character that no font has.
    pub(super) substitute: bool,
}

/// Characters by role.
pub(super) type Characters = BTreeMap<FontRole, BTreeSet<char>>;

/// Fonts that stand together in a document.
#[derive(Default)]
pub(super) struct Typefaces {
    /// Fonts that stand before these.
    first: usize,
    subsets: Vec<(FaceKey, Arc<Subset>)>,
    /// By role and character; none for marks that only steer.
    glyphs: FxHashMap<(FontRole, char), Option<Glyph>>,
    /// Whether any of them stands for a character that no font has.
    substitutes: bool,
}

impl Typefaces {
    /// Fonts for characters, after those that are there.
    pub(super) fn after(before: Option<&Self>) -> Self {
        let first = before.map_or(0, |before| before.first + before.subsets.len());
        Self { first, ..Self::default() }
    }

    /// Adds a font of each face that characters need beyond what these have and what is there `before` a report's own.
    pub(super) fn add(&mut self, characters: &Characters, before: Option<&Self>, fonts: &Fonts) -> Result<()> {
        let mut shown: Vec<(FontRole, char, Shown)> = Vec::new();
        let mut wanted: BTreeMap<FaceKey, (Arc<Face>, BTreeSet<char>)> = BTreeMap::new();
        for (&role, characters) in characters {
            for &character in characters {
                if self.glyph(role, character).is_some() {
                    continue;
                }
                let how = fonts.show(role, character);
                if let Shown::Character(face, shown) | Shown::Missing(face, shown) = &how
                    && self.place(before, face, *shown).is_none()
                {
                    wanted.entry(face.key()).or_insert_with(|| (Arc::clone(face), BTreeSet::new())).1.insert(*shown);
                }
                shown.push((role, character, how));
            }
        }
        for (key, (face, characters)) in wanted {
            let subset = match before {
                None => fonts.subset(&face, &characters)?,
                Some(_) => fonts.subset_once(&face, &characters)?,
            };
            self.subsets.push((key, subset));
        }
        for (role, character, how) in shown {
            let substitute = matches!(how, Shown::Missing(..));
            let glyph = match how {
                Shown::Nothing => None,
                Shown::Character(face, shown) | Shown::Missing(face, shown) => {
                    let place = self.place(before, &face, shown);
                    place.map(|(font, code, advance)| Glyph { font, code, advance, substitute })
                }
            };
            self.substitutes |= substitute;
            self.glyphs.insert((role, character), glyph);
        }
        Ok(())
    }

    /// Font, code and advance width of a character of a face.
    fn place(&self, before: Option<&Self>, face: &Face, character: char) -> Option<(usize, u16, f64)> {
        let of_face = |(_, key, _): &(usize, FaceKey, &Subset)| *key == face.key();
        self.fonts().chain(before.into_iter().flat_map(Self::fonts)).filter(of_face).find_map(|(font, _, subset)| {
            let code = subset.code(character)?;
            let em = f64::from(subset.metrics.units_per_em.max(1));
            Some((font, code, f64::from(subset.widths[usize::from(code) - 1]) / em))
        })
    }

    /// How a character is drawn; none where it is none of these fonts' characters.
    pub(super) fn glyph(&self, role: FontRole, character: char) -> Option<Option<Glyph>> {
        self.glyphs.get(&(role, character)).copied()
    }

    /// The fonts with their places in the document.
    fn fonts(&self) -> impl Iterator<Item = (usize, FaceKey, &Subset)> {
        (self.first..).zip(&self.subsets).map(|(font, (key, subset))| (font, *key, subset.as_ref()))
    }

    /// Adds the fonts to a section of a file: their streams there, their other objects to `objects`, their names to the
    /// entries of a page's fonts. Ids are taken from `next` on.
    pub(super) fn embed(
        &self,
        section: &mut Section,
        objects: &mut Vec<Written>,
        next: &mut u32,
        names: &mut Vec<u8>,
    ) -> std::io::Result<()> {
        for (font, _, subset) in self.fonts() {
            let (id, _) = embed(subset, section, objects, next)?;
            names.extend_from_slice(format!("/X{font} {id} 0 R").as_bytes());
        }
        Ok(())
    }

    /// The names of the fonts, which follow from their characters.
    pub(super) fn names(&self) -> impl Iterator<Item = &str> {
        self.subsets.iter().map(|(_, subset)| &*subset.name)
    }
}

/// The fonts of a form and what a report adds to them.
pub(super) struct Pair<'a> {
    pub(super) form: &'a Typefaces,
    pub(super) report: &'a Typefaces,
}

impl Pair<'_> {
    /// How a character is drawn; not at all for marks that only steer.
    pub(super) fn glyph(&self, role: FontRole, character: char) -> Option<Glyph> {
        self.form.glyph(role, character).or_else(|| self.report.glyph(role, character)).flatten()
    }

    /// Whether any glyph stands for a character that no font has.
    pub(super) fn have_substitutes(&self) -> bool {
        self.form.substitutes || self.report.substitutes
    }
}

impl Measure for Pair<'_> {
    fn advance(&self, font: FontRole, character: char) -> f64 {
        self.glyph(font, character).map_or(0.0, |glyph| glyph.advance)
    }
}

/// Embeds a font; gives back the id of its dictionary.
///
/// Source: ISO 32000-1, 9.7 (composite fonts), 9.8 (descriptors) and 9.10.3 (ToUnicode).
fn embed(
    subset: &Subset,
    section: &mut Section,
    objects: &mut Vec<Written>,
    next: &mut u32,
) -> std::io::Result<ObjectId> {
    let mut id = || {
        *next += 1;
        *next - 1
    };
    let (font, descriptor, file, unicode) = (id(), id(), id(), id());
    let filter = if subset.is_deflated { "/Filter/FlateDecode" } else { "" };
    section.stream((file, 0), format!("{filter}/Length1 {}", subset.length).as_bytes(), &subset.program);
    section.stream((unicode, 0), filter.as_bytes(), &subset.to_unicode);
    let map = match &subset.glyphs {
        None => "/Identity".to_owned(),
        Some(glyphs) => {
            let map = id();
            let glyphs = if subset.is_deflated { deflated(glyphs, Effort::Thorough)?.into() } else { glyphs.clone() };
            section.stream((map, 0), filter.as_bytes(), &glyphs);
            format!(" {map} 0 R")
        }
    };
    let mut name = Vec::with_capacity(64);
    object::name(subset.name.as_bytes(), &mut name);
    let metrics = &subset.metrics;
    let em = f64::from(metrics.units_per_em.max(1));
    let scaled = |units: i16| (f64::from(units) * 1000.0 / em).round() as i64;
    let ([left, bottom, right, top], ascent) = (metrics.bounds.map(scaled), scaled(metrics.ascender));
    let descent = scaled(metrics.descender);
    // No table says how thick stems are; by weight, as makers of PDF commonly do.
    let stem = 50 + (f64::from(metrics.weight) / 65.0).powi(2).round() as i64;
    // Symbolic (4): its characters are not those of the standard Latin set.
    let behind_name = format!(
        "/Flags 4/FontBBox[{left} {bottom} {right} {top}]/ItalicAngle 0/Ascent {ascent}/Descent {descent}\
         /CapHeight {ascent}/StemV {stem}/FontFile2 {file} 0 R>>"
    );
    let parts = [b"<</Type/FontDescriptor/FontName", &*name, behind_name.as_bytes()];
    objects.push(((descriptor, 0), parts.concat()));
    let of_descendant = format!(
        "/CIDSystemInfo<</Registry(Adobe)/Ordering(Identity)/Supplement 0>>/FontDescriptor {descriptor} 0 R/DW 1000\
         /W[{}]/CIDToGIDMap{map}>>]/ToUnicode {unicode} 0 R>>",
        widths(subset, em)
    );
    let parts = [
        b"<</Type/Font/Subtype/Type0/BaseFont",
        &*name,
        b"/Encoding/Identity-H/DescendantFonts[<</Type/Font/Subtype/CIDFontType2/BaseFont",
        &*name,
        of_descendant.as_bytes(),
    ];
    objects.push(((font, 0), parts.concat()));
    Ok((font, 0))
}

/// The widths of the codes that are not as wide as a hanzi: the first code of each run and the widths of its codes.
fn widths(subset: &Subset, em: f64) -> String {
    let width = |width: &u16| (f64::from(*width) * 1000.0 / em).round() as i64;
    let widths: Vec<(i64, i64)> =
        (1..).zip(subset.widths.iter().map(width)).filter(|(_, width)| *width != 1000).collect();
    let mut out = String::new();
    for run in widths.chunk_by(|one, next| one.0 + 1 == next.0) {
        let widths: Vec<String> = run.iter().map(|(_, width)| width.to_string()).collect();
        out.push_str(&format!("{}{}[{}]", if out.is_empty() { "" } else { " " }, run[0].0, widths.join(" ")));
    }
    out
}
