//! The headers of a list in running text: which columns follow the labels, and whether this order can be read.
//!
//! In: the texts before the first label. Out: [`TextHeaders`]. Called by [`super::running`].

use super::list_headers::{self, ColumnHeader};
use crate::template::{Column, Table};
use crate::text::fold::fold;
use crate::text::words::words;

/// The columns that follow the label of a row.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct TextHeaders {
    /// The headers of the values.
    pub values: Vec<String>,
    /// The number of columns of codes or row numbers between label and unit.
    pub before_unit: usize,
    /// The number of such columns between unit and values.
    pub behind_unit: usize,
    /// Whether a column of remarks is behind the values.
    pub has_remarks: bool,
    /// Whether the columns are in an order that running text does not show: values or units before the labels, codes before
    /// the labels or behind the values.
    pub is_changed: bool,
}

/// What a header heads.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Kind {
    Label,
    Unit,
    Serial,
    Value,
    Remark,
    Unknown,
}

fn kind(text: &str, table: &Table) -> Kind {
    let folded = fold(text);
    let is = |column: &Column| column.is_called(&folded);
    let is_any = |list: &[String]| list.contains(&folded);
    match () {
        () if table.label.as_ref().is_some_and(is) || is_any(&words().label_headers) => Kind::Label,
        () if table.unit.as_ref().is_some_and(is) || is_any(&words().unit_headers) => Kind::Unit,
        () if is_any(&words().serial_headers) => Kind::Serial,
        () if is_any(&words().remark_headers) => Kind::Remark,
        () if table.columns.iter().any(is) || is_any(&words().value_headers) => Kind::Value,
        () => Kind::Unknown,
    }
}

/// The headers among the texts before the first label.
pub fn find(texts: &[&str], table: &Table) -> TextHeaders {
    let mut headers = TextHeaders::default();
    let mut columns: Vec<ColumnHeader> = list_headers::find_headers(texts).2;
    let is_remark = |header: &ColumnHeader| kind(&header.text, table) == Kind::Remark;
    while columns.last().is_some_and(is_remark) {
        columns.pop();
        headers.has_remarks = true;
    }
    headers.behind_unit = columns.iter().take_while(|header| header.serial).count();
    headers.is_changed = columns[headers.behind_unit..].iter().any(|header| header.serial || is_remark(header));
    headers.values = columns.into_iter().filter(|header| !header.serial).map(|header| header.text).collect();
    let kinds: Vec<Kind> =
        texts.iter().flat_map(|text| list_headers::split_headers(text)).map(|text| kind(&text, table)).collect();
    let Some(label) = kinds.iter().rposition(|kind| *kind == Kind::Label) else {
        // Without the header of the labels, that of the values before that of the units shows the same.
        let unit = kinds.iter().rposition(|kind| *kind == Kind::Unit);
        headers.is_changed |= unit.is_some_and(|unit| {
            kinds[..unit].last() == Some(&Kind::Value) || kinds[..unit].ends_with(&[Kind::Value, Kind::Unknown])
        });
        return headers;
    };
    // A header directly before that of the labels heads a column left of them.
    headers.is_changed |=
        label.checked_sub(1).is_some_and(|before| !matches!(kinds[before], Kind::Unknown | Kind::Label));
    let unit = kinds[label..].iter().position(|kind| *kind == Kind::Unit).map(|at| label + at);
    let between = &kinds[label + 1..unit.unwrap_or(label + 1)];
    headers.before_unit = between.iter().filter(|kind| **kind == Kind::Serial).count();
    headers.is_changed |= between.iter().any(|kind| matches!(kind, Kind::Value | Kind::Remark));
    headers
}

/// Whether a text is headers that run together, in another order than label, unit and values.
pub fn is_other_order(text: &str, table: &Table) -> bool {
    let kinds: Vec<Kind> = list_headers::split_headers(text).iter().map(|text| kind(text, table)).collect();
    let place = |wanted: Kind| kinds.iter().position(|kind| *kind == wanted);
    let (Some(label), Some(value)) = (place(Kind::Label), place(Kind::Value)) else { return false };
    value < label || place(Kind::Unit).is_some_and(|unit| value < unit || unit < label)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use super::*;
    use crate::template::shipped;

    #[test]
    fn orders_that_running_text_does_not_show_are_known() {
        let template = shipped().find("2014").unwrap();
        let find = |texts: &[&str]| find(texts, &template.tables()[0]);
        let usual = find(&["2017年度统计表", "统计指标", "单位", "统计数"]);
        assert_eq!((usual.values.as_slice(), usual.is_changed), (&["统计数".to_owned()][..], false));
        let codes = find(&["统计指标", "代码", "单位", "统计数"]);
        assert_eq!((codes.before_unit, codes.behind_unit, codes.is_changed), (1, 0, false));
        for changed in [
            ["单位", "统计指标", "统计数"],
            ["统计数", "统计指标", "单位"],
            ["统计指标", "统计数", "单位"],
            ["序号", "统计指标", "单位"],
        ] {
            assert!(find(&changed).is_changed, "{changed:?}");
        }
        assert!(find(&["统计指标", "单位", "统计数", "代码"]).is_changed);
    }
}
