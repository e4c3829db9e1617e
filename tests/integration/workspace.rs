//! The work tree and what cargo knows of it, as the tests on the project itself see them.

use std::path::{Path, PathBuf};

use cargo_metadata::{CargoOpt, Metadata, MetadataCommand};

/// The root of the work tree.
pub fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().expect("the package of the tests lies in the work tree")
}

/// The members of the workspace, without their dependencies' own packages.
pub fn members() -> Metadata {
    MetadataCommand::new()
        .manifest_path(root().join("Cargo.toml"))
        .no_deps()
        .other_options(["--offline".to_owned(), "--locked".to_owned()])
        .exec()
        .unwrap()
}

/// The whole locked graph of dependencies on the platforms named, with every feature.
pub fn graph(targets: &[String]) -> Metadata {
    let mut options = vec!["--offline".to_owned(), "--locked".to_owned()];
    for target in targets {
        options.extend(["--filter-platform".to_owned(), target.clone()]);
    }
    MetadataCommand::new()
        .manifest_path(root().join("Cargo.toml"))
        .features(CargoOpt::AllFeatures)
        .other_options(options)
        .exec()
        .unwrap()
}

/// Every file of the project: not what is built, installed or kept aside by git.
pub fn files() -> Vec<PathBuf> {
    let mut files = Vec::new();
    let mut folders = vec![root().to_owned()];
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(&folder).unwrap() {
            let entry = entry.unwrap();
            let path = entry.path();
            let kind = entry.file_type().unwrap();
            if kind.is_file() {
                files.push(path);
            } else if kind.is_dir() && !is_set_aside(&path) {
                folders.push(path);
            }
        }
    }
    files.sort();
    files
}

/// The folders of `.gitignore`, and git's own.
fn is_set_aside(folder: &Path) -> bool {
    let relative = folder.strip_prefix(root()).expect("a folder of the work tree");
    [".git", "target", "data", "tests/e2e/out"].iter().any(|aside| relative == Path::new(aside))
        || relative.ends_with("node_modules")
}

/// The path of a file from the root of the work tree, as messages name it.
pub fn relative(file: &Path) -> String {
    file.strip_prefix(root()).unwrap_or(file).display().to_string()
}
