use super::*;

fn forms() -> impl Iterator<Item = (&'static Template, &'static Template)> {
    let all = || shipped().0.iter().map(|form| &**form);
    all().flat_map(move |old| all().map(move |new| (old, new)))
}

/// Whether the crosswalk leads between two forms. Where it does not, a comparison says of each value that nothing is known.
fn is_led(old: &Template, new: &Template) -> bool {
    let ids = [old.id(), new.id()].map(str::to_owned);
    let leads =
        |[one, other]: [&String; 2], entry: &CrosswalkEntry| entry.one.contains(one) && entry.other.contains(other);
    let [one, other] = &ids;
    let mut entries = shipped_crosswalk().entries.iter();
    one == other || entries.any(|entry| leads([one, other], entry) || leads([other, one], entry))
}

#[test]
fn every_indicator_of_forms_that_are_led_over_has_a_counterpart_or_a_reason() {
    for (old, new) in forms().filter(|(old, new)| is_led(old, new)) {
        let mapping = FormMapping::new(old, new, shipped_crosswalk());
        assert_eq!(mapping.one_form, old.id() == new.id());
        for (form, is_old) in [(old, true), (new, false)] {
            let side = |link: &Link| if is_old { link.old.ids.clone() } else { link.new.ids.clone() };
            let there: Vec<String> = mapping.links.iter().flat_map(side).collect();
            for id in ids(form) {
                assert!(there.contains(&id), "{} → {}: {id}", old.id(), new.id());
            }
            let known = ids(form);
            assert!(there.iter().all(|id| known.contains(id)), "{} → {}", old.id(), new.id());
        }
        for link in &mapping.links {
            let unknown = matches!(&link.why, Some(Wording::Key(_)));
            assert!(!unknown, "{} → {}: {:?} {:?}", old.id(), new.id(), link.old.ids, link.new.ids);
            assert_eq!(link.why.is_some(), !matches!(link.kind, Match::Same | Match::Comparable));
            assert_eq!(link.old.ids.is_empty() || link.new.ids.is_empty(), link.kind == Match::Without);
        }
    }
}

#[test]
fn every_word_of_the_crosswalk_is_of_some_form() {
    let crosswalk = shipped_crosswalk();
    for entry in &crosswalk.entries {
        let ids_of = |group: &[String]| -> Vec<String> {
            group.iter().flat_map(|id| ids(shipped().find(id).unwrap())).collect()
        };
        let (one, other) = (ids_of(&entry.one), ids_of(&entry.other));
        for pair in &entry.pairs {
            for (patterns, known) in [(&pair.one, &one), (&pair.other, &other)] {
                for pattern in patterns {
                    assert!(known.iter().any(|id| fits(pattern, id)), "{pattern}");
                }
            }
        }
        for pattern in entry.without.iter().flat_map(|without| &without.ids) {
            assert!(one.iter().chain(&other).any(|id| fits(pattern, id)), "{pattern}");
        }
    }
    // Each pair and each reason is used at least once.
    let used: Vec<String> = forms()
        .flat_map(|(old, new)| FormMapping::new(old, new, crosswalk).links)
        .filter_map(|link| match link.why {
            Some(Wording::Own { zh, .. }) => Some(zh),
            _ => None,
        })
        .collect();
    for entry in &crosswalk.entries {
        let pairs = entry.pairs.iter().filter_map(|pair| pair.zh.as_ref());
        for zh in pairs.chain(entry.without.iter().map(|without| &without.zh)) {
            assert!(used.contains(zh), "{zh}");
        }
    }
}

#[test]
fn no_indicator_is_compared_alone_with_two_others() {
    for (old, new) in forms() {
        let mapping = FormMapping::new(old, new, shipped_crosswalk());
        let mut seen = HashMap::new();
        for link in mapping.links.iter().filter(|link| link.old.ids.len() == 1 && link.new.ids.len() == 1) {
            *seen.entry((link.new.ids[0].clone(), link.kind)).or_insert(0) += 1;
        }
        let twice: Vec<_> = seen.iter().filter(|(_, count)| **count > 1).collect();
        assert!(twice.is_empty(), "{} → {}: {twice:?}", old.id(), new.id());
    }
}

#[test]
fn the_walk_back_is_the_walk_turned() {
    for (old, new) in forms() {
        let pairs = |mapping: &FormMapping, turned: bool| {
            let pair = |link: &Link| {
                let (old, new) = (link.old.ids.clone(), link.new.ids.clone());
                (if turned { (new, old) } else { (old, new) }, format!("{:?}", link.kind))
            };
            mapping.links.iter().map(pair).collect::<BTreeSet<_>>()
        };
        let (there, back) =
            (FormMapping::new(old, new, shipped_crosswalk()), FormMapping::new(new, old, shipped_crosswalk()));
        assert_eq!(pairs(&there, false), pairs(&back, true), "{} → {}", old.id(), new.id());
    }
}

#[test]
fn a_form_of_the_users_own_is_led_over_by_the_rows_it_kept() {
    let text = crate::template::shipped_toml("2014").unwrap().replacen("id = \"2014\"", "id = \"mine\"", 1);
    let own_row = text.replacen(
        "  { id = \"section_2\"",
        "  { id = \"mine.hotline\", level = 1, label = \"热线数\", unit = \"次\" },\n  { id = \"section_2\"",
        1,
    );
    // An id that was kept for another meaning is not mapped.
    let mine = own_row.replacen("label = \"（一）收到申请数\"", "label = \"（一）咨询数\"", 1);
    let mine = crate::template::from_toml_str(&mine, "mine.toml").unwrap();
    let mapping = FormMapping::new(&mine, shipped().find("2021").unwrap(), shipped_crosswalk());
    let of = |id: &str| mapping.links.iter().find(|link| link.old.ids == [id]).unwrap();
    assert_eq!(of("closed").new.ids, ["handled.total.total"]);
    assert_eq!((of("received").kind, of("mine.hotline").kind), (Match::Without, Match::Without));
    let mapping = FormMapping::new(shipped().find("2014").unwrap(), &mine, shipped_crosswalk());
    let kinds: Vec<_> = mapping.links.iter().filter(|link| link.kind == Match::Same).collect();
    assert_eq!(kinds.len(), 60);
}
