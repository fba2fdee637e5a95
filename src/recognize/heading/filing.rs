//! The fields below a table: who is responsible, who checked, when it was filed.
//!
//! In: the lines around a table. Out: a [`Filing`], and a finding for each signature that the form has no field for. Called
//! by [`super::heading`].

use super::lines::TextLine;
use crate::finding::Finding;
use crate::report::Filing;
use crate::template::Template;
use crate::text::fold::{fold, folds_to};
use crate::text::words;

/// Fills fields from lines such as `单位负责人：张三　审核人：李四`, in one cell or several.
pub(super) fn filing<'l, 't: 'l>(
    lines: impl Iterator<Item = &'l TextLine<'t>>,
    template: &Template,
    filing: &mut Filing,
) -> Vec<Finding> {
    let mut findings = Vec::new();
    let labels: Vec<(&str, &str)> = template
        .filing()
        .iter()
        .flat_map(|field| {
            std::iter::once(&field.label).chain(&field.aliases).map(|label| (label.as_str(), field.name.as_str()))
        })
        .collect();
    for line in lines {
        // The start of each label in the line, the start of its value, and the name of its field.
        let mut marks: Vec<(usize, usize, Option<&str>)> = Vec::new();
        for (at, _) in line.text.match_indices(['：', ':']) {
            let header = line.text[..at].trim_end();
            let colon = line.text[at..].chars().next().map_or(1, char::len_utf8);
            let known = labels.iter().filter(|(label, _)| header.ends_with(label)).max_by_key(|(label, _)| label.len());
            match known {
                Some((label, name)) => marks.push((header.len() - label.len(), at + colon, Some(name))),
                None => {
                    // The label starts behind the last white space, which may be as wide as a hanzi.
                    let start = header.trim_end_matches(|c: char| !c.is_whitespace()).len();
                    marks.push((start, at + colon, None));
                }
            }
        }
        for (index, (label, start, name)) in marks.iter().enumerate() {
            let end = marks.get(index + 1).map_or(line.text.len(), |next| next.0).max(*start);
            let value =
                line.text[*start..end].trim_matches(|c: char| c.is_whitespace() || c == '；' || c == ';' || c == '_');
            let is_blank = || {
                let folded = fold(value);
                template.filing().iter().any(|field| folds_to(&field.blank, &folded))
            };
            if let Some(field) = name.and_then(|name| filing.field_mut(name)).filter(|field| field.is_none())
                && !value.is_empty()
                && !is_blank()
            {
                *field = Some(value.to_owned());
            } else if name.is_none() && !value.is_empty() {
                let words = fold(line.text[*label..*start].trim_end_matches(['：', ':']));
                if words::words().signature_labels.iter().any(|known| folds_to(known, &words)) {
                    let text = line.text[*label..end].trim();
                    findings.push(Finding::new("XG361").with("text", text).at(line.at.clone()));
                }
            }
        }
    }
    findings
}
