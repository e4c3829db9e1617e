use std::fmt::Write;

use super::{ActionKind, Purpose, Role};

/// How far a role goes in an action.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Extent {
    Department,
    /// The structure of the mandate.
    Structure,
    /// The organisation of the mandate.
    Organisation,
    /// What concerns the account itself.
    Own,
    Nothing,
}

/// The whole policy. Secrecy (Code pénal, art. 226-13; CASF, art. L.262-44) decides its shape: whoever
/// trains, recruits, administers or keeps the machine reaches no person.
pub const fn extent(role: Role, action: ActionKind) -> Extent {
    use ActionKind as A;
    use Extent::{Department, Nothing, Organisation, Own, Structure};

    // Reference data is public or meant to be.
    if matches!(action, A::ReadTerritory) {
        return Department;
    }
    match role {
        Role::DepartmentOfficer => match action {
            A::SearchPeople | A::ListPeople | A::ReadPerson | A::EditContact | A::ReadImports => Department,
            A::FollowPeople | A::FollowFlow | A::ProposeOrientations | A::DecideOrientations => Department,
            _ => Nothing,
        },
        // The registration number serves to match records (décret 2019-341), hence only here.
        Role::DataManager => match action {
            A::SearchPeople | A::ListPeople | A::ReadPerson | A::ReadNir => Department,
            A::ImportFeed | A::ReadImports | A::DecideMatch => Department,
            _ => Nothing,
        },
        Role::DepartmentAdmin => match action {
            A::EditTerritory | A::ManageAccounts | A::Operate => Department,
            _ => Nothing,
        },
        Role::AgencyHead | Role::EmploymentCounsellor | Role::SocialEmploymentCounsellor | Role::SocialWorker => {
            match (role, action) {
                (_, A::SearchPeople | A::ListPeople | A::ReadPerson | A::EditContact) => Structure,
                (_, A::FollowPeople | A::Accompany) => Structure,
                (Role::AgencyHead, A::Designate | A::ManageStaff) => Structure,
                // Secrecy of the profession (CASF, art. L.411-3).
                (Role::SocialWorker, A::AskSupport | A::KeepSecrets) => Structure,
                (Role::SocialEmploymentCounsellor, A::AnswerSupport) => Structure,
                _ => Nothing,
            }
        }
        Role::SchoolHead => match action {
            A::ReadSchool | A::ManageSchool | A::ReadLearners | A::RecordAttendance => Organisation,
            A::ManageAdmissions | A::DecideAdmissions | A::ManageContracts => Organisation,
            _ => Nothing,
        },
        Role::Trainer => match action {
            A::ReadSchool | A::ReadLearners | A::RecordAttendance => Organisation,
            _ => Nothing,
        },
        Role::Tutor | Role::Apprentice => match action {
            A::FollowOwnCourse => Own,
            _ => Nothing,
        },
        Role::Recruiter => match action {
            A::OfferPlaces | A::RankCandidates => Organisation,
            _ => Nothing,
        },
        // RGPD, article 38, 2: access to the data and to the operations on them.
        Role::Auditor => match action {
            A::SearchPeople | A::ReadPerson | A::ReadImports | A::ReadJournal | A::EraseJournal => Department,
            A::ReadLearners => Department,
            _ => Nothing,
        },
        Role::Operator => match action {
            A::Operate => Department,
            _ => Nothing,
        },
        // It decides about nobody, shows nobody's number and does not read over shoulders.
        Role::Program => match action {
            A::ReadNir | A::EditContact | A::DecideMatch | A::ReadJournal | A::EraseJournal => Nothing,
            A::DecideOrientations | A::Designate | A::Accompany | A::KeepSecrets | A::ManageStaff => Nothing,
            A::AskSupport | A::AnswerSupport => Nothing,
            A::DecideAdmissions | A::RankCandidates | A::FollowOwnCourse | A::RecordAttendance => Nothing,
            _ => Department,
        },
    }
}

/// The policy as text, one line per role and action, always in the same order.
pub fn print_table() -> String {
    let mut text = String::new();
    // Writing to a String cannot fail.
    let _ = writeln!(text, "Files of persons are opened only for these purposes:");
    for purpose in Purpose::ALL.iter().filter(|purpose| purpose.opens_files()) {
        let _ = writeln!(text, "  {}", purpose.as_code());
    }
    let _ = writeln!(text, "Files of learners are opened only for these purposes:");
    for purpose in Purpose::ALL.iter().filter(|purpose| purpose.opens_learner_files()) {
        let _ = writeln!(text, "  {}", purpose.as_code());
    }
    for role in Role::ALL {
        let purposes: Vec<_> = role.purposes().iter().map(|purpose| purpose.as_code()).collect();
        let _ = writeln!(text, "\n{} (for {})", role.as_code(), purposes.join(", "));
        for action in ActionKind::ALL {
            let reach = match extent(*role, *action) {
                Extent::Department => "department",
                Extent::Structure => "structure",
                Extent::Organisation => "organisation",
                Extent::Own => "own",
                Extent::Nothing => "-",
            };
            let persons = match (action.touches_persons(), action.touches_learners()) {
                (true, _) => " *",
                (_, true) => " +",
                _ => "",
            };
            let _ = writeln!(text, "  {:<20} {reach}{persons}", action.as_code());
        }
    }
    let _ = writeln!(text, "\n* touches accompanied persons\n+ touches candidates and people in training");
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn who_trains_recruits_administers_or_operates_reaches_no_person() {
        let outside = [
            Role::DepartmentAdmin,
            Role::SchoolHead,
            Role::Trainer,
            Role::Tutor,
            Role::Apprentice,
            Role::Recruiter,
            Role::Operator,
        ];
        for role in outside {
            for action in ActionKind::ALL.iter().filter(|action| action.touches_persons()) {
                assert_eq!(extent(role, *action), Extent::Nothing, "{role:?} {action:?}");
            }
        }
    }

    #[test]
    fn who_accompanies_or_steers_reaches_no_learner() {
        for role in [
            Role::DepartmentOfficer,
            Role::DataManager,
            Role::DepartmentAdmin,
            Role::AgencyHead,
            Role::EmploymentCounsellor,
            Role::SocialEmploymentCounsellor,
            Role::SocialWorker,
            Role::Operator,
        ] {
            for action in ActionKind::ALL.iter().filter(|action| action.touches_learners()) {
                assert_eq!(extent(role, *action), Extent::Nothing, "{role:?} {action:?}");
            }
        }
    }

    #[test]
    fn persons_accompanied_are_reached_by_the_departement_or_a_structure() {
        for (role, action) in Role::ALL.iter().flat_map(|role| ActionKind::ALL.iter().map(move |action| (role, action)))
        {
            let reach = extent(*role, *action);
            if action.touches_persons() {
                assert!(!matches!(reach, Extent::Organisation | Extent::Own), "{role:?} {action:?}");
            }
        }
    }

    #[test]
    fn no_role_can_do_everything_to_persons() {
        for role in Role::ALL {
            let reached = ActionKind::ALL
                .iter()
                .filter(|action| action.touches_persons() && extent(*role, **action) != Extent::Nothing);
            assert!(reached.count() < ActionKind::ALL.iter().filter(|action| action.touches_persons()).count());
        }
    }

    #[test]
    fn the_whole_policy() {
        insta::assert_snapshot!(print_table());
    }
}
