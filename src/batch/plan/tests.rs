use std::fs;

use super::*;

fn request(inputs: &[&Path], output: Option<&Path>, formats: &[Format]) -> Request {
    Request {
        inputs: inputs.iter().map(|path| path.to_path_buf()).collect(),
        output: output.map(Path::to_path_buf),
        formats: formats.to_vec(),
        verbose: true,
        ..Request::default()
    }
}

fn usage(request: &Request) -> &'static str {
    match plan(request) {
        Err(Failure::Message(key, _)) => key,
        other => panic!("{other:?}"),
    }
}

/// Each job as `input → output, output`, below the folder of the test.
fn drawn(plan: &Plan, root: &Path) -> Vec<String> {
    let short = |path: &Path| path.strip_prefix(root).unwrap_or(path).display().to_string().replace('\\', "/");
    (0..plan.len())
        .map(|at| plan.job(at))
        .map(|job| {
            let outputs = match &job.target {
                Target::Stdout(format) | Target::Rows(format) => vec![format!("- {}", format.name())],
                Target::Files { folder, stem, formats, .. } => {
                    formats.iter().map(|(_, ending)| short(&folder.join(format!("{stem}.{ending}")))).collect()
                }
            };
            format!("{} → {}", job.input.path().map_or("-".to_owned(), short), outputs.join(", "))
        })
        .collect()
}

fn folder(files: &[&str]) -> tempfile::TempDir {
    let root = tempfile::tempdir().unwrap();
    for file in files {
        let path = root.path().join(file);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, file).unwrap();
    }
    root
}

#[test]
fn options_that_do_not_fit_together_are_refused() {
    let root = folder(&["a.txt", "b.txt"]);
    let (a, b, dash) = (&*root.path().join("a.txt"), &*root.path().join("b.txt"), Path::new("-"));
    let new = &*root.path().join("new");
    let pdf = &*root.path().join("x.pdf");
    for (request, wanted) in [
        (request(&[a], None, &[]), "usage.no_format"),
        (request(&[a], Some(dash), &[]), "usage.no_format"),
        (request(&[a], Some(new), &[]), "usage.unknown_ending"),
        (request(&[a], None, &[Format::Pdf, Format::Csv]), "usage.several_formats"),
        (request(&[a, b], None, &[Format::Pdf]), "usage.output_needed"),
        (request(&[a, b], None, &[]), "usage.output_needed"),
        (request(&[root.path()], None, &[Format::Json]), "usage.output_needed"),
        (request(&[a, b], Some(pdf), &[]), "usage.folder_needed"),
        (request(&[a], Some(pdf), &[Format::Pdf, Format::Csv]), "usage.folder_needed"),
        (request(&[a, b], Some(new), &[]), "usage.no_format"),
        (request(&[a, b], Some(a), &[Format::Pdf]), "usage.folder_is_file"),
        (request(&[dash, dash], None, &[Format::Pdf]), "usage.stdin_twice"),
    ] {
        assert_eq!(usage(&request), wanted, "{request:?}");
    }
    let mut terminal = request(&[a], None, &[Format::Xlsx]);
    terminal.terminal = true;
    assert_eq!(usage(&terminal), "usage.binary_terminal");
    terminal.formats = vec![Format::Csv];
    assert!(plan(&terminal).is_ok());
}

#[test]
fn one_input_goes_to_the_file_named_or_to_standard_output() {
    let root = folder(&["a.txt"]);
    let a = &*root.path().join("a.txt");
    let out = |output: &str, formats: &[Format]| {
        drawn(&plan(&request(&[a], Some(&root.path().join(output)), formats)).unwrap(), root.path()).join("; ")
    };
    assert_eq!(out("报告.pdf", &[]), "a.txt → 报告.pdf");
    assert_eq!(out("x.PDF", &[]), "a.txt → x.PDF");
    assert_eq!(out("x.dat", &[Format::Csv]), "a.txt → x.dat");
    assert_eq!(out("out/", &[Format::Csv]), "a.txt → out/a.csv");
    assert_eq!(out("out", &[Format::Csv, Format::Pdf, Format::Csv]), "a.txt → out/a.csv, out/a.pdf");
    let plan = plan(&request(&[Path::new("-")], None, &[Format::Pdf])).unwrap();
    assert_eq!(drawn(&plan, root.path()), ["- → - pdf"]);
}

#[test]
fn folders_keep_their_shape_and_junk_is_skipped() {
    let root = folder(&[
        "in/b/c.xls",
        "in/a.txt",
        "in/~$a.xls",
        "in/.~lock.a.ods#",
        "in/Thumbs.db",
        "in/.git/x.txt",
        "in/out/a.pdf",
    ]);
    let (input, out) = (root.path().join("in"), root.path().join("in/out"));
    let plan = plan(&request(&[&input], Some(&out), &[Format::Pdf])).unwrap();
    assert_eq!(drawn(&plan, root.path()), ["in/a.txt → in/out/a.pdf", "in/b/c.xls → in/out/b/c.pdf"]);
    assert_eq!(plan.skipped.files.len(), 5);
}

#[test]
fn outputs_beside_their_inputs_are_not_read_again_and_stay_protected() {
    let root = folder(&["a.txt", "a.csv", "b.csv"]);
    let plan = plan(&request(&[root.path()], Some(root.path()), &[Format::Csv])).unwrap();
    assert_eq!(drawn(&plan, root.path()), ["a.txt → a.csv", "b.csv → b.csv"]);
    assert_eq!(plan.own.path(0), root.path().join("a.csv"));
}

#[test]
fn outputs_never_share_a_name() {
    let root = folder(&["x/a.xls", "x/A.xlsx", "y/a.xls", "y/b.xls"]);
    let paths: Vec<_> =
        ["x/a.xls", "x/A.xlsx", "y/a.xls", "y/b.xls", "x/a.xls"].iter().map(|name| root.path().join(name)).collect();
    let paths: Vec<&Path> = paths.iter().map(PathBuf::as_path).collect();
    let plan = plan(&request(&paths, Some(&root.path().join("out")), &[Format::Pdf])).unwrap();
    assert_eq!(
        drawn(&plan, root.path()),
        ["x/a.xls → out/a-xls.pdf", "x/A.xlsx → out/A-xlsx.pdf", "y/a.xls → out/a-xls-2.pdf", "y/b.xls → out/b.pdf",]
    );
    assert_eq!(plan.skipped.files.len(), 1, "the file given twice is done once");
}
