//! The chart of a comparison.
//!
//! In: a [`Comparison`]. Out: a worksheet with the largest indicators and a bar chart of them. Called by [`super::xlsx`].

use indexmap::IndexMap;
use rust_decimal::Decimal;
use rust_decimal::prelude::ToPrimitive;
use rust_xlsxwriter::{Chart, ChartType, Worksheet, XlsxError};

use super::{Book, NAME_WIDTH, set_height};
use crate::compare::render::words::{name, text, unit, years};
use crate::compare::{Comparison, ComparisonRow, Match};
use crate::message::Lang;

/// The most indicators in the chart.
const CHARTED: usize = 10;

impl Book<'_> {
    /// A chart of the largest indicators in both years, summed over all organizations that have them in both. It shows
    /// the unit in which most indicators changed.
    pub(super) fn chart(&mut self, comparison: &Comparison) -> Result<Option<Worksheet>, XlsxError> {
        let Some((of, largest)) = largest(comparison, self.lang) else { return Ok(None) };
        let (old, new) = match &comparison.organizations[..] {
            [compared] => years(compared, self.lang),
            _ => (self.word("compare.old"), self.word("compare.new")),
        };
        let headers = [(self.word("compare.indicator"), NAME_WIDTH), (old, 11.0), (new, 11.0)];
        let mut sheet = self.sheet("compare.chart_sheet", &headers)?;
        for (row, (name, old, new)) in (1u32..).zip(&largest) {
            sheet.write_with_format(row, 0, name.as_str(), &self.formats.text)?;
            set_height(&mut sheet, row, [(name.as_str(), NAME_WIDTH)])?;
            for (column, number) in [(1, old), (2, new)] {
                let number = number.to_f64().unwrap_or_default();
                sheet.write_number_with_format(row, column, number, &self.formats.number)?;
            }
        }
        let name = self.word("compare.chart_sheet");
        let last = largest.len() as u32;
        sheet.set_print_fit_to_pages(1, 1);
        let mut chart = Chart::new(ChartType::Bar);
        for (column, colour) in [(1u16, "#A6A6A6"), (2, "#1F4E79")] {
            let series = chart.add_series();
            series.set_name((name.as_str(), 0, column)).set_categories((name.as_str(), 1, 0, last, 0));
            series.set_values((name.as_str(), 1, column, last, column));
            series.set_format(
                rust_xlsxwriter::ChartFormat::new()
                    .set_solid_fill(rust_xlsxwriter::ChartSolidFill::new().set_color(colour)),
            );
        }
        let title = text("compare.chart", self.lang, &[("unit", &of)]);
        chart.title().set_name(&title);
        // The first row at the top, as in the table.
        chart.y_axis().set_reverse();
        chart.x_axis().set_label_position(rust_xlsxwriter::ChartAxisLabelPosition::High);
        chart.legend().set_position(rust_xlsxwriter::ChartLegendPosition::Bottom);
        chart.set_width(720).set_height(120 + 40 * last);
        chart.set_alt_text(&title);
        sheet.insert_chart(last + 2, 0, &chart)?;
        Ok(Some(sheet))
    }
}

/// An indicator's name with its older and newer value.
type Charted = (String, Decimal, Decimal);

/// The unit in which most indicators changed, and its indicators with the largest values.
///
/// Only indicators that both years count the same way, because bars side by side suggest that they can be compared.
fn largest(comparison: &Comparison, lang: Lang) -> Option<(String, Vec<Charted>)> {
    // Rows may share a short name, so the key is the full name.
    let mut sums: IndexMap<(String, String), Charted> = IndexMap::new();
    for line in comparison.organizations.iter().flat_map(|compared| &compared.rows) {
        let alike = matches!(line.kind, Match::Same | Match::Comparable) && line.difference.is_some();
        let (Some(old), Some(new), true) = (line.old.state.number(), line.new.state.number(), alike) else { continue };
        let sum = sums.entry((unit(line), name(line, lang)));
        let sum = sum.or_insert_with(|| (short_name(line, lang), Decimal::ZERO, Decimal::ZERO));
        sum.1 += old;
        sum.2 += new;
    }
    sums.retain(|_, (_, old, new)| !old.is_zero() || !new.is_zero());
    let mut counts: IndexMap<&str, usize> = IndexMap::new();
    for ((unit, _), (_, old, new)) in &sums {
        *counts.entry(unit).or_default() += usize::from(old != new);
    }
    let most = counts.iter().max_by_key(|(_, count)| **count)?.0.to_string();
    let mut own: Vec<Charted> =
        sums.into_iter().filter(|((unit, _), _)| *unit == most).map(|(_, charted)| charted).collect();
    own.sort_by_key(|(_, old, new)| std::cmp::Reverse((*old).max(*new)));
    own.truncate(CHARTED);
    Some((most, own))
}

/// The name of the side with one indicator. If both have one, that of the newer.
fn short_name(line: &ComparisonRow, lang: Lang) -> String {
    let side = if line.new.side.ids.len() == 1 || line.old.side.ids.len() != 1 { &line.new } else { &line.old };
    let name = side.side.name(lang);
    line.column.as_ref().map_or_else(|| name.clone(), |column| format!("{name}（{column}）"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::check::SeverityOverrides;
    use crate::compare::tests::report;
    use crate::compare::{NamedReport, compare, shipped_crosswalk};
    use crate::organization::Aliases;

    fn charted(old: &[NamedReport], new: &[NamedReport]) -> Vec<(String, String, String)> {
        let found =
            compare(old, new, &[], &Aliases::default(), shipped_crosswalk(), &SeverityOverrides::default()).unwrap();
        let (_, largest) = largest(&found, Lang::ZH).unwrap();
        largest.into_iter().map(|(name, old, new)| (name, old.to_string(), new.to_string())).collect()
    }

    #[test]
    fn the_chart_adds_up_units_and_nothing_else() {
        let year = |year: i32, values: [&str; 2]| -> Vec<NamedReport> {
            let unit = |(name, received): (&str, &str)| report("2014", name, year, &[("received", received)]);
            ["甲镇", "乙镇"].into_iter().zip(values).map(unit).collect()
        };
        let row = |name: &str, old: &str, new: &str| (name.to_owned(), old.to_owned(), new.to_owned());
        assert_eq!(charted(&year(2016, ["3", "4"]), &year(2017, ["5", "6"])), [row("收到申请数", "7", "11")]);
        // A value is charted only if the other year has one too.
        assert_eq!(charted(&year(2016, ["3", ""]), &year(2017, ["5", "6"])), [row("收到申请数", "3", "5")]);
        // Two older indicators map to one newer indicator, which is charted once.
        let old = report("2014", "甲县", 2018, &[("closed", "9"), ("answered", "8")]);
        let new = report("2021", "甲县", 2021, &[("handled.total.total", "10")]);
        assert_eq!(charted(&[old], &[new]), [row("本年度办理结果・总计・总计", "9", "10")]);
    }
}
