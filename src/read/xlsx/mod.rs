//! Reads Office Open XML workbooks (xlsx, xlsm).
//!
//! In: the bytes of the package. Out: the worksheets. Called by [`super::workbook`]. `package` finds the parts,
//! `events` parses their XML, `strings` and `formats` hold what cells refer to, and `worksheet` reads cells and merged
//! ranges in one pass.
//!
//! `calamine` can read these workbooks too, and the tests compare both readers cell by cell. But it takes more than
//! twice as long, because it loads all fonts, borders and colours, and needs a second pass for merged ranges. It also
//! rejects a file for one unknown error value, sheet state or entity. Here it only converts serial numbers to dates.
//!
//! Source: ECMA-376 Part 1, chapter 18, transitional and strict; Part 2, chapter 9.

mod book;
mod drawing;
mod error;
mod events;
mod formats;
mod package;
mod strings;
mod worksheet;

#[cfg(test)]
mod tests;

use crate::error::Result;

use super::sheet::{self, Sheet, SheetBuilder};
use super::{ReadOptions, limit};
use book::Book;
pub(super) use drawing::Drawings;
use error::structure;
use events::{Event, Events};
use formats::cell_styles;
use package::{Package, Relationship};
use strings::SharedStrings;

/// Hardly any cell takes fewer bytes of XML.
const LEAST_CELL: usize = 16;

/// A sheet in the workbook's list.
struct SheetEntry {
    name: String,
    hidden: bool,
    /// The id of the relationship that names its kind and part.
    relationship: String,
}

/// Reads the requested worksheets, and what lies over those that are not hidden. Skips charts, dialogs and macro sheets.
///
/// # Errors
/// [`Encrypted`](crate::ErrorKind::Encrypted), [`Corrupt`](crate::ErrorKind::Corrupt),
/// [`TooLarge`](crate::ErrorKind::TooLarge) or [`SheetNotFound`](crate::ErrorKind::SheetNotFound).
pub(super) fn read(bytes: &[u8], options: &ReadOptions) -> Result<(Vec<Sheet>, Drawings)> {
    let mut package = Package::open(bytes)?;
    let main = package.relationships("")?.into_iter().find(|found| found.is("officeDocument"));
    let main = main.ok_or_else(structure)?.target;
    let relationships = package.relationships(&main)?;
    let (entries, from_1904) = entries(&package.part(&main)?.ok_or_else(structure)?)?;
    if entries.len() > limit::SHEETS {
        return Err(limit::too_large(entries.len(), limit::SHEETS));
    }
    let names: Vec<&str> = entries.iter().map(|entry| entry.name.as_str()).collect();
    let wanted = sheet::choose(&names, options)?;
    let mut part = |kind: &str, usual: &str| {
        let named = relationships.iter().find(|found| found.is(kind)).map(|found| found.target.as_str());
        let part = named.map(|name| package.part(name)).transpose()?.flatten();
        part.map_or_else(|| package.part(&package::resolve(&main, usual)), |part| Ok(Some(part)))
    };
    let strings = part("sharedStrings", "sharedStrings.xml")?.map(|text| SharedStrings::read(&text)).transpose()?;
    let styles = part("styles", "styles.xml")?.map(|text| cell_styles(&text)).transpose()?;
    let book = Book { strings: strings.unwrap_or_default(), styles: styles.unwrap_or_default(), from_1904 };
    let (mut builder, mut drawings) = (SheetBuilder::default(), Drawings::default());
    let chosen = entries.iter().enumerate().filter(|(index, _)| wanted.is_none_or(|wanted| wanted == *index));
    for (_, entry) in chosen {
        let known = |found: &&Relationship| found.id == entry.relationship;
        let found = relationships.iter().find(known).ok_or_else(structure)?;
        if found.is("worksheet") {
            let text = package.part(&found.target)?.ok_or_else(structure)?;
            builder.begin(&entry.name, entry.hidden);
            builder.expect(text.len() / LEAST_CELL);
            worksheet::read(&text, &book, &mut builder)?;
            if !entry.hidden || wanted.is_some() {
                drawings.read(&mut package, &found.target, &entry.name)?;
            }
        }
    }
    Ok((builder.end()?, drawings))
}

/// The list of sheets, and whether dates count from 1904.
fn entries(workbook: &[u8]) -> Result<(Vec<SheetEntry>, bool)> {
    let mut events = Events::of(workbook);
    let (mut entries, mut from_1904) = (Vec::new(), false);
    loop {
        match events.next()? {
            Event::Start(element) => match element.name {
                b"sheet" => entries.push(SheetEntry {
                    name: element.attribute(b"name").unwrap_or_default().into_owned(),
                    hidden: element.attribute(b"state").is_some_and(|state| state != "visible"),
                    relationship: element.attribute(b"id").unwrap_or_default().into_owned(),
                }),
                // An extension has an element of this name without `date1904`.
                b"workbookPr" => {
                    if let Some(value) = element.attribute(b"date1904") {
                        from_1904 = matches!(&*value, "1" | "true" | "on");
                    }
                }
                _ => {}
            },
            Event::Eof => return Ok((entries, from_1904)),
            _ => {}
        }
    }
}
