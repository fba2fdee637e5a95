//! Rules as the formulas of a spreadsheet: `ResolvedRule × cells → text`.
//!
//! In: a claim of a template and the cell of each indicator. Out: a formula that says what is wrong, or the formula by
//! which a sum follows from its parts. Only functions that every spreadsheet has.

use std::collections::HashMap;

use crate::document::CellRef;
use crate::message::{self, Arguments, Lang};
use crate::template::{ResolvedRule, Rule, RuleKind, Template};

/// The cell of each indicator.
pub(super) type Cells<'r> = HashMap<&'r str, CellRef>;

/// The most characters of a text in a formula. Source: Excel specifications and limits.
const MAX_TEXT: usize = 250;

/// A side of a claim: references in the order given, neighbours in one range; none where a figure has no cell.
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

/// The formula by which the one figure of `total` follows from its parts; blank as long as all parts are.
pub(super) fn sum(claim: &ResolvedRule, cells: &Cells<'_>, template: &Template) -> Option<String> {
    let (parts, _) = side(&claim.parts, cells, template)?;
    Some(format!("=IF(COUNT({parts})=0,\"\",SUM({parts}))"))
}

/// The formula by which a figure follows from the number of the year before and from others of this year.
pub(super) fn carried(claim: &ResolvedRule, last: &str, cells: &Cells<'_>, template: &Template) -> Option<String> {
    let term = |sign: &str, numbers: &[usize]| -> Option<String> {
        if numbers.is_empty() {
            return Some(String::new());
        }
        Some(format!("{sign}SUM({})", side(numbers, cells, template)?.0))
    };
    Some(format!("={last}{}{}", term("+", &claim.parts)?, term("-", &claim.minus)?))
}

/// The expression that is a text where a claim is broken and all its figures are there, and nothing otherwise.
pub(super) fn check(
    rule: &Rule,
    claim: &ResolvedRule,
    cells: &Cells<'_>,
    template: &Template,
    lang: Lang,
) -> Option<String> {
    let (total, totals) = side(&claim.total, cells, template)?;
    let (parts, count) = side(&claim.parts, cells, template)?;
    let (left, right) = (format!("SUM({total})"), format!("SUM({parts})"));
    let broken = match rule.kind {
        RuleKind::Sum | RuleKind::Equal => format!("ABS({left}-{right})>0.005"),
        RuleKind::AtMost => format!("{right}-{left}>0.005"),
        RuleKind::AtLeast => format!("{left}-{right}>0.005"),
        RuleKind::ExactlyWhen => format!("({left}>0)<>({right}>0)"),
        RuleKind::OnlyWhen => format!("AND({right}>0,{left}<=0)"),
        RuleKind::Share => format!("AND({left}>0,{right}>{left}*{})", rule.above?),
        _ => return None,
    };
    // In a matrix, a rule of each column says which.
    let (table, _, column) = template.indicators()[*claim.total.first()?].place;
    let header = &template.tables()[table].columns[column].header;
    let column = template.is_matrix().then(|| format!("{header}: "));
    let column = column.unwrap_or_default();
    let said = match rule.kind {
        RuleKind::Sum => {
            let wanted = message::text("form.wanted", lang, &Arguments::new());
            format!("{}&{right}&\" \"", quoted(&format!("{column}{wanted}")))
        }
        _ => {
            let text = crate::check::explain::text(rule, template, Some(claim), lang);
            let named = rule.words(lang).filter(|_| claim.parts.len() == 1);
            let named =
                named.map_or_else(String::new, |_| format!("{}: ", template.indicators()[claim.parts[0]].label));
            quoted(&format!("{column}{named}{text} "))
        }
    };
    Some(format!("IF(AND(COUNT({total},{parts})={},{broken}),{said},\"\")", totals + count))
}

/// A text as it stands in a formula.
pub(super) fn quoted(text: &str) -> String {
    let text: String = text.chars().take(MAX_TEXT).collect();
    format!("\"{}\"", text.replace('"', "\"\""))
}

/// The expression that is a text where a figure's cell holds text, or is open while others are filled in.
pub(super) fn open(cell: CellRef, all: &str, lang: Lang) -> String {
    let word = |key: &str| quoted(&message::text(key, lang, &Arguments::new()));
    let (text, blank) = (word("form.no_number"), word("form.not_filled_in"));
    format!(
        "IF(AND(ISTEXT({cell}),{cell}<>\"\",{cell}<>\"/\"),{text},IF(AND({cell}=\"\",COUNT({all})>0),{blank},\"\"))"
    )
}
