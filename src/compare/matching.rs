//! Pairs the reports of two years by organization.
//!
//! In: the organizations' names in both years, aliases, and the renamings that the user accepted. Out: a [`Matching`]: pairs,
//! reports without a partner, names that occur twice, and proposals. Called by [`super::compare`]. A renaming is
//! proposed, never assumed.

use std::collections::BTreeMap;

use serde::Serialize;

use crate::organization::{Aliases, Key, Likeness, Measure, Names};
use crate::text::fold::fold;

/// Pairs of reports, by their indices in the two lists.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Matching {
    /// One report of each year `(old, new)`, in the order of the newer list.
    pub pairs: Vec<(usize, usize)>,
    /// Reports of the older year without a partner.
    pub old_only: Vec<usize>,
    /// Reports of the newer year without a partner.
    pub new_only: Vec<usize>,
    /// Groups of reports of the older year with the same name. They are not compared.
    pub old_twice: Vec<Vec<usize>>,
    /// Groups of reports of the newer year with the same name. They are not compared.
    pub new_twice: Vec<Vec<usize>>,
    /// Reports of the older year without a name.
    pub old_unnamed: Vec<usize>,
    /// Reports of the newer year without a name.
    pub new_unnamed: Vec<usize>,
    /// Possible renamings, the most likely first.
    pub proposals: Vec<Proposal>,
}

/// The reports of each organization.
type Places = BTreeMap<Key, Vec<usize>>;

/// Two names that may be the same organization.
///
/// ```
/// use xxgk::engine::Engine;
/// use xxgk::read::ReadOptions;
///
/// let engine = Engine::new();
/// let bytes = std::fs::read("fixtures/zhongzhuang-2017.txt")?;
/// let new = engine.named(&bytes, &ReadOptions::default(), "2017.txt")?;
/// let mut old = new.clone();
/// old[0].report.year = Some(2016);
/// let comparison = engine.compare(&old, &new, &[]).expect("no renamed organization");
/// for proposal in &comparison.proposals {
///     println!("--match {}={}", proposal.old, proposal.new);
/// }
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Proposal {
    /// The older name.
    pub old: String,
    /// The newer name.
    pub new: String,
    /// How the names are similar.
    pub(crate) why: Likeness,
}

/// An accepted renaming has a name that no report has.
///
/// ```
/// use xxgk::engine::Engine;
/// use xxgk::read::ReadOptions;
///
/// let engine = Engine::new();
/// let bytes = std::fs::read("fixtures/zhongzhuang-2017.txt")?;
/// let new = engine.named(&bytes, &ReadOptions::default(), "2017.txt")?;
/// let mut old = new.clone();
/// old[0].report.year = Some(2016);
/// let comparison = engine.compare(&old, &new, &[]).expect("no renamed organization");
/// let renamed = [("东河乡".to_owned(), "东河镇".to_owned())];
/// let unknown = engine.compare(&old, &new, &renamed).unwrap_err();
/// assert!(unknown.old && unknown.name == "东河乡");
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct UnknownOrganization {
    /// The name.
    pub name: String,
    /// Whether the name was expected in the older year.
    pub old: bool,
}

/// Matches two lists of organizations by name.
///
/// # Errors
/// [`UnknownOrganization`] if an accepted renaming has a name that no report has.
pub(super) fn match_organizations(
    old: &[Option<&str>],
    new: &[Option<&str>],
    (accepted, aliases): (&[(String, String)], &Aliases),
    rename: &Measure,
) -> Result<Matching, UnknownOrganization> {
    let mut matching = Matching::default();
    let names = Names::new(old.iter().chain(new).filter_map(|name| *name), aliases);
    let mut old_names = by_name(old, &names, &mut matching.old_unnamed);
    let mut new_names = by_name(new, &names, &mut matching.new_unnamed);
    // Reports with an accepted newer name count under the older name.
    let mut called: BTreeMap<Key, Key> = BTreeMap::new();
    for (before, after) in accepted {
        let known = |all: &Places, name: &str, old: bool| {
            let is_there = all.contains_key(&names.key(name));
            if is_there { Ok(()) } else { Err(UnknownOrganization { name: name.to_owned(), old }) }
        };
        known(&old_names, before, true)?;
        known(&new_names, after, false)?;
        called.insert(names.key(after), names.key(before));
    }
    for (after, before) in called.iter().filter(|(after, before)| after != before) {
        let own = new_names.remove(after).unwrap_or_default();
        new_names.entry(before.clone()).or_default().extend(own);
    }
    let is_accepted = |key: &Key| called.values().any(|before| before == key);
    exact_first(old, new, (&mut old_names, &mut new_names), is_accepted, &mut matching.pairs);
    let twice = |names: &Places| {
        let mut twice: Vec<Vec<usize>> = names.values().filter(|places| places.len() > 1).cloned().collect();
        twice.sort();
        twice
    };
    (matching.old_twice, matching.new_twice) = (twice(&old_names), twice(&new_names));
    let (mut free_old, mut free_new) = (Vec::new(), Vec::new());
    for (name, places) in &new_names {
        match (&places[..], old_names.get(name).map(Vec::as_slice)) {
            (&[new], Some(&[old])) => matching.pairs.push((old, new)),
            (&[new], None) => free_new.push(new),
            // A name that occurs twice on the other side is known there, so it is not a new organization.
            _ => {}
        }
    }
    for (name, places) in &old_names {
        if let (&[old], None) = (&places[..], new_names.get(name)) {
            free_old.push(old);
        }
    }
    matching.pairs.sort_by_key(|pair| pair.1);
    free_old.sort_unstable();
    free_new.sort_unstable();
    matching.proposals = proposals(old, new, &free_old, &free_new, rename);
    (matching.old_only, matching.new_only) = (free_old, free_new);
    Ok(matching)
}

fn by_name(all: &[Option<&str>], names: &Names, unnamed: &mut Vec<usize>) -> Places {
    let mut places = Places::new();
    for (at, name) in all.iter().enumerate() {
        match name.filter(|name| !fold(name).is_empty()) {
            Some(name) => places.entry(names.key(name)).or_default().push(at),
            None => unnamed.push(at),
        }
    }
    places
}

/// Pairs reports with exactly the same name where several of one year match, such as 安宁县 and 安宁县人民政府.
fn exact_first(
    old: &[Option<&str>],
    new: &[Option<&str>],
    (old_names, new_names): (&mut Places, &mut Places),
    is_accepted: impl Fn(&Key) -> bool,
    pairs: &mut Vec<(usize, usize)>,
) {
    for (key, olds) in old_names.iter_mut().filter(|(key, _)| !is_accepted(key)) {
        let Some(news) = new_names.get_mut(key).filter(|news| olds.len() > 1 || news.len() > 1) else { continue };
        let of = |all: &[Option<&str>], at: usize| all[at].map(fold);
        let exact: Vec<(usize, usize)> = olds
            .iter()
            .flat_map(|before| news.iter().map(move |after| (*before, *after)))
            .filter(|(before, after)| of(old, *before) == of(new, *after))
            .collect();
        let is_only = |(before, after): &&(usize, usize)| {
            exact.iter().filter(|(other, _)| other == before).count() == 1
                && exact.iter().filter(|(_, other)| other == after).count() == 1
        };
        let sure: Vec<(usize, usize)> = exact.iter().filter(is_only).copied().collect();
        olds.retain(|at| !sure.iter().any(|(before, _)| before == at));
        news.retain(|at| !sure.iter().any(|(_, after)| after == at));
        pairs.extend(sure);
    }
    old_names.retain(|_, places| !places.is_empty());
    new_names.retain(|_, places| !places.is_empty());
}

fn proposals(
    old: &[Option<&str>],
    new: &[Option<&str>],
    old_only: &[usize],
    new_only: &[usize],
    rename: &Measure,
) -> Vec<Proposal> {
    let mut found = Vec::new();
    for &before in old_only {
        for &after in new_only {
            let (Some(before), Some(after)) = (old[before], new[after]) else { continue };
            if let Some((why, distance)) = rename.likeness(before, after) {
                found.push((why, distance, Proposal { old: before.to_owned(), new: after.to_owned(), why }));
            }
        }
    }
    found.sort_by(|a, b| (a.0, a.1, &a.2.old, &a.2.new).cmp(&(b.0, b.1, &b.2.old, &b.2.new)));
    // A proposal by spelling alone is dropped if a stronger one exists for either name.
    let mut kept: Vec<Proposal> = Vec::new();
    for (why, _, proposal) in found {
        let surer = kept.iter().any(|kept| (kept.old == proposal.old || kept.new == proposal.new) && kept.why < why);
        if why != Likeness::Spelling || !surer {
            kept.push(proposal);
        }
    }
    kept
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::compare::shipped_crosswalk;

    fn named(old: &[&str], new: &[&str], accepted: &[(&str, &str)]) -> Result<Matching, UnknownOrganization> {
        let names = |names: &[&str]| -> Vec<Option<String>> {
            names.iter().map(|name| (!name.is_empty()).then(|| (*name).to_owned())).collect()
        };
        let (old, new) = (names(old), names(new));
        let accepted: Vec<_> = accepted.iter().map(|(a, b)| ((*a).to_owned(), (*b).to_owned())).collect();
        let old: Vec<_> = old.iter().map(Option::as_deref).collect();
        let new: Vec<_> = new.iter().map(Option::as_deref).collect();
        match_organizations(&old, &new, (&accepted, &Aliases::default()), &shipped_crosswalk().rename)
    }

    #[test]
    fn names_match_as_people_read_them_and_nothing_else_does() {
        let found = named(&["红旗镇", "中庄 镇", "旧局"], &["中庄鎮", "红旗镇", "新所"], &[]).unwrap();
        assert_eq!(found.pairs, [(1, 0), (0, 1)]);
        assert_eq!((found.old_only, found.new_only), (vec![2], vec![2]));
        assert!(found.proposals.is_empty());
    }

    #[test]
    fn renamings_are_proposed_and_never_assumed() {
        for (old, new, why) in [
            ("中庄镇", "中庄镇办公室", Likeness::Ending),
            ("安宁县中庄镇", "中庄镇", Likeness::Within),
            ("文化旅游和体育局", "文化体育和旅游局", Likeness::Order),
            ("中庄镇", "中庄街道", Likeness::Kind),
            ("中庄镇", "钟庄镇", Likeness::Spelling),
        ] {
            let found = named(&[old, "红旗乡"], &["红旗乡", new], &[]).unwrap();
            assert_eq!(found.pairs, [(1, 0)], "{old} {new}");
            assert_eq!(found.proposals, [Proposal { old: old.to_owned(), new: new.to_owned(), why }]);
            let found = named(&[old, "红旗乡"], &["红旗乡", new], &[(old, new)]).unwrap();
            assert_eq!(found.pairs, [(1, 0), (0, 1)]);
            assert!(found.proposals.is_empty() && found.old_only.is_empty() && found.new_only.is_empty());
        }
        assert!(named(&["教育局"], &["水利局"], &[]).unwrap().proposals.is_empty());
    }

    #[test]
    fn a_surer_proposal_stands_before_a_likeness_of_spelling() {
        let found = named(&["东庄镇", "西庄镇"], &["东庄镇办公室", "南庄镇"], &[]).unwrap();
        let proposed: Vec<_> = found.proposals.iter().map(|p| (p.old.as_str(), p.new.as_str())).collect();
        assert_eq!(proposed, [("东庄镇", "东庄镇办公室"), ("西庄镇", "南庄镇")]);
    }

    #[test]
    fn a_name_that_stands_twice_is_compared_with_nothing() {
        let found = named(&["中庄镇", "红旗乡"], &["中庄镇", "红旗乡", "中庄镇", ""], &[]).unwrap();
        assert_eq!(found.pairs, [(1, 1)]);
        assert_eq!(found.new_twice, [vec![0, 2]]);
        assert_eq!((found.new_unnamed, found.old_only), (vec![3], vec![]));
        // An accepted renaming cannot hide that two reports claim the same name.
        let found = named(&["中庄镇"], &["中庄镇", "钟庄镇"], &[("中庄镇", "钟庄镇")]).unwrap();
        assert_eq!((found.pairs.len(), found.new_twice), (0, vec![vec![0, 1]]));
    }

    #[test]
    fn endings_and_aliases_make_no_difference() {
        let found = named(&["中庄镇", "红旗乡"], &["红旗乡人民政府", "中庄镇政府"], &[]).unwrap();
        assert_eq!(found.pairs, [(1, 0), (0, 1)]);
        let aliases = Aliases::new(vec![vec!["东河镇".to_owned(), "东河公社".to_owned()]]).unwrap();
        let (old, new) = ([Some("东河公社"), Some("红旗乡")], [Some("红旗乡"), Some("东河镇人民政府")]);
        let found = match_organizations(&old, &new, (&[], &aliases), &shipped_crosswalk().rename).unwrap();
        assert_eq!(found.pairs, [(1, 0), (0, 1)]);
    }

    #[test]
    fn exact_names_come_first() {
        let names = ["安宁县", "安宁县人民政府"];
        assert_eq!(named(&names, &names, &[]).unwrap().pairs, [(0, 0), (1, 1)]);
        let found = named(&names, &["安宁县政府"], &[]).unwrap();
        assert_eq!((found.pairs.len(), found.old_twice), (0, vec![vec![0, 1]]));
    }

    #[test]
    fn a_renaming_of_nobody_is_an_error() {
        let wrong = |old, name: &str| Err(UnknownOrganization { name: name.to_owned(), old });
        assert_eq!(named(&["甲局"], &["乙局"], &[("丙局", "乙局")]), wrong(true, "丙局"));
        assert_eq!(named(&["甲局"], &["乙局"], &[("甲局", "丙局")]), wrong(false, "丙局"));
    }
}
