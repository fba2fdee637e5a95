use super::*;
use crate::layout::{LayoutOptions, layout};
use crate::report::Report;
use crate::template::shipped;
use crate::write::{package, sample};

fn written(report: &Report, timestamp: Option<i64>) -> Vec<u8> {
    let template = shipped().get(report.template.as_deref().unwrap()).unwrap();
    let mut bytes = Vec::new();
    write(&layout(report, template, LayoutOptions::default()), timestamp, &mut bytes).unwrap();
    bytes
}

fn part(bytes: &[u8], name: &str) -> String {
    package::parts(bytes).unwrap().into_iter().find(|(part, _)| part == name).unwrap().1
}

/// XML with a line for each element that begins a paragraph, row or style.
fn lines(xml: &str) -> String {
    ["<w:p>", "<w:tr>", "<w:tbl>", "<w:sectPr>", "<w:style ", "<Override", "<Relationship ", "<w:font "]
        .iter()
        .fold(xml.to_owned(), |xml, start| xml.replace(start, &format!("\n{start}")))
}

#[test]
fn parts_of_a_form() {
    let bytes = written(&sample::matrix("2021", 1), Some(1_514_764_799));
    for (name, xml) in package::parts(&bytes).unwrap() {
        let short = name.replace(['/', '[', ']', '.'], "_");
        insta::with_settings!({ snapshot_path => "../../../tests/snapshots", prepend_module_to_snapshot => false }, {
            insta::assert_snapshot!(format!("docx__{short}"), lines(&xml));
        });
    }
}

#[test]
fn the_same_report_gives_the_same_bytes() {
    let report = sample::report();
    assert_eq!(written(&report, None), written(&report, None));
    assert!(!part(&written(&report, None), "docProps/core.xml").contains("created"));
}

#[test]
fn rows_are_whole_headers_repeat_and_small_groups_stay_together() {
    let xml = part(&written(&sample::matrix("2021", 1), None), "word/document.xml");
    let rows: Vec<&str> = xml.split("<w:tr>").skip(1).collect();
    assert!(rows.iter().all(|row| row.starts_with("<w:trPr><w:cantSplit/>")));
    let headers: Vec<&&str> = rows.iter().filter(|row| row.contains("<w:tblHeader/>")).collect();
    assert_eq!(headers.len(), 6);
    let row = |label: &str| *rows.iter().find(|row| row.contains(label)).unwrap();
    // All of its paragraphs, because programs differ in which they look at.
    let group = row("1.信访举报投诉类申请");
    assert_eq!(group.matches("<w:p>").count(), group.matches("<w:keepNext/>").count());
    assert!(!row("5.要求行政机关确认或重新出具已获取信息").contains("<w:keepNext/>"));
    assert!(xml.contains("<w:textDirection w:val=\"tbRlV\"/>"));
}

#[test]
fn numbers_too_wide_for_a_cell_are_smaller() {
    let mut report = sample::matrix("2021", 1);
    for value in &mut report.values {
        value.cell = crate::report::CellValue::Number(987_654_321.into());
    }
    let xml = part(&written(&report, None), "word/document.xml");
    let sizes: std::collections::BTreeSet<&str> =
        xml.split("<w:rPr><w:sz w:val=\"").skip(1).map(|rest| &rest[..2]).collect();
    assert_eq!(sizes.len(), 4, "{sizes:?}");
    assert!(sizes.iter().all(|size| size.parse::<u32>().unwrap() >= 10), "{sizes:?}");
}
