//! Rows of a worksheet, written one after the other, each from the first column on.
//!
//! rust_xlsxwriter looks up the format of each cell by all of its properties, which takes as long as the rest of the cell.
//! So cells are written without one, and cells of one style below each other get their format together.

use rust_xlsxwriter::{Format, Formula, Worksheet, XlsxError};
use rustc_hash::FxHashMap;

use super::super::draw::write_text;
use super::style::ListStyle;
use crate::template::Template;

/// The result of a formula, for programs that do not calculate it.
#[derive(Clone, Copy, Debug)]
pub(super) enum FormulaResult<'a> {
    Number(f64),
    Text(&'a str),
}

/// Writes the rows of a worksheet.
pub(super) struct RowWriter<'w> {
    worksheet: &'w mut Worksheet,
    template: &'w Template,
    formats: FxHashMap<ListStyle, Format>,
    /// The row being written, and the one behind it.
    row: u32,
    next_row: u32,
    column: u16,
    /// The cells of each column whose format is not set yet.
    runs: Vec<Run>,
}

/// Cells of one style in rows that follow each other.
#[derive(Clone, Copy)]
struct Run {
    style: ListStyle,
    first: u32,
    last: u32,
}

impl<'w> RowWriter<'w> {
    pub(super) fn new(worksheet: &'w mut Worksheet, template: &'w Template) -> Self {
        // A formula with an empty result shows nothing.
        worksheet.set_formula_result_default("");
        let formats = FxHashMap::default();
        Self { worksheet, template, formats, row: 0, next_row: 0, column: 0, runs: Vec::new() }
    }

    /// Begins the next row; its height is in points.
    pub(super) fn row(&mut self, height: f64) -> Result<(), XlsxError> {
        (self.row, self.next_row, self.column) = (self.next_row, self.next_row + 1, 0);
        self.worksheet.set_row_height(self.row, height)?;
        Ok(())
    }

    /// The place of the next cell of the row.
    fn next(&mut self, style: ListStyle) -> Result<(u32, u16), XlsxError> {
        let (row, column) = (self.row, self.column);
        self.column = column.checked_add(1).ok_or(XlsxError::RowColumnLimitError)?;
        let new = Run { style, first: row, last: row };
        match self.runs.get_mut(usize::from(column)) {
            None => self.runs.push(new),
            Some(run) if run.style == style && run.last + 1 == row => run.last = row,
            Some(run) => {
                let ended = std::mem::replace(run, new);
                self.set_format(column, ended)?;
            }
        }
        Ok((row, column))
    }

    fn set_format(&mut self, column: u16, Run { style, first, last }: Run) -> Result<(), XlsxError> {
        let format = self.formats.entry(style).or_insert_with(|| style.format(self.template));
        self.worksheet.set_range_format(first, column, last, column, format)?;
        Ok(())
    }

    pub(super) fn blank(&mut self, style: ListStyle) -> Result<(), XlsxError> {
        self.next(style)?;
        Ok(())
    }

    pub(super) fn text(&mut self, style: ListStyle, text: &str) -> Result<(), XlsxError> {
        let (row, column) = self.next(style)?;
        if !text.is_empty() {
            write_text(self.worksheet, row, column, text, None)?;
        }
        Ok(())
    }

    pub(super) fn number(&mut self, style: ListStyle, number: f64) -> Result<(), XlsxError> {
        let (row, column) = self.next(style)?;
        self.worksheet.write_number(row, column, number)?;
        Ok(())
    }

    pub(super) fn formula(
        &mut self,
        style: ListStyle,
        formula: &str,
        result: FormulaResult<'_>,
    ) -> Result<(), XlsxError> {
        let (row, column) = self.next(style)?;
        let result = match result {
            FormulaResult::Number(number) => number.to_string(),
            FormulaResult::Text(text) => text.to_owned(),
        };
        self.worksheet.write_formula(row, column, Formula::new(formula).set_result(result))?;
        Ok(())
    }

    /// Sets the formats that are not set yet.
    pub(super) fn finish(mut self) -> Result<(), XlsxError> {
        for (column, run) in (0u16..).zip(std::mem::take(&mut self.runs)) {
            self.set_format(column, run)?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use std::io::Cursor;

    use calamine::{Data, Reader, Xlsx};
    use rust_xlsxwriter::Workbook;

    use super::*;
    use crate::template::shipped;

    fn written(write: impl FnOnce(&mut RowWriter<'_>) -> Result<(), XlsxError>) -> Result<Vec<Vec<Data>>, XlsxError> {
        let mut workbook = Workbook::new();
        let mut rows = RowWriter::new(workbook.add_worksheet(), shipped().get("2021").unwrap());
        write(&mut rows)?;
        rows.finish()?;
        let mut workbook: Xlsx<_> = Xlsx::new(Cursor::new(workbook.save_to_buffer()?)).unwrap();
        Ok(workbook.worksheet_range("Sheet1").unwrap().rows().map(<[Data]>::to_vec).collect())
    }

    #[test]
    fn cells_are_read_back_as_they_were_written() {
        let texts = ["中庄镇", "<r>a&</r>", "_x0041_", "=1+1", " 空 ", "a&b<c>\u{fffd}\n", "中庄镇", "<r>_x0041_</r>"];
        let style = ListStyle::Text(0);
        let cells = written(|rows| {
            rows.row(20.0)?;
            texts.iter().try_for_each(|text| rows.text(style, text))?;
            rows.row(18.0)?;
            rows.number(style, 126.18)?;
            rows.blank(ListStyle::Blank)?;
            rows.text(style, "")?;
            rows.formula(style, "IF(A2<1,\"a\",SUM(A2:B2))", FormulaResult::Number(126.18))?;
            rows.formula(style, "IF(A2<1,\"/\",\"\")", FormulaResult::Text("/"))
        });
        let cells = cells.unwrap();
        assert_eq!(cells[0], texts.map(|text| Data::String(text.to_owned())));
        let number = Data::Float(126.18);
        let (blank, text) = (Data::Empty, Data::String("/".to_owned()));
        assert_eq!(cells[1][..5], [number.clone(), blank.clone(), blank.clone(), number, text]);
    }

    #[test]
    fn a_row_beyond_the_columns_of_a_worksheet_is_an_error() {
        let result = written(|rows| {
            rows.row(20.0)?;
            (0..=16_384).try_for_each(|_| rows.blank(ListStyle::Blank))
        });
        assert!(matches!(result, Err(XlsxError::RowColumnLimitError)));
    }
}
