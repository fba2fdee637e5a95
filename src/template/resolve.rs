//! The rules of a form, spelled out: `rules × indicators → resolved rules`.
//!
//! A rule names its operands by id, and in a matrix may hold for each row or column. Here each becomes one
//! [`ResolvedRule`] for every set of indicators that it speaks of. [`crate::check`] evaluates them, and
//! [`crate::recognize`] splits digits that run together by those that are sums.

use std::borrow::Cow;
use std::ops::Range;

use super::file::TemplateFile;
use super::indicator::Indicators;
use super::rule::{Each, Rule, RuleShape};
use super::table::ValueKind;

/// A rule for one set of indicators, which are given by their numbers.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ResolvedRule {
    /// The rule it comes from, by its place in the template.
    pub rule: usize,
    /// The indicators on one side.
    pub total: Vec<usize>,
    /// The indicators on the other side.
    pub parts: Vec<usize>,
    /// Those of the year before.
    pub last: Vec<usize>,
    /// Those taken off.
    pub minus: Vec<usize>,
}

/// The rules of a form, and the first operand that is none of its indicators.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct Resolved {
    /// In the order of the rules. Rules with an unknown operand are left out.
    pub rules: Vec<ResolvedRule>,
    /// The place of the rule in the template and the operand.
    pub unknown: Option<(usize, String)>,
}

/// Resolves the rules of a form.
pub(super) fn resolve(file: &TemplateFile, indicators: &Indicators) -> Resolved {
    let mut resolved = Resolved::default();
    for (index, rule) in file.rules.iter().enumerate() {
        let mut add = |id_of: &dyn for<'i> Fn(&'i str) -> Cow<'i, str>| resolved.add(index, rule, indicators, id_of);
        let table = rule.table.as_deref().and_then(|id| file.tables.iter().find(|table| table.id == id));
        match (table, rule.each) {
            (Some(table), Some(Each::Row)) => {
                for row in table.rows.iter().filter(|row| row.kind != ValueKind::Heading) {
                    add(&|column| match row.id.as_str() {
                        "" => Cow::Borrowed(column),
                        row => Cow::Owned([row, column].join(".")),
                    });
                }
            }
            (Some(table), Some(Each::Column)) => {
                for column in table.columns.iter().filter_map(|column| column.id.as_deref()) {
                    add(&|row| Cow::Owned([row, column].join(".")));
                }
            }
            _ if rule.kind.shape().is_of_each_value() && rule.parts.is_empty() => {
                let rows = rows_of(rule, file, indicators).map(Iterator::collect);
                resolved.rules.extend(rows.map(|parts| ResolvedRule { rule: index, parts, ..Default::default() }));
            }
            _ => add(&|id| Cow::Borrowed(id)),
        }
    }
    resolved
}

impl Resolved {
    /// Adds a rule for one set of indicators; `id_of` gives the id of an operand.
    fn add(
        &mut self,
        index: usize,
        rule: &Rule,
        indicators: &Indicators,
        id_of: &dyn for<'i> Fn(&'i str) -> Cow<'i, str>,
    ) {
        let unknown = &mut self.unknown;
        let mut number = |id: &String| {
            let id = id_of(id);
            let number = indicators.number(&id);
            if number.is_none() && unknown.is_none() {
                *unknown = Some((index, id.into_owned()));
            }
            number
        };
        let mut side = |ids: &[String]| ids.iter().map(&mut number).collect::<Option<Vec<usize>>>();
        let [total, parts, last, minus] = [&rule.total, &rule.parts, &rule.last, &rule.minus].map(|ids| side(ids));
        let (Some(total), Some(parts), Some(last), Some(minus)) = (total, parts, last, minus) else { return };
        let resolved = ResolvedRule { rule: index, total, parts, last, minus };
        if rule.kind.shape() == RuleShape::EachPart {
            let each = resolved.parts.iter().map(|part| ResolvedRule { parts: vec![*part], ..resolved.clone() });
            self.rules.extend(each);
        } else {
            self.rules.push(resolved);
        }
    }
}

/// The values that a rule of each value speaks of, row by row, by their numbers.
fn rows_of(rule: &Rule, file: &TemplateFile, indicators: &Indicators) -> impl Iterator<Item = Range<usize>> {
    let mut next = 0;
    let rows = indicators.in_order().chunk_by(|one, other| one.row() == other.row()).map(move |values| {
        next += values.len();
        (values[0].row(), next - values.len()..next)
    });
    let is_meant = move |(table, row): (usize, usize)| {
        let table = &file.tables[table];
        rule.table.as_ref().is_none_or(|id| table.id == *id)
            && (rule.kind.shape() != RuleShape::EachOptionalValue || table.rows[row].optional)
    };
    rows.filter(move |(row, _)| is_meant(*row)).map(|(_, values)| values)
}
