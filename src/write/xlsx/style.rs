//! How a cell of the worksheet looks: the few things that tell its style from another's.

use indexmap::IndexMap;
use rust_decimal::Decimal;
use rust_xlsxwriter::{Format, FormatAlign, FormatBorder};

use super::grid::{CELL_PADDING_PIXELS, TEXT_STRETCH, pixels};
use crate::layout::Align;
use crate::layout::text::{EastAsianWidth, text_width};
use crate::template::{FontRole, TextStyle};

/// GB 2312, which tells a program what to put in the cell of a font it does not have. Source: MS-WMF 2.1.1.5.
const CHARSET: u8 = 134;

/// Letters stacked from top to bottom. Source: ECMA-376 Part 1, 18.8.1, `textRotation` 255.
const VERTICAL: i16 = 270;

/// Significant digits that a workbook's number keeps.
const NUMBER_DIGITS: usize = 15;

/// The number format General shows whole numbers of up to this many digits unchanged.
const GENERAL_DIGITS: usize = 11;

/// The look of a cell.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct CellStyle {
    pub(super) text: TextStyle,
    pub(super) align: Align,
    /// Whether it has the borders of a table.
    pub(super) bordered: bool,
    /// Steps of its indent.
    pub(super) indent: u8,
    pub(super) presentation: Presentation,
}

/// How what a cell holds is set in it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Presentation {
    /// Text in as many lines as it needs.
    Wrapped,
    /// Text that runs down, a character a line.
    Vertical,
    /// A value, made smaller where its column is too narrow.
    Number(NumberFormat),
}

/// The number format of a value.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum NumberFormat {
    /// As a program shows numbers by itself.
    General,
    /// With this many decimals.
    Decimals(u32),
}

impl CellStyle {
    /// The same for what is set otherwise.
    pub(super) fn with(self, presentation: Presentation) -> Self {
        Self { presentation, ..self }
    }

    /// The style of it in a workbook whose fonts have these names.
    pub(super) fn format(&self, fonts: &IndexMap<FontRole, String>) -> Format {
        let mut format = Format::new().set_font_size(self.text.size).set_align(FormatAlign::VerticalCenter);
        if let Some(name) = fonts.get(&self.text.font) {
            // Roman or swiss: the other hint beside the character set.
            let family = if self.text.font == FontRole::Heading { 2 } else { 1 };
            format = format.set_font_name(name).set_font_charset(CHARSET).set_font_family(family);
        }
        format = format.set_align(match self.align {
            Align::Left => FormatAlign::Left,
            Align::Center => FormatAlign::Center,
            Align::Right => FormatAlign::Right,
        });
        if self.bordered {
            format = format.set_border(FormatBorder::Thin);
        }
        if self.indent > 0 {
            format = format.set_indent(self.indent);
        }
        match self.presentation {
            Presentation::Wrapped => format.set_text_wrap(),
            Presentation::Vertical => format.set_rotation(VERTICAL),
            Presentation::Number(number_format) => match number_format.pattern() {
                Some(pattern) => format.set_num_format(pattern).set_shrink(),
                None => format.set_shrink(),
            },
        }
    }
}

impl NumberFormat {
    /// The format under which a number prints with its digits in a column of a width in pixels.
    ///
    /// General follows what a clerk types later on, so it is left wherever it shows the same.
    pub(super) fn of(number: Decimal, width: f64, style: TextStyle) -> Self {
        let text = number.to_string();
        let needed = pixels(text_width(&text, style, &EastAsianWidth) * TEXT_STRETCH) + CELL_PADDING_PIXELS;
        match number.scale() {
            0 if text.len() <= GENERAL_DIGITS && needed <= width => Self::General,
            scale => Self::Decimals(scale),
        }
    }

    /// Its pattern; none for General. Source: ECMA-376 Part 1, 18.8.30.
    pub(super) fn pattern(self) -> Option<String> {
        match self {
            Self::General => None,
            Self::Decimals(0) => Some("0".to_owned()),
            Self::Decimals(scale) => Some(format!("0.{}", "0".repeat(scale as usize))),
        }
    }
}

/// Whether a workbook's number keeps all digits.
pub(super) fn fits_a_number(number: Decimal) -> bool {
    let digits = number.mantissa().unsigned_abs();
    // Most values are short, and need no digit taken off to see it.
    digits < 10u128.pow(NUMBER_DIGITS as u32)
        || number.normalize().mantissa().unsigned_abs().to_string().trim_end_matches('0').len() <= NUMBER_DIGITS
}

/// The number that a workbook holds: the nearest float to the decimal digits.
///
/// The conversion of rust_decimal may be off by one unit.
pub(super) fn float(number: Decimal) -> f64 {
    number.to_string().parse().unwrap_or_default()
}
