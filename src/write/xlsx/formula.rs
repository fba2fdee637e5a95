//! Rules as the formulas of a spreadsheet: `ResolvedRule × cells → text`.
//!
//! In: a resolved rule of a template and the cell of each indicator. Out: a formula that says what is wrong, or the formula
//! from which a value follows. What is calculated is up to the kind of the rule (`crate::check`); here are the cells and
//! the words. Only functions that every spreadsheet has.

use std::collections::HashMap;

use rust_decimal::Decimal;

use crate::check::{Formula, kind_of};
use crate::document::CellRef;
use crate::message::{self, Arguments, Lang};
use crate::template::{ResolvedRule, Rule, Template};

/// The cell of each indicator.
pub(super) type Cells<'r> = HashMap<&'r str, CellRef>;

/// The most characters of a text in a formula. Source: Excel specifications and limits.
const MAX_TEXT: usize = 250;

/// The cells of one side of a rule in the order given, neighbours as one range; none where a value has no cell. Also how
/// many they are.
///
/// Rows that only some places print are left out where they have none.
fn side(numbers: &[usize], cells: &Cells<'_>, template: &Template) -> Option<(String, usize)> {
    let mut found = Vec::with_capacity(numbers.len());
    for own in numbers.iter().map(|number| &template.indicators()[*number]) {
        let (table, row) = own.row();
        match cells.get(&*own.id) {
            Some(cell) => found.push(*cell),
            None if template.tables()[table].rows[row].optional => {}
            None => return None,
        }
    }
    if found.is_empty() {
        return None;
    }
    let count = found.len();
    let mut ranges: Vec<(CellRef, CellRef)> = Vec::new();
    for cell in found {
        match ranges.last_mut() {
            Some((first, last)) if follows(*first, *last, cell) => *last = cell,
            _ => ranges.push((cell, cell)),
        }
    }
    let one = |(first, last): &(CellRef, CellRef)| {
        if first == last { first.to_string() } else { format!("{first}:{last}") }
    };
    Some((ranges.iter().map(one).collect::<Vec<_>>().join(","), count))
}

/// Whether a cell goes on from a range, down or to the right.
fn follows(first: CellRef, last: CellRef, next: CellRef) -> bool {
    let down = first.column == next.column && last.column == next.column && next.row == last.row + 1;
    let right = first.row == next.row && last.row == next.row && next.column == last.column + 1;
    down || right
}

/// The formula from which a value follows, such as a sum from its parts, where its rule says so.
///
/// `last` is the sum of the values of the year before, if it is known.
pub(super) fn value(
    rule: &Rule,
    resolved: &ResolvedRule,
    last: Option<Decimal>,
    cells: &Cells<'_>,
    template: &Template,
) -> Option<String> {
    let references = |numbers: &[usize]| Some(side(numbers, cells, template)?.0);
    kind_of(rule.kind).value_formula(resolved, last, &references)
}

/// The expression that is a text where a rule is violated and all its values are there, and nothing otherwise.
pub(super) fn check(
    rule: &Rule,
    resolved: &ResolvedRule,
    cells: &Cells<'_>,
    template: &Template,
    lang: Lang,
) -> Option<String> {
    let (total, totals) = side(&resolved.total, cells, template)?;
    let (parts, count) = side(&resolved.parts, cells, template)?;
    let Formula { violated, expected } =
        kind_of(rule.kind).formula(rule, &format!("SUM({total})"), &format!("SUM({parts})"))?;
    // In a matrix, a rule of each column says which.
    let (table, _, column) = template.indicators()[*resolved.total.first()?].place;
    let header = &template.tables()[table].columns[column].header;
    let column = if template.is_matrix() { format!("{header}: ") } else { String::new() };
    let text = match expected {
        Some(expected) => {
            let word = message::text("form.wanted", lang, &Arguments::new());
            format!("{}&{expected}&\" \"", quoted(&format!("{column}{word}")))
        }
        None => {
            let text = crate::check::explain::text(rule, template, Some(resolved), lang);
            let named = rule.words(lang).filter(|_| resolved.parts.len() == 1);
            let label = named.map(|_| format!("{}: ", template.indicators()[resolved.parts[0]].label));
            quoted(&format!("{column}{}{text} ", label.unwrap_or_default()))
        }
    };
    Some(format!("IF(AND(COUNT({total},{parts})={},{violated}),{text},\"\")", totals + count))
}

/// A text as it stands in a formula.
pub(super) fn quoted(text: &str) -> String {
    let text: String = text.chars().take(MAX_TEXT).collect();
    format!("\"{}\"", text.replace('"', "\"\""))
}

/// The expression that is a text where a value's cell holds text, or is open while others are filled in.
pub(super) fn open(cell: CellRef, all: &str, lang: Lang) -> String {
    let word = |key: &str| quoted(&message::text(key, lang, &Arguments::new()));
    let (text, blank) = (word("form.no_number"), word("form.not_filled_in"));
    format!(
        "IF(AND(ISTEXT({cell}),{cell}<>\"\",{cell}<>\"/\"),{text},IF(AND({cell}=\"\",COUNT({all})>0),{blank},\"\"))"
    )
}
