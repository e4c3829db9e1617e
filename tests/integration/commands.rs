//! The binary as scripts use it: names, exit codes, and what is left behind when it is killed.

use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};
use std::sync::OnceLock;
use std::time::{Duration, Instant};

use db::{Ask, Db, Engine};
use jonction_tests::{Scratch, on_each_engine};

use crate::workspace::members;

db::sql! {
    HOUSEHOLDS_DONE = "SELECT households_done FROM feed_file";
    FILES = "SELECT count(*) FROM feed_file";
}

/// More than two stretches of an import.
const HOUSEHOLDS: &str = "1300";

/// The binary, built once.
fn binary() -> &'static Path {
    static BINARY: OnceLock<PathBuf> = OnceLock::new();
    BINARY.get_or_init(|| {
        let mut build = Command::new(env!("CARGO"));
        build.args(["build", "--quiet", "--locked", "--package", "jonction"]);
        // Build scripts watch what Cargo tells this test about its own package: left there, it would have half the
        // workspace built again, here and at the next build outside.
        for part in [
            "MANIFEST_DIR",
            "PKG_NAME",
            "PKG_VERSION_MAJOR",
            "PKG_VERSION_MINOR",
            "PKG_VERSION_PATCH",
            "PKG_VERSION_PRE",
        ] {
            build.env_remove(format!("CARGO_{part}"));
        }
        assert!(build.status().unwrap().success());
        members().target_directory.join("debug/jonction").into_std_path_buf()
    })
}

/// A command, away from any configuration file.
fn command(folder: &Path, arguments: &[&str]) -> Command {
    let mut command = Command::new(binary());
    command.args(arguments).current_dir(folder).stdin(Stdio::null());
    command
}

/// Its exit code and what it said, with ordinary spaces.
pub(crate) fn run(folder: &Path, arguments: &[&str]) -> (i32, String) {
    let Output { status, stdout, stderr } = command(folder, arguments).output().unwrap();
    let said = format!("{}{}", String::from_utf8_lossy(&stdout), String::from_utf8_lossy(&stderr));
    (status.code().unwrap_or(-1), said.replace(['\u{a0}', '\u{202f}'], " "))
}

#[track_caller]
pub(crate) fn expect(code: i32, (ended, said): (i32, String), words: &[&str]) {
    assert_eq!(ended, code, "{said}");
    for word in words {
        assert!(said.contains(word), "« {word} » is not in:\n{said}");
    }
}

/// A month in a folder.
fn month(folder: &Path) -> String {
    let file = folder.join("mois.xml").display().to_string();
    let asked = ["synthesize", "--households", HOUSEHOLDS, "--seed", "7", "--date", "2026-10-31", "--out", &file];
    expect(0, run(folder, &asked), &["31 octobre 2026", "fictives"]);
    file
}

/// A file cut in the middle.
fn cut(folder: &Path, file: &str) -> String {
    let bytes = std::fs::read(file).unwrap();
    let cut = folder.join("coupe.xml");
    std::fs::write(&cut, &bytes[..bytes.len() / 2]).unwrap();
    cut.display().to_string()
}

/// The options that name the data of a test.
struct Data {
    url: String,
    key: String,
}

impl Data {
    fn of(scratch: &Scratch) -> Self {
        Self { url: scratch.url.clone(), key: scratch.folder().join("cle").display().to_string() }
    }

    fn run(&self, folder: &Path, arguments: &[&str]) -> (i32, String) {
        run(folder, &[arguments, &["--database", &self.url, "--key-file", &self.key]].concat())
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn an_import_killed_goes_on_and_the_same_file_changes_nothing() {
    on_each_engine(async |scratch| {
        let (data, folder) = (Data::of(scratch), scratch.folder());
        let file = month(folder);
        let report = folder.join("rapport.json").display().to_string();

        let refused = cut(folder, &file);
        expect(1, data.run(folder, &["import", "caf", &refused, "--report", &report]), &["ligne", "tronqué"]);
        let told: serde_json::Value = serde_json::from_slice(&std::fs::read(&report).unwrap()).unwrap();
        assert_eq!(told["outcome"], "refused");
        assert_eq!(scratch.db.one::<i64>(&FILES, &[]).await.unwrap(), 0);

        expect(0, data.run(folder, &["import", "caf", &file, "--dry-run"]), &["rien n’a été écrit"]);
        assert_eq!(scratch.db.one::<i64>(&FILES, &[]).await.unwrap(), 0);

        let arguments = ["import", "caf", &file, "--database", &data.url, "--key-file", &data.key];
        let mut killed = command(folder, &arguments).stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap();
        let began = Instant::now();
        while scratch.db.maybe::<i64>(&HOUSEHOLDS_DONE, &[]).await.unwrap().unwrap_or(0) == 0 {
            assert!(began.elapsed() < Duration::from_secs(120), "nothing was committed");
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
        killed.kill().unwrap();
        killed.wait().unwrap();
        let done = scratch.db.one::<i64>(&HOUSEHOLDS_DONE, &[]).await.unwrap();
        assert!(done < 1_300, "killed too late to prove anything");

        expect(0, data.run(folder, &["import", "caf", &file, "--report", &report]), &["repris après", "intégré"]);
        let told: serde_json::Value = serde_json::from_slice(&std::fs::read(&report).unwrap()).unwrap();
        assert_eq!(told["outcome"], "imported");
        assert_eq!(told["report"]["households_refused"], 0);
        expect(0, data.run(folder, &["import", "caf", &file]), &["déjà intégré"]);
        expect(0, data.run(folder, &["check"]), &["elle ouvre ces données", "égal à son recalcul"]);

        scratch
            .db
            .batch("UPDATE person_card SET birth_name = 'X' WHERE person = (SELECT min(person) FROM person_card)")
            .await
            .unwrap();
        expect(1, data.run(folder, &["check"]), &["À REVOIR"]);
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn one_byte_changed_in_the_journal_is_found() {
    on_each_engine(async |scratch| {
        let (data, folder) = (Data::of(scratch), scratch.folder());
        expect(
            0,
            data.run(folder, &["account", "create", "--email", "ada@exemple.fr", "--name", "Ada Exemple"]),
            &["provisoire"],
        );
        expect(
            1,
            data.run(folder, &["account", "create", "--email", "ada@exemple.fr", "--name", "Ada Exemple"]),
            &["existe déjà"],
        );
        expect(0, run(folder, &["verify", "--database", &data.url]), &["cohérent"]);
        scratch
            .db
            .batch("UPDATE journal_entry SET action = 'account.Created' WHERE action = 'account.created'")
            .await
            .unwrap();
        expect(1, run(folder, &["verify", "--database", &data.url]), &["RUPTURE"]);
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_backup_goes_back_under_its_key_only() {
    on_each_engine(async |scratch| {
        let (data, folder) = (Data::of(scratch), scratch.folder());
        expect(
            0,
            data.run(folder, &["account", "create", "--email", "ada@exemple.fr", "--name", "Ada Exemple"]),
            &["Clé créée"],
        );
        let backup = folder.join("sauvegarde").display().to_string();
        expect(0, data.run(folder, &["backup", "--to", &backup]), &["Manifeste"]);
        expect(1, data.run(folder, &["backup", "--to", &backup]), &["existe déjà"]);
        expect(1, data.run(folder, &["restore", "--from", &backup]), &["--force"]);

        // Another key, made by another installation.
        let other = Data {
            url: format!("sqlite:{}", folder.join("autre.sqlite").display()),
            key: folder.join("autre-cle").display().to_string(),
        };
        expect(
            0,
            other.run(folder, &["account", "create", "--email", "b@exemple.fr", "--name", "Béa Exemple"]),
            &["Clé créée"],
        );
        let wrong = Data { url: data.url.clone(), key: other.key.clone() };
        expect(3, wrong.run(folder, &["restore", "--from", &backup, "--force"]), &["rien n’a été touché"]);
        expect(3, wrong.run(folder, &["check"]), &["clé"]);
        expect(0, data.run(folder, &["check"]), &["elle ouvre ces données"]);

        let elsewhere = match scratch.engine() {
            Engine::Sqlite => None,
            Engine::Postgres => Scratch::postgres().await,
        };
        let url = elsewhere
            .as_ref()
            .map_or_else(|| format!("sqlite:{}", folder.join("retabli.sqlite").display()), |other| other.url.clone());
        let restored = Data { url, key: data.key.clone() };
        let force: &[&str] = if elsewhere.is_some() { &["--force"] } else { &[] };
        expect(0, restored.run(folder, &[&["restore", "--from", &backup], force].concat()), &["rétablie"]);
        expect(0, restored.run(folder, &["check"]), &["elle ouvre ces données"]);
        expect(
            1,
            restored.run(folder, &["account", "create", "--email", "ada@exemple.fr", "--name", "Ada"]),
            &["existe déjà"],
        );

        std::fs::write(&backup, "autre chose").unwrap();
        expect(1, restored.run(folder, &["restore", "--from", &backup, "--force"]), &["tronquée"]);
        if let Some(elsewhere) = elsewhere {
            elsewhere.remove().await;
        }
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_import_makes_what_is_missing_and_a_trial_run_makes_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path();
    let file = folder.join("mois.xml").display().to_string();
    expect(
        0,
        run(folder, &["synthesize", "--households", "20", "--seed", "1", "--date", "2026-10-31", "--out", &file]),
        &[],
    );
    let data = ["--database", "sqlite:neuf/jonction.sqlite"];
    expect(0, run(folder, &[&["import", "caf", &file, "--dry-run"], &data[..]].concat()), &["essai à blanc"]);
    assert!(!folder.join("neuf").exists());
    expect(0, run(folder, &[&["import", "caf", &file], &data[..]].concat()), &["Base créée", "Clé créée", "intégré"]);
    assert!(folder.join("neuf/jonction.key").exists());

    // The key is never made again for data that has one.
    std::fs::rename(folder.join("neuf/jonction.key"), folder.join("cle")).unwrap();
    expect(3, run(folder, &[&["import", "caf", &file], &data[..]].concat()), &["--key-file"]);
    assert!(!folder.join("neuf/jonction.key").exists());

    let next = folder.join("suivant.xml").display().to_string();
    let asked = [
        "synthesize",
        "--households",
        "20",
        "--seed",
        "1",
        "--date",
        "2026-11-30",
        "--out",
        &next,
        "--previous",
        &file,
    ];
    expect(0, run(folder, &asked), &["30 novembre 2026"]);
    expect(0, run(folder, &[&["import", "caf", &next, "--key-file", "cle"], &data[..]].concat()), &["inchangé"]);
    let db = Db::open(&format!("sqlite:{}", folder.join("neuf/jonction.sqlite").display())).await.unwrap();
    assert_eq!(db.one::<i64>(&FILES, &[]).await.unwrap(), 2);
}

#[test]
fn exit_codes_tell_what_went_wrong() {
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path();
    expect(0, run(folder, &["version"]), &["Jonction"]);
    expect(0, run(folder, &["--help"]), &["Utilisation", "Commandes"]);
    expect(2, run(folder, &["servir"]), &["commande inconnue", "Que faire"]);
    expect(3, run(folder, &["check", "--config", "absent.toml"]), &["absent.toml", "Que faire"]);
    expect(3, run(folder, &["serve", "--listen", "ici"]), &["--listen", "Que faire"]);
    expect(4, run(folder, &["verify", "--database", "sqlite:absent.sqlite"]), &["absent.sqlite", "Que faire"]);
    expect(4, run(folder, &["verify", "--database", "mysql:x"]), &["postgres://"]);
    expect(5, run(folder, &["import", "caf", "absent.xml"]), &["absent.xml", "Que faire"]);
    assert_eq!(std::fs::read_dir(folder).unwrap().count(), 0, "something was left behind");
}
