//! The unit-by-unit worksheet: indicators down, organizations across, a formula for each total.
//!
//! A total adds up numbers only. While a cell of its row holds what is neither a number nor blank nor `/`, it stays open, and
//! is calculated as soon as that cell is fixed. [`crate::merge::table`] decides the place of each cell.

use rust_decimal::Decimal;
use rust_xlsxwriter::{IgnoreError, Note, Worksheet, XlsxError};

use super::super::style::{fits_a_number, float};
use super::rows::{FormulaResult, RowWriter};
use super::style::{DEEPEST, ListStyle};
use super::{height, list, said, word};
use crate::document::{CellRef, Location};
use crate::finding::Finding;
use crate::merge::table::{self, COUNT, FIRST, HEAD_ROW, LABEL, TableRow};
use crate::merge::{Cell, Merged, Total};
use crate::message::Lang;
use crate::report::CellValue;
use crate::text::words::words;

/// Width of the labels, in characters.
const LABEL_WIDTH: f64 = 46.0;

/// Widths of the columns between the labels and the organizations, and of each organization's.
const OWN_WIDTHS: [f64; 3] = [9.0, 12.0, 9.0];
const UNIT_WIDTH: f64 = 10.0;

/// Heights of the title, of other rows of one line and of a line of a header, in points.
const TITLE_HEIGHT: f64 = 26.0;
const ROW_HEIGHT: f64 = 18.0;
const HEAD_LINE: f64 = 16.0;

/// Characters of a note that are read before it is closed.
const NOTE_LENGTH: usize = 400;

/// The worksheet without its rows: what is set up, the notes of its totals, and which digits are text on purpose.
pub(super) fn sheet(merged: &Merged, lang: Lang, findings: &mut Vec<Finding>) -> Result<Worksheet, XlsxError> {
    let mut widths = vec![LABEL_WIDTH];
    widths.extend(OWN_WIDTHS);
    widths.extend(std::iter::repeat_n(UNIT_WIDTH, merged.counted));
    let mut sheet = list(table::SHEET, &widths)?;
    for (at, row) in table_rows(merged).iter().enumerate() {
        let Some(total) = total_of(merged, row) else { continue };
        let cell = table::total_cell(at);
        note(&mut sheet, cell, total, merged, lang)?;
        let own_cells = (FIRST..).zip(&total.cells).filter_map(|(column, cell)| Some((column, added(cell, total)?)));
        let own = own_total(total).map(|number| (cell.column, number));
        for (column, number) in own_cells.chain(own).filter(|(_, number)| !fits_a_number(*number)) {
            let at = CellRef::new(cell.row, column);
            sheet.ignore_error(at.row, self::column(at)?, IgnoreError::NumberStoredAsText)?;
            let at = Location::Sheet { sheet: table::SHEET.into(), cell: at };
            findings.push(Finding::new("XG421").with("value", number).at(at));
        }
    }
    sheet.set_freeze_panes(HEAD_ROW + 1, FIRST as u16)?;
    sheet.set_repeat_rows(HEAD_ROW, HEAD_ROW)?;
    sheet.set_repeat_columns(LABEL as u16, COUNT as u16)?;
    sheet.set_print_scale(70);
    sheet.set_page_order(true);
    Ok(sheet)
}

/// Title, headers and a row for each row of [`table::rows`].
pub(super) fn rows(merged: &Merged, lang: Lang, rows: &mut RowWriter<'_>) -> Result<(), XlsxError> {
    let mut matrix = Matrix { merged, rows };
    matrix.headers(lang)?;
    for (at, row) in table_rows(merged).iter().enumerate() {
        matrix.row(table::total_cell(at), row)?;
    }
    Ok(())
}

fn table_rows(merged: &Merged) -> Vec<TableRow> {
    let value_columns: Vec<Option<String>> =
        merged.report.columns().into_iter().map(|header| header.map(str::to_owned)).collect();
    let value_columns = if merged.template.is_matrix() { vec![None] } else { value_columns };
    table::rows(&merged.template, &value_columns, merged.extra.len())
}

/// The total of a row that has one.
fn total_of<'m>(merged: &'m Merged, row: &TableRow) -> Option<&'m Total> {
    match row {
        TableRow::Heading(..) => None,
        TableRow::Total(number, ..) => Some(&merged.totals[*number]),
        TableRow::Extra(number) => Some(&merged.extra[*number].total),
    }
}

/// The number that an organization adds to a total.
fn added(cell: &Cell, total: &Total) -> Option<Decimal> {
    match cell {
        Cell::Value(cell) => cell.number(),
        Cell::Foreign(number, _) if !total.cell.is_unreadable() => Some(*number),
        _ => None,
    }
}

/// A total that stands for itself: digits that are text would not be added, and it is as exact as they are.
fn own_total(total: &Total) -> Option<Decimal> {
    let fits = |cell: &Cell| cell.number().is_none_or(fits_a_number);
    total.cell.number().filter(|number| !total.cells.iter().all(fits) || !fits_a_number(*number))
}

struct Matrix<'m, 'r, 'w> {
    merged: &'m Merged,
    rows: &'r mut RowWriter<'w>,
}

impl Matrix<'_, '_, '_> {
    fn headers(&mut self, lang: Lang) -> Result<(), XlsxError> {
        let report = &self.merged.report;
        let year = report.year.map(|year| year.to_string()).unwrap_or_default();
        let organization = report.organization.as_deref().unwrap_or("");
        let title = said("title", lang, &[("organization", organization), ("year", &year)]);
        self.rows.row(TITLE_HEIGHT)?;
        self.text(ListStyle::Title, title.trim())?;
        self.rows.row(ROW_HEIGHT)?;
        self.text(ListStyle::Remark, &word("remark", lang))?;
        let longest =
            self.merged.organizations.iter().map(|organization| organization.name.chars().count()).max().unwrap_or(0);
        self.rows.row(HEAD_LINE * (longest.div_ceil(4).clamp(2, 6)) as f64)?;
        // In the order of the columns: LABEL, the unit, TOTAL, COUNT, FIRST and on.
        for key in ["head.label", "head.unit", "head.total", "head.count"] {
            self.text(ListStyle::Head, &word(key, lang))?;
        }
        for organization in &self.merged.organizations[..self.merged.counted] {
            self.text(ListStyle::Head, &organization.name)?;
        }
        Ok(())
    }

    fn row(&mut self, at: CellRef, row: &TableRow) -> Result<(), XlsxError> {
        let merged = self.merged;
        let (label, depth, unit) = match row {
            TableRow::Heading(text, depth) => {
                self.rows.row(ROW_HEIGHT)?;
                self.text(ListStyle::Heading(indent(*depth)), text)?;
                for _ in LABEL + 1..FIRST + merged.counted as u32 {
                    self.rows.blank(ListStyle::Heading(0))?;
                }
                return Ok(());
            }
            TableRow::Total(number, label, depth) => (label, *depth, merged.report.values[*number].unit.as_deref()),
            TableRow::Extra(number) => (&merged.extra[*number].label, 1, merged.extra[*number].unit.as_deref()),
        };
        let depth = indent(depth);
        // A step of an indent is about as wide as a letter and a half.
        self.rows.row(height(label, LABEL_WIDTH - 1.5 * f64::from(depth)))?;
        self.text(ListStyle::Text(depth), label)?;
        self.text(ListStyle::Centered, unit.unwrap_or(""))?;
        match total_of(merged, row) {
            Some(total) => self.values(at, total),
            None => Ok(()),
        }
    }

    /// A total, and what the organizations have in its row.
    fn values(&mut self, at: CellRef, total: &Total) -> Result<(), XlsxError> {
        self.total(at, total)?;
        for cell in &total.cells {
            if let Some(number) = added(cell, total) {
                self.number(number)?;
                continue;
            }
            match cell {
                Cell::Foreign(number, unit) => self.text(ListStyle::Open, &format!("{number}{unit}"))?,
                Cell::Value(CellValue::Unreadable(text)) => {
                    self.text(ListStyle::Open, &words().marked_unreadable(text))?;
                }
                Cell::Value(CellValue::NotApplicable) => self.text(ListStyle::Centered, "/")?,
                Cell::Value(CellValue::Missing) => self.text(ListStyle::Blank, &words().missing_mark)?,
                Cell::Value(CellValue::Blank) => self.rows.blank(ListStyle::Blank)?,
                Cell::Absent | Cell::Value(CellValue::Number(_)) => {
                    self.rows.blank(ListStyle::Centered)?;
                }
            }
        }
        Ok(())
    }

    /// The total and how many organizations it is made of.
    fn total(&mut self, at: CellRef, total: &Total) -> Result<(), XlsxError> {
        let centered = ListStyle::Centered;
        if let Some(number) = own_total(total) {
            self.number(number)?;
            return self.rows.blank(centered);
        }
        if total.cells.is_empty() {
            self.rows.blank(centered)?;
            return self.rows.blank(centered);
        }
        let scale = total.cells.iter().filter_map(Cell::number).map(|number| number.scale()).max().unwrap_or(0);
        let last = CellRef::new(at.row, FIRST + total.cells.len() as u32 - 1);
        let range = format!("{}:{last}", CellRef::new(at.row, FIRST));
        let sum = if scale == 0 { format!("SUM({range})") } else { format!("ROUND(SUM({range}),{scale})") };
        let missing = &words().missing_mark;
        let formula = format!(
            "IF(COUNT({range})+COUNTBLANK({range})+COUNTIF({range},\"/\")+COUNTIF({range},\"{missing}\")<COLUMNS({range}),\"\",\
             IF(COUNT({range})>0,{sum},IF(COUNTIF({range},\"/\")=COLUMNS({range}),\"/\",\"\")))"
        );
        let result = match total.cell {
            CellValue::Number(number) => FormulaResult::Number(float(number)),
            CellValue::NotApplicable => FormulaResult::Text("/"),
            // An open total shows nothing in programs that do not calculate.
            CellValue::Blank | CellValue::Unreadable(()) | CellValue::Missing => FormulaResult::Text(""),
        };
        let open = total.cell.is_unreadable();
        let style = if open { ListStyle::OpenTotal(scale) } else { ListStyle::Total(scale) };
        self.rows.formula(style, &formula, result)?;
        let foreign = total.unit().is_some();
        let counts = |cell: &Cell| cell.number().is_some() || foreign && matches!(cell, Cell::Foreign(..));
        let count = total.organizations_with(counts).len();
        self.rows.formula(centered, &format!("COUNT({range})"), FormulaResult::Number(count as f64))
    }

    fn number(&mut self, number: Decimal) -> Result<(), XlsxError> {
        if fits_a_number(number) {
            self.rows.number(ListStyle::Value(number.scale()), float(number))
        } else {
            self.text(ListStyle::Centered, &number.to_string())
        }
    }

    fn text(&mut self, style: ListStyle, text: &str) -> Result<(), XlsxError> {
        self.rows.text(style, text)
    }
}

/// Which organizations a total does not have.
fn note(sheet: &mut Worksheet, at: CellRef, total: &Total, merged: &Merged, lang: Lang) -> Result<(), XlsxError> {
    let adds = !total.cell.is_unreadable();
    type Test<'t> = &'t dyn Fn(&Cell) -> bool;
    let open = |cell: &Cell| {
        matches!(cell, Cell::Value(CellValue::Unreadable(_))) || !adds && matches!(cell, Cell::Foreign(..))
    };
    let kinds: [(&str, Test<'_>); 4] = [
        ("note_open", &open),
        ("note_blank", &|cell| *cell == Cell::BLANK),
        ("note_not_applicable", &|cell| *cell == Cell::NOT_APPLICABLE),
        ("note_missing", &|cell| *cell == Cell::MISSING),
    ];
    let mut lines = Vec::new();
    for (key, test) in kinds {
        let those = total.organizations_with(test);
        if those.is_empty() || those.len() == total.cells.len() && adds {
            continue;
        }
        let names: Vec<&str> = those.iter().map(|at| merged.organizations[*at].name.as_str()).collect();
        let names: String = names.join(lang.list_separator());
        let mut short: String = names.chars().take(NOTE_LENGTH).collect();
        if short.len() < names.len() {
            short.push_str(&format!("……{}", lang.parentheses(&those.len().to_string())));
        }
        lines.push(said(key, lang, &[("names", &short)]));
    }
    if !lines.is_empty() {
        let note = Note::new(lines.join("\n")).add_author_prefix(false).set_width(260).set_height(110);
        sheet.insert_note(at.row, column(at)?, &note)?;
    }
    Ok(())
}

fn indent(depth: usize) -> u8 {
    depth.min(usize::from(DEEPEST)) as u8
}

fn column(cell: CellRef) -> Result<u16, XlsxError> {
    u16::try_from(cell.column).map_err(|_| XlsxError::RowColumnLimitError)
}
