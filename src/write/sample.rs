//! Reports that the tests of layouts and writers draw: every kind of content in every place.

use rust_decimal::Decimal;

use crate::report::{CellValue, Report, Value};
use crate::template::{ValueKind, shipped};

/// A filled thirteen-section table with decimals, a blank, `/`, a row beyond the form and a filing line.
pub(crate) fn report() -> Report {
    let template = shipped().find("2014-extended").expect("it is shipped");
    let values = template.indicators().iter().enumerate().map(|(index, indicator)| {
        let row = &template.tables()[0].rows[indicator.place.1];
        let cell = match index {
            0 => CellValue::Number(Decimal::new(350, 3)),
            1 => CellValue::Blank,
            2 => CellValue::NotApplicable,
            _ => CellValue::Number(Decimal::from(index * index)),
        };
        Value {
            id: Some(indicator.id.clone()),
            path: template.path(row).into(),
            column: None,
            unit: row.unit.clone(),
            source_text: source_text(&cell),
            cell,
            at: None,
            after: None,
            label: None,
            correction: None,
        }
    });
    let mut report = Report {
        template: Some(template.id().to_owned()),
        organization: Some("中庄镇".to_owned()),
        year: Some(2017),
        values: values.collect(),
        extra: vec![Value {
            id: None,
            path: ["附加, \"一\" 行".to_owned()].into(),
            column: None,
            unit: Some("件".to_owned()),
            cell: CellValue::Number(Decimal::from(-7)),
            source_text: "-7".to_owned(),
            at: None,
            after: Some("normative_issued".to_owned()),
            label: Some("附加, \"一\" 行".to_owned()),
            correction: None,
        }],
        ..Report::default()
    };
    report.filing.responsible = Some("王小明".to_owned());
    report
}

/// How a source writes a cell.
fn source_text(cell: &CellValue) -> String {
    match cell {
        CellValue::Number(number) => number.to_string(),
        CellValue::NotApplicable => "/".to_owned(),
        _ => String::new(),
    }
}

/// A filled report of a form with a row and a column for each value, its values counted up from a number.
///
/// A decimal, a negative value, a blank and `/` stand where the form has room for them.
pub(crate) fn matrix(id: &str, from: u32) -> Report {
    let template = shipped().find(id).expect("it is shipped");
    let values = template.indicators().iter().zip(from..).filter_map(|(indicator, count)| {
        let (table, row, column) = indicator.place;
        let table = &template.tables()[table];
        let (row, column) = (&table.rows[row], &table.columns[column]);
        let number = match table.kind(row, column) {
            ValueKind::Decimal => Decimal::new(i64::from(count), 3),
            ValueKind::Signed => -Decimal::from(count),
            ValueKind::Count | ValueKind::Heading => Decimal::from(count),
        };
        let cell = match count - from {
            20 => CellValue::Blank,
            21 => CellValue::NotApplicable,
            _ => CellValue::Number(number),
        };
        let unit = table.unit_of(row, column).map(str::to_owned);
        let path = template.path(row);
        let value = Value {
            id: Some(indicator.id.clone()),
            path: path.into(),
            column: None,
            unit,
            source_text: source_text(&cell),
            cell,
            at: None,
            after: None,
            label: None,
            correction: None,
        };
        (!row.optional).then_some(value)
    });
    Report {
        template: Some(template.id().to_owned()),
        organization: Some("中庄镇".to_owned()),
        year: Some(2022),
        values: values.collect(),
        ..Report::default()
    }
}

/// A row beyond the form, 9.新增情形 among the refusals, with as many values as headers.
pub(crate) fn extra_row(headers: &[&str]) -> Vec<Value> {
    let path = ["收到和处理政府信息公开申请情况", "本年度办理结果", "不予公开", "新增情形"];
    let values = headers.iter().enumerate().map(|(number, header)| Value {
        id: None,
        path: path.map(str::to_owned).into(),
        column: Some((*header).to_owned()),
        unit: Some("件".to_owned()),
        cell: CellValue::Number(Decimal::from(number)),
        source_text: number.to_string(),
        at: None,
        after: Some("handled.refused.administrative_query".to_owned()),
        label: Some("9.新增情形".to_owned()),
        correction: None,
    });
    values.collect()
}
