//! What stands in each row of a table, before it is known what it means for the report.
//!
//! Two ways in, one out: [`super::positioned`] reads rows of cells, [`super::running`] reads running text; both give a
//! [`Reading`], from which [`super::assemble`] makes the report.

use super::value::ParsedValue;
use crate::document::Location;

/// One figure's cell.
#[derive(Clone, Debug, PartialEq)]
pub struct FigureReading {
    /// Its text as it stood.
    pub text: String,
    /// What it says.
    pub figure: ParsedValue,
    /// Where it stands.
    pub at: Option<Location>,
}

/// One row as it stands: its label, unit and figures.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct RowReading {
    /// The label as it stood.
    pub label: String,
    /// Where the label stands.
    pub at: Option<Location>,
    /// The unit as it stood.
    pub unit: Option<String>,
    /// The figures, one for each value column.
    pub figures: Vec<FigureReading>,
    /// Whether it has figures, but which column each belongs to cannot be told.
    pub lost: bool,
    /// The ways in which figures that run together could be split, where there are several.
    pub candidates: Vec<String>,
    /// More figures than there are columns for, as they stood.
    pub surplus: Vec<String>,
    /// Whether the unit or figure stands further from the label than in other rows.
    pub apart: bool,
    /// Remarks beside the row.
    pub remarks: Vec<(String, Option<Location>)>,
}

/// A row that is none of the template's.
#[derive(Clone, Debug, PartialEq)]
pub struct ExtraReading {
    /// The match of the chain it follows; none before the first.
    pub after: Option<usize>,
    /// What stands in it.
    pub row: RowReading,
}

/// Everything that stands in a table.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Reading {
    /// Heads of the value columns where they are not the form's own.
    pub columns: Vec<Option<String>>,
    /// The rows of the chain's matches, in their order.
    pub rows: Vec<RowReading>,
    /// The rows between them.
    pub extras: Vec<ExtraReading>,
    /// Rows with text but without unit or figures.
    pub texts: Vec<(String, Option<Location>)>,
    /// Whether figures run together with what follows them.
    pub run_together: bool,
    /// Whether the text has lost its repeated lines, and with them figures.
    pub repeats_lost: bool,
}

impl Reading {
    /// How many figures cannot be read.
    pub fn unreadable(&self) -> usize {
        let figures = self.rows.iter().flat_map(|row| &row.figures);
        figures.filter(|figure| !figure.figure.is_readable()).count()
    }
}
