//! Office Open XML workbooks (xlsx, xlsm) into tables: only the parts that cells come from, each read once.
//!
//! In: the bytes of the package. Out: the worksheets. Called by [`super::workbook`]. `package` finds the parts,
//! `strings` and `formats` hold what cells point to, `worksheet` reads cells and merged ranges in one pass.
//!
//! `calamine`, which reads the binary workbooks, reads these as well, and the tests hold the two against each other cell
//! by cell. It takes twice as long: it makes every font, border and colour of the file before the first cell, and merged
//! ranges cost a second pass over the worksheet. It also refuses a whole file for one error value, state of a sheet or
//! entity that it does not know. Here it only turns serial numbers into dates.
//!
//! Source: ECMA-376 Part 1, chapter 18, transitional and strict; Part 2, chapter 9.

mod formats;
mod package;
mod strings;
mod worksheet;

#[cfg(test)]
mod tests;

use quick_xml::Reader;
use quick_xml::events::{BytesStart, Event};

use crate::error::{Error, ErrorKind, Result};

use super::sheet::{self, Sheet, SheetBuilder};
use super::{Format, ReadOptions, limit};
use formats::{CellFormat, formats};
use package::{Package, Relationship};
use strings::SharedStrings;

/// A sheet of the workbook's list.
struct Entry {
    name: String,
    hidden: bool,
    /// Its relationship, which says what it is and which part holds it.
    relationship: String,
}

/// What cells point to.
struct Book {
    strings: SharedStrings,
    formats: Vec<CellFormat>,
    /// Whether dates count from 1904.
    from_1904: bool,
}

/// Reads the worksheets that are wanted; charts, dialogs and macro sheets are passed over.
///
/// # Errors
/// [`ErrorKind::Encrypted`], [`ErrorKind::Corrupt`], [`ErrorKind::TooLarge`] and [`ErrorKind::SheetNotFound`].
pub(super) fn read(bytes: &[u8], options: &ReadOptions) -> Result<Vec<Sheet>> {
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
    let formats = part("styles", "styles.xml")?.map(|text| formats(&text)).transpose()?;
    let book = Book { strings: strings.unwrap_or_default(), formats: formats.unwrap_or_default(), from_1904 };
    let mut builder = SheetBuilder::default();
    let chosen = entries.iter().enumerate().filter(|(index, _)| wanted.is_none_or(|wanted| wanted == *index));
    for (_, entry) in chosen {
        let known = |found: &&Relationship| found.id == entry.relationship;
        let found = relationships.iter().find(known).ok_or_else(structure)?;
        if found.is("worksheet") {
            let text = package.part(&found.target)?.ok_or_else(structure)?;
            builder.begin(&entry.name, entry.hidden);
            worksheet::read(&text, &book, &mut builder)?;
        }
    }
    builder.end()
}

/// The sheets in their order, and whether dates count from 1904.
fn entries(workbook: &[u8]) -> Result<(Vec<Entry>, bool)> {
    let mut reader = reader(workbook);
    let (mut entries, mut from_1904) = (Vec::new(), false);
    loop {
        match next(&mut reader)? {
            Event::Start(element) => match element.local_name().as_ref() {
                "sheet" => entries.push(Entry {
                    name: attribute(&element, "name").unwrap_or_default(),
                    hidden: attribute(&element, "state").is_some_and(|state| state != "visible"),
                    relationship: attribute(&element, "id").unwrap_or_default(),
                }),
                // An extension has an element of the same name, without dates.
                "workbookPr" => {
                    if let Some(value) = attribute(&element, "date1904") {
                        from_1904 = matches!(value.as_str(), "1" | "true" | "on");
                    }
                }
                _ => {}
            },
            Event::Eof => return Ok((entries, from_1904)),
            _ => {}
        }
    }
}

fn reader(text: &[u8]) -> Reader<&[u8]> {
    let mut reader = Reader::from_reader(text);
    let config = reader.config_mut();
    config.expand_empty_elements = true;
    // Excel opens files whose ends are mixed up where nothing depends on it, and so is done here.
    config.check_end_names = false;
    reader
}

fn next<'t>(reader: &mut Reader<&'t [u8]>) -> Result<Event<'t>> {
    reader.read_event().map_err(|error| corrupt(&error).caused_by(error))
}

/// An attribute by its name without prefix, as it reads.
fn attribute(element: &BytesStart<'_>, name: &str) -> Option<String> {
    let value = raw_attribute(element, name)?;
    // A reference that nothing is known of stays as it is written.
    Some(quick_xml::escape::unescape(value).map_or_else(|_| value.to_owned(), |value| value.into_owned()))
}

/// An attribute by its name without prefix, as it is written.
fn raw_attribute<'e>(element: &'e BytesStart<'_>, name: &str) -> Option<&'e str> {
    raw_attributes(element).find(|(key, _)| *key == name).map(|(_, value)| value)
}

/// The names, without prefix, and values of an element's attributes as they are written. The values that cells have
/// need no more, and there are thousands of them.
fn raw_attributes<'e>(element: &'e BytesStart<'_>) -> impl Iterator<Item = (&'e str, &'e str)> {
    let mut rest = element.attributes_raw();
    std::iter::from_fn(move || {
        // All that is looked for is ASCII, so that bytes are characters.
        let find = |text: &str, wanted: u8| text.bytes().position(|byte| byte == wanted);
        let equals = find(rest, b'=')?;
        let name = rest[..equals].trim_ascii();
        let behind = rest[equals + 1..].trim_ascii_start();
        let quote = behind.bytes().next().filter(|quote| matches!(quote, b'"' | b'\''))?;
        let length = find(&behind[1..], quote)?;
        rest = &behind[length + 2..];
        Some((find(name, b':').map_or(name, |colon| &name[colon + 1..]), &behind[1..=length]))
    })
}

fn corrupt(detail: impl ToString) -> Error {
    Error::new(ErrorKind::Corrupt).with("format", Format::Xlsx.word()).with("detail", detail)
}

fn structure() -> Error {
    corrupt("@detail.structure")
}

fn ends_early() -> Error {
    corrupt("@detail.ends_early")
}
