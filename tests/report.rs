//! The complete annual report: what is written holds against its own table, and every blank and every changed number is found.
#![cfg(feature = "cli")]
#![allow(clippy::unwrap_used)] // Its helpers stand outside test functions, where the lint does not look.

use std::fs;
use std::io::{Read, Write};
use std::path::Path;
use std::process::{Command, Output};

const TEXT: &str = "\
# 地址、邮政编码和电话\n地址：示例镇人民路1号；邮政编码：730000；电话：0931-5550123\n
# 主动公开\n坚持应公开尽公开。\n
# 依申请公开\n规范了登记、审核、办理、答复和归档。\n
# 政府信息管理\n明确专人负责，严格落实保密审查制度。\n
# 政府信息公开平台建设\n完善了政务公开专区。\n
# 监督保障\n组织干部参加业务学习。\n
# 存在的主要问题及改进情况\n公开内容不够全面。\n\n今后健全工作机制，提高公开质量。\n
# 其他需要报告的事项\n本年度未收取信息处理费。\n
# 报告日期\n2023年1月20日\n";

fn xxgk(folder: &Path, words: &[&str]) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_xxgk"));
    command.current_dir(folder).env("XXGK_LANG", "en").env_remove("SOURCE_DATE_EPOCH").args(words).output().unwrap()
}

fn done(folder: &Path, words: &[&str]) -> String {
    let output = xxgk(folder, words);
    let said = String::from_utf8_lossy(&output.stderr).into_owned();
    assert!(output.status.success(), "{words:?}: {said}");
    said + &String::from_utf8_lossy(&output.stdout)
}

/// A folder with a table, that of the year before, and the text of a person.
fn folder() -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    let table = Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures/2021/report.xlsx");
    fs::copy(table, folder.path().join("table.xlsx")).unwrap();
    done(folder.path(), &["convert", "-q", "table.xlsx", "-o", "table.json"]);
    let json = fs::read_to_string(folder.path().join("table.json")).unwrap();
    // Other numbers in the year before, larger and smaller ones.
    let last = json.replace("\"year\": 2022", "\"year\": 2021").replace("2022年", "2021年");
    let last = last.replace("\"value\": 50", "\"value\": 80").replace("\"value\": 7", "\"value\": 5");
    fs::write(folder.path().join("last.json"), last).unwrap();
    fs::write(folder.path().join("text.md"), TEXT).unwrap();
    folder
}

/// How often check names a code in a file.
fn findings(folder: &Path, file: &str, code: &str) -> usize {
    findings_with(folder, &[file], code)
}

/// The same, with more words for the command line.
fn findings_with(folder: &Path, words: &[&str], code: &str) -> usize {
    let output = xxgk(folder, &[&["check", "--output-format", "json", "--fail-on", "never"], words].concat());
    String::from_utf8_lossy(&output.stdout)
        .replace("\"code\": ", "\"code\":")
        .matches(&format!("\"code\":\"{code}"))
        .count()
}

#[test]
fn a_report_with_all_blanks_filled_has_no_findings() {
    let folder = folder();
    for ending in ["docx", "html"] {
        let file = format!("report.{ending}");
        let said =
            done(folder.path(), &["report", "table.xlsx", "--last", "last.json", "--text", "text.md", "-o", &file]);
        assert!(said.contains("blanks to fill in: 0"), "{said}");
        assert_eq!(findings(folder.path(), &file, "XG"), 0, "{file}");
    }
    done(folder.path(), &["report", "table.xlsx", "--text", "text.md", "-o", "report.pdf"]);
    assert!(fs::read(folder.path().join("report.pdf")).unwrap().starts_with(b"%PDF"));
}

#[test]
fn every_blank_is_reported() {
    let folder = folder();
    let said = done(folder.path(), &["report", "table.xlsx", "-o", "report.docx"]);
    assert!(said.contains("blanks to fill in: 9"), "{said}");
    assert_eq!(findings(folder.path(), "report.docx", "XG507"), 9);
}

#[test]
fn every_changed_number_is_found() {
    let folder = folder();
    done(folder.path(), &["report", "table.xlsx", "--last", "last.json", "--text", "text.md", "-o", "report.html"]);
    let page = fs::read_to_string(folder.path().join("report.html")).unwrap();
    let text = page.find("一、总体情况").unwrap()..page.find("<table").unwrap();
    let mut found = 0;
    let mut at = text.start;
    while let Some(start) = page[at..text.end].find(|c: char| c.is_ascii_digit()).map(|digit| at + digit) {
        let is_end = |c: char| !c.is_ascii_digit() && c != '.';
        let end = start + page[start..].find(is_end).unwrap();
        at = end;
        if !["件", "万元", "%"].iter().any(|unit| page[end..].starts_with(unit)) {
            continue;
        }
        // Another last digit.
        let (before, last) = page[..end].split_at(end - 1);
        let other = (last.parse::<u8>().unwrap() + 3) % 10;
        fs::write(folder.path().join("changed.html"), format!("{before}{other}{}", &page[end..])).unwrap();
        let named = findings_with(folder.path(), &["changed.html", "--last", "last.json"], "XG5");
        assert!(named > 0, "{}", &page[start..end + 30]);
        found += 1;
    }
    assert!(found >= 20, "{found}");
}

#[test]
fn what_cannot_be_a_report_is_refused() {
    let folder = folder();
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let old = root.join("fixtures/zhongzhuang-2017.csv");
    let said = |words: &[&str]| {
        let output = xxgk(folder.path(), words);
        assert_eq!(output.status.code(), Some(2), "{words:?}");
        String::from_utf8(output.stderr).unwrap()
    };
    assert!(said(&["report", old.to_str().unwrap(), "-o", "a.docx"]).contains("2014-extended"));
    assert!(said(&["report", "table.xlsx", "-o", "a.xlsx"]).contains("a.xlsx"));
    fs::write(folder.path().join("wrong.md"), "# 别的\n").unwrap();
    assert!(said(&["report", "table.xlsx", "--text", "wrong.md", "-o", "a.docx"]).contains("别的"));
    let output = xxgk(folder.path(), &["report", "table.xlsx", "--text", "text.md", "-o", "table.xlsx"]);
    assert_ne!(output.status.code(), Some(0));
}

#[test]
fn forms_and_empty_reports_are_made_in_all_formats() {
    let folder = folder();
    for ending in ["docx", "html", "pdf"] {
        let form = format!("form.{ending}");
        done(folder.path(), &["new", "--organization", "中庄镇人民政府", "--year", "2026", "-o", &form]);
        let report = format!("report.{ending}");
        done(folder.path(), &["new", "--report", "--organization", "中庄镇人民政府", "--year", "2026", "-o", &report]);
    }
    assert!(findings(folder.path(), "report.docx", "XG507") > 10);
    // What the year before carries over is on a form that cannot calculate.
    done(
        folder.path(),
        &["new", "--organization", "示例镇", "--year", "2023", "--last", "table.xlsx", "-o", "last.docx"],
    );
    done(folder.path(), &["convert", "-q", "last.docx", "-o", "form.json"]);
    let json = fs::read_to_string(folder.path().join("form.json")).unwrap();
    let place = json.find("requests.carried_in.total").unwrap();
    assert!(json[place..place + 600].contains("\"value\": 6"), "{}", &json[place..place + 600]);
}

/// The members of a document by name.
fn members(path: &Path) -> Vec<(String, Vec<u8>)> {
    let mut archive = zip::ZipArchive::new(fs::File::open(path).unwrap()).unwrap();
    let count = archive.len();
    let member = |at| {
        let mut file = archive.by_index(at).unwrap();
        let mut bytes = Vec::new();
        file.read_to_end(&mut bytes).unwrap();
        (file.name().unwrap().into_owned(), bytes)
    };
    (0..count).map(member).collect()
}

/// The text of a document with the tables cut out, and the tables.
fn without_tables(document: &[u8]) -> (String, Vec<String>) {
    let document = String::from_utf8(document.to_vec()).unwrap();
    let mut pieces = document.split("<w:tbl>");
    let (mut rest, mut tables) = (pieces.next().unwrap().to_owned(), Vec::new());
    for piece in pieces {
        let (table, behind) = piece.split_once("</w:tbl>").unwrap();
        tables.push(table.to_owned());
        rest += behind;
    }
    (rest, tables)
}

#[test]
fn only_the_tables_of_a_document_are_replaced() {
    let folder = folder();
    let published = Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures/2021/published.docx");
    fs::copy(&published, folder.path().join("published.docx")).unwrap();
    done(folder.path(), &["report", "last.json", "--into", "published.docx", "-o", "new.docx"]);
    let (old, new) = (members(&published), members(&folder.path().join("new.docx")));
    assert_eq!(old.len(), new.len());
    for ((name, old), (again, new)) in old.iter().zip(&new) {
        assert_eq!(name, again);
        if name != "word/document.xml" {
            assert_eq!(old, new, "{name}");
            continue;
        }
        let ((old, before), (new, after)) = (without_tables(old), without_tables(new));
        assert_eq!(old, new);
        assert_eq!((before.len(), after.len()), (3, 3));
        assert!(before.iter().zip(&after).all(|(before, after)| before != after));
        // The other end of the bookmark is outside.
        assert!(after[0].contains("w:bookmarkStart") && after[0].contains("收费"));
    }
    let values = |file: &str| {
        done(folder.path(), &["convert", "-q", "--force", file, "--tidy", "-o", "values.csv"]);
        let text = fs::read_to_string(folder.path().join("values.csv")).unwrap();
        text.matches(",80,").count()
    };
    assert!(values("new.docx") > 0);
}

#[test]
fn rows_that_only_the_document_has_are_named() {
    let folder = folder();
    let published = Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures/2021/published.docx");
    let mut packed = zip::ZipWriter::new(fs::File::create(folder.path().join("own.docx")).unwrap());
    for (name, bytes) in members(&published) {
        let text = String::from_utf8_lossy(&bytes);
        let row = text.split_inclusive("</w:tr>").find(|row| row.contains(">行政许可<"));
        let bytes = row.filter(|_| name == "word/document.xml").map_or(bytes.clone(), |row| {
            let row = &row[row.rfind("<w:tr>").unwrap()..];
            text.replace(row, &(row.to_owned() + &row.replace("行政许可", "行政确认").replace("1263", "77")))
                .into_bytes()
        });
        packed.start_file(name, zip::write::SimpleFileOptions::default()).unwrap();
        packed.write_all(&bytes).unwrap();
    }
    packed.finish().unwrap();
    let output = xxgk(folder.path(), &["report", "last.json", "--into", "own.docx", "-o", "new.docx"]);
    let said = String::from_utf8(output.stderr).unwrap();
    assert!(output.status.success(), "{said}");
    assert!(said.contains("warning[XG403]") && said.contains("行政确认") && said.contains("(77)"), "{said}");
}

#[test]
fn a_document_without_the_tables_is_refused_and_nothing_is_written() {
    let folder = folder();
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    for (file, word) in [
        ("fixtures/zhongzhuang-2017.docx", "0 tables"),
        (
            "fixtures/zhongzhuang-2017.xlsx",
            "is an Excel workbook (xlsx); tables can be replaced only in a Word document",
        ),
    ] {
        let file = root.join(file);
        let output = xxgk(folder.path(), &["report", "table.xlsx", "--into", file.to_str().unwrap(), "-o", "new.docx"]);
        let said = String::from_utf8(output.stderr).unwrap();
        assert_eq!(output.status.code(), Some(3), "{said}");
        assert!(said.contains(word), "{said}");
        assert!(!folder.path().join("new.docx").exists());
    }
}
