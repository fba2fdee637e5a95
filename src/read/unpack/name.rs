//! The names of files in archives: decoded, and safe as a path below the archive.

use std::collections::HashSet;

use encoding_rs::GB18030;

/// The longest part of a name, in bytes; file systems store 255.
const LONGEST: usize = 200;

/// A name from its bytes: UTF-8, or else code page 936, which Windows writes in China.
pub(super) fn decode(bytes: &[u8]) -> String {
    match std::str::from_utf8(bytes) {
        Ok(text) => text.to_owned(),
        Err(_) => GB18030.decode_without_bom_handling(bytes).0.into_owned(),
    }
}

/// A name as a path below the archive, and whether it led out of it.
fn safe(name: &str) -> (String, bool) {
    let is_absolute = name.starts_with(['/', '\\']);
    let mut leads_out = is_absolute;
    let mut parts: Vec<String> = Vec::new();
    for part in name.split(['/', '\\']) {
        let is_drive = part.len() == 2 && part.ends_with(':') && part.starts_with(|c: char| c.is_ascii_alphabetic());
        match part.trim() {
            "" | "." => {}
            ".." => leads_out = true,
            _ if is_drive && parts.is_empty() => leads_out = true,
            part => parts.push(clean(part)),
        }
    }
    if parts.is_empty() {
        parts.push("_".to_owned());
    }
    (parts.join("/"), leads_out)
}

/// A part of a name without what file systems refuse or what hides its meaning.
fn clean(part: &str) -> String {
    let strange = |c: char| {
        c.is_control()
            || matches!(c, '<' | '>' | ':' | '"' | '|' | '?' | '*' | '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' | '\u{feff}')
    };
    let mut cleaned: String = part.chars().map(|c| if strange(c) { '_' } else { c }).collect();
    if cleaned.len() > LONGEST {
        let (stem, ending) = match cleaned.rfind('.').filter(|dot| cleaned.len() - dot < 10) {
            Some(dot) => cleaned.split_at(dot),
            None => (&*cleaned, ""),
        };
        let end = (0..=LONGEST - ending.len()).rev().find(|at| stem.is_char_boundary(*at)).unwrap_or(0);
        cleaned = format!("{}{ending}", &stem[..end]);
    }
    cleaned
}

/// The names that were given.
#[derive(Default)]
pub(super) struct Names(HashSet<String>);

impl Names {
    /// A safe name that no other file has, below `prefix`; and whether it differs from the archive's for one of these reasons.
    pub(super) fn take(&mut self, prefix: &str, name: &str) -> (String, bool) {
        let (safe, mut is_renamed) = safe(name);
        let mut full = format!("{prefix}{safe}");
        let mut number = 2;
        while !self.0.insert(full.to_lowercase()) {
            is_renamed = true;
            let folder = safe.rfind('/').map_or(0, |slash| slash + 1);
            let dot = safe[folder..].rfind('.').filter(|dot| *dot > 0).map_or(safe.len(), |dot| folder + dot);
            full = format!("{prefix}{}-{number}{}", &safe[..dot], &safe[dot..]);
            number += 1;
        }
        (full, is_renamed)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_stay_below_the_archive_and_are_unique() {
        let mut names = Names::default();
        let mut take = |name: &str| names.take("a.zip/", name);
        for (name, expected, is_renamed) in [
            ("镇/表.xls", "镇/表.xls", false),
            ("镇\\表.doc", "镇/表.doc", false),
            ("./甲.xls", "甲.xls", false),
            ("../../etc/passwd", "etc/passwd", true),
            ("/root/x", "root/x", true),
            ("C:\\x\\y.xls", "x/y.xls", true),
            ("镇/表.XLS", "镇/表-2.XLS", true),
            ("镇/表.xls", "镇/表-3.xls", true),
            ("..", "_", true),
            ("a\0b:c\u{202e}", "a_b_c_", false),
        ] {
            assert_eq!(take(name), (format!("a.zip/{expected}"), is_renamed), "{name:?}");
        }
        assert!(take(&("镇".repeat(200) + ".xls")).0.ends_with("镇.xls"));
        assert_eq!(decode(b"\xb6\xab\xba\xd3\xd5\xf2"), "东河镇");
        assert_eq!(decode("东河镇".as_bytes()), "东河镇");
    }
}
