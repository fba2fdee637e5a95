//! A document as one folded string, with the cell and character that each byte came from.
//!
//! In: consecutive parts of a document. Out: a [`Stream`], in which labels can be searched for in any shape of table: cells,
//! lines, pipes, or everything run together. Made by [`super::Recognizer`], used by all readers.

use std::collections::BTreeMap;
use std::iter::repeat_n;
use std::ops::Range;

use super::region::Region;
use super::unfold;
use crate::document::{Cell, CellRef, Location, Part};
use crate::text::fold::fold_onto;

/// A cell of the stream.
#[derive(Clone, Copy, Debug)]
pub struct StreamCell<'d> {
    /// The cell.
    pub cell: &'d Cell,
    /// The number of the table that it is in, or of the paragraph that it is.
    pub part: usize,
    /// Its position, if it is in a table.
    pub position: Option<CellRef>,
}

/// Cells in reading order and their folded text.
#[derive(Debug, Default)]
pub struct Stream<'d> {
    /// The cells.
    pub cells: Vec<StreamCell<'d>>,
    /// The tables, by their numbers. The blocks of a folded table are tables of their own.
    pub tables: BTreeMap<usize, Region<'d>>,
    /// Their texts, folded and joined.
    pub folded: String,
    /// For each byte of the folded text: its cell, and the byte of the cell's text it came from.
    places: Vec<(u32, u32)>,
    /// For each cell, the byte of the folded text that it starts at.
    starts: Vec<usize>,
    /// The last location asked for: its cell, its byte and the characters before it. The next one is most often a little
    /// behind it, and a line can be a whole file.
    last_offset: std::cell::Cell<(usize, usize, u32)>,
}

/// A word: a run of characters without white space in the original text.
#[derive(Clone, Debug, PartialEq)]
pub struct Token<'d> {
    /// The original text.
    pub text: &'d str,
    /// The number of its cell in the stream.
    pub cell: usize,
    /// Whether its cell holds nothing else.
    pub whole: bool,
    /// Whether it touches the text before it in its cell.
    pub glued: bool,
}

impl<'d> Stream<'d> {
    /// The stream of some parts, numbered as they are in the document.
    pub fn new(parts: impl Iterator<Item = (usize, &'d Part)> + Clone) -> Self {
        // Folding hardly ever makes a text longer. Growing by doubling would take most of the memory for a large file.
        let size = |(cells, bytes), (_, part): (usize, &Part)| {
            let (more, length) = size(part);
            (cells + more, bytes + length)
        };
        let (cells, length) = parts.clone().fold((0, 0), size);
        let mut stream = Self {
            cells: Vec::with_capacity(cells),
            starts: Vec::with_capacity(cells),
            folded: String::with_capacity(length),
            places: Vec::with_capacity(length),
            ..Self::default()
        };
        let mut number = 0;
        for (_, part) in parts {
            match part {
                Part::Paragraph(cell) => {
                    stream.push(StreamCell { cell, part: number, position: None });
                    number += 1;
                }
                Part::Table(grid) => {
                    for region in unfold::regions(grid) {
                        for (at, cell) in region.cells() {
                            stream.push(StreamCell { cell, part: number, position: Some(*at) });
                        }
                        stream.tables.insert(number, region);
                        number += 1;
                    }
                }
            }
        }
        stream
    }

    fn push(&mut self, cell: StreamCell<'d>) {
        let index = self.cells.len() as u32;
        self.cells.push(cell);
        self.starts.push(self.folded.len());
        let text = cell.cell.text.as_str();
        self.folded.reserve(text.len());
        self.places.reserve(text.len());
        fold_onto(&mut self.folded, text, |piece| {
            let length = piece.folded.len();
            let place = |at: usize| (index, at as u32);
            match piece.is_same {
                true => self.places.extend((piece.source..piece.source + length).map(place)),
                false => self.places.extend(repeat_n(place(piece.source), length)),
            }
        });
    }

    /// The cell of a byte of the folded text; the last cell for its end.
    pub fn cell_at(&self, byte: usize) -> usize {
        self.places.get(byte).or(self.places.last()).map_or(0, |place| place.0 as usize)
    }

    /// Where running text ends: at the first cell of a table, if the range begins outside of it.
    pub fn text_end(&self, range: Range<usize>) -> usize {
        let cell = self.cell_at(range.start.saturating_sub(1));
        if self.cells[cell].position.is_some() {
            return range.end;
        }
        let last = self.cell_at(range.end.saturating_sub(1)).max(cell);
        let in_table = (cell..=last).find(|at| self.cells[*at].position.is_some());
        in_table.map_or(range.end, |at| self.starts[at].clamp(range.start, range.end))
    }

    /// Whether a byte of the folded text is the first of its cell.
    pub fn starts_cell(&self, byte: usize) -> bool {
        byte == 0 || byte >= self.places.len() || self.places[byte - 1].0 != self.places[byte].0
    }

    /// The start of the folded text of the cell that a byte is in.
    pub fn cell_start(&self, byte: usize) -> usize {
        self.starts[self.places[byte.min(self.places.len() - 1)].0 as usize]
    }

    /// The end of the folded text of the cell that a byte is in.
    pub fn cell_end(&self, byte: usize) -> usize {
        let cell = self.places[byte.min(self.places.len() - 1)].0 as usize;
        self.starts.get(cell + 1).copied().unwrap_or(self.places.len())
    }

    /// The bytes of the folded text that come from a cell.
    pub fn bytes(&self, cell: usize) -> Range<usize> {
        self.starts[cell]..self.starts.get(cell + 1).copied().unwrap_or(self.places.len())
    }

    /// Whether white space or the start of a cell precedes a byte of the folded text.
    pub fn is_apart(&self, byte: usize) -> bool {
        if self.starts_cell(byte) {
            return true;
        }
        let (cell, at) = self.places[byte];
        self.cells[cell as usize].cell.text[..at as usize].ends_with(char::is_whitespace)
    }

    /// The byte of the cell's own text that a byte of the folded text came from; the end of the text for its end.
    fn original(&self, byte: usize, cell: usize) -> usize {
        match self.places.get(byte) {
            Some((owner, at)) if *owner as usize == cell => *at as usize,
            _ => self.cells[cell].cell.text.len(),
        }
    }

    /// The original text of a range of the folded text, cell by cell.
    fn pieces(&self, range: Range<usize>) -> impl Iterator<Item = (usize, Range<usize>)> + '_ {
        let (first, last) = match range.is_empty() {
            true => (1, 0),
            false => (self.cell_at(range.start), self.cell_at(range.end - 1)),
        };
        (first..=last).map(move |cell| {
            let start = if cell == first { self.original(range.start, cell) } else { 0 };
            let end = if cell == last { self.original(range.end, cell) } else { self.cells[cell].cell.text.len() };
            (cell, start..end)
        })
    }

    /// The original text of a range of the folded text, its cells joined.
    pub fn text(&self, range: Range<usize>) -> String {
        self.pieces(range).map(|(cell, piece)| one_line(&self.cells[cell].cell.text[piece])).collect()
    }

    /// The words of a range of the folded text.
    pub fn tokens(&self, range: Range<usize>) -> Vec<Token<'d>> {
        let mut tokens = Vec::new();
        for (cell, piece) in self.pieces(range) {
            let whole: &'d Cell = self.cells[cell].cell;
            let text = &whole.text[piece.clone()];
            for token in text.split_whitespace() {
                let at = piece.start + (token.as_ptr() as usize - text.as_ptr() as usize);
                tokens.push(Token {
                    text: token,
                    cell,
                    whole: whole.text.trim() == token,
                    glued: at > 0 && !whole.text[..at].ends_with(char::is_whitespace),
                });
            }
        }
        tokens
    }

    /// The location of a byte of the folded text in the user's file.
    pub fn location(&self, byte: usize) -> Option<Location> {
        let (cell, at) = *self.places.get(byte)?;
        let whole = self.cells[cell as usize].cell;
        Some(match &whole.at {
            Location::Text { line, column } => {
                Location::Text { line: *line, column: column + self.characters_before(cell as usize, at as usize) }
            }
            other => other.clone(),
        })
    }

    /// The location of a token in the user's file.
    pub fn token_location(&self, token: &Token<'_>) -> Location {
        let whole = self.cells[token.cell].cell;
        match &whole.at {
            Location::Text { line, column } => {
                let start = token.text.as_ptr() as usize - whole.text.as_ptr() as usize;
                Location::Text { line: *line, column: column + self.characters_before(token.cell, start) }
            }
            other => other.clone(),
        }
    }

    /// The number of characters in a cell before a byte of its text.
    fn characters_before(&self, cell: usize, at: usize) -> u32 {
        let text = self.cells[cell].cell.text.as_str();
        let (from, before) = match self.last_offset.get() {
            (last, from, before) if last == cell && from <= at => (from, before),
            _ => (0, 0),
        };
        let count = before + text.get(from..at).map_or(0, |text| text.chars().count() as u32);
        self.last_offset.set((cell, at, count));
        count
    }
}

/// The lines of a text joined, without their indents.
pub fn one_line(text: &str) -> String {
    if !text.contains('\n') {
        return text.trim().to_owned();
    }
    text.lines().map(str::trim).collect()
}

/// The number of cells of a part, and of bytes of their text.
fn size(part: &Part) -> (usize, usize) {
    match part {
        Part::Paragraph(cell) => (1, cell.text.len()),
        Part::Table(grid) => (grid.cells.len(), grid.cells.iter().map(|(_, cell)| cell.text.len()).sum()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn part(line: u32, text: &str) -> Part {
        Part::Paragraph(Cell::text(text, Location::Text { line, column: 1 }))
    }

    #[test]
    fn folded_bytes_keep_their_cell() {
        let parts = [part(1, "（一）收到 申请数 件"), part(2, ""), part(3, " 110")];
        let stream = Stream::new(parts.iter().enumerate());
        assert_eq!(stream.folded, "(一)收到申请数件110");
        let digits = stream.folded.find("110").unwrap();
        assert!(stream.starts_cell(digits));
        assert_eq!(stream.location(digits), Some(Location::Text { line: 3, column: 2 }));
        let unit = stream.folded.find('件').unwrap();
        let tokens = stream.tokens(unit..stream.folded.len());
        assert_eq!(tokens.iter().map(|token| token.text).collect::<Vec<_>>(), ["件", "110"]);
        assert_eq!(stream.token_location(&tokens[0]), Location::Text { line: 1, column: 11 });
        assert!(tokens[1].whole && !tokens[0].whole);
        assert_eq!(stream.text(0..unit), "（一）收到 申请数");
    }

    #[test]
    fn an_empty_stream_has_no_tokens() {
        let stream = Stream::new(std::iter::empty());
        assert!(stream.tokens(0..0).is_empty() && stream.location(0).is_none());
    }
}
