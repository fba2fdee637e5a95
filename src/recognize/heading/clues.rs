//! Chooses between several organizations and years.
//!
//! In: everything found, with its origin ([`Clues`]). Out: the most trusted organization and year, and findings about
//! guesses and disagreements. Called by [`super::heading`].

use crate::document::Location;
use crate::finding::Finding;
use crate::report::Period;
use crate::text::fold::fold;
use crate::text::words::words;

/// Where an organization or a year was found, the most trusted first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Origin {
    Title,
    FilingLine,
    Header,
    /// A short line with a year above the table.
    Caption,
    /// The title of the report that contains the table.
    Narrative,
    /// 统计期限为2024年1月1日至2024年12月31日.
    Period,
    /// The title of the report within a sentence.
    Sentence,
    /// The title of a web page.
    PageTitle,
    /// The name above the date at the end of the report.
    Signature,
    /// 发布机构.
    Publisher,
    Sheet,
    File,
    Folder,
}

impl Origin {
    fn key(self) -> &'static str {
        match self {
            Self::Title => "@origin.title",
            Self::FilingLine => "@origin.filing_line",
            Self::Header => "@origin.head",
            Self::Caption => "@origin.caption",
            Self::Narrative => "@origin.narrative",
            Self::Period => "@origin.period",
            Self::Sentence => "@origin.sentence",
            Self::PageTitle => "@origin.page_title",
            Self::Signature => "@origin.signature",
            Self::Publisher => "@origin.publisher",
            Self::Sheet => "@origin.sheet",
            Self::File => "@origin.file",
            Self::Folder => "@origin.folder",
        }
    }
}

impl Origin {
    /// Whether another organization there is worth a finding. A sheet is named after anything, a site publishes the reports
    /// of many, and a folder belongs to the one that collects them.
    fn can_disagree(self) -> bool {
        !matches!(self, Self::Sheet | Self::Publisher | Self::Folder)
    }

    /// Whether another year there is worth a finding. A sentence or a heading may speak of any year.
    fn can_disagree_on_year(self) -> bool {
        !matches!(self, Self::Caption | Self::Sentence | Self::Folder)
    }
}

/// A value found, with its origin and place.
pub(super) struct Clue<T> {
    pub(super) value: T,
    pub(super) origin: Origin,
    pub(super) at: Option<Location>,
}

/// Everything found about organization and year.
#[derive(Default)]
pub(super) struct Clues {
    pub(super) organizations: Vec<Clue<String>>,
    pub(super) years: Vec<Clue<i32>>,
    pub(super) period: Option<Period>,
}

/// The most trusted clues, with findings about guesses and disagreements.
pub(super) struct Resolved {
    pub(super) organization: Option<String>,
    pub(super) year: Option<i32>,
    pub(super) period: Period,
    pub(super) findings: Vec<Finding>,
}

/// Takes the most trusted clues and reports disagreements and guesses.
pub(super) fn resolve(mut clues: Clues) -> Resolved {
    clues.organizations.sort_by_key(|clue| clue.origin);
    clues.years.sort_by_key(|clue| clue.origin);
    let period = clues.period.unwrap_or_default();
    let mut resolved = Resolved { organization: None, year: None, period, findings: Vec::new() };
    if let Some(first) = clues.organizations.first() {
        // Prefer the longer name of the same organization if title or filing line have it.
        let same =
            |clue: &&Clue<String>| clue.origin <= Origin::FilingLine && one_organization(&clue.value, &first.value);
        let full = clues.organizations.iter().filter(same).max_by_key(|clue| clue.value.chars().count());
        let own = full.unwrap_or(first);
        resolved.organization = Some(own.value.clone());
        let differs = |clue: &&Clue<String>| clue.origin.can_disagree() && !one_organization(&clue.value, &first.value);
        for clue in clues.organizations.iter().skip(1).filter(differs).take(1) {
            resolved.findings.push(disagreement(
                "XG311",
                &first.value,
                first.origin,
                &clue.value,
                clue.origin,
                &clue.at,
            ));
        }
        note_guess("XG328", &first.value, first.origin, &first.at, &mut resolved.findings);
    } else {
        resolved.findings.push(Finding::new("XG312"));
    }
    if let Some(first) = clues.years.first() {
        resolved.year = Some(first.value);
        let other = clues.years.iter().find(|clue| clue.value != first.value && clue.origin.can_disagree_on_year());
        if let Some(clue) = other {
            let (one, two) = (first.value.to_string(), clue.value.to_string());
            resolved.findings.push(disagreement("XG327", &one, first.origin, &two, clue.origin, &clue.at));
        }
        note_guess("XG329", &first.value.to_string(), first.origin, &first.at, &mut resolved.findings);
    } else {
        resolved.findings.push(Finding::new("XG317"));
    }
    resolved
}

fn note_guess(code: &str, value: &str, origin: Origin, at: &Option<Location>, findings: &mut Vec<Finding>) {
    if origin >= Origin::Narrative {
        findings.push(Finding::new(code).with("value", value).with("origin", origin.key()).at(at.clone()));
    }
}

fn disagreement(code: &str, one: &str, first: Origin, two: &str, second: Origin, at: &Option<Location>) -> Finding {
    let finding = Finding::new(code).with("one", one).with("first", first.key());
    finding.with("two", two).with("second", second.key()).at(at.clone())
}

/// Whether two names mean the same organization: without their endings, one contains the other.
fn one_organization(one: &str, other: &str) -> bool {
    let core = |name: &str| {
        let folded = fold(name);
        let ending = words()
            .organization_endings
            .iter()
            .filter(|ending| folded.ends_with(ending.as_str()))
            .max_by_key(|e| e.len());
        ending.map_or_else(|| folded.clone(), |ending| folded[..folded.len() - ending.len()].to_owned())
    };
    let (one, other) = (core(one), core(other));
    one.contains(other.as_str()) || other.contains(one.as_str())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn two_names_of_one_organization_agree() {
        assert!(one_organization("中庄镇", "中庄镇人民政府"));
        assert!(one_organization("安宁县中庄镇人民政府", "中庄镇政府"));
        assert!(!one_organization("中庄镇", "红旗镇"));
    }
}
