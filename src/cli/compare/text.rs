//! A comparison as aligned text.

use crate::compare::render::{
    counts, finding_values, name, organization, remark, report, severity, signed, unit, value_text, word, years,
};
use crate::compare::{ComparedOrganization, Comparison, ComparisonRow, ReportSummary};
use crate::message::{self, Arguments, Lang};

use super::super::console::{clean, one_line};
use super::super::table::Table;

/// Draws a comparison. `all` also shows lines that are the same or have no counterpart.
pub(super) fn draw(comparison: &Comparison, all: bool, lang: Lang) -> String {
    let mut text = String::new();
    for one in &comparison.organizations {
        if !text.is_empty() {
            text += "\n";
        }
        text += &of_organization(one, all, lang);
    }
    let left = left(comparison, lang);
    if comparison.organizations.is_empty() { left.trim_start_matches('\n').to_owned() } else { text + &left }
}

fn of_organization(one: &ComparedOrganization, all: bool, lang: Lang) -> String {
    let (old, new) = (report(&one.old, lang), report(&one.new, lang));
    let words = [("organization", organization(one, lang)), ("old", old), ("new", new)];
    let words: Arguments = words.into_iter().map(|(name, word)| (name.to_owned(), word)).collect();
    let mut text = format!("{}\n{}\n", clean(&message::text("compare.head", lang, &words)), counts(one, lang));
    let is_shown = |row: &&ComparisonRow| all || row.is_shown_by_default();
    let shown: Vec<&ComparisonRow> = one.rows.iter().filter(is_shown).collect();
    let hidden = one.rows.len() - shown.len();
    text += "\n";
    if shown.is_empty() {
        text += &format!("{}\n", word("compare.nothing_changed", lang));
    } else {
        text += &table(one, &shown, lang);
    }
    if hidden > 0 {
        let words = Arguments::from([("count".to_owned(), hidden.to_string())]);
        text += &format!("{}\n", message::text("compare.hidden", lang, &words));
    }
    if !one.findings.is_empty() {
        text += "\n";
    }
    for found in &one.findings {
        let (severity, message) = (severity(found, lang), one_line(&found.finding.message(lang)));
        text += &format!("{severity}[{}]: {}\n", found.finding.code, clean(&message));
        for (label, figure, place) in finding_values(found, one, lang) {
            text += &format!("  {}  {}  {}\n", clean(&place), clean(&one_line(&label)), clean(&one_line(&figure)));
        }
    }
    text
}

fn table(one: &ComparedOrganization, rows: &[&ComparisonRow], lang: Lang) -> String {
    let (old, new) = years(one, lang);
    let of = |key: &str| word(key, lang);
    let heads =
        [of("compare.indicator"), of("compare.unit"), old, new, of("compare.difference"), of("compare.percent")];
    let [indicator, unit_head, old, new, difference, percent] = heads;
    let mut table = Table::new([indicator, old, new, difference, percent, unit_head, of("compare.remark")]);
    table.align_right(1..5);
    for row in rows {
        let percent = row.percent.map_or_else(String::new, |percent| signed(Some(percent)));
        table.row([
            &one_line(&name(row, lang)),
            &one_line(&value_text(&row.old, lang)),
            &one_line(&value_text(&row.new, lang)),
            &signed(row.difference),
            &percent,
            &unit(row),
            &remark(row, lang),
        ]);
    }
    table.draw()
}

/// Reports that were not compared, and organizations that may have been renamed.
fn left(comparison: &Comparison, lang: Lang) -> String {
    let mut text = String::new();
    let mut list = |key: &str, lines: Vec<String>| {
        if !lines.is_empty() {
            text += &format!("\n{}\n", word(key, lang));
            lines.iter().for_each(|line| text += &format!("  {}\n", clean(line)));
        }
    };
    let line = |head: &ReportSummary| {
        let name = head.organization.as_deref().map_or_else(String::new, |name| format!("{name}  "));
        format!("{name}{}", report(head, lang))
    };
    let lines = |heads: &[ReportSummary]| heads.iter().map(line).collect::<Vec<_>>();
    list("compare.old_only", lines(&comparison.old_only));
    list("compare.new_only", lines(&comparison.new_only));
    let proposals = comparison
        .proposals
        .iter()
        .map(|proposal| format!("--match {}={}  {}", proposal.old, proposal.new, word(proposal.why.key(), lang)));
    list("compare.proposals", proposals.collect());
    list("compare.old_twice", lines(&comparison.old_twice.concat()));
    list("compare.new_twice", lines(&comparison.new_twice.concat()));
    list("compare.old_unnamed", lines(&comparison.old_unnamed));
    list("compare.new_unnamed", lines(&comparison.new_unnamed));
    text
}
