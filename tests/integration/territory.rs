//! The territory on both engines: reference data, history, changes by hand, refused files.

use base::{Date, Email, Id, Instant, Period};
use facts::outbox;
use jiff::civil::date;
use jonction_tests::{clock, on_each_engine, today};
use platform::account::FirstPassword;
use platform::gate::permit;
use platform::mandate::Mandate;
use platform::{Actor, Keys, Mail, Platform, Purpose, Role, Structure};
use proptest::prelude::*;
use proptest::strategy::ValueTree;
use proptest::test_runner::TestRunner;
use territory::changes::{self, Done};
use territory::communes::{Commune, Successors};
use territory::import::{self, File, Mode, What};
use territory::organisations::Role as Does;
use territory::posts::{PostState, Posts};
use territory::structures::StructureKind;
use territory::{AsOf, Cells, Error, FactKind, Picture, SubjectKind, reference};

/// A platform on a database, and an administrator of the département.
async fn house(db: &db::Db) -> (Platform, Actor) {
    let platform = Platform::start(db.clone(), clock(), Keys::derive(&[7; 32]), Mail::none());
    let tenant = platform::tenant::ensure(&platform, "93", "Seine-Saint-Denis", support::declared_parameters())
        .await
        .unwrap()
        .id;
    let program = Actor::program(tenant);
    let accounts = permit(&program).unwrap();
    let email = Email::parse("claude.fictive@exemple.fr").unwrap();
    let (account, _) =
        platform::account::create(&platform, &accounts, email, "Claude Fictive", FirstPassword::None).await.unwrap();
    let mandate = Mandate {
        organisation: Id::new(1),
        structure: None,
        role: Role::DepartmentAdmin,
        purpose: Purpose::Administration,
    };
    let mandate = platform::mandate::grant(&platform, &accounts, account, mandate, Period::since(date(2026, 1, 1)))
        .await
        .unwrap();
    let administrator = platform::mandate::actor(&platform, account, mandate).await.unwrap();
    (platform, administrator)
}

async fn picture_on(platform: &Platform, actor: &Actor, on: Date) -> Picture {
    territory::picture(platform, actor, AsOf::day(on, &platform.clock)).await.unwrap()
}

fn cells(pairs: &[(&str, &str)]) -> Cells {
    pairs.iter().map(|(column, text)| ((*column).to_owned(), (*text).to_owned())).collect()
}

fn file(name: &str, text: &str) -> File {
    File { name: name.to_owned(), bytes: text.as_bytes().to_vec() }
}

fn next_moment(platform: &Platform) {
    platform.clock.set(Instant::from_micros(platform.now().micros() + 1_000_000));
}

#[tokio::test]
async fn the_reference_data_says_who_serves_whom_and_loads_once() {
    on_each_engine(async |scratch| {
        let (platform, actor) = house(&scratch.db).await;
        let first = reference::load(&platform, &actor).await.unwrap();
        assert_eq!(first.problems, []);
        assert!(
            first.import.is_some() && first.unchanged() == 0 && first.count(What::Added) > 1_200,
            "{}",
            first.count(What::Added)
        );
        next_moment(&platform);
        let again = reference::load(&platform, &actor).await.unwrap();
        assert!(again.is_unchanged() && again.import.is_none());
        assert_eq!(again.unchanged(), first.count(What::Added));
        assert_eq!(import::recent(&platform, &actor).await.unwrap().len(), 1);

        let now = picture_on(&platform, &actor, today()).await;
        assert_eq!(now.communes().len(), 39);
        assert_eq!(now.communes().iter().map(|commune| commune.profile.value.population).sum::<i64>(), 1_704_316);
        for commune in now.communes() {
            let agency = now.who_serves(commune.id, StructureKind::LocalInclusionAgency, today());
            let agency = agency.unwrap_or_else(|| panic!("no agency serves {}", commune.code));
            assert_eq!(now.structure(agency.value.structure).unwrap().status, territory::structures::Status::Open);
        }

        // The municipal project in 2022, the agency since.
        let commune: Id<Commune> = now.names.find("93008").unwrap();
        let in_2022 = picture_on(&platform, &actor, date(2022, 6, 1)).await;
        let kinds: Vec<StructureKind> = in_2022.serving(commune).iter().map(|sector| sector.value.kind).collect();
        assert!(
            kinds.contains(&StructureKind::LegacyMunicipalProject)
                && !kinds.contains(&StructureKind::LocalInclusionAgency)
        );
        let kinds: Vec<StructureKind> = now.serving(commune).iter().map(|sector| sector.value.kind).collect();
        assert!(
            !kinds.contains(&StructureKind::LegacyMunicipalProject)
                && kinds.contains(&StructureKind::LocalInclusionAgency)
        );

        // The merger of 2025.
        let successors = Successors::load(&platform.db, actor.tenant()).await.unwrap();
        assert_eq!(successors.resolve("93059", date(2024, 12, 31)), Some("93059"));
        assert_eq!(successors.resolve("93059", date(2025, 1, 1)), Some("93066"));
        assert_eq!(successors.resolve("93066", today()), Some("93066"));
        assert_eq!(successors.resolve("75056", today()), None);
        let agency: Id<Structure> = now.names.find("ali-saint-denis").unwrap();
        let served_in_2024 =
            territory::sector_communes(&platform.db, actor.tenant(), agency, date(2024, 6, 1)).await.unwrap();
        assert_eq!(served_in_2024, ["93059", "93066"]);
        assert_eq!(territory::sector_communes(&platform.db, actor.tenant(), agency, today()).await.unwrap(), ["93066"]);
        assert_eq!(picture_on(&platform, &actor, date(2024, 12, 31)).await.communes().len(), 40);

        // The board: 22 agencies, opened and inaugurated on different days, posts of counsellors.
        let posts = Posts::read(&platform, &actor, now.as_of).await.unwrap();
        let agencies = now.agencies(&posts);
        assert_eq!(agencies.len(), 22);
        assert_eq!(agencies.iter().map(|agency| agency.population).sum::<i64>(), 1_704_316);
        assert_eq!(agencies.iter().map(|agency| agency.replaced.len()).sum::<usize>(), 31);
        assert_eq!(agencies.iter().map(|agency| agency.posts.open).sum::<u32>(), 280);
        let saint_denis = agencies.iter().find(|agency| agency.structure.code == "ali-saint-denis").unwrap();
        assert_eq!(saint_denis.structure.opened_on, date(2023, 4, 1));
        assert_eq!(saint_denis.structure.profile.value.inaugurated_on, Some(date(2023, 11, 17)));
        assert_eq!(now.names.name(saint_denis.contract.unwrap().value.operator), "Objectif Emploi");
        assert_eq!(saint_denis.posts.vacant, saint_denis.posts.open);

        // The consortium of the school, and an organisation with several roles.
        let school = now.organisations().into_iter().find(|organisation| organisation.has(Does::Consortium)).unwrap();
        assert_eq!(now.consortium(school.id).len(), 5);
        let ares = now.organisation(now.names.find("ares").unwrap()).unwrap();
        assert!(
            ares.has(Does::AgencyOperator) && ares.has(Does::Employer) && ares.has(Does::WorkIntegrationEnterprise)
        );
        assert_eq!(now.contracts_of(ares.id).len(), 2);

        // Each opened post is told to the other rooms, once.
        let tx = platform.db.begin().await.unwrap();
        let events = outbox::take(&tx, actor.tenant(), "test", 10_000).await.unwrap();
        assert_eq!(events.iter().filter(|event| event.topic == "territory.post_opened").count(), 610);
    })
    .await;
}

#[tokio::test]
async fn a_person_adds_closes_corrects_and_undoes() {
    on_each_engine(async |scratch| {
        let (platform, actor) = house(&scratch.db).await;
        reference::load(&platform, &actor).await.unwrap();
        next_moment(&platform);
        let before = platform.now();

        // An operator for an agency that has none; a second one over the same days is refused.
        let contract = cells(&[
            ("structure", "ali-stains"),
            ("operator", "ares"),
            ("valid_from", "2026-01-01"),
            ("valid_to", "2029-01-01"),
            ("certainty", "confirmed"),
            ("source", "Marché 2025-118"),
        ]);
        next_moment(&platform);
        let done: Done = changes::add(&platform, &actor, FactKind::AgencyContract, &contract).await.unwrap();
        let mut rival = contract.clone();
        rival.insert("operator".to_owned(), "vitamine-t".to_owned());
        rival.insert("valid_from".to_owned(), "01/06/2028".to_owned());
        rival.insert("valid_to".to_owned(), String::new());
        let refused = changes::add(&platform, &actor, FactKind::AgencyContract, &rival).await;
        assert!(matches!(refused, Err(Error::Conflict(_))), "{refused:?}");

        // What was known before is still known of that moment.
        let stains: Id<Structure> = picture_on(&platform, &actor, today()).await.names.find("ali-stains").unwrap();
        let as_known = AsOf { on: today(), known: before };
        assert!(territory::picture(&platform, &actor, as_known).await.unwrap().contract(stains).is_none());
        assert!(picture_on(&platform, &actor, today()).await.contract(stains).is_some());

        // Closed earlier, then that is undone, then the addition itself.
        next_moment(&platform);
        let id = picture_on(&platform, &actor, today()).await.contract(stains).unwrap().id.raw();
        let end = cells(&[("valid_to", "2027-06-30"), ("source", "Avenant n° 1")]);
        let closed = changes::close(&platform, &actor, FactKind::AgencyContract, id, &end).await.unwrap();
        let contract_now = async || {
            let picture = picture_on(&platform, &actor, today()).await;
            picture.contract(stains).map(|fact| (fact.id.raw(), fact.valid.to, fact.value.citation.clone()))
        };
        let (closed_id, to, citation) = contract_now().await.unwrap();
        assert_eq!(to, Some(date(2027, 6, 30)));
        assert!(citation.contains("Marché 2025-118") && citation.contains("Avenant"), "{citation}");
        assert!(changes::undo(&platform, &actor, done).await.is_err(), "the addition has been changed since");
        next_moment(&platform);
        changes::undo(&platform, &actor, closed).await.unwrap();
        let (back, to, _) = contract_now().await.unwrap();
        assert_eq!(to, Some(date(2029, 1, 1)));
        assert_ne!(back, closed_id);
        next_moment(&platform);
        changes::withdraw(&platform, &actor, FactKind::AgencyContract, back).await.unwrap();
        assert_eq!(contract_now().await, None);
        let history = changes::history(&platform, &actor, SubjectKind::Structure, stains.raw()).await.unwrap();
        assert_eq!(history.iter().filter(|record| record.kind == FactKind::AgencyContract).count(), 3);

        // A new structure, a post in it, somebody who holds it.
        next_moment(&platform);
        let site = cells(&[
            ("code", "ali-essai"),
            ("kind", "local_inclusion_agency"),
            ("name", "ALI d’essai"),
            ("organisation", "departement-93"),
            ("opened_on", "2026-12-01"),
            ("capacity", "300"),
            ("source", "Décision de test"),
        ]);
        changes::add(&platform, &actor, FactKind::StructureProfile, &site).await.unwrap();
        let post = cells(&[
            ("code", "ali-essai-cip-01"),
            ("structure", "ali-essai"),
            ("job", "employment_counsellor"),
            ("full_time_share", "0,8"),
            ("opened_on", "2026-12-01"),
            ("source", "Décision de test"),
        ]);
        changes::add(&platform, &actor, FactKind::PostProfile, &post).await.unwrap();
        let holder = cells(&[
            ("post", "ali-essai-cip-01"),
            ("holder", "Dominique Fictif"),
            ("valid_from", "2026-12-15"),
            ("source", "Contrat"),
        ]);
        changes::add(&platform, &actor, FactKind::PostHolder, &holder).await.unwrap();
        let state = async |on: Date| {
            let picture = picture_on(&platform, &actor, on).await;
            let posts = Posts::read(&platform, &actor, picture.as_of).await.unwrap();
            posts.view(&picture, picture.names.find("ali-essai-cip-01").unwrap()).unwrap().state
        };
        assert_eq!(state(date(2026, 11, 30)).await, PostState::Planned);
        assert_eq!(state(date(2026, 12, 2)).await, PostState::Vacant);
        assert_eq!(state(date(2026, 12, 15)).await, PostState::Held);

        // Nothing contradictory: a sector while the structure is closed, a kind that changes, an unknown code.
        for (kind, wrong, column) in [
            (
                FactKind::Sector,
                cells(&[
                    ("structure", "pie-bobigny"),
                    ("commune", "93008"),
                    ("valid_from", "2026-01-01"),
                    ("source", "x"),
                ]),
                "structure",
            ),
            (
                FactKind::Sector,
                cells(&[
                    ("structure", "ali-nulle-part"),
                    ("commune", "93008"),
                    ("valid_from", "2026-01-01"),
                    ("source", "x"),
                ]),
                "structure",
            ),
            (
                FactKind::OrganisationRole,
                cells(&[("organisation", "ares"), ("role", "mairie"), ("valid_from", "2026-01-01"), ("source", "")]),
                "role",
            ),
            (
                FactKind::AgencyContract,
                cells(&[
                    ("structure", "ali-stains"),
                    ("operator", "ares"),
                    ("valid_from", "2027-01-01"),
                    ("valid_to", "2026-01-01"),
                    ("source", "x"),
                ]),
                "valid_to",
            ),
        ] {
            let error = changes::add(&platform, &actor, kind, &wrong).await.unwrap_err();
            let Error::Invalid(problems) = error else { panic!("{error:?}") };
            assert!(problems.iter().any(|problem| problem.column == column), "{problems:?}");
        }
    })
    .await;
}

#[tokio::test]
async fn a_file_with_wrong_lines_changes_nothing_and_says_why() {
    on_each_engine(async |scratch| {
        let (platform, actor) = house(&scratch.db).await;
        reference::load(&platform, &actor).await.unwrap();
        let wrong = "structure;commune;valid_from;valid_to;certainty;source\n\
                     ali-pantin;93055;2023-05-02;;sûr;essai\n\
                     ali-pantin;93999;02/05/2023;;confirmed;essai\n\
                     ali-pantin;93061;2023-05-02;2023-05-01;confirmed;essai\n\
                     ali-stains;93066;2026-01-01;;confirmed;essai\n";
        let report = import::run(&platform, &actor, &[file("secteurs.csv", wrong)], Mode::Apply).await.unwrap();
        let mut found: Vec<(u64, &str)> = report.problems.iter().map(|problem| (problem.line, problem.column.as_str())).collect();
        found.sort_unstable();
        assert_eq!(found, [(2, "certainty"), (3, "commune"), (4, "valid_to"), (5, "valid_from")], "{:#?}", report.problems);
        assert!(report.import.is_none());
        assert!(reference::load(&platform, &actor).await.unwrap().is_unchanged());

        // Right lines: a preview writes nothing, the file applied twice changes something once.
        let right = "code;name;siret;source\nares;Ares (association);;Statuts 2026\nnouvelle;Nouvelle association;73282932000074;Statuts\n";
        let files = [file("organisations.csv", right)];
        let preview = import::run(&platform, &actor, &files, Mode::Preview).await.unwrap();
        assert_eq!((preview.count(What::Added), preview.count(What::Corrected)), (1, 1), "{:#?}", preview.problems);
        assert!(preview.files[0].changes[0].values.iter().any(|(label, _, _)| *label == "Nom"));
        assert!(reference::load(&platform, &actor).await.unwrap().is_unchanged());
        next_moment(&platform);
        let applied = import::run(&platform, &actor, &files, Mode::Apply).await.unwrap();
        assert!(applied.import.is_some());
        assert_eq!(applied.files, preview.files);
        next_moment(&platform);
        assert!(import::run(&platform, &actor, &files, Mode::Apply).await.unwrap().is_unchanged());

    })
    .await;
}

/// What is done to a sector.
#[derive(Clone, Debug)]
enum Step {
    Add { structure: usize, commune: usize, from: i32, days: Option<i32> },
    Close { which: prop::sample::Index, to: i32 },
    Correct { which: prop::sample::Index, structure: usize, from: i32, days: Option<i32> },
    Withdraw { which: prop::sample::Index },
}

fn step() -> impl Strategy<Value = Step> {
    let from = || 0..400_i32;
    let days = || prop::option::of(1..300_i32);
    prop_oneof![
        4 => (0..3_usize, 0..2_usize, from(), days()).prop_map(|(structure, commune, from, days)| Step::Add { structure, commune, from, days }),
        1 => (any::<prop::sample::Index>(), from()).prop_map(|(which, to)| Step::Close { which, to }),
        2 => (any::<prop::sample::Index>(), 0..3_usize, from(), days())
            .prop_map(|(which, structure, from, days)| Step::Correct { which, structure, from, days }),
        1 => any::<prop::sample::Index>().prop_map(|which| Step::Withdraw { which }),
    ]
}

const STRUCTURES: [&str; 3] = ["ali-a", "ali-b", "pie-c"];
const COMMUNES: [&str; 2] = ["93001", "93005"];

fn day(number: i32) -> String {
    date(2024, 1, 1).checked_add(jiff::Span::new().days(number)).unwrap().to_string()
}

fn sector_cells(structure: usize, commune: usize, from: i32, days: Option<i32>) -> Cells {
    let to = days.map_or_else(String::new, |days| day(from + days));
    cells(&[
        ("structure", STRUCTURES[structure]),
        ("commune", COMMUNES[commune]),
        ("valid_from", &day(from)),
        ("valid_to", &to),
        ("source", "essai"),
    ])
}

/// Every kind divides the communes: whatever is done, in whatever order, no commune has two structures of
/// one kind on one day.
#[tokio::test]
async fn sectors_of_one_kind_never_overlap() {
    on_each_engine(async |scratch| {
        let (platform, actor) = house(&scratch.db).await;
        let files = [
            file("c.csv", "code,name,valid_from,population,population_vintage,postcodes,ept,source\n93001,A,1968-01-01,1,2026,93300,,e\n93005,B,1968-01-01,1,2026,93600,,e\n"),
            file("o.csv", "code,name,siret,source\norg,Org,,e\n"),
            file("s.csv", "code,kind,name,organisation,opened_on,source\nali-a,local_inclusion_agency,A,org,2020-01-01,e\nali-b,local_inclusion_agency,B,org,2020-01-01,e\npie-c,legacy_municipal_project,C,org,2020-01-01,e\n"),
        ];
        let report = import::run(&platform, &actor, &files, Mode::Apply).await.unwrap();
        assert_eq!(report.problems, []);
        let mut runner = TestRunner::deterministic();
        let steps = prop::collection::vec(step(), 120).new_tree(&mut runner).unwrap().current();
        let (mut done, mut refused) = (0, 0);
        for step in steps {
            next_moment(&platform);
            let in_force: Vec<(i64, String)> = {
                let picture = picture_on(&platform, &actor, today()).await;
                let mut sectors: Vec<(i64, String)> =
                    picture.sectors.all().map(|fact| (fact.id.raw(), picture.names.code(fact.subject).to_owned())).collect();
                sectors.sort_unstable();
                sectors
            };
            let chosen = |which: prop::sample::Index| (!in_force.is_empty()).then(|| which.get(&in_force).clone());
            let result = match step {
                Step::Add { structure, commune, from, days } => {
                    changes::add(&platform, &actor, FactKind::Sector, &sector_cells(structure, commune, from, days)).await
                }
                Step::Close { which, to } => {
                    let Some((id, _)) = chosen(which) else { continue };
                    let end = cells(&[("valid_to", &day(to)), ("source", "fin")]);
                    changes::close(&platform, &actor, FactKind::Sector, id, &end).await
                }
                Step::Correct { which, structure, from, days } => {
                    let Some((id, commune)) = chosen(which) else { continue };
                    let commune = COMMUNES.iter().position(|code| *code == commune).unwrap();
                    changes::correct(&platform, &actor, FactKind::Sector, id, &sector_cells(structure, commune, from, days)).await
                }
                Step::Withdraw { which } => {
                    let Some((id, _)) = chosen(which) else { continue };
                    changes::withdraw(&platform, &actor, FactKind::Sector, id).await
                }
            };
            match result {
                Ok(_) => done += 1,
                Err(Error::Conflict(_) | Error::Invalid(_)) => refused += 1,
                Err(other) => panic!("{other:?}"),
            }
            let picture = picture_on(&platform, &actor, today()).await;
            let sectors: Vec<_> = picture.sectors.all().collect();
            for (position, one) in sectors.iter().enumerate() {
                for other in &sectors[position + 1..] {
                    let rivals = one.subject == other.subject && one.value.kind == other.value.kind;
                    assert!(!(rivals && one.valid.overlaps(&other.valid)), "{one:?} and {other:?}");
                }
            }
        }
        assert!(done > 10 && refused > 10, "{done} done, {refused} refused");
    })
    .await;
}
