//! Which reports of an input go into which output.

use std::path::{Path, PathBuf};

use crate::report::Report;
use crate::write::Format;

use super::name::{self, Pattern};
use super::plan::Target;

/// An output and its reports, before its file has a name.
pub(super) struct Share<'r> {
    /// The format.
    pub format: Format,
    extension: &'r str,
    /// The reports.
    pub reports: &'r [Report],
    /// Its name among those wanted; none for the name of the plan.
    name: Option<usize>,
}

impl Share<'_> {
    /// The file, once the names are settled; none for standard output.
    pub(super) fn path(&self, target: &Target, names: &[String]) -> Option<PathBuf> {
        let Target::Files { folder, stem, .. } = target else { return None };
        Some(file(folder, self.name.map_or(stem, |at| &names[at]), self.extension))
    }
}

/// The path of a file by the parts of its name.
pub(super) fn file(folder: &Path, stem: &str, extension: &str) -> PathBuf {
    let dot = if extension.is_empty() { "" } else { "." };
    folder.join(format!("{stem}{dot}{extension}"))
}

/// Divides the reports of an input: some formats hold all of them, others one each. Returned with the names they want where
/// the plan could not settle them.
pub(super) fn shares<'r>(
    target: &'r Target,
    reports: &'r [Report],
    pattern: Option<&Pattern>,
) -> (Vec<Share<'r>>, Vec<String>) {
    let (stem, formats) = match target {
        Target::Stdout(format) | Target::Rows(format) => {
            return (vec![Share { format: *format, extension: "", reports, name: None }], Vec::new());
        }
        Target::Files { stem, formats, .. } => (stem, formats),
    };
    let one = reports.len() == 1;
    let mut wanted: Vec<String> = match pattern {
        Some(pattern) => reports.iter().map(|report| pattern.fill(stem, report)).collect(),
        None if one => Vec::new(),
        None => name::parts(reports).iter().map(|part| name::fit(format!("{stem}-{part}"))).collect(),
    };
    // A file of several reports has no year or organization of its own, so it keeps the name of its input.
    let together = !one && formats.iter().any(|(format, _)| format.holds_many());
    let apart = one || formats.iter().any(|(format, _)| !format.holds_many());
    if !apart {
        wanted.clear();
    }
    let all = (together && pattern.is_some()).then(|| {
        wanted.push(stem.clone());
        wanted.len() - 1
    });
    let mut shares = Vec::new();
    for (format, extension) in formats {
        let share = |reports, name| Share { format: *format, extension, reports, name };
        if one {
            shares.push(share(reports, pattern.map(|_| 0)));
        } else if format.holds_many() {
            shares.push(share(reports, all));
        } else {
            shares.extend(reports.chunks(1).enumerate().map(|(at, report)| share(report, Some(at))));
        }
    }
    (shares, wanted)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_report_has_an_output_of_its_own_but_json_holds_them_all() {
        let town = |name: &str| Report { sheet: Some(name.to_owned()), ..Report::default() };
        let reports = [town("东镇"), town("西/镇")];
        let names = |reports, pattern: Option<Pattern>| {
            let formats = vec![(Format::Pdf, "pdf".to_owned()), (Format::Json, "json".to_owned())];
            let target =
                Target::Files { folder: "out".into(), below: PathBuf::new(), stem: "county".to_owned(), formats };
            let (shares, wanted) = shares(&target, reports, pattern.as_ref());
            shares.iter().map(|share| share.path(&target, &wanted).unwrap()).collect::<Vec<_>>()
        };
        let out = |file: &str| Path::new("out").join(file);
        assert_eq!(names(&reports, None), [out("county-东镇.pdf"), out("county-西_镇.pdf"), out("county.json")]);
        assert_eq!(names(&reports[..1], None), [out("county.pdf"), out("county.json")]);
        let pattern = || Some(Pattern::new("{sheet}").unwrap());
        assert_eq!(names(&reports, pattern()), [out("东镇.pdf"), out("西_镇.pdf"), out("county.json")]);
        assert_eq!(names(&reports[..1], pattern()), [out("东镇.pdf"), out("东镇.json")]);
        assert_eq!(shares(&Target::Stdout(Format::Json), &reports, None).0.len(), 1);
    }
}
