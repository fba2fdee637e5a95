//! Writes a comparison as a self-contained web page.
//!
//! In: a [`Comparison`]. Out: HTML with a table for each organization. Called by `xxgk compare --to html`. Tables have
//! a caption and row and column headers, for screen readers as for print. The page has no scripts, no fonts and no
//! links to other files.

use super::super::{Change, ComparedOrganization, Comparison, ComparisonFinding, ComparisonRow};
use super::format::{Failed, FormatInfo};
use super::words::{
    counts, finding_values, name, not_compared, organization, places, remark, report, severity, signed, unit,
    value_text, word, years,
};
use crate::message::Lang;

pub(super) const FORMAT: FormatInfo = FormatInfo {
    name: "html",
    extensions: &["html", "htm"],
    binary: false,
    writer: |comparison, options| Ok(html(comparison, options.failures, options.all, options.lang)),
};

const STYLE: &str = "body{font-family:serif;margin:2rem auto;max-width:72rem;padding:0 1rem}\
table{border-collapse:collapse;width:100%;margin:1rem 0}\
caption{text-align:left;font-weight:bold;padding:.5rem 0}\
th,td{border:1px solid;padding:.25rem .5rem;vertical-align:top}\
th{text-align:left;font-weight:normal}thead th{font-weight:bold}\
td.n{text-align:right;white-space:nowrap}tr.jump .n{font-weight:bold}\
tr.without{color:#595959}@media print{body{margin:0;max-width:none}thead{display:table-header-group}tr{break-inside:avoid}}";

/// Writes a comparison as a web page. `all` also shows rows that did not change and rows without a counterpart.
fn html(comparison: &Comparison, failures: &[Failed], all: bool, lang: Lang) -> Vec<u8> {
    let mut page = Page { out: String::new(), lang };
    let (code, title) = (lang.tag(), word("compare.title", lang));
    let title = match &comparison.organizations[..] {
        [compared] => format!("{} – {title}", organization(compared, lang)),
        _ => title,
    };
    page.raw("<!DOCTYPE html>\n<html lang=\"").raw(code).raw("\">\n<head>\n<meta charset=\"utf-8\">\n");
    page.raw("<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n<title>").text(&title);
    page.raw("</title>\n<style>").raw(STYLE).raw("</style>\n</head>\n<body>\n<main>\n<h1>").text(&title).raw("</h1>\n");
    page.left(comparison, failures);
    for compared in &comparison.organizations {
        page.organization(compared, all);
    }
    page.raw("</main>\n</body>\n</html>\n");
    page.out.into_bytes()
}

struct Page {
    out: String,
    lang: Lang,
}

impl Page {
    fn raw(&mut self, text: &str) -> &mut Self {
        self.out.push_str(text);
        self
    }

    /// Writes text with HTML characters escaped. Control characters, which HTML does not allow, become spaces.
    fn text(&mut self, text: &str) -> &mut Self {
        for character in text.chars() {
            match character {
                '&' => self.out.push_str("&amp;"),
                '<' => self.out.push_str("&lt;"),
                '>' => self.out.push_str("&gt;"),
                '"' => self.out.push_str("&quot;"),
                c if c.is_control() => self.out.push(' '),
                c => self.out.push(c),
            }
        }
        self
    }

    fn cell(&mut self, class: &str, text: &str) -> &mut Self {
        let class = if class.is_empty() { String::new() } else { format!(" class=\"{class}\"") };
        self.raw("<td").raw(&class).raw(">").text(text).raw("</td>")
    }

    /// Writes a table's caption and header row.
    fn head(&mut self, caption: &str, heads: &[&str]) {
        self.raw("<table>\n<caption>").text(caption).raw("</caption>\n<thead>\n<tr>");
        for head in heads {
            self.raw("<th scope=\"col\">").text(head).raw("</th>");
        }
        self.raw("</tr>\n</thead>\n<tbody>\n");
    }

    fn row_head(&mut self, text: &str) -> &mut Self {
        self.raw("<th scope=\"row\">").text(text).raw("</th>")
    }

    fn word(&self, key: &str) -> String {
        word(key, self.lang)
    }

    /// Writes what was not compared, and possible renamings.
    fn left(&mut self, comparison: &Comparison, failures: &[Failed]) {
        let rows = not_compared(comparison);
        if !rows.is_empty() || !failures.is_empty() {
            let heads = ["compare.organization", "compare.file", "compare.state"].map(|key| self.word(key));
            self.head(&self.word("compare.units"), &heads.each_ref().map(String::as_str));
            for (key, is_old, head) in rows {
                let year = self.word(if is_old { "compare.old" } else { "compare.new" });
                let state = format!("{}・{year}", self.word(key));
                self.raw("<tr>").row_head(head.organization.as_deref().unwrap_or("–"));
                self.cell("", &head.file).cell("", &state).raw("</tr>\n");
            }
            for failed in failures {
                self.raw("<tr>").row_head("–").cell("", &failed.file).cell("", &failed.message).raw("</tr>\n");
            }
            self.raw("</tbody>\n</table>\n");
        }
        if !comparison.proposals.is_empty() {
            let title = self.word("compare.proposals");
            self.raw("<p>").text(&title).raw("</p>\n<ul>\n");
            for proposal in &comparison.proposals {
                let why = self.word(proposal.why.key());
                let line = format!("--match {}={} ({why})", proposal.old, proposal.new);
                self.raw("<li>").text(&line).raw("</li>\n");
            }
            self.raw("</ul>\n");
        }
    }

    fn organization(&mut self, compared: &ComparedOrganization, all: bool) {
        let lang = self.lang;
        let heading = organization(compared, lang);
        let (old, new) = (report(&compared.old, lang), report(&compared.new, lang));
        self.raw("<section>\n<h2>").text(&heading).raw("</h2>\n<p>").text(&old).raw(" → ").text(&new);
        self.raw("</p>\n<p>").text(&counts(compared, lang)).raw("</p>\n");
        self.findings(compared);
        let shown: Vec<&ComparisonRow> = compared.rows.iter().filter(|row| all || row.is_shown_by_default()).collect();
        let hidden = compared.rows.len() - shown.len();
        if shown.is_empty() {
            let nothing = self.word("compare.nothing_changed");
            self.raw("<p>").text(&nothing).raw("</p>\n");
        } else {
            let (old, new) = years(compared, lang);
            let [indicator, of, difference, percent, remarks, values] = [
                "compare.indicator",
                "compare.unit",
                "compare.difference",
                "compare.percent",
                "compare.remark",
                "compare.figures",
            ]
            .map(|key| self.word(key));
            self.head(
                &format!("{heading} – {values}"),
                &[&indicator, &of, &old, &new, &difference, &percent, &remarks],
            );
            for row in shown {
                self.row(row);
            }
            self.raw("</tbody>\n</table>\n");
        }
        if hidden > 0 {
            let hidden = super::words::text("compare.hidden", lang, &[("count", &hidden.to_string())]);
            self.raw("<p>").text(&hidden).raw("</p>\n");
        }
        self.raw("</section>\n");
    }

    fn row(&mut self, row: &ComparisonRow) {
        let lang = self.lang;
        let class = match row.change {
            Change::Without => " class=\"without\"",
            _ if row.jump => " class=\"jump\"",
            _ => "",
        };
        self.raw("<tr").raw(class).raw(">").row_head(&name(row, lang)).cell("", &unit(row));
        for side in [&row.old, &row.new] {
            let place = places(side, lang);
            let title = if place.is_empty() { place } else { format!(" title=\"{}\"", escaped(&place)) };
            self.raw("<td class=\"n\"").raw(&title).raw(">").text(&value_text(side, lang)).raw("</td>");
        }
        let percent = row.percent.map_or_else(String::new, |percent| signed(Some(percent)));
        self.cell("n", &signed(row.difference)).cell("n", &percent).cell("", &remark(row, lang)).raw("</tr>\n");
    }

    fn findings(&mut self, compared: &ComparedOrganization) {
        if compared.findings.is_empty() {
            return;
        }
        let title = self.word("compare.findings");
        self.raw("<h3>").text(&title).raw("</h3>\n<ul>\n");
        for found in &compared.findings {
            self.finding(found, compared);
        }
        self.raw("</ul>\n");
    }

    fn finding(&mut self, found: &ComparisonFinding, compared: &ComparedOrganization) {
        let lang = self.lang;
        let message = format!("{}[{}]: {}", severity(found, lang), found.finding.code, found.finding.message(lang));
        self.raw("<li>").text(&message);
        let values = finding_values(found, compared, lang);
        if !values.is_empty() {
            self.raw("<ul>");
            for (label, text, place) in values {
                self.raw("<li>").text(&format!("{label} {text} ({place})")).raw("</li>");
            }
            self.raw("</ul>");
        }
        self.raw("</li>\n");
    }
}

/// Escapes text for an attribute.
fn escaped(text: &str) -> String {
    let mut page = Page { out: String::new(), lang: Lang::ZH };
    page.text(text);
    page.out
}
