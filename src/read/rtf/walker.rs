//! The state of reading RTF, from its tokens to lines.
//!
//! In: tokens. Out: [`Part`]s and findings. Called by [`super::read`]; control words are in `control`, tables in `layout`.

use crate::document::Part;
use crate::error::Result;
use crate::finding::Finding;
use crate::limit::{self, CellBudget};
use crate::read::beside::Beside;
use crate::read::block;
use crate::read::body::{Body, LeftOut};

use super::charset::Charsets;
use super::frame::Frame;
use super::group::{Destination, Field, Group, Owner};
use super::lexer::Token;

/// The deepest nesting of groups.
const DEPTH: usize = 10_000;

/// The state of reading a document.
#[derive(Default)]
pub(super) struct RtfWalker {
    /// The open groups, and the state in the innermost one.
    pub(super) outer: Vec<Group>,
    pub(super) group: Group,
    pub(super) is_done: bool,
    /// Whether the next control word is the destination of a group, which may be unknown.
    pub(super) at_start: bool,
    pub(super) is_optional: bool,
    /// Text in the encoding of its font.
    pub(super) bytes: Vec<u8>,
    /// The first half of a character beyond the basic plane.
    pub(super) high: Option<u16>,
    /// How many characters stand for the last one in Unicode and are left out.
    pub(super) skip: usize,
    pub(super) default_font: i32,
    pub(super) charsets: Charsets,
    pub(super) fields: Vec<Field>,
    pub(super) frame: Frame,
    pub(super) outer_frames: Vec<Frame>,
    pub(super) budget: CellBudget,
    pub(super) covered: LeftOut,
    pub(super) beside: Beside,
}

impl RtfWalker {
    pub(super) fn step(&mut self, token: Token<'_>) -> Result<()> {
        match token {
            Token::Open => self.open(),
            Token::Close => self.close(),
            Token::Text(text) => {
                self.at_start = false;
                let skipped = self.skip.min(text.len());
                self.skip -= skipped;
                self.add_bytes(&text[skipped..])
            }
            Token::Hex(byte) => {
                self.at_start = false;
                match self.skip.checked_sub(1) {
                    Some(left) => {
                        self.skip = left;
                        Ok(())
                    }
                    None => self.add_bytes(&[byte]),
                }
            }
            Token::Word(name, number) => self.word(name, number),
            Token::Symbol(symbol) => self.symbol(symbol),
        }
    }

    fn open(&mut self) -> Result<()> {
        self.flush()?;
        self.skip = 0;
        if self.outer.len() >= DEPTH {
            return Err(limit::too_large("@format.deep", DEPTH));
        }
        self.outer.push(self.group);
        self.group.owns = Owner::Nothing;
        (self.at_start, self.is_optional) = (true, false);
        Ok(())
    }

    fn close(&mut self) -> Result<()> {
        self.flush()?;
        self.skip = 0;
        match self.group.owns {
            Owner::Nothing => {}
            Owner::Field => {
                let text = self.fields.pop().and_then(Field::close);
                self.field(text)?;
            }
            Owner::Frame(destination) => self.close_frame(destination)?,
        }
        self.at_start = false;
        match self.outer.pop() {
            Some(group) => self.group = group,
            None => self.is_done = true,
        }
        self.is_done |= self.outer.is_empty();
        Ok(())
    }

    /// Adds text in the encoding of the font.
    pub(super) fn add_bytes(&mut self, bytes: &[u8]) -> Result<()> {
        if self.group.destination != Destination::Skipped {
            self.budget.check_text(self.bytes.len() + bytes.len())?;
            self.bytes.extend_from_slice(bytes);
        }
        Ok(())
    }

    /// Adds the text so far, before something changes its look.
    pub(super) fn flush(&mut self) -> Result<()> {
        if self.bytes.is_empty() {
            return Ok(());
        }
        let bytes = std::mem::take(&mut self.bytes);
        let (text, _) = self.charsets.of_font(self.group.font).decode_without_bom_handling(&bytes);
        let outcome = self.put(&text);
        // Keep the memory for the next piece.
        self.bytes = bytes;
        self.bytes.clear();
        outcome
    }

    /// Adds a code unit of UTF-16, which the number of `\u` is.
    pub(super) fn add_unit(&mut self, number: i32) -> Result<()> {
        self.flush()?;
        self.skip = self.group.unicode_skip;
        let unit = number as u16;
        let high = self.high.take();
        if (0xD800..0xDC00).contains(&unit) {
            self.high = Some(unit);
            return Ok(());
        }
        let units = high.into_iter().chain([unit]);
        let text: String = char::decode_utf16(units).map(|c| c.unwrap_or(char::REPLACEMENT_CHARACTER)).collect();
        self.put(&text)
    }

    /// Adds decoded text where it belongs.
    pub(super) fn put(&mut self, text: &str) -> Result<()> {
        match self.group.destination {
            Destination::Skipped | Destination::Shape | Destination::Fonts => {}
            Destination::Instruction => {
                if let Some(field) = self.fields.last_mut() {
                    field.instruct(text);
                }
            }
            Destination::Entry => {
                if let Some(field) = self.fields.last_mut() {
                    field.entries.push(text.to_owned());
                }
            }
            Destination::Body => {
                self.budget.check_text(self.frame.lines.len() + text.len())?;
                let look = self.group.look;
                self.fields.iter_mut().for_each(|field| field.has_result = true);
                match () {
                    () if look.deleted => {}
                    () if look.hidden => self.beside.hidden.add(text, None),
                    () if look.struck => self.beside.struck.add(text, None),
                    () => {
                        if look.raised {
                            self.frame.lines.seam();
                        }
                        self.frame.lines.push(text, true);
                        if look.raised {
                            self.frame.lines.seam();
                        }
                    }
                }
            }
        }
        Ok(())
    }

    /// Adds the text of a field without a result. Outside tables, such a field has no value.
    fn field(&mut self, text: Option<String>) -> Result<()> {
        match text {
            Some(text) if self.level() > 0 && self.group.destination == Destination::Body => self.put(&text),
            _ => Ok(()),
        }
    }

    pub(super) fn finish(mut self) -> Result<(Vec<Part>, Vec<Finding>)> {
        self.end_line()?;
        self.reach(0)?;
        self.frame.blocks.extend(self.beside.boxes.take());
        let mut body = Body::default();
        self.beside.finish(&mut body);
        body.covered = self.covered;
        block::emit(self.frame.blocks, &mut body, 0)?;
        body.end()
    }
}
