//! Reads a formula and calculates it on the way.
//!
//! In: the text of a formula. Out: its result. Called by [`super::calculate`].
//!
//! ```text
//! formula  = sum | "IF(" "COUNT(" list ")" "=0" "," '""' "," sum ")"
//! sum      = term (("+" | "-") term)*
//! term     = ("+" | "-") term | "(" sum ")" | "SUM(" list ")" | number | cell
//! list     = (cell | cell ":" cell | sum) ("," …)*
//! ```
//!
//! The form with `IF` is the one that blank forms of this program have.

use rust_decimal::Decimal;

use crate::document::CellRef;

/// How a format writes references in formulas.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Notation {
    /// `SUM(C4:$C$6,C9)`, as in xlsx.
    A1,
    /// `of:=SUM([.C4:.$C$6];[.C9])`, as in OpenDocument.
    OpenDocument,
    /// `SUM(R[-2]C:R6C3,RC[1])`, as in XML Spreadsheet 2003.
    R1C1,
}

/// What a formula gives.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum FormulaResult {
    Number(Decimal),
    /// A text without characters, which programs show as a blank cell.
    EmptyText,
}

/// Gives the numbers of cells to a formula.
pub(super) trait Operands {
    /// The number of a cell that is added by itself. A blank cell is 0.
    fn term(&mut self, at: CellRef) -> Option<Decimal>;

    /// The numbers in a range of cells, as functions take them. Blank cells and empty texts do not count.
    ///
    /// None if there is any other text: functions ignore even numbers that are text, which nobody would expect.
    fn numbers(&mut self, first: CellRef, last: CellRef) -> Option<Vec<Decimal>>;

    /// Goes into parentheses; false if they are too deep.
    fn enter(&mut self) -> bool;

    /// Goes out of them.
    fn leave(&mut self);
}

/// Reads something inside parentheses.
fn nested<T, O: Operands>(operands: &mut O, read: impl FnOnce(&mut O) -> Option<T>) -> Option<T> {
    operands.enter().then_some(())?;
    let result = read(operands);
    operands.leave();
    result
}

/// The most rows and columns of a worksheet.
const ROWS: i64 = 1 << 20;
const COLUMNS: i64 = 1 << 14;

/// A formula without what marks it as one.
pub(super) fn bare(text: &str) -> &str {
    let text = text.trim();
    let text = ["of:", "oooc:", "msoxl:"].iter().find_map(|prefix| text.strip_prefix(prefix)).unwrap_or(text);
    text.strip_prefix('=').unwrap_or(text)
}

/// The part of a formula that is not read yet.
#[derive(Clone)]
pub(super) struct Parser<'f> {
    rest: &'f str,
    notation: Notation,
    base: CellRef,
    at: CellRef,
}

impl<'f> Parser<'f> {
    /// A formula of the cell `at`, whose relative references are written for the cell `base`.
    pub(super) fn new(text: &'f str, notation: Notation, base: CellRef, at: CellRef) -> Self {
        Self { rest: bare(text), notation, base, at }
    }

    /// The result of the whole formula.
    pub(super) fn formula(mut self, operands: &mut impl Operands) -> Option<FormulaResult> {
        let result = match self.word("IF(") {
            true => self.unless_blank(operands)?,
            false => FormulaResult::Number(self.sum(operands)?),
        };
        self.skip_spaces();
        self.rest.is_empty().then_some(result)
    }

    fn unless_blank(&mut self, operands: &mut impl Operands) -> Option<FormulaResult> {
        self.word("COUNT(").then_some(())?;
        let count = self.list(operands)?.len();
        self.word("=0").then_some(())?;
        self.separator().then_some(())?;
        self.word("\"\"").then_some(())?;
        self.separator().then_some(())?;
        let sum = self.sum(operands)?;
        self.word(")").then_some(())?;
        Some(if count == 0 { FormulaResult::EmptyText } else { FormulaResult::Number(sum) })
    }

    fn sum(&mut self, operands: &mut impl Operands) -> Option<Decimal> {
        let mut sum = self.term(operands)?;
        loop {
            if self.word("+") {
                sum = sum.checked_add(self.term(operands)?)?;
            } else if self.word("-") {
                sum = sum.checked_sub(self.term(operands)?)?;
            } else {
                return Some(sum);
            }
        }
    }

    fn term(&mut self, operands: &mut impl Operands) -> Option<Decimal> {
        if self.word("+") {
            return nested(operands, |operands| self.term(operands));
        }
        if self.word("-") {
            return nested(operands, |operands| self.term(operands)).map(|number| -number);
        }
        if self.word("(") {
            let sum = nested(operands, |operands| self.sum(operands))?;
            return self.word(")").then_some(sum);
        }
        if self.word("SUM(") {
            let numbers = nested(operands, |operands| self.list(operands))?;
            return numbers.iter().try_fold(Decimal::ZERO, |sum, number| sum.checked_add(*number));
        }
        if let Some(number) = self.number() {
            return Some(number);
        }
        // A range is no term.
        let (first, last) = self.range()?;
        (first == last).then_some(())?;
        operands.term(first)
    }

    /// The numbers in the arguments of a function, up to its closing parenthesis.
    fn list(&mut self, operands: &mut impl Operands) -> Option<Vec<Decimal>> {
        let mut numbers = Vec::new();
        loop {
            let before = self.clone();
            match self.range() {
                Some((first, last)) if self.is_at_end_of_argument() => {
                    numbers.extend(operands.numbers(first, last)?);
                }
                _ => {
                    *self = before;
                    numbers.push(self.sum(operands)?);
                }
            }
            if self.word(")") {
                return Some(numbers);
            }
            self.separator().then_some(())?;
        }
    }

    fn is_at_end_of_argument(&self) -> bool {
        let mut rest = self.clone();
        rest.word(")") || rest.separator()
    }

    /// A number in plain digits.
    fn number(&mut self) -> Option<Decimal> {
        self.skip_spaces();
        let end = self.rest.find(|c: char| !c.is_ascii_digit() && c != '.').unwrap_or(self.rest.len());
        let (number, rest) = self.rest.split_at(end);
        let is_over = !rest.starts_with(|c: char| c.is_alphanumeric() || "$:%!_".contains(c));
        let number = number.parse().ok().filter(|_| is_over && !number.starts_with('.') && !number.ends_with('.'))?;
        self.rest = rest;
        Some(number)
    }

    /// A cell or a range of cells: its first and last cell.
    fn range(&mut self) -> Option<(CellRef, CellRef)> {
        self.skip_spaces();
        let in_brackets = self.notation == Notation::OpenDocument;
        if in_brackets {
            self.exactly("[.").then_some(())?;
        }
        let one = self.cell()?;
        let mut other = one;
        if self.exactly(":") {
            if in_brackets {
                self.exactly(".").then_some(())?;
            }
            other = self.cell()?;
        }
        if in_brackets {
            self.exactly("]").then_some(())?;
        }
        let is_over = !self.rest.starts_with(|c: char| c.is_alphanumeric() || "$:%!_.([".contains(c));
        let first = CellRef::new(one.row.min(other.row), one.column.min(other.column));
        let last = CellRef::new(one.row.max(other.row), one.column.max(other.column));
        is_over.then_some((first, last))
    }

    fn cell(&mut self) -> Option<CellRef> {
        let (row, column) = match self.notation {
            Notation::R1C1 => {
                let row = self.relative('R', self.at.row)?;
                (row, self.relative('C', self.at.column)?)
            }
            Notation::A1 | Notation::OpenDocument => {
                let moved = |number: i64, is_fixed: bool, base: u32, at: u32| {
                    if is_fixed { number } else { number - i64::from(base) + i64::from(at) }
                };
                let is_fixed = self.exactly("$");
                let column = moved(self.letters()?, is_fixed, self.base.column, self.at.column);
                let is_fixed = self.exactly("$");
                let row = i64::from(self.digits()?) - 1;
                (moved(row, is_fixed, self.base.row, self.at.row), column)
            }
        };
        let is_cell = (0..ROWS).contains(&row) && (0..COLUMNS).contains(&column);
        is_cell.then(|| CellRef::new(row as u32, column as u32))
    }

    /// A row or column such as `R[-2]`, `R` or `R6`.
    fn relative(&mut self, letter: char, at: u32) -> Option<i64> {
        self.exactly(letter.encode_utf8(&mut [0; 4])).then_some(())?;
        if self.exactly("[") {
            let sign = if self.exactly("-") { -1 } else { 1 };
            let number = i64::from(self.digits()?);
            self.exactly("]").then_some(())?;
            return Some(i64::from(at) + sign * number);
        }
        Some(self.digits().map_or(i64::from(at), |number| i64::from(number) - 1))
    }

    /// The number of a column in letters, from 0.
    fn letters(&mut self) -> Option<i64> {
        let end = self.rest.find(|c: char| !c.is_ascii_alphabetic()).unwrap_or(self.rest.len());
        let (letters, rest) = self.rest.split_at(end);
        if !(1..=3).contains(&letters.len()) {
            return None;
        }
        self.rest = rest;
        let number = |sum: i64, letter: u8| sum * 26 + i64::from(letter.to_ascii_uppercase() - b'A') + 1;
        Some(letters.bytes().fold(0, number) - 1)
    }

    fn digits(&mut self) -> Option<u32> {
        let end = self.rest.find(|c: char| !c.is_ascii_digit()).unwrap_or(self.rest.len());
        let (digits, rest) = self.rest.split_at(end);
        let number = digits.parse().ok()?;
        self.rest = rest;
        Some(number)
    }

    /// Moves past a comma, or a semicolon in OpenDocument.
    fn separator(&mut self) -> bool {
        self.word(if self.notation == Notation::OpenDocument { ";" } else { "," })
    }

    /// Moves past a word in either case, and past spaces before it.
    fn word(&mut self, word: &str) -> bool {
        let rest = self.rest.trim_start();
        let found = rest.get(..word.len()).is_some_and(|start| start.eq_ignore_ascii_case(word));
        if found {
            self.rest = &rest[word.len()..];
        }
        found
    }

    fn exactly(&mut self, text: &str) -> bool {
        let rest = self.rest.strip_prefix(text);
        self.rest = rest.unwrap_or(self.rest);
        rest.is_some()
    }

    fn skip_spaces(&mut self) {
        self.rest = self.rest.trim_start();
    }
}
