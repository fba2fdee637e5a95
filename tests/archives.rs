//! Archives and mail as inputs: the files in them are converted, checked, merged, compared and resumed like those of a folder.
#![cfg(feature = "cli")]
#![allow(clippy::unwrap_used)] // Its helpers stand outside test functions, where the lint does not look.

mod command;

use std::collections::BTreeSet;
use std::fs;
use std::io::{Cursor, Write};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::thread;
use std::time::Duration;

use command::run;
use serde_json::Value as Json;
use zip::ZipWriter;
use zip::write::SimpleFileOptions;

fn archives() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures/archives")
}

/// A folder with some archives.
fn folder(names: &[&str]) -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    for name in names {
        fs::copy(archives().join(name), folder.path().join(name)).unwrap();
    }
    folder
}

/// The files below a folder with their paths, and the organization that each names.
fn written(folder: &Path) -> BTreeSet<(String, String)> {
    let entries = walkdir::WalkDir::new(folder).into_iter().map(Result::unwrap);
    let files = entries.filter(|entry| entry.file_type().is_file());
    files
        .map(|entry| {
            let report: Json = serde_json::from_slice(&fs::read(entry.path()).unwrap()).unwrap();
            let values = report["values"].as_array().unwrap();
            assert_eq!(values.iter().filter(|value| value["status"] == "number").count(), 200, "{entry:?}");
            let path = entry.path().strip_prefix(folder).unwrap().to_str().unwrap().replace('\\', "/");
            (path, report["organization"].as_str().unwrap().to_owned())
        })
        .collect()
}

fn pairs(listed: &[(&str, &str)]) -> BTreeSet<(String, String)> {
    listed.iter().map(|(path, name)| ((*path).to_owned(), (*name).to_owned())).collect()
}

#[test]
fn a_zip_with_chinese_names_is_converted_and_its_encrypted_file_named() {
    let folder = folder(&["towns.zip"]);
    let (status, _, said) =
        run(folder.path(), &["convert", "towns.zip", "--to", "json", "-o", "out", "--summary", "all.json"]);
    assert_eq!(status, 3, "{said}");
    assert!(
        said.contains("towns.zip/示例县/北桥镇.xls") && said.contains("unpack the archive with the password"),
        "{said}"
    );
    assert!(said.contains("lock files of open documents skipped: 1"), "{said}");
    let expected = [
        ("towns.zip/示例县/东河镇.json", "东河镇"),
        ("towns.zip/示例县/南湖镇.json", "南湖镇"),
        ("towns.zip/示例县/西山镇.json", "西山镇"),
    ];
    assert_eq!(written(&folder.path().join("out")), pairs(&expected));
    let summary: Json = serde_json::from_slice(&fs::read(folder.path().join("all.json")).unwrap()).unwrap();
    let inputs: Vec<&str> = summary.as_array().unwrap().iter().map(|row| row["input"].as_str().unwrap()).collect();
    assert_eq!(
        inputs,
        ["东河镇.csv", "西山镇.doc", "南湖镇.fodt", "北桥镇.xls"].map(|name| format!("towns.zip/示例县/{name}"))
    );
}

#[test]
fn an_archive_with_one_file_is_like_that_file() {
    let folder = folder(&[]);
    let table = fs::read(archives().join("../2021/report.csv")).unwrap();
    let mut zip = ZipWriter::new(fs::File::create(folder.path().join("one.zip")).unwrap());
    zip.start_file("a.csv", SimpleFileOptions::default()).unwrap();
    zip.write_all(&table).unwrap();
    zip.finish().unwrap();
    fs::write(folder.path().join("a.csv"), &table).unwrap();
    let (status, out, said) = run(folder.path(), &["convert", "one.zip", "--to", "csv", "-o", "-"]);
    assert_eq!(status, 0, "{said}");
    let (_, alone, _) = run(folder.path(), &["convert", "a.csv", "--to", "csv", "-o", "-"]);
    assert_eq!(out, alone);
    let (status, _, said) = run(folder.path(), &["convert", "one.zip", "-o", "one.csv"]);
    assert_eq!(status, 0, "{said}");
    // A file has a byte order mark, for Excel.
    assert!(fs::read_to_string(folder.path().join("one.csv")).unwrap().trim_start_matches('\u{feff}') == alone);
    // A name without the ending of a format is a folder.
    let (status, _, said) = run(folder.path(), &["convert", "one.zip", "--to", "csv", "-o", "out"]);
    assert_eq!(status, 0, "{said}");
    assert!(folder.path().join("out/one.zip/a.csv").is_file());
}

#[test]
fn mails_and_tar_archives_hold_files_too() {
    let folder = folder(&["mail.eml", "page.eml", "mail.msg", "towns.tar.gz"]);
    let (status, _, said) = run(folder.path(), &["convert", ".", "--to", "json", "-o", "out"]);
    assert_eq!(status, 3, "{said}");
    assert!(said.contains("mail.eml/汇总.zip/示例县/北桥镇.xls"), "{said}");
    let expected = [
        ("mail.eml/中关镇.json", "中关镇"),
        ("mail.eml/汇总.zip/示例县/东河镇.json", "东河镇"),
        ("mail.eml/汇总.zip/示例县/南湖镇.json", "南湖镇"),
        ("mail.eml/汇总.zip/示例县/西山镇.json", "西山镇"),
        ("mail.msg/东河镇.json", "东河镇"),
        ("mail.msg/西山镇.json", "西山镇"),
        ("page.eml/中关镇.json", "中关镇"),
        ("page.json", "示例镇"),
        ("towns.tar.gz/示例县/东河镇.json", "东河镇"),
        ("towns.tar.gz/示例县/西山镇.json", "西山镇"),
    ];
    assert_eq!(written(&folder.path().join("out")), pairs(&expected));
}

#[test]
fn a_table_in_the_text_of_a_mail_is_read() {
    let folder = folder(&["text.eml", "text.msg"]);
    let (status, _, said) = run(folder.path(), &["convert", ".", "--to", "json", "-o", "out"]);
    assert_eq!(status, 0, "{said}");
    let expected = [("text.json", "东河镇"), ("text.msg/报告.json", "东河镇"), ("text.msg/西山镇.json", "西山镇")];
    assert_eq!(written(&folder.path().join("out")), pairs(&expected));
}

#[test]
fn names_that_climb_out_stay_below_the_output_and_are_reported() {
    let folder = folder(&["climbing.zip"]);
    let (status, _, said) = run(folder.path(), &["convert", "climbing.zip", "--to", "json", "-o", "a/b/out"]);
    assert_eq!(status, 0, "{said}");
    assert!(said.contains("under safe names") && said.contains(": 4"), "{said}");
    let expected = [
        ("out/climbing.zip/a-2.json", "新湾镇"),
        ("out/climbing.zip/a.json", "小塘镇"),
        ("out/climbing.zip/etc/root.json", "下坪镇"),
        ("out/climbing.zip/up.json", "上沟镇"),
        ("out/climbing.zip/x/drive.json", "大岭镇"),
    ];
    assert_eq!(written(&folder.path().join("a/b")), pairs(&expected));
    // Beside the archive, its own name is taken.
    let (status, _, said) = run(folder.path(), &["convert", "climbing.zip", "--to", "json", "-o", "."]);
    assert_eq!(status, 0, "{said}");
    assert!(folder.path().join("climbing/etc/root.json").is_file() && folder.path().join("climbing.zip").is_file());
}

#[test]
fn two_hundred_files_of_a_7z_are_checked_merged_and_compared() {
    let folder = folder(&["towns.7z", "towns.tar.gz"]);
    let (status, out, said) = run(folder.path(), &["check", "towns.7z", "--output-format", "json"]);
    assert_eq!(status, 0, "{said}");
    assert_eq!(out.matches("\"file\":\"towns.7z/镇/").count(), 200, "{}", &out[..500]);
    let (_, _, said) = run(folder.path(), &["merge", "towns.7z", "-o", "all.xlsx"]);
    assert!(said.contains("200 organizations in the totals, 0 left out"), "{said}");
    let (_, _, said) = run(folder.path(), &["compare", "towns.tar.gz", "towns.7z"]);
    assert!(said.contains("2 organizations compared"), "{said}");
    let (status, out, _) = run(folder.path(), &["inspect", "towns.tar.gz"]);
    assert_eq!(status, 0);
    assert!(out.contains("towns.tar.gz/示例县/东河镇.csv:\nformat: csv\n"), "{out}");
    assert!(out.contains("towns.tar.gz/示例县/西山镇.rtf:\nformat: rtf\n"), "{out}");
    let (_, out, _) = run(folder.path(), &["inspect", "towns.tar.gz", "--to", "json"]);
    assert_eq!(serde_json::from_str::<Json>(&out).unwrap().as_array().unwrap().len(), 2);
}

#[test]
fn an_interrupted_conversion_of_an_archive_is_resumed() {
    let folder = folder(&["towns.7z"]);
    let words = ["convert", "towns.7z", "--to", "json", "-o", "out"];
    let whole = [&words[..5], &["whole"]].concat();
    assert_eq!(run(folder.path(), &whole).0, 0);
    end_early(folder.path(), &words);
    let (status, _, said) = run(folder.path(), &[&words[..], &["--resume"]].concat());
    assert_eq!(status, 0, "{said}");
    assert!(said.contains("of them were done"), "{said}");
    assert_eq!(written(&folder.path().join("out")), written(&folder.path().join("whole")));
}

/// Runs a conversion and kills it after some outputs.
fn end_early(folder: &Path, words: &[&str]) {
    let mut command = Command::new(env!("CARGO_BIN_EXE_xxgk"));
    command.current_dir(folder).args(words).args(["-j", "1"]);
    let mut child = command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap();
    let is_file = |entry: &walkdir::DirEntry| entry.file_type().is_file();
    let outputs = || walkdir::WalkDir::new(folder.join("out")).into_iter().flatten().filter(is_file).count();
    while outputs() < 20 {
        assert!(child.try_wait().unwrap().is_none(), "the run ended by itself");
        thread::sleep(Duration::from_millis(2));
    }
    child.kill().unwrap();
    child.wait().unwrap();
}

#[test]
fn a_zip_bomb_costs_an_error_for_what_is_beyond_the_limit() {
    let folder = tempfile::tempdir().unwrap();
    let mut archive = ZipWriter::new(Cursor::new(Vec::new()));
    let zeros = vec![b' '; 63 << 20];
    let csv = fs::read(Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures/2021/report.csv")).unwrap();
    archive.start_file("a.csv", SimpleFileOptions::default()).unwrap();
    archive.write_all(&csv).unwrap();
    for at in 0..6 {
        archive.start_file(format!("{at}.csv"), SimpleFileOptions::default()).unwrap();
        archive.write_all(&zeros).unwrap();
    }
    fs::write(folder.path().join("bomb.zip"), archive.finish().unwrap().into_inner()).unwrap();
    let (status, _, said) = run(folder.path(), &["convert", "bomb.zip", "--to", "json", "-o", "out"]);
    assert_eq!(status, 3, "{said}");
    for at in 0..6 {
        assert!(said.contains(&format!("bomb.zip/{at}.csv")), "{said}");
    }
    assert!(said.contains("192 MB"), "{said}");
    assert_eq!(written(&folder.path().join("out")).len(), 1);
}
