//! The crosswalk: which indicators of one form correspond to which of another.
//!
//! In: `templates/crosswalk.toml` and two forms. Out: a [`FormMapping`]: pairs of indicators in the order of the newer
//! form, each marked comparable, partly comparable or not, and the indicators without a counterpart. Called by
//! [`super::compare`].
//!
//! A user's own template is mapped like the shipped form that it shares most rows with. Its other rows are matched by
//! labels and units.

use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};
use std::sync::LazyLock;

use rust_decimal::Decimal;
use serde::Deserialize;

use super::name::{self, Side};
use crate::error::{Error, ErrorKind, Result};
use crate::finding::Wording;
use crate::organization::Measure;
use crate::template::{Template, shipped};
use crate::text::fold::fold;
use crate::text::label;

/// How well two indicators correspond.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, serde::Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum Match {
    /// The same indicator of the same form.
    Same,
    /// Indicators of different forms that count the same.
    Comparable,
    /// Indicators that count differently, so that a difference may come from the form.
    Partly,
    /// Indicators of a similar subject whose difference means nothing.
    Not,
    /// No counterpart.
    Without,
}

/// The contents of `templates/crosswalk.toml`.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Crosswalk {
    /// When a change counts as a jump.
    pub jump: Jump,
    /// When two tables count as the same.
    pub identical: Identical,
    /// How similar the names of a renamed organization are.
    pub rename: Measure,
    #[serde(rename = "walk")]
    entries: Vec<CrosswalkEntry>,
}

/// When a change counts as a jump.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Jump {
    /// The larger value is at least this many times the smaller one.
    pub factor: Decimal,
    /// The difference is at least this.
    pub least: Decimal,
    /// The least difference for values in a certain 计量单位.
    pub least_of: BTreeMap<String, Decimal>,
}

/// When two tables count as the same table, submitted twice.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Identical {
    /// They have at least this many equal values other than 0.
    pub least: usize,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct CrosswalkEntry {
    one: Vec<String>,
    other: Vec<String>,
    #[serde(default)]
    same: bool,
    #[serde(default, rename = "pair")]
    pairs: Vec<Pair>,
    #[serde(default)]
    without: Vec<Without>,
}

#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Pair {
    one: Vec<String>,
    other: Vec<String>,
    #[serde(rename = "match")]
    kind: Match,
    zh: Option<String>,
    en: Option<String>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Without {
    ids: Vec<String>,
    zh: String,
    en: String,
}

/// The crosswalk shipped with the library.
pub(crate) fn shipped_crosswalk() -> &'static Crosswalk {
    static CROSSWALK: LazyLock<Crosswalk> = LazyLock::new(|| {
        let text = include_str!("../../templates/crosswalk.toml");
        from_toml_str(text, "crosswalk.toml").expect("the shipped crosswalk is tested")
    });
    &CROSSWALK
}

/// Reads a crosswalk. `file` is the name for messages.
///
/// # Errors
/// [`ErrorKind::Template`] with the file and what is wrong in it.
pub(super) fn from_toml_str(text: &str, file: &str) -> Result<Crosswalk> {
    let wrong =
        |detail: String| Error::new(ErrorKind::Template { place: format!("{file}: "), detail, arguments: Vec::new() });
    let crosswalk: Crosswalk = toml::from_str(text).map_err(|error| wrong(error.to_string()))?;
    for pair in crosswalk.entries.iter().flat_map(|entry| &entry.pairs) {
        let (explained, needed) = (pair.zh.is_some() && pair.en.is_some(), pair.kind != Match::Comparable);
        if matches!(pair.kind, Match::Same | Match::Without) || explained != needed {
            return Err(wrong(format!("the pair {:?} needs match and, unless comparable, zh and en", pair.one)));
        }
    }
    Ok(crosswalk)
}

/// Corresponding indicators of two forms.
#[derive(Clone, Debug)]
pub(super) struct Link {
    /// Those of the older report's form. Empty if there is no counterpart.
    pub old: Side,
    /// Those of the newer report's form. Empty if there is no counterpart.
    pub new: Side,
    /// How well they correspond.
    pub kind: Match,
    /// Why they do not correspond exactly.
    pub why: Option<Wording>,
}

/// Which indicators of an older form correspond to which of a newer one.
#[derive(Clone, Debug)]
pub(super) struct FormMapping {
    /// The links in the order of the newer form, then the indicators that only the older form has.
    pub links: Vec<Link>,
    /// Whether both forms are the same.
    pub one_form: bool,
}

/// A link by ids only.
struct IdLink {
    old: Vec<String>,
    new: Vec<String>,
    kind: Match,
    why: Option<Wording>,
}

impl FormMapping {
    /// Maps one form to another.
    pub(super) fn new(old: &Template, new: &Template, crosswalk: &Crosswalk) -> Self {
        let (old_ids, new_ids) = (ids(old), ids(new));
        let one_form = old_ids == new_ids && new_ids.iter().all(|id| alike(old, new, id));
        let mut found = Vec::new();
        let mut reasons: &[Without] = &[];
        if one_form {
            found.extend(new_ids.iter().map(|id| identity(id, Match::Same)));
        } else if let (Some(old_base), Some(new_base)) = (base(old), base(new)) {
            let old_known = KnownForm { form: old, base: old_base };
            let new_known = KnownForm { form: new, base: new_base };
            if old_base.id() == new_base.id() {
                let both = new_ids.iter().filter(|id| old_known.has(id) && new_known.has(id));
                found.extend(both.map(|id| identity(id, Match::Same)));
            } else if let Some((between, turned)) = crosswalk.between(old_base.id(), new_base.id()) {
                found.extend(between.found(turned, &old_known, &new_known));
                reasons = &between.without;
            }
        }
        found.extend(by_label(old, new, &found, &old_ids, &new_ids));
        for (ids, is_old) in [(&new_ids, false), (&old_ids, true)] {
            let covered = covered(&found, is_old);
            let left: Vec<&String> = ids.iter().filter(|id| !covered.contains(id.as_str())).collect();
            found.extend(left.into_iter().map(|id| without(id, is_old, reasons)));
        }
        let (old_names, new_names) = (name::names(old), name::names(new));
        let order: HashMap<&str, usize> = new_ids.iter().enumerate().map(|(at, id)| (id.as_str(), at)).collect();
        let mut links: Vec<Link> = found
            .into_iter()
            .map(|found| Link {
                old: Side::new(old, &old_names, found.old),
                new: Side::new(new, &new_names, found.new),
                kind: found.kind,
                why: found.why,
            })
            .collect();
        // A sum takes the place of its first indicator. The sort is stable, so that links of one indicator keep their
        // order.
        links.sort_by_key(|link| link.new.ids.first().map_or(usize::MAX, |id| order[id.as_str()]));
        Self { links, one_form }
    }
}

impl Crosswalk {
    /// The entry for two shipped forms, and whether its sides are swapped (`other` is the older form).
    fn between(&self, old: &str, new: &str) -> Option<(&CrosswalkEntry, bool)> {
        let holds = |group: &[String], id: &str| group.iter().any(|known| known == id);
        self.entries.iter().find_map(|entry| {
            if holds(&entry.one, old) && holds(&entry.other, new) {
                Some((entry, false))
            } else if holds(&entry.other, old) && holds(&entry.one, new) {
                Some((entry, true))
            } else {
                None
            }
        })
    }
}

impl CrosswalkEntry {
    /// The pairs of which both forms have all ids.
    fn found(&self, turned: bool, old: &KnownForm<'_>, new: &KnownForm<'_>) -> Vec<IdLink> {
        let (one, other) = if turned { (new, old) } else { (old, new) };
        let mut found = Vec::new();
        for pair in &self.pairs {
            let why = || Some(Wording::Own { zh: pair.zh.clone()?, en: pair.en.clone()? });
            for part in pair.parts(one) {
                let fill = |ids: &[String]| ids.iter().map(|id| id.replace('*', &part)).collect::<Vec<_>>();
                let (ones, others) = (fill(&pair.one), fill(&pair.other));
                if ones.iter().all(|id| one.has(id)) && others.iter().all(|id| other.has(id)) {
                    let (old, new) = if turned { (others, ones) } else { (ones, others) };
                    found.push(IdLink { old, new, kind: pair.kind, why: why() });
                }
            }
        }
        if self.same {
            let (of_old, of_new) = (covered(&found, true), covered(&found, false));
            let both = ids(new.form).into_iter().filter(|id| {
                old.has(id) && new.has(id) && !of_old.contains(id.as_str()) && !of_new.contains(id.as_str())
            });
            let both: Vec<_> = both.map(|id| identity(&id, Match::Comparable)).collect();
            found.extend(both);
        }
        found
    }
}

impl Pair {
    /// What `*` stands for in a form's ids: any part without a dot.
    fn parts(&self, one: &KnownForm<'_>) -> BTreeSet<String> {
        let Some((before, after)) = self.one.first().and_then(|id| id.split_once('*')) else {
            return BTreeSet::from([String::new()]);
        };
        let part = |id: String| {
            let part = id.strip_prefix(before)?.strip_suffix(after)?;
            (!part.contains('.')).then(|| part.to_owned())
        };
        ids(one.form).into_iter().filter_map(part).collect()
    }
}

/// A form with the shipped form that it is or was made from.
struct KnownForm<'t> {
    form: &'t Template,
    base: &'t Template,
}

impl KnownForm<'_> {
    /// Whether the form has an indicator with the same meaning as in the shipped form.
    fn has(&self, id: &str) -> bool {
        alike(self.form, self.base, id)
    }
}

/// Whether an id has the same label in both forms, or in `form` a label that `base` lists as an alias.
fn alike(form: &Template, base: &Template, id: &str) -> bool {
    let (Some(own), Some(known)) = (form.place(id), base.place(id)) else { return false };
    let [(row, column), (known_row, known_column)] = [(form, own), (base, known)].map(|(form, (t, r, c))| {
        let table = &form.tables()[t];
        (&table.rows[r], &table.columns[c])
    });
    let bare = |text: &str| label::without_brackets(&fold(label::without_ordinal(text)));
    let same = |own: &str, known: &str, aliases: &[String]| {
        bare(own) == bare(known) || aliases.iter().any(|alias| bare(alias) == bare(own))
    };
    // The header of a list's only value column varies from place to place.
    let headers = column.id.is_none() || same(&column.header, &known_column.header, &known_column.aliases);
    same(&row.label, &known_row.label, &known_row.aliases) && headers
}

/// The shipped form that shares most indicators with a form.
fn base(form: &Template) -> Option<&'static Template> {
    let ids = ids(form);
    let shared = |base: &Template| ids.iter().filter(|id| alike(form, base, id)).count();
    // On a tie, the form with the same id, then the first.
    let all = shipped().0.iter().rev().map(|base| (shared(base), base.id() == form.id(), &**base));
    all.max_by_key(|(count, own, _)| (*count, *own)).filter(|(count, ..)| *count > 0).map(|(.., base)| base)
}

fn ids(form: &Template) -> Vec<String> {
    form.indicators().iter().map(|indicator| indicator.id.to_string()).collect()
}

fn identity(id: &str, kind: Match) -> IdLink {
    IdLink { old: vec![id.to_owned()], new: vec![id.to_owned()], kind, why: None }
}

fn covered(found: &[IdLink], is_old: bool) -> HashSet<&str> {
    found.iter().flat_map(|found| if is_old { &found.old } else { &found.new }).map(String::as_str).collect()
}

/// Matches the indicators that the crosswalk does not cover: same labels from the section down, same column, same unit.
fn by_label(old: &Template, new: &Template, found: &[IdLink], old_ids: &[String], new_ids: &[String]) -> Vec<IdLink> {
    let is_shipped = |form: &Template| shipped().find(form.id()).is_some_and(|known| ids(known) == ids(form));
    if is_shipped(old) && is_shipped(new) {
        return Vec::new();
    }
    let keys = |form: &Template, ids: &[String], covered: &HashSet<&str>| {
        let mut keys: BTreeMap<String, Vec<String>> = BTreeMap::new();
        for id in ids.iter().filter(|id| !covered.contains(id.as_str())) {
            keys.entry(name::key(form, id)).or_default().push(id.clone());
        }
        keys
    };
    let of_old = keys(old, old_ids, &covered(found, true));
    let of_new = keys(new, new_ids, &covered(found, false));
    let pair = |(key, new): (&String, &Vec<String>)| {
        let old = of_old.get(key)?;
        // A label that occurs twice is ambiguous.
        let one_each = old.len() == 1 && new.len() == 1;
        one_each.then(|| IdLink { old: old.clone(), new: new.clone(), kind: Match::Comparable, why: None })
    };
    of_new.iter().filter_map(pair).collect()
}

fn without(id: &str, is_old: bool, reasons: &[Without]) -> IdLink {
    let reason = reasons.iter().find(|without| without.ids.iter().any(|pattern| fits(pattern, id)));
    let why = match reason {
        Some(reason) => Wording::Own { zh: reason.zh.clone(), en: reason.en.clone() },
        None => Wording::Key("compare.unknown".into()),
    };
    let (own, none) = (vec![id.to_owned()], Vec::new());
    let (old, new) = if is_old { (own, none) } else { (none, own) };
    IdLink { old, new, kind: Match::Without, why: Some(why) }
}

/// Whether an id matches a pattern, in which `*` stands for any text.
fn fits(pattern: &str, id: &str) -> bool {
    match pattern.split_once('*') {
        None => pattern == id,
        Some((before, after)) => {
            id.len() >= before.len() + after.len() && id.starts_with(before) && id.ends_with(after)
        }
    }
}

#[cfg(test)]
mod tests;
