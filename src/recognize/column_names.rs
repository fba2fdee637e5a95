//! The names of the value columns of a list: none for the form's own.
//!
//! In: the headers of the columns. Out: [`Names`], and the values of a row in their order. Called by [`super::list`],
//! [`super::grid_extras`] and [`super::running`].

use std::collections::BTreeMap;

use super::columns::{self, Columns};
use super::header;
use super::lines::Tables;
use super::reading::CellReading;
use crate::template::{Table, local};
use crate::text::fold::fold;

/// The names of the value columns: the form's own has none.
pub struct Names {
    /// All of them.
    pub all: Vec<Option<String>>,
    /// For each table of the form and of the stream, the place of each name among its value columns.
    places: BTreeMap<(usize, usize), Vec<Option<usize>>>,
}

impl Names {
    /// Those of a list.
    pub fn new(tables: &Tables<'_, '_>) -> Self {
        let is_local = tables.template.id().starts_with(local::ID);
        let own = tables.columns.iter().map(|(key, columns)| {
            let table = &tables.template.tables()[key.0];
            (*key, names(columns, table, is_local))
        });
        let own: Vec<_> = own.collect();
        let mut all: Vec<Option<String>> = Vec::new();
        for name in own.iter().flat_map(|(_, names)| names) {
            if !all.contains(name) {
                all.push(name.clone());
            }
        }
        if all.is_empty() {
            all.push(None);
        }
        let places =
            |names: Vec<Option<String>>| all.iter().map(|name| names.iter().position(|own| own == name)).collect();
        let places = own.into_iter().map(|(key, names)| (key, places(names))).collect();
        Self { all, places }
    }

    /// The values of a row in the columns of its part of the table: of table `table` of the form in table `part` of the
    /// stream.
    pub fn values(
        &self,
        (table, part): (usize, usize),
        value: impl Fn(usize) -> CellReading,
        missing: impl Fn() -> CellReading,
    ) -> Vec<CellReading> {
        let places = self.places.get(&(table, part)).map_or(&[][..], Vec::as_slice);
        (0..self.all.len()).map(|at| places.get(at).copied().flatten().map_or_else(&missing, &value)).collect()
    }
}

/// The name of each value column of a part of the table.
fn names(columns: &Columns, table: &Table, is_local: bool) -> Vec<Option<String>> {
    if let [only] = columns.values.as_slice() {
        // The only column may be that of another year.
        return vec![only.header.clone().filter(|header| header::is_of_other_year(&fold(header)))];
    }
    let headers: Vec<String> = columns
        .values
        .iter()
        .enumerate()
        .map(|(index, value)| value.header.clone().unwrap_or_else(|| (index + 1).to_string()))
        .collect();
    // A table of no known form has no column of its own.
    if is_local && headers.len() > 1 {
        return headers.into_iter().map(Some).collect();
    }
    column_names(&headers, table)
}

/// The names of value columns with these headers: none for the only one, and for the only one with the form's header.
pub fn column_names(headers: &[String], table: &Table) -> Vec<Option<String>> {
    if headers.len() == 1 {
        return vec![None];
    }
    let is_own = |header: &String| columns::is_value_header(header, table);
    let own = headers.iter().filter(|header| is_own(header)).count();
    let names = headers.iter().map(|header| {
        let is_only = own == 1 && table.columns.len() == 1 && is_own(header);
        (!is_only).then(|| header.clone())
    });
    names.collect()
}
