//! Checks that any page test may ask for, and the typography of all templates.

use std::collections::HashSet;
use std::fs;
use std::path::{Path, PathBuf};

/// Attributes that name ids of the same page, one or several.
const REFERENCES: [&str; 7] =
    ["for", "aria-labelledby", "aria-describedby", "aria-controls", "commandfor", "popovertarget", "list"];

/// Fails when ids repeat, when a label, description or button names an id that is not there, or when
/// script or style is written inline, which the content security policy would refuse.
#[track_caller]
pub fn sound_page(html: &str) {
    let mut ids = HashSet::new();
    for id in attribute(html, "id") {
        assert!(ids.insert(id), "the id {id:?} is there twice");
    }
    for name in REFERENCES {
        for id in attribute(html, name).flat_map(str::split_whitespace) {
            assert!(ids.contains(id), "{name} names {id:?}, which is not there");
        }
    }
    for inline in [" style=\"", "<style", " onclick=", "javascript:"] {
        assert!(!html.contains(inline), "{inline} is inline");
    }
    assert_eq!(
        html.matches("<script").count(),
        html.matches("<script src=").count() + html.matches("<script type=\"module\" src=").count()
    );
    assert_eq!(html.matches("<h1").count(), 1, "one title");
}

fn attribute<'a>(html: &'a str, name: &str) -> impl Iterator<Item = &'a str> {
    let opening = format!(" {name}=\"");
    let parts: Vec<&str> = html.split(opening.as_str()).skip(1).filter_map(|rest| rest.split('"').next()).collect();
    parts.into_iter()
}

#[test]
fn templates_have_french_spaces_and_apostrophes() {
    let mut faults = Vec::new();
    for path in files(Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/templates")), "html") {
        let source = fs::read_to_string(&path).unwrap();
        for (number, line) in visible(&source).lines().enumerate() {
            faults.extend(
                fault(line, true).map(|why| format!("{}:{}: {why}: {}", path.display(), number + 1, line.trim())),
            );
        }
    }
    for path in files(Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/src")), "rs") {
        if path.ends_with("checks.rs") {
            continue;
        }
        let source = fs::read_to_string(&path).unwrap();
        for (number, line) in source.lines().enumerate().filter(|(_, line)| !line.trim_start().starts_with("//")) {
            let strings = line.split('"').skip(1).step_by(2);
            let found = strings.filter_map(|text| fault(text, false)).next();
            faults.extend(found.map(|why| format!("{}:{}: {why}: {}", path.display(), number + 1, line.trim())));
        }
    }
    assert!(faults.is_empty(), "write &nbsp; (in Rust \\u{{a0}}), &#8239; (\\u{{202f}}) or ’:\n{}", faults.join("\n"));
}

/// What a reader sees of a template: without its tags, comments and expressions, lines kept.
fn visible(source: &str) -> String {
    let mut out = String::with_capacity(source.len());
    let mut rest = source;
    while let Some(start) = rest.find(['<', '{']) {
        out.push_str(&rest[..start]);
        rest = &rest[start..];
        let end = ["{{", "{%", "{#"].iter().zip(["}}", "%}", "#}"]).find(|(open, _)| rest.starts_with(**open));
        let close = end.map_or(if rest.starts_with('<') { ">" } else { "{" }, |(_, close)| close);
        let length = rest.find(close).map_or(rest.len(), |at| at + close.len());
        out.extend(rest[..length].chars().filter(|c| *c == '\n'));
        // What stood here keeps its place, so that « : » after an expression is still seen.
        out.push('x');
        rest = &rest[length..];
    }
    out + rest
}

fn fault(text: &str, apostrophes: bool) -> Option<&'static str> {
    let chars: Vec<char> = text.chars().collect();
    for three in chars.windows(3) {
        match three {
            [before, ' ', ':' | ';' | '!' | '?' | '»']
                if before.is_alphanumeric() || *before == '»' || *before == ')' =>
            {
                return Some("ordinary space before a double sign");
            }
            ['«', ' ', _] => return Some("ordinary space after «"),
            [a, '\'', b] if apostrophes && a.is_alphabetic() && b.is_alphabetic() => {
                return Some("straight apostrophe");
            }
            _ => {}
        }
    }
    None
}

fn files(folder: &Path, extension: &str) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            found.extend(files(&path, extension));
        } else if path.extension().is_some_and(|own| own == extension) {
            found.push(path);
        }
    }
    found.sort();
    found
}

#[test]
fn faults_are_found() {
    assert!(fault("À corriger :", false).is_some());
    assert!(fault("« oui »", false).is_some());
    assert!(fault("l'âge", true).is_some());
    assert!(fault("À corriger\u{a0}: l’âge", true).is_none());
    assert_eq!(visible("<p title=\"a :\">Oui {{ x }} non</p>").replace('x', ""), "Oui  non");
}
