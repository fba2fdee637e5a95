//! Registers of formats.
//!
//! A register is a list with one line for each format. [`formats!`] declares the module of each line and makes of the
//! list the enum, the list of all formats and the look-ups by name and file extension, so no format can lack a name.
//! `crate::write`, `crate::read` and `crate::compare::render` each have one in their `mod.rs`.
//!
//! The macro declares the modules, so `cargo fmt` does not find them: `cargo fmt -- src/{read,write,compare/render}/*.rs`.

/// Declares the modules and the enum of a register: `module: Variant = CONSTANT, "What it is.";`, where the constant in
/// the module describes the format. A module with several formats has them all on its line.
///
/// The type of the constants needs the fields `name` and `extensions`.
macro_rules! formats {
    ($(#[$meta:meta])* pub enum $format:ident described by $info:ty {
        $($module:ident: $($variant:ident = $constant:ident, $doc:literal),+;)+
    }) => {
        $(pub(crate) mod $module;)+

        $(#[$meta])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
        #[non_exhaustive]
        pub enum $format {
            $($(#[doc = $doc] $variant,)+)+
        }

        impl $format {
            /// All formats.
            pub const ALL: &'static [Self] = &[$($(Self::$variant),+),+];

            pub(crate) fn info(self) -> &'static $info {
                match self {
                    $($(Self::$variant => &$module::$constant,)+)+
                }
            }

            /// The name in options, JSON and messages.
            pub fn name(self) -> &'static str {
                self.info().name
            }

            /// The file extensions in lower case, the usual one first.
            pub fn extensions(self) -> &'static [&'static str] {
                self.info().extensions
            }

            /// The format with this [`name`](Self::name).
            pub fn from_name(name: &str) -> Option<Self> {
                Self::ALL.iter().copied().find(|format| format.name() == name)
            }

            /// The format that files with this extension have; case makes no difference.
            pub fn from_extension(extension: &str) -> Option<Self> {
                let is_extension = |known: &&str| known.eq_ignore_ascii_case(extension);
                Self::ALL.iter().copied().find(|format| format.extensions().iter().any(|known| is_extension(&known)))
            }
        }
    };
}

pub(crate) use formats;

#[cfg(test)]
mod tests {
    use std::fs;
    use std::path::Path;

    /// The names in the constants of a folder that describe formats.
    fn described(folder: &Path, names: &mut Vec<String>) {
        for entry in fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                described(&path, names);
                continue;
            }
            let source = fs::read_to_string(&path).unwrap();
            for description in source.split(": FormatInfo =").skip(1) {
                let name = description.split("name: \"").nth(1).and_then(|rest| rest.split('"').next());
                names.push(name.unwrap_or_else(|| panic!("{}: a format without a name", path.display())).to_owned());
            }
        }
    }

    fn is_listed(folder: &str, listed: &[&str]) {
        let mut names = Vec::new();
        described(Path::new(folder), &mut names);
        for name in &names {
            assert!(listed.contains(&name.as_str()), "{folder}: the format {name} has no line in mod.rs");
        }
        assert_eq!(names.len(), listed.len(), "{folder}");
    }

    #[test]
    fn every_format_that_has_a_file_is_listed() {
        let names = |all: &[crate::write::Format]| all.iter().map(|format| format.name()).collect::<Vec<_>>();
        is_listed("src/write", &names(crate::write::Format::ALL));
        let names = |all: &[crate::read::Format]| all.iter().map(|format| format.name()).collect::<Vec<_>>();
        is_listed("src/read", &names(crate::read::Format::ALL));
        let names = |all: &[crate::compare::Format]| all.iter().map(|format| format.name()).collect::<Vec<_>>();
        is_listed("src/compare/render", &names(crate::compare::Format::ALL));
    }
}
