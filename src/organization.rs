//! Compares names of organizations.
//!
//! In: names from reports and rosters. Out: a [`Key`] that is equal for names of the same organization, and a
//! [`Likeness`] for names that may be the same. Called by [`crate::merge`], [`crate::compare`] and [`crate::engine`]. The endings that
//! make no difference are in `templates/words.toml`, the limits of similarity ([`Measure`]) in
//! `templates/crosswalk.toml`.

use std::collections::{BTreeMap, BTreeSet};

use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};

use crate::text::fold::fold;
use crate::text::words::words;

/// Names with fewer characters are similar by chance.
const SHORTEST: usize = 2;

/// A place is common to all names only if at least this many names start with it.
const COMMON: usize = 3;

/// The key of a name. Names that certainly mean the same organization have equal keys.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(crate) struct Key(String);

/// Makes the keys of names that are compared with each other.
#[derive(Clone, Debug, Default)]
pub(crate) struct Names {
    /// The folded name of the common place: 安宁县 if the names are 安宁县中庄镇, 安宁县红旗镇 and so on.
    place: Option<String>,
    /// The keys of other names, each with the key of its organization.
    aliases: BTreeMap<Key, Key>,
}

/// Further names of organizations, which the user lists.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Aliases(Vec<Vec<String>>);

impl Aliases {
    /// The names of organizations, each with all names of one. Lists with a common name are of one organization if it is
    /// the first in one of them.
    ///
    /// # Errors
    /// A name that two organizations have.
    pub(crate) fn new(lists: Vec<Vec<String>>) -> Result<Self, String> {
        let mut groups: Vec<Vec<String>> = Vec::new();
        let mut group_of: BTreeMap<String, usize> = BTreeMap::new();
        for list in lists.into_iter().filter(|list| list.len() > 1) {
            let known: Vec<usize> = list.iter().filter_map(|name| group_of.get(&plain(name)).copied()).collect();
            let group = known.first().copied().unwrap_or(groups.len());
            if group == groups.len() {
                groups.push(Vec::new());
            }
            let shared = list.iter().find(|name| group_of.get(&plain(name)).is_some_and(|own| *own != group));
            if let Some(name) = shared {
                return Err(name.clone());
            }
            // A second list continues the first only under its main name.
            let main = groups[group].first().map(|main| plain(main));
            if let Some(main) = main.filter(|main| list.iter().all(|name| plain(name) != *main)) {
                let name = list.iter().find(|name| group_of.contains_key(&plain(name)));
                return Err(name.cloned().unwrap_or(main));
            }
            for name in list {
                group_of.insert(plain(&name), group);
                groups[group].push(name);
            }
        }
        Ok(Self(groups))
    }

    /// Whether no organization has another name.
    pub(crate) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

impl Names {
    /// Finds the place that most of the names start with.
    pub(crate) fn new<'n>(names: impl IntoIterator<Item = &'n str>, aliases: &Aliases) -> Self {
        let names: Vec<String> = names.into_iter().map(plain).collect();
        let mut places: BTreeMap<&str, usize> = BTreeMap::new();
        for name in &names {
            let marks = name.char_indices().filter(|(_, c)| is_place_mark(*c));
            for end in marks.map(|(at, c)| at + c.len_utf8()) {
                let (place, rest) = name.split_at(end);
                if place.chars().count() > SHORTEST && rest.chars().count() >= SHORTEST {
                    *places.entry(place).or_default() += 1;
                }
            }
        }
        let most = places.into_iter().filter(|(_, count)| *count >= COMMON && count * 2 >= names.len());
        let place = most.max_by_key(|(place, _)| place.len()).map(|(place, _)| place.to_owned());
        let mut made = Self { place, aliases: BTreeMap::new() };
        let groups: Vec<Vec<Key>> =
            aliases.0.iter().map(|group| group.iter().map(|name| made.own_key(name)).collect()).collect();
        // Without the common place, names of two organizations may become equal. Then they are nobody's.
        let mut owners: BTreeMap<&Key, BTreeSet<&Key>> = BTreeMap::new();
        for group in &groups {
            for key in group {
                owners.entry(key).or_default().insert(&group[0]);
            }
        }
        let sure = owners.into_iter().filter(|(_, owners)| owners.len() == 1);
        made.aliases =
            sure.flat_map(|(key, owners)| owners.into_iter().map(|own| (key.clone(), own.clone()))).collect();
        made
    }

    /// The key of a name.
    pub(crate) fn key(&self, name: &str) -> Key {
        let own = self.own_key(name);
        self.aliases.get(&own).cloned().unwrap_or(own)
    }

    /// The key of a name by itself.
    fn own_key(&self, name: &str) -> Key {
        let plain = plain(name);
        let below = self.place.as_deref().and_then(|place| plain.strip_prefix(place));
        Key(below.filter(|rest| rest.chars().count() >= SHORTEST).map_or_else(|| plain.clone(), str::to_owned))
    }
}

/// A folded name without endings that make no difference.
fn plain(name: &str) -> String {
    let mut folded = fold(name);
    for (long, short) in &words().organization_short_forms {
        folded = folded.replace(long.as_str(), short);
    }
    without_ending(&folded, &words().organization_plain_endings).to_owned()
}

/// A folded name without the longest of these endings that it has.
fn without_ending<'n>(name: &'n str, endings: &[String]) -> &'n str {
    let rest = endings.iter().filter_map(|ending| name.strip_suffix(ending.as_str()));
    rest.filter(|rest| rest.chars().count() >= SHORTEST).min_by_key(|rest| rest.len()).unwrap_or(name)
}

fn is_place_mark(c: char) -> bool {
    "省市县区旗州盟".contains(c)
}

/// How two names are similar, the strongest first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Likeness {
    /// They differ in an ending such as 人民政府.
    Ending,
    /// One contains the other, for example without the name of the county.
    Within,
    /// They have the same characters in another order.
    Order,
    /// They differ in the kind of organization, such as 镇 and 街道.
    Kind,
    /// They differ in few characters.
    Spelling,
}

impl Likeness {
    /// The key of the word for it in the message catalogue.
    pub(crate) fn key(self) -> &'static str {
        match self {
            Self::Ending => "compare.like_ending",
            Self::Within => "compare.like_within",
            Self::Order => "compare.like_order",
            Self::Kind => "compare.like_kind",
            Self::Spelling => "compare.like_spelling",
        }
    }
}

/// How much the names of one organization may differ.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Measure {
    /// The largest part of the longer name's characters that may differ.
    pub share: Decimal,
    /// Endings that name the kind of organization.
    pub kinds: Vec<String>,
}

impl Measure {
    /// How two different names are similar, with their edit distance. `None` if they are not.
    pub(crate) fn likeness(&self, one: &str, other: &str) -> Option<(Likeness, usize)> {
        let (one, other) = (fold(one), fold(other));
        let distance = strsim::osa_distance(&one, &other);
        let [one_core, other_core] = [&one, &other].map(|name| without_ending(name, &words().organization_endings));
        let sorted = |name: &str| {
            let mut characters: Vec<char> = name.chars().collect();
            characters.sort_unstable();
            characters
        };
        let [one_stem, other_stem] = [one_core, other_core].map(|core| without_ending(core, &self.kinds));
        let longer = one.chars().count().max(other.chars().count());
        let within = |whole: &str, part: &str| part.chars().count() >= SHORTEST && whole.contains(part);
        let why = if one_core == other_core {
            Likeness::Ending
        } else if within(one_core, other_core) || within(other_core, one_core) {
            Likeness::Within
        } else if sorted(&one) == sorted(&other) {
            Likeness::Order
        } else if one_stem == other_stem {
            Likeness::Kind
        } else if Decimal::from(distance) <= self.share * Decimal::from(longer) {
            Likeness::Spelling
        } else {
            return None;
        };
        Some((why, distance))
    }

    /// Whether two names of the same year are similar enough to ask the user.
    ///
    /// 中庄镇 and 中庄乡 are not: a typing error does not change the kind of organization.
    pub(crate) fn are_near(&self, one: &str, other: &str) -> bool {
        let last = |name: &str| fold(name).chars().next_back();
        match self.likeness(one, other) {
            Some((Likeness::Kind, _)) | None => false,
            Some((Likeness::Spelling, _)) => last(one) == last(other),
            Some(_) => true,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn endings_and_variants_make_no_difference_but_offices_do() {
        let names = Names::default();
        for (one, other) in [
            ("中庄镇", "中庄镇人民政府"),
            ("中庄镇政府", "中庄镇人民政府"),
            ("示例鎮", " 示例 镇"),
            ("红旗街道", "红旗街道办事处"),
            ("高新区管理委员会", "高新区管委会"),
        ] {
            assert_eq!(names.key(one), names.key(other), "{one} {other}");
        }
        for (one, other) in [("安宁县人民政府", "安宁县人民政府办公室"), ("中庄镇", "中庄乡"), ("中庄镇", "东庄镇")]
        {
            assert_ne!(names.key(one), names.key(other), "{one} {other}");
        }
    }

    #[test]
    fn the_place_that_all_belong_to_makes_no_difference() {
        let names = Names::new(["安宁县中庄镇", "安宁县红旗镇人民政府", "安宁县财政局", "水务局"], &Aliases::default());
        assert_eq!(names.key("安宁县水务局"), names.key("水务局"));
        assert_ne!(names.key("城关县水务局"), names.key("水务局"));
        let few = Names::new(["安宁县中庄镇", "红旗镇"], &Aliases::default());
        assert_ne!(few.key("安宁县中庄镇"), names.key("安宁县中庄镇"));
    }

    #[test]
    fn near_names_are_worth_asking() {
        let measure = &crate::compare::shipped_crosswalk().rename;
        let are_near = |one: &str, other: &str| measure.are_near(one, other);
        assert!(are_near("安宁县中庄镇", "中庄镇") && are_near("安宁县政府", "安宁县人民政府办公室"));
        assert!(are_near("中庄镇", "中壮镇") && are_near("人力资源和社会保障局", "人力资源社会保障局"));
        assert!(!are_near("中庄镇", "红旗镇") && !are_near("中庄镇", "中庄乡") && !are_near("甲", "乙"));
    }
}
