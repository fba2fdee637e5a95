//! The kinds of rules: one file for each.
//!
//! In: a rule of a template, resolved, and the values of a report. Out: a [`Violation`](super::violation::Violation) or
//! nothing. The rules themselves are in templates; here is only what each kind does: evaluate, show an example, write a
//! spreadsheet formula ([`Kind`]).
//!
//! To add a kind, write its file and add its line to `for_each_rule_kind` in `src/template/rule.rs`. That list also
//! declares the modules here, so format their files by name: `rustfmt src/check/rule/*.rs`.

mod comparison;
mod each_value;
pub(crate) mod kind;

use kind::Kind;

use crate::template::{RuleKind, for_each_rule_kind};

macro_rules! define_kinds {
    ($($file:ident: $kind:ident = $name:literal, $shape:ident, $doc:literal;)*) => {
        $(mod $file;)*

        /// What a kind of rule does.
        pub(crate) fn kind_of(kind: RuleKind) -> &'static dyn Kind {
            match kind {
                $(RuleKind::$kind => &$file::$kind,)*
            }
        }
    };
}
for_each_rule_kind!(define_kinds);

#[cfg(test)]
mod tests {
    use crate::message;
    use crate::template::RuleKind;

    #[test]
    fn every_kind_that_has_a_file_is_listed() {
        let kinds: Vec<_> = RuleKind::ALL.iter().map(|kind| kind.as_str()).collect();
        for entry in std::fs::read_dir("src/check/rule").unwrap() {
            let path = entry.unwrap().path();
            if std::fs::read_to_string(&path).unwrap().contains("\nimpl Kind for ") {
                let kind = path.file_stem().unwrap().to_str().unwrap().replace('_', "-");
                assert!(kinds.contains(&kind.as_str()), "{} has no line in for_each_rule_kind", path.display());
            }
        }
    }

    #[test]
    fn every_kind_has_its_messages() {
        for kind in RuleKind::ALL.iter().map(|kind| kind.as_str()) {
            for section in ["must", "rule", "fix"] {
                assert!(message::has(&format!("{section}.{kind}")), "{section}.{kind}");
            }
        }
    }
}
