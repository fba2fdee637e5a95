//! Detects how styles show numbers: which are dates, have a unit or are scaled, and which cells are struck out.
//!
//! In: the styles part. Out: a [`CellStyle`] for each cell style. Called by [`super::read`]. Source: ECMA-376 Part 1,
//! 18.8.22 `font`, 18.8.30 `numFmt`, 18.8.45 `xf`.

mod code;

use std::collections::BTreeMap;

use crate::error::Result;

use super::error::ends_early;
use super::events::{Event, Events, whole_number};
pub(super) use code::CellFormat;

/// The style of a cell.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct CellStyle {
    pub(super) format: CellFormat,
    pub(super) struck: bool,
}

impl CellStyle {
    /// Whether the cell is hidden, and whether it is struck out.
    pub(super) fn left_out(&self) -> (bool, bool) {
        (self.format == CellFormat::Hidden, self.struck)
    }
}

/// All cell styles, in the order of the indices that cells use.
pub(super) fn cell_styles(part: &[u8]) -> Result<Vec<CellStyle>> {
    let mut events = Events::of(part);
    let mut own: BTreeMap<u32, CellFormat> = BTreeMap::new();
    let (mut fonts, mut styles) = (Vec::new(), Vec::new());
    let mut within: &[u8] = b"";
    loop {
        match events.next()? {
            Event::Start(element) => {
                let number = |name| element.raw_attribute(name).and_then(whole_number::<u32>);
                let id = || number(b"numFmtId");
                match element.name {
                    // Other lists have elements of the same names that are not cell formats.
                    list @ (b"numFmts" | b"fonts" | b"cellXfs") => within = list,
                    b"numFmt" if within == b"numFmts" => {
                        let code = element.attribute(b"formatCode");
                        own.extend(id().zip(code.map(|code| of_code(&code))));
                    }
                    b"font" if within == b"fonts" => fonts.push(false),
                    b"strike" if within == b"fonts" => {
                        let is_on = !matches!(element.raw_attribute(b"val"), Some(b"0" | b"false" | b"off"));
                        fonts.last_mut().into_iter().for_each(|struck| *struck = is_on);
                    }
                    b"xf" if within == b"cellXfs" => {
                        let id = id().unwrap_or(0);
                        let font = number(b"fontId").and_then(|font| fonts.get(font as usize).copied());
                        let format = own.get(&id).cloned().unwrap_or_else(|| built_in(id));
                        styles.push(CellStyle { format, struck: font.unwrap_or(false) });
                    }
                    _ => {}
                }
            }
            Event::End(name) => match name {
                b"cellXfs" | b"styleSheet" => return Ok(styles),
                b"numFmts" | b"fonts" => within = b"",
                _ => {}
            },
            Event::Eof => return Err(ends_early()),
            _ => {}
        }
    }
}

/// The built-in formats. From 27 on, they are dates in East Asian programs.
fn built_in(id: u32) -> CellFormat {
    match id {
        14..=22 | 27..=36 | 45 | 47 | 50..=58 => CellFormat::Date,
        46 => CellFormat::Duration,
        9 | 10 => CellFormat::Percent,
        _ => CellFormat::Number,
    }
}

/// The format that a format code gives to positive numbers.
///
/// A letter of dates outside literal text makes it a date. Hours, minutes or seconds in brackets make it a duration.
fn of_code(code: &str) -> CellFormat {
    // Empty sections for positive numbers, negative ones, zero and text.
    if code == ";;;" {
        return CellFormat::Hidden;
    }
    let mut characters = code.chars();
    while let Some(character) = characters.next() {
        match character.to_ascii_lowercase() {
            // The next character is literal, a space of that width, or repeated.
            '\\' | '_' | '*' => drop(characters.next()),
            '"' => drop(characters.find(|character| *character == '"')),
            '[' => {
                let inner: String = characters.by_ref().take_while(|character| *character != ']').collect();
                let inner = inner.to_ascii_lowercase();
                if ['h', 'm', 's'].iter().any(|unit| !inner.is_empty() && inner.chars().all(|letter| letter == *unit)) {
                    return CellFormat::Duration;
                }
            }
            ';' => break,
            'd' | 'm' | 'h' | 'y' | 's' => return CellFormat::Date,
            // A/P, the short form of AM/PM.
            'a' if characters.as_str().starts_with('/') => return CellFormat::Date,
            _ => {}
        }
    }
    code::of_number(code)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_say_whether_a_number_is_a_date() {
        use CellFormat::{Date, Duration, Number, Percent};
        let between = |before: &str, after: &str| CellFormat::Between(before.into(), after.into());
        let other = |code: &str| CellFormat::Other(code.into());
        for (code, format) in [
            ("General", Number),
            ("0.00%", Percent),
            ("#,##0.00_);[Red](#,##0.00)", Number),
            ("0\"days\"", between("", "days")),
            ("0\\d", between("", "d")),
            ("\"约\"#,##0.00 \"元\"_);\"负\"0", between("约", "元")),
            ("General\"件\"", between("", "件")),
            ("G/通用格式", Number),
            ("_ * #,##0.00_ ;_ * \\-#,##0.00_ ", Number),
            ("[$¥-804]#,##0.00", Number),
            ("# ?/?", Number),
            ("0.00E+00", Number),
            ("0!.0,\"万元\"", other("0!.0,\"万元\"")),
            ("0\".\"0000", other("0\".\"0000")),
            ("#,##0,", other("#,##0,")),
            ("0,.0", other("0,.0")),
            ("0\"0\"", other("0\"0\"")),
            ("\"无\"", other("\"无\"")),
            ("[DBNum1]0", Number),
            ("0;yyyy", Number),
            ("yyyy\"年\"m\"月\"d\"日\"", Date),
            ("[$-804]yyyy年m月", Date),
            ("h:mm AM/PM", Date),
            ("A/P", Date),
            ("YYYY/MM/DD;@", Date),
            ("[h]:mm:ss", Duration),
            ("[Blue]\\+[mm]", Duration),
            ("\"open", other("\"open")),
            ("[open", Number),
        ] {
            assert_eq!(of_code(code), format, "{code}");
        }
    }

    #[test]
    fn only_the_styles_of_cells_count() {
        let styles = r#"<x:styleSheet xmlns:x="a"><x:numFmts><x:numFmt numFmtId="164" formatCode="yyyy&quot;年&quot;"/></x:numFmts>
            <x:cellStyleXfs><x:xf numFmtId="14"/></x:cellStyleXfs>
            <x:cellXfs><x:xf numFmtId="0"/><x:xf numFmtId="164"/><x:xf/><x:xf numFmtId="46"/><x:xf numFmtId="57"/></x:cellXfs></x:styleSheet>"#;
        use CellFormat::{Date, Duration, Number};
        let formats: Vec<_> = cell_styles(styles.as_bytes()).unwrap().into_iter().map(|style| style.format).collect();
        assert_eq!(formats, [Number, Date, Number, Duration, Date]);
        assert!(cell_styles(b"<styleSheet><cellXfs>").is_err());
    }
}
