//! Blank forms come back as what they are, and workbooks with marked cells hold the same figures.

#![allow(clippy::unwrap_used)]

use std::collections::BTreeSet;
use std::io::Cursor;
use std::sync::LazyLock;

use calamine::{Reader, Xlsx};
use xxgk::document::Location;
use xxgk::engine::Engine;
use xxgk::read::ReadOptions;
use xxgk::report::{CellValue, Report};
use xxgk::template::shipped;
use xxgk::write::{BlankOptions, WriteOptions};

static ENGINE: LazyLock<Engine> = LazyLock::new(Engine::new);

fn read_back(bytes: &[u8]) -> Report {
    let mut reports = ENGINE.recognize(&ENGINE.read(bytes, &ReadOptions::default()).unwrap()).unwrap();
    assert_eq!(reports.len(), 1);
    reports.remove(0)
}

#[test]
fn a_blank_form_is_read_back_blank_with_every_figure_in_its_own_cell() {
    for template in &shipped().0 {
        let blank = || ENGINE.blank(template, Some("中庄镇人民政府"), Some(2024), BlankOptions::default()).unwrap();
        let bytes = blank();
        assert_eq!(bytes, blank(), "the same bytes each time");
        let back = read_back(&bytes);
        assert_eq!(back.template.as_deref(), Some(template.id()));
        assert_eq!((back.organization.as_deref(), back.year), (Some("中庄镇人民政府"), Some(2024)));
        let mut places = BTreeSet::new();
        for value in &back.values {
            let id = value.id.as_deref().unwrap();
            assert_eq!((&value.cell, value.text().trim()), (&CellValue::Blank, ""), "{id}");
            let (t, r, _) = template.place(id).unwrap();
            if !template.tables()[t].rows[r].optional {
                assert!(places.insert(value.at.clone().unwrap()), "{id} has a cell of its own");
            }
        }
        let rows = |place: (usize, usize, usize)| &template.tables()[place.0].rows[place.1];
        let required = template.indicators().iter().filter(|own| !rows(own.place).optional);
        assert_eq!(places.len(), required.count(), "{}", template.id());
        assert_eq!(back.extra, []);
    }
}

/// The formula of a cell.
fn formula(bytes: &[u8], at: &Location) -> String {
    let mut book: Xlsx<_> = calamine::open_workbook_from_rs(Cursor::new(bytes)).unwrap();
    let formulas = book.worksheet_formula("统计表").unwrap();
    let Location::Sheet { cell, .. } = at else { panic!("{at}") };
    formulas.get_value((cell.row, cell.column)).cloned().unwrap_or_default()
}

#[test]
fn sums_and_what_carries_over_are_formulas() {
    let template = shipped().get("2021").unwrap();
    let last = ENGINE.blank(template, Some("中庄镇"), Some(2023), BlankOptions::default()).unwrap();
    let mut last = read_back(&last);
    for (id, number) in [("requests.carried_out.natural_person", 5), ("normative.in_force", 12)] {
        let value = last.values.iter_mut().find(|value| value.id.as_deref() == Some(id)).unwrap();
        value.cell = CellValue::Number(number.into());
    }
    let mut options = BlankOptions::default();
    options.last = Some(&last);
    let bytes = ENGINE.blank(template, Some("中庄镇"), Some(2024), options).unwrap();
    let back = read_back(&bytes);
    let formula = |id: &str| formula(&bytes, back.value(id, None).unwrap().at.as_ref().unwrap());
    assert_eq!(formula("requests.new.total"), "IF(COUNT(I21,K21,N21:O21,Q21,T21)=0,\"\",SUM(I21,K21,N21:O21,Q21,T21))");
    assert_eq!(formula("requests.carried_in.natural_person"), "5");
    assert_eq!(formula("normative.in_force"), "12+SUM(F6)-SUM(M6)");
    assert_eq!(formula("handled.total.natural_person"), "IF(COUNT(I23:I43)=0,\"\",SUM(I23:I43))");
    assert_eq!(formula("requests.new.natural_person"), "");
}

#[test]
fn marks_say_what_was_found_and_change_no_figure() {
    let bytes = std::fs::read("fixtures/zhongzhuang-2017.xlsx").unwrap();
    let report = read_back(&bytes);
    let examined = ENGINE.check_rules(report.clone());
    let marked = ENGINE.mark(&examined, &WriteOptions::default()).unwrap();
    assert_eq!(marked.findings, []);
    let back = read_back(&marked.bytes);
    let figures =
        |report: &Report| report.values.iter().map(|value| (value.id.clone(), value.cell.clone())).collect::<Vec<_>>();
    assert_eq!(figures(&back), figures(&report));
    let mut archive = zip::ZipArchive::new(Cursor::new(marked.bytes)).unwrap();
    let mut notes = String::new();
    std::io::Read::read_to_string(&mut archive.by_name("xl/comments1.xml").unwrap(), &mut notes).unwrap();
    for finding in &examined.findings {
        assert!(notes.contains(&format!("[{}]", finding.code)), "{}", finding.code);
    }
    assert!(notes.contains("在报送文件中的位置：统计表!"), "{notes}");
}

#[test]
fn a_form_that_nobody_filled_in_has_one_error() {
    for template in &shipped().0 {
        let bytes = ENGINE.blank(template, Some("中庄镇"), Some(2024), BlankOptions::default()).unwrap();
        let found = |report: Report| -> Vec<String> {
            ENGINE.check_rules(report).findings.into_iter().map(|finding| finding.code).collect()
        };
        let mut report = read_back(&bytes);
        let codes = found(report.clone());
        assert_eq!(codes.iter().filter(|code| *code == "XG370").count(), 1, "{codes:?}");
        assert!(!codes.iter().any(|code| code.starts_with("XG2")), "{codes:?}");
        // A stored report is checked anew.
        report.findings = ENGINE.check_rules(report.clone()).findings;
        assert_eq!(found(report.clone()), codes);
        report.values.iter_mut().find(|value| value.at.is_some()).unwrap().cell = CellValue::Number(0.into());
        let codes = found(report);
        assert!(!codes.contains(&"XG370".to_owned()) && codes.contains(&"XG201".to_owned()), "{codes:?}");
    }
}
