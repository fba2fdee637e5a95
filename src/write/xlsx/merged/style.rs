//! How cells style in the worksheets that have no official form.

use rust_xlsxwriter::{Format, FormatAlign, FormatBorder};
use rustc_hash::FxHashMap;

use super::super::package::PackageError;
use crate::merge::{Cell, Merged};
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
    /// Lines of text, indented by so many steps.
    Text(u8),
    Centered,
    /// A heading over rows, indented by so many steps.
    Heading(u8),
    /// What an organization left blank.
    Blank,
    /// What cannot be added.
    Open,
    /// A figure with so many decimals.
    Figure(u32),
    /// A total with so many decimals.
    Total(u32),
    /// A total that stays open, with so many decimals.
    OpenTotal(u32),
}

impl ListStyle {
    /// All that a workbook of these organizations may need.
    pub(super) fn all(merged: &Merged) -> Vec<Self> {
        let totals = merged.totals.iter().chain(merged.extra.iter().map(|row| &row.total));
        let cells = totals.flat_map(|total| total.cells.iter().filter_map(number).chain(total.cell.number()));
        let decimals = cells.map(|number| number.scale()).max().unwrap_or(0);
        let mut all = vec![Self::Title, Self::Remark, Self::Head, Self::Centered, Self::Blank, Self::Open];
        all.extend((0..=DEEPEST).flat_map(|depth| [Self::Text(depth), Self::Heading(depth)]));
        all.extend((0..=decimals).flat_map(|scale| [Self::Figure(scale), Self::Total(scale), Self::OpenTotal(scale)]));
        all
    }

    /// The style of it in a workbook of a form.
    pub(super) fn format(self, template: &Template) -> Format {
        let font = |role: FontRole| match template.workbook_fonts().get(&role) {
            Some(name) => Format::new().set_font_name(name),
            None => Format::new(),
        };
        let plain = |role| font(role).set_font_size(SIZE).set_align(FormatAlign::VerticalCenter);
        let cell = |role| plain(role).set_border(FormatBorder::Thin);
        let centered = cell(FontRole::Body).set_align(FormatAlign::Center);
        let figure = |scale: u32| match scale {
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
            Self::Figure(scale) => figure(scale),
            Self::Total(scale) => figure(scale).set_bold(),
            Self::OpenTotal(scale) => figure(scale).set_bold().set_background_color(OPEN),
        }
    }
}

fn number(cell: &Cell) -> Option<rust_decimal::Decimal> {
    match cell {
        Cell::Value(cell) => cell.number(),
        Cell::Foreign(number, _) => Some(*number),
        _ => None,
    }
}

/// The numbers of the styles' styles in a workbook.
pub(super) struct Styles(FxHashMap<ListStyle, u32>);

impl Styles {
    /// Of styles with their numbers, in one order.
    pub(super) fn new(styles: &[ListStyle], numbers: &[u32]) -> Result<Self, PackageError> {
        if styles.len() != numbers.len() {
            return Err(PackageError::Unexpected("styles"));
        }
        Ok(Self(styles.iter().copied().zip(numbers.iter().copied()).collect()))
    }

    /// The number of a style's style; that of a workbook's plain cells for one that it does not have.
    pub(super) fn of(&self, style: ListStyle) -> u32 {
        self.0.get(&style).copied().unwrap_or_default()
    }
}
