//! The workbook of a form, drawn once and filled for each of its reports.
//!
//! To draw and deflate a form with rust_xlsxwriter takes longer than all other steps of a report together. So the form is
//! drawn once, with blank cells where reports differ. [`FormWorkbook::parse`] takes the finished file apart with quick-xml;
//! [`FormWorkbook::fill`] writes the cells of one report and the document's properties. All other parts stay deflated. Texts
//! of reports are inline strings; the shared strings are the form's.
//!
//! The blank cells also tell the numbers of styles: they are drawn in all styles that reports need ([`slots`]).
//!
//! Both functions return `None` for what they do not expect. The caller then draws the report with rust_xlsxwriter alone.
//! A property test compares the two.
//!
//! Source: ECMA-376 Part 1, 18.3.1.4, `c`, and 18.3.1.53, `is`.

#[cfg(test)]
mod tests;

use std::borrow::Cow;
use std::fmt::Write as _;

use quick_xml::escape::partial_escape;
use quick_xml::events::{BytesStart, Event};
use quick_xml::{Reader, XmlVersion};
use rust_xlsxwriter::utility::row_col_to_cell;
use rustc_hash::FxHashMap;

use super::cells::{CellContent, PlacedCell, Slot, escape_codes};
use crate::text::neutral::neutral;
use super::draw::Properties;
use crate::write::package::{self, Part};
use super::style::{self, CellStyle};
use crate::deflate::Effort;

const SHEET: &str = "xl/worksheets/sheet1.xml";
const PROPERTIES: &str = "docProps/core.xml";

/// The properties that a form is drawn with. They must not be empty: [`FormWorkbook::fill`] replaces them.
pub(super) const PLACEHOLDER: Properties<'static> =
    Properties { title: "title", author: Some("author"), timestamp: None };

/// The longest text of a cell, in UTF-16 units. Source: Excel specifications and limits.
const MAX_TEXT: usize = 32_767;

/// A finished workbook with gaps for the cells and properties of a report.
pub(super) struct FormWorkbook {
    /// The parts that all reports share.
    shared: Vec<Part>,
    sheet: Vec<Gap<Cell>>,
    sheet_end: String,
    styles: Vec<(CellStyle, u32)>,
    properties: Vec<Gap<String>>,
    properties_end: String,
}

/// XML, and the element to be written behind it.
struct Gap<T> {
    before: String,
    element: T,
}

/// A cell to be filled.
struct Cell {
    /// Its reference, such as `C31`.
    reference: String,
    /// The number of its slot.
    slot: usize,
    /// Whether it is the first of its merged range, which holds the content.
    first: bool,
}

impl FormWorkbook {
    /// Takes apart the workbook of a form that was drawn with these slots blank and with [`PLACEHOLDER`].
    pub(super) fn parse(workbook: &[u8], slots: &[Slot]) -> Option<Self> {
        let mut parts = package::parts(workbook)?;
        let mut take = |name| {
            let at = parts.iter().position(|(own, _)| own == name)?;
            Some(parts.remove(at).1)
        };
        let (sheet, sheet_end, styles) = parse_sheet(&take(SHEET)?, slots)?;
        let (properties, properties_end) = parse_properties(&take(PROPERTIES)?)?;
        let shared = parts.iter().map(|(name, xml)| Part::new(name, xml, Effort::Thorough)).collect::<Option<_>>()?;
        Some(Self { shared, sheet, sheet_end, styles, properties, properties_end })
    }

    /// Whether it has the styles of all these cells.
    pub(super) fn has_styles_of(&self, cells: &[PlacedCell<'_>]) -> bool {
        cells.iter().all(|cell| self.style(cell.style).is_some())
    }

    fn style(&self, style: CellStyle) -> Option<u32> {
        self.styles.iter().find(|(known, _)| *known == style).map(|(_, number)| *number)
    }

    /// The workbook of a report; `cells` are in the order of the slots.
    pub(super) fn fill(&self, cells: &[PlacedCell<'_>], properties: Properties<'_>) -> Option<Vec<u8>> {
        let styles = cells.iter().map(|cell| self.style(cell.style)).collect::<Option<Vec<u32>>>()?;
        let room = self.sheet.iter().map(|gap| gap.before.len() + 48).sum::<usize>() + self.sheet_end.len();
        let mut sheet = String::with_capacity(room);
        for Gap { before, element: Cell { reference, slot, first } } in &self.sheet {
            sheet.push_str(before);
            let (style, content) =
                (styles.get(*slot)?, if *first { &cells.get(*slot)?.content } else { &CellContent::Blank });
            let text = match content {
                CellContent::Text(text) if !text.is_empty() => neutral(text),
                CellContent::NumberAsText(number) => Cow::Owned(number.to_string()),
                CellContent::Number(number) => {
                    let number = style::float(*number);
                    write!(sheet, r#"<c r="{reference}" s="{style}"><v>{number}</v></c>"#).ok()?;
                    continue;
                }
                CellContent::Blank | CellContent::Text(_) => {
                    write!(sheet, r#"<c r="{reference}" s="{style}"/>"#).ok()?;
                    continue;
                }
            };
            if text.len() > MAX_TEXT && text.encode_utf16().count() > MAX_TEXT {
                return None;
            }
            let ends = ['\t', '\n', ' '];
            let is_space_kept = text.starts_with(ends) || text.ends_with(ends);
            let space = if is_space_kept { r#" xml:space="preserve""# } else { "" };
            let text = escape_codes(&text);
            let text = escape(&text);
            write!(sheet, r#"<c r="{reference}" s="{style}" t="inlineStr"><is><t{space}>{text}</t></is></c>"#).ok()?;
        }
        sheet.push_str(&self.sheet_end);
        let sheet = Part::new(SHEET, &sheet, Effort::Quick)?;
        let properties = Part::new(PROPERTIES, &self.fill_properties(properties), Effort::Quick)?;
        package::pack(self.shared.iter().chain([&sheet, &properties]))
    }

    fn fill_properties(&self, properties: Properties<'_>) -> String {
        let mut xml = String::new();
        for Gap { before, element } in &self.properties {
            xml.push_str(before);
            let is_title = element == "dc:title";
            let text = if is_title { properties.title } else { properties.author.unwrap_or_default() };
            if !is_title || !text.is_empty() {
                xml.push_str(&format!("<{element}>{}</{element}>", escape(text)));
            }
        }
        xml + &self.properties_end
    }
}

/// The gaps of a worksheet, the XML behind the last one, and the number of each style of the slots.
type ParsedSheet = (Vec<Gap<Cell>>, String, Vec<(CellStyle, u32)>);

/// Finds the cells of slots in the XML of a worksheet.
fn parse_sheet(xml: &str, slots: &[Slot]) -> Option<ParsedSheet> {
    let mut wanted = FxHashMap::default();
    for (number, slot) in slots.iter().enumerate() {
        for row in slot.rows.clone() {
            for column in slot.columns.0..slot.columns.1 {
                let first = (row, column) == (slot.rows.start, slot.columns.0);
                let name = row_col_to_cell(u32::try_from(row).ok()?, u16::try_from(column).ok()?);
                wanted.insert(name, (number, first));
            }
        }
    }
    let (mut gaps, mut styles) = (Vec::new(), Vec::<(CellStyle, u32)>::new());
    let (mut reader, mut written) = (Reader::from_str(xml), 0);
    loop {
        let start = position(&reader)?;
        match reader.read_event().ok()? {
            Event::Empty(cell) if cell.name().as_ref() == "c" => {
                let reference = attribute(&cell, "r")?;
                let Some((slot, first)) = wanted.remove(&reference) else { continue };
                let (own, number) = (slots[slot].style, attribute(&cell, "s")?.parse().ok()?);
                match styles.iter().find(|(style, _)| *style == own) {
                    Some((_, known)) if *known != number => return None,
                    Some(_) => {}
                    None => styles.push((own, number)),
                }
                let before = xml.get(written..start)?.to_owned();
                gaps.push(Gap { before, element: Cell { reference, slot, first } });
                written = position(&reader)?;
            }
            Event::Eof => break,
            _ => {}
        }
    }
    wanted.is_empty().then_some((gaps, xml.get(written..)?.to_owned(), styles))
}

/// The document's properties with gaps at the title and the two names of the author, and what follows the last gap.
fn parse_properties(xml: &str) -> Option<(Vec<Gap<String>>, String)> {
    let (mut reader, mut gaps, mut written) = (Reader::from_str(xml), Vec::new(), 0);
    loop {
        let start = position(&reader)?;
        match reader.read_event().ok()? {
            Event::Start(element)
                if ["dc:title", "dc:creator", "cp:lastModifiedBy"].contains(&element.name().as_ref()) =>
            {
                reader.read_to_end(element.name()).ok()?;
                let before = xml.get(written..start)?.to_owned();
                gaps.push(Gap { before, element: element.name().as_ref().to_owned() });
                written = position(&reader)?;
            }
            Event::Eof => break,
            _ => {}
        }
    }
    (gaps.len() == 3).then_some((gaps, xml.get(written..)?.to_owned()))
}

fn position(reader: &Reader<&[u8]>) -> Option<usize> {
    usize::try_from(reader.buffer_position()).ok()
}

fn attribute(element: &BytesStart<'_>, name: &str) -> Option<String> {
    let attribute = element.try_get_attribute(name).ok()??;
    Some(attribute.normalized_value(XmlVersion::Explicit1_0).ok()?.into_owned())
}

/// Escapes XML's own characters, and writes those it cannot hold as codes. Source: ECMA-376 Part 1, 22.4.2.4, `bstr`.
fn escape(text: &str) -> Cow<'_, str> {
    let is_code = |character| matches!(character, '\0'..='\x08' | '\x0B'..='\x1F' | '\u{FFFE}' | '\u{FFFF}');
    if !text.contains(is_code) {
        return partial_escape(text);
    }
    let code = |character: char| match is_code(character) {
        true => format!("_x{:04X}_", u32::from(character)),
        false => character.to_string(),
    };
    Cow::Owned(partial_escape(text.chars().map(code).collect::<String>()).into_owned())
}
