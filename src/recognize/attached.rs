//! Compares the reports that a document carries with the tables on its pages.
//!
//! In: stored reports and those recognized in the same file. Out: the stored reports; a value that differs from the page is
//! unreadable and shows both. Called by [`super::Recognizer`]: whoever edits a page cannot hide it behind its data, nor the
//! reverse.

use std::collections::HashMap;

use crate::finding::{Finding, Wording};
use crate::report::{CellValue, Report, Value};
use crate::template::Template;
use crate::text::fold::fold;
use crate::text::words::words;

/// Each stored report, compared with the first recognized one of the same form; then the recognized ones that are left.
pub(super) fn compared<'t>(
    stored: Vec<Report>,
    mut visible: Vec<Report>,
    template: impl Fn(&Report) -> Option<&'t Template>,
) -> Vec<Report> {
    let mut reports = Vec::with_capacity(stored.len());
    for mut report in stored {
        match visible.iter().position(|shown| shown.template == report.template) {
            Some(at) => compare(&mut report, &visible.remove(at), &template),
            None => report.findings.push(Finding::new("XG386")),
        }
        reports.push(report);
    }
    reports.extend(visible);
    reports
}

fn compare<'t>(report: &mut Report, shown: &Report, template: impl Fn(&Report) -> Option<&'t Template>) {
    let form = template(shown);
    let mut findings = Vec::new();
    let key = |value: &Value| (value.id.clone(), value.column.clone());
    let mut on_page: HashMap<_, &Value> = shown.values.iter().map(|value| (key(value), value)).collect();
    for value in &mut report.values {
        let Some(on_page) = on_page.remove(&key(value)) else { continue };
        if value.cell == on_page.cell {
            continue;
        }
        let id = value.id.clone().unwrap_or_default();
        let label = form.map_or(&*id, |form| form.label_of(&id)).to_owned();
        findings.push(differs(value, on_page, &label).about(id));
    }
    // The extra rows of a page are in the order in which they were written.
    for (value, on_page) in report.extra.iter_mut().zip(&shown.extra).filter(|(own, page)| own.cell != page.cell) {
        let label = value.path.last().cloned().unwrap_or_default();
        findings.push(differs(value, on_page, &label));
    }
    if report.extra.len() != shown.extra.len() {
        let finding = Finding::new("XG387").with("stored", report.extra.len()).with("shown", shown.extra.len());
        findings.push(keyed(finding, "attached.extra"));
    }
    findings.extend(heading(report, shown));
    report.findings.extend(findings);
}

/// Makes a value unreadable that differs from the page.
fn differs(value: &mut Value, on_page: &Value, label: &str) -> Finding {
    let (stored, shown) = (text(value), text(on_page));
    let finding = Finding::new("XG385").with("label", label).with("stored", &stored).with("shown", &shown);
    value.cell = CellValue::Unreadable(format!("{stored} ≠ {shown}").trim().to_owned());
    finding.at(on_page.at.clone())
}

/// What a value is, for people: the number, or its text in the source.
fn text(value: &Value) -> String {
    match &value.cell {
        CellValue::Number(number) => number.to_string(),
        CellValue::Missing => words().missing_mark.clone(),
        _ => value.text().trim().to_owned(),
    }
}

/// Whether the page names another organization or year.
fn heading(report: &Report, shown: &Report) -> Vec<Finding> {
    let mut findings = Vec::new();
    let mut add = |key: &'static str, stored: String, shown: String| {
        let finding = Finding::new("XG387").with("stored", stored).with("shown", shown);
        findings.push(keyed(finding, key));
    };
    if let (Some(own), Some(page)) = (&report.organization, &shown.organization)
        && !is_like(own, page)
    {
        add("attached.organization", own.clone(), page.clone());
    }
    if let (Some(own), Some(page)) = (report.year, shown.year)
        && own != page
    {
        add("attached.year", own.to_string(), page.to_string());
    }
    findings
}

/// Whether one name is a part of the other.
fn is_like(one: &str, other: &str) -> bool {
    let (one, other) = (fold(one), fold(other));
    one.contains(&other) || other.contains(&one)
}

fn keyed(mut finding: Finding, key: &'static str) -> Finding {
    finding.wording = Some(Wording::Key(key.into()));
    finding
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::*;
    use crate::template::shipped;

    fn report(cells: &[CellValue]) -> Report {
        let template = shipped().get("2014").unwrap();
        let indicators = template.indicators().iter();
        let values = indicators.zip(cells).map(|(indicator, cell)| Value {
            id: Some(Arc::clone(&indicator.id)),
            cell: cell.clone(),
            ..Value::default()
        });
        Report {
            template: Some("2014".to_owned()),
            organization: Some("中庄镇".to_owned()),
            year: Some(2017),
            values: values.collect(),
            ..Report::default()
        }
    }

    fn run(stored: Report, visible: Vec<Report>) -> Vec<Report> {
        compared(vec![stored], visible, |report| shipped().get(report.template.as_deref()?).ok().map(|own| &**own))
    }

    #[test]
    fn a_value_that_differs_shows_both() {
        let number = |number: i64| CellValue::Number(number.into());
        let stored = report(&[number(7), number(8), CellValue::Blank]);
        let reports = run(stored.clone(), vec![report(&[number(7), number(9), number(0)])]);
        assert_eq!(reports.len(), 1);
        let cells: Vec<&CellValue> = reports[0].values.iter().map(|value| &value.cell).collect();
        let (second, third) = ("8 ≠ 9".to_owned(), "≠ 0".to_owned());
        assert_eq!(cells, [&number(7), &CellValue::Unreadable(second), &CellValue::Unreadable(third)]);
        let codes: Vec<&str> = reports[0].findings.iter().map(|finding| finding.code.as_str()).collect();
        assert_eq!(codes, ["XG385", "XG385"]);
        assert_eq!(run(stored.clone(), vec![stored.clone()]), [stored]);
    }

    #[test]
    fn what_is_not_on_the_page_is_named() {
        let stored = report(&[CellValue::Blank]);
        assert_eq!(run(stored.clone(), Vec::new())[0].findings[0].code, "XG386");
        let other = Report { organization: Some("红旗镇".to_owned()), year: Some(2018), ..stored.clone() };
        let codes: Vec<_> = run(stored, vec![other])[0].findings.iter().map(|finding| finding.code.clone()).collect();
        assert_eq!(codes, ["XG387", "XG387"]);
    }
}
