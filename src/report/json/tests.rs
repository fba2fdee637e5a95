use schemars::Schema as JsonSchema;
use schemars::generate::SchemaSettings;
use schemars::transform::{Transform, transform_subschemas};

use super::*;

/// With this variable set, the test writes the file again.
const MAKE: &str = "XXGK_MAKE_SCHEMA";
const FILE: &str = "templates/schema/report.json";

#[test]
fn numbers_keep_their_digits_or_are_refused() {
    for (json, expected) in [
        ("19", Some("19")),
        ("0.350", Some("0.350")),
        ("-8", Some("-8")),
        ("1e3", Some("1000")),
        ("1.50E+2", Some("150")),
        ("25e-1", Some("2.5")),
        ("0e999999999999", Some("0")),
        ("-99999999999999999999", Some("-99999999999999999999")),
        ("1e20", None),
        ("1e29", None),
        ("1e-29", None),
        ("1e999999999999999999999", None),
        ("1e-9223372036854775808", None),
        ("0.33333333333333333333333333333333", None),
    ] {
        assert_eq!(exact_decimal(json).map(|number| number.to_string()).as_deref(), expected, "{json}");
    }
    assert_eq!(exact_decimal(&"9".repeat(400)), None);
}
/// Keeps the prose of descriptions: no examples in Rust and no links.
#[derive(Clone)]
struct Prose;

impl Transform for Prose {
    fn transform(&mut self, schema: &mut JsonSchema) {
        if let Some(serde_json::Value::String(text)) = schema.get_mut("description") {
            let prose = text.split("```").next().unwrap_or_default();
            *text = prose.replace("[`", "`").replace("`]", "`").trim().to_owned();
        }
        transform_subschemas(self, schema);
    }
}

#[test]
fn the_schema_in_templates_is_that_of_the_types() {
    let settings = SchemaSettings::draft2020_12().for_serialize().with_transform(Prose);
    let mut schema = settings.into_generator().into_root_schema_for::<ReportJson>();
    schema.insert("$id".to_owned(), SCHEMA.into());
    schema.insert("title".to_owned(), "A report of xxgk (--to json)".into());
    let text = serde_json::to_string_pretty(&schema).unwrap() + "\n";
    if std::env::var_os(MAKE).is_some() {
        std::fs::write(FILE, &text).unwrap();
    }
    let file = std::fs::read_to_string(FILE).unwrap();
    assert_eq!(file, text, "a type has changed: {MAKE}=1 cargo test --lib schema");
}
