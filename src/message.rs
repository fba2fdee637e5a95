//! The catalogue of all texts for people: `templates/messages.CODE.toml`, one file for each language.
//!
//! In: a key such as `error.encrypted` and named arguments. Out: a sentence. Findings, errors, the command line and its
//! help take every text from here, so a new language is a new file. The build turns the files into a table and fails
//! where they differ in their keys or in the names of their arguments.

mod arguments;
mod language;

pub(crate) use arguments::Arguments;
pub use language::Lang;

/// Replaces the `{names}` of a pattern by their arguments; an unknown name stays. An argument such as `@format.pdf`
/// stands for the text of that key in the same language.
pub(crate) fn fill(pattern: &str, lang: Lang, arguments: &Arguments) -> String {
    let mut out = String::with_capacity(pattern.len() + 32);
    let mut rest = pattern;
    while let Some(open) = rest.find('{') {
        let Some(close) = rest[open..].find('}') else { break };
        out.push_str(&rest[..open]);
        match arguments.get(&rest[open + 1..open + close]) {
            Some(value) => out.push_str(value.strip_prefix('@').and_then(|key| lang.lookup(key)).unwrap_or(value)),
            None => out.push_str(&rest[open..=open + close]),
        }
        rest = &rest[open + close + 1..];
    }
    out.push_str(rest);
    out
}

/// The text of a key such as `cli.converted`, with its arguments; the key itself where the catalogue does not have it.
pub(crate) fn text(key: &str, lang: Lang, arguments: &Arguments) -> String {
    lang.lookup(key).map_or_else(|| key.to_owned(), |pattern| fill(pattern, lang, arguments))
}

/// The text of a key with its `{names}`; empty where the catalogue does not have it.
pub(crate) fn pattern(key: &str, lang: Lang) -> &'static str {
    lang.lookup(key).unwrap_or_default()
}

/// The text of a key with `…` for its `{names}`: what such messages have in common.
pub(crate) fn outline(key: &str, lang: Lang) -> String {
    let pattern = pattern(key, lang);
    let names = pattern.split('{').skip(1).filter_map(|rest| rest.split_once('}'));
    let arguments: Arguments = names.map(|(name, _)| (name.to_owned(), "…".to_owned())).collect();
    fill(pattern, lang, &arguments)
}

/// What to do about the message of a key, where the catalogue says so: the text of `KEY_hint`.
pub(crate) fn hint(key: &str, lang: Lang, arguments: &Arguments) -> Option<String> {
    lang.lookup(&format!("{key}_hint")).map(|pattern| fill(pattern, lang, arguments))
}

/// Whether the catalogue has a key.
pub(crate) fn has(key: &str) -> bool {
    Lang::default().lookup(key).is_some()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn arguments_are_filled_in_once() {
        let arguments = Arguments::from([("a".to_owned(), "{b}".to_owned()), ("b".to_owned(), "2".to_owned())]);
        assert_eq!(fill("{a} and {b} and {c}", Lang::EN, &arguments), "{b} and 2 and {c}");
    }

    #[test]
    fn keys_as_arguments_are_shown_in_the_language_of_the_message() {
        let arguments = Arguments::from([("found".to_owned(), "@format.png".to_owned())]);
        assert!(text("error.not_a_table", Lang::EN, &arguments).contains("a picture (PNG)"));
        assert!(text("error.not_a_table", Lang::ZH, &arguments).contains("图片"));
    }

    #[test]
    fn hints_are_found_by_the_key_of_their_message() {
        assert!(hint("error.empty", Lang::EN, &Arguments::new()).is_some());
        assert_eq!(hint("error.template", Lang::EN, &Arguments::new()), None);
    }
}
