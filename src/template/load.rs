//! Templates from TOML text, and the shipped ones.

use super::SharedTemplate;

/// The templates that recognition may choose from.
#[derive(Clone, Debug, Default)]
pub struct Templates(pub Vec<SharedTemplate>);

/// The templates shipped with the library.
pub fn shipped() -> &'static Templates {
    todo!()
}
