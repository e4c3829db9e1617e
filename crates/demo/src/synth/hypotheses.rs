//! What the département looks like, as numbers.
//!
//! Marks: *known* = published figure; *hypothesis* = nothing published was found, the value is chosen so that the
//! whole stays plausible. No marked value may be read as a statistic about Seine-Saint-Denis.

use super::dice::Rate;

// ---- Households -----------------------------------------------------------------------------------------------

/// A kind of household, with its age and size.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Family {
    Single,
    LoneParent,
    Couple,
    CoupleWithChildren,
}

impl Family {
    pub(super) fn is_couple(self) -> bool {
        matches!(self, Self::Couple | Self::CoupleWithChildren)
    }
}

/// *Known*: lone parents 29 % (profile of the national pilots); adults 1.1 to 1.2 per household, hence the couples.
/// *Hypothesis*: the rest.
pub(super) const FAMILIES: &[(Family, u32)] =
    &[(Family::Single, 520), (Family::LoneParent, 300), (Family::Couple, 40), (Family::CoupleWithChildren, 140)];
/// *Hypothesis*.
pub(super) const WOMAN_IF_SINGLE: Rate = Rate::percent(42);
/// *Hypothesis*: nearly all lone parents are women.
pub(super) const WOMAN_IF_LONE_PARENT: Rate = Rate::percent(94);
/// *Hypothesis*: who applies in a couple.
pub(super) const WOMAN_IF_COUPLE: Rate = Rate::percent(38);
/// *Hypothesis*: bands of ages of the applicant, by kind of household.
pub(super) const AGES_SINGLE: &[((i64, i64), u32)] =
    &[((20, 24), 1), ((25, 29), 19), ((30, 39), 27), ((40, 49), 20), ((50, 59), 22), ((60, 66), 11)];
/// *Hypothesis*.
pub(super) const AGES_LONE_PARENT: &[((i64, i64), u32)] =
    &[((19, 24), 5), ((25, 29), 14), ((30, 39), 37), ((40, 49), 31), ((50, 59), 12), ((60, 64), 1)];
/// *Hypothesis*.
pub(super) const AGES_COUPLE: &[((i64, i64), u32)] =
    &[((21, 24), 3), ((25, 29), 9), ((30, 39), 31), ((40, 49), 31), ((50, 59), 19), ((60, 66), 7)];
/// *Hypothesis*: children of a lone parent.
pub(super) const CHILDREN_LONE_PARENT: &[(usize, u32)] = &[(1, 40), (2, 30), (3, 17), (4, 9), (5, 3), (6, 1)];
/// *Hypothesis*: children of a couple.
pub(super) const CHILDREN_COUPLE: &[(usize, u32)] = &[(1, 25), (2, 28), (3, 24), (4, 14), (5, 6), (6, 2), (7, 1)];
/// *Hypothesis*.
pub(super) const TWINS: Rate = Rate(1_600);
/// *Hypothesis*: a dependant who is not a child (parent, nephew…).
pub(super) const OTHER_DEPENDANT: Rate = Rate(500);
/// *Hypothesis*: responsible for the file without being in the RSA household (role RDO).
pub(super) const FILE_HOLDER_OUTSIDE: Rate = Rate(300);
/// How long ago the claim was made.
#[derive(Debug, Clone, Copy)]
pub(super) enum Seniority {
    /// From, to: months.
    Months(i64, i64),
    /// Since June 2009, when RMI and API became RSA.
    SinceTheFirst,
}

/// *Known*: 40 to 44 % for more than five years (2021–2023). The long bands are a little heavier than that because a
/// young claimant cannot be an old one. *Hypothesis*: the rest.
pub(super) const SENIORITY: &[(Seniority, u32)] = &[
    (Seniority::Months(0, 11), 19),
    (Seniority::Months(12, 23), 14),
    (Seniority::Months(24, 59), 20),
    (Seniority::Months(60, 119), 29),
    (Seniority::Months(120, 203), 16),
    (Seniority::SinceTheFirst, 2),
];
/// Claims made between the first RSA (June 2009) and this many days later come from RMI or API.
pub(super) const CONVERTED_CLAIM_DAYS: i32 = 30;
/// *Hypothesis*: households that had another claim before.
pub(super) const RETURNING: Rate = Rate::percent(24);
/// *Hypothesis*: file received from another body in the last three months (stock), in the month (entries).
pub(super) const TRANSFERRED_IN_STOCK: Rate = Rate(600);
/// *Hypothesis*.
pub(super) const TRANSFERRED_IN_ENTRY: Rate = Rate::percent(8);
/// *Hypothesis*: couples of the stock whose separation has just made a second household.
pub(super) const JUST_SEPARATED: Rate = Rate(1_500);
/// *Hypothesis*: those whose partner is still attached to the first household.
pub(super) const STILL_ATTACHED_AFTER_SEPARATION: Rate = Rate::percent(40);

// ---- Persons --------------------------------------------------------------------------------------------------

/// *Hypothesis*.
pub(super) const COMMON_LAST_NAME: Rate = Rate::percent(30);
/// *Hypothesis*.
pub(super) const DOUBLE_LAST_NAME: Rate = Rate::percent(3);
/// *Hypothesis*: married women who use their husband's name.
pub(super) const USES_PARTNER_NAME: Rate = Rate::percent(55);
/// *Hypothesis*.
pub(super) const SAME_ORIGIN: Rate = Rate::percent(82);
/// *Hypothesis*.
pub(super) const SECOND_FIRST_NAME: Rate = Rate::percent(34);
/// *Hypothesis*: among those who have two.
pub(super) const THIRD_FIRST_NAME: Rate = Rate::percent(25);
/// Persons made to have the names of another one: homonyms that a search must tell apart. *Hypothesis*.
pub(super) const HOMONYM: Rate = Rate(400);
/// Among homonyms, the same birth date too: the doubtful match. *Hypothesis*.
pub(super) const HOMONYM_BORN_THE_SAME_DAY: Rate = Rate::percent(12);
/// *Hypothesis*: partial birth dates among adults born abroad; day and month unknown, then day unknown.
pub(super) const DAY_AND_MONTH_UNKNOWN: Rate = Rate(2_600);
/// *Hypothesis*.
pub(super) const DAY_UNKNOWN: Rate = Rate(900);
/// *Hypothesis*: adults whose NIR is not known (yet), born in France then abroad.
pub(super) const NO_NIR_BORN_IN_FRANCE: Rate = Rate(700);
/// *Hypothesis*.
pub(super) const NO_NIR_BORN_ABROAD: Rate = Rate(5_500);
/// *Hypothesis*: children whose NIR is absent.
pub(super) const NO_NIR_CHILD: Rate = Rate::percent(52);
/// *Hypothesis*: adults with an identifier of the employment service (registration is automatic since 2025).
pub(super) const FRANCE_TRAVAIL_ID: Rate = Rate::percent(72);

/// *Hypothesis*: family situation of people alone.
pub(super) const ALONE: &[(&str, u32)] =
    &[("CEL", 560), ("DIV", 165), ("ISO", 120), ("SEF", 110), ("VEU", 26), ("SEL", 12), ("ABA", 7)];
/// *Hypothesis*: family situation of couples.
pub(super) const TOGETHER: &[(&str, u32)] =
    &[("MAR", 610), ("VIM", 300), ("PAC", 35), ("RVC", 30), ("RVM", 20), ("RPA", 5)];

// ---- Droits et devoirs, activity ------------------------------------------------------------------------------

/// *Hypothesis*: under droits et devoirs among adults without work, with work.
pub(super) const OBLIGATIONS_WITHOUT_WORK: Rate = Rate::percent(88);
/// *Hypothesis*.
pub(super) const OBLIGATIONS_WITH_WORK: Rate = Rate::percent(42);
/// *Hypothesis*: flag absent, which means unknown and not « no ».
pub(super) const OBLIGATIONS_UNKNOWN: Rate = Rate(1_500);
/// *Hypothesis*: running activity of an adult; `""` = none listed, `HEALTH` = a health-related code.
pub(super) const ACTIVITIES: &[(&str, u32)] = &[
    ("", 110),
    ("SSA", 150),
    ("SAC", 80),
    ("CHO", 130),
    ("ANP", 170),
    ("CNI", 45),
    ("ASS", 25),
    ("ABA", 10),
    ("SAL", 75),
    ("CDI", 25),
    ("CDD", 35),
    ("INT", 22),
    ("AEN", 26),
    ("ETI", 12),
    ("SFP", 28),
    ("PIL", 8),
    ("CUI", 4),
    ("CAC", 30),
    ("ETU", 6),
    ("RET", 4),
    ("APP", 2),
    ("HEALTH", 53),
];
/// Codes of [`ACTIVITIES`] that are work.
pub(super) const WORK: &[&str] = &["SAL", "CDI", "CDD", "INT", "AEN", "ETI", "CUI", "APP"];
/// *Hypothesis*: which health-related codes the feed carries; the reader must let none through.
pub(super) const HEALTH_CODES: &[(&str, u32)] =
    &[("SAV", 5), ("MAL", 4), ("INV", 3), ("MLD", 2), ("MAT", 2), ("HAN", 1)];

// ---- The right ------------------------------------------------------------------------------------------------

/// *Hypothesis*: state of the right in a monthly file (stock).
pub(super) const STATES: &[(u8, u32)] = &[(2, 8_430), (4, 880), (3, 250), (0, 120), (1, 50), (5, 210), (6, 60)];
/// *Hypothesis*: state of the right of a new claim.
pub(super) const ENTRY_STATES: &[(u8, u32)] = &[(2, 620), (0, 250), (4, 65), (3, 15), (1, 50)];
/// *Hypothesis*: why payment is suspended. The quarterly declaration comes first by far.
pub(super) const PAYMENT_REASONS: &[(&str, u32)] = &[
    ("06", 560),
    ("05", 120),
    ("01", 95),
    ("CG", 40),
    ("36", 35),
    ("04", 30),
    ("AB", 25),
    ("CV", 22),
    ("70", 20),
    ("09", 18),
    ("35", 12),
    ("03", 8),
    ("85", 5),
    ("19", 4),
    ("44", 3),
    ("34", 3),
];
/// *Hypothesis*: why the right is suspended.
pub(super) const RIGHT_REASONS: &[(&str, u32)] = &[
    ("DC", 20),
    ("DB", 14),
    ("DA", 12),
    ("DM", 10),
    ("DL", 9),
    ("GR", 8),
    ("DE", 6),
    ("GF", 5),
    ("GJ", 4),
    ("DF", 3),
    ("GK", 3),
    ("DQ", 3),
    ("GL", 2),
    ("DI", 1),
];
/// *Hypothesis*: a second suspension running with the first.
pub(super) const SECOND_SUSPENSION: Rate = Rate::percent(12);
/// *Hypothesis*: reasons of closure, transfers apart.
pub(super) const CLOSURE_REASONS: &[(&str, u32)] =
    &[("ECH", 640), ("RAU", 160), ("RFD", 130), ("PCG", 50), ("RGD", 20)];
/// *Hypothesis*: closures that are a departure to another body.
pub(super) const TRANSFERRED_OUT: Rate = Rate::percent(10);
/// *Hypothesis*.
pub(super) const REFUSAL_REASONS: &[(&str, u32)] =
    &[("DSD", 40), ("F02", 18), ("F04", 16), ("F09", 10), ("FDB", 6), ("PCG", 5), ("FDD", 3), ("F97", 1), ("F85", 1)];
/// *Hypothesis*: lone parents whose isolation is recent enough for the increased right, youngest child of three or
/// more.
pub(super) const RECENTLY_ALONE: Rate = Rate::percent(6);
/// The bodies that files come from and go to.
pub(super) const OTHER_BODIES: &[((&str, &str), u32)] = &[
    (("CAF", "751"), 30),
    (("CAF", "951"), 18),
    (("CAF", "941"), 16),
    (("CAF", "921"), 14),
    (("CAF", "771"), 12),
    (("CAF", "911"), 8),
    (("CAF", "781"), 7),
    (("CAF", "601"), 5),
    (("CAF", "131"), 4),
    (("CAF", "591"), 4),
    (("MSA", "770"), 1),
];

// ---- Homes ----------------------------------------------------------------------------------------------------

/// *Hypothesis*: post received at an association or a social centre.
pub(super) const ADMINISTRATIVE_ADDRESS: Rate = Rate::percent(5);
/// *Hypothesis*: declared without fixed home, among them then among the others.
pub(super) const WITHOUT_HOME_AT_ASSOCIATION: Rate = Rate::percent(70);
/// *Hypothesis*.
pub(super) const WITHOUT_HOME_ELSEWHERE: Rate = Rate(600);
/// *Hypothesis*: people living at someone else's.
pub(super) const LODGED: Rate = Rate::percent(7);
/// *Hypothesis*: addresses kept with the current one: none, one, two.
pub(super) const EARLIER_ADDRESSES: &[(u8, u32)] = &[(0, 55), (1, 30), (2, 15)];
/// *Hypothesis*: earlier addresses outside the département, of which abroad.
pub(super) const EARLIER_OUTSIDE: Rate = Rate::percent(24);
/// *Hypothesis*.
pub(super) const EARLIER_ABROAD: Rate = Rate(1_800);
/// *Hypothesis*: earlier addresses whose date of arrival is lost.
pub(super) const ARRIVAL_UNKNOWN: Rate = Rate::percent(30);
/// *Hypothesis*.
pub(super) const PROVISIONAL_ADDRESS: Rate = Rate::percent(3);
/// *Hypothesis*: current addresses abroad (left, file not closed yet).
pub(super) const CURRENT_ABROAD: Rate = Rate(60);
/// *Hypothesis*: current addresses that keep the code of the commune merged in 2025, among those lived in since
/// before the merger.
pub(super) const MERGED_CODE_KEPT: Rate = Rate::percent(12);

// ---- Forms and defects of the feed (all hypotheses) -------------------------------------------------------------

/// Leading zeros lost, among file numbers that have some; this month's file, not the household, loses them.
pub(super) const LOST_ZEROS: Rate = Rate::percent(22);
/// Bare file number of seven digits.
pub(super) const BARE_FILE_NUMBER: Rate = Rate(400);
/// NIR written with its key; then, among them, with a wrong one.
pub(super) const NIR_WITH_KEY: Rate = Rate::percent(4);
pub(super) const NIR_WITH_WRONG_KEY: Rate = Rate::percent(15);
/// An absent NIR written as an empty element.
pub(super) const EMPTY_NIR: Rate = Rate::percent(12);
/// The two roles of a person in the other order.
pub(super) const ROLES_SWAPPED: Rate = Rate::percent(8);
/// Household without applicant: two partners, nobody responsible for the file; among couples.
pub(super) const NO_APPLICANT: Rate = Rate(450);
/// The same claim number twice in the file.
pub(super) const WRITTEN_TWICE: Rate = Rate(30);
/// A block left behind that contradicts the state.
pub(super) const CONTRADICTION: Rate = Rate(60);
/// A suspension or closure state without the block that explains it.
pub(super) const UNEXPLAINED: Rate = Rate(40);
/// Accents in the name of a street.
pub(super) const ACCENTS: Rate = Rate(3_500);
/// Hyphens kept in the name of a commune.
pub(super) const HYPHENS: Rate = Rate::percent(14);
/// Both forms of address, or none.
pub(super) const TWO_FORMS: Rate = Rate(40);
pub(super) const NO_FORM: Rate = Rate(30);
/// Children linked to both adults of a couple.
pub(super) const TWO_LINKS: Rate = Rate::percent(86);
/// Number of dependants absent.
pub(super) const DEPENDANTS_ABSENT: Rate = Rate(800);

// ---- A month ----------------------------------------------------------------------------------------------------

/// New households in a month, for 85,000: from 1,500 to 2,500 (*hypothesis*, order of magnitude given without source).
pub(super) const ENTRIES: (u32, u32) = (1_500, 2_500);
/// The stock [`ENTRIES`] is given for.
pub(super) const ENTRIES_FOR: u64 = 85_000;
/// Closures: as many as entries on average, refusals apart (*hypothesis*).
pub(super) const EXIT: Rate = Rate(1_750);
/// Closed households that come back once in state 6.
pub(super) const REGULARISED: Rate = Rate::percent(12);
/// Households that vanish without having been closed.
pub(super) const VANISHED: Rate = Rate(25);
/// A pending claim is decided; then it is refused.
pub(super) const DECIDED: Rate = Rate::percent(72);
pub(super) const REFUSED: Rate = Rate::percent(14);
pub(super) const PAYMENT_SUSPENDED: Rate = Rate(2_500);
pub(super) const PAYMENT_RESUMED: Rate = Rate::percent(22);
pub(super) const RIGHT_SUSPENDED: Rate = Rate(480);
pub(super) const RIGHT_RESUMED: Rate = Rate::percent(16);
pub(super) const SUSPENSION_ADDED: Rate = Rate::percent(3);
/// Payment suspended for four months: the right ends.
pub(super) const ENDS_AFTER_FOUR_MONTHS: Rate = Rate::percent(18);
/// Per woman from 19 to 43 with children or a partner.
pub(super) const BIRTH: Rate = Rate(450);
/// Per adult.
pub(super) const DEATH: Rate = Rate(18);
/// Per couple.
pub(super) const SEPARATION: Rate = Rate(420);
pub(super) const CHILDREN_FOLLOW: Rate = Rate::percent(45);
/// Per person alone.
pub(super) const UNION: Rate = Rate(60);
/// Per unmarried couple.
pub(super) const MARRIAGE: Rate = Rate(350);
/// Per adult.
pub(super) const SPELLING: Rate = Rate(70);
/// Per adult, per child without NIR.
pub(super) const NIR_APPEARS: Rate = Rate::percent(6);
pub(super) const CHILD_NIR_APPEARS: Rate = Rate::percent(2);
pub(super) const MOVE: Rate = Rate(1_150);
/// Per grown child of the household.
pub(super) const CHILD_LEAVES: Rate = Rate(1_000);
/// Age at which a child is no longer counted.
pub(super) const CHILD_UNTIL: i16 = 25;
pub(super) const OBLIGATIONS_FLIP: Rate = Rate(1_400);
pub(super) const ACTIVITY_CHANGE: Rate = Rate(3_600);
pub(super) const FRANCE_TRAVAIL_ID_APPEARS: Rate = Rate(1_500);

// ---- Money ------------------------------------------------------------------------------------------------------

/// Flat amount of a person alone, in cents, and the month it starts: April 2023 to 2025 *known*, 2026 *estimated*.
pub(super) const FLAT_AMOUNTS: &[(i16, i64)] = &[(2023, 60_775), (2024, 63_571), (2025, 64_652), (2026, 65_234)];

/// The tables that go with a month.
pub(super) mod inputs {
    use super::Rate;

    /// *Known*: 42 % of the adults covered by RSA were registered in June 2022; nearly all since the law of 2025.
    pub(in crate::synth) const REGISTERED_BEFORE_2025: Rate = Rate::percent(42);
    /// *Hypothesis*: those whom the automatic registration does not reach.
    pub(in crate::synth) const REGISTERED_SINCE_2025: Rate = Rate::percent(96);
    /// *Known* (national pilots): mobility 43 %, health 29 %, child care 25 %, housing 20 %, administrative 15 %, basic
    /// skills 12 %; 82 % have at least one.
    pub(in crate::synth) const MOBILITY: Rate = Rate::percent(43);
    pub(in crate::synth) const HEALTH: Rate = Rate::percent(29);
    /// About 45 % of the adults have children, hence 25 % of all.
    pub(in crate::synth) const CHILD_CARE_WITH_CHILDREN: Rate = Rate::percent(55);
    pub(in crate::synth) const HOUSING: Rate = Rate::percent(17);
    pub(in crate::synth) const ADMINISTRATIVE: Rate = Rate::percent(15);
    pub(in crate::synth) const BASIC_SKILLS: Rate = Rate::percent(12);
    /// *Hypothesis*.
    pub(in crate::synth) const FINANCIAL: Rate = Rate::percent(35);
    /// *Known* (June 2022): guidé 60 %, renforcé 24 %, suivi 9 %, global 6 %.
    pub(in crate::synth) const SUPPORT_KINDS: &[(&str, u32)] =
        &[("GUIDE", 60), ("RENFORCE", 24), ("SUIVI", 9), ("GLOBAL", 6)];
    /// *Hypothesis*.
    pub(in crate::synth) const CATEGORIES: &[(&str, u32)] = &[("1", 70), ("2", 8), ("3", 7), ("4", 6), ("5", 9)];
    /// *Hypothesis*: code and label of the reason of a registration before 2025.
    pub(in crate::synth) const REASONS: &[((&str, &str), u32)] = &[
        (("01", "FIN DE CONTRAT"), 38),
        (("02", "LICENCIEMENT"), 17),
        (("05", "PREMIERE ENTREE SUR LE MARCHE DU TRAVAIL"), 14),
        (("07", "REPRISE D'ACTIVITE APRES INTERRUPTION"), 31),
    ];
    /// *Hypothesis*: persons whom France Travail does not know yet to be covered by RSA.
    pub(in crate::synth) const FLAG_LATE: Rate = Rate(1_500);
    /// *Hypothesis*: adults whose questionnaire is known; questions left without answer.
    pub(in crate::synth) const ANSWERED: Rate = Rate::percent(88);
    pub(in crate::synth) const NO_ANSWER: Rate = Rate::percent(7);
    /// *Hypothesis*: housing that is not precarious, then precarious (0903 to 0913).
    pub(in crate::synth) const HOUSING_KINDS: &[(&str, u32)] = &[("0901", 18), ("0902", 82)];
    pub(in crate::synth) const PRECARIOUS_HOUSING: &[(&str, u32)] = &[
        ("0903", 26),
        ("0904", 9),
        ("0905", 8),
        ("0906", 7),
        ("0907", 6),
        ("0908", 7),
        ("0909", 12),
        ("0910", 9),
        ("0911", 6),
        ("0912", 5),
        ("0913", 5),
    ];
    /// *Hypothesis*.
    pub(in crate::synth) const TELLS_DIFFICULTIES: Rate = Rate::percent(40);
    pub(in crate::synth) const OTHER_DIFFICULTIES: &[(&str, u32)] =
        &[("0402", 28), ("0403", 20), ("0405", 14), ("0406", 16), ("0407", 22)];
    pub(in crate::synth) const WORK_HISTORIES: &[(&str, u32)] =
        &[("1901", 21), ("1902", 30), ("1903", 36), ("1904", 13)];
    /// *Known*: 63 % below bac (1204 and after). *Hypothesis*: the rest.
    pub(in crate::synth) const EDUCATION_LEVELS: &[(&str, u32)] =
        &[("1201", 11), ("1202", 8), ("1203", 18), ("1204", 26), ("1205", 17), ("1206", 14), ("1207", 6)];
    /// *Hypothesis*: mobility of those whom it holds back.
    pub(in crate::synth) const HARD_MOBILITY: &[(&str, u32)] = &[("2502", 48), ("2503", 30), ("2504", 22)];
    /// *Hypothesis*.
    pub(in crate::synth) const QUICK_RETURN: Rate = Rate::percent(14);
    pub(in crate::synth) const QUICK_RETURN_WITHOUT_BARRIER: Rate = Rate::percent(42);
    /// *Hypothesis*: new registrations about which France Travail has recommended a path.
    pub(in crate::synth) const RECOMMENDED: Rate = Rate::percent(70);
    /// *Known*: 44 % employment, 24 % socio-professional, 32 % social in the pilots. *Hypothesis*: by number of barriers.
    pub(in crate::synth) const PATHS: [&[(&str, u32)]; 4] = [
        &[("PED", 82), ("PSP", 12), ("PSO", 4), ("EO", 2)],
        &[("PED", 52), ("PSP", 26), ("PSO", 19), ("EO", 2), ("IND", 1)],
        &[("PED", 28), ("PSP", 30), ("PSO", 39), ("EO", 2), ("IND", 1)],
        &[("PED", 11), ("PSP", 22), ("PSO", 64), ("EO", 2), ("IND", 1)],
    ];
}
