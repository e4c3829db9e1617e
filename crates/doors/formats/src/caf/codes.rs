//! The published lists of codes. The schema does not check them: an unknown code is kept and reported.

/// `FONORG` and the body of a transfer.
pub(super) const BODY_FAMILIES: &[&str] = &["CAF", "MSA", "OPF"];
/// `SITFAM`
pub(super) const FAMILY_SITUATIONS: &[&str] =
    &["ABA", "CEL", "DIV", "ISO", "MAR", "PAC", "RPA", "RVC", "RVM", "SEF", "SEL", "VEU", "VIM"];
/// `MOTIREFURSA`
pub(super) const REFUSAL_REASONS: &[&str] = &["F02", "F04", "F09", "F85", "F97", "FDD", "FDB", "DSD", "PCG"];
/// `MOTISUSVERSRSA`
pub(super) const PAYMENT_SUSPENSION_REASONS: &[&str] = &[
    "01", "02", "03", "04", "05", "06", "09", "19", "31", "34", "35", "36", "44", "70", "78", "84", "85", "97", "AB",
    "CG", "CV", "CZ", "DA", "DB", "DC",
];
/// `MOTISUSDRORSA`
pub(super) const RIGHT_SUSPENSION_REASONS: &[&str] = &[
    "DA", "DB", "DC", "DD", "DE", "DF", "DG", "DH", "DI", "DJ", "DK", "DL", "DM", "DN", "DO", "DP", "DQ", "DR", "GF",
    "GR", "GA", "GS", "GC", "GI", "GX", "GE", "GJ", "GK", "GL",
];
/// `NATGROUPFSUS`
pub(super) const BENEFIT_GROUPS: &[&str] = &["RSA", "RSX", "RCX", "DIF", "HOS", "ISO"];
/// `MOTICLORSA`
pub(super) const CLOSURE_REASONS: &[&str] = &["PCG", "ECH", "EFF", "MUT", "RGD", "RFD", "RAU", "RST", "RSO"];
/// `NATPF`
pub(super) const RIGHT_NATURES: &[&str] = &["RSD", "RSI", "RSU", "RSB", "RSJ", "RCD", "RCI", "RCU", "RCB", "RCJ"];
/// `ORIDEMRSA`
pub(super) const ORIGINS: &[&str] = &["DEM", "RMI", "API"];
/// `PAYS`
pub(super) const COUNTRIES: &[&str] = &["FRA", "HOR"];
/// `TYPEADR`
pub(super) const ADDRESS_KINDS: &[&str] = &["D", "P", "R"];
/// `ETATADR`
pub(super) const POSTAL_CHECKS: &[&str] = &["CO", "VO", "VC", "NC", "AU"];
/// `NATCONTRTRA`
pub(super) const CONTRACTS: &[&str] =
    &["CDI", "CDD", "INT", "CUI", "CU1", "CU2", "CU3", "CU4", "CA", "AEN", "VDI", "AUT"];
/// `FG`
pub(super) const TRIGGERS: &[&str] = &[
    "ADR",
    "SITFAM",
    "SITENFAUT",
    "SITPRO",
    "ETACIV",
    "INTGRO",
    "RESTRIRSA",
    "ABANEURES",
    "DEMRSA",
    "CARRSA",
    "ENTDED",
    "SUS",
    "DECDEMPCG",
    "PROPCG",
    "DERPRE",
    "EXCPRE",
    "RAD",
    "MUT",
    "REA",
    "DESALL",
    "HOSPLA",
    "CREALI",
    "ASF",
    "RECPEN",
    "TITPEN",
    "JUSRSAJEU",
    "CIRMA",
    "SUIRMA",
    "AIDFAM",
    "JUSACT",
    "SURPONEXP",
];
/// `ACT`, health-related codes excepted.
pub(super) const ACTIVITIES: &[&str] = &[
    "SAL", "CDI", "CDD", "INT", "TSA", "AMA", "VRP", "GSA", "ETI", "AEN", "EXP", "AFA", "CJT", "CUI", "CES", "CEA",
    "CEN", "CSA", "CIA", "CIS", "RMA", "APP", "CAT", "AAP", "DET", "VDI", "DNL", "AMT", "CHO", "CHR", "ANP", "CNI",
    "ABA", "ADA", "ADN", "AFC", "AFD", "AIN", "ASP", "ASS", "CAP", "CAR", "CDA", "CDN", "CHA", "CPL", "FDA", "FDN",
    "ANI", "SFP", "PIL", "SNR", "ETU", "ETS", "EBO", "SCO", "DEG", "NOB", "IAD", "MMA", "NAS", "NCH", "JNF", "INF",
    "SCI", "SAC", "SSA", "RET", "PRE", "RSA", "CAC", "ABS", "CSS", "SAB", "CGP", "CCV", "SIN", "DSF", "MAR", "MOA",
    "MOC", "SNA", "EXS",
];
/// `ACT`: codes that tell something about health. They never leave the reader.
const HEALTH_ACTIVITIES: &[&str] =
    &["SAV", "MAL", "MLD", "MAT", "INV", "INP", "HAN", "RAT", "SUR", "CBS", "CLD", "RAC", "MMC", "MMI", "MNE"];

/// Whether an activity code must be reduced to « unavailable ».
pub(super) fn is_health_related(activity: &str) -> bool {
    HEALTH_ACTIVITIES.contains(&activity)
}
