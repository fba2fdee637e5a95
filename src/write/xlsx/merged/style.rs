//! The styles of cells in the worksheets that have no official form.

use rust_xlsxwriter::{Format, FormatAlign, FormatBorder};

use crate::template::{FontRole, Template};

/// Size of the text, in points.
pub(super) const SIZE: f64 = 10.0;

/// What stands out: a blank, and what cannot be added.
const BLANK: u32 = 0x00FF_F2CC;
const OPEN: u32 = 0x00F8_CBAD;
const HEAD: u32 = 0x00F2_F2F2;

/// The deepest indent that is shown.
pub(super) const DEEPEST: u8 = 8;

/// The style of a cell.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) enum ListStyle {
    Title,
    Remark,
    Head,
    /// Lines of text, with the steps of its indent.
    Text(u8),
    Centered,
    /// A heading over rows, with the steps of its indent.
    Heading(u8),
    /// What an organization left blank.
    Blank,
    /// What cannot be added.
    Open,
    /// A number, with its decimals.
    Value(u32),
    /// A total, with its decimals.
    Total(u32),
    /// A total that stays open, with its decimals.
    OpenTotal(u32),
}

impl ListStyle {
    /// Its format in a workbook of a template.
    pub(super) fn format(self, template: &Template) -> Format {
        let font = |role: FontRole| match template.workbook_fonts().get(&role) {
            Some(name) => Format::new().set_font_name(name),
            None => Format::new(),
        };
        let plain = |role| font(role).set_font_size(SIZE).set_align(FormatAlign::VerticalCenter);
        let cell = |role| plain(role).set_border(FormatBorder::Thin);
        let centered = cell(FontRole::Body).set_align(FormatAlign::Center);
        let value = |scale: u32| match scale {
            0 => centered.clone().set_shrink(),
            scale => centered.clone().set_shrink().set_num_format(format!("0.{}", "0".repeat(scale as usize))),
        };
        match self {
            Self::Title => font(FontRole::Title).set_font_size(16.0).set_align(FormatAlign::VerticalCenter),
            Self::Remark => plain(FontRole::Body),
            Self::Head => {
                let header = cell(FontRole::Heading).set_align(FormatAlign::Center);
                header.set_text_wrap().set_background_color(HEAD)
            }
            Self::Text(0) => cell(FontRole::Body).set_text_wrap(),
            Self::Text(depth) => cell(FontRole::Body).set_text_wrap().set_indent(depth),
            Self::Centered => centered,
            Self::Heading(0) => cell(FontRole::Heading),
            Self::Heading(depth) => cell(FontRole::Heading).set_indent(depth),
            Self::Blank => centered.set_background_color(BLANK),
            Self::Open => centered.set_background_color(OPEN),
            Self::Value(scale) => value(scale),
            Self::Total(scale) => value(scale).set_bold(),
            Self::OpenTotal(scale) => value(scale).set_bold().set_background_color(OPEN),
        }
    }
}
