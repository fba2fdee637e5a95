//! Writes the reports of a county of sixty organizations into a folder, ten of them with faults: `county FORM FOLDER [clean|COUNT]`.
//!
//! With a count, that many organizations without faults. The roster is `roster.txt` beside the folder `reports`.

#![allow(clippy::unwrap_used)]

#[path = "../tests/county/mod.rs"]
mod county;

use std::path::Path;
use std::{env, fs};

fn main() {
    let words: Vec<String> = env::args().skip(1).collect();
    let [form, folder, rest @ ..] = words.as_slice() else { panic!("county FORM FOLDER [clean|COUNT]") };
    let folder = Path::new(folder);
    let reports = folder.join("reports");
    fs::create_dir_all(&reports).unwrap();
    let count = rest.first().and_then(|word| word.parse::<u64>().ok());
    let files = match count {
        Some(count) => county::many(form, count),
        None => county::county(form, rest.is_empty()).files,
    };
    for file in files {
        fs::write(reports.join(file.name), file.bytes).unwrap();
    }
    fs::write(folder.join("roster.txt"), county::roster().join("\n")).unwrap();
}
