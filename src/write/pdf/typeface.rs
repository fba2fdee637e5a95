//! The fonts of a document: which subset of a face shows which character. [`embed`](super::embed) writes them.
//!
//! A document may embed three subsets of a face: the characters of the template, which all its reports share, those that
//! a form has beyond it, and those that one report adds.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use rustc_hash::FxHashMap;

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
    /// The character that it shows: the text's own, or a space or a substitute instead.
    pub(super) shown: char,
    /// Advance width, in parts of the font size.
    pub(super) advance: f64,
    /// Whether it replaces a character that no font has.
    pub(super) substitute: bool,
}

/// Characters by role.
pub(super) type Characters = BTreeMap<FontRole, BTreeSet<char>>;

/// The fonts of one section of a document.
#[derive(Default)]
pub(super) struct Typefaces {
    /// The number of fonts before these.
    first: usize,
    subsets: Vec<(FaceKey, Arc<Subset>)>,
    /// By role and character; none for invisible characters.
    glyphs: FxHashMap<(FontRole, char), Option<Glyph>>,
    /// Whether any of them replaces a character that no font has.
    substitutes: bool,
}

impl Typefaces {
    /// No fonts yet, counted after those `before`.
    pub(super) fn after(before: Option<&Self>) -> Self {
        let first = before.map_or(0, |before| before.first + before.subsets.len());
        Self { first, ..Self::default() }
    }

    /// Adds a font of each face that characters need beyond what these fonts and those `before` have.
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
                    place.map(|(font, code, advance)| Glyph { font, code, shown, advance, substitute })
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

    /// How a character is drawn; none where these fonts were not made for it.
    pub(super) fn glyph(&self, role: FontRole, character: char) -> Option<Option<Glyph>> {
        self.glyphs.get(&(role, character)).copied()
    }

    /// The fonts with their numbers in the document.
    pub(super) fn fonts(&self) -> impl Iterator<Item = (usize, FaceKey, &Subset)> {
        (self.first..).zip(&self.subsets).map(|(font, (key, subset))| (font, *key, subset.as_ref()))
    }

    /// The names of the fonts, which follow from their characters.
    pub(super) fn names(&self) -> impl Iterator<Item = &str> {
        self.subsets.iter().map(|(_, subset)| &*subset.name)
    }
}

/// The fonts of a form and those that a report adds.
pub(super) struct FontPair<'a> {
    pub(super) form: &'a Typefaces,
    pub(super) report: &'a Typefaces,
}

impl FontPair<'_> {
    /// How a character is drawn; none for invisible ones.
    pub(super) fn glyph(&self, role: FontRole, character: char) -> Option<Glyph> {
        self.form.glyph(role, character).or_else(|| self.report.glyph(role, character)).flatten()
    }

    /// Whether any glyph replaces a character that no font has.
    pub(super) fn have_substitutes(&self) -> bool {
        self.form.substitutes || self.report.substitutes
    }
}

impl Measure for FontPair<'_> {
    fn advance(&self, font: FontRole, character: char) -> f64 {
        self.glyph(font, character).map_or(0.0, |glyph| glyph.advance)
    }
}
