//! The encodings of text files that options and messages name.

use encoding_rs::{BIG5, Encoding, GB18030, GBK, UTF_8, UTF_16BE, UTF_16LE};

use crate::error::{Error, ErrorKind, Result};

/// An encoding by its WHATWG label.
struct Labelled {
    label: &'static str,
    encoding: &'static Encoding,
    /// Whether CSV can be written in it. Separators, quotes and line ends must be the same bytes as in ASCII, and no
    /// part of another character, which Big5 and UTF-16 do not give.
    written: bool,
}

const fn labelled(label: &'static str, encoding: &'static Encoding, written: bool) -> Labelled {
    Labelled { label, encoding, written }
}

/// The encodings of Chinese text files. Others that the WHATWG names can be read as well.
static ENCODINGS: [Labelled; 7] = [
    labelled("utf-8", UTF_8, true),
    labelled("gb18030", GB18030, true),
    labelled("gbk", GBK, true),
    labelled("gb2312", GBK, false),
    labelled("utf-16le", UTF_16LE, false),
    labelled("utf-16be", UTF_16BE, false),
    labelled("big5", BIG5, false),
];

/// The encoding to read that a label names.
///
/// # Errors
/// [`ErrorKind::UnknownEncoding`] with the labels of [`ENCODINGS`].
pub(crate) fn to_read(label: &str) -> Result<&'static Encoding> {
    Encoding::for_label_no_replacement(label.trim().as_bytes())
        .ok_or_else(|| Error::new(ErrorKind::UnknownEncoding { wanted: label.to_owned(), found: labels(|_| true) }))
}

/// The encoding to write that a label names; UTF-8 without a label.
///
/// # Errors
/// [`ErrorKind::EncodingNotFound`] with the labels that can be written.
pub(crate) fn to_write(label: Option<&str>) -> Result<&'static Encoding> {
    let Some(label) = label else { return Ok(UTF_8) };
    let is_written = |encoding: &&Encoding| ENCODINGS.iter().any(|known| known.written && known.encoding == *encoding);
    Encoding::for_label(label.as_bytes()).filter(is_written).ok_or_else(|| {
        let found = labels(|known| known.written);
        Error::new(ErrorKind::EncodingNotFound { wanted: label.to_owned(), found })
    })
}

fn labels(listed: impl Fn(&Labelled) -> bool) -> Vec<String> {
    ENCODINGS.iter().filter(|known| listed(known)).map(|known| known.label.to_owned()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::message::Lang;

    #[test]
    fn labels_name_what_can_be_read_or_written() {
        assert_eq!(to_read(" gb2312 ").unwrap(), GBK);
        assert_eq!(to_read("shift_jis").unwrap(), encoding_rs::SHIFT_JIS);
        assert_eq!(to_write(Some("GB2312")).unwrap(), GBK);
        assert_eq!(to_write(None).unwrap(), UTF_8);
        for label in ["big5", "utf-16le", "nonsense"] {
            let error = to_write(Some(label)).unwrap_err();
            assert!(matches!(error.kind(), ErrorKind::EncodingNotFound { .. }));
            let message = error.message(Lang::EN);
            assert!(message.contains("utf-8, gb18030, gbk") && message.contains(label), "{message}");
        }
        assert!(to_read("nonsense").unwrap_err().message(Lang::EN).contains("gb18030, gbk, gb2312, utf-16le"));
    }
}
