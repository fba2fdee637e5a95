//! Reads web archives (mht), as Word, Excel and browsers save them, and the text of mail.
//!
//! In: the bytes of a MIME message. Out: the parts of its pages in order, or of its text if there is no page. Called by
//! [`crate::read`]. `mail-parser` parses the message, [`super::html`] reads the pages and [`super::text`] the text. Source:
//! RFC 2557, RFC 2045.

use mail_parser::decoders::base64::base64_decode;
use mail_parser::decoders::quoted_printable::quoted_printable_decode;
use mail_parser::{Encoding, MessageParser, MessagePart, MimeHeaders, PartType};

use crate::error::{Error, ErrorKind, Result};

use super::body::Body;
use super::{Format, decode, html, limit, text};
use crate::read::format::{FormatInfo, FormatReader, Pages, parts_read};

pub(super) const FORMAT: FormatInfo = FormatInfo {
    name: "mht",
    extensions: &["mht", "mhtml"],
    any_text: false,
    parts: &parts_read::PAGE,
    reader: FormatReader::Mime(read),
};

/// The most MIME parts that are read.
const PARTS: usize = 2000;

/// The most nested messages. The parser recurses into each.
const MESSAGES: usize = 50;

/// Reads all pages of a web archive. If Excel saved it, each worksheet is a page. Without a page, reads the text of a mail.
///
/// # Errors
/// [`ErrorKind::NotATable`] without a page and text; [`ErrorKind::Corrupt`] if the transfer encoding of a page is invalid;
/// otherwise as [`html::read`].
pub(super) fn read(bytes: &[u8]) -> Result<Pages> {
    check_size(bytes)?;
    let message = MessageParser::default().parse(bytes);
    let title = message.as_ref().and_then(|message| message.subject()).map(str::to_owned);
    let parts = || message.iter().flat_map(|message| &message.parts).take(PARTS);
    let mut body = Body::default();
    let mut encoding = None;
    let mut size = 0usize;
    for page in parts().filter(|part| is_page(part)) {
        let decoded = decoded(page, bytes, None)?;
        size = size.saturating_add(decoded.text.len());
        if size > limit::TEXT {
            return Err(limit::too_large(limit::megabytes(size as u64), limit::megabytes(limit::TEXT as u64)));
        }
        if encoding.is_none() {
            body.findings.extend(decoded.findings);
        }
        encoding.get_or_insert(decoded.encoding);
        html::read_into(&decoded.text, &mut body)?;
    }
    if let Some(encoding) = encoding {
        return Ok((body.end()?, encoding, title));
    }
    let mut whole = String::new();
    let mut findings = Vec::new();
    for part in parts().filter(|part| is_text(part)) {
        let charset = part.content_type().and_then(|kind| kind.attribute("charset"));
        let decoded = decoded(part, bytes, charset)?;
        findings.extend(decoded.findings);
        encoding.get_or_insert(decoded.encoding);
        whole += &decoded.text;
        whole.push('\n');
    }
    let encoding = encoding.filter(|_| !whole.trim().is_empty());
    let encoding = encoding.ok_or_else(|| Error::new(ErrorKind::NotATable { found: "@format.mail".to_owned() }))?;
    let (parts, more) = text::read(&whole)?;
    findings.extend(more);
    Ok(((parts, findings), encoding, title))
}

/// The text of a part, in the encoding that its header names if that fits. A page names its own.
fn decoded(part: &MessagePart<'_>, bytes: &[u8], charset: Option<&str>) -> Result<decode::Decoded> {
    let raw = bytes.get(part.offset_body as usize..part.offset_end as usize).unwrap_or_default();
    let raw = match part.encoding {
        Encoding::None => Some(raw.to_vec()),
        Encoding::QuotedPrintable => quoted_printable_decode(raw),
        Encoding::Base64 => base64_decode(raw),
    };
    let raw = raw.ok_or_else(|| Error::corrupt(Format::Mht.word(), "@detail.structure"))?;
    let named = charset.and_then(|charset| decode::decode(&raw, Some(charset)).ok());
    named.map_or_else(|| decode::decode(&raw, None), Ok)
}

/// Rejects a message with too many parts or header lines before it is parsed.
pub(super) fn check_size(bytes: &[u8]) -> Result<()> {
    let (mut lines, mut messages, mut in_head) = (0usize, 0usize, true);
    for line in bytes.split(|byte| *byte == b'\n').map(<[u8]>::trim_ascii) {
        let opens = line.starts_with(b"--") && !line.starts_with(b"-->");
        lines += usize::from(in_head || opens);
        in_head = opens || (in_head && !line.is_empty());
        let holds = |kind: &[u8]| line.windows(kind.len()).any(|found| found.eq_ignore_ascii_case(kind));
        messages += usize::from(holds(b"rfc822") || holds(b"/global"));
        if lines > limit::MAIL_LINES || messages > MESSAGES {
            return Err(limit::too_large("@format.many_parts", limit::MAIL_LINES));
        }
    }
    Ok(())
}

/// Whether a part is a page to read. The tab strip that Excel adds to a workbook is not.
fn is_page(part: &MessagePart<'_>) -> bool {
    let location = part.content_location().unwrap_or_default().to_ascii_lowercase();
    part.is_content_type("text", "html") && !location.contains("tabstrip.htm")
}

/// Whether a part is text of the mail, not a file attached to it.
fn is_text(part: &MessagePart<'_>) -> bool {
    let is_plain = matches!(part.body, PartType::Text(_)) && part.content_location().is_none();
    let is_attached = part.content_disposition().is_some_and(|kind| kind.is_attachment());
    is_plain && !is_attached && part.attachment_name().is_none()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::document::Part;

    fn message(parts: &[(&str, &str)]) -> Vec<u8> {
        let mut out = "MIME-Version: 1.0\r\nContent-Type: multipart/related; boundary=\"b\"\r\n\r\n说明\r\n".to_owned();
        for (head, body) in parts {
            out += &format!("--b\r\n{head}\r\n\r\n{body}\r\n");
        }
        (out + "--b--\r\n").into_bytes()
    }

    #[test]
    fn the_sheets_of_a_workbook_are_read_in_order() {
        let bytes = message(&[
            ("Content-Type: text/html", "<html><frameset><frame src=sheet001.htm></frameset></html>"),
            ("Content-Location: a/tabstrip.htm\r\nContent-Type: text/html", "<table><tr><td>Sheet1<td>Sheet2</table>"),
            (
                "Content-Location: a/sheet001.htm\r\nContent-Transfer-Encoding: base64\r\nContent-Type: text/html",
                "PHRhYmxlPjx0cj48dGQ+QTx0ZD4xPC90YWJsZT4=",
            ),
            (
                "Content-Transfer-Encoding: quoted-printable\r\nContent-Type: text/html; charset=3D\"gb2312\"",
                "<meta charset=3Dgb2312><table><tr><td>=BC=D7=\r\n=D2=D2<td>2</table>",
            ),
        ]);
        let ((parts, _), _, _) = read(&bytes).unwrap();
        let texts = |part: &Part| match part {
            Part::Table(grid) => grid.cells.iter().map(|(_, cell)| format!("{} {}", cell.at, cell.text)).collect(),
            _ => vec![],
        };
        let expected = [
            ["table 1, row 1, cell 1 A", "table 1, row 1, cell 2 1"],
            ["table 2, row 1, cell 1 甲乙", "table 2, row 1, cell 2 2"],
        ];
        assert_eq!(parts.iter().map(texts).collect::<Vec<_>>(), expected);
    }

    #[test]
    fn a_message_without_a_page_is_refused() {
        let kind = |bytes: &[u8]| read(bytes).unwrap_err().into_kind().name();
        assert_eq!(kind(&message(&[("Content-Type: image/png", "x")])), "not_a_table");
        assert_eq!(kind(&message(&[("Content-Type: text/html", "<p> ")])), "empty");
        assert_eq!(kind(b""), "not_a_table");
    }

    #[test]
    fn the_text_of_a_mail_is_read_if_it_has_no_page() {
        let text = |text: &str| {
            ("Content-Type: text/plain; charset=gb2312\r\nContent-Transfer-Encoding: quoted-printable", text.to_owned())
        };
        let mail = |parts: &[(&str, String)]| {
            let parts: Vec<(&str, &str)> = parts.iter().map(|(head, body)| (*head, body.as_str())).collect();
            [b"Subject: =?GB2312?B?tqu60w==?=\r\n", &message(&parts)[..]].concat()
        };
        let attached = ("Content-Type: text/plain; name=a.txt\r\nContent-Disposition: attachment", "file".to_owned());
        let ((parts, _), encoding, title) = read(&mail(&[text("=BC=D7=7C1\r\n=D2=D2=7C=\r\n2"), attached])).unwrap();
        let [Part::Table(grid)] = &parts[..1] else { panic!("{parts:?}") };
        let cells: Vec<&str> = grid.cells.iter().map(|(_, cell)| cell.text.as_str()).collect();
        assert_eq!((cells, encoding, title.as_deref()), (vec!["甲", "1", "乙", "2"], "gb18030", Some("东河")));
        // The same text as a page, which is read.
        let page = ("Content-Type: text/html", "<p>one".to_owned());
        let ((parts, _), _, _) = read(&mail(&[text("two"), page])).unwrap();
        assert!(matches!(&parts[..], [Part::Paragraph(cell)] if cell.text == "one"), "{parts:?}");
    }
}
