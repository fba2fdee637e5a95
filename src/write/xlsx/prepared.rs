//! A workbook made once for all reports of a form: `workbook × figures → workbook`.
//!
//! Two reports of a form share all of their workbook but the figures, a few texts and the title. So the workbook is drawn
//! once with these cells blank, and taken apart: the parts that never change are kept as they are deflated, the others are
//! cut where a report's own content goes. Writing a report is filling these gaps.
//!
//! What a cell needs beside its content is a style. Below the table, in a row that is cut out again, stand the styles of
//! all common figures for each look that a blank cell has, so that the workbook knows them and says their numbers.

#[cfg(test)]
mod tests;

use std::borrow::Cow;
use std::collections::HashMap;
use std::fmt::Write as _;
use std::io::{Cursor, Read, Write as _};

use rust_xlsxwriter::XlsxError;
use rust_xlsxwriter::utility::{cell_range, row_col_to_cell};
use zip::result::ZipError;
use zip::write::SimpleFileOptions;
use zip::{CompressionMethod, DateTime, ZipArchive, ZipWriter};

use super::draw::Properties;
use super::look::{self, Look, NumberFormat, Setting};
use super::place::{COMMON_DECIMALS, Ink, Placed, Slot};
use crate::layout::Align;
use crate::template::TextStyle;

/// The parts of a workbook that differ from report to report.
const SHEET: &str = "xl/worksheets/sheet1.xml";
const STRINGS: &str = "xl/sharedStrings.xml";
const CORE: &str = "docProps/core.xml";

/// Parts that never change are deflated once, as small as can be; the others each time, fast.
const READY_LEVEL: i64 = 9;
const FILLED_LEVEL: i64 = 2;

/// Texts that a workbook's cell may hold, in UTF-16 units. Source: Excel specifications and limits.
const MAX_TEXT: usize = 32_767;

/// What stands for the title and the author until they are filled in. A private character, which no name has.
pub(super) const PLACEHOLDER: Properties<'static> =
    Properties { title: "\u{E000}title", author: Some("\u{E000}author"), timestamp: None };

/// Marks a text that must be written by way of another: see [`guarded`].
const GUARD: char = '\u{E000}';

/// Number formats of common figures, in the order of their styles.
fn common_formats() -> impl Iterator<Item = NumberFormat> {
    std::iter::once(NumberFormat::General).chain((0..=COMMON_DECIMALS).map(NumberFormat::Decimals))
}

/// What the [`style_row`] of a workbook with such slots holds: the mark, then the styles of common figures.
///
/// The mark is a string behind all others, so that there are strings even if the form has none.
pub(super) fn style_cells(slots: &[Slot], style: TextStyle) -> impl Iterator<Item = (Look, Ink<'static>)> {
    let any = Look { style, align: Align::Left, bordered: false, indent: 0, setting: Setting::Wrapped };
    let mark = (slots.first().map_or(any, |slot| slot.look), Ink::Text(Cow::Owned(GUARD.to_string())));
    let common = common_bases(slots).into_iter();
    let common = common.flat_map(|base| common_formats().map(move |format| base.with(Setting::Figure(format))));
    std::iter::once(mark).chain(common.map(|look| (look, Ink::Blank)))
}

/// The different looks of blank slots that common figures may fill.
fn common_bases(slots: &[Slot]) -> Vec<Look> {
    let mut bases: Vec<Look> = Vec::new();
    for slot in slots.iter().filter(|slot| slot.common) {
        if !bases.contains(&slot.look) {
            bases.push(slot.look);
        }
    }
    bases
}

/// A label as it is handed to rust_xlsxwriter, which takes a text in `<r>` for the inside of its file.
///
/// Marked ones lose their mark when the strings are taken apart.
pub(super) fn guarded(ink: Ink<'_>) -> Ink<'_> {
    match ink {
        Ink::Text(text) if (text.starts_with("<r>") && text.ends_with("</r>")) || text.starts_with(GUARD) => {
            Ink::Text(Cow::Owned(format!("{GUARD}{text}")))
        }
        ink => ink,
    }
}

/// The row of the styles below a worksheet's rows, apart from the 16 rows that rust_xlsxwriter describes together.
pub(super) fn style_row(rows: usize) -> usize {
    rows.next_multiple_of(16) + 16
}

/// Why a workbook could not be taken apart or filled.
#[derive(Debug, thiserror::Error)]
pub(super) enum PrepareError {
    #[error(transparent)]
    Xlsx(#[from] XlsxError),
    #[error(transparent)]
    Zip(#[from] ZipError),
    #[error(transparent)]
    Io(#[from] std::io::Error),
    #[error("the workbook's {0} is not as expected")]
    Unexpected(&'static str),
}

/// The workbook of a form with gaps.
pub(super) struct Prepared {
    /// An archive of the parts that never change.
    ready: Vec<u8>,
    /// The worksheet cut before the style of each cell of a slot.
    gaps: Vec<Gap>,
    /// What follows the last of them.
    rest: String,
    /// The styles of each slot.
    styles: Vec<Styles>,
    strings: Strings,
    /// The document's properties around title, author and author.
    core: [String; 4],
}

/// A cell of a slot.
struct Gap {
    /// The worksheet before it, up to the number of its style.
    before: String,
    slot: usize,
    /// Whether it holds what the slot holds; the others of a merged range look like it.
    first: bool,
}

/// The numbers of a slot's styles.
struct Styles {
    /// As it stands blank.
    own: u32,
    /// Of common figures, in the order of [`common_formats`]; none where they are not ready.
    figures: Option<[u32; COMMON_DECIMALS as usize + 2]>,
}

/// The strings that cells share.
struct Strings {
    /// The head of their part up to their count.
    head: String,
    /// How often cells hold the form's own.
    count: usize,
    /// The form's own, as they stand in the part.
    own: String,
    /// Their numbers, by what stands in their part.
    numbers: HashMap<String, usize>,
}

impl Prepared {
    /// Takes a workbook apart that was drawn with blank slots, [`style_cells`] in the [`style_row`] and [`PLACEHOLDER`]
    /// for its properties; `size` is its rows and columns.
    pub(super) fn new(workbook: &[u8], slots: &[Slot], size: (usize, usize)) -> Result<Self, PrepareError> {
        let mut archive = ZipArchive::new(Cursor::new(workbook))?;
        let mut ready = ZipWriter::new(Cursor::new(Vec::new()));
        let (mut sheet, mut strings, mut core) = (String::new(), String::new(), String::new());
        for index in 0..archive.len() {
            let mut part = archive.by_index(index)?;
            let name = part.name()?.into_owned();
            let into = match name.as_str() {
                SHEET => &mut sheet,
                STRINGS => &mut strings,
                CORE => &mut core,
                _ => {
                    ready.start_file(name, options(READY_LEVEL))?;
                    std::io::copy(&mut part, &mut ready)?;
                    continue;
                }
            };
            part.read_to_string(into)?;
        }
        let (gaps, rest, styles) = take_sheet_apart(&sheet, slots, size)?;
        let core = take_core_apart(&core)?;
        Ok(Self { ready: ready.finish()?.into_inner(), gaps, rest, styles, strings: Strings::new(&strings)?, core })
    }

    /// The workbook filled with what its slots hold.
    pub(super) fn fill(&self, figures: &[Placed<'_>], properties: Properties<'_>) -> Result<Vec<u8>, PrepareError> {
        let mut added = Added { own: &self.strings, count: 0, texts: String::new(), numbers: HashMap::new() };
        let room = self.gaps.iter().map(|gap| gap.before.len()).sum::<usize>() + self.rest.len() + 32 * figures.len();
        let mut sheet = String::with_capacity(room);
        for Gap { before, slot, first } in &self.gaps {
            sheet.push_str(before);
            let (Some(styles), Some(placed)) = (self.styles.get(*slot), figures.get(*slot)) else {
                return Err(PrepareError::Unexpected("slot"));
            };
            let ink = if *first { &placed.ink } else { &Ink::Blank };
            styles.write(placed.look.setting, ink, &mut added, &mut sheet)?;
        }
        sheet.push_str(&self.rest);
        let core = self.fill_core(properties);
        let strings = added.part();
        let mut buffer = Vec::with_capacity(2 * self.ready.len());
        buffer.extend_from_slice(&self.ready);
        let mut archive = ZipWriter::new_append(Cursor::new(buffer))?;
        for (name, part) in [(SHEET, &sheet), (STRINGS, &strings), (CORE, &core)] {
            archive.start_file(name, options(FILLED_LEVEL))?;
            archive.write_all(part.as_bytes())?;
        }
        Ok(archive.finish()?.into_inner())
    }

    fn fill_core(&self, Properties { title, author, .. }: Properties<'_>) -> String {
        let [head, between, by, tail] = &self.core;
        let mut core = head.clone();
        if !title.is_empty() {
            core.push_str("<dc:title>");
            escape(title, &mut core);
            core.push_str("</dc:title>");
        }
        core.push_str(between);
        escape(author.unwrap_or_default(), &mut core);
        core.push_str(by);
        escape(author.unwrap_or_default(), &mut core);
        core.push_str(tail);
        core
    }
}

/// How parts are stored: nothing about them changes from run to run.
fn options(level: i64) -> SimpleFileOptions {
    SimpleFileOptions::default()
        .compression_method(CompressionMethod::Deflated)
        .compression_level(Some(level))
        .unix_permissions(0o600)
        .last_modified_time(DateTime::default())
}

impl Styles {
    /// Writes the number of a cell's style and what the cell holds.
    fn write(
        &self,
        setting: Setting,
        ink: &Ink<'_>,
        strings: &mut Added<'_>,
        sheet: &mut String,
    ) -> Result<(), PrepareError> {
        let style = match (setting, &self.figures) {
            (Setting::Figure(NumberFormat::General), Some(figures)) => figures[0],
            (Setting::Figure(NumberFormat::Decimals(decimals)), Some(figures)) => figures[decimals as usize + 1],
            _ => self.own,
        };
        let written = match ink {
            Ink::Blank => write!(sheet, "{style}\"/>"),
            Ink::Text(text) if text.is_empty() => write!(sheet, "{style}\"/>"),
            Ink::Text(text) => write!(sheet, "{style}\" t=\"s\"><v>{}</v></c>", strings.number(text)?),
            Ink::Digits(number) => {
                write!(sheet, "{style}\" t=\"s\"><v>{}</v></c>", strings.number(&number.to_string())?)
            }
            Ink::Number(number) => write!(sheet, "{style}\"><v>{}</v></c>", look::float(*number)),
        };
        written.map_err(|_| PrepareError::Unexpected("cell"))
    }
}

impl Strings {
    /// From the part drawn, whose last string is [`GUARD`].
    fn new(part: &str) -> Result<Self, PrepareError> {
        let cut = || {
            let (head, rest) = part.split_once(" count=\"")?;
            let (count, rest) = rest.split_once('"')?;
            let (_, own) = rest.split_once('>')?;
            let own = own.strip_suffix("</sst>")?.strip_suffix(&format!("<si><t>{GUARD}</t></si>"))?;
            let (mut kept, mut numbers) = (String::new(), HashMap::new());
            for (number, string) in own.split_inclusive("</si>").enumerate() {
                // No string begins with the mark of itself: it was put there to be taken away here.
                let string = string.replacen(&format!(">{GUARD}"), ">", 1);
                kept.push_str(&string);
                numbers.insert(string, number);
            }
            Some(Self {
                head: head.to_owned(),
                count: count.parse::<usize>().ok()?.checked_sub(1)?,
                own: kept,
                numbers,
            })
        };
        cut().ok_or(PrepareError::Unexpected("strings"))
    }
}

/// The strings that a report adds to those of its form.
struct Added<'a> {
    own: &'a Strings,
    count: usize,
    texts: String,
    numbers: HashMap<String, usize>,
}

impl Added<'_> {
    /// The number of a text, which is added where it is new.
    fn number(&mut self, text: &str) -> Result<usize, PrepareError> {
        if text.len() > MAX_TEXT && text.encode_utf16().count() > MAX_TEXT {
            return Err(XlsxError::MaxStringLengthExceeded.into());
        }
        self.count += 1;
        let spaced = |character: Option<char>| matches!(character, Some('\t' | '\n' | ' '));
        let spaced = spaced(text.chars().next()) || spaced(text.chars().next_back());
        let mut string = String::with_capacity(text.len() + 24);
        string.push_str(if spaced { "<si><t xml:space=\"preserve\">" } else { "<si><t>" });
        escape_text(text, &mut string);
        string.push_str("</t></si>");
        if let Some(number) = self.own.numbers.get(&string).or_else(|| self.numbers.get(&string)) {
            return Ok(*number);
        }
        let number = self.own.numbers.len() + self.numbers.len();
        self.texts.push_str(&string);
        self.numbers.insert(string, number);
        Ok(number)
    }

    /// The part with all strings.
    fn part(&self) -> String {
        let Strings { head, count, own, numbers } = self.own;
        let (count, unique) = (count + self.count, numbers.len() + self.numbers.len());
        format!("{head} count=\"{count}\" uniqueCount=\"{unique}\">{own}{}</sst>", self.texts)
    }
}

/// The worksheet cut before the style of each cell of a slot, what follows the last, and the styles of the slots.
fn take_sheet_apart(
    sheet: &str,
    slots: &[Slot],
    (rows, columns): (usize, usize),
) -> Result<(Vec<Gap>, String, Vec<Styles>), PrepareError> {
    let cut = || {
        // The row of the styles goes, and the sheet is as large as without it.
        let (before, rest) = sheet.split_once("<dimension ref=\"")?;
        let (_, rest) = rest.split_once('"')?;
        let (table, rest) = rest.split_once(&format!("<row r=\"{}\"", style_row(rows) + 1))?;
        let (ready, after) = rest.split_once("</row>")?;
        let ready: Vec<u32> = ready.split("<c ").skip(1).map(style).collect::<Option<_>>()?;
        let area = cell_range(0, 0, u32::try_from(rows.max(1) - 1).ok()?, u16::try_from(columns.max(1) - 1).ok()?);
        let sheet = format!("{before}<dimension ref=\"{area}\"{table}{after}");

        let bases = common_bases(slots);
        let count = common_formats().count();
        let styles = slots.iter().map(|slot| {
            let base = bases.iter().position(|base| slot.common && *base == slot.look);
            // The first of the styles is the mark's.
            let figures = base.map(|base| ready.get(1 + base * count..)?.first_chunk().copied());
            figures.map_or(Some(Styles { own: 0, figures: None }), |figures| {
                Some(Styles { own: 0, figures: Some(figures?) })
            })
        });
        let mut styles: Vec<Styles> = styles.collect::<Option<_>>()?;
        let (mut gaps, mut rest) = (Vec::new(), sheet.as_str());
        for (row, column, slot, first) in cells(slots) {
            let name = row_col_to_cell(u32::try_from(row).ok()?, u16::try_from(column).ok()?);
            let cell = format!("<c r=\"{name}\" s=\"");
            let (before, blank) = rest.split_at(rest.find(&cell)? + cell.len());
            let (own, after) = blank.split_once("\"/>")?;
            styles[slot].own = own.parse().ok()?;
            gaps.push(Gap { before: before.to_owned(), slot, first });
            rest = after;
        }
        Some((gaps, rest.to_owned(), styles))
    };
    cut().ok_or(PrepareError::Unexpected("worksheet"))
}

/// All cells of all slots in the order of the worksheet: row, column, slot, and whether it is the slot's first.
fn cells(slots: &[Slot]) -> Vec<(usize, usize, usize, bool)> {
    let mut cells: Vec<_> = slots
        .iter()
        .enumerate()
        .flat_map(|(number, slot)| {
            let first = (slot.rows.start, slot.columns.0);
            let row = move |row| {
                (slot.columns.0..slot.columns.1).map(move |column| (row, column, number, (row, column) == first))
            };
            slot.rows.clone().flat_map(row)
        })
        .collect();
    cells.sort_unstable();
    cells
}

/// The number of a cell's style.
fn style(cell: &str) -> Option<u32> {
    cell.split_once(" s=\"")?.1.split_once('"')?.0.parse().ok()
}

/// The document's properties cut at the title and the two places of the author.
fn take_core_apart(core: &str) -> Result<[String; 4], PrepareError> {
    let cut = || {
        let Properties { title, author, .. } = PLACEHOLDER;
        let author = author?;
        let (head, rest) = core.split_once(&format!("<dc:title>{title}</dc:title>"))?;
        let (between, rest) = rest.split_once(author)?;
        let (by, tail) = rest.split_once(author)?;
        Some([head, between, by, tail].map(str::to_owned))
    };
    cut().ok_or(PrepareError::Unexpected("properties"))
}

/// Writes a text of a cell as it stands in a workbook, where `_x0041_` would be a character of that number.
fn escape_text(text: &str, part: &mut String) {
    let mut rest = text;
    while let Some(at) = rest.find("_x") {
        let code = rest.as_bytes().get(at + 2..at + 7);
        let is_code = code.is_some_and(|code| code[4] == b'_' && code[..4].iter().all(u8::is_ascii_hexdigit));
        escape(&rest[..at], part);
        part.push_str(if is_code { "_x005F_x" } else { "_x" });
        rest = &rest[at + 2..];
    }
    escape(rest, part);
}

/// Writes a text as it stands in a part; what XML cannot hold is written by its number.
///
/// Source: ECMA-376 Part 1, 22.4.2.4, `bstr`.
fn escape(text: &str, part: &mut String) {
    for character in text.chars() {
        match character {
            '&' => part.push_str("&amp;"),
            '<' => part.push_str("&lt;"),
            '>' => part.push_str("&gt;"),
            '\t' | '\n' => part.push(character),
            '\0'..='\u{1F}' | '\u{FFFE}' | '\u{FFFF}' => part.push_str(&format!("_x{:04X}_", u32::from(character))),
            _ => part.push(character),
        }
    }
}
