//! Writes the overview of a check: one table with a row for each report, as a workbook or a web page.
//!
//! In: [`OverviewRow`]s. Out: bytes. Called by `xxgk check --overview`. The page has no scripts and no links.

use rust_xlsxwriter::{DocProperties, ExcelDateTime, Format, FormatAlign, FormatBorder, Workbook, XlsxError};
use unicode_width::UnicodeWidthStr;

use crate::error::{Error, Result};
use crate::message::{self, Arguments, Lang};
use crate::template::{FontRole, workbook_font};
use crate::text::neutral::neutral;

/// One report, or a file that cannot be read.
#[derive(Clone, Debug, Default)]
pub(crate) struct OverviewRow {
    /// The file.
    pub file: String,
    /// 填报单位.
    pub organization: Option<String>,
    /// The year.
    pub year: Option<i32>,
    /// The id of the template.
    pub form: Option<String>,
    /// Errors, warnings, values that cannot be read, and values that the source does not have.
    pub counts: [usize; 4],
    /// Why the file cannot be read, where it cannot.
    pub failure: Option<String>,
}

/// The keys of the headers.
pub(crate) const HEADERS: [&str; 8] = [
    "overview.file",
    "overview.organization",
    "overview.year",
    "overview.form",
    "overview.errors",
    "overview.warnings",
    "overview.unreadable",
    "overview.missing",
];

/// The columns before those of counts.
const COUNTS: usize = 4;

/// The widths of the columns of the workbook, in digits of the default font, with that of the remark.
const WIDTHS: [f64; 9] = [40.0, 24.0, 8.0, 14.0, 8.0, 8.0, 12.0, 8.0, 50.0];

/// The column of the remark.
const REMARK: u16 = 8;

/// The height of a line, what a row has more, and the most that a row may have, in points.
const LINE: f64 = 14.0;
const PADDING: f64 = 4.0;
const MAX_HEIGHT: f64 = 409.0;

/// The creation date without a timestamp, so that the same check gives the same bytes.
const CREATED: (u16, u8, u8) = (2000, 1, 1);

const STYLE: &str = "body{font-family:serif;line-height:1.4;margin:2rem auto;max-width:72rem;padding:0 1rem}\
h1{font-size:1.4rem;margin:0 0 .25rem}p{margin:0 0 1rem}table{border-collapse:collapse;width:100%}\
th,td{border:1px solid #888;padding:.2rem .5rem;text-align:left;vertical-align:top}th{background:#eee;white-space:nowrap}\
td.t{min-width:6em}td.k,td.n{white-space:nowrap}td.n,th.n{text-align:right}td.z{color:#707070}tr.bad td{font-weight:bold}\
@page{size:A4 landscape;margin:12mm}\
@media print{body{font-size:10pt;margin:0;max-width:none;padding:0}thead{display:table-header-group}tr{break-inside:avoid}}";

fn word(key: &str, lang: Lang) -> String {
    message::text(key, lang, &Arguments::new())
}

impl OverviewRow {
    /// The cells below the headers. A file that cannot be read has no counts.
    pub(crate) fn cells(&self) -> [String; 8] {
        let count = |at: usize| if self.failure.is_some() { String::new() } else { self.counts[at].to_string() };
        let text = |text: &Option<String>| text.clone().unwrap_or_default();
        let year = self.year.map_or_else(String::new, |year| year.to_string());
        [self.file.clone(), text(&self.organization), year, text(&self.form), count(0), count(1), count(2), count(3)]
    }

    /// Whether nobody needs to do anything about it.
    pub(crate) fn is_fine(&self) -> bool {
        self.failure.is_none() && self.counts == [0; 4]
    }

    fn is_bad(&self) -> bool {
        self.failure.is_some() || self.counts[0] > 0
    }
}

/// The table as a web page.
pub(crate) fn html(rows: &[OverviewRow], lang: Lang) -> Vec<u8> {
    let title = escaped(&word("overview.title", lang));
    let mut page = format!(
        "<!DOCTYPE html>\n<html lang=\"{}\">\n<head>\n<meta charset=\"utf-8\">\n<meta name=\"viewport\" \
         content=\"width=device-width, initial-scale=1\">\n<title>{title}</title>\n<style>{STYLE}</style>\n</head>\n<body>\n\
         <main>\n<h1>{title}</h1>\n<p>{}</p>\n<table>\n<thead><tr>",
        lang.tag(),
        escaped(&summary(rows, lang))
    );
    for (at, header) in HEADERS.iter().enumerate() {
        let class = if at < COUNTS { "" } else { " class=\"n\"" };
        page += &format!("<th scope=\"col\"{class}>{}</th>", escaped(&word(header, lang)));
    }
    page += "</tr></thead>\n<tbody>\n";
    for row in rows {
        page += if row.is_bad() { "<tr class=\"bad\">" } else { "<tr>" };
        match &row.failure {
            Some(failure) => {
                let rest = HEADERS.len() - 1;
                page += &format!("<td>{}</td><td colspan=\"{rest}\">{}</td>", escaped(&row.file), escaped(failure));
            }
            None => row.cells().iter().enumerate().for_each(|(at, cell)| page += &html_cell(at, cell)),
        }
        page += "</tr>\n";
    }
    page += "</tbody>\n</table>\n</main>\n</body>\n</html>\n";
    page.into_bytes()
}

/// How many reports and failures there are, and what was found in all of them.
fn summary(rows: &[OverviewRow], lang: Lang) -> String {
    let failed = rows.iter().filter(|row| row.failure.is_some()).count();
    let sum = |at: usize| rows.iter().map(|row| row.counts[at]).sum::<usize>();
    let words = [("reports", rows.len() - failed), ("failed", failed), ("errors", sum(0)), ("warnings", sum(1))];
    message::text("overview.summary", lang, &words.map(|(name, count)| (name, count.to_string())).into())
}

fn html_cell(column: usize, cell: &str) -> String {
    let class = match column {
        0 => "",
        1 => " class=\"t\"",
        2 | 3 => " class=\"k\"",
        _ if cell == "0" => " class=\"n z\"",
        _ => " class=\"n\"",
    };
    format!("<td{class}>{}</td>", escaped(cell))
}

fn escaped(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in neutral(text).chars() {
        match c {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            c if c.is_control() => out.push(' '),
            c => out.push(c),
        }
    }
    out
}

/// The table as a workbook. `timestamp` is in seconds since 1970.
///
/// # Errors
/// [`crate::ErrorKind::Write`] with more rows than a worksheet has.
pub(crate) fn xlsx(rows: &[OverviewRow], timestamp: Option<i64>, lang: Lang) -> Result<Vec<u8>> {
    draw(rows, timestamp, lang).map_err(|error| Error::write("XLSX", error))
}

fn draw(rows: &[OverviewRow], timestamp: Option<i64>, lang: Lang) -> Result<Vec<u8>, XlsxError> {
    let text = Format::new().set_font_name(workbook_font(FontRole::Body)).set_font_size(10.5);
    let text = text.set_border(FormatBorder::Thin).set_text_wrap();
    let bad = text.clone().set_bold();
    let header = text
        .clone()
        .set_font_name(workbook_font(FontRole::Heading))
        .set_align(FormatAlign::Center)
        .set_background_color("#EEEEEE");
    let mut workbook = Workbook::new();
    let sheet = workbook.add_worksheet().set_name(word("overview.sheet", lang))?;
    sheet.set_landscape().set_print_fit_to_pages(1, 0).set_repeat_rows(0, 0)?.set_freeze_panes(1, 0)?;
    for ((column, key), width) in (0u16..).zip(HEADERS.iter().chain(&["overview.remark"])).zip(WIDTHS) {
        sheet.set_column_width(column, width)?.write_with_format(0, column, word(key, lang), &header)?;
    }
    for (at, row) in (1u32..).zip(rows) {
        let format = if row.is_bad() { &bad } else { &text };
        for (column, cell) in (0u16..).zip(row.cells()) {
            match cell.parse::<u32>() {
                Ok(number) if column == 2 || usize::from(column) >= COUNTS => {
                    sheet.write_with_format(at, column, number, format)?
                }
                _ => sheet.write_with_format(at, column, &*neutral(&cell), format)?,
            };
        }
        let failure = neutral(row.failure.as_deref().unwrap_or_default());
        sheet.write_with_format(at, REMARK, &*failure, format)?;
        // Not every program fits the height of a row to text on several lines.
        let texts = row.cells().into_iter().chain([failure.into_owned()]);
        let lines = texts.zip(WIDTHS).map(|(text, width)| (text.width() as f64 / (width - 1.0)).ceil());
        sheet.set_row_height(at, (lines.fold(1.0, f64::max) * LINE + PADDING).min(MAX_HEIGHT))?;
    }
    let created = match timestamp {
        Some(seconds) => ExcelDateTime::from_timestamp(seconds)?,
        None => ExcelDateTime::from_ymd(CREATED.0, CREATED.1, CREATED.2)?,
    };
    let title = word("overview.title", lang);
    workbook.set_properties(&DocProperties::new().set_title(&title).set_creation_datetime(&created));
    workbook.save_to_buffer()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn texts_of_files_are_escaped() {
        let row = OverviewRow { file: "<script>&\"".to_owned(), counts: [1, 0, 2, 0], ..OverviewRow::default() };
        let page = String::from_utf8(html(&[row], Lang::EN)).unwrap();
        assert!(page.contains("<td>&lt;script&gt;&amp;&quot;</td>") && !page.contains("<script"), "{page}");
        assert!(page.contains("<tr class=\"bad\">"));
    }
}
