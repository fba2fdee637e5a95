//! Breaks a form into pages and places everything on them.
//!
//! In: a [`Form`] and the widths of characters. Out: [`Pages`]: every fixed line of text and every rule with its
//! position in mm, and a frame for each slot, in which [`SlotBox::place`] puts a report's own text. Called by
//! `write::pdf`.
//!
//! Header rows and merged cells that continue on a page are repeated at its top. Each box names its part of the form,
//! so that a writer can tell repeated parts from the others.

mod breaks;
mod fit;
mod flow;
mod place;
mod placed;

pub(crate) use fit::{LEAST_NUMBER, label_lines};
pub(crate) use flow::stays_with_next;
pub(crate) use placed::{Page, Pages, Rule, SlotBox, Source, TextBox, TextLine};

use crate::layout::text::Measure;
use crate::layout::{Block, Form};
use flow::{flow, strain};

/// Breaks a form into pages.
///
/// No row is split, and no heading ends a page. Of all ways with the fewest pages, this takes the one that fills all
/// pages but the last, leaves the last well filled, and breaks before a section if that costs little.
pub(crate) fn pages(form: &Form, measure: &dyn Measure) -> Pages {
    let height = type_area(form);
    let mut small = Vec::new();
    let mut tables: Vec<Option<fit::FittedTable>> = Vec::with_capacity(form.blocks.len());
    for (block, content) in form.blocks.iter().enumerate() {
        let Block::Table(table) = content else {
            tables.push(None);
            continue;
        };
        let note = |row, cell, size| small.push((Source::Cell { block, row, cell }, size));
        tables.push(Some(fit::table(table, form, height, measure, note)));
    }
    let flow = flow(form, &tables);
    let has_merged = tables.iter().flatten().any(|table| !table.merged.is_empty());
    let ranges = breaks::pages(&flow, height, &|range| if has_merged { strain(&tables, &flow, range) } else { 0 });
    let pages = ranges
        .into_iter()
        .enumerate()
        .map(|(number, range)| place::page(form, &tables, &flow[range], number, measure))
        .collect();
    Pages { pages, small }
}

/// The height of the type area, in mm.
fn type_area(form: &Form) -> f64 {
    (form.page.height - form.page.top - form.page.bottom).max(1.0)
}

#[cfg(test)]
mod tests;
