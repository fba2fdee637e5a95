//! The message catalogue as Rust source: one sorted table of keys, and for each language its texts in the same order.
//!
//! In: `templates/messages.CODE.toml`, one file for each language, and `templates/findings.toml`. Out: `messages.rs`,
//! included by `src/message.rs`, and `findings.rs`, included by `src/finding.rs`. The build fails where languages
//! differ in their keys or in the `{names}` of a text, and where a finding has no severity or no text.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;

/// The texts of one language by key, such as `error.empty`.
type Texts = BTreeMap<String, String>;

/// One language with its `[language]` table.
struct Language {
    file: String,
    about: toml::Table,
    texts: Texts,
}

/// Reads every language, in the order of the file names.
pub(crate) fn languages(folder: &str) -> Vec<(String, String)> {
    let entries = fs::read_dir(folder).unwrap_or_else(|error| panic!("{folder}: {error}"));
    let names = entries.map(|entry| entry.expect("the folder can be listed").file_name());
    let names = names.filter_map(|name| name.into_string().ok());
    let mut files: Vec<String> =
        names.filter(|name| name.starts_with("messages.") && name.ends_with(".toml")).collect();
    files.sort();
    let read = |name: String| {
        let path = format!("{folder}/{name}");
        let text = fs::read_to_string(&path).unwrap_or_else(|error| panic!("{path}: {error}"));
        (path, text)
    };
    files.into_iter().map(read).collect()
}

/// The source of `messages.rs` and of `findings.rs`.
pub(crate) fn generate(files: &[(String, String)], severities: &toml::Table) -> (String, String) {
    let languages: Vec<Language> = files.iter().map(|(path, text)| language(path, text)).collect();
    let (first, others) = languages.split_first().expect("there is a messages.CODE.toml");
    for other in others {
        compare(first, other);
    }
    (messages(&languages), findings(severities, &first.texts))
}

fn language(path: &str, text: &str) -> Language {
    let mut table: toml::Table = toml::from_str(text).unwrap_or_else(|error| panic!("{path}: {error}"));
    let about = table.remove("language").unwrap_or_else(|| panic!("{path}: no [language]"));
    let about = about.as_table().unwrap_or_else(|| panic!("{path}: [language] is no table")).clone();
    let mut texts = Texts::new();
    flatten(path, "", &table, &mut texts);
    Language { file: path.to_owned(), about, texts }
}

/// Adds the texts of a table, each under its path: `[help.convert] to` is `help.convert.to`.
fn flatten(file: &str, path: &str, table: &toml::Table, texts: &mut Texts) {
    for (name, value) in table {
        let key = if path.is_empty() { name.clone() } else { format!("{path}.{name}") };
        match value {
            toml::Value::String(text) => drop(texts.insert(key, text.clone())),
            toml::Value::Table(inner) => flatten(file, &key, inner, texts),
            _ => panic!("{file}: {key} is no text"),
        }
    }
}

/// The `{names}` of a text.
fn names(text: &str) -> BTreeSet<&str> {
    text.split('{').skip(1).filter_map(|rest| rest.split_once('}')).map(|(name, _)| name).collect()
}

/// Fails the build where two languages do not have the same keys with the same names.
fn compare(one: &Language, other: &Language) {
    let keys = |of: &Language| of.texts.keys().cloned().collect::<BTreeSet<_>>();
    for (with, without) in [(one, other), (other, one)] {
        let missing: Vec<String> = keys(with).difference(&keys(without)).cloned().collect();
        assert!(missing.is_empty(), "{} has no {}, which {} has", without.file, missing.join(", "), with.file);
    }
    for (key, text) in &one.texts {
        let translated = &other.texts[key];
        assert_eq!(names(text), names(translated), "{} and {}: the {{names}} of {key} differ", one.file, other.file);
    }
}

/// `KEYS`, `LANGUAGES` and a constant of `Lang` for each language.
fn messages(languages: &[Language]) -> String {
    let keys: Vec<&String> = languages[0].texts.keys().collect();
    let mut source = format!("static KEYS: [&str; {}] = {keys:?};\n", keys.len());
    let (mut entries, mut constants, mut all) = (String::new(), String::new(), Vec::new());
    for (index, language) in languages.iter().enumerate() {
        let of = |name: &str| match language.about.get(name).and_then(toml::Value::as_str) {
            Some(text) => text,
            None => panic!("{}: [language] has no {name}", language.file),
        };
        let fields = ["code", "name", "tag", "locale", "list", "comma", "colon", "open", "close"];
        let about = fields.map(|name| format!("{name}: {:?}", of(name))).join(", ");
        let prefixes = language.about.get("prefixes").and_then(toml::Value::as_array);
        let prefixes = prefixes.unwrap_or_else(|| panic!("{}: [language] has no prefixes", language.file));
        let prefixes: Vec<&str> = prefixes.iter().filter_map(toml::Value::as_str).collect();
        let texts: Vec<&String> = language.texts.values().collect();
        entries += &format!("Language {{ {about}, prefixes: &{prefixes:?}, texts: &{texts:?} }},\n");
        let name = of("code").to_uppercase().replace('-', "_");
        constants += &format!("/// {}.\npub const {name}: Self = Self({index});\n", of("name"));
        all.push(format!("Self::{name}"));
    }
    source += &format!("static LANGUAGES: [Language; {}] = [\n{entries}];\n", languages.len());
    let all = all.join(", ");
    source + &format!("impl Lang {{\n{constants}/// Every language.\npub const ALL: &'static [Self] = &[{all}];\n}}\n")
}

/// Codes and severities, sorted by code.
fn findings(severities: &toml::Table, texts: &Texts) -> String {
    let codes = texts.keys().filter_map(|key| key.strip_prefix("finding.")).filter(|code| !code.ends_with("_hint"));
    let codes: BTreeSet<&str> = codes.collect();
    let graded: BTreeSet<&str> = severities.keys().map(String::as_str).collect();
    let wrong: Vec<_> = codes.symmetric_difference(&graded).collect();
    assert!(wrong.is_empty(), "findings.toml and [finding] of the messages differ in {wrong:?}");
    let entries = graded.iter().map(|code| match severities[*code].as_str() {
        Some("error") => format!("({code:?}, Severity::Error)"),
        Some("warning") => format!("({code:?}, Severity::Warning)"),
        Some("note") => format!("({code:?}, Severity::Note)"),
        other => panic!("findings.toml: {code} has the severity {other:?}"),
    });
    format!("&[{}]", entries.collect::<Vec<_>>().join(", "))
}
