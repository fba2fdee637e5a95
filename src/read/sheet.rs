//! Shared code of the workbook readers: building grids within limits, choosing sheets, printing numbers.
//!
//! In: cells in any order, merged ranges, names. Out: [`Grid`]s with sorted cells. Called by [`super::workbook`],
//! [`super::xlsx`], [`super::ods`] and [`super::spreadsheet_2003`].

use std::collections::BTreeMap;
use std::sync::Arc;

use calamine::ExcelDateTime;

use crate::document::{Cell, CellKind, CellRef, Grid, Location, MergedRange, Part};
use crate::error::{Error, ErrorKind, Result};
use crate::finding::Finding;

use super::body::LeftOut;
use super::formula::{self, Formula, FormulaResult};
use super::{ReadOptions, SheetChoice, limit};

/// A worksheet and the findings about it.
pub(super) type Sheet = (Grid, Vec<Finding>);

/// A finding names at most this many cells.
const MAX_NAMED: usize = 8;

/// The most cells to allocate in advance.
const EXPECTED: usize = 4096;

/// Builds the grids of a workbook within one budget.
#[derive(Default)]
pub(super) struct SheetBuilder {
    done: Vec<Sheet>,
    grid: Option<Grid>,
    /// The formulas of the current sheet that have no result.
    formulas: BTreeMap<CellRef, Formula>,
    /// The struck-out texts of the current sheet.
    struck: LeftOut,
    /// The texts of the current sheet whose number format shows nothing.
    concealed: LeftOut,
    budget: limit::CellBudget,
    merged: usize,
}

impl SheetBuilder {
    /// Ends the current sheet and starts another.
    pub(super) fn begin(&mut self, name: &str, hidden: bool) {
        self.close();
        self.grid = Some(Grid { name: Some(name.into()), hidden, ..Grid::default() });
    }

    /// Allocates space for about `cells` cells, up to a small limit.
    pub(super) fn expect(&mut self, cells: usize) {
        if let Some(grid) = &mut self.grid {
            grid.cells.reserve(cells.min(EXPECTED));
        }
    }

    /// Adds a cell. Ignores one without text. If several cells have the same address, the last one stays.
    pub(super) fn push(&mut self, at: CellRef, text: String, kind: CellKind) -> Result<()> {
        let Some(grid) = &mut self.grid else { return Ok(()) };
        if !text.is_empty() {
            self.budget.take_text(text.len())?;
            let sheet: Arc<str> = grid.name.clone().unwrap_or_default();
            grid.cells.push((at, Cell { text, kind, at: Location::Sheet { sheet, cell: at } }));
        }
        Ok(())
    }

    /// Says that a cell has text that is not read, because it is hidden or else struck out.
    pub(super) fn leave_out(&mut self, at: CellRef, text: &str, is_hidden: bool) {
        let sheet: Arc<str> = self.grid.as_ref().and_then(|grid| grid.name.clone()).unwrap_or_default();
        let texts = if is_hidden { &mut self.concealed } else { &mut self.struck };
        texts.add(text, Some(Location::Sheet { sheet, cell: at }));
    }

    /// Adds a cell whose formula has no result. It is calculated when the sheet is complete.
    pub(super) fn formula(&mut self, at: CellRef, formula: Formula) -> Result<()> {
        self.budget.take_text(formula.text.len())?;
        self.formulas.insert(at, formula);
        Ok(())
    }

    /// Checks that `length` more bytes of text are within the budget, before they are built.
    pub(super) fn check_text(&self, length: usize) -> Result<()> {
        self.budget.check_text(length)
    }

    /// Says that the sheet has a cell without content at a place.
    pub(super) fn blank(&mut self, at: CellRef) {
        if let Some(grid) = &mut self.grid {
            grid.rows = grid.rows.max(at.row + 1);
        }
    }

    /// Adds a merged range. Ignores a single cell and a range with its ends swapped.
    pub(super) fn merge(&mut self, range: MergedRange) -> Result<()> {
        let MergedRange { first, last } = range;
        if let Some(grid) = &mut self.grid
            && first.row <= last.row
            && first.column <= last.column
            && first != last
        {
            self.merged += 1;
            if self.merged > limit::MERGED {
                return Err(limit::too_large("@format.many_merged", limit::MERGED));
            }
            grid.merged.push(range);
        }
        Ok(())
    }

    /// Marks rows as hidden.
    pub(crate) fn hide_rows(&mut self, first: u32, last: u32) {
        if let Some(grid) = &mut self.grid {
            grid.hidden_rows.add(first, last);
        }
    }

    /// Marks columns as hidden.
    pub(crate) fn hide_columns(&mut self, first: u32, last: u32) {
        if let Some(grid) = &mut self.grid {
            grid.hidden_columns.add(first, last);
        }
    }

    /// Returns the sheets with sorted cells.
    pub(super) fn end(mut self) -> Result<Vec<Sheet>> {
        self.close();
        Ok(self.done)
    }

    fn close(&mut self) {
        let Some(mut grid) = self.grid.take() else { return };
        if !grid.cells.is_sorted_by(|(one, _), (next, _)| one < next) {
            // The sort is stable. After reversing, the last of several cells with the same address comes first.
            grid.cells.reverse();
            grid.cells.sort_by_key(|(at, _)| *at);
            grid.cells.dedup_by_key(|(at, _)| *at);
        }
        let mut findings = add_results(&mut grid, &std::mem::take(&mut self.formulas));
        grid.merged.sort_by_key(|range| range.first);
        findings.extend(remove_covered(&mut grid));
        findings.extend(std::mem::take(&mut self.concealed).finding("XG334"));
        findings.extend(std::mem::take(&mut self.struck).finding("XG335"));
        self.done.push((grid, findings));
    }
}

/// Adds the cells of formulas without a result: with the number that they give, or else with the formula itself, which is
/// unreadable but never blank.
fn add_results(grid: &mut Grid, formulas: &BTreeMap<CellRef, Formula>) -> Vec<Finding> {
    let (mut findings, mut left_out) = (Vec::new(), Vec::new());
    let results = if formulas.is_empty() { BTreeMap::new() } else { formula::calculate(&grid.cells, formulas) };
    for (at, formula) in formulas {
        let at = *at;
        let sheet: Arc<str> = grid.name.clone().unwrap_or_default();
        let location = Location::Sheet { sheet, cell: at };
        let (text, kind) = match results.get(&at).copied().flatten() {
            Some(FormulaResult::EmptyText) => continue,
            None if formula.is_check() => continue,
            Some(FormulaResult::Number(number)) => {
                let number = number.normalize().to_string();
                let finding = Finding::new("XG366").with("value", &number).with("formula", formula.shown(at));
                findings.push(finding.at(location.clone()));
                (number, CellKind::Number)
            }
            None => {
                left_out.push((at, location.clone()));
                (formula.shown(at), CellKind::Error)
            }
        };
        grid.cells.push((at, Cell { text, kind, at: location }));
    }
    grid.cells.sort_by_key(|(at, _)| *at);
    grid.cells.dedup_by_key(|(at, _)| *at);
    if let Some((_, location)) = left_out.first() {
        let shown: Vec<String> = left_out.iter().take(MAX_NAMED).map(|(at, _)| at.to_string()).collect();
        let finding = Finding::new("XG367").with("count", left_out.len()).with("cells", shown.join(", "));
        findings.push(finding.at(location.clone()));
    }
    findings
}

/// Removes cells under a merged range, which no program shows, and reports them.
fn remove_covered(grid: &mut Grid) -> Option<Finding> {
    let mut covered = vec![false; grid.cells.len()];
    // In a hostile file, everything may be merged with everything. Beyond this limit, all cells stay.
    let mut steps = 10_000_000usize;
    for range in &grid.merged {
        let start = grid.cells.partition_point(|(at, _)| at.row < range.first.row);
        for (index, (at, _)) in
            grid.cells.iter().enumerate().skip(start).take_while(|(_, (at, _))| at.row <= range.last.row)
        {
            steps = steps.checked_sub(1)?;
            covered[index] |= *at != range.first && (range.first.column..=range.last.column).contains(&at.column);
        }
    }
    let names: Vec<String> = grid
        .cells
        .iter()
        .zip(&covered)
        .filter(|((_, cell), covered)| **covered && !cell.is_blank())
        .map(|((at, _), _)| at.to_string())
        .collect();
    let first = grid.cells.iter().zip(&covered).find(|((_, cell), covered)| **covered && !cell.is_blank());
    let finding = first.map(|((_, cell), _)| {
        let shown = names.iter().take(MAX_NAMED).cloned().collect::<Vec<_>>().join(", ");
        Finding::new("XG332").with("count", names.len()).with("cells", shown).at(cell.at.clone())
    });
    if covered.contains(&true) {
        let mut covered = covered.iter();
        grid.cells.retain(|_| covered.next() == Some(&false));
    }
    finding
}

/// Turns grids into the parts of a document, with a finding for each hidden sheet that was not requested.
///
/// # Errors
/// [`ErrorKind::Empty`] if all sheets are blank.
pub(super) fn finish(sheets: Vec<Sheet>, options: &ReadOptions) -> Result<(Vec<Part>, Vec<Finding>)> {
    if sheets.iter().all(|(grid, _)| grid.cells.iter().all(|(_, cell)| cell.is_blank())) {
        return Err(Error::new(ErrorKind::Empty));
    }
    let mut findings = Vec::new();
    let mut parts = Vec::new();
    for (mut grid, of_sheet) in sheets {
        grid.hidden &= options.sheet.is_none();
        if let Some(name) = grid.name.clone().filter(|_| grid.hidden && !grid.cells.is_empty()) {
            let at = Location::Sheet { sheet: name.clone(), cell: CellRef::default() };
            findings.push(Finding::new("XG331").with("sheet", name).at(at));
        }
        // Nothing is read from a hidden sheet.
        findings.extend(of_sheet.into_iter().filter(|_| !grid.hidden));
        parts.push(Part::Table(grid));
    }
    Ok((parts, findings))
}

/// The index of the requested sheet. `None` if all are wanted.
///
/// # Errors
/// [`ErrorKind::SheetNotFound`] with the names of all sheets.
pub(super) fn choose(names: &[&str], options: &ReadOptions) -> Result<Option<usize>> {
    let (found, wanted) = match &options.sheet {
        None => return Ok(None),
        Some(SheetChoice::Number(number)) => (number.checked_sub(1).filter(|at| *at < names.len()), number.to_string()),
        Some(SheetChoice::Name(wanted)) => {
            let exact = names.iter().position(|name| name == wanted);
            let close = || names.iter().position(|name| name.trim().eq_ignore_ascii_case(wanted.trim()));
            (exact.or_else(close), wanted.clone())
        }
    };
    let missing = || {
        let found = names.iter().map(|name| (*name).to_owned()).collect();
        Error::new(ErrorKind::SheetNotFound { wanted, found })
    };
    found.map(Some).ok_or_else(missing)
}

/// A number with the fewest digits that identify it, and at most the fifteen that Excel shows.
pub(super) fn number(value: f64) -> String {
    if !value.is_finite() {
        return value.to_string();
    }
    // Most numbers are whole.
    if value.fract() == 0.0 && value.abs() < 1e15 {
        return (value as i64).to_string();
    }
    let rounded = format!("{value:.14e}").parse().unwrap_or(value);
    // Drop the sign of zero.
    let rounded = if rounded == 0.0 { 0.0 } else { rounded };
    if (1e-9..1e21).contains(&rounded.abs()) || rounded == 0.0 { format!("{rounded}") } else { format!("{rounded:e}") }
}

/// A date, a time or both in ISO 8601, or a duration as hours, minutes and seconds.
pub(super) fn date(value: ExcelDateTime) -> String {
    if value.is_duration() {
        let seconds = (value.as_f64() * 86_400.0).round() as i64;
        return format!("{}:{:02}:{:02}", seconds / 3600, seconds.abs() / 60 % 60, seconds.abs() % 60);
    }
    let (year, month, day, hour, minute, second, _) = value.to_ymd_hms_milli();
    let time = format!("{hour:02}:{minute:02}:{second:02}");
    let whole = value.as_f64().fract() == 0.0;
    match value.as_f64() {
        serial if serial < 1.0 && !whole => time,
        _ if whole => format!("{year:04}-{month:02}-{day:02}"),
        _ => format!("{year:04}-{month:02}-{day:02}T{time}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_print_as_excel_shows_them() {
        let cases = [
            (0.35, "0.35"),
            (1025.0, "1025"),
            (3.4999999999999996, "3.5"),
            (0.1 + 0.2, "0.3"),
            (75394432.52, "75394432.52"),
            (-0.0, "0"),
            (-18.0, "-18"),
            (4166.241619, "4166.241619"),
            (123456789012345.0, "123456789012345"),
            (1e300, "1e300"),
            (0.092, "0.092"),
        ];
        for (value, text) in cases {
            assert_eq!(number(value), text);
        }
    }

    #[test]
    fn the_last_cell_of_a_place_stays_and_covered_ones_are_named() {
        let mut builder = SheetBuilder::default();
        builder.begin("表", false);
        let text = |builder: &mut SheetBuilder, row, column, text: &str| {
            builder.push(CellRef::new(row, column), text.to_owned(), CellKind::Text).unwrap();
        };
        text(&mut builder, 1, 0, "先");
        text(&mut builder, 0, 1, "盖住");
        text(&mut builder, 0, 0, "标题");
        text(&mut builder, 1, 0, "后");
        builder.merge(MergedRange { first: CellRef::new(0, 0), last: CellRef::new(0, 2) }).unwrap();
        builder.merge(MergedRange { first: CellRef::new(1, 0), last: CellRef::new(1, 0) }).unwrap();
        let sheets = builder.end().unwrap();
        let (grid, findings) = &sheets[0];
        let texts: Vec<_> = grid.cells.iter().map(|(at, cell)| format!("{at} {}", cell.text)).collect();
        assert_eq!(texts, ["A1 标题", "A2 后"]);
        assert_eq!(grid.merged.len(), 1);
        assert_eq!(findings[0].arguments["cells"], "B1");
    }
}
