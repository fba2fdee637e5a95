//! `--corrections` and `--write-corrections`: a person settles values that cannot be read with certainty.
#![cfg(feature = "cli")]
#![allow(clippy::unwrap_used)] // Its helpers stand outside test functions, where the lint does not look.

mod command;

use std::fs;
use std::path::Path;

use command::run;
use serde_json::Value as Json;

/// A folder with the sample as `in/a.txt`, in which `received.in_person` is `1I9`, and an intact one as `in/b.txt`.
fn folder() -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    let fixture = Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures/zhongzhuang-2017.txt");
    let text = fs::read_to_string(fixture).unwrap();
    fs::create_dir(folder.path().join("in")).unwrap();
    fs::write(folder.path().join("in/a.txt"), text.replacen("\t19\n", "\t1I9\n", 1)).unwrap();
    fs::write(folder.path().join("in/b.txt"), text.replace("中庄镇", "双河乡")).unwrap();
    folder
}

/// Fills in the value of a row of the list of doubtful values.
fn fill(folder: &Path, list: &str, id: &str, value: &str) {
    let path = folder.join(list);
    let text = fs::read_to_string(&path).unwrap();
    let mut rows: Vec<Vec<String>> = csv::ReaderBuilder::new()
        .has_headers(false)
        .from_reader(text.trim_start_matches('\u{feff}').as_bytes())
        .into_records()
        .map(|record| record.unwrap().iter().map(str::to_owned).collect())
        .collect();
    let row = rows.iter_mut().find(|row| row[0] == "in/a.txt" && row[2] == id).unwrap();
    assert_eq!(row[5..8], ["", "", ""]);
    row[5..8].clone_from_slice(&[value, "王小明", "原件为19"].map(str::to_owned));
    let mut writer = csv::Writer::from_path(&path).unwrap();
    rows.iter().for_each(|row| writer.write_record(row).unwrap());
    writer.flush().unwrap();
}

fn value<'j>(report: &'j Json, id: &str) -> &'j Json {
    report["values"].as_array().unwrap().iter().find(|value| value["id"] == id).unwrap()
}

#[test]
fn the_list_of_doubtful_values_is_filled_in_and_read_by_all_commands() {
    let folder = folder();
    let folder = folder.path();
    let (status, _, said) = run(folder, &["check", "in", "--write-corrections", "c.csv", "--fail-on", "never"]);
    assert_eq!(status, 0, "{said}");
    assert!(said.contains("c.csv: "), "{said}");
    let list = fs::read_to_string(folder.join("c.csv")).unwrap();
    assert!(list.starts_with("\u{feff}source,report,id,column,original text,value,by,reason,label,place,message\r\n"));
    assert!(list.contains("in/a.txt,1,received.in_person,,〔1I9？〕,,,,"), "{list}");
    // A list that nobody filled in changes nothing.
    let (status, _, said) = run(folder, &["check", "in", "--corrections", "c.csv", "--fail-on", "never"]);
    assert!(status == 0 && !said.contains("XG371"), "{said}");
    fill(folder, "c.csv", "received.in_person", "19");

    let (status, out, said) = run(folder, &["convert", "in/a.txt", "--to", "json", "--corrections", "c.csv"]);
    assert_eq!(status, 0, "{said}");
    assert!(said.contains("XG371") && said.contains("王小明"), "{said}");
    let report: Json = serde_json::from_str(&out).unwrap();
    let found = value(&report, "received.in_person");
    assert_eq!((&found["value"], &found["status"], &found["text"]), (&19.into(), &"number".into(), &"1I9".into()));
    assert_eq!(found["correction"], serde_json::json!({"by": "王小明", "reason": "原件为19"}));
    fs::write(folder.join("a.json"), &out).unwrap();
    let (_, again, _) = run(folder, &["convert", "a.json", "--to", "json"]);
    assert_eq!(serde_json::from_str::<Json>(&again).unwrap()["values"], report["values"], "JSON keeps the correction");
    let (_, tidy, _) = run(folder, &["convert", "a.json", "--tidy", "--to", "csv"]);
    assert!(tidy.contains(",19,number,1I9,line 128,王小明,原件为19\r\n"), "{tidy}");

    let (_, out, _) = run(folder, &["check", "in", "--corrections", "c.csv", "--output-format", "short"]);
    assert!(out.contains("XG371") && !out.contains("1I9” is not"), "{out}");
    let (status, _, said) = run(
        folder,
        &["merge", "in", "--corrections", "c.csv", "-o", "m.json", "--fail-on", "never", "--organization", "安宁县"],
    );
    assert_eq!(status, 0, "{said}");
    let merged: Json = serde_json::from_slice(&fs::read(folder.join("m.json")).unwrap()).unwrap();
    assert_eq!(value(&merged["report"], "received.in_person")["value"], 38);
    let compare = ["compare", "in/a.txt", "in/b.txt", "--corrections", "c.csv", "--match", "中庄镇=双河乡", "--all"];
    let (_, out, said) = run(folder, &compare);
    assert!(out.lines().any(|line| line.contains("当面申请数") && line.contains("19")), "{out}{said}");
}

#[test]
fn a_correction_that_fits_nothing_stops_its_file_and_no_other() {
    let folder = folder();
    let folder = folder.path();
    let head = "source,report,id,column,original text,value,by,reason\n";
    fs::write(folder.join("c.csv"), format!("{head}in/a.txt,1,received.in_person,,19,19,a,b\n")).unwrap();
    let (status, _, said) = run(folder, &["convert", "in", "--to", "json", "-o", "out/", "--corrections", "c.csv"]);
    assert_eq!(status, 3, "{said}");
    assert!(said.contains("in/a.txt: error: c.csv, line 2, received.in_person: ") && said.contains("1I9"), "{said}");
    assert!(!folder.join("out/a.json").exists() && folder.join("out/b.json").exists());
    // Faults of the file itself end the call before anything is written.
    fs::write(folder.join("c.csv"), format!("{head}in/a.txt,1,received.in_person,,1I9,19?,a,b\n")).unwrap();
    let (status, _, said) = run(folder, &["convert", "in", "--to", "json", "-o", "o/", "--corrections", "c.csv"]);
    assert!(status == 3 && said.contains("line 2") && said.contains("19?"), "{said}");
    assert!(!folder.join("o").exists());
    let (status, _, said) = run(folder, &["check", "in", "--corrections", "nowhere.csv"]);
    assert!(status == 3 && said.contains("nowhere.csv"), "{said}");
    // A source that is no input of the run.
    fs::write(folder.join("c.csv"), format!("{head}z.txt,1,received.in_person,,1I9,19,a,b\n")).unwrap();
    let (status, _, said) = run(folder, &["check", "in", "--corrections", "c.csv", "--fail-on", "never"]);
    assert!(status == 0 && said.contains("warning[XG372]") && said.contains("z.txt"), "{said}");
}

#[test]
fn the_list_replaces_no_file_unless_forced_and_no_input_ever() {
    let folder = folder();
    let folder = folder.path();
    fs::write(folder.join("c.csv"), "mine").unwrap();
    let list = ["convert", "in/a.txt", "--to", "json", "--write-corrections", "c.csv"];
    let (status, _, said) = run(folder, &list);
    assert_eq!(status, 3, "{said}");
    assert_eq!(fs::read_to_string(folder.join("c.csv")).unwrap(), "mine");
    let (status, _, said) = run(folder, &[&list[..], &["--force"]].concat());
    assert_eq!(status, 0, "{said}");
    fill(folder, "c.csv", "received.in_person", "19");
    let both = [&list[..], &["--force", "--corrections", "c.csv"]].concat();
    let (status, _, said) = run(folder, &both);
    assert_eq!(status, 3, "{said}");
    let output = ["convert", "in/a.txt", "-o", "c.csv", "--force", "--corrections", "c.csv"];
    let (status, _, said) = run(folder, &output);
    assert!(status == 3 && said.contains("inputs are never overwritten"), "{said}");
    assert!(fs::read_to_string(folder.join("c.csv")).unwrap().contains("王小明"));
}
