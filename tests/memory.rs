//! What happens when memory runs out: the message names the file, in every command.
#![cfg(all(feature = "cli", target_os = "linux"))]
#![allow(clippy::unwrap_used)] // Its helpers stand outside test functions, where the lint does not look.

use std::fs;
use std::path::Path;
use std::process::{Command, Stdio};

/// Runs the program with at most `memory` KB of addresses. Exit status, none after a signal, and messages.
fn run(folder: &Path, memory: usize, words: &[&str]) -> (Option<i32>, String) {
    let mut command = Command::new("sh");
    let script = format!("ulimit -v {memory}; exec \"$@\"");
    command.args(["-c", &script, "sh", env!("CARGO_BIN_EXE_xxgk")]).args(words);
    command.current_dir(folder).env("XXGK_LANG", "en").env("RUST_BACKTRACE", "0");
    let output = command.stdin(Stdio::null()).stdout(Stdio::null()).output().unwrap();
    (output.status.code(), String::from_utf8_lossy(&output.stderr).into_owned())
}

#[test]
fn out_of_memory_is_reported_with_the_file() {
    let folder = tempfile::tempdir().unwrap();
    let good = Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures/zhongzhuang-2017.csv");
    fs::copy(good, folder.path().join("good.csv")).unwrap();
    // Each line becomes a paragraph, which takes many times its size.
    fs::write(folder.path().join("large.txt"), "收到申请数|7\n说明\n".repeat(50_000)).unwrap();
    let commands: [&[&str]; 3] = [
        &["convert", "good.csv", "large.txt", "--to", "csv", "-o", "out/", "-j", "1"],
        &["check", "-j", "1", "large.txt"],
        &["merge", "large.txt", "-o", "out.xlsx"],
    ];
    // The program itself takes more addresses with debug information or on other machines.
    let is_enough = |memory: &usize| run(folder.path(), memory << 10, &["check", "-j", "1", "good.csv"]).0 == Some(0);
    let least = (60..400).step_by(5).find(is_enough).unwrap();
    for words in commands {
        // Only in between is there enough memory to begin with and too little to end.
        let mut said_so = 0;
        for memory in (least..least + 90).step_by(15) {
            let (status, said) = run(folder.path(), memory << 10, words);
            let of = |file: &str| said.contains(&format!("xxgk: {file}: error: out of memory\n  hint: "));
            let is_reported = of("large.txt") || of("good.csv");
            // Without memory for a thread, the program says that.
            let ends = matches!(status, Some(0 | 1 | 3)) && (is_reported || !said.contains("error: out of memory"));
            assert!(ends, "{memory} MB, {words:?}: {status:?} {said}");
            assert!(!is_reported || status == Some(3), "{memory} MB, {words:?}: {status:?} {said}");
            assert!(!said.contains("damaged"), "{memory} MB, {words:?}: {said}");
            said_so += usize::from(of("large.txt"));
        }
        assert!(said_so > 0, "{words:?} never runs out of memory");
    }
}
