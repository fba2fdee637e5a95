//! Reads a list of names that mean the same organization.
//!
//! In: an [`Input`] of any readable format with a line for each organization: its name, then other names of it. Out:
//! [`Aliases`]. Called by the commands that match organizations, with `--aliases`.

use std::collections::BTreeMap;

use super::roster::is_name;
use crate::document::Part;
use crate::organization::Aliases;
use crate::read::Input;
use crate::text::fold::fold;
use crate::text::words::words;

/// What separates names in a line of text.
const SEPARATORS: [char; 7] = [',', '，', ';', '；', '\t', '|', '='];

/// The names of each line.
///
/// # Errors
/// A name that two organizations have.
pub(crate) fn aliases(input: &Input) -> Result<Aliases, String> {
    let Some(document) = input.document() else { return Ok(Aliases::default()) };
    let mut lines: Vec<Vec<&str>> = Vec::new();
    for part in &document.parts {
        match part {
            Part::Paragraph(line) => lines.push(line.text.split(SEPARATORS).collect()),
            Part::Table(grid) => {
                let mut rows: BTreeMap<u32, Vec<&str>> = BTreeMap::new();
                grid.cells.iter().for_each(|(at, cell)| rows.entry(at.row).or_default().push(&cell.text));
                lines.extend(rows.into_values());
            }
        }
    }
    let names = |line: &Vec<&str>| -> Vec<String> {
        let is_comment = line.first().is_some_and(|first| first.trim_start().starts_with('#'));
        let names = line.iter().filter(|name| !is_comment && is_name(name));
        names.map(|name| name.trim().to_owned()).collect()
    };
    let mut lines: Vec<Vec<String>> = lines.iter().map(names).filter(|names| !names.is_empty()).collect();
    let is_header = |names: &Vec<String>| names.iter().any(|name| words().alias_headers.contains(&fold(name)));
    if lines.first().is_some_and(is_header) {
        lines.remove(0);
    }
    Aliases::new(lines)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::organization::Names;
    use crate::read::{ReadOptions, read};

    fn of(text: &str) -> Result<Aliases, String> {
        aliases(&read(text.as_bytes(), &ReadOptions::default()).unwrap())
    }

    #[test]
    fn each_line_has_the_names_of_an_organization() {
        for text in [
            "单位名称,别名\n东河镇,东河乡,东河公社\n财政局,财税局\n",
            "东河镇,东河乡\n东河镇,东河公社\n财政局,财税局\n",
            "# 改名的单位\n东河镇，东河乡，东河公社\n财政局，财税局",
            "序号\t单位\t曾用名\n1\t东河镇\t东河乡\n2\t东河公社\t东河镇\n3\t财政局\t财税局\n",
        ] {
            let names = Names::new(["东河镇"], &of(text).unwrap());
            for name in ["东河乡", "东河公社", "东河镇人民政府"] {
                assert_eq!(names.key(name), names.key("东河镇"), "{text}");
            }
            assert_eq!(names.key("财政局"), names.key("财税局"), "{text}");
            assert_ne!(names.key("财政局"), names.key("东河镇"), "{text}");
        }
        assert_eq!(of("东河镇,东河乡\n西河镇,东河乡\n").unwrap_err(), "东河乡");
        assert!(of("东河镇\n西河镇\n").unwrap().is_empty());
    }
}
