//! From an entrant to a counsellor: proposals, decisions of a list, designations, meetings, on both engines; what
//! a kill in the middle leaves, what two officers see of each other, what is taken back.

use std::collections::BTreeMap;
use std::path::PathBuf;

use base::{Clock, Email, Id, Instant, Period};
use db::{Ask, sql};
use demo::synth::{Place, Request as Month, synthesize};
use exchange::caf::{Import, import};
use jiff::SignedDuration;
use jiff::civil::date;
use jonction_tests::{Scratch, clock, on_each_engine};
use platform::account::{self, FirstPassword};
use platform::gate::{ManageAccounts, permit};
use platform::mandate::{self, Mandate};
use platform::{Account, Actor, Keys, Mail, Organisation, Platform, Role, Structure, Tenant};
use support::caseload::{self, AbsenceKind, Assignment};
use support::follow_up::{self, FollowUp, ListRequest, Need, Stage};
use support::meeting::{self, AfterMeeting, Doer, MeetingKind, MeetingStatus, NewMeeting, NewStep, Secrecy};
use support::orientation::{self, Batch, Choice, LineState, Origin, Worker};
use support::person::Person;
use support::sharing::{self, SupportState};
use territory::structures::StructureKind;

sql! {
    ALL = ["SELECT ", FollowUp::COLUMNS, " FROM follow_up ORDER BY person"];
}

struct House<'a> {
    scratch: &'a Scratch,
    platform: Platform,
    clock: Clock,
    tenant: Id<Tenant>,
    organisation: Id<Organisation>,
    agency: Id<Structure>,
}

impl<'a> House<'a> {
    /// A month about Sevran, whose agency is `agency`.
    async fn new(scratch: &'a Scratch) -> Self {
        let clock = clock();
        let platform = Platform::start(scratch.db.clone(), clock.clone(), Keys::derive(&[7; 32]), Mail::none());
        let parameters = support::declared_parameters();
        let tenant = platform::tenant::ensure(&platform, "93", "Seine-Saint-Denis", parameters).await.unwrap().id;
        let program = Actor::program(tenant);
        territory::reference::load(&platform, &program).await.unwrap();
        let names = territory::picture(&platform, &program, territory::AsOf::now(&clock)).await.unwrap().names;
        let (organisation, _) = names.offered(territory::SubjectKind::Organisation)[0];
        let kind = StructureKind::LocalInclusionAgency;
        let agencies = territory::sector_structures(&scratch.db, tenant, kind, clock.today()).await.unwrap();
        let house = Self {
            scratch,
            clock,
            tenant,
            organisation: names.find(organisation).unwrap(),
            agency: agencies["93071"],
            platform,
        };
        house.clock.set(Instant::start_of(date(2026, 11, 5)));
        let request = Import {
            path: house.month(),
            file_name: "octobre.xml".to_owned(),
            dry_run: false,
            accept_count_mismatch: false,
        };
        import(&house.platform, &program, &request, |_| {}).await.unwrap();
        house.clock.set(Instant::start_of(jonction_tests::today()).plus(SignedDuration::from_hours(9)));
        orientation::propose_all(&house.platform, &program, async |_| ()).await.unwrap();
        house
    }

    fn month(&self) -> PathBuf {
        let places = [Place {
            commune_code: "93071".to_owned(),
            name: "Sevran".to_owned(),
            postcodes: vec!["93270".to_owned()],
            weight: 1.0,
        }];
        let path = self.scratch.folder().join("mois.xml");
        let request = Month { households: 150, seed: 7, date: date(2026, 10, 31), previous: None, places: &places };
        synthesize(&request, std::fs::File::create(&path).unwrap(), |_, _| {}).unwrap();
        path
    }

    fn program(&self) -> Actor {
        Actor::program(self.tenant)
    }

    async fn somebody(&self, name: &str, role: Role, structure: Option<Id<Structure>>) -> (Id<Account>, Actor) {
        let admin = permit::<ManageAccounts>(&self.program()).unwrap();
        let email = Email::parse(&format!("{}@exemple.fr", name.replace(' ', ".").to_lowercase())).unwrap();
        let (account, _) = account::create(&self.platform, &admin, email, name, FirstPassword::None).await.unwrap();
        let mandate = Mandate { organisation: self.organisation, structure, role, purpose: role.purposes()[0] };
        let since = Period::since(date(2024, 1, 1));
        let mandate = mandate::grant(&self.platform, &admin, account, mandate, since).await.unwrap();
        (account, mandate::actor(&self.platform, account, mandate).await.unwrap())
    }

    async fn lines(&self) -> Vec<FollowUp> {
        self.platform.db.all(&ALL, &[]).await.unwrap()
    }

    async fn line(&self, person: Id<Person>) -> FollowUp {
        self.lines().await.into_iter().find(|line| line.person == person).unwrap()
    }

    /// Every read model equals its rebuild.
    async fn check(&self) {
        for (name, difference) in support::jobs::check_read_models(&self.platform, &self.program()).await.unwrap() {
            assert!(difference.is_equal(), "{name}: {difference:?}");
        }
    }

    async fn work(&self, batch: Id<Batch>) {
        orientation::continue_batch(&self.platform, self.tenant, batch, async |_| ()).await.unwrap();
    }

    /// Everybody to the agency, whatever is proposed: what the tests about agencies begin with.
    fn to_agency(&self, lines: &[FollowUp]) -> Vec<orientation::OrderedLine> {
        lines
            .iter()
            .map(|line| orientation::OrderedLine {
                person: line.person,
                choice: Choice {
                    path: orientation::Path::SocioProfessional,
                    structure_kind: StructureKind::LocalInclusionAgency,
                    structure: self.agency,
                    with_interview: true,
                    reason: "essai".to_owned(),
                },
            })
            .collect()
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_list_is_proposed_decided_and_taken_back() {
    on_each_engine(async |scratch| {
        let house = House::new(scratch).await;
        let (_, officer) = house.somebody("Olga Officier", Role::DepartmentOfficer, None).await;
        let waiting = house.lines().await;
        assert!(waiting.len() > 60, "{}", waiting.len());
        for line in &waiting {
            assert_eq!((line.stage, line.informed_on), (Stage::ToOrient, date(2026, 11, 5)), "{line:?}");
            assert_eq!(line.due_on, date(2026, 12, 17), "six weeks after the département was told");
            assert!(line.proposed_path.is_some() && line.right_status == "2" && line.obligations == Some(true));
        }
        house.check().await;

        // Proposed again, nothing changes.
        assert_eq!(orientation::propose_all(&house.platform, &house.program(), async |_| ()).await.unwrap(), 0);
        let explained = orientation::explain(&house.platform, &officer, waiting[0].person).await.unwrap();
        assert!(explained[0].same_rules && explained[0].outcome.findings.iter().all(|finding| !finding.why.is_empty()));

        // Whoever comes after the last place is kept for a decision by hand.
        let mut taken = orientation::capacities(&house.platform, &officer).await.unwrap();
        let prepared = orientation::prepare(&waiting, &taken);
        let structures: BTreeMap<_, usize> = prepared.iter().flatten().fold(BTreeMap::new(), |mut count, line| {
            *count.entry(line.choice.structure).or_default() += 1;
            count
        });
        let (fullest, people) = structures.iter().max_by_key(|(_, people)| **people).unwrap();
        assert!(*people > 3);
        taken.insert(*fullest, orientation::Taken { people: 10, capacity: Some(12) });
        let prepared = orientation::prepare(&waiting, &taken);
        let chosen: Vec<_> = prepared.iter().flatten().cloned().collect();
        assert_eq!(chosen.iter().filter(|line| line.choice.structure == *fullest).count(), 2);
        assert!(prepared.iter().any(|line| matches!(line, Err((_, why)) if why.contains("plus de place"))));

        // Decided: each line told, each fact with its author and its day.
        let batch = orientation::start_orientations(&house.platform, &officer, &chosen, Worker::Caller).await.unwrap();
        house.work(batch).await;
        // The school learns counts of the structures that have people in charge, and nothing else.
        let told = follow_up::tell_publics(&house.platform, &house.program()).await.unwrap();
        assert!(told > 0);
        assert_eq!(school::field::take_in(&house.platform, house.tenant).await.unwrap(), told);
        let view = orientation::batch(&house.platform, &officer, batch).await.unwrap();
        assert_eq!(view.count(LineState::Done), i64::try_from(chosen.len()).unwrap(), "{view:?}");
        let line = house.line(chosen[0].person).await;
        assert_eq!((line.decided_on, line.structure), (Some(house.clock.today()), Some(chosen[0].choice.structure)));
        assert_eq!(line.stage, Stage::Unassigned);
        house.check().await;

        // Another officer with the same list on screen gets a clear answer, person by person.
        let (_, other) = house.somebody("Paul Collègue", Role::DepartmentOfficer, None).await;
        let again = orientation::start_orientations(&house.platform, &other, &chosen, Worker::Caller).await.unwrap();
        house.work(again).await;
        let view = orientation::batch(&house.platform, &other, again).await.unwrap();
        assert_eq!(view.count(LineState::Refused), i64::try_from(chosen.len()).unwrap());
        let told = orientation::lines(&house.platform, &other, again, LineState::Refused, Id::new(0), 5).await.unwrap();
        assert!(told.iter().all(|line| line.told.contains("Olga Officier a déjà décidé")), "{told:?}");

        // Taken back within the time: everybody waits again, and history keeps both.
        orientation::undo_batch(&house.platform, &officer, batch).await.unwrap();
        assert_eq!(house.line(chosen[0].person).await.stage, Stage::ToOrient);
        house.check().await;
        let refused = orientation::undo_batch(&house.platform, &officer, batch).await.unwrap_err();
        assert!(refused.to_string().contains("ne peut plus être annulée"), "{refused}");
        let kept =
            facts::history::<orientation::Decision>(&house.platform.db, house.tenant, chosen[0].person).await.unwrap();
        assert!(kept.len() == 1 && kept[0].replaced_at.is_some());
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_list_killed_in_the_middle_goes_on() {
    on_each_engine(async |scratch| {
        let house = House::new(scratch).await;
        let (_, officer) = house.somebody("Olga Officier", Role::DepartmentOfficer, None).await;
        let chosen = house.to_agency(&house.lines().await);
        let batch = orientation::start_orientations(&house.platform, &officer, &chosen, Worker::Caller).await.unwrap();
        // The future is dropped while it works, as a killed process would.
        let work = orientation::continue_batch(&house.platform, house.tenant, batch, async |_| ());
        let cut = tokio::time::timeout(std::time::Duration::from_millis(1), work).await;
        let view = orientation::batch(&house.platform, &officer, batch).await.unwrap();
        assert_eq!(cut.is_err(), view.count(LineState::Waiting) > 0);
        for line in house.lines().await {
            // Decided with its orientation in force, or not at all.
            assert_eq!(line.decided_on.is_some(), line.started_on.is_some());
        }
        house.check().await;
        house.work(batch).await;
        let view = orientation::batch(&house.platform, &officer, batch).await.unwrap();
        assert_eq!(view.count(LineState::Done), i64::try_from(chosen.len()).unwrap());
        house.check().await;
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_agency_shares_out_meets_and_notes() {
    on_each_engine(async |scratch| {
        let house = House::new(scratch).await;
        let (_, officer) = house.somebody("Olga Officier", Role::DepartmentOfficer, None).await;
        let (_, head) = house.somebody("Hélène Responsable", Role::AgencyHead, Some(house.agency)).await;
        let (anne, counsellor) =
            house.somebody("Anne Conseillère", Role::EmploymentCounsellor, Some(house.agency)).await;
        let (bob, _) = house.somebody("Bob Conseiller", Role::EmploymentCounsellor, Some(house.agency)).await;
        let chosen = house.to_agency(&house.lines().await);
        let batch = orientation::start_orientations(&house.platform, &officer, &chosen, Worker::Caller).await.unwrap();
        house.work(batch).await;

        // The head sees who has nobody; Bob works half time and carries half as much.
        let board = follow_up::agency_board(&house.platform, &head, None).await.unwrap();
        assert_eq!(board.stages[&Stage::Unassigned], i64::try_from(chosen.len()).unwrap());
        caseload::set_working_time(&house.platform, &head, bob, house.clock.today(), 50).await.unwrap();
        let request = ListRequest { stage: Some(Stage::Unassigned), page_size: 60, ..ListRequest::default() };
        let people = follow_up::list(&house.platform, &head, &request).await.unwrap().lines;
        let board = follow_up::agency_board(&house.platform, &head, None).await.unwrap();
        let weights = caseload::weights(&house.platform, house.tenant).await.unwrap();
        let shared = caseload::share_out(&people, &board.loads, &weights);
        let of = |account| shared.iter().filter(|assignment| assignment.counsellor == account).count();
        assert_eq!((of(anne), of(bob)), (40, 20));
        let list = orientation::start_designations(&house.platform, &head, &shared, "", Worker::Caller).await.unwrap();
        house.work(list).await;
        let view = orientation::batch(&house.platform, &head, list).await.unwrap();
        assert_eq!(view.count(LineState::Done), 60, "{view:?}");
        house.check().await;

        // Somebody absent gets nobody; a colleague's decision is not overwritten.
        let person = shared.iter().find(|assignment| assignment.counsellor == bob).unwrap().person;
        let week = Period::new(house.clock.today(), Some(date(2026, 11, 30))).unwrap();
        caseload::set_absence(&house.platform, &head, anne, week, AbsenceKind::Sickness, "").await.unwrap();
        let to_anne = Assignment { person, counsellor: anne, instead_of: Some(bob) };
        let refused = caseload::designate_one(&house.platform, &head, to_anne, "").await.unwrap_err();
        assert!(refused.to_string().contains("absent"), "{refused}");
        let absence = caseload::absences(&house.platform, &head, anne).await.unwrap()[0].id;
        caseload::end_absence(&house.platform, &head, anne, absence, house.clock.today()).await.unwrap();
        let stale = Assignment { instead_of: None, ..to_anne };
        let refused = caseload::designate_one(&house.platform, &head, stale, "").await.unwrap_err();
        assert!(refused.to_string().contains("Bob Conseiller"), "{refused}");
        caseload::designate_one(&house.platform, &head, to_anne, "charge").await.unwrap();
        assert_eq!(house.line(person).await.counsellor, Some(anne));

        // Fifteen days later nobody has been met.
        house.clock.set(house.clock.now().plus(SignedDuration::from_hours(24 * 16)));
        follow_up::refresh_due(&house.platform, &house.program()).await.unwrap();
        let line = house.line(person).await;
        assert_eq!((line.stage, line.need), (Stage::Unmet, Need::FirstMeetingDue));
        house.check().await;

        // In one go after the interview: outcome, note, step, next meeting.
        let meeting = |on| NewMeeting {
            on,
            starts_at: 9 * 60 + 30,
            minutes: 45,
            kind: MeetingKind::Individual,
            purpose: "Premier entretien".to_owned(),
            place: "Agence".to_owned(),
        };
        let today = house.clock.today();
        meeting::plan(&house.platform, &counsellor, person, meeting(today)).await.unwrap();
        assert_eq!(house.line(person).await.need, Need::MeetingToday);
        let number =
            meeting::accompaniment(&house.platform, &counsellor, person).await.unwrap().meetings[0].value.number;
        let after = AfterMeeting {
            outcome: Some((number, MeetingStatus::Attended)),
            note: Some(("Projet dans la logistique.".to_owned(), Secrecy::Shared)),
            step: Some(NewStep {
                text: "Envoyer le CV".to_owned(),
                by_whom: Doer::Person,
                due_on: Some(today.tomorrow().unwrap()),
            }),
            next: Some(meeting(date(2026, 12, 22))),
        };
        meeting::after_meeting(&house.platform, &counsellor, person, after).await.unwrap();
        let line = house.line(person).await;
        assert_eq!((line.stage, line.first_met_on, line.need), (Stage::Accompanied, Some(today), Need::StepThisWeek));
        let mine = ListRequest { counsellor: Some(anne), page_size: 10, ..ListRequest::default() };
        let page = follow_up::list(&house.platform, &counsellor, &mine).await.unwrap();
        assert!(page.lines.windows(2).all(|pair| (pair[0].need, pair[0].need_on) <= (pair[1].need, pair[1].need_on)));
        let second = ListRequest { after: page.next, ..mine };
        let second = follow_up::list(&house.platform, &counsellor, &second).await.unwrap();
        assert!(second.lines.iter().all(|line| page.lines.iter().all(|first| first.person != line.person)));
        house.check().await;
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_was_computed_on_an_earlier_day_comes_to_today() {
    on_each_engine(async |scratch| {
        let house = House::new(scratch).await;
        let (_, officer) = house.somebody("Olga Officier", Role::DepartmentOfficer, None).await;
        let (_, counsellor) = house.somebody("Anne Conseillère", Role::EmploymentCounsellor, Some(house.agency)).await;
        let chosen = house.to_agency(&house.lines().await);
        let (later, now) = chosen.split_first().unwrap();
        let starts_on = date(2026, 12, 1);
        let choice = Choice { reason: "convenu avec la personne".to_owned(), ..later.choice.clone() };
        orientation::decide_one(&house.platform, &officer, later.person, choice, starts_on, Origin::Individual)
            .await
            .unwrap();
        let batch =
            orientation::start_orientations(&house.platform, &officer, &now[..20], Worker::Caller).await.unwrap();
        house.work(batch).await;
        let due_on = Some(date(2026, 12, 20));
        let step = NewStep { text: "Envoyer le CV".to_owned(), by_whom: Doer::Person, due_on };
        let after = AfterMeeting { step: Some(step), ..AfterMeeting::default() };
        meeting::after_meeting(&house.platform, &counsellor, now[0].person, after).await.unwrap();
        assert_eq!(house.line(later.person).await.stage, Stage::Decided);

        // The structure is in charge on the morning of its first day; the step is due, then overdue.
        for (day, stage, need) in [
            (starts_on, Stage::Unassigned, Need::Nobody),
            (date(2026, 12, 16), Stage::Unassigned, Need::Nobody),
            (date(2027, 2, 1), Stage::Unassigned, Need::Nobody),
        ] {
            house.clock.set(Instant::start_of(day).plus(SignedDuration::from_hours(7)));
            support::jobs::come_to_today(&house.platform, &house.program()).await.unwrap();
            let line = house.line(later.person).await;
            assert_eq!((line.stage, line.started_on), (stage, Some(starts_on)), "{day}");
            assert!(line.need <= need, "{day}: {:?}", line.need);
            // Nothing waits for a day that is past, and computing every line again changes none.
            let lines = house.lines().await;
            assert!(lines.iter().all(|line| line.review_on.is_none_or(|turn| turn > day)), "{day}");
            follow_up::recompute_all(&house.platform, &house.program(), async |_| ()).await.unwrap();
            for (mut kept, fresh) in lines.into_iter().zip(house.lines().await) {
                kept.computed_on = fresh.computed_on;
                assert_eq!(kept, fresh, "{day}");
            }
        }
        house.check().await;
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_social_worker_and_a_counsellor_share_a_case_and_not_its_secrets() {
    on_each_engine(async |scratch| {
        let house = House::new(scratch).await;
        let (_, officer) = house.somebody("Olga Officier", Role::DepartmentOfficer, None).await;
        let of = async |kind| {
            territory::sector_structures(&house.platform.db, house.tenant, kind, house.clock.today()).await.unwrap()
                ["93071"]
        };
        let (site, district) =
            (of(StructureKind::SocialServiceSite).await, of(StructureKind::SocialDistrict).await);
        let (_, worker) = house.somebody("Sylvie Assistante", Role::SocialWorker, Some(site)).await;
        let (_, counsellor) =
            house.somebody("Carla Circonscription", Role::SocialEmploymentCounsellor, Some(district)).await;
        let person = house.lines().await[0].person;
        let choice = Choice {
            path: orientation::Path::Social,
            structure_kind: StructureKind::SocialServiceSite,
            structure: site,
            with_interview: false,
            reason: "suivie par le service social".to_owned(),
        };
        let today = house.clock.today();
        orientation::decide_one(&house.platform, &officer, person, choice, today, Origin::Individual).await.unwrap();

        let empty = sharing::ask(&house.platform, &worker, person, " ").await.unwrap_err();
        assert!(empty.to_string().contains("dites ce que vous attendez"), "{empty}");
        sharing::ask(&house.platform, &worker, person, "Chercher une formation").await.unwrap();
        assert!(sharing::ask(&house.platform, &worker, person, "encore").await.is_err());
        let asked = sharing::requests(&house.platform, &counsellor).await.unwrap();
        assert_eq!((asked.len(), asked[0].person, asked[0].state), (1, person, SupportState::Asked));
        sharing::accept(&house.platform, &counsellor, person).await.unwrap();

        let note = |text: &str, secrecy| AfterMeeting {
            note: Some((text.to_owned(), secrecy)),
            ..AfterMeeting::default()
        };
        meeting::after_meeting(&house.platform, &worker, person, note("Partagé", Secrecy::Shared)).await.unwrap();
        meeting::after_meeting(&house.platform, &worker, person, note("Secret", Secrecy::Social)).await.unwrap();
        let refused = meeting::after_meeting(&house.platform, &counsellor, person, note("x", Secrecy::Social)).await;
        assert!(refused.is_err(), "only the social service keeps such notes");
        let seen = meeting::accompaniment(&house.platform, &counsellor, person).await.unwrap();
        assert_eq!((seen.notes.len(), seen.withheld), (1, 1));
        assert_eq!(meeting::accompaniment(&house.platform, &worker, person).await.unwrap().notes.len(), 2);

        sharing::return_to_social_worker(&house.platform, &counsellor, person, "Inscrite en formation").await.unwrap();
        let told = sharing::history(&house.platform, &worker, person).await.unwrap();
        assert_eq!(told[0].value.state, SupportState::Returned);
        assert_eq!(told.len(), 3, "asked, accepted, returned: each stays in history");
        assert!(sharing::requests(&house.platform, &counsellor).await.unwrap().is_empty());
        house.check().await;
    })
    .await;
}
