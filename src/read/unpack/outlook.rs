//! The attachments of a mail that Outlook saved (msg), and its text if that may have a table.
//!
//! Source: MS-OXMSG 2.2.2 (attachment storages), 2.1 (streams of properties); MS-OXPROPS for the numbers of properties.

use encoding_rs::UTF_16LE;

use crate::limit;
use crate::read::compound::Storage;

use super::collector::Collector;
use super::mail;
use super::name;
use super::opened::{corrupt, too_deep, too_large};

/// The stream that every message has.
const PROPERTIES: &str = "__properties_version1.0";

/// The names of properties: the bytes of a file, its long and its short name, what it is shown as; the subject of a mail.
const DATA: &str = "__substg1.0_37010102";
const MESSAGE: &str = "__substg1.0_3701000D";
const NAMES: [&str; 3] = ["3707", "3704", "3001"];

/// The text of a mail as a page, in the encoding that it names.
const PAGE: &str = "__substg1.0_10130102";

/// The deepest nesting of mails in mails.
const DEPTH: usize = 3;

/// Whether bytes are a message.
pub(super) fn is(bytes: &[u8]) -> bool {
    Storage::root(bytes).is_some_and(|root| root.child(PROPERTIES).is_some())
}

/// Adds the attachments of a message, and of those in it.
pub(super) fn unpack(bytes: &[u8], collector: &mut Collector) {
    if let Some(root) = Storage::root(bytes) {
        attachments(&root, "", 1, collector);
    }
}

fn attachments(message: &Storage<'_>, prefix: &str, depth: usize, collector: &mut Collector) {
    if let Some((ending, content)) = body(message, collector.room()) {
        let subject = text(message, "0037").unwrap_or_else(|| "正文".to_owned());
        let name = format!("{prefix}{}.{ending}", subject.replace(['/', '\\'], "_"));
        if collector.add(name, Ok(content)).is_err() {
            return;
        }
    }
    for (at, (_, attachment)) in
        message.children().into_iter().filter(|(name, _)| name.starts_with("__attach_version1.0_")).enumerate()
    {
        let own = NAMES.iter().find_map(|property| text(&attachment, property));
        if let Some(inner) = attachment.child(MESSAGE) {
            let subject = text(&inner, "0037").or(own).unwrap_or_else(|| format!("{}", at + 1));
            let folder = format!("{prefix}{}.msg/", subject.replace(['/', '\\'], "_"));
            if depth < DEPTH {
                attachments(&inner, &folder, depth + 1, collector);
            } else if collector.add(folder.trim_end_matches('/').to_owned(), Err(too_deep())).is_err() {
                return;
            }
            continue;
        }
        let Some(data) = attachment.child(DATA) else { continue };
        let name = format!("{prefix}{}", own.unwrap_or_else(|| format!("{}", at + 1)));
        let content = if data.size() > collector.room() {
            Err(too_large(data.size()))
        } else {
            data.content().ok_or_else(|| corrupt("outlook", "@detail.ends_early"))
        };
        if collector.add(name, content).is_err() {
            return;
        }
    }
}

/// The text of a mail with the ending of its file. None without a table, as in most mails with attachments.
fn body(message: &Storage<'_>, room: u64) -> Option<(&'static str, Vec<u8>)> {
    let is_small = |stream: &Storage<'_>| stream.size() <= room.min(limit::TEXT as u64);
    let page = message.child(PAGE).filter(is_small).and_then(|page| page.content());
    if let Some(page) = page.filter(|page| mail::has_cells(&String::from_utf8_lossy(page))) {
        return Some(("html", page));
    }
    let kinds = ["001F", "001E"].map(|kind| message.child(&format!("__substg1.0_1000{kind}")));
    kinds.into_iter().flatten().next().filter(is_small)?;
    text(message, "1000").filter(|text| mail::has_numbers(text)).map(|text| ("txt", text.into_bytes()))
}

/// A property that is text, in UTF-16 or in the encoding of the sender.
fn text(of: &Storage<'_>, property: &str) -> Option<String> {
    let stream = |kind: &str| of.child(&format!("__substg1.0_{property}{kind}")).and_then(|stream| stream.content());
    let wide = stream("001F").map(|bytes| UTF_16LE.decode_without_bom_handling(&bytes).0.into_owned());
    let text = wide.or_else(|| stream("001E").map(|bytes| name::decode(&bytes)))?;
    let text = text.trim_matches(|c: char| c == '\0' || c.is_whitespace());
    (!text.is_empty()).then(|| text.to_owned())
}
