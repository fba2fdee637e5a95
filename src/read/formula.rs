//! Calculates formulas that a file has without their results, as programs write that do not calculate.
//!
//! In: formulas and the cells of their worksheet. Out: numbers, only for sums and differences of cells of this worksheet.
//! Called by [`super::sheet`].
//!
//! The result is what a spreadsheet would show, or none: a cell that is not a number or blank, a reference to another
//! worksheet, another function or a circle of references ends the calculation.

mod parser;

use std::collections::BTreeMap;
use std::sync::Arc;

use rust_decimal::Decimal;

use crate::document::{Cell, CellKind, CellRef};

pub(super) use parser::{FormulaResult, Notation};
use parser::{Operands, Parser};

/// A formula without a result.
#[derive(Clone, Debug)]
pub(super) struct Formula {
    /// The formula, with or without `=`.
    pub text: Arc<str>,
    pub notation: Notation,
    /// The cell that its relative references are written for: another one if several cells share a formula.
    pub base: CellRef,
    /// Whether it may be calculated. One for an array or a date may not.
    pub is_simple: bool,
}

impl Formula {
    /// A formula that belongs to the cell `at` alone.
    pub(super) fn of_cell(text: &str, notation: Notation, at: CellRef) -> Self {
        Self { text: text.into(), notation, base: at, is_simple: true }
    }

    /// Whether it is a check beside a blank form of this program: a text, never a value of the form.
    pub(super) fn is_check(&self) -> bool {
        parser::bare(&self.text).starts_with("TRIM(IF(AND(")
    }

    /// Whether its result is a number or an error, never a text: a function of numbers, or numbers and cells with signs
    /// between them.
    pub(super) fn is_numeric(&self) -> bool {
        let text = parser::bare(&self.text).trim();
        if text.contains(['&', '{']) {
            return false;
        }
        match text.split_once('(') {
            Some((name, _)) if NUMERIC.iter().any(|own| name.eq_ignore_ascii_case(own)) => true,
            _ => {
                let is_plain = |c: char| c.is_ascii_alphanumeric() || "$:.()[]+-*/ ".contains(c);
                let calls =
                    text.match_indices('(').any(|(at, _)| text[..at].ends_with(|c: char| c.is_ascii_alphanumeric()));
                text.chars().all(is_plain) && !calls && text.contains(['+', '-', '*', '/'])
            }
        }
    }

    /// The formula as the text of the cell `at`.
    pub(super) fn shown(&self, at: CellRef) -> String {
        // The text of a shared formula is that of another cell.
        if self.base != at && self.notation == Notation::A1 {
            return "=…".to_owned();
        }
        format!("={}", parser::bare(&self.text))
    }
}

/// Functions that never have a text for their result.
const NUMERIC: [&str; 14] = [
    "SUM",
    "SUMIF",
    "SUMIFS",
    "SUMPRODUCT",
    "SUBTOTAL",
    "PRODUCT",
    "ROUND",
    "INT",
    "ABS",
    "COUNT",
    "COUNTA",
    "COUNTIF",
    "COUNTIFS",
    "AVERAGE",
];

/// The most formulas and parentheses that depend on each other.
const DEPTH: usize = 64;

/// The most formulas without a result in a worksheet. More are none that a person wrote, and none is calculated.
const FORMULAS: usize = 5000;

/// The most cells to add up in a worksheet.
const STEPS: usize = 1_000_000;

/// The results of all formulas of a worksheet that can be calculated. `cells` are sorted.
pub(super) fn calculate(
    cells: &[(CellRef, Cell)],
    formulas: &BTreeMap<CellRef, Formula>,
) -> BTreeMap<CellRef, Option<FormulaResult>> {
    let mut calculation = Calculation { cells, formulas, results: BTreeMap::new(), depth: 0, steps: STEPS };
    if formulas.len() <= FORMULAS {
        for at in formulas.keys() {
            calculation.result(*at);
        }
    }
    calculation.results
}

struct Calculation<'s> {
    cells: &'s [(CellRef, Cell)],
    formulas: &'s BTreeMap<CellRef, Formula>,
    /// A formula whose calculation has begun has no result yet, so that a circle has none.
    results: BTreeMap<CellRef, Option<FormulaResult>>,
    depth: usize,
    steps: usize,
}

impl Calculation<'_> {
    /// The result of the formula in a cell.
    fn result(&mut self, at: CellRef) -> Option<FormulaResult> {
        if let Some(known) = self.results.get(&at) {
            return *known;
        }
        self.results.insert(at, None);
        let formula = &self.formulas[&at];
        if !formula.is_simple || self.depth >= DEPTH {
            return None;
        }
        self.depth += 1;
        let result = Parser::new(&formula.text, formula.notation, formula.base, at).formula(self);
        self.depth -= 1;
        self.results.insert(at, result);
        result
    }

    fn cell(&self, at: CellRef) -> Option<&Cell> {
        let found = self.cells.binary_search_by_key(&at, |(position, _)| *position);
        found.ok().map(|found| &self.cells[found].1)
    }
}

impl Operands for Calculation<'_> {
    fn term(&mut self, at: CellRef) -> Option<Decimal> {
        self.steps = self.steps.checked_sub(1)?;
        if self.formulas.contains_key(&at) {
            return match self.result(at)? {
                FormulaResult::Number(number) => Some(number),
                FormulaResult::EmptyText => None,
            };
        }
        let Some(cell) = self.cell(at) else { return Some(Decimal::ZERO) };
        number(cell)
    }

    fn numbers(&mut self, first: CellRef, last: CellRef) -> Option<Vec<Decimal>> {
        let is_within = |at: CellRef| at.row <= last.row && (first.column..=last.column).contains(&at.column);
        let start = self.cells.partition_point(|(at, _)| at.row < first.row);
        let mut numbers = Vec::new();
        for (at, cell) in self.cells[start..].iter().take_while(|(at, _)| at.row <= last.row) {
            self.steps = self.steps.checked_sub(1)?;
            if is_within(*at) && !cell.is_blank() && !self.formulas.contains_key(at) {
                if cell.kind != CellKind::Number {
                    return None;
                }
                numbers.push(number(cell)?);
            }
        }
        let formulas = self.formulas;
        for (at, _) in formulas.range(first..).take_while(|(at, _)| at.row <= last.row) {
            self.steps = self.steps.checked_sub(1)?;
            if !is_within(*at) {
                continue;
            }
            match self.result(*at)? {
                FormulaResult::Number(number) => numbers.push(number),
                FormulaResult::EmptyText => {}
            }
        }
        Some(numbers)
    }

    fn enter(&mut self) -> bool {
        let is_allowed = self.depth < DEPTH;
        self.depth += usize::from(is_allowed);
        is_allowed
    }

    fn leave(&mut self) {
        self.depth -= 1;
    }
}

/// The number in a cell. Text in digits is a number in a sum of single cells.
fn number(cell: &Cell) -> Option<Decimal> {
    match cell.kind {
        CellKind::Number => cell.text.parse().ok(),
        CellKind::Text if cell.text.bytes().all(|byte| byte.is_ascii_digit()) => cell.text.parse().ok(),
        _ => None,
    }
}

#[cfg(test)]
mod tests;
