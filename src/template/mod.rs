//! Official layouts as data: `templates/*.toml`.
//!
//! In: TOML text. Out: a [`Template`] that says everything about one form: titles, rows, labels, aliases, units, widths,
//! fonts, paper, rules. Recognition (`recognize`) and layout (`layout`) read it; no layout is in code.
//!
//! `file` is a template as its TOML says it, of `table`s, `style`s and `rule`s; `indicator` and `resolve` find what it
//! asks for and what must hold; `form` is the whole. `load` reads and `validate` checks TOML, `extend` reads one that
//! changes a shipped form (`shipped`), `local` makes one of a table that no known form describes.

mod extend;
mod file;
mod form;
mod indicator;
mod load;
pub(crate) mod local;
mod resolve;
mod rule;
mod serial;
mod shipped;
mod style;
mod table;
mod toml_writer;
mod validate;

pub use file::FilingField;
pub use form::{SharedTemplate, Template};
pub use indicator::Indicator;
pub(crate) use indicator::{in_table, without_remarks};
pub use load::from_toml_str;
pub(crate) use resolve::ResolvedRule;
pub(crate) use rule::RuleShape;
pub(crate) use rule::for_each_rule_kind;
pub use rule::{Rule, RuleKind};
pub(crate) use shipped::workbook_font;
pub use shipped::{Templates, shipped, shipped_toml};
pub use style::FontRole;
pub(crate) use style::{Page, TextStyle};
pub use table::{Column, Relation, Row, Table, ValueKind};
pub(crate) use table::{YEAR, with_year_marked};
pub use toml_writer::to_toml_string;
