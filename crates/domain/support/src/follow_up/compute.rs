//! From facts to a line: pure, so that the same function serves a change, an import and the rebuild that proves it.

use base::{Date, Instant, Period};
use facts::Fact;
use jiff::ToSpan;
use law::attention::Attention;
use law::delays::Delays;

use super::row::{FollowUp, Need, Phase, Stage};
use crate::caseload::Designation;
use crate::meeting::{Meeting, MeetingStatus, Step};
use crate::orientation::{Decision, Orientation, Path, Proposal};
use crate::person::{Card, Membership};
use crate::rights::RightState;

/// Everything the line of one person rests on. Of several records of one human being, the facts of all of them.
#[derive(Clone, Debug, Default)]
pub struct Facts {
    /// Every record ever made, replaced ones too: they tell since when the département has known.
    pub rights: Vec<Fact<RightState>>,
    pub memberships: Vec<Fact<Membership>>,
    /// Those in force from here on.
    pub proposals: Vec<Fact<Proposal>>,
    pub decisions: Vec<Fact<Decision>>,
    pub orientations: Vec<Fact<Orientation>>,
    pub designations: Vec<Fact<Designation>>,
    pub meetings: Vec<Fact<Meeting>>,
    pub steps: Vec<Fact<Step>>,
}

/// The numbers a line depends on.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Rules {
    pub day: Date,
    pub delays: Delays,
    pub attention: Attention,
}

impl Rules {
    /// The target of a first meeting, then its limit: in days, and the day before which a structure began for whom
    /// that time has passed.
    pub fn first_meeting(&self) -> [(i32, Date); 2] {
        let allowed = self.delays.first_appointment(self.day);
        [allowed.target, allowed.limit].map(|deadline| {
            let days = (deadline.last_day - self.day).get_days();
            (days, self.day.saturating_sub(days.days()))
        })
    }
}

/// The spell of entitlement that runs on a day, or the last one before.
struct Entitlement {
    informed_on: Date,
}

fn plus(day: Date, days: u16) -> Date {
    day.checked_add(i32::from(days).days()).unwrap_or(Date::MAX)
}

/// The last value of a day, past ones staying readable.
fn latest<K: facts::Kind>(records: &[Fact<K>], day: Date) -> Option<&Fact<K>> {
    let standing = records.iter().filter(|fact| fact.replaced_at.is_none() && fact.valid.from <= day);
    standing.max_by_key(|fact| (fact.valid.from, fact.id))
}

/// The days on which what holds is no longer what held the day before.
fn borders<K: facts::Kind>(records: &[Fact<K>]) -> impl Iterator<Item = Date> {
    records.iter().flat_map(|fact| [Some(fact.valid.from), fact.valid.to]).flatten()
}

fn holding<K: facts::Kind>(records: &[Fact<K>], day: Date) -> Option<&Fact<K>> {
    let standing = records.iter().filter(|fact| fact.replaced_at.is_none() && fact.valid.contains(day));
    standing.max_by_key(|fact| (fact.valid.from, fact.id))
}

/// Since when the département has known of the spell during which the right is open and the person has obligations.
fn entitlement(facts: &Facts, day: Date) -> Option<Entitlement> {
    let opens = |right: &RightState| right.is_open();
    let binds = |membership: &Membership| membership.obligations == Some(true) && membership.is_adult_of_the_right();
    let rights = spell(&facts.rights, day, opens)?;
    let memberships = spell(&facts.memberships, day, binds)?;
    let began = rights.from.max(memberships.from);
    let told = |recorded: Option<Instant>| recorded.map(Instant::date);
    let of_right = told(first_told(&facts.rights, began, opens))?;
    let of_membership = told(first_told(&facts.memberships, began, binds))?;
    Some(Entitlement { informed_on: of_right.max(of_membership) })
}

/// The unbroken stretch, as known now, up to a day.
fn spell<K: facts::Kind>(records: &[Fact<K>], day: Date, says: impl Fn(&K) -> bool) -> Option<Period> {
    let mut standing: Vec<&Fact<K>> =
        records.iter().filter(|fact| fact.replaced_at.is_none() && fact.valid.from <= day).collect();
    standing.sort_by_key(|fact| fact.valid.from);
    let mut stretch: Option<Period> = None;
    for fact in standing {
        if !says(&fact.value) {
            stretch = None;
            continue;
        }
        stretch = Some(match stretch {
            Some(known) if known.to == Some(fact.valid.from) => Period { from: known.from, to: fact.valid.to },
            _ => fact.valid,
        });
    }
    stretch
}

/// When somebody first wrote down that it is so on or after a day, whatever was corrected since.
fn first_told<K: facts::Kind>(records: &[Fact<K>], began: Date, says: impl Fn(&K) -> bool) -> Option<Instant> {
    let saying = records.iter().filter(|fact| says(&fact.value) && fact.valid.to.is_none_or(|to| to > began));
    saying.map(|fact| fact.recorded_at).min()
}

/// The line of a person on a day; `None` for whoever is neither to be oriented nor oriented.
pub fn follow_up(card: &Card, facts: &Facts, rules: &Rules) -> Option<FollowUp> {
    if !card.listed {
        return None;
    }
    let day = rules.day;
    let entitlement = entitlement(facts, day);
    let to_be_oriented = card.right_status == "2" && card.obligations == Some(true);
    let decision = latest(&facts.decisions, day);
    let orientation = holding(&facts.orientations, day);
    if decision.is_none() && orientation.is_none() && !to_be_oriented {
        return None;
    }
    let informed_on = match (&entitlement, decision) {
        (Some(entitlement), _) => entitlement.informed_on,
        (None, Some(decision)) => decision.valid.from,
        (None, None) => day,
    };
    let due_on = rules.delays.orientation(informed_on).last_day;
    let proposal = latest(&facts.proposals, day);
    let designation = holding(&facts.designations, day)
        .filter(|fact| orientation.is_some_and(|orientation| orientation.value.structure == fact.value.structure));
    let meetings = Meetings::of(facts, orientation, rules);
    let stage = match (decision, orientation, designation) {
        (None, None, _) => Stage::ToOrient,
        (Some(_), None, _) => Stage::Decided,
        (_, Some(orientation), None) if orientation.value.path == Path::Employment => Stage::Elsewhere,
        (_, Some(_), None) => Stage::Unassigned,
        (_, Some(_), Some(_)) if meetings.first_met_on.is_none() => Stage::Unmet,
        (_, Some(_), Some(_)) => Stage::Accompanied,
    };
    let phase = match meetings.first_met_on {
        None => Phase::New,
        Some(_) if meetings.individual >= i64::from(rules.attention.intensive_meetings) => Phase::Intensive,
        Some(first) if day < plus(first, rules.attention.assessment_days) => Phase::Assessment,
        Some(_) => Phase::Watch,
    };
    let mut needs = Needs { rules, found: Vec::new(), turns: Vec::new() };
    needs.orientation(stage, due_on);
    needs.meetings(stage, orientation, &meetings);
    needs.steps(facts);
    if stage != Stage::ToOrient && !matches!(card.right_status.as_str(), "2") {
        let since = latest(&facts.rights, day).map_or(day, |fact| fact.valid.from);
        needs.found.push((Need::RightChanged, since));
    }
    let (need, need_on) = needs.found.iter().min().copied().unwrap_or((Need::Nothing, Date::MAX));
    needs.turns.extend(meetings.turns.iter().copied());
    needs.turns.extend(borders(&facts.proposals));
    needs.turns.extend(borders(&facts.decisions));
    needs.turns.extend(borders(&facts.orientations));
    needs.turns.extend(borders(&facts.designations));
    let written = [
        decision.map(|fact| fact.recorded_at),
        orientation.map(|fact| fact.recorded_at),
        designation.map(|fact| fact.recorded_at),
        latest(&facts.rights, day).map(|fact| fact.recorded_at),
        latest(&facts.memberships, day).map(|fact| fact.recorded_at),
        meetings.last_written,
    ];
    Some(FollowUp {
        person: card.person,
        tenant: card.tenant,
        sort_name: card.sort_name.clone(),
        usual_name: card.usual_name.clone(),
        first_name: card.first_name.clone(),
        birth_date: card.birth_date,
        commune_code: card.commune_code.clone(),
        public_number: card.public_number.clone(),
        publics: card.publics,
        right_status: card.right_status.clone(),
        obligations: card.obligations,
        informed_on,
        due_on,
        proposed_path: proposal.map(|fact| fact.value.path),
        proposed_kind: proposal.map(|fact| fact.value.structure_kind),
        proposed_structure: proposal.and_then(|fact| fact.value.structure),
        proposal_kind: proposal.map(|fact| fact.value.kind),
        decided_on: decision.map(|fact| fact.valid.from),
        path: orientation.map(|fact| fact.value.path).or(decision.map(|fact| fact.value.path)),
        structure: orientation.map(|fact| fact.value.structure).or(decision.map(|fact| fact.value.structure)),
        with_interview: orientation
            .map_or_else(|| decision.is_some_and(|fact| fact.value.with_interview), |fact| fact.value.with_interview),
        started_on: orientation.map(|fact| fact.valid.from),
        counsellor: designation.map(|fact| fact.value.counsellor),
        designated_on: designation.map(|fact| fact.valid.from),
        first_met_on: meetings.first_met_on,
        last_met_on: meetings.last_met_on,
        next_meeting_on: meetings.next.map(|(on, _)| on),
        next_meeting_at: meetings.next.map(|(_, at)| at),
        individual_meetings: meetings.individual,
        stage,
        phase,
        need,
        need_on,
        changed_on: written.into_iter().flatten().max().map_or(day, Instant::date),
        computed_on: day,
        review_on: needs.turns.into_iter().chain(card.review_on).filter(|turn| *turn > day).min(),
    })
}

/// What the meetings under the orientation in force come to on a day.
#[derive(Default)]
struct Meetings {
    first_met_on: Option<Date>,
    last_met_on: Option<Date>,
    next: Option<(Date, i64)>,
    individual: i64,
    /// The oldest meeting behind whose outcome nobody wrote.
    without_outcome: Option<Date>,
    /// The last meeting, when it was missed or excused.
    missed_on: Option<Date>,
    last_written: Option<Instant>,
    /// Days on which the mere passing of time changes this.
    turns: Vec<Date>,
}

impl Meetings {
    fn of(facts: &Facts, orientation: Option<&Fact<Orientation>>, rules: &Rules) -> Self {
        let mut this = Self::default();
        let Some(orientation) = orientation else { return this };
        let day = rules.day;
        let year_ago = day.checked_sub(1.year()).unwrap_or(Date::MIN);
        let mut meetings: Vec<&Fact<Meeting>> = facts.meetings.iter().collect();
        meetings.sort_by_key(|fact| (fact.valid.from, fact.value.starts_at, fact.id));
        for fact in meetings {
            let on = fact.valid.from;
            this.last_written = this.last_written.max(Some(fact.recorded_at));
            match fact.value.status {
                MeetingStatus::Planned if on < day => this.without_outcome = this.without_outcome.or(Some(on)),
                MeetingStatus::Planned => {
                    this.next = this.next.or(Some((on, fact.value.starts_at)));
                    this.turns.push(on);
                    this.turns.push(plus(on, 1));
                }
                MeetingStatus::Attended => {
                    this.missed_on = None;
                    this.last_met_on = this.last_met_on.max(Some(on));
                    if fact.value.is_individual_and_attended() {
                        if on >= orientation.valid.from {
                            this.first_met_on = this.first_met_on.or(Some(on));
                        }
                        if on > year_ago {
                            this.individual += 1;
                            this.turns.push(on.checked_add(1.year()).unwrap_or(Date::MAX));
                        }
                    }
                }
                MeetingStatus::Missed | MeetingStatus::Excused => this.missed_on = Some(on),
                MeetingStatus::Cancelled => {}
            }
        }
        if let Some(first) = this.first_met_on {
            this.turns.push(plus(first, rules.attention.assessment_days));
        }
        this
    }
}

struct Needs<'a> {
    rules: &'a Rules,
    found: Vec<(Need, Date)>,
    turns: Vec<Date>,
}

impl Needs<'_> {
    fn orientation(&mut self, stage: Stage, due_on: Date) {
        if stage != Stage::ToOrient {
            return;
        }
        let (day, warning) = (self.rules.day, self.rules.attention.orientation_warning_days);
        let from = due_on.checked_sub(i32::from(warning).days()).unwrap_or(Date::MIN);
        self.turns.extend([from, plus(due_on, 1)]);
        if day > due_on {
            self.found.push((Need::OrientationOverdue, due_on));
        } else if day >= from {
            self.found.push((Need::OrientationDue, due_on));
        }
    }

    fn meetings(&mut self, stage: Stage, orientation: Option<&Fact<Orientation>>, meetings: &Meetings) {
        let Some(orientation) = orientation.filter(|_| stage != Stage::Elsewhere) else { return };
        let Rules { day, delays, attention } = self.rules;
        let day = *day;
        if stage == Stage::Unassigned {
            self.found.push((Need::Nobody, orientation.valid.from));
        }
        if let Some(on) = meetings.without_outcome {
            self.found.push((Need::OutcomeMissing, on));
        }
        if let (Some(on), None) = (meetings.missed_on, meetings.next) {
            self.found.push((Need::MissedWithoutNext, on));
        }
        if meetings.next.is_some_and(|(on, _)| on == day) {
            self.found.push((Need::MeetingToday, day));
        }
        match (meetings.first_met_on, meetings.last_met_on) {
            (None, _) if meetings.next.is_none() => {
                let due = delays.first_appointment(orientation.valid.from);
                let (short, long) = (due.target.last_day, due.limit.last_day);
                self.turns.extend([plus(short, 1), plus(long, 1)]);
                if day > long {
                    self.found.push((Need::FirstMeetingLate, long));
                } else if day > short {
                    self.found.push((Need::FirstMeetingDue, short));
                }
            }
            (Some(_), Some(last)) if meetings.next.is_none() => {
                let (short, long) = (plus(last, attention.quiet_days), plus(last, attention.long_quiet_days));
                self.turns.extend([plus(short, 1), plus(long, 1)]);
                if day > long {
                    self.found.push((Need::QuietLong, long));
                } else if day > short {
                    self.found.push((Need::Quiet, short));
                }
            }
            _ => {}
        }
    }

    fn steps(&mut self, facts: &Facts) {
        let day = self.rules.day;
        let open = facts.steps.iter().filter(|fact| fact.value.done_on.is_none()).filter_map(|fact| fact.value.due_on);
        for due in open {
            let week_before = due.checked_sub(6.days()).unwrap_or(Date::MIN);
            self.turns.extend([week_before, plus(due, 1)]);
            if day > due {
                self.found.push((Need::StepOverdue, due));
            } else if day >= week_before {
                self.found.push((Need::StepThisWeek, due));
            }
        }
    }
}
