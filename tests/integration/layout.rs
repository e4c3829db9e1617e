//! Who may know whom: the floors of the house, checked on the manifests. Cargo itself refuses circles.

use std::collections::{BTreeMap, BTreeSet};

use cargo_metadata::{DependencyKind, Package};

use crate::workspace::{members, relative, root};

/// Crates that stand above the floors: they wire, fill, measure or test the others, and nothing knows them but each other.
const ABOVE: [&str; 4] = ["demo", "jonction", "jonction-tests", "xtask"];

/// Database drivers, and who may name them: the door to the databases, and the benchmarks, which compare it to them.
const DRIVERS: [&str; 4] = ["rusqlite", "libsqlite3-sys", "tokio-postgres", "deadpool-postgres"];
const MAY_NAME_DRIVERS: [&str; 2] = ["db", "xtask"];

/// The rooms that never know each other, not even through a third one: the school's files and the support's.
const STRANGERS: [(&str, &str); 2] = [("school", "support"), ("support", "school")];

#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
enum Floor {
    Base,
    Foundation,
    Migrations,
    Law,
    Engine,
    Domain,
    Formats,
    Door,
    Above,
}

impl Floor {
    fn of(package: &Package) -> Self {
        let folder = relative(package.manifest_path.parent().expect("a manifest lies in a folder").as_std_path());
        match folder.as_str() {
            "crates/foundation/base" => Self::Base,
            "crates/domain/law" => Self::Law,
            "crates/doors/formats" => Self::Formats,
            "migrations" => Self::Migrations,
            _ if folder.starts_with("crates/foundation/") => Self::Foundation,
            _ if folder.starts_with("crates/engines/") => Self::Engine,
            _ if folder.starts_with("crates/domain/") => Self::Domain,
            _ if folder.starts_with("crates/doors/") => Self::Door,
            _ if ABOVE.contains(&package.name.as_str()) => Self::Above,
            _ => panic!("{folder} is on no floor: put it under crates/ where it belongs (docs/architecture.md)"),
        }
    }

    /// The floors a crate of this one may depend on.
    fn may_know(self) -> &'static [Self] {
        match self {
            Self::Base => &[],
            Self::Law | Self::Engine | Self::Formats => &[Self::Base],
            Self::Foundation => &[Self::Base, Self::Foundation],
            Self::Migrations => &[Self::Foundation],
            Self::Domain => &[Self::Base, Self::Foundation, Self::Law, Self::Engine, Self::Domain],
            Self::Door => &[Self::Base, Self::Foundation, Self::Law, Self::Domain, Self::Formats, Self::Door],
            Self::Above => &[
                Self::Base,
                Self::Foundation,
                Self::Migrations,
                Self::Law,
                Self::Engine,
                Self::Domain,
                Self::Formats,
                Self::Door,
                Self::Above,
            ],
        }
    }
}

/// What the crate itself is built with; what only its tests use is left aside.
fn built_with(package: &Package) -> impl Iterator<Item = &str> {
    package
        .dependencies
        .iter()
        .filter(|dependency| dependency.kind != DependencyKind::Development)
        .map(|dependency| dependency.name.as_str())
}

#[test]
fn every_crate_knows_only_the_floors_below() {
    let members = members();
    let floors: BTreeMap<&str, Floor> =
        members.packages.iter().map(|package| (package.name.as_str(), Floor::of(package))).collect();
    let mut faults = Vec::new();
    for package in &members.packages {
        let floor = Floor::of(package);
        for known in built_with(package).filter(|name| floors.contains_key(name)) {
            if !floor.may_know().contains(&floors[known]) {
                faults.push(format!("{} ({floor:?}) depends on {known} ({:?})", package.name, floors[known]));
            }
        }
    }
    assert!(faults.is_empty(), "against the order of the floors:\n{}", faults.join("\n"));
}

#[test]
fn web_never_names_the_database() {
    let members = members();
    for package in members.packages.iter().filter(|package| package.name.as_str() == "web") {
        let named: Vec<_> = built_with(package).filter(|name| ["db", "migrations"].contains(name)).collect();
        assert!(named.is_empty(), "web asks services, never the database; it depends on {named:?}");
    }
}

#[test]
fn only_db_names_a_driver() {
    let mut faults = Vec::new();
    for package in &members().packages {
        // Tests included: what they need of an engine, they ask of db too.
        for dependency in &package.dependencies {
            if DRIVERS.contains(&dependency.name.as_str()) && !MAY_NAME_DRIVERS.contains(&package.name.as_str()) {
                faults.push(format!("{} names {}", package.name, dependency.name));
            }
        }
    }
    assert!(faults.is_empty(), "a driver is named outside db:\n{}", faults.join("\n"));
}

#[test]
fn school_and_support_never_know_each_other() {
    let members = members();
    let direct: BTreeMap<&str, BTreeSet<&str>> =
        members.packages.iter().map(|package| (package.name.as_str(), built_with(package).collect())).collect();
    for (room, stranger) in STRANGERS {
        let mut known = BTreeSet::new();
        let mut ahead = vec![room];
        while let Some(name) = ahead.pop() {
            for next in direct.get(name).into_iter().flatten() {
                if known.insert(*next) {
                    ahead.push(next);
                }
            }
        }
        assert!(!known.contains(stranger), "{room} knows {stranger}: let them speak by the outbox");
    }
}

#[test]
fn every_crate_bears_its_folders_name_and_the_houses_settings() {
    for package in &members().packages {
        let folder = package.manifest_path.parent().expect("a manifest lies in a folder");
        if package.name.as_str() != "jonction-tests" {
            assert_eq!(folder.file_name(), Some(package.name.as_str()), "name of the crate in {folder}");
        }
        assert_eq!(package.license.as_deref(), Some("EUPL-1.2"), "licence of {}", package.name);
        assert_eq!(package.publish.as_deref(), Some(&[][..]), "{} must not be published by accident", package.name);
        let manifest = std::fs::read_to_string(&package.manifest_path).unwrap();
        let manifest: toml::Table = manifest.parse().unwrap();
        assert_eq!(
            manifest.get("lints").and_then(|lints| lints.get("workspace")),
            Some(&toml::Value::Boolean(true)),
            "{} must take the lints of the workspace",
            package.name
        );
    }
}

#[test]
fn the_toolchain_is_the_one_the_manifest_asks_for() {
    let read = |file: &str| -> toml::Table { std::fs::read_to_string(root().join(file)).unwrap().parse().unwrap() };
    let channel = read("rust-toolchain.toml")["toolchain"]["channel"].as_str().unwrap().to_owned();
    let asked = read("Cargo.toml")["workspace"]["package"]["rust-version"].as_str().unwrap().to_owned();
    assert!(channel.starts_with(&asked), "rust-toolchain.toml says {channel}, Cargo.toml {asked}");
}
