//! The dependency policy: `deny.toml`, in cargo-deny's format, held against the locked graph without the network.
//! (Why not cargo-deny itself: docs/decisions/0011-dependency-policy.md.)

use std::collections::{BTreeMap, BTreeSet};

use cargo_metadata::{Metadata, Package, Source};
use serde::Deserialize;
use spdx::{Expression, Licensee, ParseMode};

use crate::workspace::{graph, root};

/// The part of cargo-deny's configuration we use; anything else is refused, since nothing would enforce it.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Policy {
    graph: Platforms,
    licenses: Licenses,
    bans: Bans,
    sources: Sources,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Platforms {
    targets: Vec<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Licenses {
    allow: Vec<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
struct Bans {
    multiple_versions: Deny,
    wildcards: Deny,
    allow_wildcard_paths: bool,
    deny: Vec<Named>,
    skip: Vec<Named>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
struct Sources {
    unknown_registry: Deny,
    unknown_git: Deny,
}

/// The only strictness we know.
#[derive(Deserialize, PartialEq, Eq, Debug)]
#[serde(rename_all = "lowercase")]
enum Deny {
    Deny,
}

/// A crate, by `name` or `name@version prefix`, and why it is there.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Named {
    #[serde(rename = "crate")]
    spec: String,
    reason: String,
}

impl Named {
    fn matches(&self, package: &Package) -> bool {
        match self.spec.split_once('@') {
            None => self.spec == package.name.as_str(),
            Some((name, version)) => {
                let actual = package.version.to_string();
                name == package.name.as_str()
                    && actual.strip_prefix(version).is_some_and(|rest| rest.is_empty() || rest.starts_with('.'))
            }
        }
    }
}

fn policy() -> Policy {
    let text = std::fs::read_to_string(root().join("deny.toml")).unwrap();
    toml::from_str(&text).unwrap_or_else(|error| panic!("deny.toml: {error}"))
}

/// The packages of the graph that are not ours.
fn foreign(graph: &Metadata) -> impl Iterator<Item = &Package> {
    graph.packages.iter().filter(|package| !graph.workspace_members.contains(&package.id))
}

fn assert_none(faults: &[String], advice: &str) {
    assert!(faults.is_empty(), "{}\n{advice}", faults.join("\n"));
}

#[test]
fn licences_are_among_those_accepted() {
    let policy = policy();
    let allowed: Vec<Licensee> = policy
        .licenses
        .allow
        .iter()
        .map(|name| Licensee::parse(name).unwrap_or_else(|error| panic!("deny.toml, licence {name}: {error}")))
        .collect();
    let mut faults = Vec::new();
    for package in &graph(&policy.graph.targets).packages {
        let Some(licence) = &package.license else {
            faults.push(format!("{} {} declares no licence", package.name, package.version));
            continue;
        };
        let accepted = Expression::parse_mode(licence, ParseMode::LAX)
            .map(|expression| expression.evaluate(|asked| allowed.iter().any(|licensee| licensee.satisfies(asked))));
        if accepted != Ok(true) {
            faults.push(format!("{} {}: {licence}", package.name, package.version));
        }
    }
    assert_none(&faults, "Choose another crate, or add the licence to deny.toml after having read it.");
}

#[test]
fn banned_crates_are_absent() {
    let policy = policy();
    let graph = graph(&policy.graph.targets);
    let mut faults = Vec::new();
    for package in foreign(&graph) {
        for ban in policy.bans.deny.iter().filter(|ban| ban.matches(package)) {
            faults.push(format!("{} {}: {}", package.name, package.version, ban.reason));
        }
    }
    assert_none(&faults, "`cargo tree --workspace --invert NAME` tells who brings it in.");
}

#[test]
fn every_crate_is_there_in_one_version_or_the_other_is_explained() {
    let policy = policy();
    assert_eq!(policy.bans.multiple_versions, Deny::Deny);
    let graph = graph(&policy.graph.targets);
    let mut versions: BTreeMap<&str, Vec<&Package>> = BTreeMap::new();
    for package in foreign(&graph) {
        versions.entry(package.name.as_str()).or_default().push(package);
    }
    let mut faults = Vec::new();
    let mut used = BTreeSet::new();
    for (name, packages) in versions.iter().filter(|(_, packages)| packages.len() > 1) {
        let unexplained: Vec<String> = packages
            .iter()
            .filter(|package| {
                let skip = policy.bans.skip.iter().find(|skip| skip.matches(package));
                used.extend(skip.map(|skip| skip.spec.as_str()));
                skip.is_none()
            })
            .map(|package| package.version.to_string())
            .collect();
        if unexplained.len() > 1 {
            faults.push(format!("{name} is there in versions {}", unexplained.join(" and ")));
        }
    }
    for skip in policy.bans.skip.iter().filter(|skip| !used.contains(skip.spec.as_str())) {
        faults.push(format!("{} is no longer there twice: remove its exception", skip.spec));
    }
    assert_none(
        &faults,
        "`cargo tree --workspace --invert NAME@VERSION` tells who brings it in. Align the versions, or add the one to be \
         gone to `skip` in deny.toml with its reason.",
    );
}

#[test]
fn everything_comes_from_the_public_registry_in_a_stated_version() {
    let policy = policy();
    assert_eq!((policy.sources.unknown_registry, policy.sources.unknown_git), (Deny::Deny, Deny::Deny));
    assert_eq!((policy.bans.wildcards, policy.bans.allow_wildcard_paths), (Deny::Deny, true));
    let graph = graph(&policy.graph.targets);
    let mut faults = Vec::new();
    for package in foreign(&graph) {
        if !package.source.as_ref().is_some_and(Source::is_crates_io) {
            faults.push(format!("{} {} comes from {:?}", package.name, package.version, package.source));
        }
    }
    for package in graph.workspace_packages() {
        for dependency in &package.dependencies {
            if dependency.path.is_none() && dependency.req.comparators.is_empty() {
                faults.push(format!("{} accepts any version of {}", package.name, dependency.name));
            }
        }
    }
    assert_none(&faults, "Sources and versions: see deny.toml.");
}

#[test]
fn every_entry_of_the_policy_has_its_reason() {
    let policy = policy();
    for entry in policy.bans.deny.iter().chain(&policy.bans.skip) {
        assert!(!entry.reason.trim().is_empty(), "deny.toml: no reason for {}", entry.spec);
    }
}
