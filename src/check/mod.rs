//! A report held against its form's rules: `Report × Template → findings`.
//!
//! In: a [`Report`] and its [`Template`], whose `[[rule]]` entries say what must hold. Out: [`Finding`]s with every value
//! in question, its place in the user's own file, the difference and, where it is evident, the likely cause. Nothing is
//! corrected. No rule of a form is in code: `rule` has only the kinds of rules, one file each. `values` gives them the
//! values of a report, `cause` and `shift` look for what may have happened, `explain` says what a rule requires, and
//! `render` shows findings. `narrative` holds the text around the table against it.

mod cause;
pub(crate) mod explain;
mod narrative;
pub(crate) mod render;
mod rule;
mod shift;
mod values;
mod violation;

pub use explain::Explanation;
pub(crate) use narrative::narrative;
pub(crate) use rule::kind::Formula;
pub(crate) use rule::kind_of;

use cause::ViolatedSum;
use rule::kind::Case;
use values::Values;

use crate::finding::{Finding, Severity};
use crate::report::Report;
use crate::template::{RuleShape, Template};

/// Severities that a run sets for some codes, whatever the template says.
///
/// ```
/// use xxgk::check::SeverityOverrides;
/// use xxgk::engine::Engine;
/// use xxgk::read::ReadOptions;
///
/// let engine = Engine::new().overrides(SeverityOverrides(vec![("XG101".to_owned(), None)]));
/// let bytes = std::fs::read("fixtures/zhongzhuang-2017.txt")?;
/// let examined = engine.examine(&bytes, &ReadOptions::default())?;
/// assert!(examined[0].findings.iter().all(|finding| finding.code != "XG101"));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct SeverityOverrides(pub Vec<(String, Option<Severity>)>);

impl SeverityOverrides {
    /// The severity of a code: as overridden, else the one given.
    pub(crate) fn of(&self, code: &str, own: Option<Severity>) -> Option<Severity> {
        self.0.iter().rev().find(|(overridden, _)| overridden == code).map_or(own, |(_, severity)| *severity)
    }
}

/// Whether a check makes the findings with a code anew: those of the form's rules and of the narrative. A stored report may
/// have them from an earlier check.
pub(crate) fn is_found_anew(code: &str, template: &Template) -> bool {
    code == NOT_FILLED_IN || narrative::is_own(code) || template.rules().iter().any(|rule| rule.code == code)
}

/// The code of a form without a single value.
const NOT_FILLED_IN: &str = "XG370";

/// Fewer blanks than this are a part of a form, and each is named.
const BLANKS: usize = 10;

/// One finding for a form that nobody has filled in, in place of one for each blank.
fn not_filled_in(report: &Report, overrides: &SeverityOverrides) -> Option<Finding> {
    let severity = overrides.of(NOT_FILLED_IN, Some(Severity::of_code(NOT_FILLED_IN)))?;
    let filled: Vec<_> = report.values.iter().filter(|value| value.at.is_some()).collect();
    let is_blank = filled.len() >= BLANKS && filled.iter().all(|value| value.cell.is_blank());
    is_blank.then(|| Finding { severity, ..Finding::new(NOT_FILLED_IN) }.at(filled[0].at.clone()))
}

/// Checks a report: what its reading noticed and what its form's rules find, sorted by place.
///
/// Findings of rules that the report carries from an earlier check, as JSON does, are made anew.
pub(crate) fn check(report: &Report, template: &Template, overrides: &SeverityOverrides) -> Vec<Finding> {
    let mut findings: Vec<Finding> = report
        .findings
        .iter()
        .filter(|finding| template.rules().iter().all(|rule| rule.code != finding.code))
        .filter_map(|finding| {
            let severity = overrides.of(&finding.code, Some(finding.severity))?;
            Some(Finding { severity, ..finding.clone() })
        })
        .collect();
    match not_filled_in(report, overrides) {
        Some(finding) => findings.push(finding),
        None => findings.extend(rules(report, template, overrides)),
    }
    findings
}

/// What the form's rules find in a report, rule by rule in the template's order.
pub(crate) fn rules(report: &Report, template: &Template, overrides: &SeverityOverrides) -> Vec<Finding> {
    let mut findings = Vec::new();
    for column in report.columns() {
        let values = Values::new(report, template, column);
        let mut violated = Vec::new();
        for resolved in template.resolved_rules() {
            let rule = &template.rules()[resolved.rule];
            let Some(severity) = overrides.of(&rule.code, rule.severity) else { continue };
            let case = Case { rule, resolved, values: &values, last: None };
            let Some(mut violation) = kind_of(rule.kind).evaluate(&case) else { continue };
            if let Some(typos) = violation.typos.take() {
                violated.push(ViolatedSum { finding: findings.len(), typos });
            }
            findings.push(violation.finding(rule, severity));
        }
        cause::shared_typo(&mut findings, &violated);
        shift::rows_shifted(&mut findings, &violated, &values);
    }
    findings
}

/// Holds a report against that of the year before, of the same organization and form.
pub(crate) fn two_years(
    this: &Report,
    last: &Report,
    template: &Template,
    overrides: &SeverityOverrides,
) -> Vec<Finding> {
    let mut findings = Vec::new();
    let (values, last) = (Values::new(this, template, None), Values::new(last, template, None));
    for resolved in template.resolved_rules() {
        let rule = &template.rules()[resolved.rule];
        if rule.kind.shape() != RuleShape::TwoYears {
            continue;
        }
        let Some(severity) = overrides.of(&rule.code, rule.severity) else { continue };
        let case = Case { rule, resolved, values: &values, last: Some(&last) };
        findings.extend(kind_of(rule.kind).evaluate(&case).map(|violation| violation.finding(rule, severity)));
    }
    findings
}
