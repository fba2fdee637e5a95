//! Reads XML Spreadsheet 2003, which Excel and many government systems export.
//!
//! In: the decoded text of the file. Out: one [`Grid`](crate::document::Grid) for each worksheet; `(0, 0)` is `A1`.
//! Called by [`crate::read`]. Source: Microsoft, "XML Spreadsheet Reference" (Excel 2002 and 2003).

use quick_xml::events::{BytesStart, Event};
use quick_xml::{Reader, XmlVersion};

use super::markup::{Step, step};
use crate::document::{CellKind, CellRef, MergedRange, Part};
use crate::error::{Error, Result};
use crate::finding::Finding;

use super::formula::{Formula, Notation};
use super::sheet::{self, SheetBuilder};
use super::{Format, ReadOptions, limit};
use crate::read::format::{FormatInfo, FormatReader, parts_read};

pub(super) const FORMAT: FormatInfo = FormatInfo {
    name: "xml-2003",
    extensions: &["xml"],
    any_text: false,
    parts: &parts_read::SHEETS,
    reader: FormatReader::Text(read),
};

/// The most rows and columns of a sheet.
const ROWS: u32 = 1 << 20;
const COLUMNS: u32 = 1 << 14;

/// Reads the worksheets of an XML Spreadsheet.
///
/// A formula gives the value saved with it, or else what [`super::formula`] calculates. Numbers stay as stored. Comments are not read.
///
/// # Errors
/// [`Corrupt`](crate::ErrorKind::Corrupt), [`TooLarge`](crate::ErrorKind::TooLarge) or
/// [`SheetNotFound`](crate::ErrorKind::SheetNotFound); [`Empty`](crate::ErrorKind::Empty) if all cells are blank.
pub(super) fn read(text: &str, options: &ReadOptions) -> Result<(Vec<Part>, Vec<Finding>)> {
    let sheets = sheets(text)?;
    let names: Vec<&str> = sheets.iter().map(|(name, _)| name.as_str()).collect();
    let mut walker = SpreadsheetWalker { wanted: sheet::choose(&names, options)?, ..SpreadsheetWalker::default() };
    let mut reader = Reader::from_str(text);
    reader.config_mut().expand_empty_elements = true;
    while walker.step(reader.read_event().map_err(|error| corrupt("@detail.xml").caused_by(error))?, &sheets)? {}
    sheet::finish(walker.builder.end()?, options)
}

fn corrupt(detail: impl ToString) -> Error {
    Error::corrupt(Format::Spreadsheet2003.word(), detail)
}

/// The name of each worksheet and whether it is hidden, which the file says only after the cells.
fn sheets(text: &str) -> Result<Vec<(String, bool)>> {
    let mut reader = Reader::from_str(text);
    let mut sheets: Vec<(String, bool)> = Vec::new();
    let mut in_visible = false;
    loop {
        match reader.read_event().map_err(|error| corrupt("@detail.xml").caused_by(error))? {
            Event::Start(element) | Event::Empty(element) => match element.local_name().as_ref() {
                "Worksheet" => sheets.push((attribute(&element, "Name").unwrap_or_default(), false)),
                name => in_visible = name == "Visible",
            },
            Event::Text(text) if in_visible && text.xml10_content().trim().starts_with("SheetHidden") => {
                sheets.last_mut().into_iter().for_each(|(_, hidden)| *hidden = true);
            }
            Event::Text(text) if in_visible && text.xml10_content().trim().starts_with("SheetVeryHidden") => {
                sheets.last_mut().into_iter().for_each(|(_, hidden)| *hidden = true);
            }
            Event::End(_) => in_visible = false,
            Event::Eof => return Ok(sheets),
            _ => {}
        }
        if sheets.len() > limit::SHEETS {
            return Err(limit::too_large(sheets.len(), limit::SHEETS));
        }
    }
}

/// An attribute by its local name, because some programs use another default namespace.
fn attribute(element: &BytesStart<'_>, name: &str) -> Option<String> {
    let mut attributes = element.attributes().flatten();
    let found = attributes.find(|attribute| attribute.key.local_name().as_ref() == name)?;
    found.normalized_value(XmlVersion::Explicit1_0).ok().map(|value| value.into_owned())
}

fn count(element: &BytesStart<'_>, name: &str) -> u32 {
    attribute(element, name).and_then(|text| text.trim().parse().ok()).unwrap_or(0)
}

/// Whether a row or column is hidden.
fn is_hidden(element: &BytesStart<'_>) -> bool {
    attribute(element, "Hidden").is_some_and(|hidden| hidden == "1")
}

/// The state of reading a workbook.
#[derive(Default)]
struct SpreadsheetWalker {
    builder: SheetBuilder,
    wanted: Option<usize>,
    /// The number of worksheets started so far, and whether one is open.
    begun: usize,
    open: bool,
    reading: bool,
    /// The row and column of the next cell, and how many further rows the current row stands for.
    row: u32,
    column: u32,
    span: u32,
    /// The number of further columns that the current cell covers.
    across: u32,
    kind: CellKind,
    text: String,
    formula: Option<String>,
    /// Whether the current cell has a text, which may be empty.
    has_text: bool,
    in_data: bool,
    /// Depth inside a skipped element.
    skipping: usize,
    depth: usize,
}

impl SpreadsheetWalker {
    /// Handles one event. Returns false at the end.
    fn step(&mut self, event: Event<'_>, sheets: &[(String, bool)]) -> Result<bool> {
        match step(event, &mut self.skipping) {
            Step::Start(element) => {
                self.depth += 1;
                self.start(&element, sheets)?;
            }
            Step::End(element) => {
                self.depth = self.depth.saturating_sub(1);
                self.end(element.local_name().as_ref())?;
            }
            Step::Text(text) => self.text(&text),
            Step::Nothing => {}
            Step::Eof if self.depth > 0 || self.skipping > 0 => return Err(corrupt("@detail.ends_early")),
            Step::Eof => return Ok(false),
        }
        Ok(true)
    }

    fn start(&mut self, element: &BytesStart<'_>, sheets: &[(String, bool)]) -> Result<()> {
        match element.local_name().as_ref() {
            "Worksheet" => {
                self.reading = self.wanted.is_none_or(|wanted| wanted == self.begun);
                if let Some((name, hidden)) = sheets.get(self.begun).filter(|_| self.reading) {
                    self.builder.begin(name, *hidden);
                }
                self.begun += 1;
                self.open = true;
                (self.row, self.column, self.span) = (0, 0, 0);
            }
            "Row" if self.open => {
                let index = count(element, "Index");
                if index > 0 {
                    self.row = index - 1;
                }
                self.span = count(element, "Span");
                self.column = 0;
                if self.reading && is_hidden(element) && self.row < ROWS {
                    self.builder.hide_rows(self.row, self.row.saturating_add(self.span).min(ROWS - 1));
                }
            }
            // Columns come before the rows.
            "Column" if self.open => {
                let index = count(element, "Index");
                let first = if index > 0 { index - 1 } else { self.column };
                let last = first.saturating_add(count(element, "Span")).min(COLUMNS - 1);
                if self.reading && is_hidden(element) && first <= last {
                    self.builder.hide_columns(first, last);
                }
                self.column = last.saturating_add(1);
            }
            "Cell" if self.open => self.open_cell(element)?,
            "Data" if self.open => {
                self.in_data = true;
                self.kind = match attribute(element, "Type").as_deref() {
                    Some("Number") => CellKind::Number,
                    Some("DateTime") => CellKind::Date,
                    Some("Boolean") => CellKind::Boolean,
                    Some("Error") => CellKind::Error,
                    _ => CellKind::Text,
                };
                self.has_text = self.kind == CellKind::Text;
            }
            "Comment" | "PhoneticText" | "Styles" | "WorksheetOptions" => {
                self.skipping = 1;
                self.depth = self.depth.saturating_sub(1);
            }
            _ => {}
        }
        Ok(())
    }

    fn open_cell(&mut self, element: &BytesStart<'_>) -> Result<()> {
        let index = count(element, "Index");
        if index > 0 {
            self.column = index - 1;
        }
        if self.row >= ROWS || self.column >= COLUMNS {
            return Err(corrupt("@detail.structure"));
        }
        self.across = count(element, "MergeAcross").min(COLUMNS - 1 - self.column);
        let down = count(element, "MergeDown").min(ROWS - 1 - self.row);
        self.text.clear();
        self.kind = CellKind::Text;
        self.formula = attribute(element, "Formula");
        self.has_text = false;
        if self.reading && (self.across > 0 || down > 0) {
            let first = CellRef::new(self.row, self.column);
            self.builder
                .merge(MergedRange { first, last: CellRef::new(self.row + down, self.column + self.across) })?;
        }
        Ok(())
    }

    fn end(&mut self, name: &str) -> Result<()> {
        match name {
            "Worksheet" => self.open = false,
            "Row" if self.open => self.row = self.row.saturating_add(self.span).saturating_add(1),
            "Cell" if self.open => {
                if self.reading {
                    let at = CellRef::new(self.row, self.column);
                    let text = std::mem::take(&mut self.text);
                    match self.formula.take().filter(|_| !self.has_text && text.trim().is_empty()) {
                        Some(formula) => {
                            self.builder.formula(at, Formula::of_cell(&formula, Notation::R1C1, at))?;
                        }
                        None => self.builder.push(at, shown(text, self.kind), self.kind)?,
                    }
                }
                self.column = self.column.saturating_add(self.across).saturating_add(1);
            }
            "Data" => self.in_data = false,
            _ => {}
        }
        Ok(())
    }

    fn text(&mut self, text: &str) {
        if self.in_data {
            self.text.push_str(text);
        }
    }
}

/// The text of a value as the other workbook readers print it.
fn shown(text: String, kind: CellKind) -> String {
    match kind {
        CellKind::Number => text.trim().parse().map(sheet::number).unwrap_or(text),
        CellKind::Boolean => if text.trim() == "1" { "TRUE" } else { "FALSE" }.to_owned(),
        CellKind::Date => text.trim_end_matches(".000").trim_end_matches("T00:00:00").to_owned(),
        CellKind::Text | CellKind::Error => text,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn grids(body: &str) -> Result<Vec<crate::document::Grid>> {
        let name = "urn:schemas-microsoft-com:office:spreadsheet";
        let text = format!("<?xml version='1.0'?><Workbook xmlns='{name}' xmlns:ss='{name}'>{body}</Workbook>");
        let (parts, _) = read(&text, &ReadOptions::default())?;
        let grid = |part| if let Part::Table(grid) = part { grid } else { panic!("a table") };
        Ok(parts.into_iter().map(grid).collect())
    }

    #[test]
    fn places_spans_and_kinds_are_understood() {
        let grids = grids(
            "<Styles><Style ss:ID='a'/></Styles><Worksheet ss:Name='一'><Table><Column ss:Width='9'/>\n\
             <Row ss:Index='2'><Cell ss:MergeAcross='1' ss:MergeDown='1'><Data ss:Type='String'>甲&#10;乙 &amp; 丙</Data>\
             <Comment><ss:Data>批注</ss:Data></Comment></Cell><Cell><Data ss:Type='Number'>3.4999999999999996</Data></Cell></Row>\
             <Row><Cell ss:Index='4'><ss:Data ss:Type='String'><B>粗</B><Font>细</Font></ss:Data></Cell>\
             <Cell/><Cell><Data ss:Type='Boolean'>1</Data></Cell></Row><Row ss:Span='2'/>\
             <Row><Cell><Data ss:Type='DateTime'>2018-01-20T00:00:00.000</Data></Cell><Cell><Data ss:Type='Error'>#REF!</Data></Cell></Row>\
             </Table></Worksheet><Worksheet ss:Name='二'><Table/><WorksheetOptions><Visible>SheetHidden</Visible></WorksheetOptions></Worksheet>",
        )
        .unwrap();
        let drawn: Vec<_> =
            grids[0].cells.iter().map(|(at, cell)| format!("{at} {:?} {}", cell.kind, cell.text)).collect();
        assert_eq!(
            drawn,
            [
                "A2 Text 甲\n乙 & 丙",
                "C2 Number 3.5",
                "D3 Text 粗细",
                "F3 Boolean TRUE",
                "A7 Date 2018-01-20",
                "B7 Error #REF!"
            ]
        );
        assert_eq!(grids[0].merged, [MergedRange { first: CellRef::new(1, 0), last: CellRef::new(2, 1) }]);
        let sheets: Vec<_> = grids.iter().map(|grid| (grid.name.as_deref(), grid.hidden)).collect();
        assert_eq!(sheets, [(Some("一"), false), (Some("二"), true)]);
    }

    #[test]
    fn a_formula_without_a_result_is_calculated_or_named() {
        let number = "<Data ss:Type='Number'>2</Data>";
        let grids = grids(&format!(
            "<Worksheet ss:Name='一'><Table><Row><Cell>{number}</Cell><Cell ss:Formula='=RC[-1]+R1C1'/>\
             <Cell ss:Formula='=SUM(RC[-2]:RC[-1])'><Data ss:Type='Number'></Data></Cell><Cell ss:Formula='=RC1*2'/>\
             <Cell ss:Formula='=RC1*2'>{number}</Cell><Cell ss:Formula='=T(RC1)'><Data ss:Type='String'></Data></Cell>\
             </Row></Table></Worksheet>"
        ));
        let cells = grids.unwrap().remove(0).cells;
        let drawn: Vec<_> = cells.iter().map(|(at, cell)| format!("{at} {:?} {}", cell.kind, cell.text)).collect();
        assert_eq!(drawn, ["A1 Number 2", "B1 Number 4", "C1 Number 6", "D1 Error =RC1*2", "E1 Number 2"]);
    }

    #[test]
    fn hostile_or_cut_files_are_refused() {
        let kind = |body: &str| grids(body).unwrap_err().into_kind().name();
        assert_eq!(kind("<Worksheet><Table><Row><Cell ss:Index='99999999'/></Row></Table></Worksheet>"), "corrupt");
        assert_eq!(kind("<Worksheet><Table><Row>"), "corrupt");
        assert_eq!(kind("<Worksheet/>"), "empty");
        assert_eq!(kind(&"<Worksheet/>".repeat(3000)), "too_large");
    }
}
