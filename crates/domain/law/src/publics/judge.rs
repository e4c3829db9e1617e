use base::Date;

use super::facts::{Fact, FactSet, FamilyKind, Nature, PublicsInput, RsaRole};
use super::reason::{AgeBound, Reason};
use super::{Answer, Finding, Public, Thresholds};
use crate::age::{age, birthday, reached};

/// The facts of one person on one day, and how each public is judged on them.
pub(super) struct Judge<'a> {
    pub input: &'a PublicsInput,
    pub thresholds: &'a Thresholds,
    pub on: Date,
}

/// An answer before it is tied to its public.
struct Verdict {
    answer: Answer,
    reason: Reason,
    decided_by: FactSet,
    missing: FactSet,
    until: Option<Date>,
}

impl Verdict {
    fn yes(reason: Reason, decided_by: &[Fact]) -> Self {
        Self { answer: Answer::Yes, reason, decided_by: FactSet::of(decided_by), missing: FactSet::NONE, until: None }
    }

    fn no(reason: Reason, decided_by: &[Fact]) -> Self {
        Self { answer: Answer::No, ..Self::yes(reason, decided_by) }
    }

    fn unknown(reason: Reason, missing: &[Fact]) -> Self {
        Self { answer: Answer::Unknown, missing: FactSet::of(missing), ..Self::yes(reason, &[]) }
    }

    fn until(self, until: Option<Date>) -> Self {
        Self { until, ..self }
    }

    fn missing(self, facts: &[Fact]) -> Self {
        Self { missing: self.missing.and(FactSet::of(facts)), ..self }
    }

    fn because(self, facts: &[Fact]) -> Self {
        Self { decided_by: self.decided_by.and(FactSet::of(facts)), ..self }
    }
}

/// What `ETATDOSRSA` says of the right.
#[derive(Clone, Copy, PartialEq, Eq)]
enum RightState {
    /// 2, 3, 4
    Open(char),
    /// 0: claim not decided yet.
    Pending,
    /// 1, 5, 6
    Ended(char),
    Unknown,
}

impl Judge<'_> {
    pub fn finding(&self, public: Public) -> Finding {
        let Verdict { answer, reason, decided_by, missing, until } = self.judge(public);
        Finding { public, answer, reason, decided_by, missing, until }
    }

    fn judge(&self, public: Public) -> Verdict {
        let Thresholds { young_from, young_before, .. } = *self.thresholds;
        match public {
            Public::Beneficiary => self.beneficiary(),
            Public::Obligations => self.obligations(),
            Public::Young => self.age(AgeBound::Between(young_from, young_before)),
            Public::Senior => self.age(AgeBound::AtLeast(self.thresholds.senior_from)),
            Public::InclusionContractAge => self.age(AgeBound::AtLeast(self.thresholds.inclusion_contract_from)),
            Public::SocialServiceAge => self.age(AgeBound::AtLeast(self.thresholds.social_service_from)),
            Public::YouthRsa => self.right_of_nature(Nature::Youth),
            Public::IncreasedRsa => self.right_of_nature(Nature::Increased),
            Public::LoneParent => self.lone_parent(),
            Public::WithoutFixedHome => match self.input.without_fixed_home {
                None => Verdict::unknown(Reason::FixedHomeFlagMissing, &[Fact::FixedHomeFlag]),
                Some(true) => Verdict::yes(Reason::FixedHomeFlag(true), &[Fact::FixedHomeFlag]),
                Some(false) => Verdict::no(Reason::FixedHomeFlag(false), &[Fact::FixedHomeFlag]),
            },
            Public::LongTermRsa => self.long_term_rsa(),
            Public::LongTermJobseeker
            | Public::VeryLongTermJobseeker
            | Public::DisabledWorker
            | Public::Newcomer
            | Public::InternationalProtection
            | Public::LowFrench
            | Public::PriorityNeighbourhood
            | Public::LeavingPrison
            | Public::LeavingChildWelfare
            | Public::Carer
            | Public::WithoutChildcare => {
                Verdict { missing: public.shown_by(), ..Verdict::unknown(Reason::NotInFeed, &[]) }
            }
        }
    }

    fn right_state(&self) -> RightState {
        match self.input.right_status {
            Some(status @ ('2' | '3' | '4')) => RightState::Open(status),
            Some('0') => RightState::Pending,
            Some(status @ ('1' | '5' | '6')) => RightState::Ended(status),
            Some(_) | None => RightState::Unknown,
        }
    }

    /// An open right and the role of an adult. One of the two being false is enough for a « no ».
    fn beneficiary(&self) -> Verdict {
        const BOTH: &[Fact] = &[Fact::RightStatus, Fact::RsaRole];
        let role = self.input.rsa_role;
        if let Some(role) = role.filter(|role| !role.is_adult()) {
            return Verdict::no(Reason::NotAdult(role), &[Fact::RsaRole]);
        }
        match (self.right_state(), role) {
            (RightState::Pending, _) => Verdict::no(Reason::RightNotOpen('0'), &[Fact::RightStatus]),
            (RightState::Ended(status), _) => Verdict::no(Reason::RightNotOpen(status), &[Fact::RightStatus]),
            (RightState::Open(status), Some(role)) => Verdict::yes(Reason::RightOpen(status, role), BOTH),
            (RightState::Open(_), None) => Verdict::unknown(Reason::RoleMissing, &[Fact::RsaRole]),
            (RightState::Unknown, Some(_)) => self.right_state_missing(),
            (RightState::Unknown, None) => self.right_state_missing().missing(&[Fact::RsaRole]),
        }
    }

    fn right_state_missing(&self) -> Verdict {
        Verdict::unknown(Reason::RightStatusMissing(self.input.right_status), &[Fact::RightStatus])
    }

    fn obligations(&self) -> Verdict {
        const FLAG: &[Fact] = &[Fact::ObligationsFlag];
        if let RightState::Ended(status) = self.right_state() {
            return Verdict::no(Reason::RightNotOpen(status), &[Fact::RightStatus]);
        }
        match (self.input.obligations, self.input.rsa_role) {
            (Some(true), Some(role)) if !role.is_adult() => {
                Verdict::unknown(Reason::ObligationsOfNonAdult(role), &[Fact::RsaRole])
                    .because(&[Fact::ObligationsFlag, Fact::RsaRole])
            }
            (Some(true), _) => Verdict::yes(Reason::ObligationsFlag(true), FLAG),
            (Some(false), _) => Verdict::no(Reason::ObligationsFlag(false), FLAG),
            (None, Some(role)) if !role.is_adult() => Verdict::no(Reason::NotAdult(role), &[Fact::RsaRole]),
            (None, _) => Verdict::unknown(Reason::ObligationsFlagMissing, FLAG),
        }
    }

    fn age(&self, bound: AgeBound) -> Verdict {
        const BIRTH: &[Fact] = &[Fact::BirthDate];
        let Some(birth) = self.input.birth_date else {
            return Verdict::unknown(Reason::BirthDateMissing, BIRTH);
        };
        let (from, before) = match bound {
            AgeBound::AtLeast(from) => (from, None),
            AgeBound::Between(from, before) => (from, Some(before)),
        };
        let inside = reached(birth, from, self.on) && before.is_none_or(|before| !reached(birth, before, self.on));
        let precision = self.input.birth_precision;
        let reason = Reason::Age { birth, precision, age: age(birth, self.on), bound };
        let verdict = if inside { Verdict::yes(reason, BIRTH) } else { Verdict::no(reason, BIRTH) };
        let birthdays = [Some(from), before].into_iter().flatten().filter_map(|years| birthday(birth, years));
        verdict.until(birthdays.filter(|day| *day > self.on).min())
    }

    /// The lines of one nature: whether one runs today, when one last ended, and the next day that may change it.
    fn lines_of(&self, nature: Nature) -> Lines {
        let mut lines = Lines::default();
        for line in self.input.right_natures.iter().filter(|line| line.nature == nature) {
            let end = line.last_day.and_then(|day| day.tomorrow().ok());
            if line.last_day.is_some_and(|day| day < line.since) {
                continue;
            }
            let running = line.since <= self.on && line.last_day.is_none_or(|day| self.on <= day);
            if running {
                lines.running_since = Some(lines.running_since.map_or(line.since, |since| since.min(line.since)));
            }
            lines.ended_on = lines.ended_on.max(line.last_day.filter(|day| *day < self.on));
            for day in [Some(line.since), end].into_iter().flatten().filter(|day| *day > self.on) {
                lines.next_change = Some(lines.next_change.map_or(day, |next| next.min(day)));
            }
        }
        lines
    }

    fn right_of_nature(&self, nature: Nature) -> Verdict {
        const NATURES: &[Fact] = &[Fact::RightNatures];
        let beneficiary = self.beneficiary();
        let lines = self.lines_of(nature);
        match (beneficiary.answer, lines.running_since) {
            (Answer::No, Some(_)) => match beneficiary.reason {
                Reason::RightNotOpen(status) => {
                    Verdict::no(Reason::NatureWithoutRight(nature, status), NATURES).because(&[Fact::RightStatus])
                }
                _ => beneficiary,
            },
            (Answer::No, None) => beneficiary,
            (_, None) if self.input.right_natures.is_empty() => {
                Verdict { missing: beneficiary.missing, ..Verdict::unknown(Reason::CalculationMissing, &[]) }
                    .missing(NATURES)
            }
            (_, None) => {
                Verdict::no(Reason::NatureNotRunning(nature, lines.ended_on), NATURES).until(lines.next_change)
            }
            (Answer::Unknown, Some(_)) => beneficiary.because(NATURES).until(lines.next_change),
            (Answer::Yes, Some(since)) => Verdict::yes(Reason::NatureRunning(nature, since), NATURES)
                .because(&[Fact::RightStatus, Fact::RsaRole])
                .until(lines.next_change),
        }
    }

    /// Local rule: a situation of person alone with a dependent child, or the increased right running. The situation
    /// transmitted is that of the person responsible for the household.
    fn lone_parent(&self) -> Verdict {
        const SITUATION: &[Fact] = &[Fact::FamilySituation];
        let situation = self.input.family_situation;
        match self.input.rsa_role {
            Some(RsaRole::Applicant) => {}
            Some(role @ (RsaRole::Child | RsaRole::Other)) => {
                return Verdict::no(Reason::NotAdult(role), &[Fact::RsaRole]);
            }
            None => return Verdict::unknown(Reason::RoleMissing, &[Fact::RsaRole]),
            Some(RsaRole::Partner) => {
                return match situation {
                    None => Verdict::unknown(Reason::FamilySituationMissing, SITUATION),
                    Some(situation) if situation.kind == FamilyKind::Couple => {
                        Verdict::no(Reason::InCouple(situation), SITUATION)
                    }
                    Some(situation) => Verdict::unknown(Reason::PartnerOfAPersonAlone(situation), SITUATION)
                        .because(&[Fact::FamilySituation, Fact::RsaRole]),
                };
            }
        }
        let by_family = self.alone_with_child();
        if by_family.answer == Answer::Yes {
            return by_family;
        }
        let increased = self.lines_of(Nature::Increased);
        match (self.right_state(), increased.running_since) {
            (RightState::Open(_), Some(since)) => {
                let in_couple = situation.filter(|situation| situation.kind == FamilyKind::Couple);
                Verdict::yes(Reason::AloneByIncrease(since, in_couple), &[Fact::RightNatures, Fact::RightStatus])
                    .until(increased.next_change)
            }
            (RightState::Unknown, Some(_)) => {
                let missing = self.right_state_missing().because(&[Fact::RightNatures]);
                Verdict { missing: missing.missing.and(by_family.missing), ..missing }.until(increased.next_change)
            }
            (RightState::Open(_) | RightState::Unknown, None) => by_family.until(increased.next_change),
            (RightState::Pending | RightState::Ended(_), _) => by_family,
        }
    }

    fn alone_with_child(&self) -> Verdict {
        const BOTH: &[Fact] = &[Fact::FamilySituation, Fact::DependentChildren];
        const SITUATION: &[Fact] = &[Fact::FamilySituation];
        const CHILDREN: &[Fact] = &[Fact::DependentChildren];
        let children = self.input.dependent_children;
        let Some(situation) = self.input.family_situation else {
            return match children {
                Some(0) => Verdict::no(Reason::WithoutChild, CHILDREN),
                Some(_) => Verdict::unknown(Reason::FamilySituationMissing, SITUATION),
                None => Verdict::unknown(Reason::FamilySituationMissing, BOTH),
            };
        };
        match (situation.kind, children) {
            (FamilyKind::Couple, _) => Verdict::no(Reason::InCouple(situation), SITUATION),
            (FamilyKind::DeclaredMissing, _) => Verdict::no(Reason::DeclaredMissing, SITUATION),
            (FamilyKind::Alone, Some(0)) => Verdict::no(Reason::WithoutChild, CHILDREN),
            (FamilyKind::Alone, Some(children)) => Verdict::yes(Reason::AloneWithChild(situation, children), BOTH),
            (FamilyKind::Alone, None) => Verdict::unknown(Reason::ChildrenMissing, CHILDREN).because(SITUATION),
        }
    }

    fn long_term_rsa(&self) -> Verdict {
        const CLAIM: &[Fact] = &[Fact::FirstClaimDate];
        let beneficiary = self.beneficiary();
        if beneficiary.answer == Answer::No {
            return beneficiary;
        }
        let Some(first_claim) = self.input.first_claim else {
            return Verdict { missing: beneficiary.missing, ..Verdict::unknown(Reason::FirstClaimMissing, &[]) }
                .missing(CLAIM);
        };
        let years = self.thresholds.long_term_rsa_years;
        let anniversary = birthday(first_claim, years);
        if !reached(first_claim, years, self.on) {
            return Verdict::no(Reason::FirstClaim(first_claim, years), CLAIM).until(anniversary);
        }
        if beneficiary.answer == Answer::Unknown {
            return beneficiary.because(CLAIM);
        }
        Verdict::yes(Reason::FirstClaim(first_claim, years), CLAIM).because(&[Fact::RightStatus, Fact::RsaRole])
    }
}

/// What the lines of one nature of right say of a day.
#[derive(Default)]
struct Lines {
    running_since: Option<Date>,
    ended_on: Option<Date>,
    next_change: Option<Date>,
}
