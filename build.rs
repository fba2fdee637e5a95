//! Turns the files of `templates/` into what needs little work at every start: forms and words into MessagePack,
//! messages and variants of characters into tables of the program, fonts into what documents need of them.
//!
//! The TOML stays the only source: it is read here as it is, without any model of what it holds, and the MessagePack goes
//! through the same types as the TOML of a user's own template. The tests hold the two against each other.

use std::path::{Path, PathBuf};
use std::{env, fs};

#[path = "build/messages.rs"]
mod messages;
#[path = "src/font/sfnt.rs"]
mod sfnt;

/// The shipped fonts.
const FONTS: [&str; 3] = ["title", "heading", "body"];

fn main() {
    link_at_fixed_address();
    let out = PathBuf::from(env::var_os("OUT_DIR").expect("cargo sets it"));
    depends_on("build.rs");
    // A new form or language is a new file in this folder.
    depends_on("templates");
    let forms = forms();
    for name in forms.iter().map(String::as_str).chain(["words"]) {
        write(&out.join(format!("{name}.msgpack")), &msgpack(&read(name)));
    }
    let shipped: String = forms.iter().map(|form| format!("shipped!({form:?}),")).collect();
    write(&out.join("shipped.rs"), format!("&[{shipped}]").as_bytes());
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

/// Links the optimized program to run at a fixed address.
///
/// A program that may be loaded anywhere has each of its 47,000 pointers to constants adjusted at every start, which takes
/// a sixth of the time of one workbook. Only Linux with glibc adjusts them all at once; the C runtime of
/// musl is chosen by the compiler, so there it takes `-C relocation-model=static`.
#[allow(clippy::print_stdout, reason = "this is how a build script speaks to cargo")]
fn link_at_fixed_address() {
    let is = |name: &str, value: &str| env::var(name).is_ok_and(|found| found == value);
    if is("PROFILE", "release") && is("CARGO_CFG_TARGET_OS", "linux") && is("CARGO_CFG_TARGET_ENV", "gnu") {
        println!("cargo::rustc-link-arg-bins=-no-pie");
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

/// The names of the forms, oldest first: every TOML file of `templates/` that has an `id`, which is its name, ordered by
/// its `years` and then by name.
fn forms() -> Vec<String> {
    let files = fs::read_dir("templates").expect("the folder can be listed");
    let names = files.filter_map(|file| Some(file.ok()?.file_name().to_str()?.strip_suffix(".toml")?.to_owned()));
    let mut forms = Vec::new();
    for name in names {
        let form = read(&name);
        let Some(id) = form.get("id").and_then(toml::Value::as_str) else { continue };
        assert_eq!(id, name, "templates/{name}.toml: the id of a form is the name of its file");
        let years = form.get("years").and_then(toml::Value::as_str);
        let years = years.unwrap_or_else(|| panic!("templates/{name}.toml: no years")).to_owned();
        forms.push((years, name));
    }
    forms.sort();
    forms.into_iter().map(|(_, name)| name).collect()
}

fn msgpack(table: &toml::Table) -> Vec<u8> {
    rmp_serde::to_vec(table).expect("MessagePack has all types of TOML without dates")
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
