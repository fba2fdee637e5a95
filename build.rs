//! Turns the files of `templates/` into what needs little work at every start: forms and words into JSON, messages and
//! variants of characters into tables of the program, fonts into what documents need of them.
//!
//! The TOML stays the only source: it is read here as it is, without any model of what it holds, and the JSON goes
//! through the same types as the TOML of a user's own template. The tests hold the two against each other.

use std::path::{Path, PathBuf};
use std::{env, fs};

#[path = "build/messages.rs"]
mod messages;
#[path = "src/font/sfnt.rs"]
mod sfnt;

/// The shipped fonts.
const FONTS: [&str; 3] = ["title", "heading", "body"];

/// What every start needs.
const FORMS_AND_WORDS: [&str; 5] = ["2014", "2014-extended", "2019", "2021", "words"];

fn main() {
    let out = PathBuf::from(env::var_os("OUT_DIR").expect("cargo sets it"));
    depends_on("build.rs");
    for name in FORMS_AND_WORDS {
        write(&out.join(format!("{name}.json")), json(&read(name).into()).as_bytes());
    }
    // A new language is a new file in this folder.
    depends_on("templates");
    depends_on("build/messages.rs");
    let (texts, severities) = messages::generate(&messages::languages("templates"), &read("findings"));
    write(&out.join("messages.rs"), texts.as_bytes());
    write(&out.join("findings.rs"), severities.as_bytes());
    write(&out.join("variants.rs"), variants().as_bytes());
    depends_on("src/font/sfnt.rs");
    for name in FONTS {
        let path = format!("templates/fonts/{name}.ttf");
        depends_on(&path);
        let file = fs::read(&path).unwrap_or_else(|error| panic!("{path}: {error}"));
        // A PDF has the names in its own words, and cutting down what is copied into each of them takes time.
        let bare = sfnt::without(&file, &[b"name", b"post"]).unwrap_or_else(|| panic!("{path}: no font with names"));
        write(&out.join(format!("{name}.ttf")), &bare);
    }
}

#[allow(clippy::print_stdout, reason = "this is how a build script speaks to cargo")]
fn depends_on(path: &str) {
    println!("cargo::rerun-if-changed={path}");
}

fn read(name: &str) -> toml::Table {
    let path = format!("templates/{name}.toml");
    toml::from_str(&text(&path)).unwrap_or_else(|error| panic!("{path}: {error}"))
}

fn json(value: &toml::Value) -> String {
    serde_json::to_string(value).expect("TOML without dates is JSON")
}

fn text(path: &str) -> String {
    depends_on(path);
    fs::read_to_string(path).unwrap_or_else(|error| panic!("{path}: {error}"))
}

fn write(path: &Path, bytes: &[u8]) {
    fs::write(path, bytes).expect("the build folder takes it");
}

/// For each CJK Unified Ideograph the one that it compares as, as a Rust expression.
fn variants() -> String {
    let (first, last) = ('\u{4e00}', '\u{9fff}');
    let mut variants: Vec<char> = (first..=last).collect();
    let text = text("templates/variants.txt");
    let mut characters = text.lines().filter(|line| !line.starts_with('#')).flat_map(str::chars);
    while let Some((traditional, simplified)) = characters.next().zip(characters.next()) {
        variants[traditional as usize - first as usize] = simplified;
    }
    format!("{:?}", variants.into_iter().map(u32::from).collect::<Vec<_>>())
}
