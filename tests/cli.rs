//! The command line as a user meets it: the binary is run, in folders of its own, and its streams, status and files are
//! looked at.
#![cfg(feature = "cli")]
#![allow(clippy::unwrap_used)] // Its helpers stand outside test functions, where the lint does not look.

use std::fs;
use std::io::{Read, Write};
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};

fn fixture(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures").join(name)
}

fn xxgk(folder: &Path) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_xxgk"));
    command.current_dir(folder).env("XXGK_LANG", "en").env_remove("SOURCE_DATE_EPOCH").stdin(Stdio::null());
    command
}

fn run(folder: &Path, words: &[&str]) -> Output {
    xxgk(folder).args(words).output().unwrap()
}

fn status(output: &Output) -> i32 {
    output.status.code().unwrap()
}

fn said(output: &Output) -> String {
    String::from_utf8(output.stderr.clone()).unwrap()
}

/// A folder with the sample as `a.txt`.
fn folder() -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    fs::copy(fixture("zhongzhuang-2017.txt"), folder.path().join("a.txt")).unwrap();
    folder
}

/// The files below a folder with `/` between names, sorted.
fn files(folder: &Path) -> Vec<String> {
    let mut names = Vec::new();
    let mut open = vec![folder.to_path_buf()];
    while let Some(at) = open.pop() {
        for entry in fs::read_dir(at).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                open.push(path);
            } else {
                names.push(path.strip_prefix(folder).unwrap().to_string_lossy().replace('\\', "/"));
            }
        }
    }
    names.sort();
    names
}

#[test]
fn help_and_usage_errors() {
    trycmd::TestCases::new().env("COLUMNS", "120").env("XXGK_LANG", "en").case("tests/cmd/*.trycmd");
}

#[test]
fn readme_shows_what_happens() {
    trycmd::TestCases::new().env("XXGK_LANG", "en").case("README.md").case("README.zh-CN.md");
}

#[test]
fn the_ending_of_the_output_names_the_format() {
    let folder = folder();
    for (name, start) in
        [("r.pdf", &b"%PDF-"[..]), ("r.XLSX", b"PK"), ("r.csv", "\u{feff}2017".as_bytes()), ("r.json", b"{")]
    {
        let output = run(folder.path(), &["convert", "a.txt", "-o", name]);
        assert_eq!(status(&output), 0, "{}", said(&output));
        assert!(output.stdout.is_empty());
        let bytes = fs::read(folder.path().join(name)).unwrap();
        assert!(bytes.starts_with(start), "{name}");
    }
    assert_eq!(files(folder.path()), ["a.txt", "r.XLSX", "r.csv", "r.json", "r.pdf"]);
}

#[test]
fn results_go_to_a_pipe_and_messages_beside_it() {
    let folder = folder();
    let output = run(folder.path(), &["convert", "a.txt", "--to", "json"]);
    let report: serde_json::Value = serde_json::from_slice(&output.stdout).unwrap();
    assert_eq!(report["schema"], "xxgk.report/1");
    assert_eq!(report["organization"], "中庄镇");
    assert_eq!(report["values"].as_array().unwrap().len(), 74);
    assert!(said(&output).lines().all(|line| line.starts_with("a.txt:")), "{}", said(&output));
    let csv = run(folder.path(), &["convert", "a.txt", "--to", "csv"]);
    assert!(!csv.stdout.starts_with("\u{feff}".as_bytes()), "no byte order mark in a pipe");
    let with = run(folder.path(), &["convert", "a.txt", "--to", "csv", "--bom"]);
    assert_eq!(with.stdout, [&b"\xef\xbb\xbf"[..], &csv.stdout].concat());
    assert_eq!(files(folder.path()), ["a.txt"]);
}

#[test]
fn standard_input_is_read_by_dash_or_when_nothing_is_named() {
    let folder = folder();
    let bytes = fs::read(fixture("zhongzhuang-2017.xls")).unwrap();
    let wanted = run(folder.path(), &["convert", "a.txt", "--to", "csv"]).stdout;
    for words in [&["convert", "-", "--to", "csv"][..], &["convert", "--to", "csv"]] {
        let mut child = xxgk(folder.path())
            .args(words)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        child.stdin.take().unwrap().write_all(&bytes).unwrap();
        let output = child.wait_with_output().unwrap();
        assert_eq!(status(&output), 0);
        assert_eq!(String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&wanted));
    }
}

#[test]
fn a_reader_that_leaves_is_no_failure() {
    let folder = folder();
    let mut child = xxgk(folder.path())
        .args(["convert", "a.txt", "--to", "json"])
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    drop(child.stdout.take());
    let mut heard = String::new();
    child.stderr.take().unwrap().read_to_string(&mut heard).unwrap();
    assert_eq!(child.wait().unwrap().code(), Some(0), "{heard}");
    assert!(!heard.contains("error"), "{heard}");
}

#[test]
fn an_output_that_exists_is_kept_unless_forced() {
    let folder = folder();
    fs::write(folder.path().join("r.csv"), "mine").unwrap();
    let output = run(folder.path(), &["convert", "a.txt", "-o", "r.csv"]);
    assert_eq!(status(&output), 3);
    assert!(said(&output).contains("r.csv exists and differs"), "{}", said(&output));
    assert_eq!(fs::read(folder.path().join("r.csv")).unwrap(), b"mine");
    assert_eq!(status(&run(folder.path(), &["convert", "a.txt", "-o", "r.csv", "--force"])), 0);
    assert_ne!(fs::read(folder.path().join("r.csv")).unwrap(), b"mine");
    let again = run(folder.path(), &["convert", "a.txt", "-o", "r.csv"]);
    assert_eq!(status(&again), 0, "the same bytes are fine");
    assert!(said(&again).contains("same content"), "{}", said(&again));
    assert_eq!(files(folder.path()), ["a.txt", "r.csv"]);
}

#[test]
fn an_input_is_never_written_not_even_by_force() {
    let folder = folder();
    let before = fs::read(folder.path().join("a.txt")).unwrap();
    fs::hard_link(folder.path().join("a.txt"), folder.path().join("hard.csv")).unwrap();
    for to in ["a.txt", "./a.txt", "hard.csv"] {
        let output = run(folder.path(), &["convert", "a.txt", "-o", to, "--to", "csv", "--force"]);
        assert_eq!(status(&output), 3, "{to}");
        assert!(said(&output).contains("is an input"), "{}", said(&output));
        assert_eq!(fs::read(folder.path().join("a.txt")).unwrap(), before);
    }
    assert_eq!(files(folder.path()), ["a.txt", "hard.csv"]);
}

#[test]
fn one_broken_input_does_not_stop_the_others() {
    let folder = folder();
    fs::create_dir(folder.path().join("in")).unwrap();
    fs::create_dir(folder.path().join("in/县")).unwrap();
    fs::rename(folder.path().join("a.txt"), folder.path().join("in/县/z.txt")).unwrap();
    fs::copy(fixture("zhongzhuang-2017.xls"), folder.path().join("in/a.xls")).unwrap();
    fs::copy(fixture("zhongzhuang-2017.csv"), folder.path().join("in/a.csv")).unwrap();
    fs::write(folder.path().join("in/b.xls"), "").unwrap();
    fs::write(folder.path().join("in/.DS_Store"), "junk").unwrap();
    let output = run(folder.path(), &["convert", "in", "-o", "out", "--to", "csv,json", "-v"]);
    assert_eq!(status(&output), 3);
    let heard = said(&output).replace('\\', "/");
    assert!(heard.contains("xxgk: in/b.xls: error: the file is empty"), "{heard}");
    assert!(heard.contains("in/.DS_Store: skipped"), "{heard}");
    assert!(heard.contains("4 files: 3 done, 1 failed; 6 outputs written"), "{heard}");
    let out = folder.path().join("out");
    let wanted = ["a-csv.csv", "a-csv.json", "a-xls.csv", "a-xls.json", "县/z.csv", "县/z.json"];
    assert_eq!(files(&out), wanted);
    let read = |name: &str| fs::read(out.join(name)).unwrap();
    assert_eq!(read("a-csv.csv"), read("a-xls.csv"));
    assert_eq!(read("a-csv.csv"), read("县/z.csv"));

    let fast = run(folder.path(), &["convert", "missing.txt", "in", "-o", "fast", "--to", "csv", "--fail-fast"]);
    assert_eq!(status(&fast), 3);
    assert!(said(&fast).contains("4 files were not tried"), "{}", said(&fast));
    assert!(!folder.path().join("fast").exists());
}

#[test]
fn a_file_of_several_reports_becomes_an_output_each() {
    let folder = folder();
    fs::copy(fixture("zhongzhuang-2017.xls"), folder.path().join("b.xls")).unwrap();
    let both = run(folder.path(), &["convert", "a.txt", "b.xls", "--to", "ndjson"]);
    assert_eq!(String::from_utf8_lossy(&both.stdout).lines().count(), 2, "one object a line");
    fs::write(folder.path().join("county.ndjson"), &both.stdout).unwrap();
    let one = run(folder.path(), &["convert", "county.ndjson", "--to", "csv"]);
    assert_eq!(status(&one), 3);
    assert!(one.stdout.is_empty() && said(&one).contains("holds 2 reports"), "{}", said(&one));
    let array = run(folder.path(), &["convert", "county.ndjson", "--to", "json"]);
    let array: serde_json::Value = serde_json::from_slice(&array.stdout).unwrap();
    assert_eq!(array.as_array().unwrap().len(), 2);
    assert_eq!(status(&run(folder.path(), &["convert", "county.ndjson", "-o", "out/", "--to", "csv,json"])), 0);
    let names = files(&folder.path().join("out"));
    assert_eq!(names.len(), 3, "{names:?}");
    assert!(names.contains(&"county.json".to_owned()), "{names:?}");
    assert!(names.iter().filter(|name| name.starts_with("county-") && name.ends_with(".csv")).count() == 2);
}

#[test]
fn a_dry_run_says_what_would_be_written_and_writes_nothing() {
    let folder = folder();
    let output = run(folder.path(), &["convert", "a.txt", "-o", "out/", "--to", "pdf,xlsx", "--force", "-n"]);
    assert_eq!(status(&output), 0);
    let plan = String::from_utf8(output.stdout).unwrap();
    assert_eq!(plan.lines().count(), 2, "{plan}");
    assert!(plan.starts_with("a.txt → out/a.pdf (pdf, template 2014-extended"), "{plan}");
    assert_eq!(files(folder.path()), ["a.txt"]);
}

#[test]
fn every_broken_fixture_is_refused_by_name_without_an_output() {
    let folder = tempfile::tempdir().unwrap();
    let mut count = 0;
    for entry in fs::read_dir(fixture("broken")).unwrap() {
        let name = entry.unwrap().path();
        for lang in ["zh", "en"] {
            let output = run(folder.path(), &["convert", name.to_str().unwrap(), "-o", "r.pdf", "--lang", lang]);
            assert_eq!(status(&output), 3, "{}", name.display());
            let start = format!("xxgk: {}", name.display());
            assert!(said(&output).lines().any(|line| line.starts_with(&start)), "{}", said(&output));
            assert!(!said(&output).contains("panic"), "{}", said(&output));
        }
        count += 1;
    }
    assert!(count > 10);
    assert!(files(folder.path()).is_empty());
}

#[test]
fn messages_are_in_the_language_asked_for() {
    let folder = folder();
    let zh = run(folder.path(), &["convert", "没有.xls", "--to", "csv", "--lang", "zh"]);
    assert_eq!(said(&zh), "xxgk: 没有.xls: 错误: 没有这个文件\n");
    let en = run(folder.path(), &["convert", "没有.xls", "--to", "csv"]);
    assert_eq!(said(&en), "xxgk: 没有.xls: error: there is no such file\n");
    for (name, value, chinese) in [("XXGK_LANG", "zh", true), ("XXGK_LANG", "en", false)] {
        let output = xxgk(folder.path()).arg("--help").env(name, value).output().unwrap();
        assert_eq!(String::from_utf8(output.stdout).unwrap().contains("用法"), chinese);
    }
    let quiet = run(folder.path(), &["convert", "a.txt", "-q", "-o", "r.csv"]);
    assert_eq!(said(&quiet), "");
}

#[test]
fn csv_can_be_written_for_old_excel() {
    let folder = folder();
    assert_eq!(status(&run(folder.path(), &["convert", "a.txt", "-o", "r.csv", "--encoding", "gb18030"])), 0);
    let bytes = fs::read(folder.path().join("r.csv")).unwrap();
    assert!(std::str::from_utf8(&bytes).is_err(), "no UTF-8");
    let back = run(folder.path(), &["convert", "r.csv", "--to", "csv"]).stdout;
    assert_eq!(back, run(folder.path(), &["convert", "a.txt", "--to", "csv"]).stdout);
}

#[test]
fn a_shipped_template_can_be_changed_and_used() {
    let folder = folder();
    let toml = run(folder.path(), &["template", "show", "2014-extended", "--toml"]).stdout;
    let own = String::from_utf8(toml).unwrap().replacen("id = \"2014-extended\"", "id = \"own\"", 1);
    fs::write(folder.path().join("own.toml"), &own).unwrap();
    let output = run(folder.path(), &["convert", "a.txt", "--template", "own.toml", "--to", "json"]);
    let report: serde_json::Value = serde_json::from_slice(&output.stdout).unwrap();
    assert_eq!(report["template"], "own");
    fs::write(folder.path().join("own.toml"), own.replacen("name = ", "nmae = ", 1)).unwrap();
    let wrong = run(folder.path(), &["convert", "a.txt", "--template", "own.toml", "--to", "json"]);
    assert_eq!(status(&wrong), 2);
    assert!(said(&wrong).contains("own.toml:"), "{}", said(&wrong));
}

#[test]
fn a_sheet_is_turned_on_request() {
    let folder = folder();
    for (name, words) in [("up.xlsx", &[][..]), ("turned.xlsx", &["--landscape"]), ("turned.pdf", &["--landscape"])] {
        let words: Vec<_> = ["convert", "a.txt", "-o", name].iter().chain(words).copied().collect();
        assert_eq!(status(&run(folder.path(), &words)), 0);
    }
    let orientation = |name: &str| {
        let file = fs::File::open(folder.path().join(name)).unwrap();
        let mut sheet = String::new();
        let mut archive = zip::ZipArchive::new(file).unwrap();
        archive.by_name("xl/worksheets/sheet1.xml").unwrap().read_to_string(&mut sheet).unwrap();
        sheet.contains("orientation=\"landscape\"")
    };
    assert!(!orientation("up.xlsx") && orientation("turned.xlsx"));
    let pdf = fs::read(folder.path().join("turned.pdf")).unwrap();
    let document = lopdf::Document::load_mem(&pdf).unwrap();
    for page in document.get_pages().into_values() {
        let area = document.get_dictionary(page).unwrap().get(b"MediaBox").unwrap().as_array().unwrap();
        assert!(area[2].as_float().unwrap() > area[3].as_float().unwrap());
    }
}
