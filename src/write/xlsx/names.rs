//! The names of the cells of indicators, so that formulas and programs find them wherever they stand.
//!
//! In: a form and the cells of its reports. Out: a name for each cell with an indicator, such as `requests.new.natural`.
//! Called by [`super`]; `draw` defines them in the workbook.
//!
//! Source: ECMA-376 Part 1, 18.2.5, `definedName`: letters, digits, points and underscores, and no reference of a cell.

use std::collections::BTreeMap;

use super::cells::PlacedCell;
use crate::layout::Form;

/// The longest name.
const LONGEST: usize = 255;

/// A name and its cell: row and column from 0.
pub(super) type CellName = (String, usize, usize);

/// The names of the cells that hold the value of an indicator. Where a form has several value columns, an indicator's
/// further cells have its name with `_2`, `_3` ….
pub(super) fn names(form: &Form, cells: &[PlacedCell<'_>]) -> Vec<CellName> {
    let mut counts: BTreeMap<&str, usize> = BTreeMap::new();
    let mut names = Vec::new();
    for cell in cells {
        let indicator = cell.value.and_then(|value| form.indicators.get(value)?.as_deref());
        let Some(id) = indicator else { continue };
        let count = counts.entry(id).or_insert(0);
        *count += 1;
        let name = if *count > 1 { format!("{}_{count}", valid(id)) } else { valid(id) };
        if name.len() <= LONGEST {
            names.push((name, cell.rows.start, cell.columns.0));
        }
    }
    names
}

/// An id as a name: other characters are underscores, and a name that could be a reference begins with one.
fn valid(id: &str) -> String {
    let allowed = |c: char| if c.is_alphanumeric() || matches!(c, '_' | '.') { c } else { '_' };
    let name: String = id.chars().map(allowed).collect();
    // A1, XFD1048576, R1C1, R, C: letters and digits without a word.
    let letters = name.trim_end_matches(|c: char| c.is_ascii_digit());
    let is_reference = letters.len() <= 3 || letters.eq_ignore_ascii_case("r") || is_row_column(&name);
    if is_reference || name.starts_with(|c: char| c.is_ascii_digit() || c == '.') { format!("_{name}") } else { name }
}

/// Whether a name reads as `R1C1`.
fn is_row_column(name: &str) -> bool {
    let Some(rest) = name.strip_prefix(['R', 'r']) else { return false };
    let column = rest.trim_start_matches(|c: char| c.is_ascii_digit());
    column.strip_prefix(['C', 'c']).is_some_and(|digits| digits.chars().all(|c| c.is_ascii_digit()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_become_names_that_are_no_references() {
        for (id, name) in [
            ("requests.new", "requests.new"),
            ("a1", "_a1"),
            ("R1C1", "_R1C1"),
            ("xfd7", "_xfd7"),
            ("fees2", "fees2"),
            ("费用", "费用"),
            ("a b", "_a_b"),
            ("1st", "_1st"),
        ] {
            assert_eq!(valid(id), name, "{id}");
        }
    }
}
