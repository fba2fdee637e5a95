//! No command overwrites what it reads, writes through a link, or hides that an output failed.
//!
//! Each case runs with every file that it reads as its output, by path and through links, with links at each output path,
//! and with a full device. Nothing may change, the status is 3, and the message names the file.
#![cfg(all(feature = "cli", unix))]
#![allow(clippy::unwrap_used)] // Its helpers stand outside test functions, where the lint does not look.

use std::collections::BTreeMap;
use std::fs::{self, File};
use std::os::unix::fs::symlink;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};

/// Commands with `SIDE`, a file that is read, and `OUT`, the output. The first word says what `SIDE` holds, the second how
/// `OUT` ends.
const CASES: &[(&str, &str, &str)] = &[
    ("report", "xlsx", "convert SIDE -o OUT"),
    ("report", "xlsx", "convert SIDE --join -o OUT"),
    ("report", "csv", "convert SIDE --tidy -o OUT"),
    ("report", "json", "convert SIDE -o made/r.csv --summary OUT"),
    ("report", "json", "convert SIDE -o made/ --to csv --summary OUT"),
    ("template", "xlsx", "convert a.csv --template SIDE -o OUT"),
    ("template", "xlsx", "convert a.csv --template SIDE --join -o OUT"),
    ("template", "csv", "convert a.csv --template SIDE --tidy -o OUT"),
    ("template", "json", "convert a.csv --template SIDE -o made/r.csv --summary OUT"),
    ("font", "pdf", "convert a.csv --font body=SIDE -o OUT"),
    ("font", "csv", "convert a.csv --font body=SIDE --tidy -o OUT"),
    ("corrections", "xlsx", "convert a.csv --corrections SIDE -o OUT"),
    ("corrections", "csv", "convert a.csv --corrections SIDE -o made/r.csv --write-corrections OUT"),
    ("report", "csv", "convert SIDE -o made/r.csv --write-corrections OUT"),
    ("report", "csv", "convert SIDE -o made/ --to csv --write-corrections OUT"),
    ("report", "csv", "convert SIDE --join -o made/r.csv --write-corrections OUT"),
    ("report", "csv", "check SIDE --write-corrections OUT"),
    ("corrections", "xlsx", "check a.csv --corrections SIDE -o OUT"),
    ("corrections", "json", "compare a.csv b.csv --corrections SIDE -o OUT"),
    ("corrections", "json", "merge a.csv --corrections SIDE -o OUT"),
    ("report", "xlsx", "check SIDE -o OUT"),
    ("report", "xlsx", "check SIDE --overview OUT"),
    ("report", "html", "check a.csv --last SIDE --overview OUT"),
    ("report", "xlsx", "check a.csv --last SIDE -o OUT"),
    ("aliases", "xlsx", "check a.csv --aliases SIDE -o OUT"),
    ("template", "xlsx", "check a.csv --template SIDE -o OUT"),
    ("report", "xlsx", "check a.csv --join --last SIDE -o OUT"),
    ("report", "xlsx", "compare SIDE b.csv -o OUT"),
    ("report", "html", "compare a.csv SIDE -o OUT"),
    ("aliases", "json", "compare a.csv b.csv --aliases SIDE -o OUT"),
    ("template", "txt", "compare a.csv b.csv --template SIDE -o OUT"),
    ("report", "xlsx", "merge SIDE -o OUT"),
    ("roster", "xlsx", "merge a.csv --roster SIDE -o OUT"),
    ("aliases", "pdf", "merge a.csv --aliases SIDE -o OUT"),
    ("template", "csv", "merge a.csv --template SIDE -o OUT"),
    ("font", "pdf", "merge a.csv --font title=SIDE -o OUT"),
    ("report", "xlsx", "new --last SIDE -o OUT"),
    ("report", "xlsx", "new --from SIDE -o OUT"),
    ("aliases", "xlsx", "new --aliases SIDE -o OUT"),
    ("template", "xlsx", "new --template SIDE -o OUT"),
];

/// The same with several outputs: `FOLDER` is where `OUT` is made.
const FOLDERS: &[(&str, &str, &str)] = &[
    ("roster", "中庄镇人民政府.xlsx", "new --roster SIDE -o FOLDER"),
    ("template", "a.xlsx", "check a.csv --template SIDE -o FOLDER"),
    ("template", "a.csv", "convert a.csv --template SIDE --to csv -o FOLDER/"),
    ("font", "a.pdf", "convert a.csv --font body=SIDE --to pdf -o FOLDER/"),
];

fn xxgk(folder: &Path, words: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_xxgk"));
    command.current_dir(folder).env("XXGK_LANG", "en").env_remove("SOURCE_DATE_EPOCH").stdin(Stdio::null());
    command.args(words);
    command
}

/// A folder with two reports, and `path` with what a case calls `kind`.
fn folder(kind: &str, path: &str) -> tempfile::TempDir {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let folder = tempfile::tempdir().unwrap();
    let report = root.join("fixtures/zhongzhuang-2017.csv");
    for name in ["a.csv", "b.csv"] {
        fs::copy(&report, folder.path().join(name)).unwrap();
    }
    let path = folder.path().join(path);
    fs::create_dir_all(path.parent().unwrap()).unwrap();
    match kind {
        "report" => drop(fs::copy(report, path).unwrap()),
        "template" => {
            let shown = xxgk(root, &["template", "show", "2014-extended", "--toml"]).output().unwrap();
            fs::write(path, shown.stdout).unwrap();
        }
        "font" => drop(fs::copy(root.join("templates/fonts/body.ttf"), path).unwrap()),
        "roster" => fs::write(path, "中庄镇人民政府\n").unwrap(),
        "corrections" => {
            let words = ["convert", "a.csv", "--write-corrections", path.to_str().unwrap(), "-o", "unused.json"];
            assert!(xxgk(folder.path(), &words).output().unwrap().status.success());
            fs::remove_file(folder.path().join("unused.json")).unwrap();
        }
        "aliases" => fs::write(path, "中庄镇人民政府,中庄镇\n").unwrap(),
        other => panic!("{other}"),
    }
    folder
}

/// What each path of a folder leads to: bytes, the target of a link, or nothing for a folder.
fn state(folder: &Path) -> BTreeMap<PathBuf, Vec<u8>> {
    let mut found = BTreeMap::new();
    let mut open = vec![folder.to_owned()];
    while let Some(at) = open.pop() {
        for entry in fs::read_dir(at).unwrap() {
            let path = entry.unwrap().path();
            let kind = fs::symlink_metadata(&path).unwrap();
            let bytes = if kind.is_symlink() {
                fs::read_link(&path).unwrap().into_os_string().into_encoded_bytes()
            } else if kind.is_dir() {
                open.push(path.clone());
                // Empty folders may be made.
                continue;
            } else {
                fs::read(&path).unwrap()
            };
            found.insert(path, bytes);
        }
    }
    found
}

/// Runs a case; the state of the folder stays, the status is 3, and a message has `named`.
fn refused(folder: &Path, words: &str, named: &str) {
    let before = state(folder);
    let words: Vec<&str> = words.split(' ').collect();
    check(&xxgk(folder, &words).output().unwrap(), &words, named);
    let after = state(folder);
    let changed: Vec<_> =
        before.keys().chain(after.keys()).filter(|path| before.get(*path) != after.get(*path)).collect();
    // Other outputs of the same run may be written.
    let made = folder.join("made");
    assert!(changed.iter().all(|path| path.starts_with(&made)), "{words:?}: {changed:?}");
}

fn check(output: &Output, words: &[&str], named: &str) {
    let said = String::from_utf8_lossy(&[&output.stdout[..], &output.stderr[..]].concat()).into_owned();
    assert_eq!(output.status.code(), Some(3), "{words:?}: {said}");
    assert!(said.contains(named), "{words:?} does not name {named}: {said}");
}

/// Makes another name for a file.
type Link = fn(&Path, &Path);

const LINKS: [Link; 2] = [
    |file, link| fs::hard_link(file, link).unwrap(),
    |file, link| symlink(fs::canonicalize(file).unwrap(), link).unwrap(),
];

#[test]
fn what_is_read_is_never_overwritten() {
    for (kind, ending, words) in CASES {
        let side = format!("side.{ending}");
        let words = format!("{} --force", words.replace("SIDE", &side));
        let at = folder(kind, &side);
        refused(at.path(), &words.replace("OUT", &side), &side);
        refused(at.path(), &words.replace("OUT", &format!("./{side}")), &side);
        for link in LINKS {
            let at = folder(kind, &side);
            let out = format!("out.{ending}");
            link(&at.path().join(&side), &at.path().join(&out));
            refused(at.path(), &words.replace("OUT", &out), &out);
        }
    }
    for (kind, name, words) in FOLDERS {
        let words = format!("{} --force", words.replace("FOLDER", "out"));
        let at = folder(kind, &format!("out/{name}"));
        refused(at.path(), &words.replace("SIDE", &format!("out/{name}")), name);
        for link in LINKS {
            let at = folder(kind, "side");
            fs::create_dir(at.path().join("out")).unwrap();
            link(&at.path().join("side"), &at.path().join("out").join(name));
            refused(at.path(), &words.replace("SIDE", "side"), name);
        }
    }
}

/// Targets of links that must not be written: a file of somebody else, a file that is not there, a device. And an option.
const TARGETS: [(&str, &str); 3] = [("victim", " --force"), ("missing", ""), ("/dev/full", " --force")];

#[test]
fn nothing_is_written_through_a_link() {
    for (target, force) in TARGETS {
        for (kind, ending, words) in CASES {
            let (side, out) = (format!("side.{ending}"), format!("out.{ending}"));
            let at = folder(kind, &side);
            fs::write(at.path().join("victim"), "theirs").unwrap();
            symlink(target, at.path().join(&out)).unwrap();
            refused(at.path(), &(words.replace("SIDE", &side).replace("OUT", &out) + force), &out);
        }
        for (kind, name, words) in FOLDERS {
            let at = folder(kind, "side");
            fs::write(at.path().join("victim"), "theirs").unwrap();
            fs::create_dir(at.path().join("out")).unwrap();
            symlink(target, at.path().join("out").join(name)).unwrap();
            refused(at.path(), &(words.replace("SIDE", "side").replace("FOLDER", "out") + force), name);
        }
    }
}

#[test]
fn journals_and_unfinished_outputs_are_no_links() {
    let cases = [
        ("out/.xxgk-journal", "convert a.csv b.csv --to csv -o out --force"),
        ("out/.xxgk-journal", "convert a.csv b.csv --to csv -o out --resume"),
        ("out/.xxgk-all.csv.part", "convert a.csv b.csv --tidy -o out/all.csv"),
        ("out/.xxgk-all.json.part", "convert a.csv -o made/a.csv --summary out/all.json"),
    ];
    for (path, words) in cases {
        for (target, _) in TARGETS {
            let at = folder("report", "out/victim");
            symlink(target, at.path().join(path)).unwrap();
            refused(at.path(), words, path);
        }
        let at = folder("report", "victim");
        fs::create_dir(at.path().join("out")).unwrap();
        fs::hard_link(at.path().join("victim"), at.path().join(path)).unwrap();
        refused(at.path(), words, path);
    }
}

/// `/dev/full` is a disk without room.
#[cfg(target_os = "linux")]
#[test]
fn a_full_device_gives_status_3() {
    let at = folder("report", "side.csv");
    let files = [
        "convert a.csv --to csv -o /dev/full",
        "convert a.csv --to csv --join -o /dev/full",
        "convert a.csv --tidy --to csv -o /dev/full",
        "convert a.csv b.csv --to csv -o /dev/full/out",
        "check a.csv -o /dev/full",
        "compare a.csv b.csv --to json -o /dev/full",
        "merge a.csv --to csv -o /dev/full",
        "new -o /dev/full/form.xlsx",
    ];
    for words in files {
        refused(at.path(), words, "/dev/full");
    }
    let streams = [
        "convert a.csv --to csv",
        "convert a.csv --to csv --join",
        "convert a.csv --to csv --tidy",
        "convert a.csv b.csv --to ndjson",
        "convert a.csv --to csv -o made/r.csv --dry-run --force",
        "check a.csv",
        "check a.csv --output-format json",
        "compare a.csv b.csv",
        "merge a.csv --to csv",
        "inspect a.csv",
        "inspect a.csv --to json",
        "template list",
        "template show 2021",
        "template infer a.csv",
        "rule",
        "rule XG101",
        "schema",
        "completions bash",
        "--help",
        "convert --help",
        "--version",
    ];
    for words in streams {
        let words: Vec<&str> = words.split(' ').collect();
        let full = File::options().write(true).open("/dev/full").unwrap();
        let output = xxgk(at.path(), &words).stdout(full).output().unwrap();
        check(&output, &words, "standard output");
    }
}

#[test]
fn files_of_options_that_cannot_be_read_are_named() {
    let at = folder("report", "side.csv");
    for words in [
        "convert a.csv --template MISSING.toml --to csv",
        "convert a.csv --font body=MISSING.ttf --to csv",
        "check a.csv --template ./MISSING.toml",
        "check a.csv --last MISSING.csv",
        "check a.csv --aliases MISSING.csv",
        "compare MISSING.csv b.csv",
        "compare a.csv b.csv --aliases MISSING.csv",
        "merge a.csv --roster MISSING.csv --to csv",
        "merge a.csv --aliases MISSING.csv --to csv",
        "check a.csv --corrections MISSING.csv",
        "new --roster MISSING.csv -o made",
        "new --aliases MISSING.csv -o made/form.xlsx",
        "inspect MISSING.csv",
        "template infer MISSING.csv",
        "rule --template ./MISSING.toml",
    ] {
        refused(at.path(), words, "MISSING.");
    }
}
