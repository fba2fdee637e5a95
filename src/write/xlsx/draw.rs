//! Writes a worksheet with rust_xlsxwriter: `rows and placed cells → workbook`.

use std::ops::Range;

use indexmap::IndexMap;
use rust_xlsxwriter::{
    DataValidation, DocProperties, ExcelDateTime, Format, FormatAlign, Formula, IgnoreError, Note, Workbook, Worksheet,
    XlsxError,
};
use rust_xlsxwriter::utility::row_col_to_cell_absolute;

use super::SHEET;
use super::cells::{self, CellContent, escape_codes};
use super::names::CellName;
use super::page::{self, Paging};
use super::row::SheetLayout;
use super::style::CellStyle;
use crate::text::neutral::neutral;
use crate::layout::text::MM_PER_POINT;
use crate::layout::{Block, Form};
use crate::template::{FontRole, Page, Template};

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

/// Paper sizes by width and height in mm, and their numbers. Source: ECMA-376 Part 1, 18.3.1.63.
const PAPERS: [(f64, f64, u8); 3] = [(210.0, 297.0, 9), (297.0, 420.0, 8), (148.0, 210.0, 11)];

/// What the workbook says about itself.
#[derive(Clone, Copy, Debug)]
pub(super) struct Properties<'a> {
    pub(super) title: &'a str,
    pub(super) author: Option<&'a str>,
    /// Seconds since 1970.
    pub(super) timestamp: Option<i64>,
}

/// What a cell has beside its content, in workbooks that ask for something or point at something.
#[derive(Clone, Default)]
pub(super) struct CellExtras {
    /// May be typed in where the sheet is locked.
    pub(super) unlocked: bool,
    /// Stands in cell of the content.
    pub(super) formula: Option<String>,
    /// What may be typed.
    pub(super) validation: Option<DataValidation>,
    /// Colour of its ground, as 0xRRGGBB.
    pub(super) fill: Option<u32>,
    /// A note at its corner.
    pub(super) note: Option<String>,
}

/// Who notes are by.
const NOTES_BY: &str = "xxgk";
const NOTE_WIDTH: u32 = 320;

/// The result of a formula until a program calculates it. Without one, programs show 0.
const NO_RESULT: &str = " ";

/// What stands beside the table.
const RED: u32 = 0xC0_00_00;
const BESIDE_SIZE: f64 = 10.0;
const BESIDE_WIDTH: u32 = 420;

/// A worksheet being drawn.
pub(super) struct SheetWriter<'a> {
    worksheet: Worksheet,
    fonts: &'a IndexMap<FontRole, String>,
}

impl<'a> SheetWriter<'a> {
    /// A worksheet with its columns, rows and pages, and nothing in its cells.
    fn new(sheet: &SheetLayout<'_>, fonts: &'a IndexMap<FontRole, String>, paging: &Paging) -> Result<Self, XlsxError> {
        let SheetLayout { layout, grid, rows } = sheet;
        let mut writer = Self { worksheet: Worksheet::new(), fonts };
        let (font, size, row, column) = STANDARD;
        let standard = Format::new().set_font_name(font).set_font_size(size);
        writer.worksheet.set_default_format(&standard, row, column)?;
        writer.worksheet.set_name(SHEET)?;
        writer.worksheet.set_screen_gridlines(false);
        for (column, pair) in (0u16..).zip(grid.edges.windows(2)) {
            writer.worksheet.set_column_width_pixels(column, (pair[1] - pair[0]).round() as u32)?;
        }
        for (at, row) in rows.iter().enumerate() {
            writer.worksheet.set_row_height_pixels(sheet_row(at)?, row.height)?;
        }
        writer.set_up_page(&layout.form, paging, rows.len(), grid.columns())?;
        Ok(writer)
    }

    /// The worksheet of a form with the cells that all its reports share.
    pub(super) fn of_form(sheet: &SheetLayout<'_>, template: &'a Template) -> Result<Self, XlsxError> {
        let paging = page::paging(sheet);
        let mut writer = Self::new(sheet, template.workbook_fonts(), &paging)?;
        for cell in cells::form_cells(sheet, &paging.breaks) {
            writer.cell(cell.rows, cell.columns, cell.style, &cell.content)?;
        }
        Ok(writer)
    }

    /// Draws a cell, merged where it covers more than one.
    pub(super) fn cell(
        &mut self,
        rows: Range<usize>,
        (first, end): (usize, usize),
        style: CellStyle,
        content: &CellContent<'_>,
    ) -> Result<(), XlsxError> {
        let (row, last_row) = (sheet_row(rows.start)?, sheet_row(rows.end.max(rows.start + 1) - 1)?);
        let (column, last) = (sheet_column(first)?, sheet_column(end.max(first + 1) - 1)?);
        let format = style.format(self.fonts);
        if last_row > row || last > column {
            self.worksheet.merge_range(row, column, last_row, last, "", &format)?;
        }
        match content {
            CellContent::Blank => {
                self.worksheet.write_blank(row, column, &format)?;
            }
            CellContent::Text(text) => write_text(&mut self.worksheet, row, column, text, Some(&format))?,
            CellContent::NumberAsText(number) => {
                write_text(&mut self.worksheet, row, column, &number.to_string(), Some(&format))?;
            }
            CellContent::Number(number) => {
                let number = super::style::float(*number);
                self.worksheet.write_number_with_format(row, column, number, &format)?;
            }
        }
        Ok(())
    }

    /// Draws a cell with what a plain report does not have.
    pub(super) fn cell_with_extras(
        &mut self,
        rows: Range<usize>,
        columns: (usize, usize),
        style: CellStyle,
        content: &CellContent<'_>,
        extras: &CellExtras,
    ) -> Result<(), XlsxError> {
        self.cell(rows.clone(), columns, style, content)?;
        let (row, last_row) = (sheet_row(rows.start)?, sheet_row(rows.end.max(rows.start + 1) - 1)?);
        let (column, last) = (sheet_column(columns.0)?, sheet_column(columns.1.max(columns.0 + 1) - 1)?);
        let mut format = style.format(self.fonts);
        if extras.unlocked {
            format = format.set_unlocked();
        }
        if let Some(fill) = extras.fill {
            format = format.set_background_color(fill);
        }
        self.worksheet.set_range_format(row, column, last_row, last, &format)?;
        if let Some(formula) = &extras.formula {
            self.worksheet.write_formula_with_format(
                row,
                column,
                Formula::new(formula).set_result(NO_RESULT),
                &format,
            )?;
        }
        if let Some(validation) = &extras.validation {
            self.worksheet.add_data_validation(row, column, row, column, validation)?;
        }
        if let Some(note) = &extras.note {
            let note = Note::new(note).set_author(NOTES_BY).add_author_prefix(false).set_width(NOTE_WIDTH);
            self.worksheet.insert_note(row, column, &note)?;
        }
        Ok(())
    }

    /// Writes a formula beside the table, in red, as text that stays out of print.
    pub(super) fn beside(
        &mut self,
        row: usize,
        column: usize,
        content: &str,
        is_formula: bool,
    ) -> Result<(), XlsxError> {
        let (row, column) = (sheet_row(row)?, sheet_column(column)?);
        let format =
            Format::new().set_font_color(RED).set_font_size(BESIDE_SIZE).set_align(FormatAlign::VerticalCenter);
        if is_formula {
            self.worksheet.write_formula_with_format(
                row,
                column,
                Formula::new(content).set_result(NO_RESULT),
                &format,
            )?;
        } else {
            self.worksheet.write_string_with_format(row, column, content, &format)?;
        }
        self.worksheet.set_column_width_pixels(column, BESIDE_WIDTH)?;
        Ok(())
    }

    /// Locks all cells that are not unlocked, without a password: a guard against slips, not against people.
    pub(super) fn protect(&mut self) {
        self.worksheet.protect();
    }

    /// Says that the digits in a cell are text on purpose.
    pub(super) fn allow_number_as_text(&mut self, row: usize, column: usize) -> Result<(), XlsxError> {
        self.worksheet.ignore_error(sheet_row(row)?, sheet_column(column)?, IgnoreError::NumberStoredAsText)?;
        Ok(())
    }

    /// Puts a formula into a cell that was drawn. Its result is for programs that do not calculate.
    pub(super) fn formula(
        &mut self,
        row: usize,
        column: usize,
        style: CellStyle,
        formula: Formula,
    ) -> Result<(), XlsxError> {
        let format = style.format(self.fonts);
        // A formula with an empty result shows nothing.
        self.worksheet.set_formula_result_default("");
        self.worksheet.write_formula_with_format(sheet_row(row)?, sheet_column(column)?, formula, &format)?;
        Ok(())
    }

    /// The worksheet, to stand in a workbook with others.
    pub(super) fn into_worksheet(self) -> Worksheet {
        self.worksheet
    }

    /// The bytes of the workbook, in which some cells have names.
    pub(super) fn finish(self, properties: Properties<'_>, names: &[CellName]) -> Result<Vec<u8>, XlsxError> {
        let mut workbook = workbook(properties)?;
        for (name, row, column) in names {
            let cell = row_col_to_cell_absolute(sheet_row(*row)?, sheet_column(*column)?);
            workbook.define_name(name, &format!("='{SHEET}'!{cell}"))?;
        }
        workbook.push_worksheet(self.worksheet);
        workbook.save_to_buffer()
    }

    fn set_up_page(&mut self, form: &Form, paging: &Paging, rows: usize, columns: usize) -> Result<(), XlsxError> {
        let Page { width, height, top, right, bottom, left, page_number_drop, .. } = form.page;
        let (short, long) = (width.min(height), width.max(height));
        let near = |paper: &&(f64, f64, u8)| (paper.0 - short).abs() < 2.0 && (paper.1 - long).abs() < 2.0;
        let paper = PAPERS.iter().find(near).unwrap_or(&PAPERS[0]).2;
        // The number's middle, not its foot, is to be so far below the type area.
        let style = form.page_number;
        let footer = (bottom - page_number_drop - 0.8 * style.size * MM_PER_POINT).max(0.0);
        let [left, right, top, bottom, footer] = [left, right, top, bottom, footer].map(|mm| mm / MM_PER_INCH);
        let font = self.fonts.get(&style.font);
        let font = font.map(|name| format!("&\"{name},Regular\"")).unwrap_or_default();
        let worksheet = &mut self.worksheet;
        worksheet.set_paper_size(paper).set_margins(left, right, top, bottom, top / 2.0, footer);
        if width > height {
            worksheet.set_landscape();
        }
        worksheet.set_print_fit_to_pages(1, 0).set_print_center_horizontally(true);
        // LibreOffice sets a footer from the top of its cell, Excel from the bottom: a line of 6 points keeps it off the
        // table in one and changes nothing in the other.
        worksheet.set_footer(format!("&C&6\n{font}&{}— &P —", style.size.round()));
        let breaks = paging.breaks.iter().take(MAX_PAGE_BREAKS).map(|row| sheet_row(*row));
        let breaks = breaks.collect::<Result<Vec<_>, _>>()?;
        worksheet.set_page_breaks(&breaks)?;
        if let Some((first, last)) = paging.repeated {
            let (first, last) = (sheet_row(first)?, sheet_row(last)?);
            worksheet.set_repeat_rows(first, last)?;
            let tables = form.blocks.iter().filter(|block| matches!(block, Block::Table(_)));
            if tables.count() == 1 {
                worksheet.set_freeze_panes(last + 1, 0)?;
            }
        }
        let (last_row, last_column) = (sheet_row(rows.saturating_sub(1))?, sheet_column(columns - 1)?);
        worksheet.set_print_area(0, 0, last_row, last_column)?;
        Ok(())
    }
}

/// A workbook without worksheets yet.
pub(super) fn workbook(properties: Properties<'_>) -> Result<Workbook, XlsxError> {
    let (font, size, row, column) = STANDARD;
    let mut workbook = Workbook::new();
    workbook.set_default_format(&Format::new().set_font_name(font).set_font_size(size), row, column)?;
    let created = match properties.timestamp {
        Some(seconds) => ExcelDateTime::from_timestamp(seconds)?,
        None => ExcelDateTime::from_ymd(CREATED.0, CREATED.1, CREATED.2)?,
    };
    let mut document = DocProperties::new().set_title(properties.title).set_creation_datetime(&created);
    if let Some(author) = properties.author {
        document = document.set_author(author);
    }
    workbook.set_properties(&document);
    Ok(workbook)
}

/// Writes a text that stays what it is: rust_xlsxwriter takes one between `<r>` and `</r>` for the XML of a rich string, so
/// such a text is written as a rich string of one part.
pub(super) fn write_text(
    worksheet: &mut Worksheet,
    row: u32,
    column: u16,
    text: &str,
    format: Option<&Format>,
) -> Result<(), XlsxError> {
    let text = &*neutral(text);
    let is_taken_for_xml = text.starts_with("<r>") && text.ends_with("</r>");
    match format {
        _ if is_taken_for_xml => {
            let text = escape_codes(text);
            let parts: [(&Format, &str); 1] = [(&Format::default(), &text)];
            match format {
                Some(format) => worksheet.write_rich_string_with_format(row, column, &parts, format)?,
                None => worksheet.write_rich_string(row, column, &parts)?,
            }
        }
        Some(format) => worksheet.write_string_with_format(row, column, text, format)?,
        None => worksheet.write_string(row, column, text)?,
    };
    Ok(())
}

fn sheet_row(row: usize) -> Result<u32, XlsxError> {
    u32::try_from(row).map_err(|_| XlsxError::RowColumnLimitError)
}

fn sheet_column(column: usize) -> Result<u16, XlsxError> {
    u16::try_from(column).map_err(|_| XlsxError::RowColumnLimitError)
}
