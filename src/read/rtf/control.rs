//! The control words and symbols of RTF that matter.
//!
//! In: a word with its number. Out: a change of the [`RtfWalker`]. Source: Rich Text Format Specification 1.9.1.

use super::group::{Apart, Destination, FIELDS, Field, Look, Owner};
use super::table::CELLS;
use super::walker::RtfWalker;
use crate::error::Result;

/// Groups whose text is not part of the document. Those that begin with `\*` are skipped unless they are known.
const SKIPPED: [&str; 23] = [
    "colortbl",
    "stylesheet",
    "info",
    "listtext",
    "pntext",
    "pntxta",
    "pntxtb",
    "nonesttables",
    "sp",
    "shprslt",
    "objdata",
    "objclass",
    "objname",
    "atnid",
    "atnauthor",
    "atndate",
    "atnref",
    "tc",
    "xe",
    "rxe",
    "txe",
    "ftnsep",
    "ftnsepc",
];

impl RtfWalker {
    pub(super) fn symbol(&mut self, symbol: u8) -> Result<()> {
        if symbol == b'*' && std::mem::take(&mut self.at_start) {
            (self.at_start, self.is_optional) = (true, true);
            return Ok(());
        }
        self.at_start = false;
        if self.skip > 0 {
            self.skip -= 1;
            return Ok(());
        }
        match symbol {
            b'\\' | b'{' | b'}' => self.add_bytes(&[symbol]),
            b'~' => self.insert("\u{a0}"),
            b'_' => self.insert("-"),
            b'\r' | b'\n' => self.paragraph(),
            _ => Ok(()),
        }
    }

    /// Adds a character that a control word stands for.
    fn insert(&mut self, text: &str) -> Result<()> {
        self.flush()?;
        self.put(text)
    }

    fn paragraph(&mut self) -> Result<()> {
        self.flush()?;
        if self.group.destination == Destination::Body { self.end_paragraph() } else { Ok(()) }
    }

    pub(super) fn word(&mut self, name: &str, number: Option<i32>) -> Result<()> {
        let is_first = std::mem::take(&mut self.at_start);
        let is_optional = std::mem::take(&mut self.is_optional);
        // The characters for other programs end before any control word.
        self.skip = 0;
        if self.group.destination == Destination::Skipped {
            return Ok(());
        }
        if is_first && self.destination(name, is_optional)? {
            return Ok(());
        }
        if self.group.destination == Destination::Fonts {
            match (name, number) {
                ("f", Some(font)) => self.group.font = font,
                ("fcharset", Some(charset)) => self.charsets.set_font(self.group.font, charset),
                _ => {}
            }
            return Ok(());
        }
        if let Some(text) = character(name) {
            return self.insert(text);
        }
        match (name, number) {
            ("u", Some(number)) => self.add_unit(number),
            ("uc", Some(count)) => {
                self.group.unicode_skip = usize::try_from(count).unwrap_or(1).min(100);
                Ok(())
            }
            ("ansicpg", Some(page)) => {
                self.charsets.set_document(page);
                Ok(())
            }
            ("deflangfe", Some(language)) => {
                self.charsets.set_language(language);
                Ok(())
            }
            ("deff", Some(font)) => {
                (self.default_font, self.group.font) = (font, font);
                Ok(())
            }
            ("ffres" | "ffdefres", _) => {
                if let Some(field) = self.fields.last_mut() {
                    *(if name == "ffres" { &mut field.result } else { &mut field.default }) = number;
                }
                Ok(())
            }
            _ if self.look(name, number)? => Ok(()),
            _ if self.group.destination != Destination::Body => Ok(()),
            _ => self.structure(name, number),
        }
    }

    /// Handles the destination of a group. Returns false for another word.
    fn destination(&mut self, name: &str, is_optional: bool) -> Result<bool> {
        let is_body = self.group.destination == Destination::Body;
        match name {
            "fonttbl" => self.group.destination = Destination::Fonts,
            "field" if self.fields.len() < FIELDS => {
                self.fields.push(Field::default());
                self.group.owns = Owner::Field;
            }
            "fldinst" => self.group.destination = Destination::Instruction,
            // Only the groups inside these hold text.
            // Of `upr`, the text in Unicode counts, not that for older programs.
            "shp" | "shpinst" | "do" | "object" | "formfield" | "upr" => self.group.destination = Destination::Shape,
            "result" | "ud" => self.group.destination = Destination::Body,
            "nesttableprops" => self.group.is_nested = true,
            "fldrslt" | "shppict" => {}
            "ffl" => self.group.destination = Destination::Entry,
            "shptxt" | "dptxbxtext" => self.open_frame(Apart::Box),
            "header" | "headerl" | "headerr" | "headerf" | "footer" | "footerl" | "footerr" | "footerf" if is_body => {
                self.open_frame(Apart::Margin);
            }
            "footnote" | "annotation" if is_body => self.open_frame(Apart::Note),
            "pict" => {
                self.beside.pictures += 1;
                self.group.destination = Destination::Skipped;
            }
            // The same picture for older programs.
            "nonshppict" => self.group.destination = Destination::Skipped,
            name if is_optional || SKIPPED.contains(&name) => self.group.destination = Destination::Skipped,
            _ => return Ok(false),
        }
        Ok(true)
    }

    /// Handles a word on the look of text. Returns false for another word.
    fn look(&mut self, name: &str, number: Option<i32>) -> Result<bool> {
        let is_on = number != Some(0);
        let old = self.group;
        let look = &mut self.group.look;
        match name {
            "plain" => {
                *look = Look::default();
                self.group.font = self.default_font;
            }
            "v" => look.hidden = is_on,
            "strike" | "striked" => look.struck = is_on,
            // Moved text stands where it was moved to.
            "deleted" | "mvf" => look.deleted = is_on,
            "super" | "sub" => look.raised = is_on,
            "up" | "dn" => look.raised = number != Some(0),
            "nosupersub" => look.raised = false,
            "f" => self.group.font = number.unwrap_or(0),
            _ => return Ok(false),
        }
        let new = std::mem::replace(&mut self.group, old);
        self.flush()?;
        self.group = new;
        Ok(true)
    }

    /// Handles a word on paragraphs and tables.
    fn structure(&mut self, name: &str, number: Option<i32>) -> Result<()> {
        let nested = self.group.level.max(2);
        let level = if self.group.is_nested { nested } else { 1 };
        match name {
            "par" | "sect" | "page" | "column" => self.paragraph(),
            "line" | "lbr" | "softline" => {
                self.flush()?;
                self.end_line()
            }
            "pard" => {
                self.flush()?;
                self.group.level = 0;
                Ok(())
            }
            "intbl" => {
                self.flush()?;
                self.group.level = self.group.level.max(1);
                Ok(())
            }
            "itap" => {
                self.flush()?;
                self.group.level = usize::try_from(number.unwrap_or(0)).unwrap_or(0);
                Ok(())
            }
            "cell" => {
                self.flush()?;
                self.end_cell(1)
            }
            "nestcell" => {
                self.flush()?;
                self.end_cell(nested)
            }
            "row" => {
                self.flush()?;
                self.close_row(1)
            }
            "nestrow" => {
                self.flush()?;
                self.close_row(nested)
            }
            "trowd" => {
                self.begin_row(level);
                Ok(())
            }
            "trleft" => self.define(level, |row| row.left = number.unwrap_or(0)),
            "clmrg" => self.define(level, |row| row.next.left = true),
            "clvmrg" => self.define(level, |row| row.next.above = true),
            "cellx" => self.define(level, |row| {
                let merge = std::mem::take(&mut row.next);
                if row.cells.len() < CELLS {
                    row.cells.push((merge, number.unwrap_or(0)));
                }
            }),
            _ => Ok(()),
        }
    }
}

/// The character that a control word stands for.
fn character(name: &str) -> Option<&'static str> {
    Some(match name {
        "tab" => "\t",
        "emdash" => "—",
        "endash" => "–",
        "lquote" => "‘",
        "rquote" => "’",
        "ldblquote" => "“",
        "rdblquote" => "”",
        "bullet" => "•",
        "emspace" | "enspace" | "qmspace" => " ",
        _ => return None,
    })
}
