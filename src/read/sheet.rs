//! What all readers of workbooks share: building grids within limits, choosing sheets, printing numbers.
//!
//! In: cells in any order, merged ranges, names. Out: [`Grid`]s whose cells are sorted. Called by
//! [`super::workbook`] and [`super::ods`].

use std::sync::Arc;

use calamine::ExcelDateTime;

use crate::document::{Cell, CellKind, CellRef, Grid, Location, MergedRange, Part};
use crate::error::{Error, ErrorKind, Result};
use crate::finding::Finding;

use super::{ReadOptions, SheetChoice, limit};

/// A worksheet and what was noticed about it.
pub(super) type Sheet = (Grid, Option<Finding>);

/// Room is made for so many cells at most before they are there.
const EXPECTED: usize = 4096;

/// Builds the grids of a workbook, all of them within one budget.
#[derive(Default)]
pub(super) struct SheetBuilder {
    done: Vec<Sheet>,
    grid: Option<Grid>,
    budget: limit::CellBudget,
    merged: usize,
}

impl SheetBuilder {
    /// Ends the sheet before and begins one.
    pub fn begin(&mut self, name: &str, hidden: bool) {
        self.close();
        self.grid = Some(Grid { name: Some(name.into()), hidden, ..Grid::default() });
    }

    /// Makes room for about so many cells of the sheet, as long as it is little.
    pub fn expect(&mut self, cells: usize) {
        if let Some(grid) = &mut self.grid {
            grid.cells.reserve(cells.min(EXPECTED));
        }
    }

    /// Adds a cell; one without any text is left out. Of several at one place the last stays.
    pub fn push(&mut self, at: CellRef, text: String, kind: CellKind) -> Result<()> {
        let Some(grid) = &mut self.grid else { return Ok(()) };
        if !text.is_empty() {
            self.budget.take_text(text.len())?;
            let sheet: Arc<str> = grid.name.clone().unwrap_or_default();
            grid.cells.push((at, Cell { text, kind, at: Location::Sheet { sheet, cell: at } }));
        }
        Ok(())
    }

    /// Whether there is room for so much more text in this workbook, before it is put together.
    pub fn check_text(&self, length: usize) -> Result<()> {
        self.budget.check_text(length)
    }

    /// Adds a merged range; one of a single cell or with its ends the wrong way round is none.
    pub fn merge(&mut self, range: MergedRange) -> Result<()> {
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

    /// The sheets, with sorted cells.
    pub fn end(mut self) -> Result<Vec<Sheet>> {
        self.close();
        Ok(self.done)
    }

    fn close(&mut self) {
        let Some(mut grid) = self.grid.take() else { return };
        if !grid.cells.is_sorted_by(|(one, _), (next, _)| one < next) {
            // The sort is stable; after turning round, the last of several cells at one place is the first.
            grid.cells.reverse();
            grid.cells.sort_by_key(|(at, _)| *at);
            grid.cells.dedup_by_key(|(at, _)| *at);
        }
        grid.merged.sort_by_key(|range| range.first);
        let covered = remove_covered(&mut grid);
        self.done.push((grid, covered));
    }
}

/// Removes cells that lie under a merged range, where no program shows them, and names them.
fn remove_covered(grid: &mut Grid) -> Option<Finding> {
    let mut covered = vec![false; grid.cells.len()];
    // A hostile file can merge everything with everything; beyond this, cells stay as they are.
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
        let shown = names.iter().take(8).cloned().collect::<Vec<_>>().join(", ");
        Finding::new("XG332").with("count", names.len()).with("cells", shown).at(cell.at.clone())
    });
    if covered.contains(&true) {
        let mut covered = covered.iter();
        grid.cells.retain(|_| covered.next() == Some(&false));
    }
    finding
}

/// The grids as parts of a document, with a note for each that is hidden and was not asked for.
///
/// # Errors
/// [`ErrorKind::Empty`] when no sheet holds anything.
pub(super) fn finish(sheets: Vec<Sheet>, options: &ReadOptions) -> Result<(Vec<Part>, Vec<Finding>)> {
    if sheets.iter().all(|(grid, _)| grid.cells.iter().all(|(_, cell)| cell.is_blank())) {
        return Err(Error::new(ErrorKind::Empty));
    }
    let mut findings = Vec::new();
    let mut parts = Vec::new();
    for (grid, covered) in sheets {
        if let Some(name) =
            grid.name.clone().filter(|_| grid.hidden && options.sheet.is_none() && !grid.cells.is_empty())
        {
            let at = Location::Sheet { sheet: name.clone(), cell: CellRef::default() };
            findings.push(Finding::new("XG331").with("sheet", name).at(at));
        }
        findings.extend(covered);
        parts.push(Part::Table(grid));
    }
    Ok((parts, findings))
}

/// Which of the named sheets was asked for; none where all are.
///
/// # Errors
/// [`ErrorKind::SheetNotFound`] with the names there are.
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
    let missing = || Error::new(ErrorKind::SheetNotFound).with("wanted", wanted).with("found", names.join(", "));
    found.map(Some).ok_or_else(missing)
}

/// A number with the fewest digits that give it back, and no more than the fifteen that Excel shows.
pub(super) fn number(value: f64) -> String {
    if !value.is_finite() {
        return value.to_string();
    }
    // Most figures are whole numbers, which are printed as they are.
    if value.fract() == 0.0 && value.abs() < 1e15 {
        return (value as i64).to_string();
    }
    let rounded = format!("{value:.14e}").parse().unwrap_or(value);
    // Zero loses its sign.
    let rounded = if rounded == 0.0 { 0.0 } else { rounded };
    if (1e-9..1e21).contains(&rounded.abs()) || rounded == 0.0 { format!("{rounded}") } else { format!("{rounded:e}") }
}

/// A date, a time or both, as ISO 8601 writes them; a duration in hours, minutes and seconds.
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
        let (grid, finding) = &sheets[0];
        let texts: Vec<_> = grid.cells.iter().map(|(at, cell)| format!("{at} {}", cell.text)).collect();
        assert_eq!(texts, ["A1 标题", "A2 后"]);
        assert_eq!(grid.merged.len(), 1);
        assert_eq!(finding.as_ref().unwrap().arguments["cells"], "B1");
    }
}
