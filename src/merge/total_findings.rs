//! Findings about totals: blanks, `/`, values that cannot be added, and extra rows.
//!
//! In: the organizations that count, and the totals. Out: [`MergeFinding`]s. Called by [`super::merge`].

use std::sync::Arc;

use indexmap::IndexMap;

use super::list::list;
use super::merged::MergeFinding;
use super::organization::{Cell, Organization};
use super::total::{Added, ExtraRow, Total};
use crate::finding::{Finding, Severity, Wording};
use crate::report::CellValue;
use crate::template::Indicator;

/// The labels of totals, by index: all indicators of the first value column, then those of the next.
pub(super) struct Labels<'t> {
    pub(super) value_columns: &'t [Option<String>],
    pub(super) indicators: &'t [Indicator],
}

impl Labels<'_> {
    /// The label of a total, with the header of its value column if there are several.
    fn label(&self, total: usize) -> String {
        let label = &self.indicators[total % self.indicators.len()].label;
        match &self.value_columns[total / self.indicators.len()] {
            Some(header) => format!("{label}（{header}）"),
            None => label.to_string(),
        }
    }

    /// The id of a total's indicator.
    fn id(&self, total: usize) -> Arc<str> {
        Arc::clone(&self.indicators[total % self.indicators.len()].id)
    }
}

/// All findings about totals.
pub(super) fn findings(organizations: &[Organization], labels: &Labels<'_>, added: &Added) -> Vec<MergeFinding> {
    let mut findings = Vec::new();
    for (at, total) in added.totals.iter().enumerate() {
        not_addable(organizations, labels, added, (at, total), &mut findings);
    }
    let is_blank = |cell: &Cell| *cell == Cell::BLANK;
    let is_not_applicable = |cell: &Cell| *cell == Cell::NOT_APPLICABLE;
    blanks("XG621", is_blank, organizations, labels, added, &mut findings);
    blanks("XG622", is_not_applicable, organizations, labels, added, &mut findings);
    blanks("XG624", |cell| *cell == Cell::MISSING, organizations, labels, added, &mut findings);
    findings.extend(added.extra.iter().filter_map(|row| extra_row(organizations, row)));
    findings
}

/// One finding for each value that cannot be added, since each must be corrected.
fn not_addable(
    organizations: &[Organization],
    labels: &Labels<'_>,
    added: &Added,
    (at, total): (usize, &Total),
    findings: &mut Vec<MergeFinding>,
) {
    let location = || added.values[at].at.clone();
    for (organization, cell) in total.cells.iter().enumerate() {
        let finding = match cell {
            Cell::Value(CellValue::Unreadable(text)) => Finding::new("XG631").with("text", text),
            Cell::Foreign(number, unit) if total.cell.is_unreadable() => {
                let mut finding = Finding::new("XG631").with("text", format!("{number}{unit}"));
                finding.wording = Some(Wording::Key("merge.other_unit".into()));
                finding
            }
            _ => continue,
        };
        let name = &organizations[organization].name;
        let finding = finding.with("label", labels.label(at)).with("name", name).about(labels.id(at)).at(location());
        findings.push(MergeFinding { organization: Some(organization), finding });
    }
    let is_too_large = total.cell.is_unreadable() && total.cells.iter().all(|cell| cell.number().is_some());
    if is_too_large {
        let finding = Finding::new("XG632").with("label", labels.label(at)).at(location());
        findings.push(MergeFinding { organization: None, finding });
    }
}

/// One finding for all totals that lack a number from the same organizations.
fn blanks(
    code: &'static str,
    test: impl Fn(&Cell) -> bool,
    organizations: &[Organization],
    labels: &Labels<'_>,
    added: &Added,
    findings: &mut Vec<MergeFinding>,
) {
    let mut groups: IndexMap<Vec<usize>, Vec<usize>> = IndexMap::new();
    for (at, total) in added.totals.iter().enumerate() {
        let without = total.organizations_with(&test);
        if !without.is_empty() {
            groups.entry(without).or_default().push(at);
        }
    }
    for (without, totals) in groups {
        let texts: Vec<String> = totals.iter().map(|at| labels.label(*at)).collect();
        let mut finding = Finding::new(code).with("count", without.len()).with("totals", totals.len());
        finding = finding.with("names", list(names(organizations, &without)));
        finding = finding.with("labels", list(texts.iter().map(String::as_str)));
        if without.len() == organizations.len() {
            finding.wording = Some(Wording::Key(format!("merge.all_{code}").into()));
            // No organization has a number, so nothing is missing from the total.
            finding.severity = Severity::Note;
        }
        finding.ids = totals.iter().map(|at| labels.id(*at)).collect();
        finding.at = added.values[totals[0]].at.clone();
        findings.push(MergeFinding { organization: only(&without), finding });
    }
}

/// A finding about an extra row that not all organizations have.
fn extra_row(organizations: &[Organization], row: &ExtraRow) -> Option<MergeFinding> {
    let with = row.total.organizations_with(|cell| *cell != Cell::Absent);
    if with.len() == organizations.len() {
        return None;
    }
    let finding = Finding::new("XG623").with("label", &row.label).with("count", with.len());
    let finding = finding.with("names", list(names(organizations, &with)));
    Some(MergeFinding { organization: only(&with), finding })
}

fn names<'o>(organizations: &'o [Organization], indices: &[usize]) -> impl Iterator<Item = &'o str> {
    indices.iter().map(|at| organizations[*at].name.as_str())
}

/// The index, if there is exactly one.
fn only(indices: &[usize]) -> Option<usize> {
    if let [one] = indices { Some(*one) } else { None }
}
