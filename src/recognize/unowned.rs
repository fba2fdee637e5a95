//! Numbers whose rows and columns are elsewhere: on other pages, or in other lines of a text.
//!
//! In: a document, and the reports made of it. Out: findings, and blank values made unreadable. Called by
//! [`super::Recognizer`]: a worksheet that is wider than its paper prints its last columns on pages of their own, and text in
//! the order of a PDF's content may have all labels before all values. Nothing says which row a number is of. So no value
//! that seems blank is certain.

use std::collections::{BTreeMap, BTreeSet};

use super::value::{is_unit, parse};
use crate::document::{Cell, Document, Location, Part};
use crate::error::{Error, ErrorKind, Result};
use crate::finding::{Finding, Wording};
use crate::report::{CellValue, Report, Value};
use crate::template::ValueKind;

/// Fewer numbers on a page may be anything.
const MIN_NUMBERS: usize = 5;

/// A page with a larger share of other texts has rows of its own.
const MAX_TEXTS: f64 = 0.4;

/// What a page has: numbers, other texts without units, and the first number.
#[derive(Default)]
struct OnPage<'d> {
    numbers: usize,
    texts: usize,
    first: Option<&'d Cell>,
}

impl OnPage<'_> {
    fn has_numbers_only(&self) -> bool {
        self.numbers >= MIN_NUMBERS && self.texts as f64 <= MAX_TEXTS * (self.numbers + self.texts) as f64
    }
}

/// Names pages of numbers that no report has, and makes the blank values of the reports unreadable. Where a report has no
/// value at all, numbers on any page count.
pub(super) fn name_pages(document: &Document, reports: &mut [Report]) {
    let pages = pages(document);
    let values = |report: &Report| {
        let own = report.values.iter().chain(&report.extra).filter(|value| !value.cell.is_blank());
        own.filter_map(|value| page(value.at.as_ref()?)).collect::<BTreeSet<u32>>()
    };
    let used: BTreeSet<u32> = reports.iter().flat_map(values).collect();
    for report in reports {
        let is_empty = values(report).is_empty();
        let unread = |(page, own): &(&u32, &OnPage<'_>)| is_empty || !used.contains(*page) && own.has_numbers_only();
        let unread: Vec<(&u32, &OnPage<'_>)> = pages.iter().filter(unread).collect();
        let count: usize = unread.iter().map(|(_, own)| own.numbers).sum();
        let list: Vec<String> =
            unread.iter().filter(|(_, own)| own.numbers > 0).map(|(page, _)| page.to_string()).collect();
        let at = unread.iter().find_map(|(_, own)| own.first).map(|cell| cell.at.clone());
        let blanks: Vec<&mut Value> =
            report.values.iter_mut().filter(|value| value.cell.is_blank() && value.at.is_some()).collect();
        if count < MIN_NUMBERS || blanks.is_empty() {
            continue;
        }
        let mut finding = Finding::new("XG390").with("count", count).with("pages", list.join("、")).at(at);
        for value in blanks {
            value.cell = CellValue::Unreadable(String::new());
            finding.ids.extend(value.id.clone());
        }
        report.findings.push(finding);
    }
}

/// Names lines of numbers in a text that no report has, and makes the blank values of the reports unreadable, unless these
/// are many more.
///
/// # Errors
/// [`ErrorKind::NotATable`] if all reports are lists and none has a number: then the labels are not beside the values.
pub(super) fn name_lines(document: &Document, reports: &mut [Report], is_list: impl Fn(&Report) -> bool) -> Result<()> {
    let lines = document.parts.iter().filter_map(|part| match part {
        Part::Paragraph(cell) => Some((line(&cell.at)?, cell)),
        Part::Table(_) => None,
    });
    if lines.clone().next().is_none() {
        return Ok(());
    }
    let blanks =
        |report: &Report| report.values.iter().filter(|value| value.cell.is_blank() && value.at.is_some()).count();
    let own = |report: &Report| {
        let labeled = report.extra.iter().filter(|value| value.label.as_ref().is_some_and(|label| !label.is_empty()));
        let values = report.values.iter().chain(labeled);
        // What is left out with its text is named too.
        let is_shown =
            |cell: &CellValue| cell.is_number() || matches!(cell, CellValue::Unreadable(text) if !text.is_empty());
        let shown = values.filter(|value| is_shown(&value.cell));
        shown.filter_map(|value| Some((line(value.at.as_ref()?)?, value.cell.is_number()))).collect::<Vec<_>>()
    };
    let owned: Vec<(u32, bool)> = reports.iter().flat_map(own).collect();
    let has_number = owned.iter().any(|(_, is_number)| *is_number);
    let used: BTreeSet<u32> = owned.into_iter().map(|(line, _)| line).collect();
    // Without blank values, every value is a number or named as left out.
    let is_named = reports.iter().all(|report| blanks(report) == 0);
    if is_named && has_number {
        return Ok(());
    }
    let (mut serial, mut count, mut first) = (1u32, 0, None);
    for (_, cell) in lines.filter(|(line, _)| !used.contains(line)) {
        let numbers = numbers(&cell.text, &mut serial);
        count += numbers;
        first = first.or(Some(&cell.at).filter(|_| numbers > 0));
    }
    // A list of more numbers than values has columns whose names are apart from them too.
    let values: usize = reports.iter().map(|report| report.values.len()).sum();
    if count < if is_named { MIN_NUMBERS.max(values + 1) } else { MIN_NUMBERS } {
        return Ok(());
    }
    if !has_number && reports.iter().all(is_list) {
        return Err(Error::new(ErrorKind::NotATable { found: "@format.values_apart".into() }));
    }
    for report in reports.iter_mut().filter(|report| blanks(report) <= count * MAX_BLANKS) {
        let mut finding = Finding::new("XG390").with("count", count).at(first.cloned());
        finding.wording = Some(Wording::Key("apart.lines".into()));
        for value in report.values.iter_mut().filter(|value| value.cell.is_blank() && value.at.is_some()) {
            value.cell = CellValue::Unreadable(String::new());
            finding.ids.extend(value.id.clone());
        }
        if !finding.ids.is_empty() {
            report.findings.push(finding);
        }
    }
    Ok(())
}

/// With more blank values for each number, most of them are blank.
const MAX_BLANKS: usize = 4;

/// How many numbers a text has that has nothing else but units. A number of a row, from 1 on, is none.
fn numbers(text: &str, serial: &mut u32) -> usize {
    let mut count = 0;
    for word in text.split_whitespace().filter(|word| !is_unit(word)) {
        if !word.starts_with(|c: char| c.is_numeric() || matches!(c, '-' | '－' | '+')) {
            return 0;
        }
        if word.parse() == Ok(*serial) {
            *serial += 1;
        } else if parse(word, ValueKind::Signed).cell.is_number() {
            count += 1;
        } else {
            return 0;
        }
    }
    count
}

/// The line of a place in a text.
fn line(at: &Location) -> Option<u32> {
    match at {
        Location::Text { line, .. } => Some(*line),
        _ => None,
    }
}

/// What each page has.
fn pages(document: &Document) -> BTreeMap<u32, OnPage<'_>> {
    let mut pages: BTreeMap<u32, OnPage<'_>> = BTreeMap::new();
    let mut serial = 1u32;
    let first = document.parts.iter().find_map(|part| cells(part).next());
    if first.is_none_or(|cell| page(&cell.at).is_none()) {
        return pages;
    }
    let cells = document.parts.iter().flat_map(cells);
    for cell in cells.filter(|cell| !cell.is_blank()) {
        let Some(page) = page(&cell.at) else { continue };
        let own = pages.entry(page).or_default();
        // The numbers of rows, from 1 on, are none.
        for word in cell.text.split_whitespace().filter(|word| !is_unit(word)) {
            if word.parse() == Ok(serial) {
                serial += 1;
            } else if parse(word, ValueKind::Signed).cell.is_number() {
                own.numbers += 1;
                own.first = own.first.or(Some(cell));
            } else {
                own.texts += 1;
            }
        }
    }
    pages
}

/// The cells of a part: a paragraph is one.
fn cells(part: &Part) -> impl Iterator<Item = &Cell> {
    let (paragraph, grid) = match part {
        Part::Paragraph(cell) => (Some(cell), &[][..]),
        Part::Table(grid) => (None, grid.cells.as_slice()),
    };
    paragraph.into_iter().chain(grid.iter().map(|(_, cell)| cell))
}

/// The page of a place on one.
fn page(at: &Location) -> Option<u32> {
    match at {
        Location::PageCell { page, .. } | Location::PageLine { page, .. } => Some(*page),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::document::PageBox;

    fn line(page: u32, line: u32, text: &str) -> Part {
        Part::Paragraph(Cell::text(text.to_owned(), Location::PageLine { page, line, area: PageBox::default() }))
    }

    fn report() -> Report {
        let at = Some(Location::PageLine { page: 1, line: 1, area: PageBox::default() });
        Report { values: vec![Value { id: Some("closed".into()), at, ..Value::default() }], ..Report::default() }
    }

    #[test]
    fn numbers_on_pages_of_their_own_make_blanks_unreadable() {
        let mut document = Document { parts: vec![line(1, 1, "办结数")], ..Document::default() };
        document.parts.extend((1..8).map(|number| line(2, number, "12")));
        let mut reports = [report()];
        name_pages(&document, &mut reports);
        assert_eq!(reports[0].values[0].cell, CellValue::Unreadable(String::new()));
        assert_eq!((reports[0].findings[0].code.as_str(), reports[0].findings[0].ids.len()), ("XG390", 1));
    }

    #[test]
    fn lines_of_numbers_make_blanks_of_a_text_unreadable() {
        let part = |(line, text): (u32, &str)| Part::Paragraph(Cell::text(text, Location::Text { line, column: 1 }));
        let lines = ["办结数", "答复数 件 3", "0 18", "次 205", "3 7"];
        let document = Document { parts: (1..).zip(lines).map(part).collect(), ..Document::default() };
        let at = |line| Some(Location::Text { line, column: 1 });
        let value = |id: &'static str, at| Value { id: Some(id.into()), at, ..Value::default() };
        let mut reports =
            [Report { values: vec![value("closed", at(1)), value("answered", at(2))], ..Report::default() }];
        assert!(name_lines(&document, &mut reports.clone(), |_| true).is_err());
        reports[0].values[1].cell = CellValue::Number(3.into());
        name_lines(&document, &mut reports, |_| true).unwrap();
        assert_eq!(reports[0].values[0].cell, CellValue::Unreadable(String::new()));
        assert_eq!((reports[0].findings[0].code.as_str(), reports[0].findings[0].ids.len()), ("XG390", 1));
    }

    #[test]
    fn the_numbers_of_rows_are_none() {
        let parts = (1..30).map(|number| line(1, number, &format!("{number} 办结数"))).collect();
        let mut reports = [report()];
        name_pages(&Document { parts, ..Document::default() }, &mut reports);
        assert!(reports[0].findings.is_empty());
    }

    #[test]
    fn a_page_of_text_says_nothing() {
        let mut document = Document { parts: vec![line(1, 1, "办结数")], ..Document::default() };
        document.parts.extend((1..8).map(|number| line(2, number, "收到申请 12 件")));
        let mut reports = [report()];
        let read = Value { cell: CellValue::Number(5.into()), ..reports[0].values[0].clone() };
        reports[0].values.push(read);
        name_pages(&document, &mut reports);
        assert!(reports[0].findings.is_empty() && reports[0].values[0].cell.is_blank());
    }
}
