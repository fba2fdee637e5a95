//! Finds tables that would count twice: copies, several reports of one organization, and sums of others.
//!
//! In: the organizations that count so far. Out: the same with some left out, and findings. Called by [`super::select`].

use std::collections::BTreeMap;

use rust_decimal::Decimal;

use super::{Selection, place, time_text};
use crate::finding::Finding;
use crate::merge::list::list;
use crate::merge::organization::{InclusionStatus, Organization};
use crate::organization::Key;
use crate::report::Period;

/// Tables with fewer values other than 0 may be equal, or add up, by chance.
const TELLING: usize = 6;

impl Selection {
    /// Leaves out copies of a file. If the copies name different organizations, a finding says so.
    pub(super) fn copies(&mut self) {
        let mut first: BTreeMap<(u64, usize), usize> = BTreeMap::new();
        for at in self.counted() {
            let organization = &self.organizations[at];
            let seen = *first.entry((organization.content, organization.part)).or_insert(at);
            let original = &self.organizations[seen];
            if seen == at || original.file == organization.file || !original.same_values(organization) {
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

    /// Leaves out all but one of several reports of one organization.
    ///
    /// If exactly one is of the merged year, it counts. If all have the same values, the first counts. Otherwise none
    /// counts, because nothing tells which is right.
    pub(super) fn twice(&mut self, year: Option<(i32, Period)>) {
        let mut groups: BTreeMap<Key, Vec<usize>> = BTreeMap::new();
        for at in self.counted() {
            groups.entry(self.keys[at].clone()).or_default().push(at);
        }
        let mut groups: Vec<Vec<usize>> = groups.into_values().filter(|group| group.len() > 1).collect();
        groups.sort();
        for group in groups {
            let of_year: Vec<usize> =
                group.iter().copied().filter(|at| year.is_some() && self.organizations[*at].time() == year).collect();
            if let [right] = of_year[..] {
                for at in group.into_iter().filter(|at| *at != right) {
                    let finding = Finding::new("XG604").with("original", place(&self.organizations[right]));
                    let found = time_text(&self.organizations[at]);
                    self.leave_out(at, "XG604", finding.with("found", found));
                }
                continue;
            }
            let first = group[0];
            if group[1..].iter().all(|at| self.organizations[*at].same_values(&self.organizations[first])) {
                for &at in &group[1..] {
                    let finding = Finding::new("XG607").with("original", place(&self.organizations[first]));
                    self.leave_out(at, "XG607", finding);
                }
                continue;
            }
            let files: Vec<String> = group.iter().map(|at| place(&self.organizations[*at])).collect();
            let finding = Finding::new("XG608").with("count", group.len());
            let finding = finding.with("files", list(files.iter().map(String::as_str)));
            for &at in &group {
                self.organizations[at].inclusion = InclusionStatus::LeftOut("XG608");
            }
            self.note(first, finding);
        }
    }

    /// Leaves out tables that are the sum of all others, of the others in their folder, or of the others in their file.
    pub(super) fn sums_of_others(&mut self) {
        // The total of the whole equals the sum of the others only after the subtotals are left out, so repeat.
        while self.sums_of_others_once() {}
    }

    /// Leaves out one sum in each group of organizations. Returns whether it found any.
    fn sums_of_others_once(&mut self) -> bool {
        let folder = |organization: &Organization| {
            organization.file.rsplit_once(['/', '\\']).map_or("", |(folder, _)| folder).to_owned()
        };
        let mut groups: Vec<Vec<usize>> = vec![self.counted()];
        for by in [folder as fn(&Organization) -> String, |organization: &Organization| organization.file.clone()] {
            let mut parts: BTreeMap<String, Vec<usize>> = BTreeMap::new();
            for at in self.counted() {
                parts.entry(by(&self.organizations[at])).or_default().push(at);
            }
            groups.extend(parts.into_values());
        }
        let mut found = false;
        for group in groups {
            let group: Vec<usize> =
                group.into_iter().filter(|at| self.organizations[*at].inclusion == InclusionStatus::Counted).collect();
            if group.len() < 3 {
                continue;
            }
            let sums = sums(group.iter().map(|at| &self.organizations[*at]));
            for &at in &group {
                let organization = &self.organizations[at];
                let own = organization.columns.iter().flat_map(|column| &column.cells);
                let all = sums.iter().zip(own).all(|(sum, own)| {
                    let own = own.number().unwrap_or_default();
                    *sum == own + own
                });
                if all && organization.filled() >= TELLING {
                    self.leave_out(at, "XG611", Finding::new("XG611").with("count", group.len() - 1));
                    found = true;
                    break;
                }
            }
        }
        found
    }

    /// Reports different organizations with equal values: one may be a copy of the other.
    pub(super) fn alike(&mut self) {
        let mut by_sum: BTreeMap<(usize, Decimal), Vec<usize>> = BTreeMap::new();
        for at in self.counted() {
            let filled = self.organizations[at].filled();
            if filled < TELLING {
                continue;
            }
            let sum = self.organizations[at].cells().iter().filter_map(|cell| cell.number()).sum();
            let others = by_sum.entry((filled, sum)).or_default();
            let same =
                others.iter().copied().find(|other| self.organizations[*other].same_values(&self.organizations[at]));
            others.push(at);
            if let Some(other) = same {
                let (other, file) = (self.organizations[other].name.clone(), place(&self.organizations[other]));
                self.note(at, Finding::new("XG612").with("other", other).with("original", file));
            }
        }
    }
}

/// The sum of each cell over all organizations. Cells without a number add 0.
fn sums<'u>(organizations: impl Iterator<Item = &'u Organization>) -> Vec<Decimal> {
    let mut sums: Vec<Decimal> = Vec::new();
    for organization in organizations {
        let cells = organization.columns.iter().flat_map(|column| &column.cells);
        for (at, cell) in cells.enumerate() {
            if at >= sums.len() {
                sums.push(Decimal::ZERO);
            }
            sums[at] += cell.number().unwrap_or_default();
        }
    }
    sums
}
