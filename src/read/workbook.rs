//! Reads Excel workbooks (xlsx, xlsm, xlsb, xls).
//!
//! In: the bytes of the file. Out: one [`Grid`](crate::document::Grid) for each worksheet, in the order of the
//! workbook; `(0, 0)` is `A1` even if column A is empty. Called by [`crate::read`].
//!
//! `super::xlsx` reads xlsx and xlsm. `calamine` reads the binary formats: `super::biff` and `super::archive`
//! first check the sizes that it allocates, and a panic in it becomes an error.

use std::io::Cursor;
use std::panic::{AssertUnwindSafe, catch_unwind};

use calamine::{Data, Dimensions, Reader, SheetType, SheetVisible, Xls, XlsError, Xlsb, XlsbError};

use crate::document::{Cell, CellKind, CellRef, Location, MergedRange, Part};
use crate::error::{Error, ErrorKind, Result};
use crate::finding::Finding;

use super::archive::Archive;
use super::body::LeftOut;
use super::sheet::{self, Sheet, SheetBuilder};
use super::xlsx::{self, Drawings};
use super::{Format, ReadOptions, biff, compound, limit};
use crate::read::format::{FormatInfo, FormatReader, parts_read};

pub(super) const XLSX: FormatInfo = FormatInfo {
    name: "xlsx",
    extensions: &["xlsx", "xlsm"],
    any_text: false,
    parts: &parts_read::SHEETS_AND_BOXES,
    reader: FormatReader::Binary(|bytes, options| read(Format::Xlsx, bytes, options)),
};

pub(super) const XLSB: FormatInfo = FormatInfo {
    name: "xlsb",
    extensions: &["xlsb"],
    any_text: false,
    parts: &parts_read::SHEETS,
    reader: FormatReader::Binary(|bytes, options| read(Format::Xlsb, bytes, options)),
};

pub(super) const XLS: FormatInfo = FormatInfo {
    name: "xls",
    extensions: &["xls", "et"],
    any_text: false,
    parts: &parts_read::SHEETS,
    reader: FormatReader::Binary(|bytes, options| read(Format::Xls, bytes, options)),
};

/// Reads the worksheets of a workbook. Skips charts, dialogs and macro sheets.
///
/// A formula gives the value saved with it; in xlsx, one without is calculated by [`super::formula`]. Numbers stay as
/// stored (12.5 % is 0.125). Merged cells of an xlsb file are not known; `XG339` says so.
///
/// # Errors
/// [`ErrorKind::Encrypted`], [`ErrorKind::Corrupt`], [`ErrorKind::TooLarge`] or [`ErrorKind::SheetNotFound`].
///
/// Source: ECMA-376 Part 1, MS-XLSB, MS-XLS.
pub(super) fn read(format: Format, bytes: &[u8], options: &ReadOptions) -> Result<(Vec<Part>, Vec<Finding>)> {
    let work = || match format {
        Format::Xls => Ok((read_xls(bytes, options)?, Drawings::default())),
        Format::Xlsb => Ok((read_xlsb(bytes, options)?, Drawings::default())),
        _ => xlsx::read(bytes, options),
    };
    let outcome = catch_unwind(AssertUnwindSafe(work)).unwrap_or_else(|_| Err(corrupt(format, "@detail.structure")));
    let (sheets, drawings) = outcome?;
    let (mut parts, mut findings) = match sheet::finish(sheets, options) {
        // All content may be in text boxes.
        Err(error) if matches!(error.kind(), ErrorKind::Empty) && !drawings.shapes.is_empty() => Default::default(),
        outcome => outcome?,
    };
    add_drawings(drawings, &mut parts, &mut findings);
    if format == Format::Xlsb {
        findings.push(Finding::new("XG339"));
    }
    Ok((parts, findings))
}

/// Adds the text boxes to the worksheets: no cell has their text. Those above the first cell stand before it, since they have
/// the title.
fn add_drawings(drawings: Drawings, parts: &mut Vec<Part>, findings: &mut Vec<Finding>) {
    let mut read = LeftOut::default();
    for shape in drawings.shapes {
        let at = Location::Sheet { sheet: shape.sheet.as_str().into(), cell: shape.at };
        read.add(&shape.lines.join("\n"), Some(at.clone()));
        let own = |part: &Part| match part {
            Part::Table(grid) => grid.name.as_deref() == Some(&shape.sheet),
            Part::Paragraph(cell) => matches!(&cell.at, Location::Sheet { sheet, .. } if **sheet == shape.sheet),
        };
        let is_above = |part: &Part| match part {
            Part::Table(grid) => {
                grid.cells.iter().find(|(_, cell)| !cell.is_blank()).is_some_and(|(first, _)| shape.at.row < first.row)
            }
            Part::Paragraph(_) => false,
        };
        let end = parts.iter().rposition(own).map_or(parts.len(), |last| last + 1);
        let place = parts.iter().position(|part| own(part) && is_above(part)).unwrap_or(end);
        let lines = shape.lines.into_iter().map(|line| Part::Paragraph(Cell::text(line, at.clone())));
        parts.splice(place..place, lines);
    }
    findings.extend(read.finding("XG396"));
    if drawings.pictures > 0 {
        findings.push(Finding::new("XG397").with("count", drawings.pictures));
    }
}

fn corrupt(format: Format, detail: impl ToString) -> Error {
    Error::corrupt(format.word(), detail)
}

fn read_xlsb(bytes: &[u8], options: &ReadOptions) -> Result<Vec<Sheet>> {
    let failed = |error: XlsbError| match error {
        XlsbError::Password => Error::new(ErrorKind::Encrypted),
        error => corrupt(Format::Xlsb, "@detail.structure").caused_by(error),
    };
    let bytes = Archive::open(bytes, Format::Xlsb)?.metered();
    let meter = bytes.meter();
    let book = Xlsb::new(bytes);
    // `calamine` treats parts that it cannot open as missing, so ask the meter.
    meter.check()?;
    let mut book = book.map_err(failed)?;
    let mut builder = SheetBuilder::default();
    for (name, hidden) in chosen(book.sheets_metadata(), options)? {
        builder.begin(&name, hidden);
        let cells = book.worksheet_cells_reader(&name);
        meter.check()?;
        let mut cells = cells.map_err(failed)?;
        while let Some(cell) = cells.next_cell().map_err(failed)? {
            push(&mut builder, cell.get_position(), cell.get_value().clone().into())?;
        }
    }
    builder.end()
}

fn read_xls(bytes: &[u8], options: &ReadOptions) -> Result<Vec<Sheet>> {
    let failed = |error: XlsError| match error {
        XlsError::Password => Error::new(ErrorKind::Encrypted),
        error => biff::corrupt("@detail.structure").caused_by(error),
    };
    let stream = if bytes.starts_with(&compound::MAGIC) {
        compound::workbook_stream(bytes).ok_or_else(|| biff::corrupt("@detail.container"))?
    } else {
        bytes.to_vec()
    };
    let stream = biff::make_safe(stream)?;
    let hidden_lines = biff::hidden::hidden_lines(&stream);
    let bytes = compound::with_workbook(&stream);
    let mut book = Xls::new(Cursor::new(bytes)).map_err(failed)?;
    let mut builder = SheetBuilder::default();
    let chosen = chosen(book.sheets_metadata(), options)?;
    let position = |name: &str| book.sheets_metadata().iter().position(|sheet| sheet.name == name);
    let positions: Vec<Option<usize>> = chosen.iter().map(|(name, _)| position(name)).collect();
    for ((name, hidden), position) in chosen.into_iter().zip(positions) {
        builder.begin(&name, hidden);
        if let Some(lines) = position.and_then(|position| hidden_lines.get(position)) {
            lines.rows.iter().for_each(|row| builder.hide_rows(*row, *row));
            lines.columns.iter().for_each(|(first, last)| builder.hide_columns(*first, *last));
        }
        let range = book.worksheet_range(&name).map_err(failed)?;
        let (row, column) = range.start().unwrap_or_default();
        for (down, right, value) in range.used_cells() {
            let at = |start: u32, offset: usize| start.saturating_add(u32::try_from(offset).unwrap_or(u32::MAX));
            push(&mut builder, (at(row, down), at(column, right)), value.clone())?;
        }
        merge(&mut builder, &book.merge_cells_by_sheet_name(&name).map_err(failed)?)?;
    }
    builder.end()
}

/// The names of the worksheets to read, and whether they are hidden.
fn chosen(sheets: &[calamine::Sheet], options: &ReadOptions) -> Result<Vec<(String, bool)>> {
    if sheets.len() > limit::SHEETS {
        return Err(limit::too_large(sheets.len(), limit::SHEETS));
    }
    let names: Vec<&str> = sheets.iter().map(|sheet| sheet.name.as_str()).collect();
    let wanted = sheet::choose(&names, options)?;
    let worksheets = sheets
        .iter()
        .enumerate()
        .filter(|(at, sheet)| wanted.is_none_or(|wanted| wanted == *at) && matches!(sheet.typ, SheetType::WorkSheet));
    Ok(worksheets.map(|(_, sheet)| (sheet.name.clone(), sheet.visible != SheetVisible::Visible)).collect())
}

fn merge(builder: &mut SheetBuilder, ranges: &[Dimensions]) -> Result<()> {
    for range in ranges {
        let at = |(row, column): (u32, u32)| CellRef::new(row, column);
        builder.merge(MergedRange { first: at(range.start), last: at(range.end) })?;
    }
    Ok(())
}

fn push(builder: &mut SheetBuilder, (row, column): (u32, u32), value: Data) -> Result<()> {
    let (text, kind) = match value {
        Data::Empty => return Ok(()),
        Data::String(text) => (text, CellKind::Text),
        Data::Int(number) => (number.to_string(), CellKind::Number),
        Data::Float(number) => (sheet::number(number), CellKind::Number),
        Data::Bool(value) => (if value { "TRUE" } else { "FALSE" }.to_owned(), CellKind::Boolean),
        Data::DateTime(value) => (sheet::date(value), CellKind::Date),
        Data::DateTimeIso(text) | Data::DurationIso(text) => (text, CellKind::Date),
        Data::Error(error) => (error.to_string(), CellKind::Error),
    };
    builder.push(CellRef::new(row, column), text, kind)
}

#[cfg(test)]
mod tests {
    use rust_xlsxwriter::{ExcelDateTime as Moment, Format as Style, Formula, Workbook};

    use super::*;
    use crate::document::Grid;

    fn grids(bytes: &[u8], options: &ReadOptions) -> (Vec<Grid>, Vec<Finding>) {
        let (parts, findings) = read(Format::Xlsx, bytes, options).unwrap();
        let grid = |part| if let Part::Table(grid) = part { grid } else { panic!("a table") };
        (parts.into_iter().map(grid).collect(), findings)
    }

    #[test]
    fn cells_are_text_as_the_workbook_shows_them() {
        let mut book = Workbook::new();
        let sheet = book.add_worksheet();
        sheet.write_string(1, 1, "  两行\n文字 ").unwrap();
        sheet.write_number(2, 1, 0.1 + 0.2).unwrap();
        sheet.write_number(3, 1, 1025.0).unwrap();
        sheet.write_boolean(4, 1, true).unwrap();
        sheet.write_formula(5, 1, Formula::new("=B3+1").set_result("1.3")).unwrap();
        sheet.write_formula(6, 1, Formula::new("=A1/0").set_result("#DIV/0!")).unwrap();
        let day = Style::new().set_num_format("yyyy-mm-dd");
        sheet.write_datetime_with_format(7, 1, Moment::from_ymd(2018, 1, 20).unwrap(), &day).unwrap();
        let plain = Style::new();
        sheet.write_rich_string(8, 1, &[(&Style::new().set_bold(), "一、"), (&plain, "概述")]).unwrap();
        sheet.write_blank(9, 1, &plain).unwrap();
        sheet.merge_range(10, 1, 11, 3, "合并", &plain).unwrap();
        let (grids, _) = grids(&book.save_to_buffer().unwrap(), &ReadOptions::default());
        let drawn: Vec<_> =
            grids[0].cells.iter().map(|(at, cell)| format!("{at} {:?} {}", cell.kind, cell.text)).collect();
        assert_eq!(
            drawn,
            [
                "B2 Text   两行\n文字 ",
                "B3 Number 0.3",
                "B4 Number 1025",
                "B5 Boolean TRUE",
                "B6 Number 1.3",
                "B7 Error #DIV/0!",
                "B8 Date 2018-01-20",
                "B9 Text 一、概述",
                "B11 Text 合并",
            ]
        );
        assert_eq!(grids[0].merged, [MergedRange { first: CellRef::new(10, 1), last: CellRef::new(11, 3) }]);
    }

    #[test]
    fn hidden_sheets_are_read_and_named_unless_asked_for() {
        let mut book = Workbook::new();
        book.add_worksheet().set_name("甲镇").unwrap().write(0, 0, "a").unwrap();
        book.add_worksheet().set_name("乙镇").unwrap().set_hidden(true).write(0, 0, "b").unwrap();
        let bytes = book.save_to_buffer().unwrap();
        let (all, findings) = grids(&bytes, &ReadOptions::default());
        let names: Vec<_> = all.iter().map(|grid| (grid.name.as_deref().unwrap(), grid.hidden)).collect();
        assert_eq!(names, [("甲镇", false), ("乙镇", true)]);
        assert_eq!(findings.iter().map(|finding| finding.code.as_str()).collect::<Vec<_>>(), ["XG331"]);
        let options = ReadOptions { sheet: Some(super::super::SheetChoice::Number(2)), ..ReadOptions::default() };
        let (one, findings) = grids(&bytes, &options);
        assert_eq!((one.len(), one[0].name.as_deref()), (1, Some("乙镇")));
        assert!(findings.is_empty());
    }
}
