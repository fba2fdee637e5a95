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
fn the_checks_of_the_text_are_explained_as_rules_of_the_forms_are() {
    let folder = folder();
    let list = String::from_utf8(run(folder.path(), &["rule"]).stdout).unwrap();
    let one = String::from_utf8(run(folder.path(), &["rule", "xg501", "--lang", "en"]).stdout).unwrap();
    assert!(list.contains("XG101") && (501..=509).all(|code| list.contains(&format!("XG{code}"))), "{list}");
    assert!(
        one.starts_with("XG501 [error] ") && ["source: ", "example: ", "help: "].iter().all(|line| one.contains(line))
    );
    assert_eq!(status(&run(folder.path(), &["rule", "XG599"])), 2);
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
    assert!(!heard.contains("xxgk: "), "{heard}");
}

#[test]
fn an_output_that_exists_is_kept_unless_forced() {
    let folder = folder();
    fs::write(folder.path().join("r.csv"), "mine").unwrap();
    let output = run(folder.path(), &["convert", "a.txt", "-o", "r.csv"]);
    assert_eq!(status(&output), 3);
    assert!(said(&output).contains("r.csv exists with other content"), "{}", said(&output));
    assert_eq!(fs::read(folder.path().join("r.csv")).unwrap(), b"mine");
    assert_eq!(status(&run(folder.path(), &["convert", "a.txt", "-o", "r.csv", "--force"])), 0);
    assert_ne!(fs::read(folder.path().join("r.csv")).unwrap(), b"mine");
    let again = run(folder.path(), &["convert", "a.txt", "-o", "r.csv"]);
    assert_eq!(status(&again), 0, "the same bytes are fine");
    assert!(said(&again).contains("(unchanged)"), "{}", said(&again));
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
    // Marked workbooks have the same places.
    run(folder.path(), &["check", "in", "-o", "marked"]);
    assert_eq!(files(&folder.path().join("marked")), ["a-csv.xlsx", "a-xls.xlsx", "县/z.xlsx"]);

    let fast = run(folder.path(), &["convert", "missing.txt", "in", "-o", "fast", "--to", "csv", "--fail-fast"]);
    assert_eq!(status(&fast), 3);
    assert!(said(&fast).contains("4 files skipped"), "{}", said(&fast));
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
    assert!(one.stdout.is_empty() && said(&one).contains("has 2 reports"), "{}", said(&one));
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
            // An archive gives several outputs.
            let words = ["convert", name.to_str().unwrap(), "--to", "pdf", "-o", "out/", "--lang", lang];
            let output = run(folder.path(), &words);
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
    assert!(said(&zh).starts_with("xxgk: 没有.xls: 错误: 没有这个文件\n  建议: "), "{}", said(&zh));
    let en = run(folder.path(), &["convert", "没有.xls", "--to", "csv"]);
    assert!(said(&en).starts_with("xxgk: 没有.xls: error: no such file\n  hint: "), "{}", said(&en));
    for (name, value, chinese) in [("XXGK_LANG", "zh", true), ("XXGK_LANG", "en", false)] {
        let output = xxgk(folder.path()).arg("--help").env(name, value).output().unwrap();
        assert_eq!(String::from_utf8(output.stdout).unwrap().contains("用法"), chinese);
    }
    let quiet = run(folder.path(), &["convert", "a.txt", "-q", "-o", "r.csv"]);
    assert!(said(&quiet).lines().all(|line| line.contains(": error[")), "{}", said(&quiet));
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
fn json_of_a_template_that_is_not_loaded_is_written_as_json() {
    let folder = folder();
    let json = run(folder.path(), &["convert", "a.txt", "--to", "json"]).stdout;
    let own = String::from_utf8(json).unwrap().replacen("\"2014-extended\"", "\"own\"", 1);
    fs::write(folder.path().join("own.json"), &own).unwrap();
    let output = run(folder.path(), &["convert", "own.json", "--to", "json"]);
    assert_eq!(status(&output), 0, "{}", said(&output));
    assert_eq!(String::from_utf8(output.stdout).unwrap(), own);
    let lines = run(folder.path(), &["convert", "own.json", "own.json", "-o", "out/", "--to", "ndjson"]);
    assert_eq!(status(&lines), 0, "{}", said(&lines));
    let csv = run(folder.path(), &["convert", "own.json", "--to", "csv"]);
    assert_eq!(status(&csv), 3);
    assert!(csv.stdout.is_empty() && said(&csv).contains("--template"), "{}", said(&csv));
}

#[test]
fn an_encoding_that_cannot_be_written_is_refused_with_those_that_can() {
    let folder = folder();
    for label in ["big5", "nonsense"] {
        let output = run(folder.path(), &["convert", "a.txt", "-o", "r.csv", "--encoding", label]);
        assert_eq!(status(&output), 2, "{}", said(&output));
        assert!(said(&output).contains(label) && said(&output).contains("utf-8, gb18030, gbk"), "{}", said(&output));
        assert!(!said(&output).contains("gbk or big5"), "{}", said(&output));
    }
    assert_eq!(files(folder.path()), ["a.txt"]);
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

/// A folder `in` with `count` inputs that hold the same table, in two sub-folders.
fn many(count: usize) -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    let sample = fs::read(fixture("zhongzhuang-2017.csv")).unwrap();
    for at in 0..count {
        let below = folder.path().join("in").join(if at % 3 == 0 { "东" } else { "西" });
        fs::create_dir_all(&below).unwrap();
        fs::write(below.join(format!("{at:03}.csv")), &sample).unwrap();
    }
    folder
}

/// What a folder holds, by name.
fn contents(folder: &Path) -> Vec<(String, Vec<u8>)> {
    files(folder).into_iter().map(|name| (name.clone(), fs::read(folder.join(name)).unwrap())).collect()
}

#[test]
fn any_number_of_threads_gives_the_same_outputs_and_messages_in_the_same_order() {
    let folder = many(30);
    fs::write(folder.path().join("in/东/broken.xls"), "").unwrap();
    let one = run(folder.path(), &["convert", "in", "-o", "one", "--to", "json,csv", "-j", "1", "-v"]);
    let four = run(folder.path(), &["convert", "in", "-o", "four", "--to", "json,csv", "-j", "4", "-v"]);
    assert_eq!((status(&one), status(&four)), (3, 3));
    assert_eq!(said(&one).replace("one/", "four/"), said(&four));
    assert_eq!(contents(&folder.path().join("one")), contents(&folder.path().join("four")));
    assert_eq!(files(&folder.path().join("one")).len(), 60, "no journal and nothing half written stays");
    let rows = |threads: &str| run(folder.path(), &["convert", "in", "--to", "ndjson", "-j", threads]).stdout;
    assert_eq!(rows("1"), rows("4"));
}

#[test]
fn outputs_are_named_by_what_reports_say_with_numbers_in_the_order_of_inputs() {
    let folder = many(6);
    let name = |out: &str, threads: &str| {
        let words = ["convert", "in", "-o", out, "--to", "csv,json", "--name", "{year}-{organization}", "-j", threads];
        run(folder.path(), &words)
    };
    let one = name("one", "1");
    assert_eq!(status(&one), 0, "{}", said(&one));
    name("four", "4");
    let names = files(&folder.path().join("one"));
    let wanted = ["东/2017-中庄镇-2.csv", "东/2017-中庄镇-2.json", "东/2017-中庄镇.csv", "东/2017-中庄镇.json"];
    assert_eq!(names[..4], wanted);
    assert_eq!(names.len(), 12);
    assert!(names.contains(&"西/2017-中庄镇-4.json".to_owned()), "{names:?}");
    assert_eq!(contents(&folder.path().join("one")), contents(&folder.path().join("four")));
    assert!(said(&one).replace('\\', "/").contains("in/东/003.csv: 2017-中庄镇 is taken"), "{}", said(&one));
    // The second run finds the same files.
    let again = name("one", "4");
    assert!(said(&again).contains("12 unchanged"), "{}", said(&again));
    let beside = run(folder.path(), &["convert", "in", "-o", "in", "--to", "csv", "--name", "{year}"]);
    assert_eq!(status(&beside), 2);
}

/// Leaves in `out` what a run that was killed leaves: some outputs, the journal with a torn last line, a temporary file.
fn interrupt(folder: &Path, out: &str, words: &[&str], done: usize) {
    let refused = folder.join("refused");
    // The run stops at an input that cannot be read, as a killed one stops anywhere.
    let all: Vec<_> = ["convert", "in", "-o", out, "--fail-fast"].iter().chain(words).copied().collect();
    let inputs = files(&folder.join("in"));
    let stop = folder.join("in").join(&inputs[done]);
    fs::rename(&stop, &refused).unwrap();
    fs::write(&stop, "").unwrap();
    assert_eq!(status(&run(folder, &all)), 3);
    fs::remove_file(&stop).unwrap();
    fs::rename(&refused, &stop).unwrap();
    let journal = folder.join(out).join(".xxgk-journal");
    let mut text = fs::read_to_string(&journal).unwrap();
    assert_eq!(text.lines().count(), done + 1, "{text}");
    text.push_str("{\"input\":\"in/东/0");
    fs::write(journal, text).unwrap();
    fs::write(folder.join(out).join(".xxgk-Ab12Cd.tmp"), "half").unwrap();
}

#[test]
fn an_interrupted_run_goes_on_and_ends_as_if_it_had_not_been() {
    let folder = many(12);
    let plain = &["--to", "csv,json"][..];
    let named = &["--to", "csv", "--name", "{organization}", "--summary", "b.json"];
    for (out, words, before) in [("a", plain, 3), ("b", named, 4)] {
        let whole = format!("{out}-whole");
        let all: Vec<_> =
            ["convert", "in", "-o", &whole, "-q"].iter().chain(&words[..words.len().min(4)]).copied().collect();
        assert_eq!(status(&run(folder.path(), &all)), 0);
        interrupt(folder.path(), out, words, 5);
        // One output is gone and one input was touched, in the second case of the same input: they are done again.
        fs::remove_file(folder.path().join(out).join(&files(&folder.path().join(&whole))[0])).unwrap();
        let touched = folder.path().join("in").join(&files(&folder.path().join("in"))[1]);
        let bytes = fs::read(&touched).unwrap();
        fs::write(&touched, [&bytes[..], b"\r\n"].concat()).unwrap();
        fs::write(&touched, bytes).unwrap();
        let all: Vec<_> = ["convert", "in", "-o", out, "--resume", "-j", "3"].iter().chain(words).copied().collect();
        let output = run(folder.path(), &all);
        assert_eq!(status(&output), 0, "{}", said(&output));
        assert!(said(&output).contains(&format!("{before} of them were done")), "{}", said(&output));
        assert_eq!(contents(&folder.path().join(out)), contents(&folder.path().join(&whole)));
    }
    let rows: Vec<serde_json::Value> =
        serde_json::from_slice(&fs::read(folder.path().join("b.json")).unwrap()).unwrap();
    assert_eq!(rows.len(), 12, "the account has the inputs done before as well");
    assert!(
        rows.iter().all(|row| row["reports"][0]["organization"] == "中庄镇" && row["seconds"].as_f64().unwrap() > 0.0)
    );
}

#[test]
fn a_run_that_does_not_go_on_says_so_and_starts_anew() {
    let folder = many(6);
    interrupt(folder.path(), "a", &["--to", "csv"], 3);
    let other = run(folder.path(), &["convert", "in", "-o", "a", "--to", "csv", "--no-bom", "--force", "--resume"]);
    assert!(said(&other).contains("other options"), "{}", said(&other));
    assert_eq!(status(&other), 0);
    interrupt(folder.path(), "b", &["--to", "csv"], 3);
    let anew = run(folder.path(), &["convert", "in", "-o", "b", "--to", "csv"]);
    assert!(said(&anew).contains("starting over") && said(&anew).contains("3 unchanged"), "{}", said(&anew));
    assert_eq!(files(&folder.path().join("b")).len(), 6, "what the first run left half written is gone");
    let nothing = run(folder.path(), &["convert", "in", "-o", "b", "--to", "csv", "--resume"]);
    assert!(said(&nothing).contains("no interrupted conversion"), "{}", said(&nothing));
}

#[test]
fn two_runs_do_not_write_into_one_folder() {
    let folder = many(2);
    fs::create_dir(folder.path().join("out")).unwrap();
    let journal = fs::File::create(folder.path().join("out/.xxgk-journal")).unwrap();
    journal.try_lock().unwrap();
    for (lang, words) in [("en", "another conversion is writing to out"), ("zh", "另一个转换正在写入 out")] {
        let output = run(folder.path(), &["convert", "in", "-o", "out", "--to", "csv", "--lang", lang]);
        assert_eq!(status(&output), 3);
        assert!(said(&output).contains(words), "{}", said(&output));
    }
    assert_eq!(files(&folder.path().join("out")), [".xxgk-journal"]);
    drop(journal);
    assert_eq!(status(&run(folder.path(), &["convert", "in", "-o", "out", "--to", "csv"])), 0);
}

#[test]
fn all_values_go_into_one_table_in_the_order_of_inputs() {
    let folder = many(8);
    fs::copy(fixture("2021/report.docx"), folder.path().join("in/z.docx")).unwrap();
    fs::write(folder.path().join("in/broken.xls"), "").unwrap();
    let output = run(folder.path(), &["convert", "in", "--tidy", "-o", "all.csv", "-j", "3"]);
    assert_eq!(status(&output), 3, "the broken file is named and the others are there");
    let bytes = fs::read(folder.path().join("all.csv")).unwrap();
    assert!(bytes.starts_with(
        "\u{feff}source,organization,year,template,id,path,column,unit,value,status,text,at,corrected_by,correction_reason\r\n"
            .as_bytes()
    ));
    let mut reader = csv::Reader::from_reader(&bytes[3..]);
    let records: Vec<_> = reader.records().map(|record| record.unwrap()).collect();
    let sources: Vec<_> = records.iter().map(|record| record[0].replace('\\', "/")).collect();
    let mut order = sources.clone();
    order.dedup();
    assert_eq!(order.len(), 9);
    assert!(order.is_sorted(), "{order:?}");
    let first: Vec<_> = records.iter().filter(|record| record[0].ends_with("000.csv")).collect();
    assert!(first.len() >= 74);
    let received = first.iter().find(|record| &record[4] == "received.in_person").unwrap();
    assert_eq!((&received[1], &received[2], &received[3]), ("中庄镇", "2017", "2014-extended"));
    assert_eq!((&received[7], &received[8], &received[9]), ("件", "19", "number"));
    assert!(received[5].contains(" › "), "{}", &received[5]);
    assert_eq!(files(folder.path()).iter().filter(|name| !name.starts_with("in/")).count(), 1);

    let lines = run(folder.path(), &["convert", "in", "--tidy", "--to", "ndjson"]);
    let lines = String::from_utf8(lines.stdout).unwrap();
    assert_eq!(lines.lines().count(), records.len());
    for (line, record) in lines.lines().zip(&records) {
        let row: serde_json::Value = serde_json::from_str(line).unwrap();
        assert_eq!(row["id"].as_str().unwrap_or_default(), &record[4]);
        assert_eq!(row["value"].as_number().map(ToString::to_string).unwrap_or_default(), record[8]);
    }
    let there = run(folder.path(), &["convert", "in", "--tidy", "-o", "all.csv"]);
    assert!(status(&there) == 3 && said(&there).contains("all.csv exists"), "{}", said(&there));
    assert_eq!(fs::read(folder.path().join("all.csv")).unwrap(), bytes);
}

#[test]
fn an_account_of_the_run_is_written_as_csv_too() {
    let folder = many(3);
    fs::write(folder.path().join("in/broken.xls"), "").unwrap();
    let words = ["convert", "in", "-o", "out", "--to", "csv,json", "--summary", "run.csv", "--no-bom"];
    assert_eq!(status(&run(folder.path(), &words)), 3);
    let bytes = fs::read(folder.path().join("run.csv")).unwrap();
    let mut reader = csv::Reader::from_reader(&bytes[..]);
    let records: Vec<_> = reader.records().map(|record| record.unwrap()).collect();
    assert_eq!(records.len(), 4);
    assert_eq!(&records[0][9], "the file is empty");
    assert_eq!((&records[1][1], &records[1][2], &records[1][3]), ("2014-extended", "中庄镇", "2017"));
    assert_eq!(records[1][4].split("; ").count(), 2);
}

#[test]
fn progress_is_said_in_lines_where_there_is_no_terminal_and_only_when_asked_for() {
    let folder = many(10);
    let run = |when: &str, out: &str| {
        said(&run(folder.path(), &["convert", "in", "-o", out, "--to", "csv", "--progress", when]))
    };
    assert!(run("always", "a").contains("10 of 10 files\n"));
    assert!(!run("auto", "b").contains(" of 10 files"));
}

#[cfg(unix)]
mod unix {
    use std::os::unix::fs::symlink;
    use std::thread;
    use std::time::{Duration, Instant};

    use super::*;

    fn pipe(path: &Path) {
        assert!(Command::new("mkfifo").arg(path).status().unwrap().success());
    }

    #[test]
    fn a_file_that_takes_too_long_is_named_and_the_others_are_done() {
        let folder = many(4);
        // Nobody ever writes to it.
        pipe(&folder.path().join("slow.csv"));
        let words = ["convert", "slow.csv", "in", "-o", "out", "--to", "csv", "--timeout", "1", "-j", "1"];
        let output = run(folder.path(), &words);
        assert_eq!(status(&output), 3);
        assert!(said(&output).contains("xxgk: slow.csv: error: timed out after 1 seconds"), "{}", said(&output));
        assert_eq!(files(&folder.path().join("out")).len(), 4);
    }

    #[test]
    fn a_single_file_that_takes_too_long_is_given_up() {
        let folder = tempfile::tempdir().unwrap();
        // Nobody ever writes to it.
        pipe(&folder.path().join("slow.csv"));
        let output = run(folder.path(), &["convert", "slow.csv", "-o", "out.json", "--timeout", "1"]);
        assert_eq!(status(&output), 3);
        assert_eq!(said(&output).lines().next(), Some("xxgk: slow.csv: error: timed out after 1 seconds"));
        assert_eq!(files(folder.path()), ["slow.csv"]);
    }

    #[test]
    fn a_single_file_can_be_interrupted() {
        for signal in ["-INT", "-TERM", "-HUP"] {
            if signal != "-HUP" || !is_hangup_ignored() {
                interrupt_single(signal);
            }
        }
    }

    /// Whether this process was started with `nohup`, which its children keep.
    fn is_hangup_ignored() -> bool {
        let status = fs::read_to_string("/proc/self/status").unwrap_or_default();
        let ignored = status.lines().find_map(|line| line.strip_prefix("SigIgn:"));
        ignored.and_then(|mask| u64::from_str_radix(mask.trim(), 16).ok()).is_some_and(|mask| mask & 1 == 1)
    }

    fn interrupt_single(signal: &str) {
        let folder = tempfile::tempdir().unwrap();
        let slow = folder.path().join("slow.csv");
        pipe(&slow);
        let child =
            xxgk(folder.path()).args(["convert", "slow.csv", "-o", "out.json"]).stderr(Stdio::piped()).spawn().unwrap();
        // Opens when it is being read; whoever watches has been called by then, or is about to be.
        let _open = fs::OpenOptions::new().write(true).open(&slow).unwrap();
        thread::sleep(Duration::from_millis(500));
        assert!(Command::new("kill").args([signal, &child.id().to_string()]).status().unwrap().success());
        let output = child.wait_with_output().unwrap();
        assert_eq!(status(&output), 130, "{}", said(&output));
        assert!(said(&output).contains("interrupted after 0 of 1 files"), "{}", said(&output));
        assert_eq!(files(folder.path()), ["slow.csv"]);
    }

    #[test]
    fn links_and_pipes_in_a_folder_are_told_and_left_alone() {
        let folder = many(1);
        fs::write(folder.path().join("outside.csv"), "secret").unwrap();
        symlink(folder.path().join("outside.csv"), folder.path().join("in/link.csv")).unwrap();
        symlink(folder.path(), folder.path().join("in/loop")).unwrap();
        pipe(&folder.path().join("in/pipe.csv"));
        for lock in ["in/~$report.xlsx", "in/.~lock.report.xlsx#"] {
            fs::write(folder.path().join(lock), "open elsewhere").unwrap();
        }
        let output = run(folder.path(), &["convert", "in", "-o", "out", "--to", "csv", "-v"]);
        assert_eq!(status(&output), 0);
        for (command, line) in
            ["convert in -o again --to csv", "check in", "merge in --to csv"].iter().flat_map(|command| {
                ["links skipped: 2", "lock files of open documents skipped: 2"].map(|line| (command, line))
            })
        {
            let words: Vec<&str> = command.split(' ').collect();
            let output = run(folder.path(), &words);
            assert!(said(&output).contains(line), "{command}: {}", said(&output));
        }
        for line in ["in/link.csv: skipped: link", "in/loop: skipped: link", "in/pipe.csv: skipped: not a regular file"]
        {
            assert!(said(&output).contains(line), "{}", said(&output));
        }
        assert_eq!(files(&folder.path().join("out")), ["东/000.csv"]);
    }

    #[test]
    fn an_interrupt_leaves_no_half_file_and_the_run_can_go_on() {
        let folder = many(6);
        // The run waits here for longer than the test takes, with the others done.
        pipe(&folder.path().join("in/东/001.csv"));
        let words = ["convert", "in/东/000.csv", "in/东/001.csv", "in/西", "-o", "out", "--to", "csv", "-j", "2"];
        let child = xxgk(folder.path()).args(words).stderr(Stdio::piped()).spawn().unwrap();
        let until = Instant::now() + Duration::from_secs(60);
        fs::create_dir_all(folder.path().join("out")).unwrap();
        while files(&folder.path().join("out")).iter().filter(|name| name.ends_with(".csv")).count() < 5 {
            assert!(Instant::now() < until);
            thread::sleep(Duration::from_millis(20));
        }
        let id = child.id().to_string();
        assert!(Command::new("kill").args(["-INT", &id]).status().unwrap().success());
        let output = child.wait_with_output().unwrap();
        assert_eq!(status(&output), 130, "{}", said(&output));
        assert!(said(&output).contains("interrupted after") && said(&output).contains("--resume"), "{}", said(&output));
        let left = files(&folder.path().join("out"));
        assert!(
            left.contains(&".xxgk-journal".to_owned()) && !left.iter().any(|name| name.ends_with(".tmp")),
            "{left:?}"
        );
        fs::remove_file(folder.path().join("in/东/001.csv")).unwrap();
        fs::copy(fixture("zhongzhuang-2017.csv"), folder.path().join("in/东/001.csv")).unwrap();
        let output = xxgk(folder.path()).args(words).arg("--resume").output().unwrap();
        assert_eq!(status(&output), 0, "{}", said(&output));
        assert!(said(&output).contains("5 of them were done"), "{}", said(&output));
        assert_eq!(files(&folder.path().join("out")).len(), 6);
    }
}
