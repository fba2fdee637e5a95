//! The templates shipped with the library.

use std::sync::{Arc, LazyLock};

use super::file::TemplateFile;
use super::form::{SharedTemplate, Template};
use super::style::FontRole;
use crate::error::{Error, ErrorKind, Result};

/// The templates that recognition may choose from.
///
/// ```
/// use xxgk::engine::Engine;
/// use xxgk::template::{Templates, shipped};
///
/// let only = Templates(vec![shipped().get("2021")?.clone()]);
/// let engine = Engine::with_templates(only);
/// assert!(engine.templates().find("2014").is_none());
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug, Default)]
pub struct Templates(pub Vec<SharedTemplate>);

impl Templates {
    /// The template of an id.
    pub fn find(&self, id: &str) -> Option<&SharedTemplate> {
        self.0.iter().find(|template| template.id() == id)
    }

    /// The template of an id.
    ///
    /// # Errors
    /// [`ErrorKind::TemplateNotFound`] lists the ids there are.
    pub fn get(&self, id: &str) -> Result<&SharedTemplate> {
        self.find(id).ok_or_else(|| {
            let found = self.0.iter().map(|template| template.id().to_owned()).collect();
            Error::new(ErrorKind::TemplateNotFound { wanted: id.to_owned(), found })
        })
    }
}

/// A shipped template.
pub(super) struct Shipped {
    pub file: &'static str,
    pub toml: &'static str,
    /// The same as MessagePack, which is read faster. The build makes it.
    msgpack: &'static [u8],
}

impl Shipped {
    pub(super) fn template(&self) -> Template {
        let file: TemplateFile = rmp_serde::from_slice(self.msgpack).expect("the shipped templates are tested");
        Template::new(file)
    }
}

macro_rules! shipped {
    ($id:literal) => {
        Shipped {
            file: concat!($id, ".toml"),
            toml: include_str!(concat!(env!("CARGO_MANIFEST_DIR"), "/templates/", $id, ".toml")),
            msgpack: include_bytes!(concat!(env!("OUT_DIR"), "/", $id, ".msgpack")),
        }
    };
}

/// The shipped templates, oldest first. The build finds them in `templates/`.
pub(super) const SHIPPED: &[Shipped] = include!(concat!(env!("OUT_DIR"), "/shipped.rs"));

/// The font of a role in workbooks that show no form: that of the newest form.
pub(crate) fn workbook_font(role: FontRole) -> &'static str {
    let newest = shipped().0.last().and_then(|template| template.workbook_fonts().get(&role));
    newest.map_or("", String::as_str)
}

/// The templates shipped with the library.
///
/// ```
/// let ids: Vec<_> = xxgk::template::shipped().0.iter().map(|template| template.id()).collect();
/// assert!(ids.contains(&"2021"));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub fn shipped() -> &'static Templates {
    static TEMPLATES: LazyLock<Templates> =
        LazyLock::new(|| Templates(SHIPPED.iter().map(|shipped| Arc::new(shipped.template())).collect()));
    &TEMPLATES
}

/// The TOML of a shipped template, to be shown or copied.
///
/// ```
/// let toml = xxgk::template::shipped_toml("2021").expect("it ships");
/// assert!(toml.contains("[[rule]]"));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub fn shipped_toml(id: &str) -> Option<&'static str> {
    SHIPPED.iter().find(|shipped| shipped.file.strip_suffix(".toml") == Some(id)).map(|shipped| shipped.toml)
}
