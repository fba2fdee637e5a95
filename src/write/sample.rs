//! Reports that the tests of layouts and writers draw: every kind of content in every place.

use rust_decimal::Decimal;

use crate::report::{Report, Status, Value};
use crate::template::{ValueKind, shipped};

/// A filled thirteen-section table with decimals, a blank, `/`, a row beyond the form and a filing line.
pub fn report() -> Report {
    let template = shipped().find("2014-extended").expect("it is shipped");
    let values = template.indicators().iter().enumerate().map(|(index, indicator)| {
        let row = &template.tables()[0].rows[indicator.place.1];
        let (number, status, text) = match index {
            0 => (Some(Decimal::new(350, 3)), Status::Number, "0.350"),
            1 => (None, Status::Blank, " "),
            2 => (None, Status::NotApplicable, "/"),
            _ => (Some(Decimal::from(index * index)), Status::Number, ""),
        };
        Value {
            id: Some(indicator.id.clone()),
            path: template.path(row).into(),
            column: None,
            unit: row.unit.clone(),
            number,
            status,
            text: number.map_or_else(|| text.to_owned(), |number| number.to_string()),
            at: None,
            after: None,
            label: None,
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
            number: Some(Decimal::from(-7)),
            status: Status::Number,
            text: "-7".to_owned(),
            at: None,
            after: Some("normative_issued".to_owned()),
            label: Some("附加, \"一\" 行".to_owned()),
        }],
        ..Report::default()
    };
    report.filing.responsible = Some("王小明".to_owned());
    report
}

/// A filled report of a form with a row and a column for each figure, its figures counted up from a number.
///
/// A decimal, a negative figure, a blank and `/` stand where the form has room for them.
pub fn matrix(id: &str, from: u32) -> Report {
    let template = shipped().find(id).expect("it is shipped");
    let values = template.indicators().iter().zip(from..).filter_map(|(indicator, figure)| {
        let (table, row, column) = indicator.place;
        let table = &template.tables()[table];
        let (row, column) = (&table.rows[row], &table.columns[column]);
        let number = match table.kind(row, column) {
            ValueKind::Decimal => Decimal::new(i64::from(figure), 3),
            ValueKind::Signed => -Decimal::from(figure),
            ValueKind::Count | ValueKind::Heading => Decimal::from(figure),
        };
        let (number, status, text) = match figure - from {
            20 => (None, Status::Blank, String::new()),
            21 => (None, Status::NotApplicable, "/".to_owned()),
            _ => (Some(number), Status::Number, number.to_string()),
        };
        let unit = table.unit_of(row, column).map(str::to_owned);
        let path = template.path(row);
        let value = Value {
            id: Some(indicator.id.clone()),
            path: path.into(),
            column: None,
            unit,
            number,
            status,
            text,
            at: None,
            after: None,
            label: None,
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

/// A row beyond the form, 9.新增情形 among the refusals, with as many figures as headers.
pub fn extra_row(headers: &[&str]) -> Vec<Value> {
    let path = ["收到和处理政府信息公开申请情况", "本年度办理结果", "不予公开", "新增情形"];
    let values = headers.iter().enumerate().map(|(figure, header)| Value {
        id: None,
        path: path.map(str::to_owned).into(),
        column: Some((*header).to_owned()),
        unit: Some("件".to_owned()),
        number: Some(Decimal::from(figure)),
        status: Status::Number,
        text: figure.to_string(),
        at: None,
        after: Some("handled.refused.administrative_query".to_owned()),
        label: Some("9.新增情形".to_owned()),
    });
    values.collect()
}
