//! Reads separated values.
//!
//! In: decoded text. Out: one [`Grid`] with a row for each record. Called by [`crate::read`]; [`mod@super::sniff`] uses
//! [`delimiter`] to detect the format.

use csv::{ReaderBuilder, StringRecord};

use crate::document::{CellRef, Grid, Location, Part};
use crate::error::{Error, Result};
use crate::escape_formula;
use crate::finding::Finding;

use super::{limit, text};
use crate::read::format::{FormatInfo, FormatReader, parts_read};

pub(super) const FORMAT: FormatInfo = FormatInfo {
    name: "csv",
    extensions: &["csv", "tsv"],
    any_text: true,
    parts: &parts_read::CSV,
    reader: FormatReader::Text(|text, _| read(text)),
};

/// The possible delimiters. On a tie, the first wins.
const DELIMITERS: [char; 4] = ['\t', ',', ';', '，'];

/// How many records [`delimiter`] examines.
const SAMPLE: usize = 2000;

/// Replaces a delimiter of several bytes for the `csv` crate. A control character that no cell contains.
const STAND_IN: char = '\u{1f}';

/// Detects the delimiter of separated values. `None` if the text is something else.
///
/// Of the records that are not blank, three in five must have the same number of delimiters outside quotes; half of
/// those must have two fields that are not blank; and at most one in five may contain a full stop, as prose does.
/// Records of different lengths, as without delimiters behind the last field, are values as well if three in five have
/// delimiters and half of these have a number between them.
/// Excel's first line `sep=;` decides alone. Texts with vertical bars are left to [`text`], unless fields are quoted
/// between bars.
pub(super) fn delimiter(text: &str) -> Option<char> {
    if let Some(named) = named_delimiter(text) {
        return Some(named);
    }
    let mut found: Option<(usize, char)> = None;
    let quoted_bars = text.contains("\"|\"");
    for candidate in DELIMITERS.into_iter().chain(quoted_bars.then_some('|')) {
        if !text.contains(candidate) {
            continue;
        }
        if let Some(share) = fitness(text, candidate)
            && found.is_none_or(|(best, _)| share > best)
        {
            found = Some((share, candidate));
        }
    }
    found.map(|(_, delimiter)| delimiter)
}

/// The delimiter that the first line names, as Excel writes and reads it.
fn named_delimiter(text: &str) -> Option<char> {
    let line = text.lines().next()?.trim_end();
    let mut rest = line.strip_prefix("sep=").or_else(|| line.strip_prefix("SEP="))?.chars();
    let delimiter = rest.next().or_else(|| text.starts_with("sep=\t").then_some('\t'))?;
    rest.next().is_none().then_some(delimiter)
}

/// How many records in a thousand have the most common number of delimiters. `None` if that is not a table.
fn fitness(text: &str, delimiter: char) -> Option<usize> {
    let mut records = Vec::new();
    let mut prose = 0;
    let mut bars = 0;
    let mut with_numbers = 0;
    let mut scanner = Scanner::new(text, delimiter);
    while let Some(fields) = scanner.record().filter(|_| records.len() < SAMPLE) {
        let raw: Vec<&str> = fields.iter().map(|field| &text[field.start..field.end]).collect();
        let filled = raw.iter().filter(|field| !field.trim().is_empty()).count();
        if filled > 0 {
            records.push((raw.len() - 1, filled));
            with_numbers += usize::from(raw.len() > 1 && holds_number(&raw));
            prose += usize::from(raw.iter().any(|field| field.contains('。')));
            bars += usize::from(raw.iter().any(|field| field.contains('|')));
        }
    }
    if records.len() < 2 || prose * 5 > records.len() || (delimiter != '|' && bars * 2 > records.len()) {
        return None;
    }
    let mut counts: Vec<usize> = records.iter().map(|(count, _)| *count).filter(|count| *count > 0).collect();
    counts.sort_unstable();
    let (usual, times) = counts.chunk_by(|a, b| a == b).map(|same| (same[0], same.len())).max_by_key(|same| same.1)?;
    let delimited = counts.len();
    let is_ragged = delimited * 5 >= records.len() * 3 && with_numbers * 2 >= delimited && with_numbers > 2;
    let several = records.iter().filter(|(count, filled)| *count == usual && *filled > 1).count();
    let is_regular = times * 5 >= records.len() * 3 && several * 2 >= times;
    (is_regular || is_ragged).then(|| times * 1000 / records.len())
}

/// Whether one of the fields of a record is a number, and no group of digits of the number before it.
fn holds_number(fields: &[&str]) -> bool {
    let is_number = |text: &str| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit() || byte == b'.');
    let is_group = |at: usize| {
        let before = at.checked_sub(1).and_then(|before| fields[before].trim_end().bytes().next_back());
        fields[at].trim().len() == 3 && before.is_some_and(|byte| byte.is_ascii_digit())
    };
    (0..fields.len()).any(|at| is_number(fields[at].trim()) && !is_group(at))
}

/// Reads separated values with the detected delimiter, or else the comma.
///
/// Shape: one [`Grid`]. Row 0 is the first record; a `sep=` line and blank lines do not count. All fields are kept,
/// also blank ones, except in records without any text. The apostrophe that escapes a formula is removed. Locations are
/// lines and characters of the text.
///
/// # Errors
/// [`TooLarge`](crate::ErrorKind::TooLarge) with more cells than [`limit::CELLS`] or more records than
/// [`limit::LINES`].
pub(super) fn read(text: &str) -> Result<(Vec<Part>, Vec<Finding>)> {
    let delimiter = delimiter(text).unwrap_or(if text.contains('\t') && !text.contains(',') { '\t' } else { ',' });
    let skipped = if named_delimiter(text).is_some() { text.find('\n').map_or(text.len(), |at| at + 1) } else { 0 };
    let mut findings: Vec<Finding> = text::control_characters(text).into_iter().collect();
    let open = Scanner::starting(text, skipped, delimiter).survey()?;
    if let Some(line) = open {
        findings.push(Finding::new("XG323").with("line", line).at(Location::Text { line, column: 1 }));
    }
    if open.is_some() {
        Scanner { quoting: false, ..Scanner::starting(text, skipped, delimiter) }.survey()?;
    }
    let grid = read_grid(text, skipped, delimiter, open.is_none())?;
    Ok((vec![Part::Table(grid)], findings))
}

fn read_grid(text: &str, skipped: usize, delimiter: char, quoting: bool) -> Result<Grid> {
    let (byte, body) = match u8::try_from(delimiter) {
        Ok(byte) if byte.is_ascii() => (byte, std::borrow::Cow::Borrowed(&text[skipped..])),
        _ => (STAND_IN as u8, text[skipped..].replace(delimiter, &STAND_IN.to_string()).into()),
    };
    let mut reader = ReaderBuilder::new()
        .has_headers(false)
        .flexible(true)
        .quoting(quoting)
        .delimiter(byte)
        .from_reader(body.as_bytes());
    let mut places = Scanner { quoting, ..Scanner::starting(text, skipped, delimiter) };
    let mut grid = Grid::default();
    let mut budget = limit::CellBudget::default();
    let mut record = StringRecord::new();
    let mut row = 0;
    let damaged = |error: csv::Error| Error::corrupt("@format.csv", "@detail.structure").caused_by(error);
    while reader.read_record(&mut record).map_err(damaged)? {
        let places = places.record().unwrap_or_default();
        if !record.iter().all(|field| field.trim().is_empty()) {
            for (column, field) in (0u32..).zip(&record) {
                budget.take_text(field.len())?;
                let field = field.replace(STAND_IN, &delimiter.to_string());
                let at = places.get(column as usize).or(places.last()).copied().unwrap_or_default();
                let text = escape_formula::unescape_formula(&field);
                let start = at.column.saturating_add(u32::from(text.len() < field.len()));
                grid.cells.push((CellRef::new(row, column), text::cell(text, at.line, start)));
            }
        }
        row += 1;
        if record.len() > 1 {
            grid.rows = row;
        }
    }
    Ok(grid)
}

/// The location of a field: its bytes, and the line and character of its start, counted from 1.
#[derive(Clone, Copy, Debug, Default)]
struct FieldPlace {
    start: usize,
    end: usize,
    line: u32,
    column: u32,
}

/// Finds the location of each field, parsing as the `csv` crate does, which only reports the location of records.
struct Scanner<'a> {
    text: &'a str,
    delimiter: char,
    quoting: bool,
    at: usize,
    line: u32,
    column: u32,
    /// The line of a quote that is never closed.
    open: Option<u32>,
}

impl<'a> Scanner<'a> {
    fn new(text: &'a str, delimiter: char) -> Self {
        let skipped = if named_delimiter(text).is_some() { text.find('\n').map_or(text.len(), |at| at + 1) } else { 0 };
        Self::starting(text, skipped, delimiter)
    }

    fn starting(text: &'a str, at: usize, delimiter: char) -> Self {
        let line = text::next_line(&text[..at]);
        Self { text, delimiter, quoting: true, at, line, column: 1, open: None }
    }

    /// Scans the whole text. Returns the line of a quote that is never closed.
    ///
    /// # Errors
    /// [`TooLarge`](crate::ErrorKind::TooLarge) with too many records, or too many fields in one, before anything is
    /// allocated for them.
    fn survey(mut self) -> Result<Option<u32>> {
        for _ in 0..=limit::LINES {
            let mut fields = 0usize;
            if !self.each_field(|_| fields += 1) {
                return Ok(self.open);
            }
            if fields > limit::CELLS {
                return Err(limit::too_large("@format.many_cells", limit::CELLS));
            }
        }
        Err(limit::too_large("@format.many_lines", limit::LINES))
    }

    fn next(&mut self) -> Option<char> {
        let c = self.text[self.at..].chars().next()?;
        self.at += c.len_utf8();
        let crlf = c == '\r' && self.text[self.at..].starts_with('\n');
        if matches!(c, '\n' | '\r') && !crlf {
            self.line = self.line.saturating_add(1);
            self.column = 1;
        } else if !crlf {
            self.column = self.column.saturating_add(1);
        }
        Some(c)
    }

    fn peek(&self) -> Option<char> {
        self.text[self.at..].chars().next()
    }

    /// The fields of the next record, at most as many as a table may have.
    fn record(&mut self) -> Option<Vec<FieldPlace>> {
        let mut fields = Vec::new();
        let found = self.each_field(|place| {
            if fields.len() < limit::CELLS {
                fields.push(place);
            }
        });
        found.then_some(fields)
    }

    /// Calls `take` for each field of the next record. Returns false at the end. Skips blank lines before the record.
    fn each_field(&mut self, mut take: impl FnMut(FieldPlace)) -> bool {
        while matches!(self.peek(), Some('\n' | '\r')) {
            self.next();
        }
        if self.peek().is_none() {
            return false;
        }
        loop {
            let (place, last) = self.field();
            take(place);
            if last {
                return true;
            }
        }
    }

    /// The next field, and whether it is the last of its record.
    fn field(&mut self) -> (FieldPlace, bool) {
        let mut place = FieldPlace { start: self.at, end: self.at, line: self.line, column: self.column };
        let mut quoted = self.quoting && self.peek() == Some('"');
        if quoted {
            self.next();
            place.column = place.column.saturating_add(1);
        }
        loop {
            place.end = self.at;
            match self.next() {
                None => {
                    if quoted {
                        self.open = Some(place.line);
                    }
                    return (place, true);
                }
                Some('"') if quoted => {
                    if self.peek() == Some('"') {
                        self.next();
                    } else {
                        quoted = false;
                    }
                }
                Some('\n' | '\r') if !quoted => return (place, true),
                Some(c) if c == self.delimiter && !quoted => return (place, false),
                Some(_) => {}
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn texts(text: &str) -> Vec<(String, String, u32, u32)> {
        let (parts, _) = read(text).unwrap();
        let [Part::Table(grid)] = parts.as_slice() else { panic!("one table") };
        let place = |at: &Location| match at {
            Location::Text { line, column } => (*line, *column),
            _ => panic!("a place in a text"),
        };
        let cells = grid.cells.iter();
        cells.map(|(at, cell)| (at.to_string(), cell.text.clone(), place(&cell.at).0, place(&cell.at).1)).collect()
    }

    #[test]
    fn the_delimiter_is_found_from_the_content() {
        let cases = [
            ("标题,,\n指标,单位,统计数\n收到申请数,件,110\n", Some(',')),
            ("标题\n指标;单位;统计数\n收到申请数;件;110\n办结数;件;\n", Some(';')),
            ("指标\t单位\t统计数\n收到申请数\t件\t1,025\n", Some('\t')),
            ("指标，单位，统计数\n收到申请数，件，110\n", Some('，')),
            ("sep=;\na;b,c\n", Some(';')),
            ("\"a\"|\"b\"\n\"c\"|\"d\"\n", Some('|')),
            ("| 指标 | 单位 |\n| 收到申请数 | 件 |\n", None),
            ("\t收到申请数\n\t件\n\t110\n\n\t办结数\n\t件\n\t110\n", None),
            ("2017年,我镇认真贯彻条例。\n一是加强领导,健全机构。\n二是加强建设,落实责任。\n", None),
            ("我镇认真贯彻，落实\n一是加强领导，健全机构，明确责任，狠抓落实\n成效明显\n", None),
            ("收到申请数\n件\n110\n", None),
            ("", None),
        ];
        for (text, expected) in cases {
            assert_eq!(delimiter(text), expected, "{text}");
        }
    }

    #[test]
    fn quoted_line_breaks_keep_the_true_lines_and_characters() {
        let text = "标题,,\r\n\"一、\r\n公开\",条,\"1,025\"\r\n\r\n\"说\"\"明\",,7\r\n";
        let cell = |at: &str, text: &str, line, column| (at.to_owned(), text.to_owned(), line, column);
        assert_eq!(
            texts(text),
            [
                cell("A1", "标题", 1, 1),
                cell("B1", "", 1, 4),
                cell("C1", "", 1, 5),
                cell("A2", "一、\r\n公开", 2, 2),
                cell("B2", "条", 3, 5),
                cell("C2", "1,025", 3, 8),
                cell("A3", "说\"明", 5, 2),
                cell("B3", "", 5, 8),
                cell("C3", "7", 5, 9),
            ]
        );
    }

    #[test]
    fn a_quote_that_is_never_closed_swallows_nothing() {
        let text = "指标,统计数\n\"收到申请数,110\n办结数,109\n";
        let (parts, findings) = read(text).unwrap();
        let [Part::Table(grid)] = parts.as_slice() else { panic!("one table") };
        assert_eq!(grid.size(), (3, 2));
        assert_eq!(findings[0].code, "XG323");
        assert_eq!(findings[0].at, Some(Location::Text { line: 2, column: 1 }));
    }

    #[test]
    fn full_width_commas_and_excels_first_line_are_understood() {
        assert_eq!(texts("指标，数\n收到，7\n")[3], ("B2".to_owned(), "7".to_owned(), 2, 4));
        assert_eq!(texts("sep=;\n指标;数\n收到;7\n")[3], ("B2".to_owned(), "7".to_owned(), 3, 4));
        assert_eq!(texts("a,b\n,\n1,2\n").len(), 4);
    }
}
