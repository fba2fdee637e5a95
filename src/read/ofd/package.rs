//! The parts of an OFD document: its pages, templates, resources and annotations. Source: GB/T 33190-2016, 7.

use std::collections::HashMap;
use std::rc::Rc;

use super::content::Painter;
use super::resources::Resources;
use super::xml::{Node, corrupt, numbers};
use crate::document::Location;
use crate::error::{Error, ErrorKind, Result};
use crate::limit::{self, PageBudget};
use crate::read::Format;
use crate::read::archive::Archive;
use crate::read::page::{Canvas, Matrix, Page};

/// Points in a millimetre.
const POINTS: f64 = 72.0 / 25.4;

/// A page of A4, in millimetres.
const A4: [f64; 4] = [0.0, 0.0, 210.0, 297.0];

/// The parts of the archive.
struct Package<'b> {
    archive: Archive<'b>,
    /// The index of each part by its name in small letters.
    names: HashMap<String, usize>,
    /// How many elements may still be read.
    left: usize,
}

/// What the pages of a document have in common.
struct Shared {
    /// The path of the document.
    path: String,
    resources: Resources,
    /// The content of templates, by their numbers, with their order.
    templates: HashMap<String, (String, Rc<Node>)>,
    /// The annotations of pages, by the numbers of the pages.
    annotations: HashMap<String, Rc<Node>>,
    area: Option<[f64; 4]>,
}

/// The pages of all documents in a file.
pub(super) fn pages(bytes: &[u8], budget: &mut PageBudget) -> Result<Vec<Page>> {
    let mut package = Package::open(bytes)?;
    let root = package.required("", "OFD.xml")?;
    let mut pages = Vec::new();
    for document in root.all("DocRoot") {
        let path = joined("", document.text.trim());
        let document = package.required("", &path)?;
        let list = document.child("Pages").map(|pages| pages.all("Page")).unwrap_or_default();
        limit::check_pages(pages.len() + list.len())?;
        let mut shared = package.shared(path, &document)?;
        for page in list {
            let number = pages.len() as u32 + 1;
            let read = package.page(page, &mut shared, budget);
            pages.push(read.map_err(|error| error.at(Location::Page { page: number }))?);
        }
    }
    Ok(pages)
}

impl<'b> Package<'b> {
    fn open(bytes: &'b [u8]) -> Result<Self> {
        let archive = Archive::open(bytes, Format::Ofd)?;
        let mut names = HashMap::new();
        for (index, name) in archive.names().enumerate() {
            let name = name.unwrap_or_default().replace('\\', "/");
            names.entry(name.trim_start_matches('/').to_lowercase()).or_insert(index);
        }
        if names.contains_key("encryptions.xml") {
            return Err(Error::new(ErrorKind::Encrypted));
        }
        Ok(Self { archive, names, left: limit::OBJECTS })
    }

    /// A part by its path, which is relative to that of another part; none if it is not there.
    fn part(&mut self, base: &str, path: &str) -> Result<Option<Node>> {
        let path = joined(base, path).to_lowercase();
        let Some(index) = self.names.get(&path).copied() else { return Ok(None) };
        let bytes = self.archive.part(index)?;
        let text = std::str::from_utf8(&bytes).map_err(|error| corrupt("@detail.utf8").caused_by(error))?;
        Node::parse(text, &mut self.left).map(Some)
    }

    /// A part that must be there.
    fn required(&mut self, base: &str, path: &str) -> Result<Node> {
        self.part(base, path)?.ok_or_else(|| corrupt("@detail.part"))
    }

    fn shared(&mut self, path: String, document: &Node) -> Result<Shared> {
        let mut resources = Resources::default();
        for name in ["PublicRes", "DocumentRes"] {
            for part in document.all(name) {
                if let Some(part) = self.part(&path, part.text.trim())? {
                    resources.add(part);
                }
            }
        }
        let mut templates = HashMap::new();
        for template in document.all("TemplatePage") {
            let (Some(id), Some(place)) = (template.attribute("ID"), template.attribute("BaseLoc")) else { continue };
            let order = template.attribute("ZOrder").unwrap_or("Background").to_owned();
            let content = self.required(&path, place)?;
            templates.insert(id.to_owned(), (order, Rc::new(content)));
        }
        let mut annotations = HashMap::new();
        for list in document.all("Annotations") {
            let own = joined(&path, list.text.trim());
            let Some(list) = self.part("", &own)? else { continue };
            for page in list.all("Page") {
                let (Some(id), Some(file)) = (page.attribute("PageID"), page.child("FileLoc")) else { continue };
                if let Some(content) = self.part(&own, file.text.trim())? {
                    annotations.insert(id.to_owned(), Rc::new(content));
                }
            }
        }
        let area = document.child("CommonData").and_then(area);
        Ok(Shared { path, resources, templates, annotations, area })
    }

    fn page(&mut self, page: &Node, shared: &mut Shared, budget: &mut PageBudget) -> Result<Page> {
        let place = page.attribute("BaseLoc").ok_or_else(|| corrupt("@detail.part"))?;
        let path = joined(&shared.path, place);
        let content = self.required("", &path)?;
        for part in content.children.iter().filter(|child| child.name == "PageRes") {
            if let Some(part) = self.part(&path, part.text.trim())? {
                shared.resources.add(part);
            }
        }
        let [x, y, width, height] = area(&content).or(shared.area).unwrap_or(A4);
        let matrix = Matrix([POINTS, 0.0, 0.0, POINTS, -x * POINTS, -y * POINTS]);
        let mut canvas = Canvas::new(width * POINTS, height * POINTS, budget);
        let mut painter = Painter { canvas: &mut canvas, resources: &shared.resources };
        let used = content.children.iter().filter(|child| child.name == "Template");
        let used = used.filter_map(|template| {
            let (order, content) = shared.templates.get(template.attribute("TemplateID")?)?;
            Some((template.attribute("ZOrder").unwrap_or(order) == "Foreground", content.clone()))
        });
        let used: Vec<(bool, Rc<Node>)> = used.collect();
        for (_, template) in used.iter().filter(|(is_above, _)| !is_above) {
            paint(&mut painter, template, matrix)?;
        }
        paint(&mut painter, &content, matrix)?;
        for (_, template) in used.iter().filter(|(is_above, _)| *is_above) {
            paint(&mut painter, template, matrix)?;
        }
        let annotations = page.attribute("ID").and_then(|id| shared.annotations.get(id)).cloned();
        for annotation in annotations.iter().flat_map(|list| list.all("Annot")) {
            let Some(look) = annotation.child("Appearance").filter(|_| annotation.flag("Visible", true)) else {
                continue;
            };
            let [x, y, ..] = look.numbers::<4>("Boundary").unwrap_or_default();
            painter.paint(look, Matrix::translation(x, y).then(&matrix))?;
        }
        Ok(canvas.finish())
    }
}

fn paint(painter: &mut Painter<'_, '_>, page: &Node, matrix: Matrix) -> Result<()> {
    page.child("Content").map_or(Ok(()), |content| painter.paint(content, matrix))
}

/// The box of a page.
fn area(node: &Node) -> Option<[f64; 4]> {
    let area = node.child("Area").or_else(|| node.child("PageArea"))?;
    let own: [f64; 4] = numbers(&area.child("PhysicalBox")?.text).try_into().ok()?;
    (own[2] > 0.0 && own[3] > 0.0).then_some(own)
}

/// A path relative to that of another part.
fn joined(base: &str, path: &str) -> String {
    let path = path.replace('\\', "/");
    if let Some(absolute) = path.strip_prefix('/') {
        return absolute.to_owned();
    }
    let mut parts: Vec<&str> = base.split('/').collect();
    parts.pop();
    for part in path.split('/') {
        match part {
            ".." => drop(parts.pop()),
            "." | "" => {}
            part => parts.push(part),
        }
    }
    parts.join("/")
}
