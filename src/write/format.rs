//! What a format that can be written says of itself. The list of all is in [`super`].

use std::io::Write;

use super::{Format, WriteOptions};
use crate::error::Result;
use crate::finding::Finding;
use crate::layout::Layout;
use crate::merge::Merged;
use crate::report::Report;
use crate::template::Template;

/// What a format is and how it is written. Each format has one, in its own file.
pub(crate) struct FormatInfo {
    /// The name in `--to` and in messages.
    pub(crate) name: &'static str,
    /// File extensions, the usual one first.
    pub(crate) extensions: &'static [&'static str],
    /// Whether the bytes are for programs, not for a terminal.
    pub(crate) binary: bool,
    /// Writes reports.
    pub(crate) writer: FormatWriter,
    /// Writes merged reports.
    pub(crate) merged: MergedWriter,
    /// Writes all values as one table, where the format can.
    pub(crate) tidy: Option<TidyWriter>,
}

/// How reports become bytes.
pub(crate) enum FormatWriter {
    /// Draws one report on the form of its template. Returns what could not be drawn as it should.
    Form(fn(&FilledForm<'_>, &mut dyn Write) -> Result<Vec<Finding>>),
    /// Writes any number of reports with all that is known of them, findings too. Needs no template.
    Data(fn(&[&Report], &WriteOptions<'_>, &mut dyn Write) -> Result<()>),
}

/// A report on the form of its template.
pub(crate) struct FilledForm<'a> {
    /// What is drawn.
    pub(crate) layout: &'a Layout,
    pub(crate) template: &'a Template,
    /// The report, for formats that can hold its data beside the page.
    pub(crate) report: &'a Report,
    pub(crate) options: &'a WriteOptions<'a>,
}

/// How merged reports become bytes.
pub(crate) enum MergedWriter {
    /// The format cannot hold them.
    None,
    /// As the report of the totals alone.
    Totals,
    /// With what each organization adds to the totals. Returns what could not be drawn as it should.
    Full(fn(&Merged, &WriteOptions<'_>, &mut dyn Write) -> Result<Vec<Finding>>),
}

/// How all values become one table, see [`super::tidy`].
pub(crate) struct TidyWriter {
    /// Writes what comes before the first row.
    pub(crate) header: fn(&WriteOptions<'_>, &mut dyn Write) -> Result<()>,
    /// Writes the rows of a report that came from a source of that name.
    pub(crate) rows: fn(&Report, &str, &WriteOptions<'_>, &mut dyn Write) -> Result<()>,
}

impl Format {
    /// Whether the bytes are for programs, not for a terminal.
    pub fn is_binary(self) -> bool {
        self.info().binary
    }

    /// Whether a report needs a template to be written in this format.
    pub fn needs_template(self) -> bool {
        matches!(self.info().writer, FormatWriter::Form(_))
    }

    /// Whether one output holds any number of reports; otherwise each report is an output of its own.
    pub fn holds_many(self) -> bool {
        matches!(self.info().writer, FormatWriter::Data(_))
    }

    /// Whether an output is a form on paper or screen, to be filled in by a person.
    pub(crate) fn prints(self) -> bool {
        self.needs_template() && self != Self::Csv
    }

    /// Whether outputs hold the findings of a report beside its values.
    pub fn holds_findings(self) -> bool {
        matches!(self.info().writer, FormatWriter::Data(_))
    }

    /// Whether outputs hold the text around the table of a report.
    pub fn holds_narrative(self) -> bool {
        self.holds_findings()
    }

    /// Whether merged reports can be written in this format.
    pub fn holds_merged(self) -> bool {
        !matches!(self.info().merged, MergedWriter::None)
    }

    /// Whether all values can be written as one table in this format.
    pub fn holds_tidy(self) -> bool {
        self.info().tidy.is_some()
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn names_and_extensions_are_unique_and_lead_back() {
        let mut extensions = BTreeSet::new();
        for format in Format::ALL {
            assert_eq!(Format::from_name(format.name()), Some(*format));
            for extension in format.extensions() {
                assert!(extensions.insert(extension), "{extension}");
                assert_eq!(Format::from_extension(&extension.to_ascii_uppercase()), Some(*format));
            }
        }
        assert_eq!(Format::from_name("doc"), None);
    }
}
