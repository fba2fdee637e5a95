//! Writes a document as HTML, worksheets, CSV or text.

use rust_xlsxwriter::{Format as CellFormat, Workbook, Worksheet, XlsxError};

use crate::page::{Align, Cell, Document, Grid, Line, LineKind, Page, Part, Span};
use crate::{layout, paged};

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Format {
    Html,
    Xlsx,
    Csv,
    Pipes,
    Tabs,
    /// Columns aligned with spaces, as `pdftotext -layout` writes them.
    Spaces,
    /// One cell per line.
    Lines,
    Pdf,
    Ofd,
}

impl Format {
    /// The formats of structural damage.
    pub const CELLS: &[Self] = &[Self::Html, Self::Xlsx, Self::Csv, Self::Pipes, Self::Tabs, Self::Spaces, Self::Lines];

    /// The formats of damage on pages.
    pub const PAGES: &[Self] = &[Self::Pdf, Self::Ofd];

    pub fn name(self) -> &'static str {
        match self {
            Self::Html => "html",
            Self::Xlsx => "xlsx",
            Self::Csv => "csv",
            Self::Pipes => "pipes",
            Self::Tabs => "tabs",
            Self::Spaces => "spaces",
            Self::Lines => "lines",
            Self::Pdf => "pdf",
            Self::Ofd => "ofd",
        }
    }

    pub fn extension(self) -> &'static str {
        match self {
            Self::Html | Self::Xlsx | Self::Csv | Self::Pdf | Self::Ofd => self.name(),
            _ => "txt",
        }
    }

    /// Whether each cell has a row and a column.
    pub fn is_grid(self) -> bool {
        matches!(self, Self::Html | Self::Xlsx | Self::Csv)
    }

    /// Whether it has glyphs and ruling lines in places.
    pub fn is_paged(self) -> bool {
        matches!(self, Self::Pdf | Self::Ofd)
    }

    /// Whether rows and columns can be hidden.
    pub fn can_hide(self) -> bool {
        matches!(self, Self::Html | Self::Xlsx)
    }
}

pub fn render(document: &Document, format: Format) -> Vec<u8> {
    match format {
        Format::Html => html(document).into_bytes(),
        Format::Xlsx => xlsx(document).expect("the sheets are small and their names valid"),
        Format::Pdf => paged::pdf(&layout::sheets(document)),
        Format::Ofd => paged::ofd(&layout::sheets(document)),
        _ => text(document, format).into_bytes(),
    }
}

fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;")
}

fn html(document: &Document) -> String {
    let mut out = String::from("<!DOCTYPE html>\n<html lang=\"zh-CN\"><head><meta charset=\"utf-8\"></head><body>\n");
    for part in document.pages.iter().filter(|page| !page.hidden).flat_map(|page| &page.parts) {
        match part {
            Part::Text { text, .. } => out += &format!("<p>{}</p>\n", escaped(text)),
            Part::Grid(grid) => html_table(grid, &mut out),
        }
    }
    out + "</body></html>\n"
}

fn html_table(grid: &Grid, out: &mut String) {
    const HIDDEN: &str = " style=\"display:none\"";
    *out += "<table border=\"1\">\n";
    for (line, spans) in grid.lines.iter().zip(grid.spans()) {
        *out += &format!("<tr{}>", if line.hidden { HIDDEN } else { "" });
        for (at, (cell, span)) in line.cells.iter().zip(spans).enumerate() {
            let Some((rows, columns)) = span else { continue };
            let hidden = grid.columns.get(at).is_some_and(|column| column.hidden);
            *out += "<td";
            if rows > 1 {
                *out += &format!(" rowspan=\"{rows}\"");
            }
            if columns > 1 {
                *out += &format!(" colspan=\"{columns}\"");
            }
            *out += &format!("{}>{}</td>", if hidden { HIDDEN } else { "" }, escaped(&cell.text));
        }
        *out += "</tr>\n";
    }
    *out += "</table>\n";
}

fn xlsx(document: &Document) -> Result<Vec<u8>, XlsxError> {
    let mut book = Workbook::new();
    let mut has_active = false;
    let mut sheets: Vec<Vec<&Page>> = Vec::new();
    for page in &document.pages {
        match sheets.last_mut().filter(|_| page.sheet.is_none()) {
            Some(sheet) => sheet.push(page),
            None => sheets.push(vec![page]),
        }
    }
    for pages in sheets {
        let sheet = book.add_worksheet();
        sheet.set_name(pages[0].sheet.as_deref().unwrap_or("Sheet1"))?;
        sheet.set_hidden(pages[0].hidden);
        // A workbook shows its active worksheet, whatever is hidden.
        if !pages[0].hidden && !std::mem::replace(&mut has_active, true) {
            sheet.set_active(true).set_first_tab(true);
        }
        let mut row = 0;
        for part in pages.iter().flat_map(|page| &page.parts) {
            match part {
                Part::Text { text, column } => {
                    sheet.write_string(row, (document.offset + column) as u16, text)?;
                    row += 1;
                }
                Part::Grid(grid) => {
                    xlsx_table(sheet, grid, row, document.offset as u16)?;
                    row += grid.lines.len() as u32;
                }
            }
        }
    }
    book.save_to_buffer()
}

fn xlsx_table(sheet: &mut Worksheet, grid: &Grid, first: u32, offset: u16) -> Result<(), XlsxError> {
    let format = CellFormat::new();
    for (at, (line, spans)) in grid.lines.iter().zip(grid.spans()).enumerate() {
        let row = first + at as u32;
        if line.hidden {
            sheet.set_row_hidden(row)?;
        }
        for (column, (cell, span)) in line.cells.iter().zip(spans).enumerate() {
            let Some((rows, columns)) = span else { continue };
            let column = offset + column as u16;
            if rows * columns > 1 {
                let (last_row, last_column) = (row + rows as u32 - 1, column + columns as u16 - 1);
                sheet.merge_range(row, column, last_row, last_column, "", &format)?;
            }
            // A value is a number, as Excel stores it; all else is text.
            match cell.text.parse::<f64>() {
                Ok(number) if cell.is_value() && number.to_string() == cell.text => {
                    sheet.write_number_with_format(row, column, number, &format)?;
                }
                _ if cell.text.is_empty() => {}
                _ => drop(sheet.write_string_with_format(row, column, &cell.text, &format)?),
            }
        }
    }
    for (column, _) in grid.columns.iter().enumerate().filter(|(_, column)| column.hidden) {
        sheet.set_column_hidden(offset + column as u16)?;
    }
    Ok(())
}

fn text(document: &Document, format: Format) -> String {
    let mut out = String::new();
    let parts = || document.pages.iter().filter(|page| !page.hidden).flat_map(|page| &page.parts);
    let width = |part: &Part| if let Part::Grid(grid) = part { grid.columns.len() } else { 0 };
    let columns = if format == Format::Csv && document.padded { parts().map(width).max().unwrap_or(0) } else { 0 };
    for part in parts() {
        match part {
            Part::Text { text, column } => {
                let indent = match format {
                    Format::Csv => ",".repeat(*column),
                    Format::Tabs => "\t".repeat(*column),
                    Format::Spaces => " ".repeat(8 * column),
                    _ => String::new(),
                };
                let rest = ",".repeat(columns.saturating_sub(column + 1));
                out += &format!("{indent}{text}{rest}\n");
            }
            Part::Grid(grid) if format == Format::Spaces => spaces(grid, document.align, &mut out),
            Part::Grid(grid) => {
                for (line, spans) in grid.lines.iter().zip(grid.spans()) {
                    out += &text_line(line, &spans, format);
                    out += &",".repeat(columns.saturating_sub(line.cells.len()));
                    out.push('\n');
                }
            }
        }
    }
    out
}

fn text_line(line: &Line, spans: &[Span], format: Format) -> String {
    let cells = line.cells.iter().zip(spans);
    if format == Format::Lines {
        let cells = cells.filter(|(_, span)| span.is_some()).map(|(cell, _)| cell.text.as_str());
        return cells.collect::<Vec<_>>().join("\n");
    }
    let texts = cells.map(|(cell, span)| if span.is_some() { cell.text.clone() } else { String::new() });
    match format {
        Format::Csv => {
            let quoted = |text: String| if text.contains([',', '"', '\n']) { format!("\"{text}\"") } else { text };
            texts.map(quoted).collect::<Vec<_>>().join(",")
        }
        Format::Tabs => texts.collect::<Vec<_>>().join("\t"),
        _ => format!("| {} |", texts.collect::<Vec<_>>().join(" | ")),
    }
}

/// Columns on a page: other characters than ASCII take two.
fn width(text: &str) -> usize {
    text.chars().map(|c| if c.is_ascii() { 1 } else { 2 }).sum()
}

fn spaces(grid: &Grid, align: Align, out: &mut String) {
    const GAP: usize = 2;
    let spans = grid.spans();
    let columns = grid.lines.iter().map(|line| line.cells.len()).max().unwrap_or(0);
    let mut widths = vec![2; columns];
    // Narrow cells first, so that wide ones know what they have.
    for wanted in 1..=columns {
        for (line, spans) in grid.lines.iter().zip(&spans) {
            for (at, (cell, span)) in line.cells.iter().zip(spans).enumerate() {
                if span.is_none_or(|(_, columns)| columns != wanted) {
                    continue;
                }
                let have = widths[at..at + wanted].iter().sum::<usize>() + GAP * (wanted - 1);
                let lacks = width(&cell.text).saturating_sub(have);
                widths[at + wanted - 1] += lacks;
            }
        }
    }
    for (line, spans) in grid.lines.iter().zip(&spans) {
        let mut text = String::new();
        for (at, (cell, span)) in line.cells.iter().zip(spans).enumerate() {
            let Some((_, columns)) = span else { continue };
            if cell.text.is_empty() {
                continue;
            }
            let is_aligned = cell.is_value() || (line.kind == LineKind::Header && at > 0);
            let align = if is_aligned { align } else { Align::Left };
            let own = widths[at..at + columns].iter().sum::<usize>() + GAP * (columns - 1);
            let start = widths[..at].iter().map(|width| width + GAP).sum::<usize>();
            let start = start + shift(cell, align, own, widths[at] + GAP);
            text += &" ".repeat(start.saturating_sub(width(&text)));
            text += &cell.text;
        }
        *out += text.trim_end();
        out.push('\n');
    }
}

/// How far right in its columns a text begins. Values that run together over two columns meet where the second column
/// begins.
fn shift(cell: &Cell, align: Align, own: usize, first_column: usize) -> usize {
    if let [(_, first), _, ..] = cell.truth.as_slice() {
        return first_column.saturating_sub(width(first));
    }
    let free = own.saturating_sub(width(&cell.text));
    match align {
        Align::Left => 0,
        Align::Center => free / 2,
        Align::Right => free,
    }
}
