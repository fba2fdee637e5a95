//! Reads the text boxes and other shapes with text that lie over a worksheet.
//!
//! In: the parts of a package. Out: the lines of each shape. Called by [`super::read`]. Source: ECMA-376 Part 1, 20.5.2.33
//! `xdr:txBody`; of `mc:Choice` and `mc:Fallback`, which hold the same shape, only the first is read.

use crate::document::CellRef;
use crate::error::Result;
use crate::limit::CellBudget;

use super::events::{Event, Events};
use super::package::Package;

/// A shape with text: the cell below its upper left corner, and its lines.
#[derive(Debug, Default, PartialEq, Eq)]
pub(in crate::read) struct Shape {
    pub sheet: String,
    pub at: CellRef,
    pub lines: Vec<String>,
}

/// What lies over the worksheets of a workbook.
#[derive(Default)]
pub(in crate::read) struct Drawings {
    pub shapes: Vec<Shape>,
    pub pictures: usize,
    budget: CellBudget,
}

impl Drawings {
    /// Adds what lies over a worksheet. A damaged drawing has the shapes before its error.
    pub(super) fn read(&mut self, package: &mut Package<'_>, part: &str, sheet: &str) -> Result<()> {
        if !package.has_relationships(part) {
            return Ok(());
        }
        let targets = package.relationships(part).unwrap_or_default();
        for drawing in targets.iter().filter(|target| target.is("drawing")) {
            if let Some(text) = package.part(&drawing.target)? {
                self.shapes(&text, sheet)?;
            }
        }
        Ok(())
    }

    fn shapes(&mut self, text: &[u8], sheet: &str) -> Result<()> {
        let mut events = Events::of(text);
        let mut shape = Shape::default();
        let (mut line, mut place, mut number) = (String::new(), CellRef::default(), String::new());
        let (mut in_text, mut in_body, mut in_from, mut fallback) = (false, false, false, 0usize);
        while let Ok(event) = events.next() {
            match event {
                Event::Start(element) if fallback > 0 || element.name == b"Fallback" => fallback += 1,
                Event::End(_) if fallback > 0 => fallback -= 1,
                Event::Eof => break,
                _ if fallback > 0 => {}
                Event::Start(element) => match element.name {
                    b"from" => (in_from, place) = (true, CellRef::default()),
                    b"txBody" => {
                        in_body = true;
                        shape = Shape { sheet: sheet.to_owned(), at: place, lines: Vec::new() };
                    }
                    b"t" => in_text = in_body,
                    b"blip" => self.pictures += 1,
                    b"br" | b"p" if in_body => end_line(&mut line, &mut shape, &mut self.budget)?,
                    _ => {}
                },
                Event::Text(text) if in_text => {
                    self.budget.check_text(line.len() + text.len())?;
                    line.push_str(&text);
                }
                Event::Text(text) if in_from && number.len() < 20 => number.push_str(text.trim()),
                Event::End(name) => {
                    let digits = std::mem::take(&mut number);
                    match name {
                        b"row" if in_from => place.row = digits.parse().unwrap_or(0),
                        b"col" if in_from => place.column = digits.parse().unwrap_or(0),
                        b"from" => in_from = false,
                        b"t" => in_text = false,
                        b"txBody" => {
                            end_line(&mut line, &mut shape, &mut self.budget)?;
                            in_body = false;
                            if !shape.lines.is_empty() {
                                self.shapes.push(std::mem::take(&mut shape));
                            }
                        }
                        _ => {}
                    }
                }
                _ => {}
            }
        }
        Ok(())
    }
}

fn end_line(line: &mut String, shape: &mut Shape, budget: &mut CellBudget) -> Result<()> {
    if !line.trim().is_empty() {
        budget.take_text(line.len())?;
        shape.lines.push(std::mem::take(line));
    }
    line.clear();
    Ok(())
}
