//! Compares the reports of two years, indicator by indicator.
//!
//! In: the reports of an older and a newer year, each with its form and file name, and a `Crosswalk` between forms.
//! Out: a [`Comparison`]. Called by `xxgk compare`; `render` writes the result.
//!
//! `matching` pairs the reports of each organization, `row` compares their values ([`ComparisonRow`]), and `findings`
//! reports large jumps, breaches of two-year rules and the like. A blank, a `/`, a missing row and an indicator that
//! the other form lacks are four different states, and none of them is 0.

mod comparison;
mod crosswalk;
mod findings;
mod matching;
mod name;
mod pair;
pub(crate) mod render;
mod row;

use std::sync::Arc;

pub use comparison::{ComparedOrganization, Comparison, ComparisonFinding, NamedReport, ReportSummary};
use crosswalk::FormMapping;
pub(crate) use crosswalk::Match;
pub(crate) use crosswalk::{Crosswalk, shipped_crosswalk};
pub use matching::{Proposal, UnknownOrganization};
pub use render::Format;
pub use row::{Change, ComparisonRow, SideValue, State};

use crate::check::SeverityOverrides;
use crate::organization::{Aliases, Names};
use crate::template::SharedTemplate;

/// Compares the reports of two years.
///
/// If each side has exactly one report, they are compared even if their names differ, which is a finding. Otherwise
/// reports are paired by the organization's name, or by the renamings `(old, new)` that the user accepted.
///
/// # Errors
/// [`UnknownOrganization`] if an accepted renaming has a name that no report has.
pub(crate) fn compare(
    old: &[NamedReport],
    new: &[NamedReport],
    accepted: &[(String, String)],
    aliases: &Aliases,
    crosswalk: &Crosswalk,
    overrides: &SeverityOverrides,
) -> Result<Comparison, UnknownOrganization> {
    let organizations = |named: &'_ [NamedReport]| -> Vec<Option<String>> {
        named.iter().map(|named| named.report.organization.clone()).collect()
    };
    let (old_names, new_names) = (organizations(old), organizations(new));
    let [old_refs, new_refs] =
        [&old_names, &new_names].map(|names| names.iter().map(Option::as_deref).collect::<Vec<_>>());
    let mut matching = matching::match_organizations(&old_refs, &new_refs, (accepted, aliases), &crosswalk.rename)?;
    if old.len() == 1 && new.len() == 1 {
        matching = matching::Matching { pairs: vec![(0, 0)], ..matching::Matching::default() };
    }
    let names = Names::new(old_refs.iter().chain(&new_refs).filter_map(|name| *name), aliases);
    let mut mappings = FormMappings { crosswalk, known: Vec::new() };
    let organizations = matching.pairs.iter().map(|&(before, after)| {
        let mapping = mappings.between(&old[before].form, &new[after].form);
        let key = |name: &Option<String>| name.as_deref().map(|name| names.key(name));
        let own = [key(&old_names[before]), key(&new_names[after])];
        let is_accepted = |(a, b): &(String, String)| own == [Some(names.key(a)), Some(names.key(b))];
        let renamed = own[0] == own[1] || accepted.iter().any(is_accepted);
        compare_pair(&old[before], &new[after], &mapping, renamed, crosswalk, overrides)
    });
    let organizations = organizations.collect();
    let headers = |named: &[NamedReport], places: &[usize]| {
        places.iter().map(|at| ReportSummary::new(&named[*at])).collect::<Vec<_>>()
    };
    let groups =
        |named: &[NamedReport], groups: &[Vec<usize>]| groups.iter().map(|places| headers(named, places)).collect();
    Ok(Comparison {
        organizations,
        old_only: headers(old, &matching.old_only),
        new_only: headers(new, &matching.new_only),
        old_twice: groups(old, &matching.old_twice),
        new_twice: groups(new, &matching.new_twice),
        old_unnamed: headers(old, &matching.old_unnamed),
        new_unnamed: headers(new, &matching.new_unnamed),
        proposals: matching.proposals,
    })
}

/// The mappings between forms, each made once.
struct FormMappings<'c> {
    crosswalk: &'c Crosswalk,
    known: Vec<(SharedTemplate, SharedTemplate, Arc<FormMapping>)>,
}

impl FormMappings<'_> {
    fn between(&mut self, old: &SharedTemplate, new: &SharedTemplate) -> Arc<FormMapping> {
        let same = |(before, after, _): &&(SharedTemplate, SharedTemplate, Arc<FormMapping>)| {
            Arc::ptr_eq(before, old) && Arc::ptr_eq(after, new)
        };
        if let Some((.., mapping)) = self.known.iter().find(same) {
            return Arc::clone(mapping);
        }
        let mapping = Arc::new(FormMapping::new(old, new, self.crosswalk));
        self.known.push((Arc::clone(old), Arc::clone(new), Arc::clone(&mapping)));
        mapping
    }
}

/// Compares one organization's two reports.
fn compare_pair(
    old: &NamedReport,
    new: &NamedReport,
    mapping: &FormMapping,
    renamed: bool,
    crosswalk: &Crosswalk,
    overrides: &SeverityOverrides,
) -> ComparedOrganization {
    let (rows, unpaired) = pair::rows(&old.report, &new.report, mapping, crosswalk);
    let mut organization = ComparedOrganization {
        old: ReportSummary::new(old),
        new: ReportSummary::new(new),
        one_form: mapping.one_form,
        rows,
        findings: Vec::new(),
    };
    let mut found = findings::columns(&unpaired);
    found.extend(findings::of_organization(&organization, old, new, mapping, renamed, crosswalk, overrides));
    found.retain_mut(|found| match overrides.of(&found.finding.code, Some(found.finding.severity)) {
        Some(severity) => {
            found.finding.severity = severity;
            true
        }
        None => false,
    });
    organization.findings = found;
    organization
}

#[cfg(test)]
mod tests;
