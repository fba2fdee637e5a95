//! A table of the form that is in a document more than once, as last year's beside this year's.
//!
//! In: the report of a chain and the stream. Out: the report with the rows of such a table from one copy, never from several:
//! from the only one that is filled in; where several are, values that differ are left out. Called by [`super::Recognizer`].

use std::collections::BTreeSet;
use std::ops::Range;
use std::sync::Arc;

use super::align::{self, Chain};
use super::assemble;
use super::dictionary::{Dictionary, WordMatch};
use super::reading::Reading;
use super::stream::Stream;
use super::unlabeled;
use crate::finding::Finding;
use crate::report::{CellValue, Report, Value};
use crate::template::Template;

/// A single row with a label may be in another table too.
const MIN_ROWS: usize = 2;

/// Labels of fewer bytes occur in headers too, as 总计 does.
const MIN_LABEL_BYTES: usize = 12;

/// A grid with rows of the form.
struct Copy {
    /// The rows with values.
    rows: BTreeSet<(usize, usize)>,
    /// Those with a label that is not short.
    telling: BTreeSet<(usize, usize)>,
    chain: Chain,
    range: Range<usize>,
}

impl Copy {
    /// The rows that another grid has as well, if they are so many that it is the same table.
    fn shared(&self, other: &Self, template: &Template) -> BTreeSet<(usize, usize)> {
        let shared: BTreeSet<(usize, usize)> = self.rows.intersection(&other.rows).copied().collect();
        let is_unlabeled = shared.iter().any(|place| template.tables()[place.0].label.is_none());
        let telling = self.telling.intersection(&other.telling).count();
        let is_table = telling >= MIN_ROWS && telling * 2 >= self.rows.len().min(other.rows.len());
        if is_table || is_unlabeled { shared } else { BTreeSet::new() }
    }
}

/// Settles the values of tables that several grids within a range hold. `read` reads the rows of a chain.
pub(super) fn settle(
    report: &mut Report,
    (dictionary, number): (&Dictionary, usize),
    (stream, words): (&Stream<'_>, &[WordMatch]),
    within: &Range<usize>,
    read: impl Fn(&Chain, Range<usize>) -> Reading,
) {
    let template = dictionary.template(number);
    let copies = copies(dictionary, number, stream, words, within);
    let mut of_copy: Vec<BTreeSet<(usize, usize)>> = vec![BTreeSet::new(); copies.len()];
    for one in 0..copies.len() {
        for other in one + 1..copies.len() {
            let shared = copies[one].shared(&copies[other], template);
            of_copy[one].extend(&shared);
            of_copy[other].extend(&shared);
        }
    }
    let repeated: Vec<(&Copy, BTreeSet<(usize, usize)>)> =
        copies.iter().zip(of_copy).filter(|(_, rows)| !rows.is_empty()).collect();
    if repeated.is_empty() {
        return;
    }
    let mut filled: Vec<Report> = Vec::new();
    let mut ids: BTreeSet<Arc<str>> = BTreeSet::new();
    for (copy, rows) in &repeated {
        let mut own = assemble::assemble(&copy.chain, read(&copy.chain, copy.range.clone()), dictionary);
        let of_rows: BTreeSet<Arc<str>> = rows.iter().flat_map(|place| ids_of(template, *place)).collect();
        let is_own = |value: &Value| value.id.as_deref().is_some_and(|id| of_rows.contains(id));
        own.values.retain(is_own);
        own.findings.retain(|finding| finding.code != "XG304" && finding.ids.iter().any(|id| of_rows.contains(id)));
        let is_filled = |value: &Value| !matches!(value.cell, CellValue::Blank | CellValue::Missing);
        if own.values.iter().any(is_filled) {
            filled.push(own);
        }
        ids.extend(of_rows);
    }
    take_one(report, &filled, &ids, repeated.len());
}

/// Gives a report the values of the copies that are filled in, and says what was done.
fn take_one(report: &mut Report, filled: &[Report], ids: &BTreeSet<Arc<str>>, count: usize) {
    let mut differing: Vec<Arc<str>> = Vec::new();
    let mut examples = String::new();
    for value in report.values.iter_mut().filter(|value| value.id.as_deref().is_some_and(|id| ids.contains(id))) {
        let same = |own: &&Value| own.id == value.id && own.column == value.column;
        let read: Vec<&Value> = filled.iter().filter_map(|copy| copy.values.iter().find(same)).collect();
        let Some(first) = read.first() else { continue };
        if read.iter().all(|own| own.cell == first.cell) {
            *value = (*first).clone();
            continue;
        }
        let texts: Vec<String> = read.iter().map(|own| own.text().to_owned()).collect();
        let text = texts.join("、");
        if differing.is_empty() {
            examples.clone_from(&text);
        }
        value.at.clone_from(&first.at);
        value.cell = CellValue::Unreadable(text);
        differing.extend(value.id.as_deref().map(Arc::from));
    }
    for finding in filled.iter().flat_map(|copy| &copy.findings) {
        if !report.findings.contains(finding) {
            report.findings.push(finding.clone());
        }
    }
    let at = filled.iter().find_map(|copy| copy.values.iter().find_map(|value| value.at.clone()));
    if !differing.is_empty() {
        let finding = Finding::new("XG354").with("count", count).with("figures", examples);
        report.findings.push(Finding { ids: differing, ..finding.at(at) });
    } else if filled.len() < count {
        report.findings.push(Finding::new("XG355").with("count", count).at(at));
    }
}

/// The grids within a range that have rows of a form.
fn copies(
    dictionary: &Dictionary,
    number: usize,
    stream: &Stream<'_>,
    words: &[WordMatch],
    within: &Range<usize>,
) -> Vec<Copy> {
    let mut grids = Vec::new();
    let mut first = 0;
    for cells in stream.cells.chunk_by(|one, other| one.part == other.part) {
        let range = stream.bytes(first).start..stream.bytes(first + cells.len() - 1).end;
        first += cells.len();
        let is_grid = cells.iter().any(|cell| cell.position.is_some());
        if !is_grid || range.is_empty() || range.start < within.start || range.end > within.end {
            continue;
        }
        grids.push(range);
    }
    // Most often there is one, which is none of several.
    if grids.len() < 2 {
        return Vec::new();
    }
    let copy = |range: Range<usize>| {
        let found = align::chain_of(dictionary, number, stream, words, range.clone());
        let chain = unlabeled::complete(stream, &found, dictionary.template(number), range.clone());
        let of_rows = || chain.matches.iter().filter(|found| !found.is_text);
        let rows: BTreeSet<_> = of_rows().map(|found| found.row).collect();
        let telling = of_rows().filter(|found| found.label.len() >= MIN_LABEL_BYTES).map(|found| found.row).collect();
        (!rows.is_empty()).then_some(Copy { rows, telling, chain, range })
    };
    grids.into_iter().filter_map(copy).collect()
}

fn ids_of(template: &Template, (table, row): (usize, usize)) -> impl Iterator<Item = Arc<str>> {
    let table = &template.tables()[table];
    table.own_columns().iter().map(move |column| table.indicator_id(&table.rows[row], column).into())
}
