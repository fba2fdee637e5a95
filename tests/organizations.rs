//! One rule for all commands says which names mean the same organization; what matches nothing is named.
#![cfg(feature = "cli")]
#![allow(clippy::unwrap_used)] // Its helpers stand outside test functions, where the lint does not look.

use std::fs;
use std::path::Path;
use std::process::{Command, Stdio};

/// The sample of 2022 with another organization and year, and another number of new requests unless that is empty.
fn report(folder: &Path, name: &str, (organization, year, new): (&str, &str, &str)) {
    let bytes = fs::read(Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures/2021/report.csv")).unwrap();
    let text = encoding_rs::GB18030.decode(&bytes).0.replace("示例镇", organization).replace("2022", year);
    let with_new = |line: &str| {
        let mut cells: Vec<&str> = line.split(',').collect();
        if line.contains("本年新收") && !new.is_empty() {
            *cells.iter_mut().find(|cell| cell.parse::<u32>().is_ok()).unwrap() = new;
        }
        cells.join(",") + "\n"
    };
    let path = folder.join(name);
    fs::create_dir_all(path.parent().unwrap()).unwrap();
    fs::write(path, text.lines().map(with_new).collect::<String>()).unwrap();
}

/// Exit status, and everything that was shown and said.
fn run(folder: &Path, words: &[&str]) -> (i32, String) {
    let mut command = Command::new(env!("CARGO_BIN_EXE_xxgk"));
    command.current_dir(folder).env("XXGK_LANG", "en").env_remove("SOURCE_DATE_EPOCH").stdin(Stdio::null());
    let output = command.args(words).output().unwrap();
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    (output.status.code().unwrap(), text(&output.stdout) + &text(&output.stderr))
}

/// The sample as the report of this year, and one of the year before with another name.
fn two_years(last: &str) -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    report(folder.path(), "this/a.csv", ("示例镇", "2022", ""));
    report(folder.path(), "last/a.csv", (last, "2021", ""));
    folder
}

#[test]
fn endings_make_no_difference_in_any_command() {
    let folder = two_years("示例镇人民政府");
    let (_, said) = run(folder.path(), &["check", "this", "--last", "last"]);
    assert!(!said.contains("XG368"), "{said}");
    let words = ["new", "--organization", "示例镇", "--year", "2022", "--from", "last", "-o", "form.xlsx"];
    let (status, said) = run(folder.path(), &words);
    assert!(status == 0 && !said.contains("XG368"), "{said}");
    let (_, said) = run(folder.path(), &["compare", "last", "this"]);
    assert!(!said.contains("XG707"), "{said}");
    report(folder.path(), "this/b.csv", ("东河镇", "2022", ""));
    report(folder.path(), "last/b.csv", ("东河镇政府", "2021", ""));
    let (_, said) = run(folder.path(), &["compare", "last", "this"]);
    assert!(said.contains("2 organizations") && !said.contains("--match"), "{said}");
    fs::write(folder.path().join("roster.txt"), "示例镇政府\n东河镇人民政府\n").unwrap();
    let (_, said) = run(folder.path(), &["merge", "this", "--roster", "roster.txt", "-o", "all.xlsx"]);
    assert!(!said.contains("XG601") && !said.contains("XG609"), "{said}");
}

#[test]
fn what_matches_nothing_is_named() {
    let folder = two_years("示例乡");
    let (_, said) = run(folder.path(), &["check", "this", "--last", "last"]);
    assert!(said.contains("XG368") && said.contains("no report of “示例镇”"), "{said}");
    assert!(said.contains("1 reports of the year before") && said.contains("示例乡（a.csv）"), "{said}");
    let (_, said) = run(folder.path(), &["check", "this", "--last", "last", "--rule", "XG368=off"]);
    assert!(!said.contains("no report of"), "{said}");
    fs::write(folder.path().join("roster.txt"), "示例镇\n东河镇\n").unwrap();
    let words = ["new", "--roster", "roster.txt", "--year", "2022", "--from", "last", "-o", "forms"];
    let (status, said) = run(folder.path(), &words);
    assert!(status == 0 && said.matches("XG368").count() == 3, "{said}");
    let (_, said) = run(folder.path(), &["check", "this"]);
    assert!(!said.contains("XG368"), "{said}");
}

#[test]
fn several_reports_of_last_year_are_none_unless_they_are_the_same() {
    let folder = two_years("示例镇政府");
    report(folder.path(), "last/b.csv", ("示例镇人民政府", "2021", ""));
    let (_, said) = run(folder.path(), &["check", "this", "--last", "last"]);
    assert!(!said.contains("XG369"), "{said}");
    report(folder.path(), "last/b.csv", ("示例镇人民政府", "2021", "9"));
    let (_, said) = run(folder.path(), &["check", "this", "--last", "last"]);
    assert!(said.contains("XG369") && said.contains("示例镇政府（a.csv）、示例镇人民政府（b.csv）"), "{said}");
    // The report with exactly the same name is it.
    report(folder.path(), "last/c.csv", ("示例镇", "2021", "8"));
    let (_, said) = run(folder.path(), &["check", "this", "--last", "last"]);
    assert!(!said.contains("XG369"), "{said}");
}

#[test]
fn aliases_work_in_all_commands() {
    let folder = two_years("旧名公社");
    let at = folder.path();
    let (bytes, _, _) = encoding_rs::GB18030.encode("单位名称,曾用名\n示例镇,旧名公社,旧名乡\n");
    fs::write(at.join("aliases.csv"), bytes).unwrap();
    let (_, said) = run(at, &["check", "this", "--last", "last", "--aliases", "aliases.csv"]);
    assert!(!said.contains("XG368"), "{said}");
    let words = ["new", "--organization", "旧名乡", "--year", "2022", "--from", "last", "-o", "form.xlsx"];
    assert!(run(at, &words).1.contains("XG368"));
    let (_, said) = run(at, &[&words[..], &["--aliases", "aliases.csv", "--force"]].concat());
    assert!(!said.contains("XG368"), "{said}");
    let (_, said) = run(at, &["compare", "last", "this", "--aliases", "aliases.csv"]);
    assert!(!said.contains("XG707"), "{said}");
    fs::write(at.join("roster.txt"), "旧名乡\n").unwrap();
    let words = ["merge", "this", "--roster", "roster.txt", "-o", "all.xlsx", "--aliases", "aliases.csv"];
    let (_, said) = run(at, &words);
    assert!(!said.contains("XG601") && !said.contains("XG609"), "{said}");
}

#[test]
fn aliases_that_help_nothing_are_a_usage_error() {
    let folder = two_years("旧名公社");
    for (text, expected) in [("示例镇\n", "no aliases"), ("甲镇,丙乡\n乙镇,丙乡\n", "丙乡")] {
        fs::write(folder.path().join("aliases.csv"), text).unwrap();
        let (status, said) = run(folder.path(), &["check", "this", "--last", "last", "--aliases", "aliases.csv"]);
        assert!(status == 2 && said.contains(expected), "{said}");
    }
}
