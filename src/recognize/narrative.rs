//! The text around the tables of a document, given to the reports that it belongs to.
//!
//! In: a document and the reports recognized in it. Out: the [`Paragraph`]s of each report, in reading order, without what the
//! report has already: rows of tables, the title, signatures. Called by [`super::Recognizer`].
//!
//! On a worksheet, text belongs to the report of the sheet. Text between two tables belongs to the first of them up to the
//! next title, and from there on to the second.

use std::collections::{HashMap, HashSet};
use std::ops::RangeInclusive;

use crate::document::{Cell, Document, Grid, Location, Part};
use crate::report::{Paragraph, Report};
use crate::template::Template;
use crate::text::fold::{fold, simplify};
use crate::text::label;
use crate::text::words::words;

/// Lines of values with at most this many others between them are one table.
const GAP: u32 = 12;

/// Longer lines are neither titles nor headers of tables, in characters.
const MAX_TITLE: usize = 60;

/// Adds the text of a document to its reports. `template` finds the template of a report.
pub(super) fn add<'t>(document: &Document, reports: &mut [Report], template: impl Fn(&Report) -> Option<&'t Template>) {
    if reports.is_empty() {
        return;
    }
    let texts = {
        let occupied = Occupied::new(reports);
        let mut collector = Collector::new(reports, &occupied, &template);
        document.parts.iter().for_each(|part| collector.part(part));
        collector.finish()
    };
    for (report, own) in reports.iter_mut().zip(texts) {
        report.narrative.extend(own);
    }
}

/// A table in a file, whose rows are numbered.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
enum Table<'r> {
    Sheet(&'r str),
    Numbered(u32),
    Lines,
    Paragraphs,
    OnPage(u32, u32),
    PageLines,
    Pages,
}

/// More lines than a page has.
const PAGE: u32 = 1000;

/// The table and the row of a location.
fn row(at: &Location) -> (Table<'_>, u32) {
    match at {
        Location::Sheet { sheet, cell } => (Table::Sheet(sheet), cell.row),
        Location::Table { table, row, .. } => (Table::Numbered(*table), *row),
        Location::Text { line, .. } => (Table::Lines, *line),
        Location::Paragraph { paragraph } => (Table::Paragraphs, *paragraph),
        Location::PageCell { page, table, row, .. } => (Table::OnPage(*page, *table), *row),
        Location::PageLine { page, line, .. } => (Table::PageLines, page.saturating_mul(PAGE).saturating_add(*line)),
        Location::Page { page } => (Table::Pages, *page),
    }
}

/// Rows with values, each range with the number of its report, from the top.
type Ranges = Vec<(RangeInclusive<u32>, usize)>;

/// The rows that hold the values of reports.
struct Occupied<'r>(HashMap<Table<'r>, Ranges>);

impl<'r> Occupied<'r> {
    fn new(reports: &'r [Report]) -> Self {
        let mut all: HashMap<Table<'r>, Ranges> = HashMap::new();
        for (index, report) in reports.iter().enumerate() {
            let mut own: HashMap<Table<'r>, Vec<u32>> = HashMap::new();
            let places = report.values.iter().chain(&report.extra).filter_map(|value| value.at.as_ref()).map(row);
            let places: Vec<(Table<'r>, u32)> = places.collect();
            // Nearly all values are in the table of the one before.
            for same in places.chunk_by(|(one, _), (other, _)| one == other) {
                own.entry(same[0].0).or_default().extend(same.iter().map(|(_, row)| row));
            }
            #[allow(clippy::iter_over_hash_type, reason = "each table has ranges of its own")]
            for (table, rows) in own {
                let ranges = ranges(rows, matches!(table, Table::Lines | Table::Paragraphs | Table::PageLines));
                all.entry(table).or_default().extend(ranges.into_iter().map(|range| (range, index)));
            }
        }
        all.values_mut().for_each(|ranges| ranges.sort_by_key(|(range, _)| *range.start()));
        Self(all)
    }

    /// The report whose table a location is in.
    fn report(&self, at: &Location) -> Option<usize> {
        let (table, row) = row(at);
        self.report_in(table, self.0.get(&table)?, row)
    }

    /// The report that has a row of a table whose ranges are known.
    fn report_in(&self, table: Table<'_>, ranges: &Ranges, row: u32) -> Option<usize> {
        if table == Table::Pages {
            // A page says nothing of what is where on it.
            return ranges.first().map(|(_, report)| *report);
        }
        let behind = ranges.partition_point(|(range, _)| *range.start() <= row);
        ranges[..behind].iter().rev().take(3).find(|(range, _)| range.contains(&row)).map(|(_, report)| *report)
    }
}

/// The ranges of rows: one of all, or one for each table where text may be between them.
fn ranges(mut rows: Vec<u32>, are_apart: bool) -> Vec<RangeInclusive<u32>> {
    rows.sort_unstable();
    let mut ranges: Vec<RangeInclusive<u32>> = Vec::new();
    for row in rows {
        match ranges.last_mut().filter(|range| !are_apart || row - range.end() <= GAP) {
            Some(range) => *range = *range.start()..=row,
            None => ranges.push(row..=row),
        }
    }
    ranges
}

/// Collects the text of each report.
struct Collector<'a, 't> {
    reports: &'a [Report],
    occupied: &'a Occupied<'a>,
    template: &'a dyn Fn(&Report) -> Option<&'t Template>,
    /// The words of each report's table, made when they are needed.
    table_words: Vec<Option<TableWords>>,
    texts: Vec<Vec<Paragraph>>,
    /// The report whose table was last.
    last: Option<usize>,
    /// The text behind it.
    open: Vec<&'a Cell>,
}

impl<'a, 't> Collector<'a, 't> {
    fn new(
        reports: &'a [Report],
        occupied: &'a Occupied<'a>,
        template: &'a dyn Fn(&Report) -> Option<&'t Template>,
    ) -> Self {
        Self {
            reports,
            occupied,
            template,
            table_words: reports.iter().map(|_| None).collect(),
            texts: vec![Vec::new(); reports.len()],
            last: None,
            open: Vec::new(),
        }
    }

    fn part(&mut self, part: &'a Part) {
        match part {
            Part::Paragraph(cell) if cell.is_blank() => {}
            Part::Paragraph(cell) => match self.occupied.report(&cell.at) {
                Some(report) => self.table(report),
                None => {
                    let is_behind_table = self.open.is_empty() && self.last.is_some();
                    if !(is_behind_table && self.last.is_some_and(|last| self.is_of_table(&cell.text, last))) {
                        self.open.push(cell);
                    }
                }
            },
            Part::Table(grid) => self.grid(grid),
        }
    }

    fn grid(&mut self, grid: &'a Grid) {
        let mut own = None;
        if let Some(name) = grid.name.as_deref() {
            own = self.reports.iter().position(|report| report.sheet.as_deref() == Some(name));
            let is_foreign = own.is_none() && self.reports.iter().all(|report| report.sheet.is_some());
            if is_foreign || grid.hidden && own.is_none() {
                return;
            }
            if own.is_some() {
                self.close();
                self.last = None;
            }
        }
        let occupied = self.occupied;
        let Some((_, first)) = grid.cells.first() else { return };
        // All cells of a grid are in one table.
        let (table, _) = row(&first.at);
        let ranges = occupied.0.get(&table);
        for (_, cell) in &grid.cells {
            match ranges.and_then(|ranges| occupied.report_in(table, ranges, row(&cell.at).1)) {
                Some(report) => self.table(report),
                None if is_running(&cell.text) => self.open.push(cell),
                None => {}
            }
        }
        if own.is_some() {
            self.last = self.last.or(own);
            self.close();
            self.last = None;
        }
    }

    /// Enters a table of a report.
    fn table(&mut self, report: usize) {
        if !self.open.is_empty() {
            // Headers above the first row with values.
            let mut open = std::mem::take(&mut self.open);
            while open.last().is_some_and(|cell| is_short(cell) && self.is_of_table(&cell.text, report)) {
                open.pop();
            }
            let title = match self.last {
                Some(last) if last != report => {
                    open.iter().position(|cell| self.is_title(&cell.text, report)).unwrap_or(open.len())
                }
                _ => 0,
            };
            let (before, behind) = open.split_at(title);
            self.give(before, self.last.unwrap_or(report));
            self.give(behind, report);
        }
        self.last = Some(report);
    }

    /// Gives the text behind the last table to its report.
    fn close(&mut self) {
        let open = std::mem::take(&mut self.open);
        self.give(&open, self.last.unwrap_or(0));
    }

    fn finish(mut self) -> Vec<Vec<Paragraph>> {
        self.close();
        self.texts
    }

    fn give(&mut self, cells: &[&Cell], report: usize) {
        let template = (self.template)(&self.reports[report]);
        let title = self.reports[report].title.as_deref().map(compact);
        let is_known = |text: &str| is_in_title(text, title.as_deref()) || is_filing(text, template);
        let own = cells.iter().filter(|cell| !is_short(cell) || !is_known(&cell.text));
        self.texts[report].extend(own.map(|cell| Paragraph { text: cell.text.clone(), at: cell.at.clone() }));
    }

    /// Whether a text begins another report: its title, or any title of a report.
    fn is_title(&self, text: &str, report: usize) -> bool {
        let title = self.reports[report].title.as_deref().map(compact);
        if is_in_title(text, title.as_deref()) {
            return true;
        }
        if text.chars().count() > MAX_TITLE || text.contains(['。', '：', ':', '；']) {
            return false;
        }
        let (words, simple) = (words(), simplify(text));
        let mut endings = words.title_endings.iter().chain(&words.narrative_endings);
        words.title_subjects.iter().any(|subject| simple.contains(subject.as_str()))
            && endings.any(|ending| simple.trim_end().ends_with(ending.as_str()))
    }

    /// Whether a line has only headers, labels and units of a report's table.
    fn is_of_table(&mut self, text: &str, report: usize) -> bool {
        if text.chars().count() > MAX_TITLE || text.contains('。') {
            return false;
        }
        let (own, template) = (&self.reports[report], self.template);
        let known = self.table_words[report].get_or_insert_with(|| TableWords::new(own, template(own)));
        // A header may be broken over two lines.
        let is_known = |part: &str| {
            let part = fold(label::without_ordinal(part));
            known.whole.contains(&part) || (part.chars().count() > 1 && known.joined.contains(&part))
        };
        let mut parts = text.split(['|', '\t', ' ', '\u{3000}']).map(str::trim).filter(|part| !part.is_empty());
        is_known(text) || parts.all(is_known)
    }
}

/// The labels, headers and units of a table, folded.
struct TableWords {
    whole: HashSet<String>,
    /// The same in one text.
    joined: String,
}

impl TableWords {
    fn new(report: &Report, template: Option<&Template>) -> Self {
        let words = words();
        let lists = [&words.label_headers, &words.unit_headers, &words.value_headers, &words.serial_headers];
        let mut whole: HashSet<String> = lists.into_iter().flatten().cloned().collect();
        whole.extend(words.units.iter().chain(&words.column_marks).chain(&words.remark_headers).cloned());
        let mut add = |text: &str| {
            whole.insert(fold(label::without_ordinal(text)));
        };
        for value in report.values.iter().chain(&report.extra) {
            value.path.iter().for_each(|label| add(label));
            value.column.iter().chain(&value.unit).for_each(|text| add(text));
        }
        let tables = || template.iter().flat_map(|template| template.tables());
        for table in tables() {
            table.band.iter().for_each(|band| add(band));
            for column in table.label.iter().chain(&table.unit).chain(&table.columns) {
                std::iter::once(&column.header).chain(&column.groups).for_each(|header| add(header));
            }
        }
        // A section of the text has the heading of the table in it.
        for heading in tables().filter_map(|table| table.heading.as_deref()) {
            whole.remove(&fold(label::without_ordinal(heading)));
        }
        let joined = whole.iter().map(String::as_str).collect::<Vec<_>>().join("\n");
        Self { whole, joined }
    }
}

/// Whether a cell of a grid is text and no part of a table.
fn is_running(text: &str) -> bool {
    text.len() >= MIN_RUNNING_BYTES && is_sentence(text)
}

/// Shorter texts are values and units.
const MIN_RUNNING_BYTES: usize = 9;

fn is_sentence(text: &str) -> bool {
    let words = words();
    let is_note = |note: &String| text.trim_start().starts_with(note.as_str()) && text.contains(['：', ':']);
    text.contains(words.sentence_ends.as_slice()) || words.note_starts.iter().any(is_note)
}

fn is_short(cell: &Cell) -> bool {
    // A character of Chinese has three bytes.
    cell.text.len() <= MAX_TITLE * 6
}

fn compact(text: &str) -> String {
    text.split_whitespace().collect()
}

/// Whether a line is the title of the table, or a part of it.
fn is_in_title(text: &str, title: Option<&str>) -> bool {
    let Some(title) = title else { return false };
    let text = compact(text);
    !text.is_empty() && (title.contains(&text) || (text.ends_with(title) && text.len() <= title.len() + 30))
}

/// Whether a line has only fields that a report keeps: 填报单位 and the signatures of its form.
fn is_filing(text: &str, template: Option<&Template>) -> bool {
    if text.contains('。') || !text.contains(['：', ':']) {
        return false;
    }
    let fields = template.iter().flat_map(|template| template.filing());
    let labels = fields.flat_map(|field| std::iter::once(&field.label).chain(&field.aliases));
    let labels: Vec<&String> = labels.chain(&words().organization_labels).collect();
    let mut heads = text.match_indices(['：', ':']).map(|(at, _)| text[..at].trim_end()).peekable();
    let is_known = |head: &str| {
        let head =
            head.strip_suffix(['）', ')']).and_then(|rest| Some(rest.rsplit_once(['（', '('])?.0)).unwrap_or(head);
        labels.iter().any(|label| head.trim_end().ends_with(label.as_str()))
    };
    heads.peek().is_some() && heads.all(is_known)
}
