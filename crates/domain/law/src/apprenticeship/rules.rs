use base::Date;
use jiff::civil::date;

use crate::{Certainty, Rule};

/// The law of 5 September 2018 entered into force for contracts.
const REFORM: Date = date(2019, 1, 1);

const fn article(code: &'static str, since: Date, citation: &'static str, summary_fr: &'static str) -> Rule {
    Rule { code, since, until: None, citation, certainty: Certainty::Confirmed, summary_fr }
}

const fn uncertain(rule: Rule) -> Rule {
    Rule { certainty: Certainty::Uncertain, ..rule }
}

pub(super) const FREE_BREAK: Rule = article(
    "apprenticeship.free_break",
    REFORM,
    "Code du travail, art. L.\u{a0}6222-18",
    "Le contrat d’apprentissage peut être rompu librement par l’une ou l’autre partie pendant les quarante-cinq \
     premiers jours, consécutifs ou non, de formation pratique en entreprise. Les jours au CFA ne comptent pas.",
);
pub(super) const WITHOUT_CONTRACT: Rule = article(
    "apprenticeship.without_contract",
    REFORM,
    "Code du travail, art. L.\u{a0}6222-12-1",
    "Sans contrat, une personne peut commencer la formation au CFA comme stagiaire, trois mois au plus. Cette durée \
     est déduite de celle du contrat.",
);
pub(super) const AFTER_BREAK: Rule = article(
    "apprenticeship.after_break",
    REFORM,
    "Code du travail, art. L.\u{a0}6222-18-2 et L.\u{a0}6231-2, 5°",
    "Après une rupture, le CFA laisse l’apprenti suivre sa formation pendant six mois et l’aide à trouver un autre \
     employeur.",
);
pub(super) const DEPOSIT: Rule = article(
    "apprenticeship.deposit",
    date(2020, 1, 1),
    "Code du travail, art. D.\u{a0}6224-1",
    "L’employeur transmet le contrat et la convention de formation à l’opérateur de compétences (OPCO) dans les cinq \
     jours ouvrables qui suivent le début du contrat.",
);
pub(super) const START: Rule = article(
    "apprenticeship.start",
    REFORM,
    "Code du travail, art. L.\u{a0}6222-12",
    "La formation pratique chez l’employeur et la formation au CFA commencent l’une et l’autre au plus tard trois mois \
     après le début du contrat.",
);
pub(super) const LAST_INVOICE: Rule = article(
    "apprenticeship.last_invoice",
    date(2025, 6, 30),
    "Code du travail, art. R.\u{a0}6332-25",
    "Le solde est facturé, avec le certificat de réalisation, dans les quatre mois qui suivent la fin du contrat. Après, \
     il est perdu.",
);
pub(super) const EXTENSION: Rule = article(
    "apprenticeship.extension",
    REFORM,
    "Code du travail, art. L.\u{a0}6222-11",
    "Après un échec à l’examen, l’apprentissage peut être prolongé d’un an au plus, par avenant ou par un nouveau \
     contrat.",
);
pub(super) const TRAINING_SHARE: Rule = article(
    "apprenticeship.training_share",
    REFORM,
    "Code du travail, art. L.\u{a0}6211-2",
    "La formation au CFA dure au moins un quart de la durée du contrat, à distance comprise.",
);
pub(super) const AGE: Rule = article(
    "apprenticeship.age",
    REFORM,
    "Code du travail, art. L.\u{a0}6222-1, L.\u{a0}6222-2 et D.\u{a0}6222-1",
    "L’apprenti a de seize à vingt-neuf ans au début du contrat. Jusqu’à trente-cinq ans, un contrat peut en suivre un \
     autre conclu ou rompu depuis moins d’un an. Aucun âge n’est opposé à une personne reconnue travailleur handicapé, \
     à un projet de création d’entreprise ni à un sportif de haut niveau.",
);
pub(super) const DURATION: Rule = article(
    "apprenticeship.duration",
    REFORM,
    "Code du travail, art. L.\u{a0}6222-7-1, R.\u{a0}6222-6 et R.\u{a0}6222-46",
    "Le contrat dure de six mois à trois ans, quatre ans pour une personne reconnue travailleur handicapé. Une convention \
     tripartite peut adapter la durée au niveau initial de l’apprenti.",
);
pub(super) const HOSTS: Rule = article(
    "apprenticeship.hosts",
    REFORM,
    "Code du travail, art. R.\u{a0}6223-10 à R.\u{a0}6223-12",
    "L’apprenti peut être accueilli dans deux autres entreprises au plus, pendant la moitié au plus du temps passé en \
     entreprise, avec un maître d’apprentissage dans chacune et une convention tripartite.",
);
pub(super) const TUTOR: Rule = article(
    "apprenticeship.tutor",
    REFORM,
    "Code du travail, art. L.\u{a0}6223-8-1 et R.\u{a0}6223-22",
    "Le maître d’apprentissage est majeur, salarié de l’entreprise et volontaire, ou l’employeur lui-même. Il a un \
     diplôme du même domaine et de niveau au moins égal avec un an de pratique, ou deux ans de pratique\u{a0}; stages et \
     apprentissage ne comptent pas. Un accord de branche peut en décider autrement.",
);
pub(super) const TUTOR_LOAD: Rule = article(
    "apprenticeship.tutor_load",
    REFORM,
    "Code du travail, art. R.\u{a0}6223-6",
    "Un maître d’apprentissage accompagne deux apprentis au plus, et un troisième dont la formation est prolongée après \
     un échec.",
);
pub(super) const PRO_TUTOR: Rule = article(
    "apprenticeship.pro_tutor",
    REFORM,
    "Code du travail, art. D.\u{a0}6325-6 et D.\u{a0}6325-9",
    "Le tuteur d’un contrat de professionnalisation est volontaire et a deux ans d’expérience. Il accompagne trois \
     personnes au plus, deux si c’est l’employeur.",
);
pub(super) const PRO_CONDITIONS: Rule = article(
    "apprenticeship.pro_conditions",
    REFORM,
    "Code du travail, art. L.\u{a0}6325-1, L.\u{a0}6325-11 et L.\u{a0}6325-13",
    "Le contrat de professionnalisation est ouvert de seize à vingt-cinq ans, aux demandeurs d’emploi d’au moins \
     vingt-six ans et aux bénéficiaires du RSA, de l’ASS ou de l’AAH. Il dure de six à douze mois, jusqu’à trente-six \
     pour les publics prioritaires. La formation occupe de 15 à 25\u{a0}% du contrat et au moins cent cinquante heures.",
);
pub(super) const PRO_DEPOSIT: Rule = article(
    "apprenticeship.pro_deposit",
    REFORM,
    "Code du travail, art. D.\u{a0}6325-1 et D.\u{a0}6325-2",
    "L’employeur dépose le contrat de professionnalisation à l’opérateur de compétences dans les cinq jours qui suivent \
     son début. Sans réponse au bout de vingt jours, la prise en charge est acquise.",
);
pub(super) const PRO_PRICE: Rule = article(
    "apprenticeship.pro_price",
    REFORM,
    "Code du travail, art. D.\u{a0}6332-86",
    "Sans montant fixé par la branche, l’heure de formation est prise en charge 9,15\u{a0}€, ou 15\u{a0}€ pour les publics \
     prioritaires.",
);
pub(super) const PAY: Rule = article(
    "apprenticeship.pay",
    REFORM,
    "Code du travail, art. D.\u{a0}6222-26",
    "L’apprenti reçoit au moins une part du SMIC selon son âge et l’année du contrat\u{a0}: 27, 39 puis 55\u{a0}% avant \
     dix-huit ans, 43, 51 puis 67\u{a0}% avant vingt et un ans, 53, 61 puis 78\u{a0}% avant vingt-six ans, et le SMIC \
     ensuite. Un accord peut prévoir davantage.",
);
pub(super) const PAY_AGE: Rule = uncertain(article(
    "apprenticeship.pay_age",
    REFORM,
    "Code du travail, art. D.\u{a0}6222-34 (texte à relire)",
    "La part du SMIC change le premier jour du mois qui suit l’anniversaire.",
));
pub(super) const SMIC: Rule = uncertain(article(
    "apprenticeship.smic",
    date(2026, 1, 1),
    "Montant du SMIC horaire brut, à relever dans le décret de l’année",
    "Le SMIC horaire sert à calculer la rémunération la plus basse. Il change chaque année au moins.",
));
pub(super) const FUNDING: Rule = article(
    "apprenticeship.funding",
    date(2025, 6, 30),
    "Code du travail, art. D.\u{a0}6332-78 et R.\u{a0}6332-25",
    "Le montant annuel du contrat est payé 40\u{a0}% au départ, 30\u{a0}% le septième mois, 20\u{a0}% le dixième, et le solde \
     sur facture et certificat de réalisation. Un contrat de moins d’un an reçoit une seule avance de 50\u{a0}%. Tout est \
     dû au prorata des jours du contrat.",
);
pub(super) const FUNDING_BEFORE: Rule = uncertain(Rule {
    until: Some(date(2025, 6, 30)),
    ..article(
        "apprenticeship.funding_before_2025",
        REFORM,
        "Code du travail, art. R.\u{a0}6332-25, rédaction antérieure au 30\u{a0}juin 2025 (texte à relire)",
        "L’échéancier des contrats antérieurs n’a pas été retrouvé\u{a0}: celui d’aujourd’hui est montré à titre \
         indicatif, à confirmer par l’opérateur de compétences.",
    )
});
pub(super) const ACCREDITATION: Rule = article(
    "apprenticeship.accreditation",
    date(2025, 6, 9),
    "Code du travail, art. R.\u{a0}6113-16 et suivants",
    "Qui prépare à un titre d’un ministère y est habilité. L’opérateur de compétences le vérifie à réception du contrat.",
);
// Points 1 and 5 to 7 were read in other sources; the words of points 2 to 4 have to be compared with the article.
pub(super) const PRECHECK: Rule = uncertain(article(
    "apprenticeship.precheck",
    date(2024, 8, 1),
    "Code du travail, art. D.\u{a0}6224-2",
    "À réception du contrat, l’opérateur de compétences vérifie sept points\u{a0}: la formation, l’âge, le maître \
     d’apprentissage, la rémunération, l’absence d’opposition, l’habilitation et la certification qualité.",
));
pub(super) const ALTERNATION: Rule = uncertain(article(
    "apprenticeship.alternation",
    REFORM,
    "Rythme de l’École CIP\u{a0}: une semaine de cours, trois semaines sur le terrain",
    "Le calendrier d’une promotion alterne semaines de cours et semaines sur le terrain, sauf choix contraire de l’école.",
));
pub(super) const NOTICE: Rule = uncertain(article(
    "apprenticeship.notice",
    REFORM,
    "Choix de l’école",
    "Une séance n’est pas déplacée à moins de sept jours sans que ce soit dit.",
));
pub(super) const WARNING: Rule = uncertain(article(
    "apprenticeship.warning",
    REFORM,
    "Choix de l’école",
    "Un délai devient pressant quelques jours avant sa fin\u{a0}; la fin d’une habilitation, quelques mois avant.",
));

/// The rules of training in alternance.
pub const RULES: &[Rule] = &[
    FREE_BREAK,
    WITHOUT_CONTRACT,
    AFTER_BREAK,
    DEPOSIT,
    START,
    LAST_INVOICE,
    TRAINING_SHARE,
    AGE,
    DURATION,
    EXTENSION,
    HOSTS,
    TUTOR,
    TUTOR_LOAD,
    PRO_TUTOR,
    PRO_CONDITIONS,
    PRO_DEPOSIT,
    PRO_PRICE,
    PAY,
    PAY_AGE,
    SMIC,
    FUNDING_BEFORE,
    FUNDING,
    ACCREDITATION,
    PRECHECK,
    ALTERNATION,
    NOTICE,
    WARNING,
];
