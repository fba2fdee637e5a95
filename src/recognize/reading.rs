//! The content of a table, row by row, before it becomes a report.
//!
//! In: [`super::list`] reads rows of cells, [`super::running`] reads running text, [`super::matrix`] reads both.
//! Out: a [`Reading`], from which [`super::assemble`] makes the report.

use super::value::ParsedValue;
use crate::document::Location;
use crate::finding::Finding;

/// The cell of a value.
#[derive(Clone, Debug, PartialEq)]
pub struct CellReading {
    /// Its text as printed.
    pub text: String,
    /// The value of the text.
    pub parsed: ParsedValue,
    /// Its location.
    pub at: Option<Location>,
}

/// A value in a column that the form does not have.
#[derive(Clone, Debug, PartialEq)]
pub struct BesideReading {
    /// The header of its column as printed.
    pub header: String,
    /// The value.
    pub value: CellReading,
}

/// The label, unit and values of one row.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct RowReading {
    /// The label as printed.
    pub label: String,
    /// The location of the label.
    pub at: Option<Location>,
    /// The unit as printed.
    pub unit: Option<String>,
    /// The values, one for each value column.
    pub values: Vec<CellReading>,
    /// Whether it has values but their columns are unknown.
    pub is_unreadable: bool,
    /// The possible splits of values that run together, if there are several.
    pub candidates: Vec<String>,
    /// The number of values found in running text.
    pub found: usize,
    /// The first of them, if it is a plain number or a code.
    pub first_number: Option<u64>,
    /// The last of them, the same.
    pub last_number: Option<u64>,
    /// The digits of the values of several columns that run together.
    pub run_together: Option<String>,
    /// Whether its values ran together and were split.
    pub is_split: bool,
    /// Values in columns that the form does not have.
    pub beside: Vec<BesideReading>,
    /// Values beyond the number of columns, as printed.
    pub surplus: Vec<String>,
    /// Whether the unit or value is further from the label than in other rows.
    pub is_detached: bool,
    /// Remarks beside the row.
    pub remarks: Vec<(String, Option<Location>)>,
}

/// A row that the template does not have.
#[derive(Clone, Debug, PartialEq)]
pub struct ExtraReading {
    /// The match of the chain it follows; none before the first.
    pub after: Option<usize>,
    /// The table of the form that it is in.
    pub table: usize,
    /// Its content.
    pub row: RowReading,
}

/// The content of a table.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Reading {
    /// Headers of the value columns, if there are several.
    pub columns: Vec<Option<String>>,
    /// One row for each match of the chain, in order.
    pub rows: Vec<RowReading>,
    /// The rows between them.
    pub extras: Vec<ExtraReading>,
    /// Rows with text but without unit or values.
    pub texts: Vec<(String, Option<Location>)>,
    /// Whether values run together with what follows them.
    pub run_together: bool,
    /// Findings about the columns.
    pub findings: Vec<Finding>,
    /// Whether repeated lines were removed from the text, and values with them.
    pub repeats_dropped: bool,
}

impl Reading {
    /// The number of unreadable values.
    pub fn unreadable(&self) -> usize {
        let values = self.rows.iter().flat_map(|row| &row.values);
        values.filter(|value| !value.parsed.is_readable()).count()
    }
}
