//! Reads a file of corrections.
//!
//! In: bytes of a CSV file with a header row, in UTF-8, GB 18030 or another encoding of Chinese. Out: [`Corrections`]. The
//! headers are those of `correction.head` in any language of the catalogue.

use std::collections::HashMap;

use csv::{ReaderBuilder, StringRecord};

use super::corrections::{Corrections, Entry, error, last_part};
use crate::error::{Error, ErrorKind, Result};
use crate::escape_formula::unescape_formula;
use crate::message::{self, Lang};
use crate::read;
use crate::recognize::value::parse;
use crate::report::{CellValue, Correction};
use crate::template::ValueKind;
use crate::text::fold::fold;

/// The columns that a file must have, by their keys in the catalogue.
const COLUMNS: [&str; 8] = ["source", "report", "id", "column", "text", "value", "by", "reason"];

/// What separates the fields, in a file of Excel in any country.
const DELIMITERS: [u8; 3] = [b',', b'\t', b';'];

/// The text that sets a value to "not applicable", folded.
const NOT_APPLICABLE: &str = "/";

/// The columns that were found, by their places.
type Columns = [usize; COLUMNS.len()];

impl Corrections {
    /// Reads a file of corrections. `file` is its name in messages.
    ///
    /// A row without a value, a person and a reason is one that nobody has filled in yet, and is left out.
    ///
    /// # Errors
    /// [`ErrorKind::Correction`], with the line: a column is missing, a value is no number, blank or `/`, a correction does not
    /// say who made it and why, or a value is set twice. Those of reading text.
    pub fn read(bytes: &[u8], file: &str) -> Result<Self> {
        let text = read::text(bytes)?;
        let (delimiter, columns) = header(&text, file)?;
        let mut entries: Vec<Entry> = Vec::new();
        let mut lines: HashMap<(String, usize, String, Option<String>), u32> = HashMap::new();
        for record in records(&text, delimiter).skip(1) {
            let record = record.map_err(|problem| invalid(file, &problem))?;
            let Some(entry) = entry(&record, &columns, file)? else { continue };
            let key = (entry.source.clone(), entry.report, entry.id.clone(), entry.column.clone());
            if let Some(line) = lines.insert(key, entry.line) {
                return Err(entry.error(file, "@correction.twice", line));
            }
            entries.push(entry);
        }
        let mut by_name: HashMap<String, Vec<usize>> = HashMap::new();
        for (at, entry) in entries.iter().enumerate() {
            by_name.entry(last_part(&entry.source).to_owned()).or_default().push(at);
        }
        Ok(Self { file: file.to_owned(), entries, by_name })
    }
}

fn records(text: &str, delimiter: u8) -> impl Iterator<Item = csv::Result<StringRecord>> {
    ReaderBuilder::new()
        .delimiter(delimiter)
        .has_headers(false)
        .flexible(true)
        .from_reader(text.as_bytes())
        .into_records()
}

fn invalid(file: &str, problem: &csv::Error) -> Error {
    let line = problem.position().map_or(1, csv::Position::line);
    error(file, u32::try_from(line).unwrap_or(u32::MAX), "", "@correction.csv", problem)
}

/// The delimiter and the places of the columns, from the header row.
fn header(text: &str, file: &str) -> Result<(u8, Columns)> {
    let mut best: Option<(usize, &str, String)> = None;
    for delimiter in DELIMITERS {
        let Some(record) = records(text, delimiter).next() else {
            return Err(Error::new(ErrorKind::Empty));
        };
        let record = record.map_err(|problem| invalid(file, &problem))?;
        let found: Vec<String> = record.iter().map(|header| fold(header).replace('_', "")).collect();
        let place = |key: &&str| {
            let names = Lang::ALL.iter().map(|lang| fold(message::pattern(&format!("correction.head.{key}"), *lang)));
            names.into_iter().find_map(|name| found.iter().position(|header| *header == name || header == key))
        };
        let places: Vec<Option<usize>> = COLUMNS.iter().map(place).collect();
        let known: Vec<usize> = places.iter().flatten().copied().collect();
        if let Ok(columns) = Columns::try_from(known.clone()) {
            return Ok((delimiter, columns));
        }
        let lacking = COLUMNS.iter().zip(&places).find(|(_, place)| place.is_none()).map_or("", |(key, _)| key);
        if best.as_ref().is_none_or(|(count, ..)| known.len() > *count) {
            best = Some((known.len(), lacking, record.iter().collect::<Vec<_>>().join(" | ")));
        }
    }
    let (_, lacking, found) = best.unwrap_or_default();
    Err(error(
        file,
        1,
        message::pattern(&format!("correction.head.{lacking}"), Lang::EN),
        "@correction.no_header",
        found,
    ))
}

/// The correction of a row; none where nobody has filled it in.
fn entry(record: &StringRecord, columns: &Columns, file: &str) -> Result<Option<Entry>> {
    let field = |at: usize| unescape_formula(record.get(columns[at]).unwrap_or_default());
    let [source, report, id, column, text, value, by, reason] = std::array::from_fn(field);
    let line = record.position().map_or(1, csv::Position::line);
    let line = u32::try_from(line).unwrap_or(u32::MAX);
    let [source, report, id, column, value, by, reason] =
        [source, report, id, column, value, by, reason].map(str::trim);
    if [value, by, reason].iter().all(|field| field.is_empty()) {
        return Ok(None);
    }
    let wrong = |key: &str, found: &str| Err(error(file, line, id, key, found));
    if source.is_empty() {
        return wrong("@correction.no_source", source);
    }
    if id.is_empty() {
        return wrong("@correction.no_id", id);
    }
    let Some(report) = report.parse::<usize>().ok().filter(|number| *number > 0) else {
        return wrong("@correction.report_number", report);
    };
    let Some(cell) = cell(value) else { return wrong("@correction.value", value) };
    if by.is_empty() || reason.is_empty() {
        return wrong("@correction.no_reason", if by.is_empty() { reason } else { by });
    }
    Ok(Some(Entry {
        line,
        source: source.to_owned(),
        report,
        id: id.to_owned(),
        column: (!column.is_empty()).then(|| column.to_owned()),
        text: text.to_owned(),
        cell,
        correction: Correction { by: by.to_owned(), reason: reason.to_owned() },
    }))
}

/// A number and nothing beside it, blank, or `/`.
fn cell(value: &str) -> Option<CellValue<()>> {
    if value.is_empty() {
        return Some(CellValue::Blank);
    }
    if fold(value) == NOT_APPLICABLE {
        return Some(CellValue::NotApplicable);
    }
    let parsed = parse(value, ValueKind::Decimal);
    let is_plain = parsed.cell.is_number() && parsed.unit.is_none() && parsed.remark.is_none() && !parsed.in_words;
    is_plain.then_some(parsed.cell)
}
