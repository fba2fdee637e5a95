//! Adds up many reports of one form (汇总).
//!
//! In: an [`Organization`] for each report, and [`Options`]. Out: [`Merged`]: the report of the totals, each
//! organization's values, and findings. Called by `xxgk merge`; `write::merged` writes the result.
//!
//! `select` decides which organizations count, `total` adds up, `roster` and `aliases` read lists of organizations, and `table`
//! assigns a row and column to each value of the organization-by-organization table. Totals are exact decimals. A cell
//! that is blank, `/` or unreadable never counts as 0: a finding names the blanks under a total, and a total over an
//! unreadable value has no number.

pub(crate) mod aliases;
mod list;
mod merged;
mod organization;
pub(crate) mod roster;
mod select;
pub(crate) mod table;
mod total;
mod total_findings;

use list::most;
pub use merged::{MergeFinding, Merged, Options, ValueColumn};
pub(crate) use organization::Cell;
pub use organization::{InclusionStatus, Organization};
pub(crate) use select::place;
pub(crate) use total::Total;

use total_findings::{Labels, findings};

use crate::organization::Aliases;
use crate::report::{Period, Report};
use crate::template::Templates;

/// Merges the reports of many organizations. `None` if no report is of a known form.
pub(crate) fn merge(
    organizations: Vec<Organization>,
    templates: &Templates,
    aliases: &Aliases,
    options: &Options,
) -> Option<Merged> {
    let id = options
        .template
        .clone()
        .or_else(|| most(organizations.iter().filter_map(|organization| organization.template.clone())))?;
    let template = templates.find(&id)?.clone();
    let year = most(
        organizations
            .iter()
            .filter(|organization| organization.template.as_ref() == Some(&id))
            .filter_map(Organization::time),
    );
    let selected = select::select(organizations, &template, year, aliases, options);
    let organizations = &selected.organizations[..selected.counted];
    let added = total::add(organizations, &selected.value_columns, &template);
    let labels = Labels { value_columns: &selected.value_columns, indicators: template.indicators() };
    let found = findings(organizations, &labels, &added);
    let findings = selected.findings.into_iter().chain(found).collect();
    let report = Report {
        template: Some(id),
        organization: options.organization.clone(),
        year: year.map(|(year, _)| year),
        period: year.map_or(Period::Year, |(_, period)| period),
        values: added.values,
        extra: added.carried,
        ..Report::default()
    };
    Some(Merged {
        report,
        template,
        organizations: selected.organizations,
        counted: selected.counted,
        totals: added.totals,
        extra: added.extra,
        findings,
    })
}
