//! Detects which numbers are dates, by the number format of their style.
//!
//! In: the styles part. Out: a [`CellFormat`] for each cell style. Called by [`super::read`]. Source: ECMA-376 Part 1,
//! 18.8.30 `numFmt`, 18.8.45 `xf`.

use std::collections::BTreeMap;

use crate::error::Result;

use super::error::ends_early;
use super::events::{Event, Events, whole_number};

/// How to print the numbers of a cell.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) enum CellFormat {
    /// As numbers.
    #[default]
    Number,
    /// As a date, a time of day or both. The number counts days since the epoch.
    Date,
    /// As a length of time in days.
    Duration,
}

/// The formats of all cell styles, in the order of the indices that cells use.
pub(super) fn formats(styles: &[u8]) -> Result<Vec<CellFormat>> {
    let mut events = Events::of(styles);
    let mut own: BTreeMap<u32, CellFormat> = BTreeMap::new();
    let mut formats = Vec::new();
    let mut within: &[u8] = b"";
    loop {
        match events.next()? {
            Event::Start(element) => {
                let id = || element.raw_attribute(b"numFmtId").and_then(whole_number);
                match element.name {
                    // Other lists have elements of the same names that are not cell formats.
                    list @ (b"numFmts" | b"cellXfs") => within = list,
                    b"numFmt" if within == b"numFmts" => {
                        let code = element.attribute(b"formatCode");
                        own.extend(id().zip(code.map(|code| of_code(&code))));
                    }
                    b"xf" if within == b"cellXfs" => {
                        let id = id().unwrap_or(0);
                        formats.push(own.get(&id).copied().unwrap_or_else(|| built_in(id)));
                    }
                    _ => {}
                }
            }
            Event::End(name) => match name {
                b"cellXfs" | b"styleSheet" => return Ok(formats),
                b"numFmts" => within = b"",
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
        _ => CellFormat::Number,
    }
}

/// The format that a format code gives to positive numbers.
///
/// A letter of dates outside literal text makes it a date. Hours, minutes or seconds in brackets make it a duration.
fn of_code(code: &str) -> CellFormat {
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
            ';' => return CellFormat::Number,
            'd' | 'm' | 'h' | 'y' | 's' => return CellFormat::Date,
            // A/P, the short form of AM/PM.
            'a' if characters.as_str().starts_with('/') => return CellFormat::Date,
            _ => {}
        }
    }
    CellFormat::Number
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_say_whether_a_number_is_a_date() {
        use CellFormat::{Date, Duration, Number};
        for (code, format) in [
            ("General", Number),
            ("0.00%", Number),
            ("#,##0.00_);[Red](#,##0.00)", Number),
            ("0\"days\"", Number),
            ("0\\d", Number),
            ("[DBNum1]0", Number),
            ("0;yyyy", Number),
            ("yyyy\"年\"m\"月\"d\"日\"", Date),
            ("[$-804]yyyy年m月", Date),
            ("h:mm AM/PM", Date),
            ("A/P", Date),
            ("YYYY/MM/DD;@", Date),
            ("[h]:mm:ss", Duration),
            ("[Blue]\\+[mm]", Duration),
            ("\"open", Number),
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
        assert_eq!(formats(styles.as_bytes()).unwrap(), [Number, Date, Number, Duration, Date]);
        assert!(formats(b"<styleSheet><cellXfs>").is_err());
    }
}
