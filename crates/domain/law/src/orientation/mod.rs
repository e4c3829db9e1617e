//! Orientation: which path, and which kind of structure, the rules of a day propose for a person, and why.
//!
//! Two dated lists of rules: the ordered list of the département, and the national criteria since 2025. In both the
//! first rule met wins. A rule whose fact is missing is neither met nor passed over: it stands in the conclusion, with
//! what it would propose and the fact that would decide.
//!
//! What one rule reads, and how, depends on no other rule; once the facts it reads are known its answer stays the
//! same whatever else is learnt. So a fact learnt later leads to what was proposed, or to one of the exceptions that
//! were told.

mod case;
mod facts;
mod local;
mod national;
mod outcome;
mod path;
mod rules;
mod settings;
#[cfg(test)]
mod tests;

use base::Date;

use case::{Question, Verdict};
pub use facts::{
    Birth, Constraints, Employment, Fact, Facts, Impact, Known, ProjectAbility, Registration, Source, Sourced,
};
pub use outcome::{
    Answer, Conclusion, Contradiction, FactUsed, Finding, NotConcerned, Outcome, Proposal, RuleSet, Unless,
};
pub use path::{Path, Target, WirePath};
pub use rules::{OrientationRule, RULES};
pub use settings::{PARAMETERS, SWITCHES, Settings};

/// What the rules of the day `on` say of somebody who is not oriented yet.
pub fn propose(facts: &Facts, settings: &Settings, on: Date) -> Outcome {
    let question = Question { facts, settings, on };
    let rule_set = settings.rule_set(on);
    let mut findings = Vec::new();
    let conclusion = conclude(question, rule_set, &mut findings);
    Outcome { rule_set, version: settings.version(on), on, conclusion, findings }
}

fn conclude(question: Question<'_>, rule_set: RuleSet, findings: &mut Vec<Finding>) -> Conclusion {
    let mut unless = Vec::new();
    let (eligible, reason) = local::eligibility(question);
    if let Some(reason) = reason {
        findings.push(finding(OrientationRule::Eligibility, eligible));
        return Conclusion::NotConcerned { reason };
    }
    if eligible.answer == Answer::Unknown {
        let missing = eligible.missing.clone();
        unless.push(Unless { rule: OrientationRule::Eligibility, missing, target: None });
    }
    findings.push(finding(OrientationRule::Eligibility, eligible));

    let applied = |rule: &OrientationRule| question.settings.applies(*rule, question.on);
    for rule in OrientationRule::listed(rule_set).filter(applied) {
        let Some(target) = rule.target() else { continue };
        let verdict = local::judge(rule, question).unwrap_or_else(|| national::judge(rule, question));
        let serving = serving(target, question.facts.served.as_deref());
        let (verdict, target) = match serving {
            Some(serving) => (verdict, serving),
            None => (unserved(verdict, target), target),
        };
        let (answer, missing) = (verdict.answer, verdict.missing.clone());
        findings.push(finding(rule, verdict));
        match answer {
            Answer::NotMet => {}
            Answer::Unknown => unless.push(Unless { rule, missing, target: Some(target) }),
            Answer::Met => {
                let association = question.facts.domiciled_at.value().cloned().flatten();
                let proposal = Proposal {
                    path: target.path(),
                    target,
                    association: association.filter(|_| target == Target::LeadAssociation),
                    assessment_interview: false,
                    rule,
                };
                return if unless.is_empty() {
                    Conclusion::Proposed { proposal }
                } else {
                    Conclusion::Conditional { proposal, unless }
                };
            }
        }
    }

    let rule = OrientationRule::last_resort(rule_set);
    let target = Target::LocalInclusionAgency;
    let target = serving(target, question.facts.served.as_deref()).unwrap_or(target);
    let proposal = Proposal { path: target.path(), target, association: None, assessment_interview: true, rule };
    let known = if unless.is_empty() { "" } else { " avec ce que nous savons" };
    let why = format!("Aucune règle ne conclut{known}\u{a0}: un entretien de diagnostic vous est proposé.");
    findings.push(finding(rule, Verdict::resort(why)));
    if unless.is_empty() {
        Conclusion::AssessmentInterview { proposal }
    } else {
        Conclusion::Conditional { proposal, unless }
    }
}

/// The kind that serves where the person lives: the target, what stands in for it, or nothing. Associations are found
/// by address, never by sector.
fn serving(target: Target, served: Option<&[Target]>) -> Option<Target> {
    let Some(served) = served.filter(|_| target != Target::LeadAssociation) else { return Some(target) };
    [Some(target), target.stand_in()].into_iter().flatten().find(|kind| served.contains(kind))
}

/// A rule that leads nowhere: the next one is read.
fn unserved(verdict: Verdict, target: Target) -> Verdict {
    if verdict.answer == Answer::NotMet {
        return verdict;
    }
    let why = format!(
        "Aucune structure «\u{a0}{}\u{a0}» ne dessert votre commune\u{a0}: la règle suivante est lue.",
        target.label()
    );
    Verdict { answer: Answer::NotMet, why, missing: Vec::new(), ..verdict }
}

fn finding(rule: OrientationRule, verdict: Verdict) -> Finding {
    let Verdict { answer, why, facts, missing, contradictions } = verdict;
    Finding { rule, answer, why, facts, missing, contradictions }
}
