//! Files that no person means when naming a folder or an archive.

use std::ffi::OsStr;

/// Whether a file says that a document is open: `~$x.xlsx` of Microsoft Office and WPS, `.~lock.x.ods#` of LibreOffice.
pub(super) fn is_lock(name: &OsStr) -> bool {
    let name = name.to_string_lossy();
    name.starts_with("~$") || (name.starts_with(".~lock.") && name.ends_with('#'))
}

/// Whether a file is hidden or a leftover of Windows.
pub(super) fn is_junk(name: &OsStr) -> bool {
    let name = name.to_string_lossy();
    name.starts_with('.') || ["thumbs.db", "desktop.ini"].iter().any(|junk| name.eq_ignore_ascii_case(junk))
}
