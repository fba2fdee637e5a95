//! Decides which organizations count and why others do not.
//!
//! In: all organizations, and [`Options`]. Out: [`Selected`], the organizations in output order with their value
//! columns and one finding for each reason. Called by [`super::merge`].
//!
//! The tests run in this order: another form, files with the same bytes, several reports of one organization, the
//! roster, value columns, tables that are the sum of others, and what `--strict` leaves out. A case that cannot be
//! decided with certainty leaves out all organizations involved.

mod duplicates;

use std::collections::BTreeMap;

use super::list::{list, most};
use super::merged::{MergeFinding, Options, ValueColumn};
use super::organization::{Column, InclusionStatus, Organization};
use crate::compare::shipped_crosswalk;
use crate::finding::{Finding, Wording};
use crate::organization::{Aliases, Key, Names};
use crate::report::Period;
use crate::template::Template;
use crate::text::fold::fold;

/// The organizations with those that count first, and the headers of the value columns to add up.
pub(super) struct Selected {
    pub(super) organizations: Vec<Organization>,
    pub(super) counted: usize,
    pub(super) value_columns: Vec<Option<String>>,
    pub(super) findings: Vec<MergeFinding>,
}

pub(super) fn select(
    organizations: Vec<Organization>,
    template: &Template,
    year: Option<(i32, Period)>,
    aliases: &Aliases,
    options: &Options,
) -> Selected {
    let roster = options.roster.as_deref().unwrap_or(&[]);
    let names = Names::new(
        organizations.iter().map(|organization| organization.name.as_str()).chain(roster.iter().map(String::as_str)),
        aliases,
    );
    let keys = organizations.iter().map(|organization| names.key(&organization.name)).collect();
    let mut selection = Selection { organizations, keys, names, findings: Vec::new() };
    selection.other_forms(template);
    selection.copies();
    selection.twice(year);
    let order = options.roster.as_ref().map(|roster| selection.roster(roster));
    let value_columns = selection.value_columns(options.value_column.as_ref());
    selection.sums_of_others();
    selection.alike();
    selection.other_years(year, options.strict);
    selection.errors(options.strict);
    selection.sorted(order, value_columns)
}

struct Selection {
    organizations: Vec<Organization>,
    keys: Vec<Key>,
    names: Names,
    findings: Vec<MergeFinding>,
}

impl Selection {
    fn counted(&self) -> Vec<usize> {
        (0..self.organizations.len())
            .filter(|at| self.organizations[*at].inclusion == InclusionStatus::Counted)
            .collect()
    }

    /// Adds a finding about an organization, with its name and file.
    fn note(&mut self, at: usize, finding: Finding) {
        let organization = &self.organizations[at];
        let finding = finding.with("name", &organization.name).with("file", place(organization));
        self.findings.push(MergeFinding { organization: Some(at), finding });
    }

    fn leave_out(&mut self, at: usize, code: &'static str, finding: Finding) {
        self.organizations[at].inclusion = InclusionStatus::LeftOut(code);
        self.note(at, finding);
    }

    /// Leaves out tables of another form.
    fn other_forms(&mut self, template: &Template) {
        for at in self.counted() {
            let found = self.organizations[at].template.clone();
            if found.as_deref() == Some(template.id()) {
                continue;
            }
            let mut finding = Finding::new("XG602").with("template", template.id());
            match found {
                Some(found) => finding = finding.with("found", found),
                None => finding.wording = Some(Wording::Key("merge.no_form".into())),
            }
            self.leave_out(at, "XG602", finding);
        }
    }

    /// Compares the organizations with the roster. Returns each organization's position in it (`usize::MAX` if it is
    /// not listed).
    fn roster(&mut self, roster: &[String]) -> Vec<usize> {
        let mut listed: BTreeMap<Key, usize> = BTreeMap::new();
        for (at, name) in roster.iter().enumerate() {
            if let Some(before) = listed.get(&self.names.key(name)) {
                let finding = Finding::new("XG614").with("name", name).with("other", &roster[*before]);
                self.findings.push(MergeFinding { organization: None, finding });
            } else {
                listed.insert(self.names.key(name), at);
            }
        }
        let order: Vec<usize> = self.keys.iter().map(|key| listed.get(key).copied().unwrap_or(usize::MAX)).collect();
        let missing: Vec<usize> = listed.values().copied().filter(|at| !order.contains(at)).collect();
        let unknown: Vec<usize> = (0..order.len()).filter(|at| order[*at] == usize::MAX).collect();
        let are_near = |one: &str, other: &str| shipped_crosswalk().rename.are_near(one, other);
        let mut missing_sorted = missing.clone();
        missing_sorted.sort_unstable();
        for at in missing_sorted {
            let near = unknown
                .iter()
                .map(|organization| &self.organizations[*organization])
                .filter(|organization| are_near(&organization.name, &roster[at]));
            let near: Vec<String> =
                near.map(|organization| format!("{}（{}）", organization.name, place(organization))).collect();
            let finding = Finding::new("XG601").with("name", &roster[at]);
            let finding = with_near(finding, "merge.missing_near", near.iter().map(String::as_str));
            self.findings.push(MergeFinding { organization: None, finding });
        }
        for at in unknown {
            let near = missing.iter().map(|name| roster[*name].as_str());
            let near: Vec<&str> = near.filter(|name| are_near(name, &self.organizations[at].name)).collect();
            let finding = with_near(Finding::new("XG609"), "merge.unknown_near", near);
            if self.organizations[at].inclusion == InclusionStatus::Counted {
                self.leave_out(at, "XG609", finding);
            }
        }
        order
    }

    /// Chooses the value columns to add up. Returns their headers; `None` stands for the form's own column.
    fn value_columns(&mut self, chosen_column: Option<&ValueColumn>) -> Vec<Option<String>> {
        let counted = self.counted();
        if let Some(chosen_column) = chosen_column {
            for at in counted {
                let organization = &mut self.organizations[at];
                let chosen = match chosen_column {
                    _ if organization.columns.len() == 1 => Some(0),
                    ValueColumn::Number(number) => number.checked_sub(1).filter(|at| *at < organization.columns.len()),
                    ValueColumn::Name(name) => column_named(&organization.columns, name),
                };
                if let Some(chosen) = chosen {
                    organization.columns.swap(0, chosen);
                    organization.columns.truncate(1);
                    let header = organization.columns[0].header.clone();
                    organization.extra.retain(|extra| extra.value.column == header);
                } else {
                    self.undecided(at);
                }
            }
            return vec![None];
        }
        // Tables whose columns have the same headers are added column by column. For others, the user must choose.
        let headers = |organization: &Organization| -> Vec<Option<String>> {
            let own = organization.columns.iter().map(|column| column.header.as_deref().map(fold));
            if organization.columns.len() == 1 { vec![None] } else { own.collect() }
        };
        let Some(common) = most(counted.iter().map(|at| headers(&self.organizations[*at]))) else {
            return vec![None];
        };
        let mut official = None;
        for at in counted {
            if headers(&self.organizations[at]) == common {
                let own = self.organizations[at].columns.iter().map(|column| column.header.clone());
                official.get_or_insert_with(|| own.collect::<Vec<_>>());
            } else {
                self.undecided(at);
            }
        }
        if common.len() == 1 { vec![None] } else { official.unwrap_or_default() }
    }

    fn undecided(&mut self, at: usize) {
        let headers = self.organizations[at].columns.iter().map(|column| column.header.as_deref().unwrap_or("统计数"));
        let finding = Finding::new("XG610").with("columns", list(headers));
        self.leave_out(at, "XG610", finding);
    }

    fn other_years(&mut self, year: Option<(i32, Period)>, strict: bool) {
        let Some(wanted) = year else { return };
        for at in self.counted() {
            let organization = &self.organizations[at];
            if organization.time().is_none_or(|time| time == wanted) {
                continue;
            }
            let finding =
                Finding::new("XG603").with("found", time_text(organization)).with("wanted", period_text(wanted));
            self.counted_or_left_out(at, "XG603", finding, "merge.other_year_left_out", strict);
        }
    }

    /// Reports or, if `strict`, leaves out organizations whose check found errors.
    fn errors(&mut self, strict: bool) {
        for at in self.counted() {
            let mut codes: Vec<&str> = self.organizations[at].errors().collect();
            let count = codes.len();
            codes.sort_unstable();
            codes.dedup();
            if codes.is_empty() {
                continue;
            }
            let finding = Finding::new("XG613").with("count", count).with("codes", codes.join(", "));
            self.counted_or_left_out(at, "XG613", finding, "merge.errors_left_out", strict);
        }
    }

    fn counted_or_left_out(
        &mut self,
        at: usize,
        code: &'static str,
        mut finding: Finding,
        wording: &'static str,
        strict: bool,
    ) {
        if strict {
            finding.wording = Some(Wording::Key(wording.into()));
            self.leave_out(at, code, finding);
        } else {
            self.note(at, finding);
        }
    }

    /// Sorts the organizations: first those that count, then the others, each in the order of the roster. Updates the
    /// indices in the findings.
    fn sorted(self, order: Option<Vec<usize>>, value_columns: Vec<Option<String>>) -> Selected {
        let mut places: Vec<usize> = (0..self.organizations.len()).collect();
        let listed = |at: usize| order.as_ref().map_or(at, |order| order[at]);
        places.sort_by_key(|at| (self.organizations[*at].inclusion != InclusionStatus::Counted, listed(*at), *at));
        let mut now = vec![0; places.len()];
        places.iter().enumerate().for_each(|(new, old)| now[*old] = new);
        let mut organizations: Vec<Option<Organization>> = self.organizations.into_iter().map(Some).collect();
        let organizations: Vec<Organization> = places.iter().filter_map(|at| organizations[*at].take()).collect();
        let moved = |noted: MergeFinding| MergeFinding { organization: noted.organization.map(|at| now[at]), ..noted };
        Selected {
            counted: organizations
                .iter()
                .filter(|organization| organization.inclusion == InclusionStatus::Counted)
                .count(),
            organizations,
            value_columns,
            findings: self.findings.into_iter().map(moved).collect(),
        }
    }
}

/// Adds similar names to a finding, and the wording that mentions them, if there are any.
fn with_near<'n>(mut finding: Finding, key: &'static str, near: impl IntoIterator<Item = &'n str>) -> Finding {
    let near = list(near);
    if near.is_empty() {
        return finding;
    }
    finding.wording = Some(Wording::Key(key.into()));
    finding.with("near", near)
}

/// The file of an organization, with the worksheet if the file has several.
pub(crate) fn place(organization: &Organization) -> String {
    match &organization.sheet {
        Some(sheet) if organization.part > 0 => format!("{} {sheet}", organization.file),
        _ => organization.file.clone(),
    }
}

fn time_text(organization: &Organization) -> String {
    organization.time().map_or_else(String::new, period_text)
}

fn period_text((year, period): (i32, Period)) -> String {
    let part = match period {
        Period::Year => "",
        Period::FirstHalf => "上半年",
        Period::SecondHalf => "下半年",
        Period::Quarter1 => "一季度",
        Period::Quarter2 => "二季度",
        Period::Quarter3 => "三季度",
        Period::Quarter4 => "四季度",
    };
    format!("{year}{part}")
}

/// The only column whose header is `name`, or else the only one whose header contains it.
fn column_named(columns: &[Column], name: &str) -> Option<usize> {
    let wanted = fold(name);
    let header = |column: &Column| column.header.as_deref().map(fold).unwrap_or_default();
    let one = |test: &dyn Fn(&str) -> bool| {
        let mut found = (0..columns.len()).filter(|at| test(&header(&columns[*at])));
        found.next().filter(|_| found.next().is_none())
    };
    one(&|header| header == wanted).or_else(|| one(&|header| header.contains(&wanted)))
}
