use base::{Date, Id};
use platform::{Account, Organisation, Structure};

use crate::kind::{Cell, Field, Input, Layout, sourced_kind};
use crate::names::SubjectKind;

/// Label of the identifiers of posts.
pub enum Post {}

db::codes! {
    /// Jobs of the insertion policy.
    pub enum Job {
        /// Conseiller en insertion professionnelle.
        EmploymentCounsellor = "employment_counsellor",
        /// Conseiller en insertion sociale et professionnelle, in a social district.
        SocialEmploymentCounsellor = "social_employment_counsellor",
        AgencyHead = "agency_head",
        AdministrativeOfficer = "administrative_officer",
        SocialWorker = "social_worker",
        DistrictHead = "district_head",
        SchoolHead = "school_head",
        Trainer = "trainer",
    }
}

impl Job {
    pub const fn label(self) -> &'static str {
        match self {
            Self::EmploymentCounsellor => "Conseil en insertion professionnelle",
            Self::SocialEmploymentCounsellor => "Conseil en insertion sociale et professionnelle",
            Self::AgencyHead => "Direction d’agence",
            Self::AdministrativeOfficer => "Accueil et administration",
            Self::SocialWorker => "Travail social",
            Self::DistrictHead => "Direction de circonscription",
            Self::SchoolHead => "Direction de l’école",
            Self::Trainer => "Formation",
        }
    }

    pub fn choices() -> Vec<(&'static str, &'static str)> {
        Self::ALL.iter().map(|job| (job.as_code(), job.label())).collect()
    }

    /// Whether people are followed by whoever holds the post.
    pub const fn counsels(self) -> bool {
        matches!(self, Self::EmploymentCounsellor | Self::SocialEmploymentCounsellor)
    }
}

sourced_kind! {
    /// A post while it exists: the first day of its first profile is its opening.
    pub struct PostProfile in "post_profile" about post: Post {
        pub structure: Id<Structure>,
        pub job: Job,
        /// Share of a full-time post, in hundredths.
        pub full_time_percent: i64,
        pub opened_by: Option<Id<Organisation>>,
        pub funder: Option<Id<Organisation>>,
        /// First day without funding; nothing for a permanent post.
        pub funded_until: Option<Date>,
    }
    as PostProfile, "poste",
    Layout {
        from: &["valid_from", "opened_on"],
        to: &["valid_to", "closed_on"],
        from_label: "Ouvert le (ou description valable depuis le)",
        to_label: "Supprimé le (premier jour sans poste)",
        to_is_last_day: false,
        creates: true,
        ..Layout::dated("posts", "code", "Code du poste", &["code", "structure", "job"])
    },
    [
        Field::required("structure", "Structure", Input::Code(SubjectKind::Structure)),
        Field::required("job", "Métier", Input::Choice(Job::choices)),
        Field::required("full_time_share", "Part de temps plein", Input::Share).hint("1 pour un temps plein, 0,8 pour 80 %."),
        Field::optional("opened_by", "Ouvert par", Input::Code(SubjectKind::Organisation)),
        Field::optional("funder", "Financé par", Input::Code(SubjectKind::Organisation)),
        Field::optional("funded_until", "Financé jusqu’au", Input::LastDay).hint("À laisser vide pour un poste permanent."),
    ];
    read (line) {
        (
            line.required_find("structure"),
            line.required_choice("job", Job::from_code, &Job::choices()),
            line.required_share("full_time_share"),
            line.find("opened_by"),
            line.find("funder"),
            line.day("funded_until"),
        )
    }
    cells (value) {
        vec![
            Cell::Structure(value.structure),
            Cell::Choice(value.job.as_code(), value.job.label()),
            Cell::Share(value.full_time_percent),
            Cell::of(value.opened_by, Cell::Organisation),
            Cell::of(value.funder, Cell::Organisation),
            Cell::of(value.funded_until, Cell::Until),
        ]
    }
}

sourced_kind! {
    /// Who holds a post. An open post without holder is vacant.
    pub struct PostHolder in "post_holder" about post: Post {
        /// Name as written on a door.
        pub holder: String,
        /// Their account, when they have one.
        pub account: Option<Id<Account>>,
    }
    as PostHolder, "titulaire de poste",
    Layout::dated("holders", "post", "Poste", &["post", "holder"]),
    [Field::required("holder", "Titulaire", Input::Text).hint("Prénom et nom.")];
    read (line) { (line.required_text("holder"), Some(None)) }
    cells (value) { vec![Cell::text(&value.holder)] }
}
