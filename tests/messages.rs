//! Messages as a user meets them: every code is explained, files that fail are named, and nothing is told twice.
#![cfg(feature = "cli")]
#![allow(clippy::unwrap_used)] // Its helpers stand outside test functions, where the lint does not look.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

fn fixture(name: &str) -> PathBuf {
    root().join("fixtures").join(name)
}

fn run(folder: &Path, words: &[&str]) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_xxgk"));
    command.current_dir(folder).env("XXGK_LANG", "en").env_remove("SOURCE_DATE_EPOCH").stdin(Stdio::null());
    command.args(words).output().unwrap()
}

fn status(output: &Output) -> i32 {
    output.status.code().unwrap()
}

fn heard(output: &Output) -> String {
    String::from_utf8(output.stderr.clone()).unwrap()
}

fn printed(output: &Output) -> String {
    String::from_utf8(output.stdout.clone()).unwrap()
}

/// Every code in the files below a folder.
fn codes(folder: &Path, codes: &mut BTreeSet<String>) {
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            self::codes(&path, codes);
        } else if path.extension().is_some_and(|ending| ending == "rs" || ending == "toml") {
            let text = fs::read_to_string(&path).unwrap();
            let starts = text.match_indices("XG").map(|(at, _)| &text[at..]);
            let code = |text: &str| {
                Some(text.get(..5)?.to_owned()).filter(|code| code[2..].bytes().all(|c| c.is_ascii_digit()))
            };
            codes.extend(starts.filter_map(code));
        }
    }
}

#[test]
fn every_code_in_the_source_is_explained() {
    let mut all = BTreeSet::new();
    codes(&root().join("src"), &mut all);
    codes(&root().join("templates"), &mut all);
    assert!(all.len() > 150, "{}", all.len());
    for lang in ["zh", "en"] {
        let list = printed(&run(root(), &["rule", "--to", "json", "--lang", lang]));
        let list: Vec<serde_json::Value> = serde_json::from_str(&list).unwrap();
        for code in &all {
            let explained: Vec<_> = list.iter().filter(|one| one["code"] == **code).collect();
            assert!(!explained.is_empty(), "{code} is not explained");
            for field in explained.iter().flat_map(|one| [&one["text"], &one["mend"]]) {
                let text = field.as_str().unwrap();
                assert!(!text.is_empty() && !text.contains(['{', '}']), "{code}: {text}");
            }
        }
    }
    for code in ["XG102", "xg306", "XG501", "XG608", "XG701"] {
        let output = run(root(), &["rule", code]);
        assert!(status(&output) == 0 && printed(&output).starts_with(&code.to_uppercase()), "{code}");
    }
}

#[test]
fn a_severity_of_an_unknown_code_is_a_usage_error() {
    let sample = fixture("zhongzhuang-2017.txt");
    let sample = sample.to_str().unwrap();
    for command in [&["check", sample][..], &["compare", sample, sample]] {
        let output = run(root(), &[command, &["--rule", "XG999=off"]].concat());
        assert_eq!(status(&output), 2);
        assert!(heard(&output).contains("no rule XG999"), "{}", heard(&output));
    }
    let off = run(root(), &["check", sample, "--rule", "xg101=off", "--output-format", "short"]);
    assert!(!printed(&off).contains("XG101"), "case does not matter: {}", printed(&off));
}

#[test]
fn the_advice_of_a_rule_agrees_with_the_rule() {
    for lang in ["zh", "en"] {
        let text = printed(&run(root(), &["rule", "XG206", "--lang", lang]));
        assert!(!text.contains("不适用填 /") && !text.contains("/ if the row"), "{text}");
    }
}

#[test]
fn files_beside_the_inputs_are_named() {
    let folder = tempfile::tempdir().unwrap();
    fs::copy(fixture("zhongzhuang-2017.txt"), folder.path().join("a.txt")).unwrap();
    fs::write(folder.path().join("empty.txt"), "").unwrap();
    for side in ["gone.txt", "empty.txt"] {
        for words in [
            &["merge", "a.txt", "--roster", side, "-o", "m.xlsx"][..],
            &["merge", "a.txt", "--aliases", side, "-o", "m.xlsx"],
            &["new", "--roster", side, "-o", "out"],
            &["new", "--from", side, "-o", "form.xlsx"],
            &["template", "infer", side],
        ] {
            let output = run(folder.path(), words);
            assert_eq!(status(&output), 3, "{words:?}: {}", heard(&output));
            assert!(heard(&output).contains(&format!("xxgk: {side}: error: ")), "{words:?}: {}", heard(&output));
        }
    }
    fs::create_dir(folder.path().join("t.toml")).unwrap();
    let output = run(folder.path(), &["check", "a.txt", "--template", "t.toml"]);
    assert!(status(&output) == 3 && heard(&output).contains("xxgk: t.toml: error: "), "{}", heard(&output));
    let names: BTreeSet<_> = fs::read_dir(folder.path()).unwrap().map(|entry| entry.unwrap().file_name()).collect();
    assert_eq!(names, ["a.txt", "empty.txt", "t.toml"].map(Into::into).into());
}

#[test]
fn lines_of_a_list_without_a_name_are_told_by_number() {
    let folder = tempfile::tempdir().unwrap();
    fs::copy(fixture("zhongzhuang-2017.txt"), folder.path().join("a.txt")).unwrap();
    fs::write(folder.path().join("list.txt"), "中庄镇\n红旗镇|东片\n12\n财政局\n").unwrap();
    let merged = run(folder.path(), &["merge", "a.txt", "--roster", "list.txt", "--to", "json"]);
    assert!(heard(&merged).contains("line 3 of the list list.txt has no name"), "{}", heard(&merged));
    assert!(["红旗镇", "财政局"].iter().all(|name| heard(&merged).contains(name)), "{}", heard(&merged));
    let forms = run(folder.path(), &["new", "--roster", "list.txt", "-o", "out"]);
    assert_eq!(status(&forms), 0);
    assert!(heard(&forms).contains("XG616"), "{}", heard(&forms));
    assert_eq!(fs::read_dir(folder.path().join("out")).unwrap().count(), 3);
}

#[test]
fn outputs_hold_no_characters_that_steer_a_program() {
    let folder = tempfile::tempdir().unwrap();
    let json = printed(&run(root(), &["convert", fixture("zhongzhuang-2017.txt").to_str().unwrap(), "--to", "json"]));
    let dirty = json.replace("中庄镇", "中\\u001b[31m庄\\u0000镇\\u202e");
    assert_ne!(json, dirty);
    fs::write(folder.path().join("a.json"), dirty).unwrap();
    let output = run(folder.path(), &["convert", "a.json", "-o", "out/", "--to", "csv,xlsx,pdf"]);
    assert_eq!(status(&output), 0, "{}", heard(&output));
    assert!(heard(&output).contains("XG353"), "{}", heard(&output));
    for name in ["a.csv", "a.xlsx"] {
        let path = folder.path().join("out").join(name);
        let csv = run(folder.path(), &["convert", path.to_str().unwrap(), "--to", "csv"]).stdout;
        let text = String::from_utf8(csv).unwrap() + &String::from_utf8_lossy(&fs::read(&path).unwrap());
        let csv = &text[..text.find("\r\n").unwrap()];
        assert!(!csv.contains(['\0', '\u{1b}', '\u{202e}']), "{name}: {csv:?}");
    }
}

#[test]
fn an_empty_folder_is_named_in_every_command() {
    let folder = tempfile::tempdir().unwrap();
    fs::create_dir(folder.path().join("empty")).unwrap();
    fs::write(folder.path().join("empty/.hidden"), "").unwrap();
    fs::copy(fixture("zhongzhuang-2017.txt"), folder.path().join("a.txt")).unwrap();
    for words in [
        &["convert", "empty", "-o", "out", "--to", "pdf"][..],
        &["convert", "empty", "--join", "-o", "out", "--to", "pdf"],
        &["convert", "empty", "--tidy", "-o", "all.csv"],
        &["check", "empty"],
        &["check", "a.txt", "--last", "empty"],
        &["merge", "empty", "-o", "m.xlsx"],
        &["compare", "empty", "a.txt"],
        &["compare", "a.txt", "empty"],
        &["new", "--last", "empty", "-o", "form.xlsx"],
        &["empty"],
    ] {
        let output = run(folder.path(), words);
        assert_eq!(status(&output), 3, "{words:?}: {}", heard(&output));
        assert!(heard(&output).contains("no files to read in empty"), "{words:?}: {}", heard(&output));
    }
    assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 2, "nothing was written");
}

#[test]
fn errors_of_the_system_are_in_the_language_of_messages() {
    let folder = tempfile::tempdir().unwrap();
    let sample = fixture("zhongzhuang-2017.txt");
    let long = format!("{}.csv", "long".repeat(100));
    fs::write(folder.path().join("file"), "").unwrap();
    for (output, zh, en) in [("file/a.csv", "不是文件夹", "not a folder"), (&*long, "文件名太长", "name is too long")]
    {
        for (lang, words) in [("zh", zh), ("en", en)] {
            let output = run(folder.path(), &["convert", sample.to_str().unwrap(), "-o", output, "--lang", lang]);
            assert_eq!(status(&output), 3);
            assert!(heard(&output).contains(words), "{}", heard(&output));
        }
    }
}

#[test]
fn files_without_a_command_become_pdfs_beside_them() {
    let folder = tempfile::tempdir().unwrap();
    fs::create_dir(folder.path().join("县")).unwrap();
    for name in ["a.txt", "县/b.txt"] {
        fs::copy(fixture("zhongzhuang-2017.txt"), folder.path().join(name)).unwrap();
    }
    fs::write(folder.path().join("a.pdf"), "mine").unwrap();
    fs::write(folder.path().join("bad.xls"), "").unwrap();
    let names = || {
        let mut names: Vec<String> = ["", "县"]
            .iter()
            .flat_map(|below| fs::read_dir(folder.path().join(below)).unwrap())
            .map(|entry| entry.unwrap().file_name().into_string().unwrap())
            .filter(|name| name.ends_with(".pdf"))
            .collect();
        names.sort();
        names
    };
    for _ in 0..2 {
        let output = run(folder.path(), &["a.txt", "县", "bad.xls", "--lang", "en"]);
        assert_eq!(status(&output), 3);
        assert!(heard(&output).contains("xxgk: bad.xls: error: the file is empty"), "{}", heard(&output));
        assert!(heard(&output).contains("a-2.pdf"), "{}", heard(&output));
        assert_eq!(names(), ["a-2.pdf", "a.pdf", "b.pdf"], "the second call finds the same bytes");
    }
    assert_eq!(fs::read(folder.path().join("a.pdf")).unwrap(), b"mine");
    let gone = run(folder.path(), &["没有.xls"]);
    assert!(status(&gone) == 3 && heard(&gone).contains("no such file"), "{}", heard(&gone));
}

/// A folder `in` with reports, one of them wrong, and a file that cannot be read.
fn mixed() -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    fs::create_dir(folder.path().join("in")).unwrap();
    fs::copy(fixture("zhongzhuang-2017.txt"), folder.path().join("in/a.txt")).unwrap();
    fs::copy(fixture("2021/report.docx"), folder.path().join("in/b.docx")).unwrap();
    fs::write(folder.path().join("in/c.xls"), "").unwrap();
    // Values that cannot be read.
    let text = printed(&run(folder.path(), &["convert", "in/a.txt", "--to", "csv"]));
    let text = text.replacen(",0\r\n", ",0?\r\n", 6);
    assert_eq!(text.matches(",0?").count(), 6);
    fs::write(folder.path().join("in/d.csv"), text).unwrap();
    folder
}

#[test]
fn convert_and_check_count_the_same() {
    let folder = mixed();
    let checked = run(folder.path(), &["check", "in"]);
    let converted = run(folder.path(), &["convert", "in", "-o", "out", "--to", "csv", "--summary", "s.json"]);
    let counts = |text: &str| {
        let line = text.lines().rfind(|line| line.contains(" errors, ")).unwrap().to_owned();
        line.rsplit([';', ':']).find(|part| part.contains(" errors, ")).unwrap().trim().to_owned()
    };
    assert_eq!(counts(&heard(&checked)), counts(&heard(&converted)));
    let rows: Vec<serde_json::Value> =
        serde_json::from_slice(&fs::read(folder.path().join("s.json")).unwrap()).unwrap();
    let errors: u64 = rows.iter().map(|row| row["findings"]["errors"].as_u64().unwrap()).sum();
    assert!(errors > 0 && counts(&heard(&checked)).starts_with(&format!("{errors} errors")), "{}", heard(&checked));
    // The inputs with problems stand together at the end.
    let text = heard(&converted).replace('\\', "/");
    let (_, end) = text.split_once("files that failed or have errors:\n").unwrap();
    assert!(end.lines().next().unwrap().starts_with("  in/a.txt: errors: 1 (XG"), "{end}");
    assert!(end.contains("  in/c.xls: the file is empty\n"), "{end}");
}

#[test]
fn repeated_findings_of_a_file_are_one_line_for_people() {
    let folder = mixed();
    let lines = |words: &[&str]| {
        let output = run(folder.path(), words);
        let text = heard(&output) + &printed(&output);
        (text.lines().filter(|line| line.contains("[XG306]")).count(), text)
    };
    let (converted, text) = lines(&["convert", "in/d.csv", "-o", "d.csv"]);
    assert!(converted == 1 && text.contains(" more: line "), "{text}");
    assert_eq!(lines(&["check", "in/d.csv"]).0, 1);
    assert_eq!(lines(&["check", "in/d.csv", "--output-format", "short"]).0, 1);
    let all = lines(&["check", "in/d.csv", "--output-format", "short", "-v"]).0;
    assert!(all > 3, "{all}");
    let json = printed(&run(folder.path(), &["check", "in/d.csv", "--output-format", "json"]));
    assert_eq!(json.matches("\"XG306\"").count(), all + 1, "each, and in the counts");
    let quiet = run(folder.path(), &["convert", "in", "-o", "q", "--to", "csv", "-q"]);
    assert!(
        heard(&quiet).lines().all(|line| line.contains(" error") || line.starts_with("  hint")),
        "{}",
        heard(&quiet)
    );
}

#[test]
fn an_overview_stands_first_and_can_be_sent_around() {
    let folder = mixed();
    let output = run(folder.path(), &["check", "in", "--overview", "o.html"]);
    assert_eq!(status(&output), 3);
    let text = printed(&output).replace('\\', "/");
    let lines: Vec<_> = text.lines().take(6).collect();
    assert!(lines[0].starts_with("file ") && lines[0].ends_with("unreadable  missing"), "{text}");
    assert!(lines[1].starts_with("in/a.txt") && lines[1].contains("中庄镇"), "{text}");
    assert!(lines[4..] == ["files that cannot be read: 1", "  in/c.xls: the file is empty"], "{text}");
    assert_eq!(text.lines().nth(6), Some(""), "{text}");
    let page = fs::read_to_string(folder.path().join("o.html")).unwrap();
    assert!(page.contains("中庄镇") && page.contains("the file is empty") && !page.contains("<script"), "{page}");
    run(folder.path(), &["check", "in", "--overview", "o.xlsx", "--output-format", "json"]);
    let again = run(folder.path(), &["check", "in", "--overview", "o.xlsx", "--output-format", "json"]);
    assert!(serde_json::from_str::<serde_json::Value>(&printed(&again)).is_ok());
    assert!(fs::read(folder.path().join("o.xlsx")).unwrap().starts_with(b"PK"));
    assert_eq!(status(&run(folder.path(), &["check", "in", "--overview", "o.txt"])), 2);
    let input = run(folder.path(), &["check", "in/a.txt", "in/d.csv", "--overview", "o.html"]);
    assert!(status(&input) == 3 && heard(&input).contains("o.html exists"), "{}", heard(&input));
}

#[test]
fn an_overview_of_many_files_leaves_out_those_that_are_fine() {
    let folder = mixed();
    for number in 0..20 {
        fs::copy(fixture("2021/report.csv"), folder.path().join(format!("in/fine-{number}.csv"))).unwrap();
    }
    let overview = |words: &[&str]| {
        let text = printed(&run(folder.path(), words));
        text.lines().take_while(|line| !line.is_empty()).map(str::to_owned).collect::<Vec<_>>()
    };
    let brief = overview(&["check", "in"]);
    assert!(brief.len() < 8 && !brief.iter().any(|line| line.contains("fine-")), "{brief:#?}");
    assert!(brief.iter().any(|line| line.starts_with("21 more ")), "{brief:#?}");
    assert!(overview(&["check", "in", "-v"]).len() > 20);
}

#[test]
fn inspect_does_not_advise_to_inspect() {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("a.txt"), "各位同事：请在月底以前报材料。\n").unwrap();
    let hint = |command: &str| {
        let said = heard(&run(folder.path(), &[command, "a.txt"]));
        said.lines().find(|line| line.starts_with("  hint: ")).unwrap_or_default().to_owned()
    };
    assert!(hint("inspect").contains("template infer") && !hint("inspect").contains("xxgk inspect"));
}

#[test]
fn parsers_speak_the_language_of_messages() {
    let folder = tempfile::tempdir().unwrap();
    fs::copy(fixture("broken/letter.doc"), folder.path().join("a.doc")).unwrap();
    let said = heard(&run(folder.path(), &["check", "--lang", "zh", "--output-format", "short", "a.doc"]));
    let out = printed(&run(folder.path(), &["check", "--lang", "zh", "--output-format", "short", "a.doc"]));
    assert!(!(said + &out).contains("stream"), "{out}");
    let verbose = heard(&run(folder.path(), &["convert", "-v", "--to", "csv", "a.doc"]));
    assert!(verbose.contains("  cause: ") && verbose.contains("stream"), "{verbose}");
}

#[test]
fn hints_fit_the_file() {
    let folder = tempfile::tempdir().unwrap();
    let mail = b"MIME-Version: 1.0\r\nContent-Type: multipart/mixed; boundary=x\r\n\r\n--x\r\nContent-Type: application/pdf\r\n\r\nx\r\n--x--\r\n";
    for (name, bytes, hint) in [
        ("zip.xls", &fs::read(fixture("broken/files.zip")).unwrap()[..], "usual ending"),
        ("a.uof", b"<?xml version='1.0'?><uof:UOF xmlns:uof='http://schemas.uof.org/cn/2003/uof'/>", "save it as"),
        ("a.exe", b"MZ\x90\0\x03\0\0\0", "do not run"),
        ("a.mp4", b"\0\0\0\x20ftypisom\0\0\0\0", "sound and film"),
        ("a.rar", b"Rar!\x1a\x07\x01\0", "unpack"),
        ("a.xls", b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR", "scan"),
        ("a.pdf", b"%PDF-1.7\n", "new copy"),
        ("a.eml", mail, "attachment"),
    ] {
        fs::write(folder.path().join(name), bytes).unwrap();
        let output = run(folder.path(), &["check", name]);
        let text = printed(&output) + &heard(&output);
        assert!(status(&output) == 3 && text.contains(hint), "{name}: {text}");
    }
}
