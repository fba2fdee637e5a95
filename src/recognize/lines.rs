//! The cells of each row of the form in a grid, and the columns of each table.
//!
//! In: a stream, the [`Chain`] found in it and a template. Out: [`Tables`]. Used by [`super::grid`] and
//! [`super::grid_extras`].

use std::cell::RefCell;
use std::collections::BTreeMap;
use std::ops::Range;

use rustc_hash::FxHashMap;

use super::align::{Chain, Match};
use super::columns::{self, Columns, FoundRow};
use super::region::Region;
use super::stream::Stream;
use crate::template::{Row, Template, ValueKind};

/// The cells of a row of the form.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Line {
    /// The table of the stream.
    pub part: usize,
    /// The rows of the label's cells.
    pub rows: Range<u32>,
    /// The columns of the label's cells.
    pub label: Range<u32>,
    /// The first column that belongs to the next label in the same row of the grid.
    pub end: u32,
    /// Whether the label of another row is left of it.
    pub is_joined: bool,
}

/// The rows and columns of the tables that a chain was found in.
pub struct Tables<'a, 'd> {
    pub stream: &'a Stream<'d>,
    pub chain: &'a Chain,
    pub template: &'a Template,
    /// For each match, its cells; none in running text.
    pub lines: Vec<Option<Line>>,
    /// The columns, by table of the form and table of the stream.
    pub columns: BTreeMap<(usize, usize), Columns>,
    /// The rows of the grid with matches, in order, each with those of `members` that are in it.
    in_row: Vec<((usize, u32), Range<usize>)>,
    /// Matches, by their rows.
    members: Vec<usize>,
    /// For columns of a table, how many of its rows have cells there: asked for each value of the same columns.
    filled: RefCell<FxHashMap<Place, Filled>>,
}

/// A table of the form, a table of the stream, and columns there.
type Place = (Option<usize>, usize, Range<u32>);

/// How many rows have cells in some columns.
#[derive(Clone, Copy, Debug, Default)]
pub struct Filled {
    /// Rows with one or more.
    pub some: usize,
    /// Rows with two or more.
    pub several: usize,
}

impl<'a, 'd> Tables<'a, 'd> {
    /// Finds the rows and columns of a chain.
    pub fn new(stream: &'a Stream<'d>, chain: &'a Chain, template: &'a Template) -> Self {
        let is_labeled = |found: &Match| template.tables()[found.row.0].label.is_some() || found.is_text;
        let lines: Vec<Option<Line>> =
            chain.matches.iter().map(|found| line(stream, found, is_labeled(found))).collect();
        let of_line = |(index, line): (usize, &Option<Line>)| {
            let line = line.as_ref().map(|line| (line.part, line.rows.clone()));
            line.into_iter().flat_map(move |(part, rows)| rows.map(move |row| ((part, row), index)))
        };
        let mut places: Vec<((usize, u32), usize)> = lines.iter().enumerate().flat_map(of_line).collect();
        places.sort_by_key(|(place, _)| *place);
        let mut in_row: Vec<((usize, u32), Range<usize>)> = Vec::with_capacity(places.len());
        for (at, (place, _)) in places.iter().enumerate() {
            match in_row.last_mut() {
                Some((last, range)) if last == place => range.end = at + 1,
                _ => in_row.push((*place, at..at + 1)),
            }
        }
        let members = places.into_iter().map(|(_, index)| index).collect();
        let mut tables = Self {
            stream,
            chain,
            template,
            lines,
            columns: BTreeMap::new(),
            in_row,
            members,
            filled: RefCell::default(),
        };
        tables.limit_lines();
        tables.find_columns();
        tables
    }

    /// The row of the form that a match is of.
    pub fn row(&self, index: usize) -> &'a Row {
        let (table, row) = self.chain.matches[index].row;
        &self.template.tables()[table].rows[row]
    }

    /// The region with the number of a table.
    pub fn region(&self, part: usize) -> &'a Region<'d> {
        &self.stream.tables[&part]
    }

    /// The matches whose label is in a row of a grid.
    pub fn matches_in(&self, part: usize, row: u32) -> &[usize] {
        let found = self.in_row.binary_search_by_key(&(part, row), |(place, _)| *place);
        found.map_or(&[], |found| &self.members[self.in_row[found].1.clone()])
    }

    /// The tables of the stream with rows of the chain, in order.
    pub fn parts(&self) -> Vec<usize> {
        let mut parts: Vec<usize> = self.in_row.iter().map(|((part, _), _)| *part).collect();
        parts.dedup();
        parts
    }

    /// How many rows of a table in a part have cells in some columns. `counts` has the number of cells of each row.
    pub fn filled_cells<C: Iterator<Item = usize>>(
        &self,
        table: Option<usize>,
        part: usize,
        columns: &Range<u32>,
        counts: impl FnOnce() -> C,
    ) -> Filled {
        let count = || {
            counts().fold(Filled::default(), |all, cells| Filled {
                some: all.some + usize::from(cells > 0),
                several: all.several + usize::from(cells > 1),
            })
        };
        *self.filled.borrow_mut().entry((table, part, columns.clone())).or_insert_with(count)
    }

    /// Whether a row of the form has its merged labels printed as the row of another match.
    fn is_below(&self, index: usize, other: usize) -> bool {
        self.row(index).stubs.contains(&self.row(other).label)
    }

    /// Ends each row where the next label in the same row of the grid begins.
    fn limit_lines(&mut self) {
        for index in 0..self.lines.len() {
            let Some(own) = self.lines[index].clone() else { continue };
            let beside: Vec<usize> = own
                .rows
                .clone()
                .flat_map(|row| self.matches_in(own.part, row))
                .copied()
                .filter(|other| *other != index)
                .collect();
            let label = |other: &usize| self.lines[*other].as_ref().map(|line| line.label.clone());
            let starts = beside.iter().filter_map(label).map(|label| label.start);
            let end = starts.filter(|start| *start >= own.label.end).min().unwrap_or(u32::MAX);
            let is_joined = beside.iter().any(|other| {
                !self.chain.matches[*other].is_text
                    && label(other).is_some_and(|label| label.end <= own.label.start)
                    && !self.is_below(index, *other)
            });
            if let Some(line) = &mut self.lines[index] {
                (line.end, line.is_joined) = (end, is_joined);
            }
        }
    }

    /// Finds the columns of each table.
    fn find_columns(&mut self) {
        let mut rows: BTreeMap<(usize, usize), Vec<FoundRow>> = BTreeMap::new();
        for (index, found) in self.chain.matches.iter().enumerate().filter(|(_, found)| !found.is_text) {
            let Some(line) = &self.lines[index] else { continue };
            let has_values = self.row(index).kind != ValueKind::Heading && !line.is_joined;
            let row = FoundRow { rows: line.rows.clone(), label: line.label.clone(), end: line.end, has_values };
            rows.entry((found.row.0, line.part)).or_default().push(row);
        }
        for ((number, part), rows) in rows {
            let table = &self.template.tables()[number];
            let floor = self.floor(number, part, &rows);
            let region = self.region(part);
            let columns = match table.is_matrix() {
                true => Some(columns::of_matrix(region, &rows, floor, table)),
                false => columns::of_list(region, &rows, floor, table),
            };
            self.columns.extend(columns.map(|columns| ((number, part), columns)));
        }
    }

    /// The first row that headers of a table may be in: below the rows of other tables, their headings and its own.
    fn floor(&self, number: usize, part: usize, rows: &[FoundRow]) -> u32 {
        let first = rows.iter().map(|row| row.rows.start).min().unwrap_or(0);
        let table = &self.template.tables()[number];
        let is_above = |(index, found): &(usize, &Match)| {
            let line = self.lines[*index].as_ref().filter(|line| line.part == part)?;
            let is_heading = found.is_text && table.is_matrix() && line.rows.len() == 1 && {
                let region = self.region(part);
                region.filled(line.rows.start).count() == 1
            };
            (line.rows.end <= first && (is_heading || !found.is_text)).then_some(line.rows.end)
        };
        self.chain.matches.iter().enumerate().filter_map(|found| is_above(&found)).max().unwrap_or(0)
    }
}

/// The cells of a match in a grid. A row without a label has the headers in its place, down to the last row of them.
fn line(stream: &Stream<'_>, found: &Match, is_labeled: bool) -> Option<Line> {
    let (first, last) = (stream.cell_at(found.label.start), stream.cell_at(found.label.end - 1));
    let part = stream.cells[last].part;
    let region = stream.tables.get(&part)?;
    // Blank cells between the two halves of a label are those of unit and value.
    let cells = stream.cells[first..=last].iter().filter(|cell| cell.part == part && !cell.cell.is_blank());
    let places: Vec<_> = cells.filter_map(|cell| cell.position).collect();
    let areas: Vec<_> = places.iter().map(|at| region.area(*at)).collect();
    // The values are in the first row of a merged label.
    let end = match is_labeled {
        true => places.iter().map(|at| at.row + 1).max()?,
        false => areas.iter().map(|area| area.rows.end).max()?,
    };
    let rows = places.iter().map(|at| at.row).min()?..end;
    let columns = areas.iter().map(|area| &area.columns);
    let label = columns.clone().map(|own| own.start).min()?..columns.map(|own| own.end).max()?;
    Some(Line { part, rows, label, end: u32::MAX, is_joined: false })
}
