//! A report that the writers' tests draw: every kind of content in every place.

use rust_decimal::Decimal;

use crate::report::{Report, Status, Value};
use crate::template::shipped;

/// A filled thirteen-section table with decimals, a blank, `/`, a row beyond the form and a filing line.
pub fn report() -> Report {
    let template = shipped().find("2014-extended").expect("it is shipped");
    let values = template.indicators().enumerate().map(|(index, indicator)| {
        let row = &template.tables[0].rows[indicator.place.1];
        let (number, status, text) = match index {
            0 => (Some(Decimal::new(350, 3)), Status::Number, "0.350"),
            1 => (None, Status::Blank, " "),
            2 => (None, Status::NotApplicable, "/"),
            _ => (Some(Decimal::from(index * index)), Status::Number, ""),
        };
        Value {
            id: Some(indicator.id),
            path: template.path(row),
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
        template: Some(template.id.clone()),
        organization: Some("中庄镇".to_owned()),
        year: Some(2017),
        values: values.collect(),
        extra: vec![Value {
            id: None,
            path: vec!["附加, \"一\" 行".to_owned()],
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
