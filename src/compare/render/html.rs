//! A comparison as one web page that stands by itself: a table a unit, with a caption and heads that name their rows and
//! columns, for screen readers as for print. No scripts, no fonts, nothing from elsewhere.

use super::super::{Change, Comparison, Line, Noted, Unit};
use super::json::Failed;
use super::{figures, left, name, organization, places, remark, report, said, severity, signed, unit, word, years};
use crate::message::Lang;

const STYLE: &str = "body{font-family:serif;margin:2rem auto;max-width:72rem;padding:0 1rem}\
table{border-collapse:collapse;width:100%;margin:1rem 0}\
caption{text-align:left;font-weight:bold;padding:.5rem 0}\
th,td{border:1px solid;padding:.25rem .5rem;vertical-align:top}\
th{text-align:left;font-weight:normal}thead th{font-weight:bold}\
td.n{text-align:right;white-space:nowrap}tr.jump .n{font-weight:bold}\
tr.without{color:#595959}@media print{body{margin:0;max-width:none}thead{display:table-header-group}tr{break-inside:avoid}}";

/// Draws a comparison as a page. `all` shows also what is the same and what has no counterpart.
pub fn html(comparison: &Comparison, failures: &[Failed], all: bool, lang: Lang) -> Vec<u8> {
    let mut page = Page { out: String::new(), lang };
    let (code, title) = (lang.tag(), word("compare.title", lang));
    let title = match &comparison.units[..] {
        [unit] => format!("{} – {title}", organization(unit, lang)),
        _ => title,
    };
    page.raw("<!DOCTYPE html>\n<html lang=\"").raw(code).raw("\">\n<head>\n<meta charset=\"utf-8\">\n");
    page.raw("<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n<title>").text(&title);
    page.raw("</title>\n<style>").raw(STYLE).raw("</style>\n</head>\n<body>\n<main>\n<h1>").text(&title).raw("</h1>\n");
    page.left(comparison, failures);
    for unit in &comparison.units {
        page.unit(unit, all);
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

    /// Text with what is markup in HTML escaped; control characters, which HTML does not have, are left out.
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

    /// A table's caption and its head.
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

    /// What is not compared, and what may have been renamed.
    fn left(&mut self, comparison: &Comparison, failures: &[Failed]) {
        let rows = left(comparison);
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

    fn unit(&mut self, unit: &Unit, all: bool) {
        let lang = self.lang;
        let heading = organization(unit, lang);
        let (old, new) = (report(&unit.old, lang), report(&unit.new, lang));
        self.raw("<section>\n<h2>").text(&heading).raw("</h2>\n<p>").text(&old).raw(" → ").text(&new);
        self.raw("</p>\n<p>").text(&super::counts(unit, lang)).raw("</p>\n");
        self.findings(unit);
        let shown: Vec<&Line> = unit.lines.iter().filter(|line| all || line.is_told()).collect();
        let hidden = unit.lines.len() - shown.len();
        if shown.is_empty() {
            let nothing = self.word("compare.nothing_changed");
            self.raw("<p>").text(&nothing).raw("</p>\n");
        } else {
            let (old, new) = years(unit, lang);
            let [indicator, of, difference, percent, remarks, figures] = [
                "compare.indicator",
                "compare.unit",
                "compare.difference",
                "compare.percent",
                "compare.remark",
                "compare.figures",
            ]
            .map(|key| self.word(key));
            self.head(
                &format!("{heading} – {figures}"),
                &[&indicator, &of, &old, &new, &difference, &percent, &remarks],
            );
            for line in shown {
                self.line(line);
            }
            self.raw("</tbody>\n</table>\n");
        }
        if hidden > 0 {
            let hidden = super::text("compare.hidden", lang, &[("count", &hidden.to_string())]);
            self.raw("<p>").text(&hidden).raw("</p>\n");
        }
        self.raw("</section>\n");
    }

    fn line(&mut self, line: &Line) {
        let lang = self.lang;
        let class = match line.change {
            Change::Without => " class=\"without\"",
            _ if line.jump => " class=\"jump\"",
            _ => "",
        };
        self.raw("<tr").raw(class).raw(">").row_head(&name(line, lang)).cell("", &unit(line));
        for entry in [&line.old, &line.new] {
            let place = places(entry, lang);
            let title = if place.is_empty() { place } else { format!(" title=\"{}\"", escaped(&place)) };
            self.raw("<td class=\"n\"").raw(&title).raw(">").text(&said(entry, lang)).raw("</td>");
        }
        let percent = line.percent.map_or_else(String::new, |percent| signed(Some(percent)));
        self.cell("n", &signed(line.difference)).cell("n", &percent).cell("", &remark(line, lang)).raw("</tr>\n");
    }

    fn findings(&mut self, unit: &Unit) {
        if unit.noted.is_empty() {
            return;
        }
        let title = self.word("compare.findings");
        self.raw("<h3>").text(&title).raw("</h3>\n<ul>\n");
        for noted in &unit.noted {
            self.finding(noted, unit);
        }
        self.raw("</ul>\n");
    }

    fn finding(&mut self, noted: &Noted, unit: &Unit) {
        let lang = self.lang;
        let said = format!("{}[{}]: {}", severity(noted, lang), noted.finding.code, noted.finding.message(lang));
        self.raw("<li>").text(&said);
        let figures = figures(noted, unit, lang);
        if !figures.is_empty() {
            self.raw("<ul>");
            for (label, text, place) in figures {
                self.raw("<li>").text(&format!("{label} {text} ({place})")).raw("</li>");
            }
            self.raw("</ul>");
        }
        self.raw("</li>\n");
    }
}

/// A text as it stands in an attribute.
fn escaped(text: &str) -> String {
    let mut page = Page { out: String::new(), lang: Lang::ZH };
    page.text(text);
    page.out
}
