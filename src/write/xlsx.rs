//! A laid-out report as a workbook: `Layout → bytes`.
//!
//! In: a [`Layout`] and the font names of its [`Template`]. Out: an Office Open XML workbook of one worksheet that looks
//! and prints like the form. Called by [`crate::write::write`]. What stands where is the layout's; this file knows only
//! cells.

use std::io::Write;

use rust_decimal::Decimal;
use rust_xlsxwriter::{
    DocProperties, ExcelDateTime, Format, FormatAlign, FormatBorder, IgnoreError, Workbook, Worksheet, XlsxError,
};

use crate::error::Result;
use crate::finding::Finding;
use crate::layout::text::{EastAsianWidth, MM_PER_POINT, break_lines, text_width};
use crate::layout::{Align, Block, CellLayout, Content, Layout, Line, LineKind, TableLayout};
use crate::template::{FontRole, Page, Template, TextStyle};
use crate::write::failed;

/// The worksheet's name.
const SHEET: &str = "统计表";

/// Without a timestamp, every workbook was made at the start of this day, so that the same report gives the same bytes.
const CREATED: (u16, u8, u8) = (2000, 1, 1);

/// Workbooks measure in pixels of 1/96 inch.
const MM_PER_PIXEL: f64 = 25.4 / 96.0;
const MM_PER_INCH: f64 = 25.4;

/// The workbook's standard font, its size in points and the pixels of a standard row and column.
///
/// Column widths are counted in its digits. These are 8 pixels wide without rounding, and every system has the font or
/// one of the same widths, so columns are equally wide everywhere.
const STANDARD: (&str, f64, u32, u32) = ("Times New Roman", 12.0, 21, 72);

/// One step of an indent: three spaces of the standard font.
const INDENT_PIXELS: f64 = 12.0;

/// What programs keep free at the left and right of a cell's text, together.
const CELL_PADDING_PIXELS: f64 = 7.0;

/// Programs and printers set text up to this much wider than its font says.
const TEXT_STRETCH: f64 = 1.03;

/// A last line narrower than so many hanzi looks lost, and text may be set so much smaller, in steps of half a point, to
/// do without it: programs break lines by rules of their own, and a break in the text would be in the data too.
const LOST: f64 = 3.0;
const SMALLEST: f64 = 0.9;

/// Height of a line of text for its size, with room for the fonts that stand in for missing ones.
const LINE_HEIGHT: f64 = 1.45;

/// The greatest height of a row: 409.5 points. Source: ECMA-376 Part 1, 18.3.1.73, as Excel limits it.
const MAX_ROW_PIXELS: u32 = 546;

/// So much of a page's height stays free, in mm: a program that breaks before a break set here leaves a page of few rows.
const PAGE_RESERVE: f64 = 3.0;

/// Page breaks that a worksheet may have, as Excel limits it.
const MAX_PAGE_BREAKS: usize = 1023;

/// Significant digits that a workbook's number keeps.
const NUMBER_DIGITS: usize = 15;

/// The number format General shows whole numbers of up to so many digits as they are.
const GENERAL_DIGITS: usize = 11;

/// Paper sizes by width and height in mm, and their numbers. Source: ECMA-376 Part 1, 18.3.1.63.
const PAPERS: [(f64, f64, u8); 3] = [(210.0, 297.0, 9), (297.0, 420.0, 8), (148.0, 210.0, 11)];

/// GB 2312, which tells a program what to put in the place of a font it does not have. Source: MS-WMF 2.1.1.5.
const CHARSET: u8 = 134;

/// Writes a layout as a workbook and returns what could not be drawn as it should.
///
/// Columns have the layout's widths; where tables differ in their columns, cells are merged over what they share. Labels
/// wrap and are indented, numbers are numbers with their digits as printed, blanks are blank cells. The head rows of a
/// single table are frozen on screen and repeated in print. `timestamp` is in seconds since 1970.
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
    let mut sheet = Sheet::new(layout, template);
    let bytes = sheet.draw(timestamp).map_err(|error| failed("XLSX", error))?;
    out.write_all(&bytes).map_err(|error| failed("XLSX", error))?;
    Ok(sheet.findings)
}

struct Sheet<'a> {
    layout: &'a Layout,
    template: &'a Template,
    /// Left edges of the worksheet's columns and the right edge of the last, in pixels.
    edges: Vec<f64>,
    worksheet: Worksheet,
    row: u32,
    /// Height of each row in pixels, and whether the next must stand on the same page.
    heights: Vec<(u32, bool)>,
    /// Height of the rows repeated on each page, in pixels.
    repeated: u32,
    findings: Vec<Finding>,
}

impl<'a> Sheet<'a> {
    fn new(layout: &'a Layout, template: &'a Template) -> Self {
        Self {
            layout,
            template,
            edges: edges(layout),
            worksheet: Worksheet::new(),
            row: 0,
            heights: Vec::new(),
            repeated: 0,
            findings: Vec::new(),
        }
    }

    fn draw(&mut self, timestamp: Option<i64>) -> Result<Vec<u8>, XlsxError> {
        let (font, size, row, column) = STANDARD;
        let standard = Format::new().set_font_name(font).set_font_size(size);
        let mut workbook = Workbook::new();
        workbook.set_default_format(&standard, row, column)?;
        self.worksheet.set_default_format(&standard, row, column)?;
        self.worksheet.set_name(SHEET)?;
        self.worksheet.set_screen_gridlines(false);
        for (column, pair) in (0u16..).zip(self.edges.windows(2)) {
            self.worksheet.set_column_width_pixels(column, (pair[1] - pair[0]).round() as u32)?;
        }
        let single_table = self.layout.blocks.iter().filter(|block| matches!(block, Block::Table(_))).count() == 1;
        let mut blocks = self.layout.blocks.as_slice();
        while let [block, rest @ ..] = blocks {
            blocks = rest;
            match block {
                Block::Line(line) if line.kind == LineKind::Title => {
                    // A title in two lines is one cell, so that it is read back as one title.
                    let title = |block: &&Block| matches!(block, Block::Line(line) if line.kind == LineKind::Title);
                    let count = rest.iter().take_while(title).count();
                    let more = rest[..count].iter().filter_map(as_line);
                    self.title(&std::iter::once(line).chain(more).collect::<Vec<_>>())?;
                    blocks = &rest[count..];
                }
                Block::Line(line) => self.line(line)?,
                Block::Table(table) => self.table(table, single_table)?,
            }
        }
        self.set_up_page()?;
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

    fn title(&mut self, lines: &[&Line]) -> Result<(), XlsxError> {
        let texts: Vec<String> =
            lines.iter().map(|line| line.parts.iter().map(|part| part.text.as_str()).collect()).collect();
        let height: f64 = lines.iter().map(|line| line.space_before + line.height).sum();
        let Some(line) = lines.first() else { return Ok(()) };
        let align = line.parts.first().map_or(Align::Center, |part| part.align);
        self.texts(&[(0, texts.join("\n"), align)], line.style, height)
    }

    /// A line whose pieces each start a column of their own, or one cell with the pieces set apart by spaces.
    fn line(&mut self, line: &Line) -> Result<(), XlsxError> {
        let parts = line.parts.iter().filter(|part| !part.text.is_empty());
        let placed: Vec<_> =
            parts.map(|part| (self.column_at(part.x / MM_PER_PIXEL), part.text.clone(), part.align)).collect();
        let height = line.space_before + line.height;
        if line.kind == LineKind::Filing {
            // The lines below a table never stand on a page without some of its rows.
            self.heights.iter_mut().rev().take(3).for_each(|row| row.1 = true);
        }
        if placed.windows(2).all(|pair| pair[0].0 < pair[1].0) {
            return self.texts(&placed, line.style, height);
        }
        let hanzi = line.style.size * MM_PER_POINT;
        let mut joined = String::new();
        for part in &line.parts {
            let gap = (part.x - text_width(&joined, line.style, &EastAsianWidth)) / hanzi;
            let least = if joined.is_empty() { 0.0 } else { 2.0 };
            joined.extend(std::iter::repeat_n('　', gap.max(least).round() as usize));
            joined.push_str(&part.text);
        }
        self.texts(&[(0, joined, Align::Left)], line.style, height)
    }

    /// A row of texts outside tables; each reaches to the next.
    fn texts(
        &mut self,
        texts: &[(usize, String, Align)],
        style: TextStyle,
        least_height: f64,
    ) -> Result<(), XlsxError> {
        let mut height = pixels(least_height);
        for (index, (first, text, align)) in texts.iter().enumerate() {
            let end = texts.get(index + 1).map_or(self.columns(), |next| next.0);
            let columns = (*first, end);
            let style = self.without_lost_line(text, style, columns, 0.0);
            let format = self.format(style).set_align(horizontal(*align)).set_text_wrap();
            self.place((self.row, 1), columns, &format, &Content::Text(text.clone()))?;
            height = height.max(self.text_height(text, style, columns, 0.0));
        }
        self.set_height(height, true, || texts.iter().map(|text| text.1.as_str()).collect())?;
        self.row += 1;
        Ok(())
    }

    fn table(&mut self, table: &TableLayout, single: bool) -> Result<(), XlsxError> {
        let lefts: Vec<usize> = table_edges(table).map(|x| self.column_at(x)).collect();
        let head = self.row;
        for row in &table.rows {
            let mut height = pixels(row.min_height);
            for cell in &row.cells {
                let last = (cell.column + cell.column_span).min(lefts.len().saturating_sub(1));
                let (Some(&first), Some(&end)) = (lefts.get(cell.column), lefts.get(last)) else { continue };
                let indent = (cell.indent * cell.style.size * MM_PER_POINT / MM_PER_PIXEL / INDENT_PIXELS).round();
                self.cell(cell, (first, end), indent)?;
                if let Content::Text(text) = &cell.content {
                    // A cell that spans rows has their heights together; each gives its share.
                    let columns = (first, end);
                    let indent = indent * INDENT_PIXELS;
                    let style = self.without_lost_line(text, cell.style, columns, indent);
                    let needed = self.text_height(text, style, columns, indent);
                    height = height.max(needed / cell.row_span.max(1) as f64);
                }
            }
            self.set_height(height, row.keep_with_next, || {
                row.cells.iter().map(|cell| cell.content.to_text()).collect()
            })?;
            self.row += 1;
        }
        let head_rows = u32::try_from(table.head_rows).unwrap_or(0);
        if single && head_rows > 0 {
            self.worksheet.set_repeat_rows(head, head + head_rows - 1)?;
            self.repeated = self.heights.iter().skip(head as usize).take(table.head_rows).map(|row| row.0).sum();
            self.worksheet.set_freeze_panes(head + head_rows, 0)?;
        }
        Ok(())
    }

    fn cell(&mut self, cell: &CellLayout, columns: (usize, usize), indent: f64) -> Result<(), XlsxError> {
        let style = match &cell.content {
            Content::Text(text) => self.without_lost_line(text, cell.style, columns, indent * INDENT_PIXELS),
            _ => cell.style,
        };
        let mut format = self.format(style).set_align(horizontal(cell.align)).set_border(FormatBorder::Thin);
        if indent > 0.0 {
            format = format.set_indent(indent.min(250.0) as u8);
        }
        let rows = (self.row, u32::try_from(cell.row_span.max(1)).unwrap_or(1));
        match &cell.content {
            Content::Number(number) if !fits_a_number(*number) => {
                self.findings.push(Finding::new("XG421").with("value", number).at(cell.at.clone()));
                let text = Content::Text(number.to_string());
                self.place(rows, columns, &format.set_shrink(), &text)?;
                self.worksheet.ignore_error(self.row, sheet_column(columns.0)?, IgnoreError::NumberStoredAsText)?;
                Ok(())
            }
            Content::Number(number) => {
                let format = match number_format(*number, self.width(columns), cell.style) {
                    Some(pattern) => format.set_num_format(pattern),
                    None => format,
                };
                self.place(rows, columns, &format.set_shrink(), &cell.content)
            }
            Content::Text(_) | Content::Blank => self.place(rows, columns, &format.set_text_wrap(), &cell.content),
        }
    }

    /// Writes a cell, merged where it covers more than one.
    fn place(
        &mut self,
        (row, rows): (u32, u32),
        (first, end): (usize, usize),
        format: &Format,
        content: &Content,
    ) -> Result<(), XlsxError> {
        let (column, last) = (sheet_column(first)?, sheet_column(end.max(first + 1) - 1)?);
        if rows > 1 || last > column {
            self.worksheet.merge_range(row, column, row + rows - 1, last, "", format)?;
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

    /// Width for text in columns, in mm.
    fn text_room(&self, columns: (usize, usize), indent: f64) -> f64 {
        (self.width(columns) - CELL_PADDING_PIXELS - indent).max(1.0) * MM_PER_PIXEL
    }

    /// The style at the greatest size that leaves no lost last line; unchanged where only a much smaller one does.
    fn without_lost_line(&self, text: &str, style: TextStyle, columns: (usize, usize), indent: f64) -> TextStyle {
        let room = self.text_room(columns, indent);
        let sizes =
            (0..).map(|step| style.size - f64::from(step) * 0.5).take_while(|size| *size >= style.size * SMALLEST);
        let styles = sizes.map(|size| TextStyle { size, ..style });
        let whole = |style: &TextStyle| !is_lost(text, *style, room) && !is_lost(text, *style, room / TEXT_STRETCH);
        styles.into_iter().find(whole).unwrap_or(style)
    }

    /// Height that a wrapped text needs in columns, in pixels.
    fn text_height(&self, text: &str, style: TextStyle, columns: (usize, usize), indent: f64) -> f64 {
        let width = self.text_room(columns, indent) / TEXT_STRETCH;
        let lines = break_lines(text, style, width, &EastAsianWidth).len();
        (lines as f64 * style.size * LINE_HEIGHT + 2.0) * MM_PER_POINT / MM_PER_PIXEL
    }

    fn set_height(&mut self, height: f64, keep_with_next: bool, text: impl Fn() -> String) -> Result<(), XlsxError> {
        let height = height.round() as u32;
        if height > MAX_ROW_PIXELS {
            self.findings.push(Finding::new("XG422").with("text", text().chars().take(20).collect::<String>() + "…"));
        }
        let height = height.min(MAX_ROW_PIXELS);
        self.worksheet.set_row_height_pixels(self.row, height)?;
        self.heights.push((height, keep_with_next));
        Ok(())
    }

    fn columns(&self) -> usize {
        self.edges.len() - 1
    }

    fn width(&self, (first, end): (usize, usize)) -> f64 {
        self.edges[end] - self.edges[first]
    }

    /// The column whose left edge is nearest.
    fn column_at(&self, x: f64) -> usize {
        let distance = |index: &usize| (self.edges[*index] - x).abs();
        (0..self.edges.len()).min_by(|a, b| distance(a).total_cmp(&distance(b))).unwrap_or(0)
    }

    /// Rows that open a page so that no heading stands alone at the foot of the one before. Programs that fit a sheet to
    /// the width of a page may break by themselves.
    fn page_breaks(&self) -> Vec<u32> {
        let page = &self.layout.page;
        let room = ((page.height - page.top - page.bottom - PAGE_RESERVE) / MM_PER_PIXEL) as u32;
        let mut breaks = Vec::new();
        let (mut opened, mut used) = (0, 0);
        let mut row = 0;
        while let Some((height, _)) = self.heights.get(row) {
            if used + height <= room || row == opened {
                used += height;
                row += 1;
                continue;
            }
            // The rows that must stay with this one move with it, unless nothing would be left.
            let kept = self.heights[opened..row].iter().rev().take_while(|above| above.1).count();
            row = if opened + kept < row { row - kept } else { row };
            breaks.extend(u32::try_from(row));
            (opened, used) = (row, self.repeated);
        }
        breaks
    }

    fn set_up_page(&mut self) -> Result<(), XlsxError> {
        let Page { width, height, top, right, bottom, left, page_number_drop, .. } = self.layout.page;
        let (short, long) = (width.min(height), width.max(height));
        let near = |paper: &&(f64, f64, u8)| (paper.0 - short).abs() < 2.0 && (paper.1 - long).abs() < 2.0;
        let paper = PAPERS.iter().find(near).unwrap_or(&PAPERS[0]).2;
        // The number's middle, not its foot, is to be so far below the type area.
        let footer = (bottom - page_number_drop - 0.8 * self.layout.page_number.size * MM_PER_POINT).max(0.0);
        let [left, right, top, bottom, footer] = [left, right, top, bottom, footer].map(|mm| mm / MM_PER_INCH);
        let style = self.layout.page_number;
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
        let mut breaks = self.page_breaks();
        breaks.truncate(MAX_PAGE_BREAKS);
        self.worksheet.set_page_breaks(&breaks)?;
        let (rows, columns) = (self.row.saturating_sub(1), sheet_column(self.columns() - 1)?);
        self.worksheet.set_print_area(0, 0, rows, columns)?;
        Ok(())
    }
}

fn as_line(block: &Block) -> Option<&Line> {
    match block {
        Block::Line(line) => Some(line),
        Block::Table(_) => None,
    }
}

/// Edges of the columns of all tables together, in whole pixels so that the sheet is no wider than the type area.
fn edges(layout: &Layout) -> Vec<f64> {
    let page = &layout.page;
    let tables = layout.blocks.iter().filter_map(|block| match block {
        Block::Table(table) => Some(table),
        Block::Line(_) => None,
    });
    let mut edges: Vec<f64> = tables.flat_map(table_edges).map(f64::floor).collect();
    if edges.len() < 2 {
        edges = vec![0.0, ((page.width - page.left - page.right) / MM_PER_PIXEL).floor().max(1.0)];
    }
    edges.sort_by(f64::total_cmp);
    // Edges of different tables that nearly meet are one.
    edges.dedup_by(|right, left| *right - *left < 3.0);
    if edges.len() < 2 {
        edges.push(edges[0] + 1.0);
    }
    edges
}

/// Edges of a table's columns in pixels.
fn table_edges(table: &TableLayout) -> impl Iterator<Item = f64> + '_ {
    let right = table.widths.iter().scan(0.0, |x, width| {
        *x += width / MM_PER_PIXEL;
        Some(*x)
    });
    std::iter::once(0.0).chain(right)
}

fn sheet_column(column: usize) -> Result<u16, XlsxError> {
    u16::try_from(column).map_err(|_| XlsxError::RowColumnLimitError)
}

fn pixels(mm: f64) -> f64 {
    mm / MM_PER_PIXEL
}

fn horizontal(align: Align) -> FormatAlign {
    match align {
        Align::Left => FormatAlign::Left,
        Align::Center => FormatAlign::Center,
        Align::Right => FormatAlign::Right,
    }
}

/// Whether a program that fills lines to the last character leaves too little for the last of a paragraph.
fn is_lost(text: &str, style: TextStyle, room: f64) -> bool {
    let least = LOST * style.size * MM_PER_POINT;
    let mut buffer = [0; 4];
    room > 2.0 * least
        && text.split('\n').any(|paragraph| {
            let (mut used, mut lines) = (0.0, 1);
            for character in paragraph.chars() {
                let width = text_width(character.encode_utf8(&mut buffer), style, &EastAsianWidth);
                if used + width > room {
                    (used, lines) = (0.0, lines + 1);
                }
                used += width;
            }
            lines > 1 && used < least
        })
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
    let needed = text_width(&text, style, &EastAsianWidth) * TEXT_STRETCH / MM_PER_PIXEL + CELL_PADDING_PIXELS;
    match number.scale() {
        0 if text.len() <= GENERAL_DIGITS && needed <= width => None,
        0 => Some("0".to_owned()),
        scale => Some(format!("0.{}", "0".repeat(scale as usize))),
    }
}

#[cfg(test)]
mod tests {
    use std::io::{Cursor, Read};

    use calamine::{Data, Reader, Xlsx};

    use super::*;
    use crate::layout::{LayoutOptions, layout};
    use crate::report::{Report, Value};
    use crate::template::shipped;
    use crate::write::sample;

    fn written(report: &Report, timestamp: Option<i64>) -> (Layout, Vec<u8>, Vec<Finding>) {
        let template = shipped().get("2014-extended").unwrap();
        let layout = layout(report, template, LayoutOptions::default());
        let mut bytes = Vec::new();
        let findings = write(&layout, template, timestamp, &mut bytes).unwrap();
        (layout, bytes, findings)
    }

    fn part(bytes: &[u8], name: &str) -> String {
        let mut text = String::new();
        let mut archive = zip::ZipArchive::new(Cursor::new(bytes)).unwrap();
        archive.by_name(name).unwrap().read_to_string(&mut text).unwrap();
        text
    }

    fn rows(bytes: &[u8]) -> Vec<Vec<Data>> {
        let mut workbook: Xlsx<_> = Xlsx::new(Cursor::new(bytes)).unwrap();
        let range = workbook.worksheet_range(SHEET).unwrap();
        range.rows().map(<[Data]>::to_vec).collect()
    }

    /// The attributes of a worksheet's row, counted from 1, up to its first cell.
    fn row_height(sheet: &str, row: usize) -> f64 {
        let rest = sheet.split_once(&format!("<row r=\"{row}\"")).unwrap().1;
        rest.split_once("ht=\"").unwrap().1.split_once('"').unwrap().0.parse().unwrap()
    }

    #[test]
    fn another_reader_finds_every_cell() {
        let (layout, bytes, findings) = written(&sample::report(), None);
        assert_eq!(findings, []);
        let rows = rows(&bytes);
        let Some(Block::Table(table)) = layout.blocks.iter().find(|block| matches!(block, Block::Table(_))) else {
            panic!("a table")
        };
        assert_eq!(rows[1][0], Data::String("2017年度中庄镇\n政府信息公开工作情况统计表".to_owned()));
        assert_eq!(
            rows[2][..2],
            [Data::String("填报单位（盖章）：中庄镇".to_owned()), Data::String("2017年度".to_owned())]
        );
        for (row, found) in table.rows.iter().zip(&rows[3..]) {
            for cell in &row.cells {
                match (&cell.content, &found[cell.column]) {
                    (Content::Blank, Data::Empty) => {}
                    (Content::Text(text), Data::String(found)) => assert_eq!(text, found),
                    (Content::Number(number), Data::Float(found)) => {
                        assert_eq!(number.normalize().to_string(), found.to_string());
                    }
                    (content, found) => panic!("{content:?} became {found:?}"),
                }
            }
        }
        assert_eq!(rows.len(), 3 + table.rows.len() + 2);
        let filing = rows[rows.len() - 2][0].to_string();
        assert!(filing.starts_with("单位负责人：王小明　　") && filing.contains("　　审核人："), "{filing}");
    }

    #[test]
    fn it_prints_as_the_form_asks() {
        let (_, bytes, _) = written(&sample::report(), None);
        let sheet = part(&bytes, "xl/worksheets/sheet1.xml");
        for expected in [
            "<pageSetUpPr fitToPage=\"1\"/>",
            "paperSize=\"9\" fitToHeight=\"0\" orientation=\"portrait\"",
            "<printOptions horizontalCentered=\"1\"/>",
            "left=\"1.10236220472440",
            "top=\"1.45669291338582",
            "&amp;14— &amp;P —</oddFooter>",
            "<pane ySplit=\"4\" topLeftCell=\"A5\"",
            "<mergeCell ref=\"A2:C2\"/>",
            "<mergeCell ref=\"B3:C3\"/>",
            "<col min=\"1\" max=\"1\" width=\"52.875\"",
        ] {
            assert!(sheet.contains(expected), "{expected}");
        }
        let workbook = part(&bytes, "xl/workbook.xml");
        assert!(workbook.contains("Print_Titles\" localSheetId=\"0\">统计表!$4:$4<"), "{workbook}");
        assert!(workbook.contains("Print_Area\" localSheetId=\"0\">统计表!$A$1:$C$"), "{workbook}");
        let styles = part(&bytes, "xl/styles.xml");
        for expected in
            ["方正小标宋简体", "黑体", "宋体", "indent=\"2\"", "indent=\"5\"", "formatCode=\"0.000\"", "shrinkToFit"]
        {
            assert!(styles.contains(expected), "{expected}");
        }
        // 回应公众关注 … takes two lines, and the row has room for them.
        let index = rows(&bytes).iter().position(|row| row[0].to_string().contains("回应公众关注热点")).unwrap();
        assert!(row_height(&sheet, index + 1) >= 2.0 * 10.5 * 1.3);
        assert!(row_height(&sheet, index) < 2.0 * 10.5 * 1.3);
    }

    #[test]
    fn no_heading_stands_alone_at_the_foot_of_a_page() {
        let mut report = sample::report();
        let (extra, mut last) = (report.extra[0].clone(), 0);
        let mut moved = 0;
        for _ in 0..8 {
            let (layout, bytes, _) = written(&report, None);
            let table = layout.blocks.iter().find_map(|block| match block {
                Block::Table(table) => Some(table),
                Block::Line(_) => None,
            });
            let table = table.unwrap();
            let sheet = part(&bytes, "xl/worksheets/sheet1.xml");
            let breaks = sheet.split_once("<rowBreaks").unwrap().1;
            let breaks: Vec<usize> =
                breaks.split("<brk id=\"").skip(1).map(|id| id.split_once('"').unwrap().0.parse().unwrap()).collect();
            let mut opened = 0;
            for &row in &breaks {
                assert!(!table.rows[row - 4].keep_with_next, "a page ends after row {row}");
                let head = if opened > 0 { 26.0 / 96.0 * 25.4 } else { 0.0 };
                let height: f64 = (opened + 1..=row).map(|row| row_height(&sheet, row) / 72.0 * 25.4).sum();
                assert!(head + height <= 225.0 && height > 160.0, "{height}");
                opened = row;
            }
            // Each row more moves the breaks; where they move by less than a row, a heading went along.
            moved += usize::from(breaks[0] != last);
            last = breaks[0];
            report.extra.insert(0, extra.clone());
        }
        assert!(moved > 1);
    }

    #[test]
    fn the_same_report_gives_the_same_bytes() {
        let report = sample::report();
        let (_, bytes, _) = written(&report, None);
        assert_eq!(bytes, written(&report, None).1);
        let dated = written(&report, Some(1_500_000_000)).1;
        assert!(part(&dated, "docProps/core.xml").contains("2017-07-14T02:40:00Z"));
        let core = part(&bytes, "docProps/core.xml");
        assert!(core.contains("<dc:title>2017年度中庄镇政府信息公开工作情况统计表</dc:title>"), "{core}");
        assert!(core.contains("<dc:creator>中庄镇</dc:creator>"), "{core}");
    }

    #[test]
    fn numbers_keep_their_digits_or_become_text() {
        for (digits, fits, format) in [
            ("0", true, None),
            ("-8", true, None),
            ("75394432", true, None),
            ("123456789012", true, Some("0")),
            ("0.350", true, Some("0.000")),
            ("75394432.52", true, Some("0.00")),
            ("123456789012345", true, Some("0")),
            ("1234567890123456", false, Some("0")),
            ("1000000000000000000000", true, Some("0")),
            ("0.1234567890123456", false, Some("0.0000000000000000")),
        ] {
            let number: Decimal = digits.parse().unwrap();
            assert_eq!(fits_a_number(number), fits, "{digits}");
            let style = TextStyle { font: FontRole::Body, size: 10.5 };
            assert_eq!(number_format(number, 98.0, style).as_deref(), format, "{digits}");
            let mut report = sample::report();
            report.values[0].number = Some(number);
            let (_, bytes, findings) = written(&report, None);
            let found = &rows(&bytes)[5][2];
            if fits {
                assert_eq!(*found, Data::Float(digits.parse().unwrap()));
                assert_eq!(findings, []);
            } else {
                assert_eq!(*found, Data::String(digits.to_owned()));
                assert_eq!(findings, [Finding::new("XG421").with("value", digits)]);
            }
        }
    }

    #[test]
    fn text_without_end_is_a_finding_or_an_error() {
        let mut report = sample::report();
        report.extra[0].label = Some("长".repeat(3000));
        let (_, bytes, findings) = written(&report, None);
        assert_eq!(findings.iter().map(|finding| finding.code.as_str()).collect::<Vec<_>>(), ["XG422"]);
        assert!(part(&bytes, "xl/worksheets/sheet1.xml").contains("ht=\"409.5\""));
        report.extra[0].label = Some("长".repeat(40_000));
        let template = shipped().get("2014-extended").unwrap();
        let error =
            write(&layout(&report, template, LayoutOptions::default()), template, None, &mut Vec::new()).unwrap_err();
        assert_eq!(error.kind(), crate::ErrorKind::Write);
    }

    #[test]
    fn several_value_columns_stand_side_by_side() {
        let mut report = sample::report();
        let second = report.values.iter().map(|value| Value { column: Some("累计".to_owned()), ..value.clone() });
        report.values.extend(second.collect::<Vec<_>>());
        let rows = rows(&written(&report, None).1);
        assert_eq!(rows[3][2..], [Data::String("统计数".to_owned()), Data::String("累计".to_owned())]);
        assert_eq!(rows[5][2..], [Data::Float(0.35), Data::Float(0.35)]);
    }

    #[test]
    fn cells_may_span_rows_and_tables_may_differ() {
        let style = TextStyle { font: FontRole::Body, size: 10.5 };
        let cell = |column, column_span, row_span, content| CellLayout {
            column,
            column_span,
            row_span,
            content,
            role: crate::layout::CellRole::Data,
            style,
            align: Align::Center,
            indent: 0.0,
            vertical: false,
            at: None,
        };
        let row = |cells| crate::layout::RowLayout { cells, min_height: 7.0, keep_with_next: false, outline: None };
        let one = Content::Number(1.into());
        let table = |widths: &[f64], rows| {
            Block::Table(TableLayout { caption: String::new(), widths: widths.to_vec(), head_rows: 1, rows })
        };
        let template = shipped().get("2014-extended").unwrap();
        let mut layout = layout(&Report::default(), template, LayoutOptions::default());
        layout.blocks = vec![
            table(
                &[50.0, 50.0, 50.0],
                vec![
                    row(vec![cell(0, 1, 2, Content::Text("两行".to_owned())), cell(1, 2, 1, one.clone())]),
                    row(vec![cell(1, 1, 1, one.clone()), cell(2, 1, 1, Content::Blank)]),
                ],
            ),
            table(&[75.0, 75.0], vec![row(vec![cell(0, 1, 1, one.clone()), cell(1, 1, 1, one)])]),
        ];
        let mut bytes = Vec::new();
        write(&layout, template, None, &mut bytes).unwrap();
        let sheet = part(&bytes, "xl/worksheets/sheet1.xml");
        for range in ["A1:A2", "B1:D1", "B2:C2", "A3:B3", "C3:D3"] {
            assert!(sheet.contains(&format!("<mergeCell ref=\"{range}\"/>")), "{range}: {sheet}");
        }
        assert!(!sheet.contains("<pane"));
        assert_eq!(rows(&bytes)[0][..2], [Data::String("两行".to_owned()), Data::Float(1.0)]);
    }
}
