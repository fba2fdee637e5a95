//! Fields: the chosen entry of a drop-down, and fields without a saved result.
//!
//! In: the elements of fields. Out: the text to read for a field. Called by [`super::read`]. Source: ECMA-376 Part 1,
//! 17.16.9 `ddList`, 17.16.18 `fldChar`.

use quick_xml::events::BytesStart;

use super::element::attribute;
use crate::read::field::shown;

/// The longest part of an instruction that is kept.
const INSTRUCTION: usize = 200;

/// The open fields, from the outside in.
#[derive(Default)]
pub(super) struct Fields {
    open: Vec<Field>,
    list: Option<List>,
    in_instruction: bool,
}

#[derive(Default)]
struct Field {
    instruction: String,
    chosen: Option<String>,
    has_result: bool,
}

/// The entries of a drop-down.
#[derive(Default)]
struct List {
    entries: Vec<String>,
    result: Option<usize>,
    default: Option<usize>,
}

impl Fields {
    /// Handles the start of an element of a field. Returns the text of a field that ends.
    pub(super) fn start(&mut self, name: &str, element: &BytesStart<'_>) -> Option<String> {
        let value = || attribute(element, "val");
        match (name, &mut self.list) {
            ("fldSimple", _) => {
                let instruction = attribute(element, "instr").unwrap_or_default();
                self.open.push(Field { instruction, ..Field::default() });
            }
            ("fldChar", _) => match attribute(element, "fldCharType").as_deref() {
                Some("begin") => self.open.push(Field::default()),
                Some("end") => return self.close(),
                _ => {}
            },
            ("instrText", _) => self.in_instruction = true,
            ("ddList", _) => self.list = Some(List::default()),
            ("result", Some(list)) => list.result = value().and_then(|number| number.parse().ok()),
            ("default", Some(list)) => list.default = value().and_then(|number| number.parse().ok()),
            ("listEntry", Some(list)) => list.entries.push(value().unwrap_or_default()),
            _ => {}
        }
        None
    }

    /// Handles the end of such an element, in the same way.
    pub(super) fn end(&mut self, name: &str) -> Option<String> {
        match name {
            "fldSimple" => return self.close(),
            "instrText" => self.in_instruction = false,
            "ddList" => {
                if let Some((mut list, field)) = self.list.take().zip(self.open.last_mut()) {
                    let chosen = list.result.or(list.default).unwrap_or(0);
                    field.chosen = (chosen < list.entries.len()).then(|| list.entries.swap_remove(chosen));
                }
            }
            _ => {}
        }
        None
    }

    /// Handles text: of an instruction, or of a result.
    pub(super) fn text(&mut self, text: &str) {
        match self.open.last_mut() {
            Some(field) if self.in_instruction && field.instruction.len() < INSTRUCTION => {
                field.instruction.extend(text.chars().take(INSTRUCTION));
            }
            _ => {}
        }
    }

    /// Says that the open fields have a result.
    pub(super) fn result(&mut self) {
        self.open.iter_mut().for_each(|field| field.has_result = true);
    }

    /// The text of a field without a result: the chosen entry, or the instruction, which is unreadable but never blank.
    fn close(&mut self) -> Option<String> {
        let field = self.open.pop().filter(|field| !field.has_result)?;
        field.chosen.or_else(|| shown(&field.instruction))
    }
}
