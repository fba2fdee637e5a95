//! Which units count, and why others do not.
//!
//! In order: another form, another file with the same bytes, the same organization twice, the list of units, value columns,
//! tables that are the sum of the others, and what `--strict` leaves out. Each is said once, with the files in question;
//! what cannot be decided with certainty leaves out all it is about.

use std::collections::BTreeMap;

use rust_decimal::Decimal;

use super::unit::{Column, InclusionStatus, Unit};
use super::{Noted, Options, Scope, list};
use crate::compare::shipped_crosswalk;
use crate::finding::{Finding, Wording};
use crate::organization::{Key, Names};
use crate::report::Period;
use crate::template::Template;
use crate::text::fold::fold;

/// Fewer figures than this are equal, or add up, by chance.
const TELLING: usize = 6;

/// The units, those that count first, and the headers of their value columns.
pub(super) struct Selected {
    pub(super) units: Vec<Unit>,
    pub(super) counted: usize,
    pub(super) value_columns: Vec<Option<String>>,
    pub(super) findings: Vec<Noted>,
}

pub(super) fn select(
    units: Vec<Unit>,
    template: &Template,
    year: Option<(i32, Period)>,
    options: &Options,
) -> Selected {
    let roster = options.roster.as_deref().unwrap_or(&[]);
    let names = Names::new(units.iter().map(|unit| unit.name.as_str()).chain(roster.iter().map(String::as_str)));
    let keys = units.iter().map(|unit| names.key(&unit.name)).collect();
    let mut selection = Selection { units, keys, names, findings: Vec::new() };
    selection.other_forms(template);
    selection.copies();
    selection.twice(year);
    let order = options.roster.as_ref().map(|roster| selection.roster(roster));
    let value_columns = selection.value_columns(options.scope.as_ref());
    selection.sums_of_others();
    selection.alike();
    selection.other_years(year, options.strict);
    selection.errors(options.strict);
    selection.sorted(order, value_columns)
}

struct Selection {
    units: Vec<Unit>,
    keys: Vec<Key>,
    names: Names,
    findings: Vec<Noted>,
}

impl Selection {
    fn counted(&self) -> Vec<usize> {
        (0..self.units.len()).filter(|at| self.units[*at].standing == InclusionStatus::Counted).collect()
    }

    /// Notes a finding about a unit, with its name and file.
    fn note(&mut self, at: usize, finding: Finding) {
        let unit = &self.units[at];
        let finding = finding.with("name", &unit.name).with("file", place(unit));
        self.findings.push(Noted { unit: Some(at), finding });
    }

    fn leave_out(&mut self, at: usize, code: &'static str, finding: Finding) {
        self.units[at].standing = InclusionStatus::LeftOut(code);
        self.note(at, finding);
    }

    /// Tables of another form.
    fn other_forms(&mut self, template: &Template) {
        for at in self.counted() {
            let found = self.units[at].template.clone();
            if found.as_ref() == Some(&template.id) {
                continue;
            }
            let mut finding = Finding::new("XG602").with("template", &template.id);
            match found {
                Some(found) => finding = finding.with("found", found),
                None => finding.wording = Some(Wording::Key("merge.no_form".into())),
            }
            self.leave_out(at, "XG602", finding);
        }
    }

    /// Files with the same bytes: one of them counts, if it is the same organization's.
    fn copies(&mut self) {
        let mut first: BTreeMap<(u64, usize), usize> = BTreeMap::new();
        for at in self.counted() {
            let unit = &self.units[at];
            let seen = *first.entry((unit.content, unit.part)).or_insert(at);
            let original = &self.units[seen];
            if seen == at || original.file == unit.file || !original.same_figures(unit) {
                continue;
            }
            let (file, name) = (place(original), original.name.clone());
            if self.keys[seen] == self.keys[at] {
                self.leave_out(at, "XG605", Finding::new("XG605").with("original", file));
            } else {
                let finding = Finding::new("XG606").with("original", file).with("other", name);
                self.leave_out(at, "XG606", finding);
            }
        }
    }

    /// Reports of one organization. With the same figures one of them counts; of different years, the one of the year
    /// that is merged; otherwise none, since nobody can tell which is right.
    fn twice(&mut self, year: Option<(i32, Period)>) {
        let mut groups: BTreeMap<Key, Vec<usize>> = BTreeMap::new();
        for at in self.counted() {
            groups.entry(self.keys[at].clone()).or_default().push(at);
        }
        let mut groups: Vec<Vec<usize>> = groups.into_values().filter(|group| group.len() > 1).collect();
        groups.sort();
        for group in groups {
            let of_year: Vec<usize> =
                group.iter().copied().filter(|at| year.is_some() && self.units[*at].time() == year).collect();
            if let [right] = of_year[..] {
                for at in group.into_iter().filter(|at| *at != right) {
                    let finding = Finding::new("XG604").with("original", place(&self.units[right]));
                    let found = said_time(&self.units[at]);
                    self.leave_out(at, "XG604", finding.with("found", found));
                }
                continue;
            }
            let first = group[0];
            if group[1..].iter().all(|at| self.units[*at].same_figures(&self.units[first])) {
                for &at in &group[1..] {
                    let finding = Finding::new("XG607").with("original", place(&self.units[first]));
                    self.leave_out(at, "XG607", finding);
                }
                continue;
            }
            let files: Vec<String> = group.iter().map(|at| place(&self.units[*at])).collect();
            let finding = Finding::new("XG608").with("count", group.len());
            let finding = finding.with("files", list(files.iter().map(String::as_str)));
            for &at in &group {
                self.units[at].standing = InclusionStatus::LeftOut("XG608");
            }
            self.note(first, finding);
        }
    }

    /// Holds the units against the list of those that must be there; their order in it.
    fn roster(&mut self, roster: &[String]) -> Vec<usize> {
        let mut listed: BTreeMap<Key, usize> = BTreeMap::new();
        for (at, name) in roster.iter().enumerate() {
            if let Some(before) = listed.get(&self.names.key(name)) {
                let finding = Finding::new("XG614").with("name", name).with("other", &roster[*before]);
                self.findings.push(Noted { unit: None, finding });
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
            let near = unknown.iter().map(|unit| &self.units[*unit]).filter(|unit| are_near(&unit.name, &roster[at]));
            let near: Vec<String> = near.map(|unit| format!("{}（{}）", unit.name, place(unit))).collect();
            let finding = Finding::new("XG601").with("name", &roster[at]);
            let finding = with_near(finding, "merge.missing_near", near.iter().map(String::as_str));
            self.findings.push(Noted { unit: None, finding });
        }
        for at in unknown {
            let near = missing.iter().map(|name| roster[*name].as_str());
            let near: Vec<&str> = near.filter(|name| are_near(name, &self.units[at].name)).collect();
            let finding = with_near(Finding::new("XG609"), "merge.unknown_near", near);
            if self.units[at].standing == InclusionStatus::Counted {
                self.leave_out(at, "XG609", finding);
            }
        }
        order
    }

    /// Brings every unit to the value columns that are added up, each of its own; the headers of them.
    fn value_columns(&mut self, scope: Option<&Scope>) -> Vec<Option<String>> {
        let counted = self.counted();
        if let Some(scope) = scope {
            for at in counted {
                let unit = &mut self.units[at];
                let chosen = match scope {
                    _ if unit.columns.len() == 1 => Some(0),
                    Scope::Number(number) => number.checked_sub(1).filter(|at| *at < unit.columns.len()),
                    Scope::Name(name) => column_named(&unit.columns, name),
                };
                if let Some(chosen) = chosen {
                    unit.columns.swap(0, chosen);
                    unit.columns.truncate(1);
                    let header = unit.columns[0].header.clone();
                    unit.extra.retain(|extra| extra.value.column == header);
                } else {
                    self.undecided(at);
                }
            }
            return vec![None];
        }
        // Tables whose columns have the same headers are added column by column; any others need to be told apart.
        let headers = |unit: &Unit| -> Vec<Option<String>> {
            let own = unit.columns.iter().map(|column| column.header.as_deref().map(fold));
            if unit.columns.len() == 1 { vec![None] } else { own.collect() }
        };
        let Some(common) = super::most(counted.iter().map(|at| headers(&self.units[*at]))) else { return vec![None] };
        let mut official = None;
        for at in counted {
            if headers(&self.units[at]) == common {
                let own = self.units[at].columns.iter().map(|column| column.header.clone());
                official.get_or_insert_with(|| own.collect::<Vec<_>>());
            } else {
                self.undecided(at);
            }
        }
        if common.len() == 1 { vec![None] } else { official.unwrap_or_default() }
    }

    fn undecided(&mut self, at: usize) {
        let headers = self.units[at].columns.iter().map(|column| column.header.as_deref().unwrap_or("统计数"));
        let finding = Finding::new("XG610").with("columns", list(headers));
        self.leave_out(at, "XG610", finding);
    }

    /// A table that is the sum of all others, of those in its folder or of those in its file, would count them twice.
    fn sums_of_others(&mut self) {
        // Without the totals of the parts, the total of the whole is the sum of the others as well.
        while self.sums_of_others_once() {}
    }

    /// Leaves out the sums among the units that count; whether there were any.
    fn sums_of_others_once(&mut self) -> bool {
        let folder = |unit: &Unit| unit.file.rsplit_once(['/', '\\']).map_or("", |(folder, _)| folder).to_owned();
        let mut groups: Vec<Vec<usize>> = vec![self.counted()];
        for by in [folder as fn(&Unit) -> String, |unit: &Unit| unit.file.clone()] {
            let mut parts: BTreeMap<String, Vec<usize>> = BTreeMap::new();
            for at in self.counted() {
                parts.entry(by(&self.units[at])).or_default().push(at);
            }
            groups.extend(parts.into_values());
        }
        let mut found = false;
        for group in groups {
            let group: Vec<usize> =
                group.into_iter().filter(|at| self.units[*at].standing == InclusionStatus::Counted).collect();
            if group.len() < 3 {
                continue;
            }
            let sums = sums(group.iter().map(|at| &self.units[*at]));
            for &at in &group {
                let unit = &self.units[at];
                let own = unit.columns.iter().flat_map(|column| &column.cells);
                let all = sums.iter().zip(own).all(|(sum, own)| {
                    let own = own.number().unwrap_or_default();
                    *sum == own + own
                });
                if all && unit.filled() >= TELLING {
                    self.leave_out(at, "XG611", Finding::new("XG611").with("count", group.len() - 1));
                    found = true;
                    break;
                }
            }
        }
        found
    }

    /// Different organizations with the same figures: one may have been copied from the other.
    fn alike(&mut self) {
        let mut by_sum: BTreeMap<(usize, Decimal), Vec<usize>> = BTreeMap::new();
        for at in self.counted() {
            let filled = self.units[at].filled();
            if filled < TELLING {
                continue;
            }
            let sum = self.units[at].cells().iter().filter_map(|cell| cell.number()).sum();
            let others = by_sum.entry((filled, sum)).or_default();
            let same = others.iter().copied().find(|other| self.units[*other].same_figures(&self.units[at]));
            others.push(at);
            if let Some(other) = same {
                let (other, file) = (self.units[other].name.clone(), place(&self.units[other]));
                self.note(at, Finding::new("XG612").with("other", other).with("original", file));
            }
        }
    }

    fn other_years(&mut self, year: Option<(i32, Period)>, strict: bool) {
        let Some(wanted) = year else { return };
        for at in self.counted() {
            let unit = &self.units[at];
            if unit.time().is_none_or(|time| time == wanted) {
                continue;
            }
            let finding = Finding::new("XG603").with("found", said_time(unit)).with("wanted", said(wanted));
            self.counted_or_left_out(at, "XG603", finding, "merge.other_year_left_out", strict);
        }
    }

    /// Units whose check found errors.
    fn errors(&mut self, strict: bool) {
        for at in self.counted() {
            let mut codes: Vec<&str> = self.units[at].errors().collect();
            let count = codes.len();
            codes.sort_unstable();
            codes.dedup();
            if codes.is_empty() {
                continue;
            }
            let finding = Finding::new("XG613").with("count", count).with("codes", list(codes));
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

    /// Those that count first, in the order of the list; findings keep their units.
    fn sorted(self, order: Option<Vec<usize>>, value_columns: Vec<Option<String>>) -> Selected {
        let mut places: Vec<usize> = (0..self.units.len()).collect();
        let listed = |at: usize| order.as_ref().map_or(at, |order| order[at]);
        places.sort_by_key(|at| (self.units[*at].standing != InclusionStatus::Counted, listed(*at), *at));
        let mut now = vec![0; places.len()];
        places.iter().enumerate().for_each(|(new, old)| now[*old] = new);
        let mut units: Vec<Option<Unit>> = self.units.into_iter().map(Some).collect();
        let units: Vec<Unit> = places.iter().filter_map(|at| units[*at].take()).collect();
        let moved = |noted: Noted| Noted { unit: noted.unit.map(|at| now[at]), ..noted };
        Selected {
            counted: units.iter().filter(|unit| unit.standing == InclusionStatus::Counted).count(),
            units,
            value_columns,
            findings: self.findings.into_iter().map(moved).collect(),
        }
    }
}

/// A finding that proposes names, where there are any.
fn with_near<'n>(mut finding: Finding, key: &'static str, near: impl IntoIterator<Item = &'n str>) -> Finding {
    let near = list(near);
    if near.is_empty() {
        return finding;
    }
    finding.wording = Some(Wording::Key(key.into()));
    finding.with("near", near)
}

/// The file, and the worksheet where the file has several.
pub fn place(unit: &Unit) -> String {
    match &unit.sheet {
        Some(sheet) if unit.part > 0 => format!("{} {sheet}", unit.file),
        _ => unit.file.clone(),
    }
}

fn said_time(unit: &Unit) -> String {
    unit.time().map_or_else(String::new, said)
}

fn said((year, period): (i32, Period)) -> String {
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

/// The one column whose header is a name, or else holds it.
fn column_named(columns: &[Column], name: &str) -> Option<usize> {
    let wanted = fold(name);
    let header = |column: &Column| column.header.as_deref().map(fold).unwrap_or_default();
    let one = |test: &dyn Fn(&str) -> bool| {
        let mut found = (0..columns.len()).filter(|at| test(&header(&columns[*at])));
        found.next().filter(|_| found.next().is_none())
    };
    one(&|header| header == wanted).or_else(|| one(&|header| header.contains(&wanted)))
}

/// The sums over units, cell by cell; what is no number adds nothing.
fn sums<'u>(units: impl Iterator<Item = &'u Unit>) -> Vec<Decimal> {
    let mut sums: Vec<Decimal> = Vec::new();
    for unit in units {
        let cells = unit.columns.iter().flat_map(|column| &column.cells);
        for (at, cell) in cells.enumerate() {
            if at >= sums.len() {
                sums.push(Decimal::ZERO);
            }
            sums[at] += cell.number().unwrap_or_default();
        }
    }
    sums
}
