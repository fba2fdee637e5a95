//! The fonts of one document: which cut-down font shows which character.
//!
//! Each face may stand twice in a document: cut down to the characters of the form itself, which all reports of the form
//! share, and to those that this report adds.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use lopdf::{Document, Object, ObjectId, Stream, dictionary};
use printpdf::{FontId, FontMetrics, ParsedFont, PdfDocument, PdfFont, PdfFontMetricsStub};

use crate::error::Result;
use crate::finding::Finding;
use crate::font::{Face, FaceKey, Fonts, Shown, Subset};
use crate::layout::page::{Page, Source};
use crate::layout::{Block, CellLayout, CellRole, Content, Layout, LineKind, TableLayout};
use crate::template::FontRole;

/// Characters of figures and page numbers, which belong to every form.
const FIGURES: &str = " 0123456789+-,./%—（）";

/// How a character is drawn.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Glyph {
    /// The font, by its place in the document.
    pub(super) font: usize,
    /// The character it shows.
    pub(super) shown: char,
    /// Whether it stands for a character that no font has.
    pub(super) substitute: bool,
}

/// The fonts of one document.
pub(super) struct Typefaces {
    subsets: Vec<Arc<Subset>>,
    glyphs: BTreeMap<(FontRole, char), Glyph>,
    /// Characters that no font has, with the pieces of the layout that have them.
    missing: BTreeSet<(Source, char)>,
}

#[derive(Default)]
struct Wanted {
    face: Option<Arc<Face>>,
    form: BTreeSet<char>,
    report: BTreeSet<char>,
}

impl Typefaces {
    /// Finds a glyph for every character of a document.
    pub(super) fn new(layout: &Layout, pages: &[Page], fonts: &Fonts) -> Result<Self> {
        let mut shown: BTreeMap<(FontRole, char), Shown> = BTreeMap::new();
        let mut wanted: BTreeMap<FaceKey, Wanted> = BTreeMap::new();
        let mut want = |role: FontRole, character: char, of_form: bool| {
            let how = shown.entry((role, character)).or_insert_with(|| fonts.show(role, character)).clone();
            let (Shown::Character(face, character) | Shown::Missing(face, character)) = how else { return };
            let wanted = wanted.entry(face.key()).or_default();
            if of_form {
                wanted.form.insert(character);
            } else if !wanted.form.contains(&character) {
                wanted.report.insert(character);
            }
            wanted.face.get_or_insert(face);
        };
        for (role, text) in form_texts(layout) {
            text.chars().for_each(|character| want(role, character, true));
        }
        for text in pages.iter().flat_map(|page| &page.texts) {
            for character in text.lines.iter().flat_map(|line| line.text.chars()) {
                want(text.style.font, character, false);
            }
        }
        let mut missing = BTreeSet::new();
        for text in pages.iter().flat_map(|page| &page.texts) {
            for character in text.lines.iter().flat_map(|line| line.text.chars()) {
                if matches!(shown.get(&(text.style.font, character)), Some(Shown::Missing(..))) {
                    missing.insert((text.source, character));
                }
            }
        }
        let mut subsets = Vec::new();
        let mut places: BTreeMap<(FaceKey, char), usize> = BTreeMap::new();
        for (key, wanted) in wanted {
            let Some(face) = wanted.face else { continue };
            for characters in [wanted.form, wanted.report] {
                if !characters.is_empty() {
                    places.extend(characters.iter().map(|character| ((key, *character), subsets.len())));
                    subsets.push(fonts.subset(&face, &characters)?);
                }
            }
        }
        let glyphs = shown.into_iter().filter_map(|(character, how)| {
            let substitute = matches!(how, Shown::Missing(..));
            let (Shown::Character(face, shown) | Shown::Missing(face, shown)) = how else { return None };
            let font = *places.get(&(face.key(), shown))?;
            Some((character, Glyph { font, shown, substitute }))
        });
        let glyphs = glyphs.collect();
        Ok(Self { subsets, glyphs, missing })
    }

    /// How a character is drawn; not at all for marks that only steer.
    pub(super) fn glyph(&self, role: FontRole, character: char) -> Option<Glyph> {
        self.glyphs.get(&(role, character)).copied()
    }

    /// The name of a font in the document.
    pub(super) fn id(&self, font: usize) -> FontId {
        FontId(format!("X{font}"))
    }

    /// The characters that no font has, as findings.
    pub(super) fn missing(&self, layout: &Layout) -> Vec<Finding> {
        let finding = |(source, character): &(Source, char)| {
            if matches!(source, Source::Repeated { .. } | Source::PageNumber) {
                return None;
            }
            let at = source.at(layout).cloned();
            let code = format!("U+{:04X}", u32::from(*character));
            Some(Finding::new("XG401").with("character", character).with("code", code).at(at))
        };
        self.missing.iter().filter_map(finding).collect()
    }

    /// Gives printpdf the fonts: their codes and widths, with a mark in place of the font file.
    ///
    /// printpdf would copy and deflate the file for each document; [`embed`](Self::embed) puts in the one that is
    /// deflated already.
    pub(super) fn register(&self, pdf: &mut PdfDocument) {
        for (font, subset) in self.subsets.iter().enumerate() {
            let codes = subset.characters.iter().enumerate();
            let codes = codes.map(|(at, character)| (u32::from(*character), at as u16 + 1)).collect();
            let widths = subset.widths.iter().enumerate().map(|(at, width)| (at as u16 + 1, *width)).collect();
            let metrics = subset.metrics;
            let mut parsed = ParsedFont::with_glyph_data(
                vec![0, 1, 0, 0],
                0,
                Some(subset.name.clone()),
                codes,
                widths,
                metrics.units_per_em,
                FontMetrics { ascent: metrics.ascender, descent: metrics.descender },
            );
            let [x_min, y_min, x_max, y_max] = metrics.bounds;
            parsed.pdf_font_metrics = PdfFontMetricsStub {
                x_min,
                y_min,
                x_max,
                y_max,
                us_weight_class: metrics.weight,
                ..parsed.pdf_font_metrics
            };
            pdf.resources.fonts.map.insert(self.id(font), PdfFont::new(parsed));
        }
    }

    /// Puts the font files into the document that printpdf made; `page` is any of its pages.
    pub(super) fn embed(&self, document: &mut Document, page: ObjectId) -> lopdf::Result<()> {
        let resources = document.get_dictionary(page)?.get(b"Resources")?.as_reference()?;
        let fonts = document.get_dictionary(resources)?.get(b"Font")?.as_reference()?;
        let fonts = document.get_dictionary(fonts)?.clone();
        for (number, subset) in self.subsets.iter().enumerate() {
            // A font of the form that this report shows nothing in is not in the document.
            let Ok(font) = fonts.get(self.id(number).0.as_bytes()) else { continue };
            let font = font.as_reference()?;
            let descendant = document.get_dictionary(font)?.get(b"DescendantFonts")?.as_array()?;
            let descendant =
                descendant.first().ok_or(lopdf::Error::DictKey("DescendantFonts".to_owned()))?.as_dict()?;
            let descriptor = descendant.get(b"FontDescriptor")?.as_reference()?;
            let file = document.get_dictionary(descriptor)?.get(b"FontFile2")?.as_reference()?;
            let filter = dictionary! { "Filter" => "FlateDecode", "Length1" => subset.length as i64 };
            let stream = Stream::new(filter, subset.program.clone()).with_compression(false);
            document.objects.insert(file, Object::Stream(stream));
            if let Some(glyphs) = &subset.glyphs {
                let map = document.add_object(Stream::new(dictionary! {}, glyphs.clone()));
                let descendants = document.get_dictionary_mut(font)?.get_mut(b"DescendantFonts")?.as_array_mut()?;
                if let Some(descendant) = descendants.first_mut() {
                    descendant.as_dict_mut()?.set("CIDToGIDMap", Object::Reference(map));
                }
            }
        }
        Ok(())
    }
}

/// The texts that all reports of a form have: headings, heads, labels, columns without figures, and the characters of figures.
fn form_texts(layout: &Layout) -> Vec<(FontRole, String)> {
    let mut texts = vec![(layout.form.page_number.font, FIGURES.to_owned())];
    for block in &layout.form.blocks {
        let table = match block {
            Block::Line(line) if line.kind == LineKind::Heading => {
                texts.extend(line.parts.iter().map(|part| (line.style.font, layout.text(part).to_owned())));
                continue;
            }
            Block::Line(_) => continue,
            Block::Table(table) => table,
        };
        let figures = figure_columns(layout, table);
        let of_form = |cell: &CellLayout| cell.role != CellRole::Data || !figures.contains(&cell.column);
        for cell in table.rows.iter().flat_map(|row| &row.cells) {
            if of_form(cell) {
                texts.push((cell.style.font, layout.content(cell).to_text()));
            }
        }
        let roles: BTreeSet<FontRole> =
            table.rows.iter().flat_map(|row| &row.cells).filter(|cell| !of_form(cell)).map(|c| c.style.font).collect();
        texts.extend(roles.into_iter().map(|role| (role, FIGURES.to_owned())));
    }
    texts
}

/// The columns of a table that hold numbers.
fn figure_columns(layout: &Layout, table: &TableLayout) -> BTreeSet<usize> {
    let cells = table.rows.iter().flat_map(|row| &row.cells);
    cells.filter(|cell| matches!(layout.content(cell), Content::Number(_))).map(|cell| cell.column).collect()
}
