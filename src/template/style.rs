//! The look of a form on paper: fonts, text sizes, margins.

use serde::{Deserialize, Serialize};

use super::serial::is_default;

/// The fonts a form uses, by what they are for.
///
/// ```
/// use std::collections::BTreeMap;
/// use xxgk::font::Fonts;
/// use xxgk::template::FontRole;
///
/// let wrong = BTreeMap::from([(FontRole::Title, ("标宋.ttf".to_owned(), Vec::new()))]);
/// assert!(Fonts::new(wrong).is_err());
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum FontRole {
    /// 小标宋, for titles.
    Title,
    /// 黑体, for headers and sections.
    Heading,
    /// 宋体, for all else.
    Body,
}

impl FontRole {
    /// Every role, in order.
    pub const ALL: [Self; 3] = [Self::Title, Self::Heading, Self::Body];

    /// The name used on the command line and in templates.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Title => "title",
            Self::Heading => "heading",
            Self::Body => "body",
        }
    }
}

/// A font role at a size.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct TextStyle {
    /// The font.
    pub font: FontRole,
    /// Size in points.
    pub size: f64,
}

/// The text styles of a form.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Styles {
    /// The attachment mark above the title.
    pub attachment: TextStyle,
    /// The headings in the text above the tables.
    #[serde(default, skip_serializing_if = "is_default")]
    pub heading: Option<TextStyle>,
    /// The title.
    pub title: TextStyle,
    /// The line above the table and the filing lines below.
    pub line: TextStyle,
    /// The header rows.
    #[serde(rename = "head")]
    pub header: TextStyle,
    /// Labels of sections (level 0).
    pub section: TextStyle,
    /// All other labels.
    pub label: TextStyle,
    /// Units and figures.
    pub value: TextStyle,
    /// Page numbers.
    pub page_number: TextStyle,
}

/// Paper and margins in mm.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Page {
    /// Width of the sheet.
    pub width: f64,
    /// Height of the sheet.
    pub height: f64,
    /// Top margin.
    pub top: f64,
    /// Right margin.
    pub right: f64,
    /// Bottom margin.
    pub bottom: f64,
    /// Left margin.
    pub left: f64,
    /// Least height of a table row.
    pub row_height: f64,
    /// Space between a cell's border and its text, left and right.
    pub padding: f64,
    /// Thickness of table lines in points.
    pub line_width: f64,
    /// From the foot of the type area to the dashes of the page number.
    pub page_number_drop: f64,
}
