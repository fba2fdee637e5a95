//! Reads the rows of a table in a grid: a value is where the row of its label and the column of its header meet.
//!
//! In: [`Tables`], the rows and columns found in a stream. Out: the values of a row. Called by [`super::list`] and
//! [`super::matrix`]. Cells are never counted where the columns are known.

use std::ops::Range;

use super::cells::{self, Taken};
use super::columns::{Columns, ValueColumn};
use super::lines::{Line, Tables};
use super::reading::{CellReading, RowReading};
use super::region::{Area, Region};
use super::value::{self, ParsedValue};
use crate::document::{Cell, CellRef};
use crate::template::{Row, ValueKind};
use crate::text::fold::fold;

/// A row of a grid with the columns of its table.
pub struct GridRow<'t, 'd> {
    pub tables: &'t Tables<'t, 'd>,
    pub columns: &'t Columns,
    pub region: &'t Region<'d>,
    pub line: Line,
    /// The number of its match; none for a row that the form does not have.
    pub index: Option<usize>,
    /// The rows that its values are in.
    pub rows: Range<u32>,
    /// How far right of the table's columns its own are: only in a row that follows another in the same row of the grid.
    pub shift: u32,
}

impl<'t, 'd> GridRow<'t, 'd> {
    /// The row of a match; none if the columns of its table are unknown.
    pub fn new(tables: &'t Tables<'t, 'd>, index: usize) -> Option<Self> {
        let line = tables.lines[index].clone()?;
        let table = tables.chain.matches[index].row.0;
        let columns = tables.columns.get(&(table, line.part))?;
        let region = tables.region(line.part);
        let shift = if line.is_joined { (line.label.end - 1).saturating_sub(columns.label) } else { 0 };
        // Without labels, the values are directly below the headers.
        let rows = match tables.template.tables()[table].label {
            Some(_) => line.rows.clone(),
            None => {
                let last = region.rows().next_back().unwrap_or(0);
                let row = (line.rows.end..=last).find(|row| !region.is_hidden(*row)).unwrap_or(line.rows.end);
                row..row + 1
            }
        };
        Some(Self { tables, columns, region, line, index: Some(index), rows, shift })
    }

    /// A row of a table that no match has its label in.
    pub fn beyond(tables: &'t Tables<'t, 'd>, columns: &'t Columns, part: usize, row: u32, label: Range<u32>) -> Self {
        let line = Line { part, rows: row..row + 1, label, end: u32::MAX, is_joined: false };
        Self { tables, columns, region: tables.region(part), rows: line.rows.clone(), line, index: None, shift: 0 }
    }

    /// The cells with text right of the label, up to the next label.
    pub fn cells_behind(&self) -> Vec<&'d (CellRef, Cell)> {
        let label = self.label();
        let is_behind = |at: &CellRef| at.column >= label.end && at.column < self.line.end;
        self.rows.clone().flat_map(|row| self.region.filled(row)).filter(|(at, _)| is_behind(at)).collect()
    }

    /// Some columns of the table in this row; none if they belong to the next label beside it.
    pub fn place(&self, columns: &Range<u32>) -> Option<Range<u32>> {
        let own = columns.start + self.shift..columns.end.saturating_add(self.shift);
        let is_own = own.start < self.line.end && (!self.line.is_joined || own.start >= self.line.label.end);
        is_own.then(|| own.start..own.end.min(self.line.end))
    }

    /// Whether the row is below headers that stand elsewhere than those above the table.
    pub fn is_below_moved_headers(&self) -> bool {
        self.columns.moves_at.is_some_and(|at| self.rows.start > at)
    }

    /// The value in a column of the table.
    pub fn value(&self, column: &ValueColumn, kind: ValueKind) -> CellReading {
        let mut found: Option<CellReading> = None;
        for place in &column.places {
            let Some(own) = self.place(place) else { return self.unknown() };
            let reading = self.value_in(&own, kind);
            match &found {
                Some(first) if reading.parsed.cell == first.parsed.cell => {}
                // Two columns of the same header that differ.
                Some(first) => {
                    let text = format!("{} {}", first.text, reading.text);
                    let at = first.at.clone();
                    return CellReading { text, parsed: ParsedValue::UNREADABLE, at };
                }
                None => found = Some(reading),
            }
        }
        let mut found = found.unwrap_or_else(|| self.unknown());
        if column.is_joined && found.parsed.is_filled() {
            found.parsed = ParsedValue::UNREADABLE;
        }
        if found.parsed.cell.is_number() && found.parsed.unit.is_none() {
            found.parsed.unit = column.unit.clone();
        }
        found
    }

    fn value_in(&self, place: &Range<u32>, kind: ValueKind) -> CellReading {
        match cells::take(self.region, &self.rows, place, &self.label()) {
            Taken::Nothing(cell) => cells::blank(self.region, CellRef::new(self.rows.start, place.start), cell),
            Taken::One(cell, area) => {
                if self.covers_several(&area, place) {
                    return cells::unclear(&[cell]);
                }
                if !self.is_shared(&area, place) {
                    return cells::reading(cell, kind);
                }
                match self.in_turn(place) {
                    Some(cell) => cells::reading(cell, kind),
                    None => cells::unclear(&[cell]),
                }
            }
            Taken::Several(several) if are_equal(&several, kind) => cells::reading(several[0], kind),
            Taken::Several(several) => match self.in_turn(place) {
                Some(cell) => cells::reading(cell, kind),
                None => cells::unclear(&several),
            },
        }
    }

    /// The cell of a place where merged cells are not quite below their headers: there are as many cells as value columns,
    /// and each is below the header of its turn.
    fn in_turn(&self, place: &Range<u32>) -> Option<&'d Cell> {
        let mut places: Vec<Range<u32>> = self
            .columns
            .values
            .iter()
            .flat_map(|value| &value.places)
            .map(|place| place.start + self.shift..place.end.saturating_add(self.shift))
            .collect();
        places.sort_by_key(|place| place.start);
        let (first, end) = (places.first()?.start, places.last()?.end);
        let row = self.region.row(self.rows.start).iter();
        let cells: Vec<&'d (CellRef, Cell)> = row.filter(|(at, _)| (first..end).contains(&at.column)).collect();
        let areas: Vec<Area> = cells.iter().map(|(at, _)| self.region.area(*at)).collect();
        let fits = cells.len() == places.len()
            && areas.iter().zip(&places).all(|(area, place)| area.meets(place) && area.rows.len() == 1);
        let turn = places.iter().position(|own| own == place).filter(|_| fits)?;
        self.is_usual(&areas).then(|| &cells[turn].1)
    }

    /// Whether another row of the table has its cells in the same columns, or there is no other row.
    fn is_usual(&self, areas: &[Area]) -> bool {
        let own: Vec<&Range<u32>> = areas.iter().map(|area| &area.columns).collect();
        let (Some(first), Some(last)) = (own.first(), own.last()) else { return false };
        let columns = |row: u32| -> Vec<Range<u32>> {
            let cells = self.region.row(row).iter().filter(|(at, _)| (first.start..last.end).contains(&at.column));
            cells.map(|(at, _)| self.region.area(*at).columns).collect()
        };
        let mut others = self.other_rows().peekable();
        others.peek().is_none() || others.any(|row| columns(row).iter().eq(own.iter().copied()))
    }

    /// The first rows of the other matches in the same table.
    fn other_rows(&self) -> impl Iterator<Item = u32> {
        self.lines_of_table().filter(|(index, _)| Some(*index) != self.index).map(|(_, line)| line.rows.start)
    }

    /// The first rows of all matches in the same table.
    fn rows_of_table(&self) -> impl Iterator<Item = u32> {
        self.lines_of_table().map(|(_, line)| line.rows.start)
    }

    fn lines_of_table(&self) -> impl Iterator<Item = (usize, &Line)> {
        let matches = &self.tables.chain.matches;
        let table = self.index.map(|index| matches[index].row.0);
        let lines = self.tables.lines.iter().zip(matches).enumerate();
        let own = lines.filter(move |(_, (_, found))| !found.is_text && Some(found.row.0) == table);
        let own = own.filter_map(|(index, (line, _))| Some((index, line.as_ref()?)));
        own.filter(|(_, line)| line.part == self.line.part && !line.is_joined)
    }

    /// Whether one merged cell is where most other rows have several: values of two columns may run together in it.
    fn covers_several(&self, area: &Area, place: &Range<u32>) -> bool {
        let covered = area.columns.start.max(place.start)..area.columns.end.min(place.end);
        if covered.end <= covered.start + 1 {
            return false;
        }
        let filled = |row: u32| self.region.filled_in(row, &covered).take(2).count();
        let table = self.index.map(|index| self.tables.chain.matches[index].row.0);
        let all = self.tables.filled_cells(table, self.line.part, &covered, || self.rows_of_table().map(filled));
        // Without this row, which is among them if it has a match.
        let own = self.index.filter(|_| !self.line.is_joined).map(|_| filled(self.line.rows.start));
        let without = |count: usize, least: usize| count - usize::from(own.is_some_and(|own| own >= least));
        let (several, some) = (without(all.several, 2), without(all.some, 1));
        several > 0 && several * 2 >= some
    }

    /// The columns of the label, none where it is above the values.
    pub fn label(&self) -> Range<u32> {
        if self.rows.start < self.line.rows.end { self.line.label.clone() } else { 0..0 }
    }

    /// Whether a cell belongs to another value as well: it is merged with the cells of another column or row.
    fn is_shared(&self, area: &Area, place: &Range<u32>) -> bool {
        let other_column = self.columns.values.iter().flat_map(|value| &value.places).any(|other| {
            let other = other.start + self.shift..other.end.saturating_add(self.shift);
            other != *place && area.meets(&other) && !(place.start..place.end).contains(&other.start)
        });
        let is_other_row = |row: u32| {
            let mut matches = self.tables.matches_in(self.line.part, row).iter();
            matches.any(|other| {
                Some(*other) != self.index
                    && !self.tables.chain.matches[*other].is_text
                    && !is_heading(self.tables.row(*other))
            })
        };
        other_column || area.rows.clone().any(|row| !self.rows.contains(&row) && is_other_row(row))
    }

    /// A value whose place is unknown.
    fn unknown(&self) -> CellReading {
        let at = self.region.location(CellRef::new(self.rows.start, self.line.label.start));
        CellReading { text: String::new(), parsed: ParsedValue::UNREADABLE, at }
    }

    /// The unit as printed.
    pub fn unit(&self) -> Option<String> {
        let unit = self.columns.unit?;
        let place = self.place(&(unit..unit + 1))?;
        match cells::take(self.region, &self.rows, &place, &self.label()) {
            Taken::One(cell, _) => Some(cell.text.trim().to_owned()),
            _ => None,
        }
    }

    /// Whether the cells end before the last value, in a table that keeps blank cells: it is unknown which are missing.
    pub fn is_short(&self) -> bool {
        let unit = self.columns.unit.map_or(0, |unit| unit + 1);
        let end = self.columns.end().max(unit) + self.shift;
        self.region.keeps_blanks() && self.region.row_end(self.rows.start).min(self.line.end) < end
    }

    /// Whether a cell of a list may be lost, so that the others have moved: words are in place of a value, the label is in
    /// another column, or another row begins right of a blank value.
    pub fn may_have_moved(&self) -> bool {
        if !self.region.keeps_blanks() {
            return false;
        }
        let own = || self.rows.clone().flat_map(|row| self.region.filled(row));
        let is_short = self.region.row_end(self.rows.start) < self.columns.header_end;
        if is_short && self.shift == 0 && self.label().start < self.columns.label {
            return true;
        }
        if self.has_words_behind_lost() {
            return true;
        }
        let end = self.columns.end() + self.shift;
        let has_last = own().any(|(at, _)| at.column + 1 == end);
        let begins = own().any(|(at, cell)| at.column == end && is_words(cell));
        let is_last = self.region.columns.end == end + 1;
        let has_unit = || own().any(|(at, cell)| at.column == end + 1 && value::is_unit(cell.text.trim()));
        !has_last && begins && (is_last || has_unit())
    }

    /// Whether words are in place of a value in a row that has not as many cells as the headers.
    pub fn has_words_behind_lost(&self) -> bool {
        // The blocks of a folded table cut all rows to their width.
        let is_block = self.region.columns != (0..u32::MAX);
        let is_uneven = || is_block || self.region.row_end(self.rows.start) != self.columns.header_end;
        self.region.keeps_blanks() && is_uneven() && self.has_words_for_value()
    }

    /// Whether words are in a column of values.
    fn has_words_for_value(&self) -> bool {
        let is_value = |column: u32| {
            let mut places = self.columns.values.iter().flat_map(|value| &value.places);
            places.any(|place| place.contains(&column.saturating_sub(self.shift)))
        };
        let mut own = self.rows.clone().flat_map(|row| self.region.filled(row));
        own.any(|(at, cell)| at.column >= self.label().end && is_value(at.column) && is_words(cell))
    }

    /// Whether another unit stands between the row's own and its first value, which may so be that of another label.
    pub fn has_unit_before_values(&self) -> bool {
        let first = self.columns.values.iter().flat_map(|value| &value.places).map(|place| place.start).min();
        let Some(first) = first.map(|first| first + self.shift) else { return false };
        let own = self.columns.unit.map_or(self.label().end, |unit| unit + self.shift + 1);
        if own >= first {
            return false;
        }
        let mut cells = self.rows.clone().flat_map(|row| self.region.filled(row));
        cells.any(|(at, cell)| (own..first).contains(&at.column) && value::is_unit(cell.text.trim()))
    }

    /// Adds the remarks beside the row, and whatever is in none of the table's columns.
    pub fn add_remarks(&self, row: &mut RowReading) {
        let known = |column: u32| {
            let column = column.saturating_sub(self.shift);
            self.columns.unit == Some(column)
                || self.columns.serial.contains(&column)
                || self.columns.values.iter().flat_map(|value| &value.places).any(|place| place.contains(&column))
        };
        for line in self.rows.clone() {
            for (at, cell) in self.region.filled(line) {
                let is_beside = at.column >= self.label().end && at.column < self.line.end;
                if is_beside && !known(at.column) && at.column >= self.line.label.start.min(self.columns.label) {
                    row.remarks.push((cell.text.trim().to_owned(), Some(cell.at.clone())));
                }
            }
        }
    }
}

/// Whether a cell holds words that are neither a value nor a unit.
fn is_words(cell: &Cell) -> bool {
    !value::parse_cell(cell, ValueKind::Signed).is_readable()
        && !value::is_unit(cell.text.trim())
        && fold(&cell.text).chars().filter(|c| c.is_alphabetic()).count() > 1
}

/// Whether some cells hold one and the same value: that of a merged cell, written out, or of a repeated column.
fn are_equal(cells: &[&Cell], kind: ValueKind) -> bool {
    let first = value::parse_cell(cells[0], kind);
    first.is_filled() && cells.iter().all(|cell| value::parse_cell(cell, kind).cell == first.cell)
}

fn is_heading(row: &Row) -> bool {
    row.kind == ValueKind::Heading
}

/// Whether a text stands where a unit should and is a number: the unit is missing, and the value in its place.
pub fn is_number_for_unit(unit: Option<&str>) -> bool {
    unit.is_some_and(|unit| !value::is_unit(unit) && value::parse(unit, ValueKind::Signed).cell.is_number())
}
