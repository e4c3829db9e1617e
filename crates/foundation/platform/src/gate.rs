//! The gate: the one place that says who may do what, and how far.
//!
//! A service asks [`permit`] for an action; the store functions it then calls demand the [`Permit`] of that
//! action, which nothing else can make. A permit cannot be written by hand:
//!
//! ```compile_fail,E0451
//! use platform::gate::{Permit, Reach, ReadPerson};
//! fn forge(genuine: Permit<ReadPerson>) -> Permit<ReadPerson> {
//!     Permit { reach: Reach::Department, ..genuine }
//! }
//! ```
//!
//! A permit for one action is not one for another:
//!
//! ```compile_fail,E0308
//! use platform::gate::{Permit, ReadNir, ReadPerson};
//! fn show_number(_: &Permit<ReadNir>) {}
//! fn page(permit: &Permit<ReadPerson>) {
//!     show_number(permit);
//! }
//! ```
//!
//! No other crate can invent an action that everybody may do:
//!
//! ```compile_fail,E0277
//! struct Anything;
//! impl platform::gate::Action for Anything {
//!     const KIND: platform::gate::ActionKind = platform::gate::ActionKind::ReadTerritory;
//! }
//! ```
//!
//! What does compile, so that the refusals above are for the reason they name:
//!
//! ```
//! use platform::gate::{Permit, ReadNir, ReadPerson, Refusal, permit};
//! fn show_number(_: &Permit<ReadNir>) {}
//! fn page(actor: &platform::Actor) -> Result<(), Refusal> {
//!     let _reading: Permit<ReadPerson> = permit(actor)?;
//!     show_number(&permit(actor)?);
//!     Ok(())
//! }
//! ```

mod actor;
mod table;

use std::fmt;
use std::marker::PhantomData;

use base::Id;
use facts::journal::NewEntry;
use facts::{Provenance, Source};

pub use actor::{Actor, Purpose, Role};
pub use table::{Extent, extent, print_table};

use crate::mandate::Mandate;
use crate::{Account, Organisation, Structure, Tenant};

mod sealed {
    pub trait Sealed {}
}

/// Something that can be done: a type of no size that labels a [`Permit`].
pub trait Action: sealed::Sealed + 'static {
    const KIND: ActionKind;
}

macro_rules! actions {
    ($($(#[$doc:meta])* $name:ident = $code:literal, $label:literal, $touches:ident;)+) => {
        $(
            $(#[$doc])*
            #[derive(Clone, Copy, PartialEq, Eq, Debug)]
            pub struct $name;
            impl sealed::Sealed for $name {}
            impl Action for $name {
                const KIND: ActionKind = ActionKind::$name;
            }
        )+

        db::codes! {
            /// Every action, by the code that the journal bears.
            pub enum ActionKind { $($(#[$doc])* $name = $code),+ }
        }

        impl ActionKind {
            /// What it is called on screen.
            pub const fn label(self) -> &'static str {
                match self { $(Self::$name => $label),+ }
            }

            /// Whether personal data of accompanied people is behind it.
            pub const fn touches_persons(self) -> bool {
                matches!(self.touches(), Touches::Persons)
            }

            /// Whether personal data of candidates or of people in training is behind it.
            pub const fn touches_learners(self) -> bool {
                matches!(self.touches(), Touches::Learners)
            }

            const fn touches(self) -> Touches {
                match self { $(Self::$name => actions!(@ $touches)),+ }
            }
        }
    };
    (@ persons) => { Touches::Persons };
    (@ learners) => { Touches::Learners };
    (@ no_person) => { Touches::Nobody };
}

/// Whose data an action reaches. The accompanied and the learners have files apart: no purpose opens both by accident.
enum Touches {
    Persons,
    Learners,
    Nobody,
}

actions! {
    /// Find somebody by name, birth date, number or phone.
    SearchPeople = "people.search", "rechercher une personne", persons;
    /// See the list of the people of a structure.
    ListPeople = "people.list", "consulter une liste de personnes", persons;
    /// Open the file of a person.
    ReadPerson = "person.read", "consulter le dossier d’une personne", persons;
    /// See the registration number in full.
    ReadNir = "person.read_nir", "consulter le NIR d’une personne", persons;
    /// Change how a person can be reached.
    EditContact = "person.edit_contact", "modifier les coordonnées d’une personne", persons;
    /// Bring in a month of the beneficiary feed.
    ImportFeed = "feed.import", "importer le flux bénéficiaires", persons;
    /// See what an import did, line by line.
    ReadImports = "feed.read_imports", "consulter les comptes rendus d’import", persons;
    /// Say whether two records are the same person.
    DecideMatch = "match.decide", "décider d’un rapprochement", persons;
    /// See who is to be oriented or accompanied, and who needs somebody.
    FollowPeople = "follow_up.read", "consulter un suivi de personnes", persons;
    /// See delays and counts of the whole département, without names.
    FollowFlow = "follow_up.flow", "consulter les délais et les effectifs du département", no_person;
    /// Apply the rules of orientation to whoever waits.
    ProposeOrientations = "orientation.propose", "calculer les propositions d’orientation", persons;
    /// Decide an orientation (CASF, art. L.262-29).
    DecideOrientations = "orientation.decide", "décider des orientations", persons;
    /// Say who is in charge of whom in a structure.
    Designate = "person.designate", "désigner un référent", persons;
    /// Plan meetings, note what came of them, what is next.
    Accompany = "person.accompany", "noter l’accompagnement d’une personne", persons;
    /// Read and write what stays inside the social service.
    KeepSecrets = "person.keep_secrets", "tenir les notes réservées au service social", persons;
    /// Write down absences and working time of a structure's staff.
    ManageStaff = "staff.manage", "gérer les absences et le temps de travail", no_person;
    /// Ask a counsellor of the district for support, staying in charge.
    AskSupport = "support.ask", "demander l’appui d’un conseiller", persons;
    /// Accept or refuse to support a social worker.
    AnswerSupport = "support.answer", "répondre à une demande d’appui", persons;
    /// See cohorts, referentials, programmes and timetables of a school.
    ReadSchool = "school.read", "consulter les promotions et les plannings de l’école", no_person;
    /// Load referentials; change cohorts, programmes, rooms and timetables.
    ManageSchool = "school.manage", "gérer les référentiels, les promotions et les plannings de l’école", no_person;
    /// Open the file of a candidate or of somebody in training.
    ReadLearners = "learner.read", "consulter les dossiers des candidats et des alternants", learners;
    /// Note who was there at a half-day of class.
    RecordAttendance = "attendance.record", "noter la présence en cours", learners;
    /// Bring candidates in, note positioning and interviews.
    ManageAdmissions = "admission.manage", "instruire les candidatures", learners;
    /// Decide an admission, validate a matching of candidates and places.
    DecideAdmissions = "admission.decide", "décider des admissions", learners;
    /// Note what happens to contracts, tutors and hosts.
    ManageContracts = "contract.manage", "gérer les contrats d’alternance", learners;
    /// Publish places for learners, and name their tutors.
    OfferPlaces = "place.offer", "proposer des places d’alternance", no_person;
    /// See the candidates of the job-dating and rank them.
    RankCandidates = "place.rank", "classer les candidats rencontrés", learners;
    /// See one's own course: calendar, contract, ranking of places; a tutor those of the people guided.
    FollowOwnCourse = "learner.own", "consulter son propre parcours de formation", learners;
    /// See communes, structures, organisations and posts.
    ReadTerritory = "territory.read", "consulter le territoire et les structures", no_person;
    /// Change communes, structures, organisations and posts.
    EditTerritory = "territory.edit", "modifier le territoire et les structures", no_person;
    /// Create accounts, grant and end mandates, set dated parameters.
    ManageAccounts = "accounts.manage", "gérer les comptes et les mandats", no_person;
    /// See who read and changed what.
    ReadJournal = "journal.read", "consulter le journal", persons;
    /// Erase what a line of the journal said in detail (RGPD, article 17).
    EraseJournal = "journal.erase", "effacer un contenu du journal", persons;
    /// See the state of the machine: jobs, health, checkpoints.
    Operate = "system.operate", "exploiter l’application", no_person;
}

/// How far a permit goes: the store turns it into its `WHERE`.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Reach {
    /// Everything in the tenant.
    Department,
    /// What one structure is in charge of.
    Structure(Id<Structure>),
    /// What belongs to one organisation: a school, an employer.
    Organisation(Id<Organisation>),
    /// What concerns one account: its own course, the people it guides.
    Own(Id<Account>),
}

/// The gate's yes: this actor may do `A`, this far. Made here only.
pub struct Permit<A: Action> {
    tenant: Id<Tenant>,
    account: Option<Id<Account>>,
    mandate: Option<Id<Mandate>>,
    reach: Reach,
    request: String,
    action: PhantomData<A>,
}

impl<A: Action> Permit<A> {
    pub const fn tenant(&self) -> Id<Tenant> {
        self.tenant
    }

    /// `None` when the program acts by itself.
    pub const fn account(&self) -> Option<Id<Account>> {
        self.account
    }

    pub const fn mandate(&self) -> Option<Id<Mandate>> {
        self.mandate
    }

    pub const fn reach(&self) -> Reach {
        self.reach
    }

    /// The request (or run of a job) this is done for.
    pub fn request(&self) -> &str {
        &self.request
    }

    /// The source of what is typed in under this permit.
    pub const fn provenance(&self) -> Provenance {
        Provenance { source: Source::Hand, import: None, line: None, author: self.account }
    }

    /// A line of the journal signed by whoever holds this permit.
    pub fn entry<'a>(
        &self,
        action: &'a str,
        subject_kind: &'a str,
        subject: Option<i64>,
        payload: serde_json::Value,
    ) -> NewEntry<'a> {
        NewEntry { author: self.account, mandate: self.mandate.map(Id::raw), action, subject_kind, subject, payload }
    }
}

impl<A: Action> Clone for Permit<A> {
    fn clone(&self) -> Self {
        Self { request: self.request.clone(), ..*self }
    }
}

impl<A: Action> fmt::Debug for Permit<A> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Permit")
            .field("action", &A::KIND)
            .field("tenant", &self.tenant)
            .field("reach", &self.reach)
            .finish_non_exhaustive()
    }
}

/// The gate's no.
#[derive(Clone, PartialEq, Eq, Debug, thiserror::Error)]
pub enum Refusal {
    #[error("le rôle « {} » ne permet pas de {}", role.label(), action.label())]
    Role { role: Role, action: ActionKind },
    #[error("un mandat de {} ne donne pas accès aux dossiers des personnes", purpose.label())]
    Purpose { purpose: Purpose },
    #[error(
        "ce mandat ne désigne aucune structure : demandez à l’administration du département de le compléter pour {}",
        action.label()
    )]
    NoStructure { action: ActionKind },
    #[error("un mandat de {} ne donne pas accès aux dossiers de l’école", purpose.label())]
    SchoolPurpose { purpose: Purpose },
    #[error("ce mandat n’est pas celui d’une personne : il ne permet pas de {}", action.label())]
    Nobody { action: ActionKind },
}

/// Asks the gate.
pub fn permit<A: Action>(actor: &Actor) -> Result<Permit<A>, Refusal> {
    let reach = check(actor, A::KIND)?;
    Ok(Permit {
        tenant: actor.tenant(),
        account: actor.account(),
        mandate: actor.mandate(),
        reach,
        request: actor.request().to_owned(),
        action: PhantomData,
    })
}

/// What the gate would answer for an action known only when the program runs (the policy of a route). It
/// opens nothing: whatever is behind still asks for its [`permit`].
pub fn check(actor: &Actor, action: ActionKind) -> Result<Reach, Refusal> {
    if action.touches_persons() && !actor.purpose().opens_files() {
        return Err(Refusal::Purpose { purpose: actor.purpose() });
    }
    if action.touches_learners() && !actor.purpose().opens_learner_files() {
        return Err(Refusal::SchoolPurpose { purpose: actor.purpose() });
    }
    match extent(actor.role(), action) {
        Extent::Department => Ok(Reach::Department),
        Extent::Structure => actor.structure().map(Reach::Structure).ok_or(Refusal::NoStructure { action }),
        Extent::Organisation => actor.organisation().map(Reach::Organisation).ok_or(Refusal::Nobody { action }),
        Extent::Own => actor.account().map(Reach::Own).ok_or(Refusal::Nobody { action }),
        Extent::Nothing => Err(Refusal::Role { role: actor.role(), action }),
    }
}

/// Whether the gate would say yes: to show a link or not, never to guard what is behind it.
pub fn may<A: Action>(actor: &Actor) -> bool {
    permit::<A>(actor).is_ok()
}
