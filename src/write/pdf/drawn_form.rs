//! What all documents of a form share: its pages, its fonts, and the bytes that open each file.
//!
//! Made once for a form and a set of fonts, and kept with the form.

use std::collections::{BTreeMap, BTreeSet};

use lopdf::{Dictionary, Document, Object, ObjectId, Stream, dictionary};
use printpdf::{Mm, PdfDocument, PdfPage, PdfParseErrorSeverity, PdfSaveOptions};

use super::draw::{self, FormPage};
use super::metadata::{self, Identity};
use super::object::{Written, failed};
use super::section::Section;
use super::typeface::{Characters, FontPair, Typefaces};
use super::{embed, object, structure};
use crate::deflate::{Effort, deflated};
use crate::error::Result;
use crate::font::{Fonts, FontsId};
use crate::layout::page::{self, Pages, Source, TextBox};
use crate::layout::{Block, Filling, Form};
use crate::template::FontRole;

/// The ids of the objects that each report writes.
#[derive(Default)]
pub(super) struct ReportIds {
    /// The content stream of each page's text.
    pub(super) contents: Vec<ObjectId>,
    /// The fonts by name.
    pub(super) fonts: ObjectId,
    /// The attributes of tables without a caption, which have the document's title.
    pub(super) titled: ObjectId,
    pub(super) information: ObjectId,
    pub(super) metadata: ObjectId,
    /// The first free id.
    pub(super) next: u32,
}

/// What all documents of a form share, see [`Form::prepared`].
pub(super) struct DrawnForm {
    fonts: FontsId,
    pub(super) pages: Pages,
    /// What is drawn on each page.
    pub(super) drawn: Vec<FormPage>,
    pub(super) typefaces: Typefaces,
    /// Characters of the form that no font has, with the pieces that have them.
    pub(super) missing: BTreeSet<(Source, char)>,
    /// The bytes that open the file.
    pub(super) bytes: Vec<u8>,
    /// Offset of their cross-reference stream.
    pub(super) xref: usize,
    /// The form's fonts by name, as entries of a dictionary.
    pub(super) font_names: Vec<u8>,
    pub(super) catalog: ObjectId,
    /// The entries of the catalogue.
    pub(super) catalog_entries: Vec<u8>,
    pub(super) ids: ReportIds,
    pub(super) identity: Identity,
}

impl DrawnForm {
    /// Whether it was made for these fonts.
    pub(super) fn is_for(&self, fonts: &Fonts) -> bool {
        self.fonts == fonts.id()
    }

    /// Breaks a form into pages and has printpdf draw all that is fixed on them.
    pub(super) fn new(form: &Form, fonts: &Fonts) -> Result<Self> {
        let mut typefaces = Typefaces::default();
        typefaces.add(&form.characters(), None, fonts)?;
        typefaces.add(&fixed_characters(form), None, fonts)?;
        let nothing = Typefaces::default();
        let pair = FontPair { form: &typefaces, report: &nothing };
        let pages = page::pages(form, &pair);

        let mut pdf = PdfDocument::new("");
        let (mut drawn, mut missing) = (Vec::with_capacity(pages.pages.len()), BTreeSet::new());
        let (width, height) = (Mm(form.page.width as f32), Mm(form.page.height as f32));
        for page in &pages.pages {
            page.texts.iter().for_each(|text| note_missing(text, &pair, &mut missing));
            let (ops, page) = draw::page(form, page, &pair);
            pdf.pages.push(PdfPage::new(width, height, ops));
            drawn.push(page);
        }
        let mut warnings = Vec::new();
        // The operators of `draw` that printpdf has no names for are not from strangers.
        let options = PdfSaveOptions { secure: false, ..PdfSaveOptions::default() };
        let document = pdf.to_lopdf_document(&options, &mut warnings);
        if let Some(wrong) = warnings.iter().find(|warning| warning.severity == PdfParseErrorSeverity::Error) {
            return Err(failed(&wrong.msg));
        }
        for (page, drawn) in document.get_pages().values().zip(&mut drawn) {
            drawn.fill(&document.get_page_content(*page))?;
        }
        let mut cached = Self {
            fonts: fonts.id(),
            pages,
            drawn,
            typefaces,
            missing,
            bytes: Vec::new(),
            xref: 0,
            font_names: Vec::new(),
            catalog: (0, 0),
            catalog_entries: Vec::new(),
            ids: ReportIds::default(),
            identity: Identity::new(),
        };
        cached.finish(document, form).map_err(|error| failed(&error).caused_by(error))?;
        Ok(cached)
    }

    /// Adds to printpdf's document all that makes it PDF/A and PDF/UA, and serializes it.
    fn finish(&mut self, mut document: Document, form: &Form) -> lopdf::Result<()> {
        self.clear(&mut document)?;
        self.ids.fonts = document.new_object_id();
        self.ids.titled = document.new_object_id();
        self.ids.information = document.new_object_id();
        self.ids.metadata = document.new_object_id();
        metadata::add(&mut document, self.ids.metadata)?;
        let page_ids: Vec<ObjectId> = document.get_pages().into_values().collect();
        for (page, drawn) in page_ids.iter().zip(&self.drawn) {
            let rules = document.add_object(Stream::new(Dictionary::new(), drawn.rules.clone()));
            let text = document.new_object_id();
            self.ids.contents.push(text);
            let page = document.get_dictionary_mut(*page)?;
            page.set("Contents", vec![rules.into(), Object::Reference(text)]);
            page.set("Resources", dictionary! { "Font" => Object::Reference(self.ids.fonts) });
        }
        let marks: Vec<&[Source]> = self.drawn.iter().map(|page| &*page.marks).collect();
        let (tree, elements) = structure::tree(&mut document, form, &marks, &page_ids, self.ids.titled)?;
        let outline = structure::outline(&mut document, form, &self.pages.pages, &page_ids);
        let catalog = document.catalog_mut()?;
        catalog.set("StructTreeRoot", Object::Reference(tree));
        if let Some(outline) = outline {
            catalog.set("Outlines", Object::Reference(outline));
        }
        self.ids.next = document.max_id + 1;
        self.save(&document, elements)
    }

    /// Removes from printpdf's document what is written here: content streams, resources, the time.
    fn clear(&self, document: &mut Document) -> lopdf::Result<()> {
        for page in document.get_pages().values() {
            let dictionary = document.get_dictionary_mut(*page)?;
            dictionary.remove(b"Contents");
            dictionary.remove(b"Resources");
        }
        document.trailer.remove(b"Info");
        document.prune_objects();
        Ok(())
    }

    /// Serializes the document: each stream by itself, all else together, so that it deflates well. `elements` are objects
    /// that the document does not have.
    fn save(&mut self, document: &Document, mut elements: Vec<Written>) -> lopdf::Result<()> {
        self.catalog = document.trailer.get(b"Root")?.as_reference()?;
        object::entries(document.catalog()?, &mut self.catalog_entries);
        let mut section = Section::new(0, Effort::Quick);
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
                        section.stream(*id, &entries, &deflated(&stream.content, Effort::Quick)?);
                    }
                }
                object => elements.push((*id, object::written(object))),
            }
        }
        let streams = section.bytes().len();
        let fonts = &mut self.font_names;
        embed::embed(&self.typefaces, &mut section, &mut elements, &mut self.ids.next, fonts)?;
        let fonts = streams..section.bytes().len();
        elements.sort_unstable_by_key(|(id, _)| *id);
        section.packed((self.ids.next, 0), &elements)?;
        let trailer = format!("/Root {} 0 R", self.catalog.0).into_bytes();
        (self.bytes, self.xref) = section.end((self.ids.next + 1, 0), trailer, None)?;
        self.ids.next += 2;
        // The name of a font follows from what is in it, which is most of the file.
        self.identity.add(&self.bytes[..fonts.start]);
        self.identity.add(&self.bytes[fonts.end..]);
        self.typefaces.names().for_each(|name| self.identity.add(name.as_bytes()));
        Ok(())
    }
}

/// Notes the characters of a text that no font has.
pub(super) fn note_missing(text: &TextBox, fonts: &FontPair<'_>, missing: &mut BTreeSet<(Source, char)>) {
    if matches!(text.source, Source::Repeated { .. } | Source::PageNumber) {
        return;
    }
    for character in text.lines.iter().flat_map(|line| line.text.chars()) {
        if fonts.glyph(text.style.font, character).is_some_and(|glyph| glyph.substitute) {
            missing.insert((text.source, character));
        }
    }
}

/// The characters of all that is fixed in a form, and of page numbers.
fn fixed_characters(form: &Form) -> Characters {
    let mut characters: BTreeMap<FontRole, Vec<char>> = BTreeMap::new();
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
    characters.into_iter().map(|(role, characters)| (role, characters.into_iter().collect())).collect()
}
