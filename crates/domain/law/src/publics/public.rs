use serde::Serialize;

use super::facts::{Fact, FactSet};

/// Every public: its variant, bit, code, French label in the singular and the plural, where its fact comes from.
macro_rules! publics {
    ($($(#[$doc:meta])* $variant:ident = $bit:literal, $code:literal, $one:literal, $many:literal, [$($fact:ident),+];)+) => {
        /// A group of people the policy has a particular attention for. Always derived from facts at a date.
        ///
        /// The number of a variant is its bit in a `u64` mask: stored by read models, so it never changes.
        #[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
        #[repr(u8)]
        pub enum Public { $($(#[$doc])* $variant = $bit),+ }

        impl Public {
            /// Every public, in the order of the bits.
            pub const ALL: [Self; [$($bit),+].len()] = [$(Self::$variant),+];

            /// Stable English name: in addresses of pages, exports, settings.
            pub const fn code(self) -> &'static str {
                match self { $(Self::$variant => $code),+ }
            }

            /// Code of the rule that decides.
            pub const fn rule(self) -> &'static str {
                match self { $(Self::$variant => concat!("public.", $code)),+ }
            }

            /// French name of one person of the public.
            pub const fn label(self) -> &'static str {
                match self { $(Self::$variant => $one),+ }
            }

            /// French name of several persons of the public.
            pub const fn label_plural(self) -> &'static str {
                match self { $(Self::$variant => $many),+ }
            }

            /// The facts that can show it.
            pub const fn shown_by(self) -> FactSet {
                match self { $(Self::$variant => FactSet::of(&[$(Fact::$fact),+])),+ }
            }
        }
    };
}

publics! {
    /// Adult covered by an open right to RSA.
    Beneficiary = 0, "beneficiary", "Bénéficiaire du RSA", "Bénéficiaires du RSA", [RightStatus, RsaRole];
    /// Must take steps towards work or inclusion.
    Obligations = 1, "obligations", "Personne soumise aux droits et devoirs", "Personnes soumises aux droits et devoirs",
        [ObligationsFlag, RightStatus, RsaRole];
    Young = 2, "young", "Jeune", "Jeunes", [BirthDate];
    YouthRsa = 3, "youth_rsa", "Bénéficiaire du RSA Jeune", "Bénéficiaires du RSA Jeune",
        [RightNatures, RightStatus, RsaRole];
    Senior = 4, "senior", "Senior", "Seniors", [BirthDate];
    /// Old enough for the open-ended contract of work integration enterprises (« CDI inclusion »).
    InclusionContractAge = 5, "inclusion_contract_age", "Senior en âge du CDI inclusion",
        "Seniors en âge du CDI inclusion", [BirthDate];
    /// Old enough to be proposed to the social service by the local orientation rules.
    SocialServiceAge = 6, "social_service_age", "Senior en âge d’être orienté vers le service social",
        "Seniors en âge d’être orientés vers le service social", [BirthDate];
    LoneParent = 7, "lone_parent", "Parent isolé", "Parents isolés",
        [FamilySituation, DependentChildren, RightNatures, RightStatus, RsaRole];
    IncreasedRsa = 8, "increased_rsa", "Bénéficiaire du RSA majoré", "Bénéficiaires du RSA majoré",
        [RightNatures, RightStatus, RsaRole];
    WithoutFixedHome = 9, "without_fixed_home", "Personne sans domicile fixe", "Personnes sans domicile fixe",
        [FixedHomeFlag];
    LongTermRsa = 10, "long_term_rsa", "Bénéficiaire de longue durée", "Bénéficiaires de longue durée",
        [FirstClaimDate, RightStatus, RsaRole];
    LongTermJobseeker = 11, "long_term_jobseeker", "Demandeur d’emploi de longue durée",
        "Demandeurs d’emploi de longue durée", [FranceTravailRegistration];
    VeryLongTermJobseeker = 12, "very_long_term_jobseeker", "Demandeur d’emploi de très longue durée",
        "Demandeurs d’emploi de très longue durée", [FranceTravailRegistration];
    DisabledWorker = 13, "disabled_worker", "Travailleur handicapé", "Travailleurs handicapés", [DisabledWorkerNotice];
    Newcomer = 14, "newcomer", "Primo-arrivant", "Primo-arrivants", [IntegrationContract];
    InternationalProtection = 15, "international_protection", "Bénéficiaire d’une protection internationale",
        "Bénéficiaires d’une protection internationale", [ProtectionDocument];
    /// Speaks French below level A1. Neither illiteracy nor digital difficulty.
    LowFrench = 16, "low_french", "Personne débutante en français", "Personnes débutantes en français",
        [FrenchAssessment];
    PriorityNeighbourhood = 17, "priority_neighbourhood", "Habitant d’un quartier prioritaire (QPV)",
        "Habitants d’un quartier prioritaire (QPV)", [LocatedAddress];
    LeavingPrison = 18, "leaving_prison", "Personne sortant de détention ou sous main de justice",
        "Personnes sortant de détention ou sous main de justice", [JusticeCertificate];
    LeavingChildWelfare = 19, "leaving_child_welfare", "Jeune sortant de l’aide sociale à l’enfance",
        "Jeunes sortant de l’aide sociale à l’enfance", [ChildWelfareCertificate];
    /// Looks after a relative.
    Carer = 20, "carer", "Proche aidant", "Proches aidants", [DeclaredSituation];
    WithoutChildcare = 21, "without_childcare", "Parent sans solution de garde", "Parents sans solution de garde",
        [DeclaredSituation];
}

impl Public {
    /// The bit of this public in a mask.
    pub const fn bit(self) -> u8 {
        self as u8
    }

    /// A mask with this public alone.
    pub const fn mask(self) -> u64 {
        1 << self.bit()
    }

    pub fn from_code(code: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|public| public.code() == code)
    }

    /// The publics of a mask, in the order of the bits; bits of no public are passed over.
    pub fn in_mask(mask: u64) -> impl Iterator<Item = Self> {
        Self::ALL.into_iter().filter(move |public| mask & public.mask() != 0)
    }
}

impl Serialize for Public {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.code())
    }
}
