//! Reports as JSON, schema `xxgk.report/1`: `Report → bytes`.
//!
//! In: reports. Out: one pretty-printed object or an array of them, which [`crate::read::json`] reads back. The same
//! with one object a line is [`super::ndjson`].

use std::io::Write;

use crate::error::Result;
use crate::message::Lang;
use crate::report::Report;
use crate::report::json::ReportJson;
use crate::write::format::{FormatInfo, FormatWriter, MergedWriter};
use crate::write::{failed, merged};

pub(super) const FORMAT: FormatInfo = FormatInfo {
    name: "json",
    extensions: &["json"],
    binary: false,
    writer: FormatWriter::Data(|reports, options, out| write(reports, options.lang, out)),
    merged: MergedWriter::Full(merged::write_json),
    tidy: None,
};

/// Writes one report as an object and any other number of reports as an array, with messages in one language.
///
/// # Errors
/// [`ErrorKind::Write`](crate::ErrorKind::Write) when `out` fails.
pub(crate) fn write(reports: &[&Report], lang: Lang, out: &mut dyn Write) -> Result<()> {
    let mut bytes = Vec::new();
    let (open, separator, close) = if reports.len() == 1 { ("", "", "\n") } else { ("[\n", ",\n", "\n]\n") };
    bytes.extend(open.as_bytes());
    for (number, report) in reports.iter().enumerate() {
        bytes.extend(if number > 0 { separator.as_bytes() } else { b"" });
        serde_json::to_writer_pretty(&mut bytes, &ReportJson::new(report, lang))
            .map_err(|error| failed("JSON", error))?;
    }
    bytes.extend(close.as_bytes());
    out.write_all(&bytes).map_err(|error| failed("JSON", error))
}

#[cfg(test)]
mod tests {
    use proptest::collection::vec;
    use proptest::option;
    use std::collections::HashSet;

    use proptest::prelude::*;
    use rust_decimal::Decimal;

    use super::*;
    use crate::document::{CellRef, Location, Source};
    use crate::finding::{Finding, Severity};
    use crate::read::json::read;
    use crate::report::{CellValue, Correction, Filing, Paragraph, Period, Value};
    use crate::write::ndjson;

    fn locations() -> impl Strategy<Value = Location> {
        prop_oneof![
            (any::<u32>(), any::<u32>()).prop_map(|(line, column)| Location::Text { line, column }),
            (any::<u32>(), any::<u32>(), any::<u32>()).prop_map(|(table, row, cell)| Location::Table {
                table,
                row,
                cell
            }),
            any::<u32>().prop_map(|paragraph| Location::Paragraph { paragraph }),
            any::<u32>().prop_map(|page| Location::Page { page }),
            ("\\PC{1,5}", 0u32..2_000_000, 0u32..20_000).prop_map(|(sheet, row, column)| Location::Sheet {
                sheet: sheet.into(),
                cell: CellRef::new(row, column)
            }),
        ]
    }

    fn decimals() -> impl Strategy<Value = Decimal> {
        (any::<i64>(), 0u32..=28).prop_map(|(mantissa, scale)| Decimal::new(mantissa, scale))
    }

    fn values(extra: bool) -> impl Strategy<Value = Value> {
        let words = || option::of("\\PC{0,6}");
        let content = prop_oneof![
            decimals().prop_map(CellValue::Number),
            Just(CellValue::Blank),
            Just(CellValue::NotApplicable),
            Just(CellValue::Missing),
            ".{0,6}".prop_map(CellValue::Unreadable),
        ];
        let correction = option::of((".{1,4}", ".{0,6}").prop_map(|(by, reason)| Correction { by, reason }));
        let place = (words(), words(), option::of(locations()), correction);
        ("[a-z.]{1,8}", vec(".{0,6}", 0..3), words(), words(), content, ".{0,6}", place).prop_map(
            move |(id, path, column, unit, cell, text, (after, label, at, correction))| Value {
                id: (!extra).then_some(id.into()),
                path: path.into(),
                column,
                unit,
                source_text: if cell.is_unreadable() { String::new() } else { text },
                cell,
                at,
                after: after.filter(|_| extra),
                label: label.filter(|_| extra),
                correction,
            },
        )
    }

    fn findings() -> impl Strategy<Value = Finding> {
        let severity = prop_oneof![Just(Severity::Note), Just(Severity::Warning), Just(Severity::Error)];
        let arguments = vec(("[a-z]{1,4}", ".{0,4}"), 0..3);
        ("XG[1-4][0-9]{2}", severity, arguments, vec("[a-z.]{1,6}", 0..3), option::of(locations())).prop_map(
            |(code, severity, arguments, ids, at)| Finding {
                severity,
                arguments: arguments.into_iter().collect(),
                ids: ids.into_iter().map(Into::into).collect(),
                at,
                ..Finding::new(&code)
            },
        )
    }

    fn reports() -> impl Strategy<Value = Report> {
        let words = || option::of("\\PC{0,8}");
        let period =
            prop_oneof![Just(Period::Year), Just(Period::FirstHalf), Just(Period::Quarter1), Just(Period::Quarter4)];
        let header = (words(), words(), words(), option::of(any::<i32>()), period, words());
        let source = (".{0,8}", "[a-z]{3}", words());
        let filing = (words(), words(), words(), words(), words());
        let narrative = (".{0,9}", locations()).prop_map(|(text, at)| Paragraph { text, at });
        let values = (vec(values(false), 0..4), vec(values(true), 0..3));
        (source, header, filing, values, vec(findings(), 0..3), vec(narrative, 0..3)).prop_map(
            |((name, format, encoding), header, filing, (mut values, extra), findings, narrative)| {
                // An indicator is there once in each column.
                let mut seen = HashSet::new();
                values.retain(|value: &Value| seen.insert((value.id.clone(), value.column.clone())));
                Report {
                    source: Source { name, format, encoding },
                    template: header.0,
                    title: header.1,
                    organization: header.2,
                    year: header.3,
                    period: header.4,
                    filing: Filing {
                        responsible: filing.0,
                        reviewer: filing.1,
                        preparer: filing.2,
                        phone: filing.3,
                        date: filing.4,
                    },
                    values,
                    extra,
                    findings,
                    sheet: header.5,
                    narrative,
                }
            },
        )
    }

    fn read_back(bytes: &[u8]) -> Vec<Report> {
        let (reports, findings) = read(std::str::from_utf8(bytes).unwrap()).unwrap();
        assert_eq!(findings, []);
        reports
    }

    fn digits(report: &Report) -> Vec<String> {
        report.values.iter().filter_map(|value| value.number()).map(|number| number.to_string()).collect()
    }

    proptest! {
        #[test]
        fn what_is_written_reads_back_the_same(reports in vec(reports(), 1..3)) {
            let borrowed: Vec<_> = reports.iter().collect();
            let (mut pretty, mut lines) = (Vec::new(), Vec::new());
            write(&borrowed, Lang::ZH, &mut pretty).unwrap();
            ndjson::write(&borrowed, Lang::EN, &mut lines).unwrap();
            prop_assert_eq!(lines.split(|byte| *byte == b'\n').count(), reports.len() + 1);
            for back in [read_back(&pretty), read_back(&lines)] {
                prop_assert_eq!(&back, &reports);
                prop_assert_eq!(back.iter().map(digits).collect::<Vec<_>>(), reports.iter().map(digits).collect::<Vec<_>>());
            }
        }
    }

    #[test]
    fn keys_stand_in_the_order_of_the_contract() {
        let at = Location::Sheet { sheet: "Sheet1".into(), cell: CellRef::new(30, 2) };
        let value = Value {
            id: Some("received.in_person".into()),
            path: ["依申请公开情况", "收到申请数", "当面申请数"].map(str::to_owned).into(),
            column: None,
            unit: Some("件".to_owned()),
            cell: CellValue::Number(Decimal::new(350, 3)),
            source_text: "0.350".to_owned(),
            at: Some(Location::Text { line: 176, column: 2 }),
            after: None,
            label: None,
            correction: None,
        };
        let extra = Value {
            id: None,
            after: Some("received.in_person".to_owned()),
            label: Some("其他".to_owned()),
            at: Some(at.clone()),
            ..value.clone()
        };
        let report = Report {
            source: Source { name: "a.xls".to_owned(), format: "xls".to_owned(), encoding: None },
            template: Some("2014-extended".to_owned()),
            year: Some(2017),
            values: vec![value],
            extra: vec![extra],
            findings: vec![Finding::new("XG301").with("encoding", "GB18030").about("closed").at(at)],
            ..Report::default()
        };
        let mut bytes = Vec::new();
        ndjson::write(&[&report], Lang::EN, &mut bytes).unwrap();
        let expected = concat!(
            r#"{"schema":"xxgk.report/1","source":{"name":"a.xls","format":"xls","encoding":null},"#,
            r#""template":"2014-extended","title":null,"organization":null,"year":2017,"period":"year","#,
            r#""filing":{"responsible":null,"reviewer":null,"preparer":null,"phone":null,"date":null},"#,
            r#""values":[{"id":"received.in_person","path":["依申请公开情况","收到申请数","当面申请数"],"column":null,"#,
            r#""unit":"件","value":0.350,"status":"number","text":"0.350","at":{"line":176,"column":2}}],"#,
            r#""extra":[{"path":["依申请公开情况","收到申请数","当面申请数"],"column":null,"#,
            r#""unit":"件","value":0.350,"status":"number","text":"0.350","at":{"sheet":"Sheet1","cell":"C31"},"#,
            r#""label":"其他","after":"received.in_person"}],"#,
            r#""findings":[{"code":"XG301","severity":"note","message":"read as GB18030; the file does not declare its "#,
            r#"encoding","ids":["closed"],"at":{"sheet":"Sheet1","cell":"C31"},"arguments":{"encoding":"GB18030"}}]}"#,
            "\n"
        );
        assert_eq!(String::from_utf8(bytes).unwrap(), expected);
    }
}
