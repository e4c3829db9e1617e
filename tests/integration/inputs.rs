//! The tables that orientation needs, about the persons of a month: in any order, twice, or cut in the middle, they end in
//! the state that clean imports give; who is not known, or only perhaps, is told and never written.

use std::path::{Path, PathBuf};

use base::{Clock, Date, Email, Id, Instant, Period};
use db::{Ask, sql};
use demo::synth::{InputsRequest, Place, Request, synthesize, synthesize_inputs};
use exchange::inputs::{Import, Outcome, Settings, Stage, Summary, import, inspect};
use jiff::civil::date;
use jonction_tests::{Scratch, on_each_engine, today};
use platform::account::{self, FirstPassword};
use platform::gate::{ManageAccounts, permit};
use platform::mandate::{self, Mandate};
use platform::{Actor, Keys, Mail, Organisation, Platform, Role};
use support::inputs::{self, InputKind, Ruling, Severity};

sql! {
    REGISTRATIONS = "SELECT person, CAST(valid_from AS text) || ' > ' || COALESCE(CAST(valid_to AS text), ''),
        identifier || ' ' || category || ' ' || reason || ' ' || referent_name || ' ' || CAST(difficulties AS text)
        FROM jobseeker_registration WHERE replaced_at IS NULL ORDER BY person, valid_from";
    QUESTIONNAIRES = "SELECT person, CAST(valid_from AS text) || ' > ' || COALESCE(CAST(valid_to AS text), ''),
        housing || ' ' || COALESCE(CAST(social_difficulties AS text), '?') || ' ' || work_history || ' ' || education
        FROM socio_professional WHERE replaced_at IS NULL ORDER BY person, valid_from";
    RECOMMENDATIONS = "SELECT person, CAST(valid_from AS text) || ' > ' || COALESCE(CAST(valid_to AS text), ''),
        path || ' ' || organ || ' ' || CAST(constraints AS text)
        FROM recommendation WHERE replaced_at IS NULL ORDER BY person, valid_from";
    EVER = "SELECT (SELECT count(*) FROM jobseeker_registration) + (SELECT count(*) FROM socio_professional)
        + (SELECT count(*) FROM recommendation)";
    NUMBERS_IN_CLEAR = "SELECT count(*) FROM input_issue WHERE message LIKE $1";
    SIGHTINGS = "SELECT count(*) FROM input_sighting WHERE file = $1 AND line = $2";
    SAID = "SELECT count(*) FROM line_doubt WHERE said IS NOT NULL";
    SOMEBODY_BY_HAND = "UPDATE socio_professional SET source = 'hand', housing = '0909' WHERE id = (SELECT min(id) FROM socio_professional)";
}

/// What is in force, as text.
async fn state(scratch: &Scratch) -> String {
    let mut lines = Vec::new();
    for sql in [&REGISTRATIONS, &QUESTIONNAIRES, &RECOMMENDATIONS] {
        for (person, period, text) in scratch.db.all::<(i64, String, String)>(sql, &[]).await.unwrap() {
            lines.push(format!("{person} {period} {text}"));
        }
    }
    lines.join("\n")
}

struct House {
    platform: Platform,
    actor: Actor,
}

/// A département that knows the persons of a month.
async fn house(scratch: &Scratch, month: &Path) -> House {
    let clock = Clock::manual(Instant::start_of(today()));
    let platform = Platform::start(scratch.db.clone(), clock, Keys::derive(&[7; 32]), Mail::none());
    let department = platform::tenant::ensure(&platform, "93", "Département fictif", &[]).await.unwrap();
    let actor = Actor::program(department.id);
    let request = exchange::caf::Import {
        path: month.to_owned(),
        file_name: "mois.xml".to_owned(),
        dry_run: false,
        accept_count_mismatch: false,
    };
    exchange::caf::import(&platform, &actor, &request, |_| {}).await.unwrap();
    House { platform, actor }
}

fn asked(path: &Path, kind: InputKind, on: Date) -> Import {
    let settings = match kind {
        InputKind::FranceTravail => Settings::default(),
        _ => inspect(path, kind, None, None).unwrap().proposed,
    };
    Import {
        path: path.to_owned(),
        file_name: path.file_name().unwrap().to_string_lossy().into_owned(),
        kind,
        origin: "essai".to_owned(),
        reference_date: on,
        complete: kind == InputKind::FranceTravail,
        accept_probable: true,
        settings,
        dry_run: false,
    }
}

impl House {
    /// Somebody who brings files in and decides their doubts.
    async fn manager(&self) -> Actor {
        let admin = permit::<ManageAccounts>(&self.actor).unwrap();
        let email = Email::parse("flux@exemple.fr").unwrap();
        let (account, _) =
            account::create(&self.platform, &admin, email, "Flore Fictive", FirstPassword::None).await.unwrap();
        territory::reference::load(&self.platform, &self.actor).await.unwrap();
        let as_of = territory::AsOf::now(&self.platform.clock);
        let names = territory::picture(&self.platform, &self.actor, as_of).await.unwrap().names;
        let organisation: Id<Organisation> = names.find("departement-93").unwrap();
        let role = Role::DataManager;
        let mandate = Mandate { organisation, structure: None, role, purpose: role.purposes()[0] };
        let since = Period::since(date(2024, 1, 1));
        let mandate = mandate::grant(&self.platform, &admin, account, mandate, since).await.unwrap();
        mandate::actor(&self.platform, account, mandate).await.unwrap()
    }

    async fn bring_in(&self, request: &Import) -> Summary {
        import(&self.platform, &self.actor, request, |_| {}).await.unwrap()
    }
}

const OCTOBER: Date = date(2026, 10, 31);
const SIZE: u64 = 900;

/// A month, and the tables about its persons made on a day.
struct Files {
    month: PathBuf,
    france_travail: PathBuf,
    questionnaire: PathBuf,
    recommendations: PathBuf,
}

impl Files {
    fn of(folder: &Path) -> Self {
        let file = |name: &str| folder.join(name);
        let files = Self {
            month: file("mois.xml"),
            france_travail: file("ft.csv"),
            questionnaire: file("dsp.csv"),
            recommendations: file("preconisations.csv"),
        };
        let places = [Place {
            commune_code: "93066".to_owned(),
            name: "Saint-Denis".to_owned(),
            postcodes: vec!["93200".to_owned()],
            weight: 1.0,
        }];
        let request = Request { households: SIZE, seed: 93, date: OCTOBER, previous: None, places: &places };
        synthesize(&request, std::fs::File::create(&files.month).unwrap(), |_, _| {}).unwrap();
        let tables = InputsRequest {
            seed: 93,
            month: &files.month,
            made_on: OCTOBER,
            claims_after: None,
            france_travail: Some(&files.france_travail),
            questionnaire: Some(&files.questionnaire),
            recommendations: Some(&files.recommendations),
        };
        synthesize_inputs(&tables).unwrap();
        files
    }

    fn requests(&self) -> [Import; 3] {
        [
            asked(&self.france_travail, InputKind::FranceTravail, OCTOBER),
            asked(&self.questionnaire, InputKind::Questionnaire, OCTOBER),
            asked(&self.recommendations, InputKind::Recommendation, OCTOBER),
        ]
    }
}

/// Another file of France Travail: the lines whose number is kept, some changed.
fn another_month(from: &Path, to: &Path, keep: impl Fn(usize) -> bool, category: &str) {
    let text = std::fs::read_to_string(from).unwrap();
    let lines: Vec<String> = text
        .lines()
        .enumerate()
        .filter(|(number, _)| *number == 0 || keep(*number))
        .map(|(number, line)| {
            let mut cells: Vec<&str> = line.split(';').collect();
            if number % 7 == 3 {
                cells[25] = category;
            }
            cells.join(";")
        })
        .collect();
    std::fs::write(to, lines.join("\r\n")).unwrap();
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn any_order_gives_the_same_facts_and_twice_changes_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let files = Files::of(folder.path());
    let november = folder.path().join("ft-11.csv");
    another_month(&files.france_travail, &november, |number| number % 10 != 0, "9");
    let mut requests = files.requests().to_vec();
    requests.push(asked(&november, InputKind::FranceTravail, date(2026, 11, 20)));
    on_each_engine(async |clean| {
        let in_order = house(clean, &files.month).await;
        for request in &requests {
            let summary = in_order.bring_in(request).await;
            assert_eq!(summary.outcome, Outcome::Imported);
            let report = &summary.report;
            // A homonym born the same day stays a doubt; nearly everybody else is known.
            let written = report.applied as f64 / summary.lines as f64;
            assert!(written > 0.95, "{}: {report:?}", summary.file_name);
            assert!(report.facts_added > 0, "{report:?}");
        }
        let expected = state(clean).await;
        assert!(expected.lines().count() > 2_000, "{}", expected.lines().count());
        let ended = expected.lines().filter(|line| line.contains("> 2026-11-20")).count();
        assert!(ended > 50, "{ended} registrations ended or changed by the file of November");
        let ever: i64 = clean.db.one(&EVER, &[]).await.unwrap();
        for request in &requests {
            assert_eq!(in_order.bring_in(request).await.outcome, Outcome::AlreadyIn);
        }
        // The same bytes under another choice are another import, which finds nothing to change.
        let again = Import { complete: false, ..requests[3].clone() };
        let summary = in_order.bring_in(&again).await;
        assert_eq!((summary.outcome, summary.report.facts_added), (Outcome::Imported, 0), "{:?}", summary.report);
        assert_eq!(clean.db.one::<i64>(&EVER, &[]).await.unwrap(), ever);
        assert!(state(clean).await == expected);

        for order in [[3, 2, 1, 0], [1, 3, 0, 2]] {
            let other = clean.another().await;
            let mixed = house(&other, &files.month).await;
            for position in order {
                mixed.bring_in(&requests[position]).await;
            }
            let reached = state(&other).await;
            let differing: Vec<&str> = reached.lines().filter(|line| !expected.contains(line)).take(5).collect();
            assert!(reached == expected, "order {order:?}: {differing:#?}");
            other.remove().await;
        }
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_interrupted_import_resumes() {
    let folder = tempfile::tempdir().unwrap();
    let files = Files::of(folder.path());
    on_each_engine(async |clean| {
        let whole = house(clean, &files.month).await;
        for request in files.requests() {
            whole.bring_in(&request).await;
        }
        let expected = state(clean).await;
        let other = clean.another().await;
        let cut = house(&other, &files.month).await;
        for request in files.requests() {
            // Dropped as soon as a part of it is in; a file of one stretch has no middle.
            let (tell, mut told) = tokio::sync::mpsc::unbounded_channel();
            tokio::select! {
                _ = import(&cut.platform, &cut.actor, &request, |progress| {
                    if progress.stage == Stage::Applying && progress.done < progress.total {
                        tell.send(()).unwrap();
                    }
                }) => assert_eq!(request.kind, InputKind::Recommendation, "the import was to be cut"),
                _ = told.recv() => {}
            }
            let summary = cut.bring_in(&request).await;
            assert!(summary.resumed_after > 0 || summary.outcome == Outcome::AlreadyIn, "{summary:?}");
            assert_eq!(
                summary.report.rulings.values().sum::<u64>() + summary.report.unreadable + summary.report.not_concerned,
                summary.lines
            );
        }
        assert!(state(&other).await == expected);
        other.remove().await;
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_trial_run_tells_what_would_become_of_each_line_and_writes_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let files = Files::of(folder.path());
    // Somebody unknown, a line that cannot be read, one twice, and two that clash.
    let mut text = std::fs::read_to_string(&files.questionnaire).unwrap();
    let first = text.lines().nth(1).unwrap().to_owned();
    text += &format!("{first}\r\n;1;PERSONNE;INCONNUE;Paule;12/05/1981;01/10/2026;0901;0401;1901;1201;2501;oui\r\n");
    text += ";1;SANS;;;12/05/1981;01/10/2026;0901;0401;1901;1201;2501;oui\r\n";
    let number = "290039399900113";
    text += &format!("{number};1;DOUBLE;;Ada;12/03/1990;01/10/2026;0901;;;;;\r\n");
    text += &format!("{number};1;DOUBLE;;Ada;12/03/1990;01/10/2026;0999;;;;;\r\n");
    let table = folder.path().join("essai.csv");
    std::fs::write(&table, text).unwrap();
    on_each_engine(async |scratch| {
        let house = house(scratch, &files.month).await;
        let real = asked(&table, InputKind::Questionnaire, OCTOBER);
        let trial = Import { dry_run: true, accept_probable: false, ..real.clone() };
        let summary = house.bring_in(&trial).await;
        let report = &summary.report;
        assert_eq!(summary.outcome, Outcome::DryRun);
        assert_eq!((report.counted(Ruling::Repeated), report.counted(Ruling::Clashing)), (1, 2), "{report:?}");
        assert_eq!((report.counted(Ruling::Unknown), report.unreadable), (1, 1), "{report:?}");
        assert!(report.counted(Ruling::Certain) > 500 && report.counted(Ruling::Probable) > 10, "{report:?}");
        assert!(
            summary.line_remarks.iter().any(|remark| remark.message.contains("0999") && remark.code == "unknown_code")
        );
        assert_eq!(state(scratch).await, "");

        // What nobody accepted is not written.
        let careful = house.bring_in(&Import { accept_probable: false, ..real.clone() }).await;
        assert_eq!(careful.report.applied, report.counted(Ruling::Certain));
        let accepted = house.bring_in(&real).await;
        assert_eq!(accepted.report.applied, report.counted(Ruling::Certain) + report.counted(Ruling::Probable));
        assert_eq!(accepted.report.unchanged, report.counted(Ruling::Certain));
        // No number stands in what is told.
        let told: i64 = scratch.db.one(&NUMBERS_IN_CLEAR, &[&format!("%{}%", &number[..13])]).await.unwrap();
        assert_eq!(told, 0);
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_an_agent_corrected_stays_and_is_told() {
    let folder = tempfile::tempdir().unwrap();
    let files = Files::of(folder.path());
    on_each_engine(async |scratch| {
        let house = house(scratch, &files.month).await;
        let request = asked(&files.questionnaire, InputKind::Questionnaire, OCTOBER);
        house.bring_in(&request).await;
        let tx = scratch.db.begin().await.unwrap();
        tx.execute(&SOMEBODY_BY_HAND, &[]).await.unwrap();
        tx.commit().await.unwrap();
        let before = state(scratch).await;
        let again = Import { origin: "autre".to_owned(), reference_date: date(2026, 11, 1), ..request };
        let summary = house.bring_in(&again).await;
        assert_eq!((summary.report.kept_by_hand, summary.report.facts_added), (1, 0), "{:?}", summary.report);
        assert!(summary.line_remarks.iter().any(|remark| remark.code == "by_hand"));
        assert!(state(scratch).await == before);
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn choices_are_remembered_and_another_file_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    let files = Files::of(folder.path());
    on_each_engine(async |scratch| {
        let house = house(scratch, &files.month).await;
        let request = asked(&files.questionnaire, InputKind::Questionnaire, OCTOBER);
        house.bring_in(&request).await;
        let kept = inputs::remembered_settings(&house.platform, &house.actor, InputKind::Questionnaire, "essai").await;
        let kept: Settings = serde_json::from_value(kept.unwrap().unwrap()).unwrap();
        assert_eq!(kept, request.settings);
        let wrong = Import { kind: InputKind::FranceTravail, ..request.clone() };
        let refused = import(&house.platform, &house.actor, &wrong, |_| {}).await.unwrap_err();
        assert!(refused.is_lasting() && refused.to_string().contains("France Travail"), "{refused}");
        let future = Import { reference_date: date(2027, 1, 1), ..request };
        assert!(import(&house.platform, &house.actor, &future, |_| {}).await.unwrap_err().is_lasting());
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_doubtful_line_goes_in_once_somebody_says_whom_it_is_about() {
    let folder = tempfile::tempdir().unwrap();
    let files = Files::of(folder.path());
    on_each_engine(async |scratch| {
        let house = house(scratch, &files.month).await;
        let manager = house.manager().await;
        let platform = &house.platform;
        // Names and birth date alone do not write anything by themselves.
        let request =
            Import { accept_probable: false, ..asked(&files.questionnaire, InputKind::Questionnaire, OCTOBER) };
        let summary = house.bring_in(&request).await;
        let file = inputs::files(platform, &manager, 1).await.unwrap().remove(0);
        let doubts = inputs::line_doubts(platform, &manager, file.id).await.unwrap();
        let decidable = |ruling: &&Ruling| ruling.may_be_decided();
        let told: u64 = Ruling::ALL.iter().filter(decidable).map(|ruling| summary.report.counted(*ruling)).sum();
        assert_eq!(u64::try_from(doubts.len()).unwrap(), told);
        assert!(told > 10 && doubts.iter().all(|(doubt, _)| !doubt.persons.0.is_empty()), "{doubts:?}");
        let errors = async || {
            let groups = inputs::issue_groups(platform, &manager, file.id).await.unwrap();
            groups.iter().filter(|(severity, ..)| *severity == Severity::Error).map(|(.., n)| n).sum::<i64>()
        };
        let (before, open) = (state(scratch).await, errors().await);
        let chosen = &doubts.iter().find(|(doubt, _)| doubt.ruling == Ruling::Probable).unwrap().0;
        let person = chosen.persons.0[0];

        // Only one of those proposed, and once; a colleague who comes later is told.
        let stranger = inputs::decide_line(platform, &manager, chosen.id, Some(Id::new(1))).await.unwrap_err();
        assert!(stranger.to_string().contains("personnes proposées"), "{stranger}");
        assert!(
            inputs::decide_line(platform, &house.actor, chosen.id, None).await.is_err(),
            "the program decides nothing"
        );
        inputs::decide_line(platform, &manager, chosen.id, Some(person)).await.unwrap();
        let late = inputs::decide_line(platform, &manager, chosen.id, None).await.unwrap_err();
        assert!(late.to_string().contains("déjà décidée"), "{late}");
        let after = state(scratch).await;
        let added: Vec<&str> = after.lines().filter(|line| !before.contains(line)).collect();
        assert!(added.len() == 1 && added[0].starts_with(&format!("{person} ")), "{added:?}");
        assert_eq!(errors().await, open - 1);
        let view = inputs::line_doubt(platform, &manager, chosen.id).await.unwrap();
        assert!(view.undo_until.is_some() && view.doubt.decided_by == manager.account().map(|id| Id::new(id.raw())));
        assert_eq!(scratch.db.one::<i64>(&SIGHTINGS, &[&file.id, &chosen.line]).await.unwrap(), 1);

        // Taken back: as if nobody had said anything.
        platform.clock.set(platform.clock.now().plus(jiff::SignedDuration::from_hours(1)));
        inputs::undo_line(platform, &manager, chosen.id).await.unwrap();
        assert!(state(scratch).await == before);
        assert_eq!(errors().await, open);
        assert_eq!(scratch.db.one::<i64>(&SIGHTINGS, &[&file.id, &chosen.line]).await.unwrap(), 0);
        assert!(inputs::undo_line(platform, &manager, chosen.id).await.is_err(), "nothing is decided any more");

        // About none of them: set aside for good once the time to take it back has passed, and forgotten.
        inputs::decide_line(platform, &manager, chosen.id, None).await.unwrap();
        assert!(state(scratch).await == before);
        platform.clock.set(platform.clock.now().plus(jiff::SignedDuration::from_hours(24 * 9)));
        let passed = inputs::undo_line(platform, &manager, chosen.id).await.unwrap_err();
        assert!(passed.to_string().contains("ne peut plus être annulée"), "{passed}");
        let kept: i64 = scratch.db.one(&SAID, &[]).await.unwrap();
        support::jobs::come_to_today(platform, &house.actor).await.unwrap();
        assert_eq!(scratch.db.one::<i64>(&SAID, &[]).await.unwrap(), kept - 1);
        assert!(inputs::line_doubt(platform, &manager, chosen.id).await.unwrap().doubt.said.is_none());
    })
    .await;
}
