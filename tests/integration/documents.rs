//! What the project says of itself: links that lead somewhere, nothing of the machines it was written on, and a lock
//! file of Node that names no address.

use std::path::Path;

use crate::workspace::{files, relative, root};

/// Files with this ending, with their text.
fn texts(ending: &str) -> Vec<(std::path::PathBuf, String)> {
    files()
        .into_iter()
        .filter(|file| file.to_string_lossy().ends_with(ending))
        .map(|file| {
            let text = std::fs::read_to_string(&file).unwrap();
            (file, text)
        })
        .collect()
}

/// The text without its fenced blocks, where brackets are not links.
fn prose(markdown: &str) -> String {
    let mut fenced = false;
    markdown
        .lines()
        .filter(|line| {
            let fence = line.trim_start().starts_with("```");
            fenced ^= fence;
            !fence && !fenced
        })
        .collect::<Vec<_>>()
        .join("\n")
}

/// The targets of `[text](target)` and `![text](target)`.
fn links(markdown: &str) -> Vec<&str> {
    markdown
        .match_indices("](")
        .filter_map(|(at, mark)| {
            let target = &markdown[at + mark.len()..];
            target.find([')', ' ', '\n']).map(|end| &target[..end])
        })
        .collect()
}

/// Paths of documents named in the running text: `docs/architecture.md`.
fn named_documents(markdown: &str) -> Vec<&str> {
    markdown
        .split('`')
        .skip(1)
        .step_by(2)
        .filter(|code| code.ends_with(".md") && !code.contains(['*', ' ', '…', '<']) && !code.contains("NNNN"))
        .collect()
}

/// The anchors of a document: its headings, in lower case, with hyphens for spaces and without punctuation.
fn anchors(markdown: &str) -> Vec<String> {
    prose(markdown)
        .lines()
        .filter(|line| line.starts_with('#'))
        .map(|line| {
            line.trim_start_matches('#')
                .trim()
                .to_lowercase()
                .chars()
                .filter_map(|letter| match letter {
                    ' ' => Some('-'),
                    '-' | '_' => Some(letter),
                    _ => letter.is_alphanumeric().then_some(letter),
                })
                .collect()
        })
        .collect()
}

#[test]
fn links_between_documents_lead_somewhere() {
    let mut faults = Vec::new();
    for (file, text) in texts(".md") {
        let folder = file.parent().expect("a file lies in a folder");
        let prose = prose(&text);
        for link in links(&prose) {
            if link.contains("://") || link.starts_with("mailto:") {
                continue;
            }
            let (path, anchor) = link.split_once('#').unwrap_or((link, ""));
            let target = if path.is_empty() { file.clone() } else { folder.join(path) };
            if !target.exists() {
                faults.push(format!("{}: {link} does not exist", relative(&file)));
            } else if !anchor.is_empty()
                && target.extension().is_some_and(|ending| ending == "md")
                && !anchors(&std::fs::read_to_string(&target).unwrap()).iter().any(|known| known == anchor)
            {
                faults.push(format!("{}: {link} has no such heading", relative(&file)));
            }
        }
        for named in named_documents(&prose) {
            if !folder.join(named).exists() && !root().join(named).exists() {
                faults.push(format!("{}: `{named}` does not exist", relative(&file)));
            }
        }
    }
    assert!(faults.is_empty(), "{}", faults.join("\n"));
}

#[test]
fn decisions_are_numbered_once_and_listed() {
    let folder = root().join("docs/decisions");
    let index = std::fs::read_to_string(folder.join("README.md")).unwrap();
    let mut numbers = Vec::new();
    for (file, text) in texts(".md") {
        let name = file.file_name().unwrap_or_default().to_string_lossy().into_owned();
        if file.parent() != Some(&folder) || name == "README.md" {
            continue;
        }
        let (number, _) = name.split_once('-').unwrap_or_else(|| panic!("{name}: name it NNNN-title.md"));
        assert!(
            number.len() == 4 && number.chars().all(|digit| digit.is_ascii_digit()),
            "{name}: name it NNNN-title.md"
        );
        assert!(text.starts_with("# "), "{name} begins with its title");
        assert!(index.contains(&format!("({name})")), "docs/decisions/README.md does not list {name}");
        numbers.push(number.to_owned());
    }
    let count = numbers.len();
    numbers.sort();
    numbers.dedup();
    assert_eq!(numbers.len(), count, "two decisions bear the same number");
}

#[test]
fn nothing_names_the_machines_it_was_written_on() {
    // Spelt in two parts, or this file would be found at fault.
    let forbidden = [
        ["../", "shared"],
        ["/wor", "k/"],
        ["/ro", "ot/"],
        ["registry.npm", "js.org"],
        ["static.crates", ".io"],
        ["files.python", "hosted.org"],
    ]
    .map(|parts| parts.concat());
    let mut faults = Vec::new();
    for file in files() {
        // Images and archives are no text.
        let Ok(text) = std::fs::read_to_string(&file) else {
            continue;
        };
        for (number, line) in text.lines().enumerate() {
            for name in forbidden.iter().filter(|name| line.contains(name.as_str())) {
                faults.push(format!("{}:{}: {name}", relative(&file), number + 1));
            }
        }
    }
    assert!(faults.is_empty(), "the project speaks of itself alone:\n{}", faults.join("\n"));
}

#[test]
fn the_lock_file_of_node_names_no_address() {
    let text = std::fs::read_to_string(root().join("tests/e2e/package-lock.json")).unwrap();
    let lock: serde_json::Value = serde_json::from_str(&text).unwrap();
    for (name, package) in lock["packages"].as_object().unwrap() {
        assert!(
            package.get("resolved").is_none(),
            "{name} has an address: npm must run in tests/e2e (its .npmrc says so)"
        );
        assert!(name.is_empty() || package.get("integrity").is_some(), "{name} has no digest");
    }
}

#[test]
fn the_licence_is_complete() {
    let text = std::fs::read_to_string(root().join("LICENSE")).unwrap();
    assert!(text.starts_with("EUROPEAN UNION PUBLIC LICENCE v. 1.2\n"));
    assert!(text.contains("15.Applicable Law") && text.contains("Appendix"));
}

#[test]
fn scripts_can_be_run() {
    use std::os::unix::fs::PermissionsExt;
    for script in ["test", ".ci/run"] {
        let mode = Path::new(root()).join(script).metadata().unwrap().permissions().mode();
        assert_eq!(mode & 0o111, 0o111, "{script} must be executable");
    }
}
