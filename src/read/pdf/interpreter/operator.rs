//! The operators of content streams. Source: ISO 32000-1, annex A.

use hayro_syntax::object::dict::Dict;
use hayro_syntax::object::stream::Stream;
use hayro_syntax::object::{Name, Object};
use hayro_syntax::page::Resources;

use super::Interpreter;
use crate::error::Result;
use crate::limit::{RULINGS, too_large};
use crate::read::page::Matrix;

/// The operands of an operator.
type Operands<'o, 'd> = [&'o Object<'d>];

/// The numbers among some operands.
fn numbers(operands: &Operands<'_, '_>) -> Vec<f64> {
    let number = |object: &&Object<'_>| match object {
        Object::Number(number) => Some(number.as_f64()),
        _ => None,
    };
    operands.iter().filter_map(number).collect()
}

fn name<'o, 'd>(operands: &Operands<'o, 'd>) -> Option<&'o Name<'d>> {
    operands.iter().find_map(|object| if let Object::Name(name) = object { Some(name) } else { None })
}

impl<'a> Interpreter<'_, '_, 'a> {
    /// Carries out one operator. Unknown ones do nothing.
    pub(super) fn operator(
        &mut self,
        operator: &[u8],
        operands: &Operands<'_, '_>,
        resources: &Resources<'a>,
        floor: usize,
    ) -> Result<()> {
        match operator {
            b"q" => self.save()?,
            b"Q" => self.restore(floor),
            b"Do" => {
                if let Some(name) = name(operands)
                    && let Some(object) = resources.x_objects.get::<Stream<'a>>(name)
                {
                    self.object(&object, resources)?;
                }
            }
            b"BI" => {
                if let Some(Object::Stream(image)) = operands.last() {
                    self.image(image.dict())?;
                }
            }
            b"BDC" => self.begin_mark(operands.first().copied(), operands.get(1).copied(), resources),
            b"BMC" => self.begin_mark(None, None, resources),
            b"EMC" => drop(self.marks.pop()),
            b"gs" => {
                if let Some(dict) = name(operands).and_then(|name| resources.ext_g_states.get::<Dict<'a>>(name)) {
                    self.set_state(&dict)?;
                }
            }
            _ => {
                let is_done = self.path_operator(operator, &numbers(operands))?
                    || self.text_operator(operator, operands, resources)?;
                if !is_done {
                    self.color_operator(operator, operands, resources);
                }
            }
        }
        Ok(())
    }

    /// An operator that moves the coordinates, or builds or paints a path. False for all others.
    fn path_operator(&mut self, operator: &[u8], numbers: &[f64]) -> Result<bool> {
        let ctm = self.state.ctm;
        match (operator, numbers) {
            (b"cm", [a, b, c, d, e, f]) => self.state.ctm = Matrix([*a, *b, *c, *d, *e, *f]).then(&ctm),
            (b"w", [width]) => self.state.line_width = *width,
            (b"m", [x, y]) => self.path.start(ctm.point(*x, *y)),
            (b"l", [x, y]) => self.path.line(ctm.point(*x, *y)),
            (b"c", [.., x, y]) | (b"v" | b"y", [.., x, y]) => self.path.curve(ctm.point(*x, *y)),
            (b"h", _) => self.path.close(),
            (b"re", [x, y, width, height]) => {
                self.path.start(ctm.point(*x, *y));
                for (x, y) in [(x + width, *y), (x + width, y + height), (*x, y + height)] {
                    self.path.line(ctm.point(x, y));
                }
                self.path.close();
            }
            (b"W" | b"W*", _) => self.path.clips = true,
            (b"n", _) => self.paint(false, false)?,
            (b"S", _) => self.paint(false, true)?,
            (b"s", _) => {
                self.path.close();
                self.paint(false, true)?;
            }
            (b"f" | b"F" | b"f*", _) => self.paint(true, false)?,
            (b"B" | b"B*", _) => self.paint(true, true)?,
            (b"b" | b"b*", _) => {
                self.path.close();
                self.paint(true, true)?;
            }
            _ => return Ok(false),
        }
        if self.path.points > RULINGS {
            return Err(too_large("@format.many_rulings", RULINGS));
        }
        Ok(true)
    }

    /// An operator of text. False for all others.
    fn text_operator(
        &mut self,
        operator: &[u8],
        operands: &Operands<'_, '_>,
        resources: &Resources<'a>,
    ) -> Result<bool> {
        let numbers = numbers(operands);
        let text = &mut self.state.text;
        match (operator, numbers.as_slice()) {
            (b"BT", _) => self.text = super::TextPlace::default(),
            (b"ET", _) => {}
            (b"Tc", [space]) => text.char_space = *space,
            (b"Tw", [space]) => text.word_space = *space,
            (b"Tz", [percent]) => text.scale = percent / 100.0,
            (b"TL", [leading]) => text.leading = *leading,
            (b"Ts", [rise]) => text.rise = *rise,
            (b"Tr", [mode]) => text.mode = *mode as i64,
            (b"Tf", [.., size]) => {
                if let Some(name) = name(operands) {
                    self.set_font(name, *size, resources)?;
                }
            }
            (b"Td", [x, y]) => self.text.next_line(*x, *y),
            (b"TD", [x, y]) => {
                text.leading = -y;
                self.text.next_line(*x, *y);
            }
            (b"Tm", [a, b, c, d, e, f]) => {
                let matrix = Matrix([*a, *b, *c, *d, *e, *f]);
                (self.text.matrix, self.text.line) = (matrix, matrix);
            }
            (b"T*", _) => self.text.next_line(0.0, -self.state.text.leading),
            (b"Tj", _) => self.show(operands)?,
            (b"TJ", _) => {
                if let Some(Object::Array(list)) = operands.last() {
                    let items: Vec<Object<'_>> = list.iter::<Object<'_>>().collect();
                    self.show(&items.iter().collect::<Vec<_>>())?;
                }
            }
            (b"'" | b"\"", numbers) => {
                if let [word, char] = numbers {
                    (text.word_space, text.char_space) = (*word, *char);
                }
                self.text.next_line(0.0, -self.state.text.leading);
                self.show(&operands[operands.len().saturating_sub(1)..])?;
            }
            _ => return Ok(false),
        }
        Ok(true)
    }

    /// An operator that sets a color. Does nothing for all others.
    fn color_operator(&mut self, operator: &[u8], operands: &Operands<'_, '_>, resources: &Resources<'a>) {
        let is_stroke = operator.first().is_some_and(u8::is_ascii_uppercase);
        let paint = if is_stroke { &mut self.state.stroke } else { &mut self.state.fill };
        match operator {
            b"G" | b"g" | b"RG" | b"rg" | b"K" | b"k" => paint.device(&numbers(operands)),
            b"CS" | b"cs" => {
                if let Some(name) = name(operands) {
                    paint.space(name, &resources.color_spaces);
                }
            }
            b"SC" | b"sc" | b"SCN" | b"scn" => paint.components(&numbers(operands)),
            _ => {}
        }
    }
}
