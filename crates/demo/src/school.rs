//! The school: a first cohort under the registration before RNCP37274, and one of twelve from candidates to signed
//! contracts and a timetable of a year. Persons are fictitious, employers and structures those of the consortium.

use ::school::admission::{
    self, Decision, Learner, LearnerIdentity, NewCandidate, NewPlace, NewStep, Offer, Place, Step, StepOutcome,
};
use ::school::cohort::{self, Cohort, Module, NewCohort, RoomProfile, TrainerProfile};
use ::school::contract::{
    self, Contract, ContractEvent, ContractEventKind, HostStay, InvoiceNumber, NewContract, NewEnrolment, NewHost,
    NewInvoice, Regime, Terms, Tutor, TutorProfile,
};
use ::school::referential::{self, Accreditation, AccreditationKind, Outcome, Referential, SHIPPED};
use base::{Date, Id, Period};
use db::Json;
use exchange::candidates;
use facts::Fact;
use jiff::civil::{date, datetime};
use platform::account;
use platform::gate::{ManageAccounts, permit};
use platform::{Account, Actor, Organisation, Platform, Role, Structure};
use territory::{AsOf, Names};

use crate::timeline::{self, Moment};
use crate::{Result, accounts, staff};

const CODE: &str = "CIP-2026-1";
const TITLE: &str = "RNCP37274";

/// Days of the admission.
const APPLIED: Moment = Moment::at(datetime(2026, 4, 1, 9, 0, 0, 0));
const POSITIONED: Moment = Moment::at(datetime(2026, 5, 11, 9, 0, 0, 0));
const INTERVIEWED: Moment = Moment::at(datetime(2026, 5, 18, 14, 0, 0, 0));
const DECIDED: Moment = Moment::at(datetime(2026, 5, 26, 10, 0, 0, 0));
const OFFERED: Moment = Moment::at(datetime(2026, 6, 1, 11, 0, 0, 0));
const RANKED: Moment = Moment::at(datetime(2026, 6, 10, 17, 0, 0, 0));
const PLACED: Moment = Moment::at(datetime(2026, 6, 15, 10, 0, 0, 0));
const PLANNED: Moment = Moment::at(datetime(2026, 7, 6, 15, 0, 0, 0));
const SIGNED: Moment = Moment::at(datetime(2026, 8, 28, 11, 0, 0, 0));
const DEPOSITED: Moment = Moment::at(datetime(2026, 9, 11, 16, 0, 0, 0));
const INVOICED: Moment = Moment::at(datetime(2026, 10, 5, 10, 0, 0, 0));
const BROKEN: Moment = Moment::at(datetime(2026, 10, 16, 16, 0, 0, 0));
const AMENDED: Moment = Moment::at(datetime(2026, 10, 30, 10, 0, 0, 0));
const PAID: Moment = Moment::at(datetime(2026, 11, 10, 9, 0, 0, 0));
const HOSTED: Moment = Moment::at(datetime(2026, 11, 16, 14, 0, 0, 0));

const FIRST_DAY: Date = date(2026, 9, 7);
const LAST_DAY: Date = date(2027, 9, 3);

/// Where the twelve work: employer, structure, tutors.
const PLACES: [(&str, &str, &str); 6] = [
    ("ares", "ali-bobigny", "tutrice"),
    ("ares", "ali-bobigny", "tuteur-bobigny"),
    ("ares", "ali-pantin", "tuteur-pantin"),
    ("vitamine-t", "ali-aubervilliers", "tuteur-aubervilliers-1"),
    ("vitamine-t", "ali-aubervilliers", "tuteur-aubervilliers-2"),
    ("vitamine-t", "ali-drancy", "tuteur-drancy"),
];

/// Code, name, half-days, competences, publics, modules before it.
type Line =
    (&'static str, &'static str, i64, &'static [&'static str], &'static [&'static str], &'static [&'static str]);

const PROGRAMME: [Line; 17] = [
    ("M01", "Accueillir et se situer", 8, &["C1", "C2"], &["beneficiary"], &[]),
    ("M02", "Diagnostic partagé", 10, &["C2"], &["beneficiary"], &["M01"]),
    ("M03", "RSA, droits et devoirs", 8, &["C1", "C3"], &["beneficiary", "obligations", "long_term_rsa"], &[]),
    ("M04", "Réseau et partenaires", 6, &["C4"], &[], &["M01"]),
    ("M05", "Écrits et outils numériques", 8, &["C5"], &[], &[]),
    ("M06", "Contractualiser et suivre", 10, &["C6"], &["obligations"], &["M02"]),
    ("M07", "Projet professionnel", 12, &["C7", "C8"], &["long_term_jobseeker"], &["M02"]),
    ("M08", "Ateliers", 12, &["C9", "C10"], &["low_french"], &["M02"]),
    ("M09", "Analyse de la pratique", 6, &["C11"], &[], &[]),
    ("M10", "Travailleurs handicapés", 4, &["C14"], &["disabled_worker"], &["M02"]),
    ("M11", "Jeunes", 4, &["C7"], &["young", "leaving_child_welfare"], &["M02"]),
    ("M12", "Seniors", 2, &["C8"], &["senior"], &["M02"]),
    ("M13", "Nouveaux arrivants", 4, &["C1"], &["newcomer", "international_protection"], &["M02"]),
    ("M14", "Prospection et employeurs", 10, &["C12", "C13"], &[], &["M07"]),
    ("M15", "Intégration et maintien", 6, &["C14"], &[], &["M14"]),
    ("M16", "Démarche inclusive et durable", 2, &["C15"], &[], &[]),
    ("M17", "Dossier professionnel", 4, &[], &[], &["M15"]),
];

/// Trainers by what tells them apart, with their modules and the half-days on which they come, Monday morning first.
const TRAINERS: [(&str, &[&str], i64); 4] = [
    ("ecole-cip-pantin-formateur-1", &["M01", "M02", "M06", "M09", "M17"], 0b11_1111_1111),
    ("ecole-cip-pantin-formateur-2", &["M03", "M05", "M08", "M13", "M16"], 0b11_1111_1111),
    ("intervenante-employeurs", &["M07", "M14", "M15", "M12"], 0b11_1111_1111),
    ("intervenant-publics", &["M04", "M10", "M11", "M12"], 0b00_1111_1111),
];

struct School<'a> {
    platform: &'a Platform,
    names: Names,
    head: Actor,
    organisation: Id<Organisation>,
    site: Id<Structure>,
}

/// Opens the school with its two cohorts, each step at its moment. Once only: it is left as it is when it is there.
pub(crate) async fn open(platform: &Platform, program: &Actor) -> Result<()> {
    platform.clock.set(timeline::ADOPTION.instant());
    if !cohort::list(platform, program).await?.is_empty() {
        return Ok(());
    }
    let names = territory::picture(platform, program, AsOf::now(&platform.clock)).await?.names;
    let head = accounts::actor_of(platform, program, Role::SchoolHead).await?;
    let organisation = names.find("ecole-cip").ok_or(territory::Error::NotFound)?;
    let site = names.find("ecole-cip-pantin").ok_or(territory::Error::NotFound)?;
    let school = School { platform, names, head, organisation, site };
    let [previous, current] = school.referentials().await?;
    school.first_cohort(previous).await?;
    let cohort = school.cohort(current).await?;
    let apprentice = account_of(platform, program, "alternante").await?;
    let learners = school.admit(cohort, apprentice).await?;
    let recruiter = accounts::actor_of(platform, program, Role::Recruiter).await?;
    let tutor = account_of(platform, program, "tutrice").await?;
    let places = school.offer(cohort, &recruiter, tutor).await?;
    school.match_them(cohort, &learners, &places, &recruiter).await?;
    let trainer = account_of(platform, program, "formatrice").await?;
    school.plan(cohort, trainer).await?;
    school.sign(cohort, &learners, &places).await?;
    platform.clock.set(timeline::ADOPTION.instant());
    Ok(())
}

/// The account of a character of the demonstration.
async fn account_of(platform: &Platform, program: &Actor, local: &str) -> Result<Option<Id<Account>>> {
    let email = accounts::email(local)?;
    let known = account::find_by_email(platform, &permit::<ManageAccounts>(program)?, &email).await?;
    Ok(known.map(|known| known.id))
}

fn texts(texts: &[&str]) -> Json<Vec<String>> {
    Json(texts.iter().map(|text| (*text).to_owned()).collect())
}

/// First and last name of whoever is told apart by `key`.
fn name(key: &str) -> (String, String) {
    let whole = staff::holder(key);
    let (first, last) = whole.split_once(' ').unwrap_or((whole.as_str(), ""));
    (first.to_owned(), last.to_owned())
}

impl School<'_> {
    fn at(&self, moment: Moment) {
        self.platform.clock.set(moment.instant());
    }

    async fn referentials(&self) -> Result<[Id<Referential>; 2]> {
        let mut ids = Vec::new();
        for (file, text) in SHIPPED {
            let loaded =
                referential::load(self.platform, &self.head, self.organisation, file, text.as_bytes(), false).await?;
            match loaded.1 {
                Outcome::Loaded(Some(id)) | Outcome::Unchanged(id) => ids.push(id),
                Outcome::Loaded(None) => {}
            }
        }
        for (kind, title, site, from, to, number) in [
            (
                AccreditationKind::Preparation,
                TITLE,
                Some(self.site),
                date(2025, 7, 1),
                date(2027, 4, 1),
                "Fictif-H-2025",
            ),
            (
                AccreditationKind::Examination,
                TITLE,
                Some(self.site),
                date(2023, 9, 1),
                date(2028, 3, 24),
                "Fictif-A-2023",
            ),
            (AccreditationKind::Quality, "", None, date(2024, 10, 1), date(2027, 10, 1), "Fictif-Q-2024"),
        ] {
            let accreditation = Accreditation { kind, title: title.to_owned(), site, number: number.to_owned() };
            let valid = Period { from, to: Some(to) };
            referential::set_accreditation(self.platform, &self.head, self.organisation, valid, accreditation).await?;
        }
        <[Id<Referential>; 2]>::try_from(ids).map_err(|_| ::school::Error::NotFound.into())
    }

    fn new_cohort(
        &self,
        code: &str,
        name: &str,
        referential: Id<Referential>,
        first_day: Date,
        last_day: Date,
    ) -> NewCohort {
        NewCohort {
            organisation: self.organisation,
            code: code.to_owned(),
            name: name.to_owned(),
            referential,
            site: self.site,
            first_day,
            last_day,
            seats: 12,
            half_day_hours: 350,
        }
    }

    /// That of autumn 2022, under the earlier registration: its weeks, as far as they are known.
    async fn first_cohort(&self, referential: Id<Referential>) -> Result<()> {
        let new = self.new_cohort("CIP-2022-1", "Première promotion", referential, date(2022, 9, 5), date(2023, 9, 1));
        let cohort = cohort::create(self.platform, &self.head, new).await?;
        let weeks = cohort::propose_weeks(self.platform, &self.head, cohort).await?;
        Ok(cohort::set_weeks(self.platform, &self.head, cohort, &weeks).await?)
    }

    async fn cohort(&self, referential: Id<Referential>) -> Result<Id<Cohort>> {
        for (from, to, label) in [
            (date(2026, 12, 21), date(2027, 1, 4), "Fermeture de fin d’année"),
            (date(2027, 8, 2), date(2027, 8, 23), "Fermeture d’été"),
        ] {
            let valid = Period { from, to: Some(to) };
            cohort::set_closure(self.platform, &self.head, self.organisation, valid, label).await?;
        }
        let new = self.new_cohort(CODE, "Promotion de septembre 2026", referential, FIRST_DAY, LAST_DAY);
        let cohort = cohort::create(self.platform, &self.head, new).await?;
        let weeks = cohort::propose_weeks(self.platform, &self.head, cohort).await?;
        cohort::set_weeks(self.platform, &self.head, cohort, &weeks).await?;
        Ok(cohort)
    }

    /// Sixteen apply, twelve are admitted.
    async fn admit(&self, cohort: Id<Cohort>, apprentice: Option<Id<Account>>) -> Result<Vec<Id<Learner>>> {
        self.at(APPLIED);
        let mut table =
            "Référence;Nom;Prénom;Date de naissance;Niveau de diplôme;Expérience en mois;Demandeur d’emploi\n"
                .to_owned();
        for number in 1..16_i16 {
            let (first, last) = name(&format!("candidature-{number}"));
            let (year, month) = (1998 + number % 7, 1 + number % 12);
            let line = format!(
                "C26-{number:02};{last};{first};{:02}/{month:02}/{year};{};{};oui\n",
                1 + number,
                4 + number % 3,
                12 * number
            );
            table.push_str(&line);
        }
        candidates::import_bytes(self.platform, &self.head, cohort, table.as_bytes(), "candidatures-2026.csv", false)
            .await?;
        let (first_name, last_name) = name("alternante");
        let identity = LearnerIdentity {
            last_name,
            first_name,
            birth_date: date(1998, 2, 17),
            email: None,
            phone: None,
            disabled: None,
            account: apprentice,
        };
        let application = admission::Application {
            cohort,
            diploma_level: Some(4),
            experience_months: Some(40),
            jobseeker: Some(true),
            minimum_income: Some(false),
            motivation: "Cinq ans d’accueil en association, envie d’accompagner dans la durée.".to_owned(),
        };
        let known = NewCandidate { reference: String::new(), line: None, identity, application };
        let own = admission::add_candidate(self.platform, &self.head, known).await?;
        let lines = admission::candidates(self.platform, &self.head, cohort).await?;
        let mut learners: Vec<Id<Learner>> =
            lines.iter().map(|line| line.learner).filter(|learner| *learner != own).collect();
        learners.insert(0, own);
        for (moment, step) in
            [(POSITIONED, Step::Positioning), (INTERVIEWED, Step::Interview), (DECIDED, Step::Decision)]
        {
            self.at(moment);
            for (position, learner) in learners.iter().enumerate() {
                let (outcome, reasons) = match (step, position) {
                    (Step::Decision, 12..=13) => {
                        (StepOutcome::Reserved, "Dossier solide\u{a0}; les douze places sont prises.")
                    }
                    (Step::Decision, 14..) => {
                        (StepOutcome::Unfavourable, "Première expérience de travail encore trop courte.")
                    }
                    (Step::Positioning, _) => {
                        (StepOutcome::Favourable, "Aisance à l’écrit et avec les outils numériques.")
                    }
                    _ => (StepOutcome::Favourable, "Projet précis, intérêt pour les publics accompagnés."),
                };
                let adjustment =
                    if step == Step::Positioning && position % 5 == 2 { "Appui en bureautique" } else { "" };
                let (reasons, adjustment) = (reasons.to_owned(), adjustment.to_owned());
                let new = NewStep { cohort, step, on: moment.date(), outcome, reasons, adjustment };
                admission::note_step(self.platform, &self.head, *learner, new).await?;
            }
        }
        learners.truncate(12);
        Ok(learners)
    }

    /// Two seats with each of six tutors.
    async fn offer(
        &self,
        cohort: Id<Cohort>,
        recruiter: &Actor,
        account: Option<Id<Account>>,
    ) -> Result<Vec<(Id<Place>, Id<Tutor>, usize)>> {
        self.at(OFFERED);
        let vacancies = admission::vacancies(self.platform, &self.head, cohort).await?;
        let mut places = Vec::new();
        for (position, (host, structure, key)) in PLACES.into_iter().enumerate() {
            let by = if host == "ares" { recruiter } else { &self.head };
            let host = self.names.find(host).ok_or(territory::Error::NotFound)?;
            let structure = self.names.find(structure).ok_or(territory::Error::NotFound)?;
            let profile = TutorProfile {
                name: staff::holder(key),
                account: account.filter(|_| key == "tutrice"),
                structure: Some(structure),
                is_employer: false,
                employee: Some(true),
                volunteer: Some(true),
                adult: Some(true),
                same_field_diploma: (position != 2).then_some(true),
                practice_months: Some(48),
                branch_agreement: false,
            };
            let tutor = contract::add_tutor(self.platform, by, host, profile).await?;
            let post = vacancies.iter().find(|vacancy| vacancy.structure == structure).map(|vacancy| vacancy.post);
            let description = "Accueil, entretiens en binôme, ateliers".to_owned();
            let offer = Offer { structure, post, tutor: Some(tutor), seats: 2, starts_on: FIRST_DAY, description };
            let new = NewPlace { host, cohort, offer };
            places.push((admission::publish(self.platform, by, new).await?, tutor, position));
        }
        Ok(places)
    }

    /// After the job-dating: both sides rank, the proposal is validated as it is.
    async fn match_them(
        &self,
        cohort: Id<Cohort>,
        learners: &[Id<Learner>],
        places: &[(Id<Place>, Id<Tutor>, usize)],
        recruiter: &Actor,
    ) -> Result<()> {
        self.at(RANKED);
        for (position, learner) in learners.iter().enumerate() {
            // Everybody has met all hosts, and begins their ranking elsewhere.
            let tiers = (0..places.len()).map(|rank| vec![places[(position * 5 + rank) % places.len()].0]).collect();
            admission::rank_places(self.platform, &self.head, *learner, cohort, tiers).await?;
        }
        for (place, _, position) in places {
            let by = if PLACES[*position].0 == "ares" { recruiter } else { &self.head };
            let tiers =
                (0..learners.len()).map(|rank| vec![learners[(position * 3 + rank * 7) % learners.len()]]).collect();
            admission::rank_candidates(self.platform, by, *place, tiers).await?;
        }
        self.at(PLACED);
        let proposal = admission::propose(self.platform, &self.head, cohort).await?;
        let decisions: Vec<Decision> = proposal
            .lines
            .iter()
            .filter_map(|line| Some(Decision { learner: line.learner, place: line.place?, reason: String::new() }))
            .collect();
        Ok(admission::validate(self.platform, &self.head, cohort, &decisions).await?)
    }

    /// Programme, trainers, rooms, and the timetable of the year as proposed.
    async fn plan(&self, cohort: Id<Cohort>, trainer: Option<Id<Account>>) -> Result<()> {
        self.at(PLANNED);
        let modules = PROGRAMME
            .into_iter()
            .map(|(code, name, half_days, competences, publics, after)| Module {
                code: code.to_owned(),
                name: name.to_owned(),
                half_days,
                competences: texts(competences),
                publics: texts(publics),
                after: texts(after),
                exam_on: None,
                most_per_day: 2,
                most_per_week: 6,
            })
            .collect();
        cohort::set_modules(self.platform, &self.head, cohort, modules).await?;
        let since = Period::since(date(2026, 9, 1));
        for (key, modules, free) in TRAINERS {
            let account = trainer.filter(|_| key == TRAINERS[0].0);
            let profile = TrainerProfile { name: staff::holder(key), account, modules: texts(modules), free };
            cohort::add_trainer(self.platform, &self.head, self.organisation, since, profile).await?;
        }
        for (name, seats) in [("Grande salle", 16), ("Salle informatique", 14)] {
            let profile = RoomProfile { name: name.to_owned(), site: self.site, seats };
            cohort::add_room(self.platform, &self.head, self.organisation, since, profile).await?;
        }
        let proposal = cohort::propose_timetable(self.platform, &self.head, cohort).await?;
        Ok(cohort::decide_timetable(self.platform, &self.head, cohort, &proposal.changes, "", false).await?)
    }

    /// Eleven contracts: one broken in October, one never sent to the OPCO, one amended, three invoiced and one of these
    /// paid, one with a stay elsewhere in January; the twelfth person still looks for an employer.
    async fn sign(
        &self,
        cohort: Id<Cohort>,
        learners: &[Id<Learner>],
        places: &[(Id<Place>, Id<Tutor>, usize)],
    ) -> Result<()> {
        let mut contracts: Vec<Id<Contract>> = Vec::new();
        for (position, learner) in learners.iter().enumerate() {
            let awaiting_contract = position + 1 == learners.len();
            self.at(SIGNED);
            let enrolment = NewEnrolment {
                learner: *learner,
                cohort,
                from: FIRST_DAY,
                regime: Regime::Apprenticeship,
                awaiting_contract,
            };
            contract::enrol(self.platform, &self.head, enrolment).await?;
            let placement: Vec<Fact<admission::Placement>> =
                facts::current(&self.platform.db, self.head.tenant(), *learner).await?;
            let place = placement.first().map(|fact| fact.value.place);
            let Some((_, tutor, position)) = places.iter().find(|(known, ..)| Some(*known) == place) else { continue };
            if awaiting_contract {
                continue;
            }
            let (employer, structure, _) = PLACES[*position];
            let terms = Terms {
                regime: Regime::Apprenticeship,
                employer: self.names.find(employer).ok_or(territory::Error::NotFound)?,
                structure: self.names.find(structure).ok_or(territory::Error::NotFound)?,
                tutor: Some(*tutor),
                first_day: FIRST_DAY,
                last_day: LAST_DAY,
                monthly_pay: Some(185_000),
                annual_price: Some(780_000),
                training_hours: 406,
                contract_hours: 1_600,
                extended: false,
                adapted_duration: false,
                opposed: Some(false),
            };
            let new = NewContract { learner: *learner, cohort, terms, signed_on: Some(SIGNED.date()) };
            contracts.push(contract::draw_up(self.platform, &self.head, new).await?);
        }
        let event = |kind, by_whom: &str| ContractEvent { kind, by_whom: by_whom.to_owned(), comment: String::new() };
        self.at(DEPOSITED);
        // The first one was never sent: somebody should look at it.
        for contract in contracts.iter().skip(1) {
            let deposited = event(ContractEventKind::Deposited, "");
            contract::note_event(self.platform, &self.head, *contract, DEPOSITED.date(), deposited).await?;
        }
        self.at(INVOICED);
        let invoices = self.invoice(&contracts[2..5]).await?;
        self.at(BROKEN);
        if let Some(last) = contracts.last() {
            let broken = event(ContractEventKind::Broken, "apprentice");
            contract::note_event(self.platform, &self.head, *last, BROKEN.date(), broken).await?;
        }
        self.at(AMENDED);
        let amended = contract::contract(self.platform, &self.head, contracts[1]).await?;
        let terms = Terms { monthly_pay: Some(191_500), ..amended.terms.value };
        contract::amend(self.platform, &self.head, contracts[1], date(2026, 11, 1), terms).await?;
        self.at(PAID);
        if let Some((contract, number, amount)) = invoices.first() {
            contract::note_payment(self.platform, &self.head, *contract, *number, PAID.date(), *amount).await?;
        }
        self.at(HOSTED);
        self.host(&contracts).await
    }

    /// The advance of each contract.
    async fn invoice(&self, contracts: &[Id<Contract>]) -> Result<Vec<(Id<Contract>, Id<InvoiceNumber>, i64)>> {
        let mut invoices = Vec::new();
        for (position, contract) in contracts.iter().enumerate() {
            let file = contract::contract(self.platform, &self.head, *contract).await?;
            let Some(due) = file.schedule.first().map(|expected| &expected.instalment) else { continue };
            let new = NewInvoice {
                on: INVOICED.date(),
                kind: due.kind,
                reference: format!("CIP-2026-{:03}", position + 1),
                amount: due.cents,
            };
            let number = contract::add_invoice(self.platform, &self.head, *contract, new).await?;
            invoices.push((*contract, number, due.cents));
        }
        Ok(invoices)
    }

    /// Three weeks with the tutor whom the broken contract left free, for somebody of the other employer.
    async fn host(&self, contracts: &[Id<Contract>]) -> Result<()> {
        let Some((broken, others)) = contracts.split_last() else { return Ok(()) };
        let broken = contract::contract(self.platform, &self.head, *broken).await?.terms.value;
        for contract in others {
            let file = contract::contract(self.platform, &self.head, *contract).await?;
            if file.terms.value.employer == broken.employer {
                continue;
            }
            let stay = HostStay {
                tutor: broken.tutor,
                convention_on: Some(HOSTED.date()),
                tasks: "Accueil du public, entretiens en binôme, animation de l’atelier CV".to_owned(),
                working_hours: "Du lundi au vendredi, de 9 h à 17 h".to_owned(),
                place: "dans les locaux de l’agence d’accueil".to_owned(),
                evidence: "titre professionnel CIP, attestation de quatre ans d’ancienneté".to_owned(),
                information: "Un point par semaine entre les deux tuteurs".to_owned(),
                liaison: "Livret d’alternance, et une visite de l’école pendant l’accueil".to_owned(),
                sharing_of_costs: "Le salaire reste à la charge de l’employeur".to_owned(),
                travel_costs: "Le surcoût de transport est pris en charge par l’entreprise d’accueil".to_owned(),
                insurance: "assurance responsabilité civile de l’entreprise d’accueil, contrat fictif n° 1".to_owned(),
                depositary: "L’opérateur de compétences de l’employeur".to_owned(),
                ..HostStay::at(broken.employer, broken.structure)
            };
            let valid = Period { from: date(2027, 1, 11), to: Some(date(2027, 1, 30)) };
            let new = NewHost { valid, stay, replaces: None };
            return Ok(contract::set_host(self.platform, &self.head, *contract, new).await?);
        }
        Ok(())
    }
}
