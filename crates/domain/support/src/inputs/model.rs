use std::collections::BTreeMap;

use base::Date;
use db::Json;
use law::questionnaire::Question;
use serde::{Deserialize, Serialize};

use crate::person::Person;

facts::kind! {
    /// One questionnaire (« données socio-professionnelles »), true from the day it was answered. Codes are kept as
    /// received; an empty text or an absent list is a question left without answer, never « none ».
    #[derive(Serialize, Deserialize)]
    pub struct SocioProfessional in "socio_professional" about person: Person {
        /// NATLOG.
        pub housing: String,
        /// DIFSOC, one code each.
        pub social_difficulties: Option<Json<Vec<String>>>,
        /// DIFDISP, one code each.
        pub availability: Option<Json<Vec<String>>>,
        /// HISPRO.
        pub work_history: String,
        /// NIVETU.
        pub education: String,
        /// NATMOB.
        pub mobility: String,
        /// Whether the person expects to be back at work soon.
        pub quick_return: Option<bool>,
    }
}

impl SocioProfessional {
    /// The answer to a question, in words; `None` when it was left without answer.
    pub fn said(&self, question: Question) -> Option<String> {
        let one = |code: &str| (!code.is_empty()).then(|| question.said(code).into_owned());
        let many = |codes: &Option<Json<Vec<String>>>| codes.as_ref().map(|codes| question.all_said(&codes.0));
        match question {
            Question::Housing => one(&self.housing),
            Question::SocialDifficulties => many(&self.social_difficulties),
            Question::Availability => many(&self.availability),
            Question::WorkHistory => one(&self.work_history),
            Question::Education => one(&self.education),
            Question::Mobility => one(&self.mobility),
        }
    }

    /// Whether no question was answered.
    pub fn is_empty(&self) -> bool {
        self.social_difficulties.is_none()
            && self.availability.is_none()
            && self.quick_return.is_none()
            && [&self.housing, &self.work_history, &self.education, &self.mobility].iter().all(|text| text.is_empty())
    }
}

facts::kind! {
    /// A registration as job seeker, from the day of registration until a complete file leaves the person out.
    #[derive(Serialize, Deserialize)]
    pub struct JobseekerRegistration in "jobseeker_registration" about person: Person {
        /// `identifiant_unique_de`.
        pub identifier: String,
        pub registered_on: Date,
        /// `categorie_inscription`, empty when not given (as all texts below).
        pub category: String,
        /// `code_motif_inscription`.
        pub reason: String,
        /// `motif_inscription`, as received.
        pub reason_label: String,
        /// `struct_principale`.
        pub structure: String,
        /// `modalite_accompagnement`.
        pub support_kind: String,
        pub referent_name: String,
        pub difficulties: Json<Difficulties>,
    }
}

/// The flags `dif_*` of France Travail's file; absent = not given.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct Difficulties {
    pub financial: Option<bool>,
    pub administrative: Option<bool>,
    pub health: Option<bool>,
    pub housing: Option<bool>,
    pub transport: Option<bool>,
    /// `dif_inser_com`, which the descriptions at hand do not explain further.
    pub communication: Option<bool>,
    pub family: Option<bool>,
}

facts::kind! {
    /// What France Travail recommends, true from its date until the next. Codes are kept as received.
    #[derive(Serialize, Deserialize)]
    pub struct Recommendation in "recommendation" about person: Person {
        /// `PED`, `PSP`, `PSO`, `EO`, `IND`.
        pub path: String,
        /// `FT`, `CD`, `ML`, `CE`, `IND`.
        pub organ: String,
        /// `PRECONISE`, `DECIDE`.
        pub status: String,
        /// `EN_ATTENTE`, `OUVERT`…
        pub state: String,
        /// `INSCRIPTION_AUTO_CAF`, `INSCRIPTION_CONSEILLER_CD`…
        pub origin: String,
        pub refusal_reason: String,
        /// Impact or situation by constraint (`sante`, `logement`…).
        pub constraints: Json<BTreeMap<String, String>>,
        /// The other criteria given with it, by name (`situation_professionnelle`, `niveau_etude`, `boe`…).
        pub criteria: Json<BTreeMap<String, String>>,
        pub project: String,
    }
}
