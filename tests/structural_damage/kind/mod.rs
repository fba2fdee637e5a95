//! The kinds of damage. Each changes a document; what is true then is in its cells.

mod add;
mod columns;
mod fold;
mod glyphs;
mod hide;
mod join;
mod paper;
mod rows;
mod rulings;
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
    pub formats: &'static [Format],
    /// Damages a document; false where the kind does not apply to it.
    pub apply: Apply,
}

const fn kind(name: &'static str, must_read: bool, apply: Apply) -> Kind {
    Kind { name, must_read, formats: Format::CELLS, apply }
}

/// A damage to glyphs and ruling lines.
const fn page(name: &'static str, must_read: bool, apply: Apply) -> Kind {
    Kind { name, must_read, formats: Format::PAGES, apply }
}

impl Kind {
    pub fn is_on_page(&self) -> bool {
        self.formats.iter().all(|format| format.is_paged())
    }

    /// Whether it is one damage of its own.
    pub fn is_single(&self) -> bool {
        !["none", "two damages", "pages", "pages: cells", "pages: two damages"].contains(&self.name)
    }
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
    page("pages", true, |_, _| true),
    page("pages: cells", false, paper::structural),
    page("pages: shift column", false, glyphs::shift_column),
    page("pages: shift column into the next", false, glyphs::shift_whole_column),
    page("pages: shift row", false, glyphs::shift_row),
    page("pages: shift all rows", false, glyphs::shift_rows),
    page("pages: lose value", true, glyphs::drop),
    page("pages: two values near", false, glyphs::near),
    page("pages: two columns near", false, glyphs::near_columns),
    page("pages: narrow column", false, glyphs::overflow),
    page("pages: wrap numbers", false, glyphs::wrap),
    page("pages: digits apart", false, glyphs::spread),
    page("pages: bold", true, glyphs::bold),
    page("pages: shadow", false, glyphs::shadow),
    page("pages: watermark", false, glyphs::watermark),
    page("pages: stamp", false, glyphs::stamp),
    page("pages: no line between columns", false, rulings::no_vertical),
    page("pages: no line between rows", false, rulings::no_horizontal),
    page("pages: no line at a cell", false, rulings::no_edge),
    page("pages: gap in a line", false, rulings::gap),
    page("pages: lines in pieces", true, rulings::pieces),
    page("pages: no lines", false, rulings::none),
    page("pages: lines between rows only", false, rulings::rows_only),
    page("pages: lines between columns only", false, rulings::columns_only),
    page("pages: line through row", false, rulings::stray_horizontal),
    page("pages: line through column", false, rulings::stray_vertical),
    page("pages: headers in two lines", true, paper::break_headers),
    page("pages: page break at headers", false, paper::page_break_at_headers),
    page("pages: page break", true, paper::page_break),
    page("pages: page break in row", false, paper::page_break_in_row),
    page("pages: other headers below", false, paper::other_headers),
    page("pages: tables side by side", false, paper::beside),
    page("pages: swap rows", false, paper::swap_rows),
    page("pages: row again", false, paper::row_again),
    page("pages: text beside", false, paper::aside),
    page("pages: other order of glyphs", true, paper::shuffle),
    page("pages: turned", true, paper::turn),
    page("pages: scaled", true, paper::scale),
    page("pages: two damages", false, paper::two),
];

/// Two kinds that are not `none` and not this one, one after the other.
fn two_damages(document: &mut Document, context: &mut Context<'_>) -> bool {
    let single: Vec<&Kind> = KINDS.iter().filter(|kind| kind.is_single() && !kind.is_on_page()).collect();
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
