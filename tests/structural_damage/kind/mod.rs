//! The kinds of damage. Each changes a document; what is true then is in its cells.

mod add;
mod columns;
mod fold;
mod hide;
mod join;
mod rows;
mod several;

use std::collections::BTreeSet;

use fastrand::Rng;

use crate::page::{Document, Grid};
use crate::render::Format;

/// What a damage may draw on.
pub struct Context<'c> {
    pub rng: &'c mut Rng,
    pub format: Format,
    /// The numbers that are in use in the file.
    pub taken: &'c mut BTreeSet<u32>,
}

impl Context<'_> {
    /// A number that no other value has.
    pub fn number(&mut self) -> String {
        crate::fill::distinct(self.rng, self.taken).to_string()
    }

    pub fn pick<T: Copy>(&mut self, all: &[T]) -> Option<T> {
        if all.is_empty() { None } else { Some(all[self.rng.usize(..all.len())]) }
    }

    /// True once in `times`.
    pub fn once_in(&mut self, times: u32) -> bool {
        self.rng.u32(..times) == 0
    }
}

type Apply = fn(&mut Document, &mut Context<'_>) -> bool;

/// One kind of damage.
pub struct Kind {
    pub name: &'static str,
    /// Whether at least 99 % of the values of grids must be right.
    pub must_read: bool,
    /// Damages a document; false where the kind does not apply to it.
    pub apply: Apply,
}

const fn kind(name: &'static str, must_read: bool, apply: Apply) -> Kind {
    Kind { name, must_read, apply }
}

/// All kinds, in the order of the table that the test prints.
pub const KINDS: &[Kind] = &[
    kind("none", true, |_, _| true),
    kind("permute columns with headers", true, columns::permute),
    kind("permute columns without headers", false, columns::permute_without_headers),
    kind("swap two columns with headers", true, columns::swap),
    kind("drop column", false, columns::drop),
    kind("blank column", false, columns::blank),
    kind("blank header", false, columns::blank_header),
    kind("duplicate column", false, columns::duplicate),
    kind("fold rows side by side", true, fold::side_by_side),
    kind("fold rows with repeated headers", true, fold::stacked),
    kind("fold columns", true, fold::columns),
    kind("join two rows", false, join::rows),
    kind("join columns", false, join::columns),
    kind("join columns in one row", false, join::columns_in_row),
    kind("drop row", false, rows::drop),
    kind("blank row", true, rows::blank),
    kind("blank label", false, rows::blank_label),
    kind("lose cell", false, rows::lose_cell),
    kind("lose empty cells", true, rows::ragged),
    kind("duplicate row", false, rows::duplicate),
    kind("duplicate row with other values", false, rows::contradict),
    kind("hide row", true, hide::row),
    kind("hide row beside a visible one", true, hide::twin_row),
    kind("hide column", false, hide::column),
    kind("hide column beside a visible one", true, hide::twin_column),
    kind("hide sheet", true, hide::sheet),
    kind("tables on sheets", true, hide::sheets),
    kind("add code column", true, add::code),
    kind("add serial column", true, add::serial),
    kind("add remark column", true, add::remark),
    kind("add last-year column", true, add::last_year),
    kind("add text right", true, add::right),
    kind("add text below", true, add::below),
    kind("two reports", false, several::two_reports),
    kind("two damages", false, two_damages),
];

/// Two kinds that are not `none` and not this one, one after the other.
fn two_damages(document: &mut Document, context: &mut Context<'_>) -> bool {
    let single = &KINDS[1..KINDS.len() - 1];
    (0..2).all(|_| (0..20).any(|_| (single[context.rng.usize(..single.len())].apply)(document, context)))
}

/// A random grid for which `applies` holds.
fn pick_grid<'d>(
    document: &'d mut Document,
    context: &mut Context<'_>,
    applies: impl Fn(&Grid) -> bool,
) -> Option<&'d mut Grid> {
    let mut grids: Vec<&mut Grid> = document.grids_mut().into_iter().filter(|grid| applies(grid)).collect();
    if grids.is_empty() { None } else { Some(grids.swap_remove(context.rng.usize(..grids.len()))) }
}
