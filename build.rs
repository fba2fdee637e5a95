//! Turns the TOML files of `templates/` into JSON while the program is built, so that no start has to parse TOML.
//!
//! The TOML stays the only source: it is read here as it is, without any model of what it holds, and the JSON goes
//! through the same types as the TOML of a user's own template. The tests hold the two against each other.

use std::path::Path;
use std::{env, fs};

/// What every start needs.
const FILES: [&str; 6] = ["2014", "2014-extended", "2019", "2021", "messages", "words"];

#[allow(clippy::print_stdout, reason = "this is how a build script speaks to cargo")]
fn main() {
    let out = env::var_os("OUT_DIR").expect("cargo sets it");
    println!("cargo::rerun-if-changed=build.rs");
    for name in FILES {
        let path = format!("templates/{name}.toml");
        println!("cargo::rerun-if-changed={path}");
        let text = fs::read_to_string(&path).unwrap_or_else(|error| panic!("{path}: {error}"));
        let table: toml::Table = toml::from_str(&text).unwrap_or_else(|error| panic!("{path}: {error}"));
        let json = serde_json::to_vec(&table).expect("TOML without dates is JSON");
        fs::write(Path::new(&out).join(format!("{name}.json")), json).expect("the build folder takes it");
    }
}
