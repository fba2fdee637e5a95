//! The headers above the values of a table, and the columns of the form that they name.
//!
//! In: the header rows of a [`Region`], or headers in reading order. Out: [`Header`]s with their columns, and the
//! column of the form for each. Called by [`super::columns`] and by the readers of text.

use std::collections::{BTreeMap, BTreeSet};
use std::ops::Range;

use super::region::Region;
use super::stream::one_line;
use super::value;
use crate::document::CellRef;
use crate::template::{Column, Table, ValueKind};
use crate::text::fold::fold;
use crate::text::label;
use crate::text::words::words;

/// The most columns with headers. No form has so many; spreadsheets may have thousands.
const MAX_COLUMNS: u32 = 400;

/// The least similarity of a misspelled header to the official one, and its least lead over the next best.
const SIMILAR: f64 = 0.6;
const SIMILAR_LEAD: f64 = 0.15;

/// The header of one or more columns of a grid.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Header {
    /// Its columns in the grid.
    pub columns: Range<u32>,
    /// Its text as printed.
    pub text: String,
    /// Its text, folded and without brackets.
    pub words: String,
    /// The headers above it, from the top down, folded and without brackets.
    pub groups: Vec<String>,
}

/// A folded text without brackets, as headers are compared.
pub fn header_words(text: &str) -> String {
    let folded = fold(text);
    let words = label::without_brackets(&folded);
    // A header in brackets is that of the labels of 2019 and later. 现行有效件数（上年） says in brackets that it is another.
    let is_of_other = || words.len() < folded.len() && is_of_other_year(&folded) && !is_of_other_year(&words);
    if words.is_empty() || is_of_other() { folded } else { words }
}

/// The headers in some rows, from the left.
///
/// Without merged cells, a header also stands above the blank cells to its right, if there are headers below these.
pub fn headers(region: &Region<'_>, rows: &Range<u32>) -> Vec<Header> {
    let lines: Vec<u32> = region.rows().filter(|row| rows.contains(row)).collect();
    let end = lines.iter().map(|row| region.row_end(*row)).max().unwrap_or(0);
    let (start, end) = (region.columns.start, end.min(region.columns.end).min(region.columns.start + MAX_COLUMNS));
    let spreads = !region.has_merged(rows);
    let mut headers: Vec<(CellRef, Header)> = Vec::new();
    // The texts above the column before.
    let mut before: Vec<(CellRef, String, bool)> = Vec::new();
    for column in start..end {
        // The texts above the column from the top, and the place of each that is its own.
        let mut path: Vec<(CellRef, String, bool)> = Vec::new();
        for row in &lines {
            let at = CellRef::new(*row, column);
            let (own, area) = match region.covering(at) {
                Some((cell, area)) if !cell.is_blank() => (cell, area),
                _ => {
                    let left = region.filled(*row).take_while(|(left, _)| left.column < column).last();
                    if let Some((place, cell)) = left.filter(|_| spreads) {
                        path.push((*place, cell.text.clone(), false));
                    }
                    continue;
                }
            };
            // Where merged cells are written out, the text of one is in all of them.
            let left = before.get(path.len()).filter(|(place, text, is_own)| {
                spreads && *is_own && place.row == *row && *text == own.text && path[..] == before[..path.len()]
            });
            let first = match left {
                Some((place, ..)) => *place,
                None => CellRef::new(area.rows.start, area.columns.start),
            };
            let is_same = |(last, text, is_own): &(CellRef, String, bool)| {
                *last == first || (spreads && *is_own && header_words(text) == header_words(&own.text))
            };
            if !path.last().is_some_and(is_same) {
                path.push((first, own.text.clone(), true));
            }
        }
        before.clone_from(&path);
        let Some(leaf) = path.iter().rposition(|(.., is_own)| *is_own) else { continue };
        let (at, text, _) = &path[leaf];
        if let Some((last, header)) = headers.last_mut()
            && last == at
        {
            header.columns.end = column + 1;
            continue;
        }
        let groups = path[..leaf].iter().map(|(_, text, _)| header_words(text)).collect();
        let header = Header { columns: column..column + 1, text: one_line(text), words: header_words(text), groups };
        headers.push((*at, header));
    }
    headers.into_iter().map(|(_, header)| header).collect()
}

/// The header rows of a table above its first row: the lowest rows with a known header, and the rows without values below
/// them. None if no header is known.
pub fn header_rows(region: &Region<'_>, floor: u32, first: u32, is_known: impl Fn(&str) -> bool) -> Option<Range<u32>> {
    let above: Vec<u32> = region.rows().filter(|row| (floor..first).contains(row)).collect();
    let holds_known = |row: u32| region.filled(row).any(|(_, cell)| is_known(&cell.text));
    let holds_values = |row: u32| {
        region
            .filled(row)
            .any(|(_, cell)| value::is_unit(&cell.text) || value::parse_cell(cell, ValueKind::Count).cell.is_number())
    };
    let lowest = above.iter().rposition(|row| holds_known(*row))?;
    let top = (0..lowest).rev().take_while(|at| holds_known(above[*at]) && above[*at] + 1 == above[at + 1]).last();
    let end = above[lowest + 1..].iter().copied().find(|row| holds_values(*row)).unwrap_or(first);
    Some(above[top.unwrap_or(lowest)]..end)
}

/// The names of a column: its header and aliases, alone and behind the headers above it.
fn names(column: &Column) -> Vec<String> {
    let own: Vec<String> =
        std::iter::once(&column.header).chain(&column.aliases).map(|name| header_words(name)).collect();
    let mut names = own.clone();
    let mut above = String::new();
    for group in column.groups.iter().rev() {
        above.insert_str(0, &header_words(group));
        names.extend(own.iter().map(|own| format!("{above}{own}")));
    }
    names
}

/// Whether a header says that its values are those of another year.
pub fn is_of_other_year(folded: &str) -> bool {
    words().other_year.iter().any(|word| folded.contains(word.as_str()))
}

/// The columns whose names run together in a text, if nothing else is in it.
fn run_together(names: &[(usize, &Vec<String>)], words: &str) -> Vec<usize> {
    let mut columns = Vec::new();
    let mut rest = words;
    while !rest.is_empty() {
        let longest = names
            .iter()
            .flat_map(|(column, names)| names.iter().map(|name| (*column, name)))
            .filter(|(column, name)| rest.starts_with(name.as_str()) && !columns.contains(column))
            .max_by_key(|(_, name)| name.len());
        let Some((column, name)) = longest else { return Vec::new() };
        columns.push(column);
        rest = &rest[name.len()..];
    }
    if columns.len() > 1 { columns } else { Vec::new() }
}

/// Whether headers are not above their columns: one is above the labels, or above another that it does not belong to, or has
/// lost those below it.
pub fn are_displaced(table: &Table, headers: &[Header], behind_labels: u32) -> bool {
    let names = |column: &Column| -> Vec<String> {
        std::iter::once(&column.header).chain(&column.aliases).map(|name| header_words(name)).collect()
    };
    let leaves: BTreeSet<String> = table.columns.iter().flat_map(names).collect();
    let groups: BTreeSet<String> =
        table.columns.iter().flat_map(|column| &column.groups).map(|group| header_words(group)).collect();
    headers.iter().any(|header| {
        let is_leaf = |text: &String| leaves.contains(text) && !groups.contains(text);
        // A header that touches that of the labels left its column to the next one.
        let runs_on = |leaf: &String| leaf.chars().count() > 1 && header.words.ends_with(leaf.as_str());
        let is_above_labels = header.columns.start < behind_labels;
        let is_own = leaves.contains(&header.words) || groups.contains(&header.words);
        (is_above_labels && (is_own || leaves.iter().any(runs_on)))
            || header.groups.iter().any(is_leaf)
            || (groups.contains(&header.words)
                && !leaves.contains(&header.words)
                && !headers.iter().any(|other| other.groups.contains(&header.words)))
    })
}

/// What the headers of a table say about the columns of the form.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Assigned {
    /// For each header, the column of the form.
    pub columns: Vec<Option<usize>>,
    /// For each header, the columns of the form whose headers run together in it.
    pub joined: Vec<Vec<usize>>,
    /// The headers that were read as a similar one.
    pub similar: Vec<usize>,
    /// The number of headers above others that are the form's.
    pub groups: usize,
}

impl Assigned {
    /// The number of columns of the form that have a header.
    pub fn count(&self) -> usize {
        self.columns.iter().flatten().collect::<BTreeSet<_>>().len()
    }
}

/// The names of the columns of a table, folded once.
pub struct TableNames {
    /// For each column, its header and aliases, alone and behind the headers above it.
    names: Vec<Vec<String>>,
    /// For each column, the headers above it.
    groups: Vec<Vec<String>>,
}

impl TableNames {
    pub fn new(table: &Table) -> Self {
        let groups = |column: &Column| column.groups.iter().map(|group| header_words(group)).collect();
        Self { names: table.columns.iter().map(names).collect(), groups: table.columns.iter().map(groups).collect() }
    }

    /// Whether a text is the header of a column, or above one.
    pub fn has(&self, text: &str) -> bool {
        let words = header_words(text);
        self.names.iter().chain(&self.groups).any(|names| names.contains(&words))
    }

    /// Whether a text is the header of a column, or above one, with a word for another year.
    pub fn has_of_other_year(&self, text: &str) -> bool {
        let folded = fold(text);
        let mut known = self.names.iter().chain(&self.groups).flatten();
        is_of_other_year(&folded) && known.any(|name| folded.contains(name.as_str()))
    }
}

/// The column of the form for each header.
///
/// A header names a column if the headers above it do not say otherwise. Headers that occur several times, as 总计 does,
/// without headers above them are in the form's order if all of them are there. A header that is only similar counts if
/// no other fits.
pub fn assign(table: &TableNames, headers: &[Header]) -> Assigned {
    let TableNames { names, groups } = table;
    let known: BTreeSet<&String> = groups.iter().flatten().collect();
    let may_be = |header: &Header, column: usize| {
        let mut above = header.groups.iter().filter(|group| known.contains(group));
        above.all(|group| groups[column].contains(group))
    };
    // For each header, the texts that name another year: most often none. Neighbours have most of their texts in common.
    let mut seen: BTreeMap<&str, bool> = BTreeMap::new();
    let mut of_other: Vec<Vec<&String>> = Vec::with_capacity(headers.len());
    for header in headers {
        let texts = header.groups.iter().chain([&header.words]);
        of_other.push(texts.filter(|text| *seen.entry(text).or_insert_with(|| is_of_other_year(text))).collect());
    }
    let is_other_year = |index: usize, column: usize| of_other[index].iter().any(|text| !names[column].contains(text));
    let candidates: Vec<Vec<usize>> = headers
        .iter()
        .enumerate()
        .map(|(index, header)| {
            let fits = |column: &usize| {
                names[*column].contains(&header.words) && may_be(header, *column) && !is_other_year(index, *column)
            };
            (0..names.len()).filter(fits).collect()
        })
        .collect();
    let mut assigned = Assigned { columns: vec![None; headers.len()], ..Assigned::default() };
    assigned.groups = headers.iter().flat_map(|header| &header.groups).filter(|group| known.contains(group)).count();
    for (own, found) in assigned.columns.iter_mut().zip(&candidates) {
        if let [only] = found.as_slice() {
            *own = Some(*only);
        }
    }
    for index in 0..headers.len() {
        let same: Vec<usize> = (0..headers.len()).filter(|other| candidates[*other] == candidates[index]).collect();
        let has_group = |at: &usize| headers[*at].groups.iter().any(|group| known.contains(group));
        if candidates[index].len() > 1 && same.len() == candidates[index].len() && !same.iter().any(has_group) {
            for (at, column) in same.iter().zip(&candidates[index]) {
                assigned.columns[*at] = Some(*column);
            }
        }
    }
    assigned.joined = headers
        .iter()
        .zip(&candidates)
        .map(|(header, found)| {
            let open: Vec<(usize, &Vec<String>)> =
                names.iter().enumerate().filter(|(column, _)| may_be(header, *column)).collect();
            if found.is_empty() { run_together(&open, &header.words) } else { Vec::new() }
        })
        .collect();
    let open: Vec<usize> = (0..names.len()).filter(|column| !assigned.columns.contains(&Some(*column))).collect();
    let is_open = |index: &usize| {
        candidates[*index].is_empty() && assigned.joined[*index].is_empty() && !known.contains(&headers[*index].words)
    };
    let open_headers: Vec<usize> = (0..headers.len()).filter(is_open).collect();
    for index in open_headers {
        let header = &headers[index];
        let likeness = |column: usize| {
            let own = names[column].iter().filter(|name| !label::contradict(name, &header.words));
            let own = own.map(|name| label::similarity(name, &header.words, SIMILAR - SIMILAR_LEAD));
            own.fold(0.0, f64::max)
        };
        let fits = |column: &&usize| may_be(header, **column) && !is_other_year(index, **column);
        let mut alike: Vec<(f64, usize)> = open.iter().filter(fits).map(|at| (likeness(*at), *at)).collect();
        alike.sort_by(|one, other| other.0.total_cmp(&one.0));
        let lead = alike.first().map_or(0.0, |best| best.0) - alike.get(1).map_or(0.0, |next| next.0);
        if let Some((_, column)) = alike.first().filter(|best| best.0 >= SIMILAR && lead >= SIMILAR_LEAD) {
            assigned.columns[index] = Some(*column);
            assigned.similar.push(index);
        }
    }
    assigned
}
/// The unit that a header names, as in `收费（单位：元）`: behind a word for units, or alone in brackets.
pub fn unit(header: &str) -> Option<String> {
    let folded = fold(header);
    let behind = words().unit_headers.iter().filter_map(|word| folded.split_once(word.as_str()));
    let named = behind.map(|(_, rest)| rest.trim_start_matches([':', '(']).trim_end_matches(')').to_owned());
    let bracket = folded.split_once('(').map(|(_, rest)| rest.trim_end_matches(')').to_owned());
    // 百万元 and 千件 are no units of a form, and say that the values are not in its unit.
    let is_unit = |unit: &String| {
        let bare = unit.trim_start_matches(|c| words().scales.contains(c));
        words().units.iter().any(|known| known == bare || known == unit)
    };
    named.chain(bracket).find(is_unit)
}
