//! Each finding in one line: `中庄镇2017.xlsx:统计表!C31: error[XG102]: …`.

use std::io::{self, Write};

use super::{Checked, groups, others_like, place, plain, severity, word};
use crate::message::Lang;

pub(super) fn file(checked: &Checked<'_>, collapse: bool, lang: Lang, out: &mut dyn Write) -> io::Result<()> {
    let file = plain(&checked.file);
    for (finding, others) in groups(checked, collapse) {
        let at = plain(&place(&file, finding.at.as_ref(), lang));
        let (severity, message) = (severity(finding.severity, lang), plain(&finding.message(lang)));
        let others = plain(&others_like(&others, lang));
        writeln!(out, "{at}: {severity}[{}]: {message}{others}", finding.code)?;
    }
    if let Some((at, message)) = &checked.failure {
        writeln!(out, "{}: {}: {}", plain(&place(&file, at.as_ref(), lang)), word("word.error", lang), plain(message))?;
    }
    Ok(())
}
