//! Months of the beneficiary feed, in any order, twice, or cut in the middle, end in the state that clean imports give.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::path::{Path, PathBuf};

use base::{Clock, Date, Id, Instant};
use db::{Ask, sql};
use demo::synth::{Place, Request, synthesize, synthesize_daily};
use exchange::caf::{Import, Outcome, Stage, import};
use jiff::civil::date;
use jonction_tests::{Scratch, on_each_engine, today};
use platform::{Actor, Keys, Mail, Platform};
use support::jobs::check_read_models;

/// Everything in force about households and persons, one column a text, without the numbers that depend on the order
/// of arrival.
macro_rules! dump_texts {
    ($($name:ident = $subject:literal, $table:literal, $columns:literal;)+) => {
        sql! {
            $($name = [
                "SELECT s.id, CAST(f.valid_from AS text) || ' > ' || COALESCE(CAST(f.valid_to AS text), ''), ", $columns,
                " FROM ", $table, " f JOIN ", $subject, " s ON s.id = f.", $subject,
                " WHERE f.replaced_at IS NULL ORDER BY s.id, f.valid_from"
            ];)+
        }
    };
}

dump_texts! {
    CLAIMS = "household", "claim", "f.paying_body || ' ' || f.file_number || ' ' || CAST(f.claimed_on AS text) || ' '
        || COALESCE(CAST(f.incoming_transfer AS text), '') || COALESCE(CAST(f.outgoing_transfer AS text), '')";
    RIGHTS = "household", "right_state", "f.status || ' ' || CAST(f.suspensions AS text) || CAST(f.natures AS text)
        || COALESCE(CAST(f.closure AS text), '') || COALESCE(CAST(f.refusal AS text), '')";
    FAMILIES = "household", "family", "f.situation || ' ' || CAST(f.situation_since AS text) || ' '
        || COALESCE(CAST(f.dependants AS text), '?') || ' ' || CAST(f.without_fixed_home AS text)";
    ADDRESSES = "household", "address", "f.place_complement || ' ' || f.street || ' ' || f.postcode || ' ' || f.commune_code
        || ' ' || COALESCE(CAST(f.moved_in AS text), '')";
    IDENTITIES = "person", "identity", "f.title || ' ' || f.usual_name || ' ' || f.match_key || ' '
        || COALESCE(f.france_travail_id, '')";
    REGISTRATIONS = "person", "registration", "'numbered'";
    MEMBERSHIPS = "person", "membership", "f.role || ' ' || CAST(f.attached_since AS text) || ' '
        || COALESCE(CAST(f.attached_until AS text), '') || ' ' || COALESCE(CAST(f.obligations AS text), '?')";
    OCCUPATIONS = "person", "occupation", "CAST(f.activities AS text)";
}

sql! {
    HOUSEHOLDS = "SELECT id, claim_number FROM household";
    PERSONS = "SELECT p.id, h.claim_number FROM person p JOIN household h ON h.id = p.household";
    DOUBTS = "SELECT person_a, person_b FROM match_doubt";
    SEEN = "SELECT h.claim_number, f.created FROM sighting s JOIN household h ON h.id = s.household
        JOIN feed_file f ON f.id = s.file ORDER BY h.claim_number, f.created";
}

/// The state as text, comparable between two databases of one engine.
async fn state(scratch: &Scratch) -> String {
    let db = &scratch.db;
    let mut labels: BTreeMap<i64, String> = BTreeMap::new();
    for (id, claim_number) in db.all::<(i64, String)>(&HOUSEHOLDS, &[]).await.unwrap() {
        labels.insert(id, claim_number);
    }
    let mut identities: BTreeMap<i64, Vec<String>> = BTreeMap::new();
    for (person, period, text) in db.all::<(i64, String, String)>(&IDENTITIES, &[]).await.unwrap() {
        identities.entry(person).or_default().push(format!("{period} {text}"));
    }
    for (person, claim_number) in db.all::<(i64, String)>(&PERSONS, &[]).await.unwrap() {
        // A record that no identity is left of says nothing.
        if let Some(identity) = identities.get(&person) {
            labels.insert(person, format!("{claim_number} {}", identity.join(" | ")));
        }
    }
    let mut lines: Vec<String> = Vec::new();
    for sql in [&CLAIMS, &RIGHTS, &FAMILIES, &ADDRESSES, &IDENTITIES, &REGISTRATIONS, &MEMBERSHIPS, &OCCUPATIONS] {
        let kind = sql.text(db::Engine::Sqlite).split(" FROM ").nth(1).unwrap().split(' ').next().unwrap().to_owned();
        for (subject, period, text) in db.all::<(i64, String, String)>(sql, &[]).await.unwrap() {
            lines.push(format!("{kind} {} {period} {text}", labels[&subject]));
        }
    }
    for (a, b) in db.all::<(i64, i64)>(&DOUBTS, &[]).await.unwrap() {
        let mut pair = [&labels[&a], &labels[&b]];
        pair.sort();
        lines.push(format!("doubt {pair:?}"));
    }
    lines
        .extend(db.all::<(String, String)>(&SEEN, &[]).await.unwrap().into_iter().map(|seen| format!("seen {seen:?}")));
    lines.sort();
    lines.join("\n")
}

/// The first lines in which two states differ.
fn difference(left: &str, right: &str) -> String {
    let mut told = String::new();
    for line in left.lines().filter(|line| !right.contains(*line)).take(5) {
        writeln!(told, "- {line}").unwrap();
    }
    for line in right.lines().filter(|line| !left.contains(*line)).take(5) {
        writeln!(told, "+ {line}").unwrap();
    }
    told
}

struct House {
    platform: Platform,
    actor: Actor,
}

async fn house(scratch: &Scratch) -> House {
    let clock = Clock::manual(Instant::start_of(today()));
    let platform = Platform::start(scratch.db.clone(), clock, Keys::derive(&[7; 32]), Mail::none());
    let department =
        platform::tenant::ensure(&platform, "93", "Département fictif", support::declared_parameters()).await.unwrap();
    House { platform, actor: Actor::program(department.id) }
}

impl House {
    async fn bring_in(&self, path: &Path) -> exchange::caf::Summary {
        let request = Import {
            path: path.to_owned(),
            file_name: path.file_name().unwrap().to_string_lossy().into_owned(),
            dry_run: false,
            accept_count_mismatch: false,
        };
        import(&self.platform, &self.actor, &request, |_| {}).await.unwrap()
    }

    async fn read_models_stand(&self) {
        for (name, difference) in check_read_models(&self.platform, &self.actor).await.unwrap() {
            assert!(difference.is_equal(), "{name}: {difference:?}");
            assert!(difference.lines > 0, "{name} is empty");
        }
    }
}

fn places() -> Vec<Place> {
    let place = |code: &str, name: &str, postcode: &str| Place {
        commune_code: code.to_owned(),
        name: name.to_owned(),
        postcodes: vec![postcode.to_owned()],
        weight: 1.0,
    };
    vec![place("93071", "Sevran", "93270"), place("93066", "Saint-Denis", "93200"), place("93055", "Pantin", "93500")]
}

/// Consecutive months of one fictitious département; the first stands alone.
fn months(folder: &Path, households: u64, days: &[Date]) -> Vec<PathBuf> {
    let places = places();
    let mut files: Vec<PathBuf> = Vec::new();
    for day in days {
        let path = folder.join(format!("{day}.xml"));
        let request =
            Request { households, seed: 93, date: *day, previous: files.last().map(PathBuf::as_path), places: &places };
        synthesize(&request, std::fs::File::create(&path).unwrap(), |_, _| {}).unwrap();
        files.push(path);
    }
    files
}

const MONTHS: [Date; 3] = [date(2026, 8, 31), date(2026, 9, 30), date(2026, 10, 31)];

/// Enough households for every quirk of the synthesis to occur.
const SIZE: u64 = 900;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn any_order_of_arrival_gives_the_same_state() {
    let folder = tempfile::tempdir().unwrap();
    let files = months(folder.path(), SIZE, &MONTHS);
    on_each_engine(async |clean| {
        let in_order = house(clean).await;
        for file in &files {
            assert_eq!(in_order.bring_in(file).await.outcome, Outcome::Imported);
        }
        in_order.read_models_stand().await;
        let expected = state(clean).await;
        assert!(expected.lines().count() > 5_000);

        for order in [[0, 2, 1], [2, 0, 1], [2, 1, 0]] {
            let other = clean.another().await;
            let mixed = house(&other).await;
            for position in order {
                let summary = mixed.bring_in(&files[position]).await;
                assert_eq!(summary.outcome, Outcome::Imported);
            }
            mixed.read_models_stand().await;
            let reached = state(&other).await;
            assert!(reached == expected, "order {order:?}:\n{}", difference(&expected, &reached));
            other.remove().await;
        }
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_file_sent_again_changes_nothing_and_an_interrupted_one_resumes() {
    let folder = tempfile::tempdir().unwrap();
    let files = months(folder.path(), SIZE, &MONTHS[1..]);
    on_each_engine(async |clean| {
        let whole = house(clean).await;
        for file in &files {
            whole.bring_in(file).await;
        }
        let expected = state(clean).await;
        let again = whole.bring_in(&files[1]).await;
        assert_eq!(again.outcome, Outcome::AlreadyIn);
        assert_eq!(whole.bring_in(&files[0]).await.outcome, Outcome::AlreadyIn);
        assert!(state(clean).await == expected);

        let other = clean.another().await;
        let cut = house(&other).await;
        cut.bring_in(&files[0]).await;
        // The second file is dropped as soon as a part of it is in.
        let request = Import {
            path: files[1].clone(),
            file_name: "cut".to_owned(),
            dry_run: false,
            accept_count_mismatch: false,
        };
        let (tell, mut told) = tokio::sync::mpsc::unbounded_channel();
        tokio::select! {
            biased;
            _ = told.recv() => {}
            _ = import(&cut.platform, &cut.actor, &request, |progress| {
                if progress.stage == Stage::Applying && progress.done < progress.total {
                    tell.send(()).unwrap();
                }
            }) => panic!("the import was to be cut"),
        }
        let summary = cut.bring_in(&files[1]).await;
        assert_eq!(summary.outcome, Outcome::Imported);
        assert!(summary.resumed_after > 0);
        let reached = state(&other).await;
        assert!(reached == expected, "{}", difference(&expected, &reached));
        cut.read_models_stand().await;
        other.remove().await;
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_broken_file_writes_nothing_and_says_why() {
    let folder = tempfile::tempdir().unwrap();
    let file = &months(folder.path(), 50, &MONTHS[2..])[0];
    let bytes = std::fs::read(file).unwrap();
    let broken = folder.path().join("broken.xml");
    std::fs::write(&broken, &bytes[..bytes.len() / 2]).unwrap();
    on_each_engine(async |scratch| {
        let house = house(scratch).await;
        let request = Import {
            path: broken.clone(),
            file_name: "broken.xml".to_owned(),
            dry_run: false,
            accept_count_mismatch: false,
        };
        let refused = import(&house.platform, &house.actor, &request, |_| {}).await.unwrap_err().to_string();
        assert!(refused.contains("rien n’a été écrit") && refused.contains("ligne"), "{refused}");
        assert_eq!(state(scratch).await, "");
        let dry = Import { path: file.clone(), dry_run: true, ..request };
        let summary = import(&house.platform, &house.actor, &dry, |_| {}).await.unwrap();
        assert_eq!(summary.outcome, Outcome::DryRun);
        assert_eq!(state(scratch).await, "");
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_was_known_stays_known() {
    let folder = tempfile::tempdir().unwrap();
    let files = months(folder.path(), 200, &MONTHS);
    let daily = folder.path().join("daily.xml");
    let request =
        Request { households: 200, seed: 93, date: date(2026, 11, 6), previous: Some(&files[2]), places: &places() };
    synthesize_daily(&request, std::fs::File::create(&daily).unwrap(), |_, _| {}).unwrap();
    on_each_engine(async |scratch| {
        let house = house(scratch).await;
        let moments = [date(2026, 9, 6), date(2026, 10, 6), date(2026, 11, 5), date(2026, 11, 7)];
        for (file, day) in files.iter().chain([&daily]).zip(moments) {
            house.platform.clock.set(Instant::start_of(day));
            house.bring_in(file).await;
        }
        house.platform.clock.set(Instant::start_of(today()));
        house.read_models_stand().await;
        // Whoever's right changed between two files: each moment keeps what it knew.
        let changed: Vec<i64> = scratch.db.all(&CHANGED_RIGHTS, &[]).await.unwrap();
        assert!(!changed.is_empty());
        let tenant = house.actor.tenant();
        let mut otherwise = 0;
        for household in changed {
            let household = Id::<support::rights::Household>::new(household);
            let known_on = async |moment: Date| {
                facts::as_of::<support::rights::RightState>(
                    &scratch.db,
                    tenant,
                    household,
                    today(),
                    Instant::end_of(moment),
                )
                .await
                .unwrap()
                .pop()
                .map(|fact| fact.value)
            };
            let (before, after) = (known_on(date(2026, 9, 10)).await, known_on(today()).await);
            otherwise += u32::from(before.is_some() && before != after);
            assert_eq!(known_on(date(2026, 8, 1)).await, None);
        }
        assert!(otherwise > 0, "nobody's right was known otherwise in September");
    })
    .await;
}

sql! {
    CHANGED_RIGHTS = "SELECT r.household FROM right_state r JOIN right_state n ON n.household = r.household
        WHERE r.replaced_at IS NOT NULL AND n.replaced_at IS NULL AND n.valid_to IS NULL
            AND n.valid_from > r.valid_from AND n.status <> r.status
            AND (SELECT count(*) FROM sighting s WHERE s.household = r.household) > 2
        GROUP BY r.household ORDER BY r.household";
}
