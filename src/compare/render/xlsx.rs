//! Writes a comparison as a workbook.
//!
//! In: a [`Comparison`]. Out: an xlsx file with the values (differences as formulas), findings, organizations and a
//! small chart. Called by `xxgk compare --to xlsx`.

use rust_decimal::Decimal;
use rust_decimal::prelude::ToPrimitive;
use rust_xlsxwriter::{
    DocProperties, ExcelDateTime, Format, FormatAlign, FormatBorder, Formula, Workbook, Worksheet, XlsxError,
};
use unicode_width::UnicodeWidthStr;

mod chart;

use super::super::{Change, Comparison, ComparisonRow, SideValue};
use super::format::{Failed, FormatInfo};
use super::words::{
    finding_values, name, not_compared, organization, places, remark, severity, unit, value_text, word, years,
};
use crate::error::{Error, Result};
use crate::message::Lang;
use crate::template::{FontRole, workbook_font};
use crate::text::neutral::neutral;

pub(super) const FORMAT: FormatInfo = FormatInfo {
    name: "xlsx",
    extensions: &["xlsx"],
    binary: true,
    writer: |comparison, options| xlsx(comparison, options.failures, options.all, options.timestamp, options.lang),
};

/// The creation date without a timestamp, so that the same comparison gives the same bytes.
const CREATED: (u16, u8, u8) = (2000, 1, 1);

/// Column widths, in digits of the default font.
const NAME_WIDTH: f64 = 46.0;
const REMARK_WIDTH: f64 = 42.0;
const PLACE_WIDTH: f64 = 20.0;

/// Height of a line of text and maximum height of a row, in points. Source: ECMA-376 Part 1, 18.3.1.73.
const LINE_HEIGHT: f64 = 14.0;
const MAX_ROW_HEIGHT: f64 = 409.0;

/// Writes a comparison as a workbook.
///
/// `all` also shows rows that did not change and rows without a counterpart. `timestamp` is in seconds since 1970.
///
/// # Errors
/// [`ErrorKind::Write`](crate::ErrorKind::Write) if the comparison exceeds the limits of a workbook.
fn xlsx(
    comparison: &Comparison,
    failures: &[Failed],
    all: bool,
    timestamp: Option<i64>,
    lang: Lang,
) -> Result<Vec<u8>> {
    draw(comparison, failures, all, timestamp, lang).map_err(|error| Error::write("XLSX", error))
}

/// The cell formats.
struct Formats {
    header: Format,
    text: Format,
    number: Format,
    word: Format,
    change: Format,
    percent: Format,
    jump: Format,
}

impl Formats {
    fn new() -> Self {
        let body = Format::new()
            .set_font_name(workbook_font(FontRole::Body))
            .set_font_size(10.5)
            .set_border(FormatBorder::Thin);
        let body = body.set_align(FormatAlign::VerticalCenter);
        let header =
            body.clone().set_font_name(workbook_font(FontRole::Heading)).set_align(FormatAlign::Center).set_text_wrap();
        let number = body.clone().set_align(FormatAlign::Right);
        Self {
            header: header.set_background_color("#EEEEEE"),
            text: body.clone().set_text_wrap(),
            word: number.clone().set_font_color("#595959"),
            change: number.clone().set_num_format("+0.########;−0.########;0"),
            percent: number.clone().set_num_format("+0.0%;−0.0%;0.0%"),
            jump: number.clone().set_num_format("+0.########;−0.########;0").set_bold(),
            number,
        }
    }
}

fn draw(
    comparison: &Comparison,
    failures: &[Failed],
    all: bool,
    timestamp: Option<i64>,
    lang: Lang,
) -> Result<Vec<u8>, XlsxError> {
    let mut workbook = Workbook::new();
    let formats = Formats::new();
    let mut book = Book { lang, formats: &formats };
    workbook.push_worksheet(book.rows(comparison, all)?);
    if let Some(chart) = book.chart(comparison)? {
        workbook.push_worksheet(chart);
    }
    if comparison.organizations.iter().any(|compared| !compared.findings.is_empty()) {
        workbook.push_worksheet(book.findings(comparison)?);
    }
    let left_over = !not_compared(comparison).is_empty() || !failures.is_empty();
    if comparison.organizations.len() != 1 || left_over {
        workbook.push_worksheet(book.organizations(comparison, failures)?);
    }
    let created = match timestamp {
        Some(seconds) => ExcelDateTime::from_timestamp(seconds)?,
        None => ExcelDateTime::from_ymd(CREATED.0, CREATED.1, CREATED.2)?,
    };
    let title = word("compare.title", lang);
    workbook.set_properties(&DocProperties::new().set_title(&title).set_creation_datetime(&created));
    workbook.save_to_buffer()
}

struct Book<'f> {
    lang: Lang,
    formats: &'f Formats,
}

impl Book<'_> {
    fn word(&self, key: &str) -> String {
        word(key, self.lang)
    }

    /// A worksheet with a header row, set up to print on landscape A4, one page wide.
    fn sheet(&self, name: &str, headers: &[(String, f64)]) -> Result<Worksheet, XlsxError> {
        let mut sheet = Worksheet::new();
        sheet.set_name(self.word(name))?;
        for (column, (header, width)) in (0u16..).zip(headers) {
            sheet.set_column_width(column, *width)?;
            sheet.write_with_format(0, column, header.as_str(), &self.formats.header)?;
        }
        sheet.set_freeze_panes(1, 0)?;
        sheet.set_repeat_rows(0, 0)?;
        sheet.set_paper_size(9).set_landscape().set_print_fit_to_pages(1, 0);
        sheet.set_footer("&C&P / &N");
        Ok(sheet)
    }

    fn rows(&mut self, comparison: &Comparison, all: bool) -> Result<Worksheet, XlsxError> {
        let several = comparison.organizations.len() != 1;
        // With several organizations, each may have its own years, so the headers are "old" and "new".
        let (old, new) = match &comparison.organizations[..] {
            [compared] => years(compared, self.lang),
            _ => (self.word("compare.old"), self.word("compare.new")),
        };
        let mut headers = Vec::new();
        if several {
            headers.push((self.word("compare.organization"), 18.0));
        }
        headers.extend([(self.word("compare.indicator"), NAME_WIDTH), (self.word("compare.unit"), 7.0)]);
        headers.extend([(old, 11.0), (new, 11.0)]);
        headers.extend([(self.word("compare.difference"), 10.0), (self.word("compare.percent"), 10.0)]);
        headers.push((self.word("compare.remark"), REMARK_WIDTH));
        headers.extend([(self.word("compare.old_place"), PLACE_WIDTH), (self.word("compare.new_place"), PLACE_WIDTH)]);
        let mut sheet = self.sheet("compare.figures", &headers)?;
        let mut row = 1;
        for compared in &comparison.organizations {
            let shown = |line: &&ComparisonRow| all || line.is_shown_by_default();
            for line in compared.rows.iter().filter(shown) {
                let mut column = 0;
                if several {
                    sheet.write_with_format(row, 0, organization(compared, self.lang), &self.formats.text)?;
                    column = 1;
                }
                self.row(&mut sheet, row, column, line)?;
                row += 1;
            }
        }
        if row > 1 {
            sheet.autofilter(0, 0, row - 1, headers.len() as u16 - 1)?;
        }
        Ok(sheet)
    }

    fn row(&self, sheet: &mut Worksheet, row: u32, column: u16, line: &ComparisonRow) -> Result<(), XlsxError> {
        let formats = self.formats;
        sheet.write_with_format(row, column, name(line, self.lang), &formats.text)?;
        sheet.write_with_format(row, column + 1, unit(line), &formats.text)?;
        self.value(sheet, row, column + 2, &line.old)?;
        self.value(sheet, row, column + 3, &line.new)?;
        let address = |column: u16| crate::document::CellRef::new(row, u32::from(column)).to_string();
        let (old, new) = (address(column + 2), address(column + 3));
        let difference = line.difference.and_then(|difference| difference.to_f64());
        match difference {
            Some(value) => {
                let formula = Formula::new(format!("={new}-{old}")).set_result(value.to_string());
                let format = if line.jump { &formats.jump } else { &formats.change };
                sheet.write_formula_with_format(row, column + 4, formula, format)?;
            }
            None => {
                sheet.write_blank(row, column + 4, &formats.number)?;
            }
        }
        match (difference, line.old.state.number().and_then(|old| old.to_f64())) {
            (Some(value), Some(before)) if line.percent.is_some() => {
                let formula = Formula::new(format!("=({new}-{old})/ABS({old})"));
                let formula = formula.set_result((value / before.abs()).to_string());
                sheet.write_formula_with_format(row, column + 5, formula, &formats.percent)?;
            }
            _ => {
                sheet.write_blank(row, column + 5, &formats.number)?;
            }
        }
        sheet.write_with_format(row, column + 6, remark(line, self.lang), &formats.text)?;
        sheet.write_with_format(row, column + 7, places(&line.old, self.lang), &formats.text)?;
        sheet.write_with_format(row, column + 8, places(&line.new, self.lang), &formats.text)?;
        let texts = [
            (name(line, self.lang), NAME_WIDTH),
            (remark(line, self.lang), REMARK_WIDTH),
            (places(&line.old, self.lang), PLACE_WIDTH),
            (places(&line.new, self.lang), PLACE_WIDTH),
        ];
        set_height(sheet, row, texts.each_ref().map(|(text, width)| (text.as_str(), *width)))
    }

    /// Writes a number as a number if a workbook keeps all its digits, else as text.
    fn value(&self, sheet: &mut Worksheet, row: u32, column: u16, entry: &SideValue) -> Result<(), XlsxError> {
        match entry.state.number().and_then(exactly) {
            Some(number) => sheet.write_number_with_format(row, column, number, &self.formats.number)?,
            None => sheet.write_string_with_format(row, column, value_text(entry, self.lang), &self.formats.word)?,
        };
        Ok(())
    }

    fn findings(&mut self, comparison: &Comparison) -> Result<Worksheet, XlsxError> {
        let headers = [
            ("compare.organization", 18.0),
            ("compare.severity", 8.0),
            ("word.code", 8.0),
            ("compare.message", 70.0),
            ("compare.found", 60.0),
        ];
        let widths = headers.map(|(_, width)| width);
        let headers = headers.map(|(key, width)| (self.word(key), width));
        let mut sheet = self.sheet("compare.findings", &headers)?;
        let mut row = 1;
        for compared in &comparison.organizations {
            for found in &compared.findings {
                let values = finding_values(found, compared, self.lang);
                let values: Vec<_> = values.iter().map(|(label, text, at)| format!("{label} {text} ({at})")).collect();
                let cells = [
                    organization(compared, self.lang),
                    severity(found, self.lang),
                    found.finding.code.clone(),
                    found.finding.message(self.lang),
                    values.join("\n"),
                ];
                for (column, cell) in (0u16..).zip(&cells) {
                    sheet.write_with_format(row, column, &*neutral(cell), &self.formats.text)?;
                }
                set_height(&mut sheet, row, cells.iter().map(String::as_str).zip(widths))?;
                row += 1;
            }
        }
        Ok(sheet)
    }

    fn organizations(&mut self, comparison: &Comparison, failures: &[Failed]) -> Result<Worksheet, XlsxError> {
        let headers = [
            ("compare.organization", 26.0),
            ("compare.state", 30.0),
            ("compare.old", 30.0),
            ("compare.new", 30.0),
            ("compare.changed_count", 10.0),
            ("compare.jump_count", 10.0),
            ("compare.finding_count", 10.0),
        ];
        let widths = headers.map(|(_, width)| width);
        let headers = headers.map(|(key, width)| (self.word(key), width));
        let mut sheet = self.sheet("compare.units", &headers)?;
        let formats = self.formats;
        let mut row = 1;
        let mut texts = |row: u32, cells: [&str; 4], numbers: [Option<usize>; 3]| -> Result<(), XlsxError> {
            for (column, cell) in (0u16..).zip(cells) {
                sheet.write_with_format(row, column, cell, &formats.text)?;
            }
            set_height(&mut sheet, row, cells.into_iter().zip(widths))?;
            for (column, number) in (4u16..).zip(numbers) {
                match number {
                    Some(number) => sheet.write_number_with_format(row, column, number as f64, &formats.number)?,
                    None => sheet.write_blank(row, column, &formats.number)?,
                };
            }
            Ok(())
        };
        for compared in &comparison.organizations {
            let changes = [Change::Changed, Change::Appeared, Change::Vanished];
            let changed = changes.iter().map(|change| compared.count(*change)).sum();
            let jumps = compared.rows.iter().filter(|line| line.jump).count();
            let name = organization(compared, self.lang);
            let state = word("compare.compared", self.lang);
            let counts = [Some(changed), Some(jumps), Some(compared.findings.len())];
            texts(row, [&name, &state, &compared.old.file, &compared.new.file], counts)?;
            row += 1;
        }
        for (key, is_old, header) in not_compared(comparison) {
            let name = header.organization.as_deref().unwrap_or("–");
            let (old, new) = if is_old { (header.file.as_str(), "") } else { ("", header.file.as_str()) };
            texts(row, [name, &word(key, self.lang), old, new], [None; 3])?;
            row += 1;
        }
        for proposal in &comparison.proposals {
            let why = word(proposal.why.key(), self.lang);
            let option = format!("--match {}={}", proposal.old, proposal.new);
            texts(row, [&option, &why, &proposal.old, &proposal.new], [None; 3])?;
            row += 1;
        }
        for failure in failures {
            texts(row, [&failure.file, &failure.message, "", ""], [None; 3])?;
            row += 1;
        }
        Ok(sheet)
    }
}

/// Sets the height of a row for its wrapped texts, because some programs do not.
fn set_height<'t>(
    sheet: &mut Worksheet,
    row: u32,
    cells: impl IntoIterator<Item = (&'t str, f64)>,
) -> Result<(), XlsxError> {
    let lines_of = |text: &str, width: f64| -> f64 {
        // Lines cannot break everywhere, which costs a character or two in each.
        let lines = text.split('\n').map(|line| (line.width() as f64 / (width - 2.0)).ceil().max(1.0));
        lines.sum()
    };
    let lines = cells.into_iter().map(|(text, width)| lines_of(text, width)).fold(1.0, f64::max);
    sheet.set_row_height(row, (lines * LINE_HEIGHT + 2.0).min(MAX_ROW_HEIGHT))?;
    Ok(())
}

/// The number as a float, if that keeps all digits.
fn exactly(number: Decimal) -> Option<f64> {
    let float = number.to_f64()?;
    (number.normalize().mantissa().unsigned_abs() < 1_000_000_000_000_000).then_some(float)
}
