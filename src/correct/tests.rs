//! Files of corrections, their faults, and what they do to a report.

use super::Corrections;
use super::corrections::{is_about, is_source};
use crate::Result;
use crate::engine::Engine;
use crate::finding::Finding;
use crate::message::Lang;
use crate::read::ReadOptions;
use crate::report::{CellValue, Correction, Report};

const HEAD: &str = "source,report,id,column,original text,value,by,reason\n";

/// The sample with a value that cannot be read, `received.in_person` = `1I9`.
fn sample() -> String {
    include_str!("../../fixtures/zhongzhuang-2017.txt").replacen("\t19\n", "\t1I9\n", 1)
}

/// The report of the sample with the corrections of some rows.
fn corrected(rows: &str) -> Result<Report> {
    let corrections = Corrections::read(format!("{HEAD}{rows}").as_bytes(), "c.csv")?;
    let engine = Engine::new().corrections(corrections);
    let mut examined = engine.examine_file(sample().as_bytes(), &ReadOptions::default(), "in/a.txt")?;
    let one = examined.remove(0);
    Ok(Report { findings: one.findings, ..one.report })
}

fn problem(rows: &str) -> String {
    corrected(rows).unwrap_err().message(Lang::EN)
}

#[test]
fn a_value_that_cannot_be_read_is_set() {
    for (value, expected) in [
        ("19", CellValue::Number(19.into())),
        ("１９", CellValue::Number(19.into())),
        ("1,019", CellValue::Number(1019.into())),
        ("", CellValue::Blank),
        ("/", CellValue::NotApplicable),
    ] {
        let report = corrected(&format!("a.txt,1,received.in_person,,1I9,\"{value}\",王小明,原件为19\n")).unwrap();
        let found = report.value("received.in_person", None).unwrap();
        assert_eq!((&found.cell, found.text().trim()), (&expected, "1I9"), "{value}");
        assert_eq!(found.correction, Some(Correction { by: "王小明".to_owned(), reason: "原件为19".to_owned() }));
        let notes: Vec<&Finding> = report.findings.iter().filter(|finding| finding.code == "XG371").collect();
        let [note] = notes[..] else { panic!("one note") };
        assert_eq!(note.at, found.at);
        assert!(note.message(Lang::EN).contains("王小明"));
        let unreadable = report.findings.iter().filter(|finding| finding.code == "XG306" && finding.at == found.at);
        assert_eq!(unreadable.count(), 0, "nothing is left out any more");
    }
}

#[test]
fn a_value_that_a_finding_names_is_set_and_no_other() {
    // A sum of the sample does not hold.
    let plain = corrected("").unwrap();
    let named = plain.findings.iter().find(|finding| !finding.figures.is_empty()).unwrap();
    let id = named.figures[1].id.clone();
    let text = plain.value(&id, None).unwrap().text().trim().to_owned();
    let report = corrected(&format!("in/a.txt,1,{id},,{text},110,a,b\n")).unwrap();
    assert_eq!(report.value(&id, None).unwrap().number(), Some(110.into()));
    let free = plain
        .values
        .iter()
        .find(|value| value.cell.is_number() && !plain.findings.iter().any(|finding| is_about(finding, value)));
    let free = free.unwrap();
    let rows = format!("a.txt,1,{},,{},5,a,b\n", free.id.as_deref().unwrap(), free.text().trim());
    assert!(problem(&rows).contains("neither unreadable"), "{}", problem(&rows));
}

#[test]
fn what_fits_nothing_is_an_error_with_its_line() {
    for (row, expected) in [
        ("a.txt,1,received.in_person,,19,19,a,b", "“1I9”"),
        ("a.txt,1,received.in_person,,,19,a,b", "“1I9”"),
        ("a.txt,2,received.in_person,,1I9,19,a,b", "no report of this number"),
        ("a.txt,1,received.nowhere,,1I9,19,a,b", "no such indicator"),
        ("a.txt,1,received.in_person,上年,1I9,19,a,b", "no such column"),
        ("a.txt,1,received.in_person,,1I9,19件,a,b", "19件"),
        ("a.txt,1,received.in_person,,1I9,无,a,b", "无"),
        ("a.txt,1,received.in_person,,1I9,019,a,b", "019"),
        ("a.txt,1,received.in_person,,1I9,19,,b", "needs"),
        ("a.txt,1,received.in_person,,1I9,19,a,", "needs"),
        (",1,received.in_person,,1I9,19,a,b", "no source"),
        ("a.txt,0,received.in_person,,1I9,19,a,b", "from 1"),
        ("a.txt,1,,,1I9,19,a,b", "no id"),
        ("x.txt,1,a,,,1,a,b\nx.txt,1,a,,,2,a,b", "line: 2"),
    ] {
        let message = problem(&format!("{row}\n"));
        assert!(message.contains(expected), "{row}: {message}");
        let line = if row.contains('\n') { 3 } else { 2 };
        assert!(message.starts_with(&format!("c.csv, line {line}, ")), "{message}");
    }
    let without = Corrections::read("source,report,id\na.txt,1,x\n".as_bytes(), "c.csv").unwrap_err();
    assert!(without.message(Lang::EN).contains("source | report | id"), "{without}");
    assert!(Corrections::read(b"", "c.csv").is_err());
}

#[test]
fn files_come_in_several_encodings_and_with_chinese_headers() {
    let text = "文件;报表序号;指标;栏;原文;更正值;更正人;理由;说明\na.txt;1;received.in_person;;〔1I9？〕;19;王小明;原件为19;\n";
    let gb18030 = encoding_rs::GB18030.encode(text).0.into_owned();
    let bom = [b"\xef\xbb\xbf", text.as_bytes()].concat();
    for bytes in [text.as_bytes(), &gb18030, &bom] {
        let engine = Engine::new().corrections(Corrections::read(bytes, "c.csv").unwrap());
        let examined = engine.examine(sample().as_bytes(), &ReadOptions::default().name("a.txt")).unwrap();
        let value = examined[0].report.value("received.in_person", None).unwrap();
        assert_eq!(value.number(), Some(19.into()));
    }
}

#[test]
fn rows_that_nobody_filled_in_are_left_out() {
    let report = corrected("a.txt,1,received.in_person,,1I9,,,\n").unwrap();
    assert!(report.value("received.in_person", None).unwrap().cell.is_unreadable());
}

#[test]
fn a_source_is_the_end_of_a_path() {
    assert!(is_source("a.txt", "in/a.txt") && is_source("in\\a.txt", "./x/in/a.txt") && is_source("-", "-"));
    assert!(!is_source("b/a.txt", "in/a.txt") && !is_source("", "a.txt") && !is_source("-", "a.txt"));
    let read = |rows: &str| Corrections::read(format!("{HEAD}{rows}").as_bytes(), "c.csv").unwrap();
    let inputs = || ["x/a.txt", "y/a.txt", "y/b.txt"].map(str::to_owned).into_iter();
    let corrections = read("x/a.txt,1,a,,,1,a,b\nc.txt,1,a,,,1,a,b\nc.txt,1,b,,,1,a,b\na.txt、b.txt,1,b,,,1,a,b\n");
    let findings = corrections.check_sources(inputs()).unwrap();
    assert_eq!(findings.iter().map(|finding| &*finding.code).collect::<Vec<_>>(), ["XG372"]);
    let message = read("a.txt,1,a,,,1,a,b\n").check_sources(inputs()).unwrap_err().message(Lang::EN);
    assert!(message.contains("x/a.txt、y/a.txt"), "{message}");
}
