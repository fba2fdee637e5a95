//! Makes a report of what was read: a value for each indicator of the template, the rows beyond it, and a finding for each
//! doubt.
//!
//! In: a [`Chain`] and its [`Reading`]. Out: a [`Report`] without title, organization and year, which
//! [`super::heading`] adds. Called by [`super::Recognizer`].

mod adopt;
mod extra;
mod findings;
mod left_out;
mod rows;
pub(super) mod stored;
mod unclear;

use std::sync::Arc;

use super::align::Chain;
use super::dictionary::Dictionary;
use super::expected::{ExpectedRow, ExpectedValue};
use super::reading::{Reading, RowReading};
use crate::finding::Finding;
use crate::report::{CellValue, Report, Value};
use crate::template::ValueKind;
use crate::text::label::Closeness;
use crate::text::words::words;
use adopt::{Adopted, adopt};
use extra::{beside_values, extra_values};
use findings::{label_findings, missing_rows, opposite, row_findings, value_findings};
pub use left_out::with_ids;
use rows::{Filled, Rows};
use unclear::unclear_rows;

/// Makes the values, extra rows and findings of a report.
pub fn assemble(chain: &Chain, reading: Reading, dictionary: &Dictionary) -> Report {
    let template = dictionary.template(chain.template);
    let mut report = Report { template: Some(template.id().to_owned()), ..Report::default() };
    let Reading { columns, rows, extras, texts, run_together, findings, repeats_dropped } = reading;
    report.findings = findings;

    let mut filled = Rows::new(template);
    for (found, row) in chain.matches.iter().zip(rows).filter(|(found, _)| !found.is_text) {
        // A merged label in place of a row has no values.
        if template.tables()[found.row.0].is_matrix() && row.values.is_empty() {
            continue;
        }
        filled.insert(found.row, Filled { reading: row, closeness: found.closeness });
    }
    let Adopted { extras, misplaced } = adopt(chain, extras, dictionary, template, &mut filled, &mut report.findings);
    let unclear = unclear_rows(chain, &misplaced, dictionary, &mut report.findings, template);

    let expected_rows = dictionary.expected(chain.template);
    let count: usize = expected_rows.iter().map(|expected| expected.values.len()).sum();
    report.values.reserve_exact(count * columns.len());
    for (number, expected_row) in expected_rows.iter().enumerate() {
        let is_unclear = unclear.contains(&expected_row.place);
        add_row(number, is_unclear, chain, dictionary, &columns, &mut filled, &mut report);
    }
    missing_rows(template, &filled, &mut report.findings);
    beside_values(chain, template, &mut filled, &mut report);
    for (found, own) in chain.matches.iter().filter_map(|found| Some((found, filled.get(found.row)?))) {
        let row = &template.tables()[found.row.0].rows[found.row.1];
        if row.kind == ValueKind::Heading && own.closeness > Closeness::Alias {
            label_findings(own, row, || dictionary.row(chain.template, found.row), &mut report.findings);
        }
    }
    for (extra, missing) in extras {
        extra_values(&extra, missing, chain, template, &columns, &mut report);
    }
    for (text, at) in texts {
        report.findings.push(Finding::new("XG309").with("text", text).at(at));
    }
    let first = || chain.matches.first().and_then(|found| filled.get(found.row)).and_then(|own| own.reading.at.clone());
    if columns.len() > 1 {
        let names: Vec<_> = columns.iter().flatten().map(String::as_str).collect();
        report.findings.push(Finding::new("XG313").with("columns", names.join("、")).at(first()));
    }
    if repeats_dropped {
        report.findings.push(Finding::new("XG343"));
    }
    if run_together {
        report.findings.push(Finding::new("XG315").at(first()));
    }
    report
}

/// Adds the values and findings of the expected row with a number. Where its section is unclear, its values are
/// unreadable.
fn add_row(
    number: usize,
    is_unclear: bool,
    chain: &Chain,
    dictionary: &Dictionary,
    columns: &[Option<String>],
    filled: &mut Rows,
    report: &mut Report,
) {
    let template = dictionary.template(chain.template);
    let expected_rows = dictionary.expected(chain.template);
    let expected_row = &expected_rows[number];
    let place = expected_row.place;
    // A value far from its label may belong to a row behind, whose label is missing.
    let behind = filled.get(place).filter(|own| own.reading.is_detached).map(|_| {
        let open = expected_rows[number + 1..].iter().take_while(|behind| !filled.has(behind.place));
        open.flat_map(ExpectedRow::ids).collect::<Vec<Arc<str>>>()
    });
    let (table, mut own) = (&template.tables()[place.0], filled.get_mut(place));
    let row = &table.rows[place.1];
    if own.is_none() && row.optional {
        return;
    }
    let mut of_row = Vec::new();
    let opposite = own.as_deref().and_then(|own| opposite(own, expected_row, row));
    let is_opposite = opposite.is_some();
    let is_unclear = is_unclear || is_opposite;
    report.findings.extend(opposite);
    if let Some(own) = &own {
        if !is_opposite {
            label_findings(own, row, || dictionary.row(chain.template, place), &mut report.findings);
        }
        let label = if row.label.is_empty() { table.heading.as_deref().unwrap_or("") } else { &row.label };
        row_findings(expected_row, label, &own.reading, behind.unwrap_or_default(), &mut of_row);
    }
    let mut unit = own.as_mut().and_then(|own| own.reading.unit.take());
    let last = (columns.len() * expected_row.values.len()).saturating_sub(1);
    for (column, header) in columns.iter().enumerate() {
        for (index, expected) in expected_row.values.iter().enumerate() {
            let index = column * expected_row.values.len() + index;
            if let Some(own) = &own
                && let Some(value) = own.reading.values.get(index)
                && (!is_unclear || value.parsed.cell.is_blank())
            {
                value_findings(expected, &own.reading, value, &mut report.findings);
            }
            let reading = own.as_deref_mut().map(|own| &mut own.reading);
            let unit = if index == last { unit.take() } else { unit.clone() };
            let mut value = make_value(expected, header.as_deref(), reading, unit, index);
            if is_unclear && !matches!(value.cell, CellValue::Blank | CellValue::Missing) {
                value.make_unreadable();
            }
            report.values.push(value);
        }
    }
    report.findings.append(&mut of_row);
}

/// Makes the value of a row with a number; takes its text out of the row. `of_row` is the unit of the row.
fn make_value(
    expected: &ExpectedValue,
    column: Option<&str>,
    reading: Option<&mut RowReading>,
    of_row: Option<String>,
    index: usize,
) -> Value {
    // No row, no cell.
    let nothing = if reading.is_none() { CellValue::Missing } else { CellValue::Blank };
    let (at_row, value) = match reading {
        Some(reading) => (reading.at.as_ref(), reading.values.get_mut(index)),
        None => (None, None),
    };
    let of_value = value.as_ref().and_then(|value| value.parsed.unit.as_ref()).filter(|unit| {
        // 0条 in a row of 件 says nothing about the unit; an amount in 元 in a row of 万元 does.
        expected.kind == ValueKind::Decimal && expected.unit.as_deref() != Some(unit.as_str())
    });
    let unit = of_value.cloned().or(of_row).or_else(|| expected.unit.as_deref().map(str::to_owned));
    let value = value.map(|value| (std::mem::take(&mut value.text), &value.parsed, value.at.as_ref()));
    let (mut text, read, at) = match value {
        Some((text, read, at)) => (text, Some(read), at),
        None => (String::new(), None, None),
    };
    let cell = read.map_or(nothing, |read| read.cell.with_text(|| without_mark(std::mem::take(&mut text))));
    Value {
        id: Some(expected.id.clone()),
        path: expected.path.clone(),
        column: column.map(str::to_owned),
        unit,
        cell,
        source_text: text,
        at: at.or(at_row).cloned(),
        after: None,
        label: None,
        correction: None,
    }
}

/// The text of an unreadable cell, without the mark of one that this program wrote.
fn without_mark(text: String) -> String {
    words().without_mark(&text).map(str::to_owned).unwrap_or(text)
}
