//! The unit-by-unit worksheet: indicators down, units across, a formula for each total.
//!
//! A total adds up numbers only. While a cell of its row holds what is neither a number nor blank nor `/`, it stays open, and
//! comes out as soon as that is mended. Where each cell stands is [`crate::merge::table`]'s.

use rust_decimal::Decimal;
use rust_xlsxwriter::{Format, FormatAlign, Formula, IgnoreError, Note, Worksheet, XlsxError};

use super::super::look::{fits_a_number, float};
use super::{Looks, column, height, list, said, word};
use crate::document::{CellRef, Location};
use crate::finding::Finding;
use crate::merge::table::{self, COUNT, FIRST, HEAD_ROW, LABEL, TOTAL, TableRow, UNIT};
use crate::merge::{Cell, Merged, Total};
use crate::message::Lang;
use crate::report::Status;

/// What stands out: a blank, and what cannot be added.
const BLANK: u32 = 0x00FF_F2CC;
const OPEN: u32 = 0x00F8_CBAD;

/// Width of the labels, in characters.
const LABEL_WIDTH: f64 = 46.0;

/// Characters of a note that are read before it is closed.
const NOTE_LENGTH: usize = 400;

pub(super) fn draw(merged: &Merged, lang: Lang, findings: &mut Vec<Finding>) -> Result<Worksheet, XlsxError> {
    let mut widths = vec![LABEL_WIDTH, 9.0, 12.0, 9.0];
    widths.extend(std::iter::repeat_n(10.0, merged.counted));
    let looks = Looks::new(&merged.template);
    let mut matrix = Matrix { sheet: list(table::SHEET, &widths)?, merged, looks, lang, findings };
    matrix.heads()?;
    let scopes: Vec<Option<String>> = merged.report.columns().into_iter().map(|head| head.map(str::to_owned)).collect();
    let scopes = if merged.template.is_matrix() { vec![None] } else { scopes };
    let rows = table::rows(&merged.template, &scopes, merged.extra.len());
    for (at, row) in rows.iter().enumerate() {
        matrix.row(at, row)?;
    }
    let sheet = &mut matrix.sheet;
    sheet.set_freeze_panes(HEAD_ROW + 1, FIRST as u16)?;
    sheet.set_repeat_rows(HEAD_ROW, HEAD_ROW)?;
    sheet.set_repeat_columns(LABEL as u16, COUNT as u16)?;
    sheet.set_print_scale(70);
    sheet.set_page_order(true);
    Ok(matrix.sheet)
}

struct Matrix<'m> {
    sheet: Worksheet,
    merged: &'m Merged,
    looks: Looks,
    lang: Lang,
    findings: &'m mut Vec<Finding>,
}

impl Matrix<'_> {
    fn heads(&mut self) -> Result<(), XlsxError> {
        let report = &self.merged.report;
        let year = report.year.map(|year| year.to_string()).unwrap_or_default();
        let organization = report.organization.as_deref().unwrap_or("");
        let title = said("title", self.lang, &[("organization", organization), ("year", &year)]);
        self.sheet.write_string_with_format(0, 0, title.trim(), &self.looks.title)?;
        self.sheet.set_row_height(0, 26)?;
        self.sheet.write_string_with_format(1, 0, word("remark", self.lang), &self.looks.remark)?;
        for (at, key) in [(LABEL, "head.label"), (UNIT, "head.unit"), (TOTAL, "head.total"), (COUNT, "head.count")] {
            self.sheet.write_string_with_format(HEAD_ROW, at as u16, word(key, self.lang), &self.looks.head)?;
        }
        for (at, unit) in self.merged.units[..self.merged.counted].iter().enumerate() {
            self.sheet.write_string_with_format(HEAD_ROW, unit_column(at)?, &unit.name, &self.looks.head)?;
        }
        let longest = self.merged.units.iter().map(|unit| unit.name.chars().count()).max().unwrap_or(0);
        self.sheet.set_row_height(HEAD_ROW, 16.0 * (longest.div_ceil(4).clamp(2, 6)) as f64)?;
        Ok(())
    }

    fn row(&mut self, at: usize, row: &TableRow) -> Result<(), XlsxError> {
        let total_cell = table::total_cell(at);
        let merged = self.merged;
        match row {
            TableRow::Heading(text, depth) => {
                let look = self.looks.heading.clone().set_indent((*depth).min(8) as u8);
                for column in 0..unit_column(merged.counted)? {
                    self.sheet.write_blank(total_cell.row, column, &self.looks.heading)?;
                }
                self.sheet.write_string_with_format(total_cell.row, LABEL as u16, text, &look)?;
            }
            TableRow::Total(number, label, depth) => {
                let total = &merged.totals[*number];
                let unit = merged.report.values[*number].unit.as_deref();
                self.labels(total_cell.row, label, *depth, unit)?;
                self.figures(total_cell, total)?;
            }
            TableRow::Extra(number) => {
                let extra = &merged.extra[*number];
                self.labels(total_cell.row, &extra.label, 1, extra.unit.as_deref())?;
                self.figures(total_cell, &extra.total)?;
            }
        }
        Ok(())
    }

    fn labels(&mut self, row: u32, label: &str, depth: usize, unit: Option<&str>) -> Result<(), XlsxError> {
        let depth = depth.min(8);
        let look = self.looks.text.clone().set_indent(depth as u8);
        // A step of an indent is about as wide as a letter and a half.
        self.sheet.set_row_height(row, height(label, LABEL_WIDTH - 1.5 * depth as f64))?;
        self.sheet.write_string_with_format(row, LABEL as u16, label, &look)?;
        self.sheet.write_string_with_format(row, UNIT as u16, unit.unwrap_or(""), &self.looks.centered)?;
        Ok(())
    }

    /// What the units have in a row, and their total.
    fn figures(&mut self, at: CellRef, total: &Total) -> Result<(), XlsxError> {
        let scale = total.cells.iter().filter_map(Cell::number).map(|number| number.scale()).max().unwrap_or(0);
        for (unit, cell) in total.cells.iter().enumerate() {
            let place = (at.row, unit_column(unit)?);
            let adds = total.status != Status::Unreadable;
            match cell {
                Cell::Number(number) => self.number(place, *number)?,
                Cell::Foreign(number, _) if adds => self.number(place, *number)?,
                Cell::Foreign(number, unit) => self.text(place, &format!("{number}{unit}"), Some(OPEN))?,
                Cell::Unreadable(text) => self.text(place, if text.is_empty() { "?" } else { text }, Some(OPEN))?,
                Cell::NotApplicable => self.text(place, "/", None)?,
                Cell::Blank => {
                    let look = self.looks.centered.clone().set_background_color(BLANK);
                    self.sheet.write_blank(place.0, place.1, &look)?;
                }
                Cell::Absent => {
                    self.sheet.write_blank(place.0, place.1, &self.looks.centered)?;
                }
            }
        }
        self.total(at, total, scale)?;
        self.note(at, total)
    }

    fn total(&mut self, at: CellRef, total: &Total, scale: u32) -> Result<(), XlsxError> {
        let place = (at.row, column(at)?);
        let fits = |cell: &Cell| cell.number().is_none_or(fits_a_number);
        if let Some(number) = total.number.filter(|number| !total.cells.iter().all(fits) || !fits_a_number(*number)) {
            // Digits that are text would not be added: the total is as exact as they are.
            return self.number(place, number);
        }
        if total.cells.is_empty() {
            return self.sheet.write_blank(place.0, place.1, &self.looks.centered).map(|_| ());
        }
        let last = CellRef::new(at.row, FIRST + total.cells.len() as u32 - 1);
        let range = format!("{}:{last}", CellRef::new(at.row, FIRST));
        let sum = if scale == 0 { format!("SUM({range})") } else { format!("ROUND(SUM({range}),{scale})") };
        let formula = format!(
            "=IF(COUNT({range})+COUNTBLANK({range})+COUNTIF({range},\"/\")<COLUMNS({range}),\"\",\
             IF(COUNT({range})>0,{sum},IF(COUNTIF({range},\"/\")=COLUMNS({range}),\"/\",\"\")))"
        );
        let result = match total.status {
            Status::Number => total.number.unwrap_or_default().normalize().to_string(),
            Status::NotApplicable => "/".to_owned(),
            Status::Blank | Status::Unreadable => String::new(),
        };
        let look = decimals(self.looks.centered.clone().set_bold(), scale);
        let look = if total.status == Status::Unreadable { look.set_background_color(OPEN) } else { look };
        let formula = Formula::new(formula).set_result(result);
        self.sheet.write_formula_with_format(place.0, place.1, formula, &look)?;
        let count = total.units_with(|cell| matches!(cell, Cell::Number(_))).len();
        let shown = if total.unit().is_some() {
            total.units_with(|cell| matches!(cell, Cell::Number(_) | Cell::Foreign(..))).len()
        } else {
            count
        };
        let formula = Formula::new(format!("=COUNT({range})")).set_result(shown.to_string());
        self.sheet.write_formula_with_format(at.row, COUNT as u16, formula, &self.looks.centered)?;
        Ok(())
    }

    /// Which units a total does not have.
    fn note(&mut self, at: CellRef, total: &Total) -> Result<(), XlsxError> {
        let adds = total.status != Status::Unreadable;
        type Test<'t> = &'t dyn Fn(&Cell) -> bool;
        let open = |cell: &Cell| matches!(cell, Cell::Unreadable(_)) || !adds && matches!(cell, Cell::Foreign(..));
        let kinds: [(&str, Test<'_>); 3] = [
            ("note_open", &open),
            ("note_blank", &|cell| *cell == Cell::Blank),
            ("note_not_applicable", &|cell| *cell == Cell::NotApplicable),
        ];
        let mut lines = Vec::new();
        for (key, test) in kinds {
            let those = total.units_with(test);
            if those.is_empty() || those.len() == total.cells.len() && adds {
                continue;
            }
            let names: Vec<&str> = those.iter().map(|unit| self.merged.units[*unit].name.as_str()).collect();
            let names: String = names.join("、");
            let mut short: String = names.chars().take(NOTE_LENGTH).collect();
            if short.len() < names.len() {
                short.push_str(&format!("……（{}）", those.len()));
            }
            lines.push(said(key, self.lang, &[("names", &short)]));
        }
        if !lines.is_empty() {
            let note = Note::new(lines.join("\n")).add_author_prefix(false).set_width(260).set_height(110);
            self.sheet.insert_note(at.row, column(at)?, &note)?;
        }
        Ok(())
    }

    fn number(&mut self, (row, column): (u32, u16), number: Decimal) -> Result<(), XlsxError> {
        if fits_a_number(number) {
            let look = decimals(self.looks.centered.clone(), number.scale());
            self.sheet.write_number_with_format(row, column, float(number), &look)?;
        } else {
            let at = Location::Sheet { sheet: table::SHEET.into(), cell: CellRef::new(row, u32::from(column)) };
            self.findings.push(Finding::new("XG421").with("value", number).at(at));
            self.sheet.write_string_with_format(row, column, number.to_string(), &self.looks.centered)?;
            self.sheet.ignore_error(row, column, IgnoreError::NumberStoredAsText)?;
        }
        Ok(())
    }

    fn text(&mut self, (row, column): (u32, u16), text: &str, color: Option<u32>) -> Result<(), XlsxError> {
        let look = self.looks.centered.clone().set_align(FormatAlign::Center);
        let look = color.map_or_else(|| look.clone(), |color| look.clone().set_background_color(color));
        self.sheet.write_string_with_format(row, column, text, &look)?;
        Ok(())
    }
}

/// The look of a number with so many decimals.
fn decimals(look: Format, scale: u32) -> Format {
    let look = look.set_shrink();
    if scale == 0 { look } else { look.set_num_format(format!("0.{}", "0".repeat(scale as usize))) }
}

fn unit_column(unit: usize) -> Result<u16, XlsxError> {
    u16::try_from(FIRST as usize + unit).map_err(|_| XlsxError::RowColumnLimitError)
}
