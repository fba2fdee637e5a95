//! The report as JSON, attached to its document: PDF/A-3 allows files beside the pages.
//!
//! In: a report. Out: an embedded file, and the catalogue with it. `xxgk` reads the report back from it; other programs show
//! it as an attachment.
//!
//! Source: ISO 32000-1, 7.11.4 (embedded files); ISO 19005-3, 6.8 and annex E (associated files).

use lopdf::{Object, ObjectId, dictionary};

use super::drawn_form::DrawnForm;
use super::metadata::Description;
use super::object::{self, Put, Written, text_string};
use super::section::Section;
use crate::deflate::{Effort, deflated};
use crate::error::Result;
use crate::message::Lang;
use crate::report::Report;
use crate::report::json::{ATTACHMENT, ReportJson};
use crate::write::failed;

/// A report as JSON, with messages in one language.
pub(super) fn json(report: &Report, lang: Lang) -> Result<Vec<u8>> {
    serde_json::to_vec(&ReportJson::new(report, lang)).map_err(|error| failed("PDF", error))
}

/// Adds a file of JSON to a report's section, and a catalogue that names it.
pub(super) fn add(
    json: &[u8],
    description: &Description,
    cached: &DrawnForm,
    section: &mut Section,
    objects: &mut Vec<Written>,
    next: &mut u32,
) -> std::io::Result<()> {
    let mut new_id = || {
        *next += 1;
        (*next - 1, 0)
    };
    let (file, specification): (ObjectId, ObjectId) = (new_id(), new_id());
    let mut parameters = dictionary! { "Size" => json.len() as i64 };
    if let Some(time) = description.pdf_time() {
        parameters.set("ModDate", text_string(&time));
    }
    let entries = dictionary! {
        "Type" => "EmbeddedFile",
        "Subtype" => "application/json",
        "Filter" => "FlateDecode",
        "Params" => parameters,
    };
    let mut bytes = Vec::new();
    object::entries(&entries, &mut bytes);
    section.stream(file, &bytes, &deflated(json, Effort::Thorough)?);
    let content = Object::Reference(file);
    let entry = dictionary! {
        "Type" => "Filespec",
        "F" => text_string(ATTACHMENT),
        "UF" => text_string(ATTACHMENT),
        "AFRelationship" => "Data",
        "Desc" => text_string(&description.title),
        "EF" => dictionary! { "F" => content.clone(), "UF" => content },
    };
    objects.push((specification, object::written(&Object::Dictionary(entry))));
    let specification = Object::Reference(specification);
    let files = dictionary! { "Names" => vec![text_string(ATTACHMENT), specification.clone()] };
    let added = dictionary! { "AF" => vec![specification], "Names" => dictionary! { "EmbeddedFiles" => files } };
    let mut catalog = Vec::with_capacity(cached.catalog_entries.len() + 128);
    catalog.put("<<").extend_from_slice(&cached.catalog_entries);
    object::entries(&added, &mut catalog);
    catalog.put(">>");
    objects.push((cached.catalog, catalog));
    Ok(())
}
