//! The form's part of a document: all that its reports share, as the bytes that open their files.
//!
//! Made once for a form and a set of fonts, and kept with the form.

use std::collections::BTreeSet;

use lopdf::{Dictionary, Document, Object, ObjectId, Stream, dictionary};
use printpdf::{Mm, PdfDocument, PdfPage, PdfParseErrorSeverity, PdfSaveOptions};

use super::content::{self, Glyphs, Mark};
use super::metadata::{self, Identity};
use super::object::Written;
use super::section::Section;
use super::typeface::{Characters, Pair, Typefaces};
use super::{failed, object, structure};
use crate::deflate::{Effort, deflated};
use crate::error::Result;
use crate::font::{Fonts, FontsId};
use crate::layout::page::{self, Page, Pages, Source, TextBox};
use crate::layout::{Block, Filling, Form};

/// The ids of what each report has of its own.
pub(super) struct Own {
    /// The content stream of each page.
    pub(super) contents: Vec<ObjectId>,
    /// The fonts by name.
    pub(super) fonts: ObjectId,
    /// The attributes of tables that are called as the document is.
    pub(super) titled: ObjectId,
    pub(super) information: ObjectId,
    pub(super) metadata: ObjectId,
    /// The first id that is free.
    pub(super) next: u32,
}

/// The form's part of a document.
pub(super) struct Blank {
    fonts: FontsId,
    pub(super) pages: Pages,
    /// The marks of each page's slots.
    pub(super) marks: Vec<Vec<Mark>>,
    pub(super) typefaces: Typefaces,
    /// Characters of the form that no font has, with the pieces that have them.
    pub(super) missing: BTreeSet<(Source, char)>,
    /// The file up to where a report's own begins.
    pub(super) bytes: Vec<u8>,
    /// Where its cross-reference stream stands.
    pub(super) places: usize,
    /// The form's fonts by name, as entries of a dictionary.
    pub(super) names: Vec<u8>,
    pub(super) catalog: ObjectId,
    pub(super) own: Own,
    pub(super) identity: Identity,
}

impl Blank {
    /// Whether it was made for these fonts.
    pub(super) fn is_for(&self, fonts: &Fonts) -> bool {
        self.fonts == fonts.id()
    }

    /// Breaks a form into pages and draws all that is fixed on them.
    pub(super) fn new(form: &Form, fonts: &Fonts) -> Result<Self> {
        let mut typefaces = Typefaces::default();
        typefaces.add(&form.characters(), None, fonts)?;
        typefaces.add(&fixed_characters(form), None, fonts)?;
        let nothing = Typefaces::default();
        let pair = Pair { form: &typefaces, report: &nothing };
        let pages = page::pages(form, &pair);
        let glyph = |text: &TextBox, character: char| pair.glyph(text.style.font, character);

        let mut pdf = PdfDocument::new("");
        let (mut contents, mut sources) = (Vec::new(), Vec::new());
        let (mut marks, mut missing) = (Vec::new(), BTreeSet::new());
        for page in &pages.pages {
            let (content, mut of_page) = content::fixed(form, page, &glyph);
            contents.push(content);
            page.texts.iter().for_each(|text| note_missing(text, &glyph, &mut missing));
            let (width, height) = (Mm(form.page.width as f32), Mm(form.page.height as f32));
            pdf.pages.push(PdfPage::new(width, height, Vec::new()));
            marks.push(slot_marks(form, page, &mut of_page));
            sources.push(of_page);
        }
        let mut warnings = Vec::new();
        let mut document = pdf.to_lopdf_document(&PdfSaveOptions::default(), &mut warnings);
        if let Some(wrong) = warnings.iter().find(|warning| warning.severity == PdfParseErrorSeverity::Error) {
            return Err(failed(&wrong.msg));
        }
        let (own, elements) = finish(&mut document, form, contents, &pages.pages, &sources)
            .map_err(|error| failed(&error).caused_by(error))?;
        let mut blank = Self {
            fonts: fonts.id(),
            pages,
            marks,
            typefaces,
            missing,
            bytes: Vec::new(),
            places: 0,
            names: Vec::new(),
            catalog: (0, 0),
            own,
            identity: Identity::new(),
        };
        blank.save(document, elements).map_err(|error| failed(&error).caused_by(error))?;
        Ok(blank)
    }

    /// Serializes the document: streams each by itself, all else packed, so that it deflates well. `beside` are
    /// objects that the document does not have.
    fn save(&mut self, document: Document, mut beside: Vec<Written>) -> lopdf::Result<()> {
        self.catalog = document.trailer.get(b"Root")?.as_reference()?;
        let mut section = Section::new(0, Effort::Thorough);
        let mut packed: Vec<Written> = Vec::new();
        self.typefaces.embed(&mut section, &mut packed, &mut self.own.next, &mut self.names)?;
        for (id, object) in &document.objects {
            match object {
                Object::Stream(stream) => {
                    let (mut dictionary, mut entries) = (stream.dict.clone(), Vec::new());
                    dictionary.remove(b"Length");
                    object::entries(&dictionary, &mut entries);
                    if dictionary.has(b"Filter") {
                        section.stream(*id, &entries, &stream.content);
                    } else {
                        entries.extend_from_slice(b"/Filter/FlateDecode");
                        section.stream(*id, &entries, &deflated(&stream.content, Effort::Thorough)?);
                    }
                }
                object => beside.push((*id, object::written(object))),
            }
        }
        beside.sort_unstable_by_key(|(id, _)| *id);
        packed.append(&mut beside);
        section.packed((self.own.next, 0), &packed)?;
        let trailer = format!("/Root {} 0 R", self.catalog.0).into_bytes();
        (self.bytes, self.places) = section.end((self.own.next + 1, 0), trailer, None)?;
        self.own.next += 2;
        self.identity.add(&self.bytes);
        Ok(())
    }
}

/// The marks of a page's slots, numbered after those of what is fixed, to which they are added.
fn slot_marks(form: &Form, page: &Page, marks: &mut Vec<Source>) -> Vec<Mark> {
    let mark = |slot: &page::SlotBox| {
        let tag = content::element(form, slot.source)?;
        marks.push(slot.source);
        Some((tag, marks.len() - 1))
    };
    page.slots.iter().map(mark).collect()
}

/// Notes the characters of a text that no font has.
pub(super) fn note_missing(text: &TextBox, glyph: Glyphs<'_>, missing: &mut BTreeSet<(Source, char)>) {
    if matches!(text.source, Source::Repeated { .. } | Source::PageNumber) {
        return;
    }
    for character in text.lines.iter().flat_map(|line| line.text.chars()) {
        if glyph(text, character).is_some_and(|glyph| glyph.substitute) {
            missing.insert((text.source, character));
        }
    }
}

/// The characters of all that is fixed in a form, and of page numbers.
fn fixed_characters(form: &Form) -> Characters {
    let mut characters = Characters::new();
    let mut add = |role, text: &str| characters.entry(role).or_default().extend(text.chars());
    add(form.page_number.font, "— 0123456789");
    for block in &form.blocks {
        match block {
            Block::Line(line) => {
                for part in &line.parts {
                    if let Filling::Fixed(text) = &part.text {
                        add(line.style.font, text);
                    }
                }
            }
            Block::Table(table) => {
                for cell in table.rows.iter().flat_map(|row| &row.cells) {
                    if let Filling::Fixed(content) = &cell.content {
                        add(cell.style.font, &content.to_text());
                    }
                }
            }
        }
    }
    characters
}

/// Adds to printpdf's document all that makes it PDF/A and PDF/UA, and finds ids for what is each report's own. Gives back
/// the elements of its structure, which are not added but written as they are.
fn finish(
    document: &mut Document,
    form: &Form,
    contents: Vec<Vec<u8>>,
    pages: &[Page],
    marks: &[Vec<Source>],
) -> lopdf::Result<(Own, Vec<Written>)> {
    let page_ids: Vec<ObjectId> = document.get_pages().into_values().collect();
    let mut own = Own {
        contents: page_ids.iter().map(|_| document.new_object_id()).collect(),
        fonts: document.new_object_id(),
        titled: document.new_object_id(),
        information: document.new_object_id(),
        metadata: document.new_object_id(),
        next: 0,
    };
    for ((page, content), own_content) in page_ids.iter().zip(contents).zip(&own.contents) {
        let content = document.add_object(Stream::new(Dictionary::new(), content));
        let page = document.get_dictionary_mut(*page)?;
        page.set("Contents", vec![Object::Reference(content), Object::Reference(*own_content)]);
        page.set("Resources", dictionary! { "Font" => Object::Reference(own.fonts) });
    }
    metadata::add(document, own.metadata)?;
    // What printpdf made and nothing needs now goes before there is much to look through.
    document.trailer.remove(b"Info");
    document.prune_objects();
    let (tree, elements) = structure::tree(document, form, marks, &page_ids, own.titled)?;
    let outline = structure::outline(document, form, pages, &page_ids);
    let catalog = document.catalog_mut()?;
    catalog.set("StructTreeRoot", Object::Reference(tree));
    if let Some(outline) = outline {
        catalog.set("Outlines", Object::Reference(outline));
    }
    own.next = document.max_id + 1;
    Ok((own, elements))
}
