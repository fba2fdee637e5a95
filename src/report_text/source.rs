//! The texts of reports as their TOML says them: `templates/annual.toml`.

use std::sync::LazyLock;

use serde::Deserialize;

/// The texts of the complete report.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Source {
    /// The forms that such reports have.
    pub(super) forms: Vec<String>,
    pub(super) title: String,
    /// How a blank prints.
    pub(super) blank: String,
    pub(super) opening: Vec<String>,
    pub(super) signature: Vec<String>,
    pub(super) style: Style,
    pub(super) compared: Compared,
    #[serde(rename = "section")]
    pub(super) sections: Vec<Section>,
}

/// The look of the text.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Style {
    pub(super) body: Font,
    pub(super) point: Font,
    /// The distance of lines, in points.
    pub(super) line: f64,
}

/// A font of the text.
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Font {
    /// The name, as documents give it.
    pub(crate) family: String,
    /// In points.
    pub(crate) size: f64,
}

/// What is said behind a number, if that of the year before is known.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Compared {
    pub(super) more: String,
    pub(super) fewer: String,
    /// More or fewer by less than the percentage shows.
    pub(super) slightly_more: String,
    pub(super) slightly_fewer: String,
    pub(super) same: String,
    pub(super) from_zero: String,
    pub(super) to_zero: String,
}

/// A section.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Section {
    pub(super) heading: String,
    #[serde(default)]
    pub(super) after_tables: bool,
    #[serde(rename = "point")]
    pub(super) points: Vec<Point>,
}

/// A paragraph: sentences about values, then what a person writes.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Point {
    #[serde(default)]
    pub(super) heading: String,
    /// The name of what a person writes.
    pub(super) blank: String,
    #[serde(default, rename = "sentence")]
    pub(super) sentences: Vec<Sentence>,
}

/// A sentence about values, or several clauses about parts.
#[derive(Debug, Deserialize)]
pub(super) struct Sentence {
    #[serde(flatten)]
    pub(super) clause: Clause,
    /// What is between the parts: ，.
    #[serde(default = "comma")]
    pub(super) separator: String,
    /// What is before the parts.
    #[serde(default)]
    pub(super) lead: String,
    #[serde(default)]
    pub(super) parts: Vec<Clause>,
}

/// What is said of a value, or of the sum of several.
#[derive(Debug, Default, Deserialize)]
pub(super) struct Clause {
    #[serde(default)]
    pub(super) value: Vec<String>,
    #[serde(default)]
    pub(super) text: String,
    /// What is said of 0; nothing if there is no text.
    #[serde(default)]
    pub(super) zero: String,
    /// The same where the number of the year before was not 0, if there is no text for 0.
    #[serde(default)]
    pub(super) ended: String,
    /// Whether it is compared with the year before.
    #[serde(default)]
    pub(super) compared: bool,
    #[serde(default = "piece")]
    pub(super) unit: String,
}

fn comma() -> String {
    "，".to_owned()
}

fn piece() -> String {
    "件".to_owned()
}

/// The shipped texts.
pub(super) fn source() -> &'static Source {
    static SOURCE: LazyLock<Source> = LazyLock::new(|| {
        toml::from_str(include_str!("../../templates/annual.toml")).expect("the shipped texts are tested")
    });
    &SOURCE
}
