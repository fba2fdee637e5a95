//! Decides which worksheets have the tables of one report.
//!
//! In: worksheets that have some of a form's tables each. Out: [`Joins`]. Called by [`super::Recognizer`].
//!
//! A table may be on several worksheets: of two organizations, of two years, or as an old copy. Worksheets are joined only
//! if their titles, their names or their order leave one way; otherwise each table stays alone and is named.

use std::collections::BTreeSet;

use crate::report::{CellValue, Report};
use crate::template::Template;
use crate::text::fold::fold;
use crate::text::words::words;

/// A worksheet that has some tables of a form.
#[derive(Debug)]
pub struct PartialSheet<'d> {
    pub name: &'d str,
    /// The worksheet's place in the document.
    pub part: usize,
    /// The tables that it has, by their numbers in the form.
    tables: BTreeSet<usize>,
    /// What its text or its name states.
    organization: Option<String>,
    year: Option<i32>,
    pub report: &'d Report,
}

/// The worksheets of each report, by their numbers, and the tables that are not joined.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Joins {
    pub groups: Vec<Vec<usize>>,
    /// Worksheets with a table that another one has, which are not used.
    pub unused: Vec<usize>,
    /// Worksheets with the same table, where it is unknown which one belongs to the others.
    pub unclear: Vec<(usize, Vec<usize>)>,
}

impl<'d> PartialSheet<'d> {
    /// A worksheet with its only report; none if it has all tables of the form, or none.
    pub fn new(name: &'d str, part: usize, report: &'d Report, template: &Template) -> Option<Self> {
        let filled = report.values.iter().filter(|value| value.at.is_some());
        let places = filled.filter_map(|value| template.place(value.id.as_deref()?));
        let tables: BTreeSet<usize> = places.map(|(table, ..)| table).collect();
        let has = |code: &str| report.findings.iter().any(|finding| finding.code == code);
        // The name of the file says nothing about a worksheet.
        let year = report.year.filter(|year| !has("XG329") || name.contains(&year.to_string()));
        let organization = report.organization.clone().filter(|_| !has("XG328")).map(|name| fold(&name));
        let is_part = !tables.is_empty() && tables.len() < template.tables().len();
        is_part.then_some(Self { name, part, tables, organization, year, report })
    }

    /// Whether they state different organizations.
    fn is_of_other(&self, other: &Self) -> bool {
        let is_other_name =
            |(one, other): (&String, &String)| !one.contains(other.as_str()) && !other.contains(one.as_str());
        self.organization.as_ref().zip(other.organization.as_ref()).is_some_and(is_other_name)
    }

    fn conflicts(&self, other: &Self) -> bool {
        self.is_of_other(other) || self.year.zip(other.year).is_some_and(|(one, other)| one != other)
    }

    /// Whether the name says that the worksheet is an old version.
    fn is_old(&self) -> bool {
        let name = fold(self.name);
        words().old_sheets.iter().any(|word| name.contains(word.as_str()))
    }

    fn same_values(&self, other: &Self) -> bool {
        let cells = |report: &'_ Report| -> Vec<CellValue> {
            let own = report.values.iter().filter(|value| value.at.is_some());
            own.map(|value| value.cell.clone()).collect()
        };
        self.tables == other.tables && !self.conflicts(other) && cells(self.report) == cells(other.report)
    }
}

/// Decides which of the worksheets belong together.
pub fn join(sheets: &mut [PartialSheet<'_>]) -> Joins {
    state_by_name(sheets);
    let sheets = Sheets { all: sheets.iter().flat_map(|sheet| sheet.tables.iter().copied()).collect(), sheets };
    let everything: Vec<usize> = (0..sheets.sheets.len()).collect();
    if let Some(joins) = sheets.by_titles() {
        return joins;
    }
    let groups = sheets.in_order(&everything).or_else(|| sheets.by_subject(&everything));
    if let Some(groups) = groups {
        return Joins { groups, ..Joins::default() };
    }
    let is_copy = |at: &usize| (0..*at).any(|before| sheets.sheets[before].same_values(&sheets.sheets[*at]));
    let first = |at: &usize| !is_copy(at);
    let current = |at: &usize| !sheets.sheets[*at].is_old();
    let without = |keep: &dyn Fn(&usize) -> bool| {
        let kept: Vec<usize> = everything.iter().copied().filter(keep).collect();
        let is_fewer = kept.len() < everything.len() && kept.len() > 1;
        let groups = is_fewer.then(|| sheets.in_order(&kept).or_else(|| sheets.by_subject(&kept))).flatten()?;
        Some(Joins {
            groups,
            unused: everything.iter().copied().filter(|at| !kept.contains(at)).collect(),
            ..Joins::default()
        })
    };
    let joins = without(&current).or_else(|| without(&first)).or_else(|| without(&|at| first(at) && current(at)));
    joins.or_else(|| sheets.one_run()).unwrap_or_else(|| Joins { unclear: sheets.twice(), ..Joins::default() })
}

/// A worksheet's name may contain an organization that another worksheet states.
fn state_by_name(sheets: &mut [PartialSheet<'_>]) {
    let known: BTreeSet<String> = sheets.iter().filter_map(|sheet| sheet.organization.clone()).collect();
    for sheet in sheets.iter_mut().filter(|sheet| sheet.organization.is_none()) {
        let name = fold(sheet.name);
        let mut named = known.iter().filter(|organization| name.contains(organization.as_str()));
        sheet.organization = named.next().filter(|_| named.next().is_none()).cloned();
    }
}

/// Each group with each later one.
fn pairs(groups: &[Vec<usize>]) -> impl Iterator<Item = (&[usize], &[usize])> {
    let others = |at: usize| groups[at + 1..].iter().map(Vec::as_slice);
    groups.iter().enumerate().flat_map(move |(at, one)| others(at).map(move |other| (one.as_slice(), other)))
}

struct Sheets<'s, 'd> {
    sheets: &'s [PartialSheet<'d>],
    /// The tables that any of them has.
    all: BTreeSet<usize>,
}

impl Sheets<'_, '_> {
    fn tables(&self, group: &[usize]) -> BTreeSet<usize> {
        group.iter().flat_map(|at| self.sheets[*at].tables.iter().copied()).collect()
    }

    /// Whether a worksheet can be added to a group.
    fn fits(&self, group: &[usize], at: usize) -> bool {
        let (sheet, tables) = (&self.sheets[at], self.tables(group));
        sheet.tables.is_disjoint(&tables) && group.iter().all(|other| !sheet.conflicts(&self.sheets[*other]))
    }

    fn differ(&self, one: &[usize], other: &[usize]) -> bool {
        one.iter().any(|at| other.iter().any(|other| self.sheets[*at].conflicts(&self.sheets[*other])))
    }

    /// Whether the groups are reports: a single one, or complete ones of different organizations or years.
    fn are_reports(&self, groups: &[Vec<usize>]) -> bool {
        if let [only] = groups {
            return only.len() > 1;
        }
        let complete = groups.iter().all(|group| group.len() > 1 && self.tables(group) == self.all);
        complete && pairs(groups).all(|(one, other)| self.differ(one, other))
    }

    /// Worksheets that all state organization and year, each table once for each.
    fn by_titles(&self) -> Option<Joins> {
        let mut groups: Vec<Vec<usize>> = Vec::new();
        for (at, sheet) in self.sheets.iter().enumerate() {
            (sheet.organization.is_some() && sheet.year.is_some()).then_some(())?;
            match groups.iter_mut().find(|group| self.fits(group, at)) {
                Some(group) => group.push(at),
                None => groups.push(vec![at]),
            }
        }
        let is_sure = pairs(&groups).all(|(one, other)| self.differ(one, other));
        groups.retain(|group| group.len() > 1);
        is_sure.then_some(Joins { groups, ..Joins::default() })
    }

    /// Worksheets in their order: a report ends where a table comes again or a title names another report.
    fn in_order(&self, sheets: &[usize]) -> Option<Vec<Vec<usize>>> {
        let mut groups: Vec<Vec<usize>> = Vec::new();
        for at in sheets {
            match groups.last_mut().filter(|group| self.fits(group, *at)) {
                Some(group) => group.push(*at),
                None => groups.push(vec![*at]),
            }
        }
        self.are_reports(&groups).then_some(groups)
    }

    /// Worksheets by what they state. Those that state nothing may all belong to the only report that is not complete.
    fn by_subject(&self, sheets: &[usize]) -> Option<Vec<Vec<usize>>> {
        let mut groups: Vec<Vec<usize>> = Vec::new();
        let is_full = |at: &&usize| self.sheets[**at].organization.is_some() && self.sheets[**at].year.is_some();
        for at in sheets.iter().filter(is_full) {
            match groups.iter_mut().find(|group| self.fits(group, *at)) {
                Some(group) => group.push(*at),
                None => groups.push(vec![*at]),
            }
        }
        let mut open = Vec::new();
        for at in sheets.iter().filter(|at| !is_full(at)) {
            let states = self.sheets[*at].organization.is_some() || self.sheets[*at].year.is_some();
            let mut fitting = (0..groups.len()).filter(|group| self.fits(&groups[*group], *at));
            match (fitting.next(), fitting.next()) {
                (Some(group), None) if states => groups[group].push(*at),
                _ => open.push(*at),
            }
        }
        let mut incomplete: Vec<&mut Vec<usize>> =
            groups.iter_mut().filter(|group| self.tables(group) != self.all).collect();
        if let ([group], false) = (&mut incomplete[..], open.is_empty()) {
            for at in open.drain(..) {
                self.fits(group, at).then_some(())?;
                group.push(at);
            }
        }
        groups.iter_mut().for_each(|group| group.sort_unstable());
        (open.is_empty() && self.are_reports(&groups)).then_some(groups)
    }

    /// The only run of neighbouring worksheets with all tables in the order of the form. The others must not be beside the
    /// worksheet with the same table: such a copy may be the older or the newer one.
    fn one_run(&self) -> Option<Joins> {
        let count = self.sheets.len();
        let run = |start: usize, end: usize| {
            let run: Vec<usize> = (start..end).collect();
            let rises =
                run.windows(2).all(|pair| self.sheets[pair[0]].tables.last() < self.sheets[pair[1]].tables.first());
            let fits = (1..run.len()).all(|length| self.fits(&run[..length], run[length]));
            (run.len() > 1 && rises && fits && self.tables(&run) == self.all).then_some(run)
        };
        let mut runs = (0..count).flat_map(|start| (start + 2..=count).filter_map(move |end| run(start, end)));
        let only = runs.next().filter(|_| runs.next().is_none())?;
        let unused: Vec<usize> = (0..count).filter(|at| !only.contains(at)).collect();
        let is_apart = |at: &usize| {
            only.iter()
                .all(|own| self.sheets[*own].tables.is_disjoint(&self.sheets[*at].tables) || own.abs_diff(*at) > 1)
        };
        let is_other = |at: &usize| only.iter().any(|own| self.sheets[*own].is_of_other(&self.sheets[*at]));
        unused.iter().all(|at| is_apart(at) && !is_other(at)).then_some(Joins {
            groups: vec![only],
            unused,
            ..Joins::default()
        })
    }

    /// The tables that several worksheets have.
    fn twice(&self) -> Vec<(usize, Vec<usize>)> {
        let with =
            |table: &usize| (0..self.sheets.len()).filter(|at| self.sheets[*at].tables.contains(table)).collect();
        // Without other tables there is nothing to join.
        let all = self.all.iter().filter(|_| self.all.len() > 1).map(|table| (*table, with(table)));
        all.filter(|(_, sheets): &(usize, Vec<usize>)| sheets.len() > 1).collect()
    }
}

/// What the worksheets of a group state together: organization as printed, and year.
pub fn stated(group: &[usize], sheets: &[PartialSheet<'_>]) -> (Option<String>, Option<i32>) {
    let own = || group.iter().map(|at| &sheets[*at]);
    let organization = own().find_map(|sheet| sheet.organization.clone());
    let printed = |folded: &String| {
        let all = sheets.iter().filter_map(|sheet| sheet.report.organization.as_ref());
        all.into_iter().find(|name| fold(name) == *folded).cloned()
    };
    (organization.as_ref().and_then(printed), own().find_map(|sheet| sheet.year))
}

#[cfg(test)]
mod tests;
