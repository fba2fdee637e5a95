//! A laid-out report as a workbook: `Layout → bytes`.
//!
//! In: a [`Layout`] and the font names of its [`Template`]. Out: an Office Open XML workbook of one worksheet that looks
//! and prints like the form. Called by [`crate::write::write`]. What stands where is the layout's; this module knows only
//! cells: `grid` measures them, and here they are drawn.

mod grid;
#[cfg(test)]
mod tests;

use std::io::Write;
use std::ops::Range;

use rust_decimal::Decimal;
use rust_xlsxwriter::{
    DocProperties, ExcelDateTime, Format, FormatAlign, FormatBorder, IgnoreError, Workbook, Worksheet, XlsxError,
};

use self::grid::{CELL_PADDING_PIXELS, Grid, INDENT_PIXELS, Paging, Piece, SheetRow, TEXT_STRETCH, pixels};
use crate::error::Result;
use crate::finding::Finding;
use crate::layout::text::{EastAsianWidth, MM_PER_POINT, text_width};
use crate::layout::{Align, Block, CellLayout, CellRole, Content, Layout, TableLayout};
use crate::template::{FontRole, Page, Template, TextStyle};
use crate::write::failed;

/// The worksheet's name.
const SHEET: &str = "统计表";

/// Without a timestamp, every workbook was made at the start of this day, so that the same report gives the same bytes.
const CREATED: (u16, u8, u8) = (2000, 1, 1);

const MM_PER_INCH: f64 = 25.4;

/// The workbook's standard font, its size in points and the pixels of a standard row and column.
///
/// Column widths are counted in its digits. These are 8 pixels wide without rounding, and every system has the font or
/// one of the same widths, so columns are equally wide everywhere.
const STANDARD: (&str, f64, u32, u32) = ("Times New Roman", 12.0, 21, 72);

/// Page breaks that a worksheet may have, as Excel limits it.
const MAX_PAGE_BREAKS: usize = 1023;

/// Significant digits that a workbook's number keeps.
const NUMBER_DIGITS: usize = 15;

/// The number format General shows whole numbers of up to so many digits as they are.
const GENERAL_DIGITS: usize = 11;

/// Text that runs down in a part of its cell on another page is set no smaller, in points.
const SMALLEST_VERTICAL: f64 = 5.0;

/// Paper sizes by width and height in mm, and their numbers. Source: ECMA-376 Part 1, 18.3.1.63.
const PAPERS: [(f64, f64, u8); 3] = [(210.0, 297.0, 9), (297.0, 420.0, 8), (148.0, 210.0, 11)];

/// GB 2312, which tells a program what to put in the place of a font it does not have. Source: MS-WMF 2.1.1.5.
const CHARSET: u8 = 134;

/// Letters stacked from top to bottom. Source: ECMA-376 Part 1, 18.8.1, `textRotation` 255.
const STACKED: i16 = 270;

/// Writes a layout as a workbook and returns what could not be drawn as it should.
///
/// Columns have the layout's widths; where tables differ in their columns, cells are merged over what they share. Labels
/// wrap and are indented, numbers are numbers with their digits as printed, blanks are blank cells. The head rows of a
/// single table are frozen on screen and repeated in print. A merged label that goes over a page is one cell a page.
/// `timestamp` is in seconds since 1970.
///
/// Findings: `XG421` for a number that a workbook cannot hold and that is text therefore, `XG422` for a text that is
/// higher than a row may be.
///
/// # Errors
/// [`ErrorKind::Write`](crate::ErrorKind::Write) when `out` fails, or when the layout is larger than a worksheet.
pub fn write(
    layout: &Layout,
    template: &Template,
    timestamp: Option<i64>,
    out: &mut dyn Write,
) -> Result<Vec<Finding>> {
    let grid = Grid::new(layout, template);
    let mut findings = Vec::new();
    let rows = grid::rows(layout, &grid, &mut findings);
    let paging = grid::paging(&rows, &grid, &layout.form.page);
    let mut sheet = Sheet { layout, template, grid, rows, paging, worksheet: Worksheet::new(), findings };
    let bytes = sheet.draw(timestamp).map_err(|error| failed("XLSX", error))?;
    out.write_all(&bytes).map_err(|error| failed("XLSX", error))?;
    Ok(sheet.findings)
}

struct Sheet<'a> {
    layout: &'a Layout,
    template: &'a Template,
    grid: Grid<'a>,
    rows: Vec<SheetRow<'a>>,
    paging: Paging,
    worksheet: Worksheet,
    findings: Vec<Finding>,
}

impl Sheet<'_> {
    fn draw(&mut self, timestamp: Option<i64>) -> Result<Vec<u8>, XlsxError> {
        let (font, size, row, column) = STANDARD;
        let standard = Format::new().set_font_name(font).set_font_size(size);
        let mut workbook = Workbook::new();
        workbook.set_default_format(&standard, row, column)?;
        self.worksheet.set_default_format(&standard, row, column)?;
        self.worksheet.set_name(SHEET)?;
        self.worksheet.set_screen_gridlines(false);
        for (column, pair) in (0u16..).zip(self.grid.edges.windows(2)) {
            self.worksheet.set_column_width_pixels(column, (pair[1] - pair[0]).round() as u32)?;
        }
        let rows = std::mem::take(&mut self.rows);
        for (at, row) in rows.iter().enumerate() {
            self.worksheet.set_row_height_pixels(sheet_row(at)?, row.height)?;
            match &row.piece {
                Piece::Texts(texts, style) => self.texts(at, texts, *style)?,
                Piece::Row(number, table, row) => self.row(&rows, at, *number, table, *row)?,
            }
        }
        self.set_up_page(rows.len())?;
        let created = match timestamp {
            Some(seconds) => ExcelDateTime::from_timestamp(seconds)?,
            None => ExcelDateTime::from_ymd(CREATED.0, CREATED.1, CREATED.2)?,
        };
        let mut properties = DocProperties::new().set_title(&self.layout.title).set_creation_datetime(&created);
        if let Some(organization) = &self.layout.organization {
            properties = properties.set_author(organization);
        }
        workbook.set_properties(&properties);
        workbook.push_worksheet(std::mem::take(&mut self.worksheet));
        workbook.save_to_buffer()
    }

    fn texts(&mut self, row: usize, texts: &[grid::Text], style: TextStyle) -> Result<(), XlsxError> {
        for (index, (_, text, align)) in texts.iter().enumerate() {
            let columns = grid::text_columns(&self.grid, texts, index);
            let style = self.grid.without_lost_line(text, style, columns, 0.0);
            let format = self.format(style).set_align(horizontal(*align)).set_text_wrap();
            self.place(row..row + 1, columns, &format, &Content::Text(text.clone()))?;
        }
        Ok(())
    }

    /// Draws a row of a table; `at` is the worksheet's row.
    fn row(
        &mut self,
        rows: &[SheetRow<'_>],
        at: usize,
        number: usize,
        table: &TableLayout,
        row: usize,
    ) -> Result<(), XlsxError> {
        for cell in &table.rows[row].cells {
            let Some(columns) = self.grid.cell(number, cell) else { continue };
            let end = at + cell.row_span.max(1).min(table.rows.len() - row);
            if cell.role != CellRole::RowHead {
                self.cell(cell, at..end, columns, cell.style)?;
                continue;
            }
            for part in parts(at..end, &self.paging.breaks) {
                let height = f64::from(rows[part.clone()].iter().map(|row| row.height).sum::<u32>());
                self.cell(cell, part, columns, vertical_style(self.layout, cell, height))?;
            }
        }
        Ok(())
    }

    fn cell(
        &mut self,
        cell: &CellLayout,
        rows: Range<usize>,
        columns: (usize, usize),
        style: TextStyle,
    ) -> Result<(), XlsxError> {
        let indent = grid::indent_steps(cell);
        let layout = self.layout;
        let content = layout.content(cell);
        let style = match content {
            Content::Text(text) if !cell.vertical => {
                self.grid.without_lost_line(text, style, columns, indent * INDENT_PIXELS)
            }
            _ => style,
        };
        let mut format = self.format(style).set_align(horizontal(cell.align)).set_border(FormatBorder::Thin);
        if indent > 0.0 {
            format = format.set_indent(indent.min(250.0) as u8);
        }
        match content {
            Content::Number(number) if !fits_a_number(*number) => {
                self.findings.push(Finding::new("XG421").with("value", number).at(layout.at(cell).cloned()));
                let text = Content::Text(number.to_string());
                let first = sheet_row(rows.start)?;
                self.place(rows, columns, &format.set_shrink(), &text)?;
                self.worksheet.ignore_error(first, sheet_column(columns.0)?, IgnoreError::NumberStoredAsText)?;
                Ok(())
            }
            Content::Number(number) => {
                let format = match number_format(*number, self.grid.width(columns), cell.style) {
                    Some(pattern) => format.set_num_format(pattern),
                    None => format,
                };
                self.place(rows, columns, &format.set_shrink(), content)
            }
            Content::Text(_) if cell.vertical => self.place(rows, columns, &format.set_rotation(STACKED), content),
            Content::Text(_) | Content::Blank => {
                let head = self.grid.head(cell, columns).map(Content::Text);
                self.place(rows, columns, &format.set_text_wrap(), head.as_ref().unwrap_or(content))
            }
        }
    }

    /// Writes a cell, merged where it covers more than one.
    fn place(
        &mut self,
        rows: Range<usize>,
        (first, end): (usize, usize),
        format: &Format,
        content: &Content,
    ) -> Result<(), XlsxError> {
        let (row, last_row) = (sheet_row(rows.start)?, sheet_row(rows.end.max(rows.start + 1) - 1)?);
        let (column, last) = (sheet_column(first)?, sheet_column(end.max(first + 1) - 1)?);
        if last_row > row || last > column {
            self.worksheet.merge_range(row, column, last_row, last, "", format)?;
        }
        match content {
            Content::Blank => self.worksheet.write_blank(row, column, format)?,
            Content::Text(text) => self.worksheet.write_string_with_format(row, column, text, format)?,
            Content::Number(number) => {
                // The nearest float to the decimal digits; the conversion of rust_decimal may be off by one unit.
                let float: f64 = number.to_string().parse().unwrap_or_default();
                self.worksheet.write_number_with_format(row, column, float, format)?
            }
        };
        Ok(())
    }

    fn format(&self, style: TextStyle) -> Format {
        let format = Format::new().set_font_size(style.size).set_align(FormatAlign::VerticalCenter);
        // Roman or swiss: the other hint beside the character set.
        let family = if style.font == FontRole::Heading { 2 } else { 1 };
        match self.template.workbook_fonts.get(&style.font) {
            Some(name) => format.set_font_name(name).set_font_charset(CHARSET).set_font_family(family),
            None => format,
        }
    }

    fn set_up_page(&mut self, rows: usize) -> Result<(), XlsxError> {
        let Page { width, height, top, right, bottom, left, page_number_drop, .. } = self.layout.form.page;
        let (short, long) = (width.min(height), width.max(height));
        let near = |paper: &&(f64, f64, u8)| (paper.0 - short).abs() < 2.0 && (paper.1 - long).abs() < 2.0;
        let paper = PAPERS.iter().find(near).unwrap_or(&PAPERS[0]).2;
        // The number's middle, not its foot, is to be so far below the type area.
        let footer = (bottom - page_number_drop - 0.8 * self.layout.form.page_number.size * MM_PER_POINT).max(0.0);
        let [left, right, top, bottom, footer] = [left, right, top, bottom, footer].map(|mm| mm / MM_PER_INCH);
        let style = self.layout.form.page_number;
        let font = self.template.workbook_fonts.get(&style.font);
        let font = font.map(|name| format!("&\"{name},Regular\"")).unwrap_or_default();
        let worksheet = &mut self.worksheet;
        worksheet.set_paper_size(paper).set_margins(left, right, top, bottom, top / 2.0, footer);
        if width > height {
            worksheet.set_landscape();
        }
        worksheet.set_print_fit_to_pages(1, 0).set_print_center_horizontally(true);
        // LibreOffice sets a footer from the top of its place, Excel from the bottom: a line of 6 points keeps it off the
        // table in one and changes nothing in the other.
        worksheet.set_footer(format!("&C&6\n{font}&{}— &P —", style.size.round()));
        let breaks = self.paging.breaks.iter().take(MAX_PAGE_BREAKS).map(|row| sheet_row(*row));
        let breaks = breaks.collect::<std::result::Result<Vec<_>, _>>()?;
        worksheet.set_page_breaks(&breaks)?;
        if let Some((first, last)) = self.paging.repeated {
            let (first, last) = (sheet_row(first)?, sheet_row(last)?);
            worksheet.set_repeat_rows(first, last)?;
            let tables = self.layout.form.blocks.iter().filter(|block| matches!(block, Block::Table(_)));
            if tables.count() == 1 {
                worksheet.set_freeze_panes(last + 1, 0)?;
            }
        }
        let (last_row, last_column) = (sheet_row(rows.saturating_sub(1))?, sheet_column(self.grid.columns() - 1)?);
        worksheet.set_print_area(0, 0, last_row, last_column)?;
        Ok(())
    }
}

/// Rows cut where pages end.
fn parts(rows: Range<usize>, breaks: &[usize]) -> Vec<Range<usize>> {
    let mut parts = Vec::new();
    let mut start = rows.start;
    for &end in breaks.iter().filter(|row| (rows.start + 1..rows.end).contains(*row)) {
        parts.push(start..end);
        start = end;
    }
    parts.push(start..rows.end);
    parts
}

/// The style in which text that runs down fits a height in pixels.
fn vertical_style(layout: &Layout, cell: &CellLayout, height: f64) -> TextStyle {
    let Content::Text(text) = layout.content(cell) else { return cell.style };
    let needed = grid::vertical_height(text, cell.style);
    if !cell.vertical || needed <= height {
        return cell.style;
    }
    let size = (cell.style.size * height / needed * 2.0).floor() / 2.0;
    TextStyle { size: size.max(SMALLEST_VERTICAL), ..cell.style }
}

fn sheet_row(row: usize) -> Result<u32, XlsxError> {
    u32::try_from(row).map_err(|_| XlsxError::RowColumnLimitError)
}

fn sheet_column(column: usize) -> Result<u16, XlsxError> {
    u16::try_from(column).map_err(|_| XlsxError::RowColumnLimitError)
}

fn horizontal(align: Align) -> FormatAlign {
    match align {
        Align::Left => FormatAlign::Left,
        Align::Center => FormatAlign::Center,
        Align::Right => FormatAlign::Right,
    }
}

/// Whether a workbook's number keeps all digits.
fn fits_a_number(number: Decimal) -> bool {
    number.normalize().mantissa().unsigned_abs().to_string().trim_end_matches('0').len() <= NUMBER_DIGITS
}

/// The number format under which a number prints with its digits; none where General does.
///
/// General follows what a clerk types later on, so it is left wherever it shows the same.
fn number_format(number: Decimal, width: f64, style: TextStyle) -> Option<String> {
    let text = number.to_string();
    let needed = pixels(text_width(&text, style, &EastAsianWidth) * TEXT_STRETCH) + CELL_PADDING_PIXELS;
    match number.scale() {
        0 if text.len() <= GENERAL_DIGITS && needed <= width => None,
        0 => Some("0".to_owned()),
        scale => Some(format!("0.{}", "0".repeat(scale as usize))),
    }
}
