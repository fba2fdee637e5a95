//! Registers of formats.
//!
//! A register is a list with one line for each format. [`formats!`] makes of it the enum, the list of all formats and
//! the look-ups by name and file extension, so no format can lack a name. `crate::read`, `crate::write` and
//! `crate::compare::render` each have one.

/// Declares the enum of a register: `Variant => path::to::CONSTANT`, where the constant describes the format.
///
/// The type of the constants needs the fields `name` and `extensions`.
macro_rules! formats {
    ($(#[$meta:meta])* pub enum $format:ident described by $info:ty {
        $($(#[$doc:meta])* $variant:ident => $constant:path,)+
    }) => {
        $(#[$meta])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
        #[non_exhaustive]
        pub enum $format {
            $($(#[$doc])* $variant,)+
        }

        impl $format {
            /// All formats.
            pub const ALL: &'static [Self] = &[$(Self::$variant),+];

            pub(crate) fn info(self) -> &'static $info {
                match self {
                    $(Self::$variant => &$constant,)+
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
