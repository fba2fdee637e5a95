//! Reads the cells and merged ranges of one worksheet in one pass.
//!
//! In: the worksheet part, and the [`Book`] that its cells refer to. Out: cells in a [`SheetBuilder`]. Called by
//! [`super::read`]. Source: ECMA-376 Part 1, 18.3.1.4 `c`, 18.3.1.55 `mergeCell`, 18.3.1.73 `row`.

use std::collections::BTreeMap;
use std::sync::Arc;

use calamine::{ExcelDateTime, ExcelDateTimeType};

use crate::document::{CellKind, CellRef, MergedRange};
use crate::error::Result;
use crate::read::formula::{Formula, Notation};
use crate::read::sheet::{self, SheetBuilder};

use super::book::Book;
use super::error::{ends_early, structure};
use super::events::{Element, Event, Events, whole_number};
use super::formats::{CellFormat, CellStyle};
use super::strings::{push_item, without_escapes};

/// The most rows and columns of a worksheet.
const ROWS: u32 = 1 << 20;
const COLUMNS: u32 = 1 << 14;

/// Reads a worksheet into the current sheet of the builder. XML without sheet data has no cells.
pub(super) fn read(text: &[u8], book: &Book, builder: &mut SheetBuilder) -> Result<()> {
    let mut events = Events::of(text);
    let mut is_xml = false;
    loop {
        match events.next()? {
            Event::Start(element) => match element.name {
                b"cols" => hidden_columns(&mut events, builder)?,
                b"sheetData" => cells(&mut events, book, builder)?,
                b"mergeCells" => return merged(&mut events, builder),
                _ => is_xml = true,
            },
            Event::Eof if is_xml => return Ok(()),
            Event::Eof => return Err(ends_early()),
            _ => {}
        }
    }
}

/// Whether a column is hidden, or has no width.
fn is_hidden(column: &Element<'_>) -> bool {
    column.raw_attribute(b"hidden").is_some_and(is_true) || column.raw_attribute(b"width") == Some(b"0")
}

fn is_true(value: &[u8]) -> bool {
    matches!(value, b"1" | b"true" | b"on")
}

fn hidden_columns(events: &mut Events<'_>, builder: &mut SheetBuilder) -> Result<()> {
    loop {
        match events.next()? {
            Event::Start(element) if element.name == b"col" && is_hidden(&element) => {
                let number = |name: &[u8]| {
                    let value = element.raw_attribute(name).and_then(|value| whole_number::<u32>(value.trim_ascii()));
                    value.filter(|column| (1..=COLUMNS).contains(column))
                };
                if let Some((first, last)) = number(b"min").zip(number(b"max")).filter(|(first, last)| first <= last) {
                    builder.hide_columns(first - 1, last - 1);
                }
            }
            Event::End(b"cols") => return Ok(()),
            Event::Eof => return Err(ends_early()),
            _ => {}
        }
    }
}

fn merged(events: &mut Events<'_>, builder: &mut SheetBuilder) -> Result<()> {
    loop {
        match events.next()? {
            Event::Start(element) if element.name == b"mergeCell" => {
                let Some(range) = element.raw_attribute(b"ref") else { continue };
                let colon = range.iter().position(|byte| *byte == b':');
                let (first, last) = colon.map_or((range, range), |colon| (&range[..colon], &range[colon + 1..]));
                let (first, last) = place(first).zip(place(last)).ok_or_else(structure)?;
                builder.merge(MergedRange { first, last })?;
            }
            Event::End(b"mergeCells") => return Ok(()),
            Event::Eof => return Err(ends_early()),
            _ => {}
        }
    }
}

/// Reads all rows. A row without a number follows the previous row, and a cell without an address the previous cell.
fn cells(events: &mut Events<'_>, book: &Book, builder: &mut SheetBuilder) -> Result<()> {
    let mut at = CellRef::default();
    let mut shared = State::default();
    loop {
        match events.next()? {
            Event::Start(element) => match element.name {
                b"row" => {
                    let mut hidden = false;
                    for (name, value) in element.raw_attributes() {
                        match name {
                            b"r" => {
                                let row = whole_number::<u32>(value.trim_ascii()).and_then(|row| row.checked_sub(1));
                                at.row = row.ok_or_else(structure)?;
                            }
                            b"hidden" => hidden |= is_true(value),
                            b"ht" => hidden |= value == b"0",
                            _ => {}
                        }
                    }
                    if hidden && at.row < ROWS {
                        builder.hide_rows(at.row, at.row);
                    }
                }
                b"c" => {
                    let cell = Attributes::of(&element);
                    let own = cell.place.map(|text| place(text).ok_or_else(structure)).transpose()?;
                    let here = own.unwrap_or(at);
                    if here.row >= ROWS || here.column >= COLUMNS {
                        return Err(structure());
                    }
                    let content = value(events, &cell, book, (here, &mut shared))?;
                    if !shared.struck.is_empty() {
                        builder.leave_out(here, &std::mem::take(&mut shared.struck), false);
                    }
                    let (is_hidden, is_struck) = style(&cell, book).map_or((false, false), CellStyle::left_out);
                    let unread = is_hidden || is_struck;
                    match content {
                        Content::Value(text, _) if unread => {
                            builder.leave_out(here, &text, is_hidden);
                            builder.blank(here);
                        }
                        Content::Formula(formula) if unread => builder.leave_out(here, &formula.shown(here), is_hidden),
                        Content::Nothing => builder.blank(here),
                        Content::Value(text, kind) => builder.push(here, text, kind)?,
                        Content::Formula(formula) => builder.formula(here, formula)?,
                    }
                    at.column = here.column + 1;
                }
                _ => {}
            },
            Event::End(name) => match name {
                b"row" => at = CellRef::new(at.row.saturating_add(1), 0),
                b"sheetData" => return Ok(()),
                _ => {}
            },
            Event::Eof => return Err(ends_early()),
            _ => {}
        }
    }
}

/// The attributes of a cell.
#[derive(Default)]
struct Attributes<'e> {
    place: Option<&'e [u8]>,
    style: Option<&'e [u8]>,
    kind: Option<&'e [u8]>,
}

impl<'e> Attributes<'e> {
    fn of(element: &Element<'e>) -> Self {
        let mut found = Self::default();
        for (name, value) in element.raw_attributes() {
            match name {
                b"r" => found.place = Some(value),
                b"s" => found.style = Some(value),
                b"t" => found.kind = Some(value),
                _ => {}
            }
        }
        found
    }
}

/// What is in a cell.
enum Content {
    Nothing,
    Value(String, CellKind),
    /// A formula without a result.
    Formula(Formula),
}

/// The formulas that several cells share, by their numbers, each with the cell that it is written for.
type SharedFormulas<'t> = BTreeMap<&'t [u8], (Arc<str>, CellRef)>;

/// What is known while reading cells.
#[derive(Default)]
struct State<'t> {
    formulas: SharedFormulas<'t>,
    /// The struck-out part of the text of the current cell.
    struck: String,
}

/// The content of a cell. Moves past its end tag.
fn value<'t>(
    events: &mut Events<'t>,
    cell: &Attributes<'_>,
    book: &Book,
    (at, state): (CellRef, &mut State<'t>),
) -> Result<Content> {
    let State { formulas, struck } = state;
    let of_text = |text: &str, struck: &mut String| match cell.kind {
        Some(b"inlineStr") => Ok(None),
        _ => stored(text, cell, book, struck),
    };
    // Most cells contain only this.
    let mut value = events.plain_element(b"v").map_or(Ok(None), |text| of_text(&text, struck))?;
    let (mut formula, mut has_result) = (None, false);
    loop {
        match events.next()? {
            Event::Start(element) => match element.name {
                b"v" => {
                    let text = events.content(b"v")?;
                    // A text may be empty, a number may not.
                    has_result |= cell.kind == Some(b"str");
                    value = of_text(&text, struck)?.or(value);
                }
                b"is" => {
                    let mut text = String::new();
                    *struck = push_item(events, b"is", &mut text)?;
                    value = Some((text, CellKind::Text));
                }
                b"f" => formula = Some(self::formula(&element, &events.content(b"f")?, at, formulas)),
                // Extensions are not shown.
                _ => {}
            },
            Event::End(b"c") => break,
            Event::Eof => return Err(ends_early()),
            _ => {}
        }
    }
    // A sum is a number: an empty text is no result of it.
    if formula.as_ref().is_some_and(Formula::is_numeric) && value.as_ref().is_none_or(|(text, _)| text.is_empty()) {
        (value, has_result) = (None, false);
    }
    Ok(match (value, formula) {
        (Some((text, kind)), _) => Content::Value(text, kind),
        (None, Some(mut formula)) if !has_result => {
            formula.is_simple &= style(cell, book).is_none_or(|style| style.format == CellFormat::Number);
            Content::Formula(formula)
        }
        _ => Content::Nothing,
    })
}

/// The formula of an element `f`. Only the first of the cells that share one has its text.
fn formula<'t>(element: &Element<'t>, text: &str, at: CellRef, shared: &mut SharedFormulas<'t>) -> Formula {
    let own = Formula::of_cell(text, Notation::A1, at);
    match element.raw_attribute(b"t") {
        None | Some(b"normal") => own,
        Some(b"shared") => {
            let number = element.raw_attribute(b"si").unwrap_or_default();
            if !text.is_empty() {
                shared.insert(number, (Arc::clone(&own.text), at));
                return own;
            }
            match shared.get(number) {
                Some((text, base)) => Formula { text: Arc::clone(text), base: *base, ..own },
                None => own,
            }
        }
        Some(_) => Formula { is_simple: false, ..own },
    }
}

/// The text and kind of a stored value.
fn stored(text: &str, cell: &Attributes<'_>, book: &Book, struck: &mut String) -> Result<Option<(String, CellKind)>> {
    let bare = text.trim_ascii();
    if bare.is_empty() && cell.kind != Some(b"str") {
        return Ok(None);
    }
    Ok(Some(match cell.kind {
        Some(b"s") => {
            let index = bare.parse().map_err(|_| structure())?;
            let string = book.strings.get(index);
            book.strings.struck(index).clone_into(struck);
            (string.ok_or_else(structure)?.to_owned(), CellKind::Text)
        }
        Some(b"b") => {
            let shown = match bare.to_ascii_lowercase().as_str() {
                "0" | "false" => "FALSE",
                "1" | "true" => "TRUE",
                _ => bare,
            };
            (shown.to_owned(), CellKind::Boolean)
        }
        Some(b"e") => (bare.to_owned(), CellKind::Error),
        Some(b"d") => (bare.to_owned(), CellKind::Date),
        None | Some(b"n") => match numeric(bare, cell, book) {
            Some(shown) => shown,
            // Some programs write text without declaring it.
            None => (text.to_owned(), CellKind::Text),
        },
        Some(_) => (without_escapes(text).into_owned(), CellKind::Text),
    }))
}

/// The text and kind of a number in the format of its style. `None` if it is not a number.
fn numeric(text: &str, cell: &Attributes<'_>, book: &Book) -> Option<(String, CellKind)> {
    let format = style(cell, book).map_or(&CellFormat::Number, |style| &style.format);
    if *format == CellFormat::Number && is_plain(text) {
        return Some((text.to_owned(), CellKind::Number));
    }
    let number: f64 = text.parse().ok()?;
    let kind = match format {
        CellFormat::Number | CellFormat::Hidden => return Some((sheet::number(number), CellKind::Number)),
        CellFormat::Percent => return Some((format!("{}%", sheet::number(number * 100.0)), CellKind::Text)),
        CellFormat::Between(before, after) => {
            return Some((format!("{before}{}{after}", sheet::number(number)), CellKind::Text));
        }
        // The digits that are shown have another value, so neither is read.
        CellFormat::Other(code) => return Some((format!("<{} {code}>", sheet::number(number)), CellKind::Text)),
        CellFormat::Date => ExcelDateTimeType::DateTime,
        CellFormat::Duration => ExcelDateTimeType::TimeDelta,
    };
    Some((sheet::date(ExcelDateTime::new(number, kind, book.from_1904)), CellKind::Date))
}

/// The style of a cell, if it has one.
fn style<'b>(cell: &Attributes<'_>, book: &'b Book) -> Option<&'b CellStyle> {
    cell.style.and_then(whole_number::<usize>).and_then(|style| book.styles.get(style))
}

/// Whether a number is already written as printed, as most are: a few digits without a leading zero.
fn is_plain(text: &str) -> bool {
    let is_short = text.len() < 15 && text.bytes().all(|byte| byte.is_ascii_digit());
    is_short && (text == "0" || !text.starts_with('0')) && !text.is_empty()
}

/// Parses a cell address in either case, with or without `$`.
fn place(bytes: &[u8]) -> Option<CellRef> {
    let (mut column, mut row, mut at) = (0u32, 0u32, 0);
    let skip = |at: usize| at + usize::from(bytes.get(at) == Some(&b'$'));
    at = skip(at);
    while let Some(letter) = bytes.get(at).filter(|byte| byte.is_ascii_alphabetic()) {
        column = column.checked_mul(26)?.checked_add(u32::from(letter.to_ascii_uppercase() - b'A') + 1)?;
        at += 1;
    }
    at = skip(at);
    while let Some(digit) = bytes.get(at).filter(|byte| byte.is_ascii_digit()) {
        row = row.checked_mul(10)?.checked_add(u32::from(digit - b'0'))?;
        at += 1;
    }
    (at == bytes.len()).then_some(())?;
    Some(CellRef::new(row.checked_sub(1)?, column.checked_sub(1)?))
}
