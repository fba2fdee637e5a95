//! The languages of messages, one for each `templates/messages.CODE.toml`, and the texts of each.

use std::fmt;

/// A language of messages.
///
/// ```
/// use xxgk::message::Lang;
///
/// assert_eq!(Lang::from_code("zh"), Some(Lang::ZH));
/// assert_eq!(Lang::from_locale("zh_CN.UTF-8"), Lang::ZH);
/// assert!(Lang::ALL.iter().any(|lang| lang.name() == "English"));
/// ```
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct Lang(u8);

/// One language, as its file has it.
struct Language {
    code: &'static str,
    name: &'static str,
    tag: &'static str,
    locale: &'static str,
    list: &'static str,
    comma: &'static str,
    colon: &'static str,
    open: &'static str,
    close: &'static str,
    prefixes: &'static [&'static str],
    /// In the order of [`KEYS`].
    texts: &'static [&'static str],
}

// KEYS, which is sorted, LANGUAGES, and the constants of Lang.
include!(concat!(env!("OUT_DIR"), "/messages.rs"));

impl Lang {
    /// The language of a code such as `zh`, as in `--lang`.
    pub fn from_code(code: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|lang| lang.code() == code)
    }

    /// The language of a locale name such as `zh_CN.UTF-8`; English where there is none.
    pub fn from_locale(locale: &str) -> Self {
        let locale = locale.to_ascii_lowercase();
        let names = |lang: &Self| lang.entry().prefixes.iter().any(|prefix| locale.starts_with(prefix));
        Self::ALL.iter().copied().find(names).unwrap_or(Self::EN)
    }

    fn entry(self) -> &'static Language {
        &LANGUAGES[usize::from(self.0)]
    }

    /// The code, such as `zh`.
    pub fn code(self) -> &'static str {
        self.entry().code
    }

    /// The name in the language itself, such as `中文`.
    pub fn name(self) -> &'static str {
        self.entry().name
    }

    /// The BCP 47 tag, such as `zh-Hans`.
    pub fn tag(self) -> &'static str {
        self.entry().tag
    }

    /// Language and region, such as `zh-CN`.
    pub fn locale(self) -> &'static str {
        self.entry().locale
    }

    /// What separates the items of a list: `、` or `, `.
    pub fn list_separator(self) -> &'static str {
        self.entry().list
    }

    /// A list of texts from a file, each in quotation marks.
    pub(crate) fn quoted_list(self, items: impl IntoIterator<Item = impl fmt::Display>) -> String {
        items.into_iter().map(|item| format!("“{item}”")).collect::<Vec<_>>().join(self.list_separator())
    }

    /// What separates the clauses of a sentence: `，` or `, `.
    pub fn comma(self) -> &'static str {
        self.entry().comma
    }

    /// What stands before an explanation: `：` or `: `.
    pub fn colon(self) -> &'static str {
        self.entry().colon
    }

    /// A text in parentheses, to be put behind another: `（text）` or ` (text)`.
    pub fn parentheses(self, text: &str) -> String {
        format!("{}{text}{}", self.entry().open, self.entry().close)
    }

    /// Chooses between texts that exist in Chinese and English only, such as those of templates: Chinese for Chinese,
    /// English for every other language.
    pub fn choose<T>(self, chinese: T, english: T) -> T {
        if self == Self::ZH { chinese } else { english }
    }

    /// The text of a key, such as `error.empty`.
    pub(super) fn lookup(self, key: &str) -> Option<&'static str> {
        KEYS.binary_search(&key).ok().map(|at| self.entry().texts[at])
    }
}

impl Default for Lang {
    /// Chinese, the language of the forms.
    fn default() -> Self {
        Self::ZH
    }
}

impl fmt::Debug for Lang {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.code())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_can_be_searched() {
        assert!(KEYS.is_sorted());
        assert!(LANGUAGES.iter().all(|language| language.texts.len() == KEYS.len()));
    }

    #[test]
    fn languages_are_found_by_code_and_by_locale() {
        for lang in Lang::ALL {
            assert_eq!(Lang::from_code(lang.code()), Some(*lang));
            assert_eq!(Lang::from_locale(lang.locale()), *lang);
        }
        for (locale, lang) in
            [("zh_CN.UTF-8", Lang::ZH), ("zh-Hant-TW", Lang::ZH), ("en_US", Lang::EN), ("C", Lang::EN)]
        {
            assert_eq!(Lang::from_locale(locale), lang, "{locale}");
        }
        assert_eq!(Lang::from_code("xx"), None);
    }
}
