//! Writes a comparison as a workbook.
//!
//! In: a [`Comparison`]. Out: an xlsx file with the values (differences as formulas), findings, organizations and a
//! small chart. Called by `xxgk compare --to xlsx`.

use indexmap::IndexMap;
use rust_decimal::Decimal;
use rust_decimal::prelude::ToPrimitive;
use rust_xlsxwriter::{
    Chart, ChartType, DocProperties, ExcelDateTime, Format, FormatAlign, FormatBorder, Formula, Workbook, Worksheet,
    XlsxError,
};
use unicode_width::UnicodeWidthStr;

use super::super::{Change, Comparison, ComparisonRow, Match, SideValue};
use super::json::Failed;
use super::{figures, left, name, organization, places, remark, said, severity, unit, word, years};
use crate::error::Result;
use crate::message::Lang;
use crate::write::failed;

/// The creation date without a timestamp, so that the same comparison gives the same bytes.
const CREATED: (u16, u8, u8) = (2000, 1, 1);

/// Column widths, in digits of the default font.
const NAME_WIDTH: f64 = 46.0;
const REMARK_WIDTH: f64 = 42.0;
const PLACE_WIDTH: f64 = 20.0;

/// Height of a line of text and maximum height of a row, in points. Source: ECMA-376 Part 1, 18.3.1.73.
const LINE_HEIGHT: f64 = 14.0;
const MAX_ROW_HEIGHT: f64 = 409.0;

/// The most indicators in the chart.
const CHARTED: usize = 10;

/// Writes a comparison as a workbook.
///
/// `all` also shows rows that did not change and rows without a counterpart. `timestamp` is in seconds since 1970.
///
/// # Errors
/// [`ErrorKind::Write`](crate::ErrorKind::Write) if the comparison exceeds the limits of a workbook.
pub fn xlsx(
    comparison: &Comparison,
    failures: &[Failed],
    all: bool,
    timestamp: Option<i64>,
    lang: Lang,
) -> Result<Vec<u8>> {
    draw(comparison, failures, all, timestamp, lang).map_err(|error| failed("XLSX", error))
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
        let body = Format::new().set_font_name("宋体").set_font_size(10.5).set_border(FormatBorder::Thin);
        let body = body.set_align(FormatAlign::VerticalCenter);
        let header = body.clone().set_font_name("黑体").set_align(FormatAlign::Center).set_text_wrap();
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
    let left_over = !left(comparison).is_empty() || !failures.is_empty();
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
        self.figure(sheet, row, column + 2, &line.old)?;
        self.figure(sheet, row, column + 3, &line.new)?;
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
        match (difference, line.old.number.and_then(|old| old.to_f64())) {
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
    fn figure(&self, sheet: &mut Worksheet, row: u32, column: u16, entry: &SideValue) -> Result<(), XlsxError> {
        match entry.number.and_then(exactly) {
            Some(number) => sheet.write_number_with_format(row, column, number, &self.formats.number)?,
            None => sheet.write_string_with_format(row, column, said(entry, self.lang), &self.formats.word)?,
        };
        Ok(())
    }

    /// A chart of the largest indicators in both years, summed over all organizations that have them in both. It shows
    /// the unit in which most indicators changed.
    fn chart(&mut self, comparison: &Comparison) -> Result<Option<Worksheet>, XlsxError> {
        let Some((of, largest)) = largest(comparison, self.lang) else { return Ok(None) };
        let (old, new) = match &comparison.organizations[..] {
            [compared] => years(compared, self.lang),
            _ => (self.word("compare.old"), self.word("compare.new")),
        };
        let headers = [(self.word("compare.indicator"), NAME_WIDTH), (old, 11.0), (new, 11.0)];
        let mut sheet = self.sheet("compare.chart_sheet", &headers)?;
        for (row, (name, old, new)) in (1u32..).zip(&largest) {
            sheet.write_with_format(row, 0, name.as_str(), &self.formats.text)?;
            set_height(&mut sheet, row, [(name.as_str(), NAME_WIDTH)])?;
            for (column, number) in [(1, old), (2, new)] {
                let number = number.to_f64().unwrap_or_default();
                sheet.write_number_with_format(row, column, number, &self.formats.number)?;
            }
        }
        let name = self.word("compare.chart_sheet");
        let last = largest.len() as u32;
        sheet.set_print_fit_to_pages(1, 1);
        let mut chart = Chart::new(ChartType::Bar);
        for (column, colour) in [(1u16, "#A6A6A6"), (2, "#1F4E79")] {
            let series = chart.add_series();
            series.set_name((name.as_str(), 0, column)).set_categories((name.as_str(), 1, 0, last, 0));
            series.set_values((name.as_str(), 1, column, last, column));
            series.set_format(
                rust_xlsxwriter::ChartFormat::new()
                    .set_solid_fill(rust_xlsxwriter::ChartSolidFill::new().set_color(colour)),
            );
        }
        let title = super::text("compare.chart", self.lang, &[("unit", &of)]);
        chart.title().set_name(&title);
        // The first row at the top, as in the table.
        chart.y_axis().set_reverse();
        chart.x_axis().set_label_position(rust_xlsxwriter::ChartAxisLabelPosition::High);
        chart.legend().set_position(rust_xlsxwriter::ChartLegendPosition::Bottom);
        chart.set_width(720).set_height(120 + 40 * last);
        chart.set_alt_text(&title);
        sheet.insert_chart(last + 2, 0, &chart)?;
        Ok(Some(sheet))
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
                let figures = figures(found, compared, self.lang);
                let figures: Vec<_> =
                    figures.iter().map(|(label, text, at)| format!("{label} {text} ({at})")).collect();
                let cells = [
                    organization(compared, self.lang),
                    severity(found, self.lang),
                    found.finding.code.clone(),
                    found.finding.message(self.lang),
                    figures.join("\n"),
                ];
                for (column, cell) in (0u16..).zip(&cells) {
                    sheet.write_with_format(row, column, cell.as_str(), &self.formats.text)?;
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
        for (key, is_old, header) in left(comparison) {
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

/// An indicator's name with its older and newer value.
type Charted = (String, Decimal, Decimal);

/// The unit in which most indicators changed, and its indicators with the largest values.
///
/// Only indicators that both years count the same way, because bars side by side suggest that they can be compared.
fn largest(comparison: &Comparison, lang: Lang) -> Option<(String, Vec<Charted>)> {
    // Rows may share a short name, so the key is the full name.
    let mut sums: IndexMap<(String, String), Charted> = IndexMap::new();
    for line in comparison.organizations.iter().flat_map(|compared| &compared.rows) {
        let alike = matches!(line.kind, Match::Same | Match::Comparable) && line.difference.is_some();
        let (Some(old), Some(new), true) = (line.old.number, line.new.number, alike) else { continue };
        let sum = sums.entry((unit(line), name(line, lang)));
        let sum = sum.or_insert_with(|| (short_name(line, lang), Decimal::ZERO, Decimal::ZERO));
        sum.1 += old;
        sum.2 += new;
    }
    sums.retain(|_, (_, old, new)| !old.is_zero() || !new.is_zero());
    let mut counts: IndexMap<&str, usize> = IndexMap::new();
    for ((unit, _), (_, old, new)) in &sums {
        *counts.entry(unit).or_default() += usize::from(old != new);
    }
    let most = counts.iter().max_by_key(|(_, count)| **count)?.0.to_string();
    let mut own: Vec<Charted> =
        sums.into_iter().filter(|((unit, _), _)| *unit == most).map(|(_, charted)| charted).collect();
    own.sort_by_key(|(_, old, new)| std::cmp::Reverse((*old).max(*new)));
    own.truncate(CHARTED);
    Some((most, own))
}

/// The name of the side with one indicator. If both have one, that of the newer.
fn short_name(line: &ComparisonRow, lang: Lang) -> String {
    let side = if line.new.side.ids.len() == 1 || line.old.side.ids.len() != 1 { &line.new } else { &line.old };
    let name = side.side.name(lang);
    line.column.as_ref().map_or_else(|| name.clone(), |column| format!("{name}（{column}）"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::check::SeverityOverrides;
    use crate::compare::tests::report;
    use crate::compare::{Named, compare, shipped_crosswalk};

    fn charted(old: &[Named], new: &[Named]) -> Vec<(String, String, String)> {
        let found = compare(old, new, &[], shipped_crosswalk(), &SeverityOverrides::default()).unwrap();
        let (_, largest) = largest(&found, Lang::ZH).unwrap();
        largest.into_iter().map(|(name, old, new)| (name, old.to_string(), new.to_string())).collect()
    }

    #[test]
    fn the_chart_adds_up_units_and_nothing_else() {
        let year = |year: i32, figures: [&str; 2]| -> Vec<Named> {
            let unit = |(name, received): (&str, &str)| report("2014", name, year, &[("received", received)]);
            ["甲镇", "乙镇"].into_iter().zip(figures).map(unit).collect()
        };
        let said = |name: &str, old: &str, new: &str| (name.to_owned(), old.to_owned(), new.to_owned());
        assert_eq!(charted(&year(2016, ["3", "4"]), &year(2017, ["5", "6"])), [said("收到申请数", "7", "11")]);
        // A value is charted only if the other year has one too.
        assert_eq!(charted(&year(2016, ["3", ""]), &year(2017, ["5", "6"])), [said("收到申请数", "3", "5")]);
        // Two older indicators map to one newer indicator, which is charted once.
        let old = report("2014", "甲县", 2018, &[("closed", "9"), ("answered", "8")]);
        let new = report("2021", "甲县", 2021, &[("handled.total.total", "10")]);
        assert_eq!(charted(&[old], &[new]), [said("本年度办理结果・总计・总计", "9", "10")]);
    }
}
