-- The school: titles and their versions, cohorts and their weeks, candidates and places, contracts of alternance.
-- Several schools live in one département: subjects name their organisation.

-- A version of a title as a school loaded it; the content is read whole.
CREATE TABLE referential (
    id {id},
    tenant {int} NOT NULL REFERENCES tenant (id),
    organisation {int} NOT NULL REFERENCES organisation (id),
    code {text} NOT NULL,
    version {text} NOT NULL,
    content {json} NOT NULL,
    sha256 {text} NOT NULL,
    file_name {text} NOT NULL,
    loaded_at {instant} NOT NULL,
    loaded_by {int}
) {strict};
CREATE UNIQUE INDEX referential_version ON referential (tenant, organisation, code, version);

-- Somebody read an item in the official text.
CREATE TABLE item_confirmation (
    id {id},
    tenant {int} NOT NULL,
    referential {int} NOT NULL REFERENCES referential (id),
    valid_from {date} NOT NULL,
    valid_to {date},
    recorded_at {instant} NOT NULL,
    replaced_at {instant},
    source {text} NOT NULL,
    import {int},
    line {int},
    author {int},
    corrects {int},
    item {text} NOT NULL,
    confirmed_by {text} NOT NULL,
    source_text {text} NOT NULL
) {strict};
CREATE UNIQUE INDEX item_confirmation_in_force ON item_confirmation (referential, item, valid_from) WHERE replaced_at IS NULL;
CREATE INDEX item_confirmation_replaced ON item_confirmation (referential) WHERE replaced_at IS NOT NULL;

-- What a school may prepare to and examine, by title and site.
CREATE TABLE accreditation (
    id {id},
    tenant {int} NOT NULL,
    organisation {int} NOT NULL REFERENCES organisation (id),
    valid_from {date} NOT NULL,
    valid_to {date},
    recorded_at {instant} NOT NULL,
    replaced_at {instant},
    source {text} NOT NULL,
    import {int},
    line {int},
    author {int},
    corrects {int},
    kind {text} NOT NULL,
    title {text} NOT NULL,
    site {int},
    number {text} NOT NULL
) {strict};
CREATE UNIQUE INDEX accreditation_in_force ON accreditation (organisation, kind, title, site, valid_from) WHERE replaced_at IS NULL;
CREATE INDEX accreditation_replaced ON accreditation (organisation) WHERE replaced_at IS NOT NULL;

-- Cohorts.
CREATE TABLE cohort (
    id {id},
    tenant {int} NOT NULL REFERENCES tenant (id),
    organisation {int} NOT NULL REFERENCES organisation (id),
    code {text} NOT NULL
) {strict};
CREATE UNIQUE INDEX cohort_code ON cohort (tenant, organisation, code);

-- What a cohort is.
CREATE TABLE cohort_profile (
    id {id},
    tenant {int} NOT NULL,
    cohort {int} NOT NULL REFERENCES cohort (id),
    valid_from {date} NOT NULL,
    valid_to {date},
    recorded_at {instant} NOT NULL,
    replaced_at {instant},
    source {text} NOT NULL,
    import {int},
    line {int},
    author {int},
    corrects {int},
    name {text} NOT NULL,
    referential {int} NOT NULL REFERENCES referential (id),
    site {int} NOT NULL,
    seats {int} NOT NULL,
    half_day_hours {int} NOT NULL
) {strict};
CREATE UNIQUE INDEX cohort_profile_in_force ON cohort_profile (cohort, valid_from) WHERE replaced_at IS NULL;
CREATE INDEX cohort_profile_replaced ON cohort_profile (cohort) WHERE replaced_at IS NOT NULL;

-- The modules of its programme.
CREATE TABLE cohort_module (
    id {id},
    tenant {int} NOT NULL,
    cohort {int} NOT NULL REFERENCES cohort (id),
    valid_from {date} NOT NULL,
    valid_to {date},
    recorded_at {instant} NOT NULL,
    replaced_at {instant},
    source {text} NOT NULL,
    import {int},
    line {int},
    author {int},
    corrects {int},
    code {text} NOT NULL,
    name {text} NOT NULL,
    half_days {int} NOT NULL,
    competences {json} NOT NULL,
    publics {json} NOT NULL,
    after {json} NOT NULL,
    exam_on {date},
    most_per_day {int} NOT NULL,
    most_per_week {int} NOT NULL
) {strict};
CREATE UNIQUE INDEX cohort_module_in_force ON cohort_module (cohort, code, valid_from) WHERE replaced_at IS NULL;
CREATE INDEX cohort_module_replaced ON cohort_module (cohort) WHERE replaced_at IS NOT NULL;

-- What it does over whole weeks: class, field, holidays, examination.
CREATE TABLE cohort_weeks (
    id {id},
    tenant {int} NOT NULL,
    cohort {int} NOT NULL REFERENCES cohort (id),
    valid_from {date} NOT NULL,
    valid_to {date},
    recorded_at {instant} NOT NULL,
    replaced_at {instant},
    source {text} NOT NULL,
    import {int},
    line {int},
    author {int},
    corrects {int},
    kind {text} NOT NULL
) {strict};
CREATE UNIQUE INDEX cohort_weeks_in_force ON cohort_weeks (cohort, valid_from) WHERE replaced_at IS NULL;
CREATE INDEX cohort_weeks_replaced ON cohort_weeks (cohort) WHERE replaced_at IS NOT NULL;

-- Days on which a school is closed.
CREATE TABLE school_closure (
    id {id},
    tenant {int} NOT NULL,
    organisation {int} NOT NULL REFERENCES organisation (id),
    valid_from {date} NOT NULL,
    valid_to {date},
    recorded_at {instant} NOT NULL,
    replaced_at {instant},
    source {text} NOT NULL,
    import {int},
    line {int},
    author {int},
    corrects {int},
    label {text} NOT NULL
) {strict};
CREATE UNIQUE INDEX school_closure_in_force ON school_closure (organisation, valid_from) WHERE replaced_at IS NULL;
CREATE INDEX school_closure_replaced ON school_closure (organisation) WHERE replaced_at IS NOT NULL;

-- Trainers.
CREATE TABLE trainer (
    id {id},
    tenant {int} NOT NULL REFERENCES tenant (id),
    organisation {int} NOT NULL REFERENCES organisation (id)
) {strict};
CREATE INDEX trainer_organisation ON trainer (tenant, organisation);

-- Who they are, what they teach, when they are free.
CREATE TABLE trainer_profile (
    id {id},
    tenant {int} NOT NULL,
    trainer {int} NOT NULL REFERENCES trainer (id),
    valid_from {date} NOT NULL,
    valid_to {date},
    recorded_at {instant} NOT NULL,
    replaced_at {instant},
    source {text} NOT NULL,
    import {int},
    line {int},
    author {int},
    corrects {int},
    name {text} NOT NULL,
    account {int},
    modules {json} NOT NULL,
    free {int} NOT NULL
) {strict};
CREATE UNIQUE INDEX trainer_profile_in_force ON trainer_profile (trainer, valid_from) WHERE replaced_at IS NULL;
CREATE INDEX trainer_profile_replaced ON trainer_profile (trainer) WHERE replaced_at IS NOT NULL;

-- Days on which a trainer cannot teach; never why.
CREATE TABLE trainer_absence (
    id {id},
    tenant {int} NOT NULL,
    trainer {int} NOT NULL REFERENCES trainer (id),
    valid_from {date} NOT NULL,
    valid_to {date},
    recorded_at {instant} NOT NULL,
    replaced_at {instant},
    source {text} NOT NULL,
    import {int},
    line {int},
    author {int},
    corrects {int},
    comment {text} NOT NULL
) {strict};
CREATE UNIQUE INDEX trainer_absence_in_force ON trainer_absence (trainer, valid_from) WHERE replaced_at IS NULL;
CREATE INDEX trainer_absence_replaced ON trainer_absence (trainer) WHERE replaced_at IS NOT NULL;

-- Rooms.
CREATE TABLE room (
    id {id},
    tenant {int} NOT NULL REFERENCES tenant (id),
    organisation {int} NOT NULL REFERENCES organisation (id)
) {strict};
CREATE INDEX room_organisation ON room (tenant, organisation);

-- What a room is.
CREATE TABLE room_profile (
    id {id},
    tenant {int} NOT NULL,
    room {int} NOT NULL REFERENCES room (id),
    valid_from {date} NOT NULL,
    valid_to {date},
    recorded_at {instant} NOT NULL,
    replaced_at {instant},
    source {text} NOT NULL,
    import {int},
    line {int},
    author {int},
    corrects {int},
    name {text} NOT NULL,
    site {int} NOT NULL,
    seats {int} NOT NULL
) {strict};
CREATE UNIQUE INDEX room_profile_in_force ON room_profile (room, valid_from) WHERE replaced_at IS NULL;
CREATE INDEX room_profile_replaced ON room_profile (room) WHERE replaced_at IS NOT NULL;

-- Days on which a room cannot be used.
CREATE TABLE room_closure (
    id {id},
    tenant {int} NOT NULL,
    room {int} NOT NULL REFERENCES room (id),
    valid_from {date} NOT NULL,
    valid_to {date},
    recorded_at {instant} NOT NULL,
    replaced_at {instant},
    source {text} NOT NULL,
    import {int},
    line {int},
    author {int},
    corrects {int},
    label {text} NOT NULL
) {strict};
CREATE UNIQUE INDEX room_closure_in_force ON room_closure (room, valid_from) WHERE replaced_at IS NULL;
CREATE INDEX room_closure_replaced ON room_closure (room) WHERE replaced_at IS NOT NULL;

-- Half-days of class. Moved, a session keeps its number.
CREATE TABLE class_session (
    id {id},
    tenant {int} NOT NULL,
    cohort {int} NOT NULL REFERENCES cohort (id),
    valid_from {date} NOT NULL,
    valid_to {date},
    recorded_at {instant} NOT NULL,
    replaced_at {instant},
    source {text} NOT NULL,
    import {int},
    line {int},
    author {int},
    corrects {int},
    number {int} NOT NULL,
    half {text} NOT NULL,
    module {text} NOT NULL,
    trainer {int},
    room {int},
    state {text} NOT NULL,
    reason {text} NOT NULL
) {strict};
CREATE UNIQUE INDEX class_session_in_force ON class_session (cohort, number, valid_from) WHERE replaced_at IS NULL;
CREATE INDEX class_session_replaced ON class_session (cohort) WHERE replaced_at IS NOT NULL;
CREATE INDEX class_session_day ON class_session (tenant, valid_from) WHERE replaced_at IS NULL;

-- Candidates and people in training.
CREATE TABLE learner (
    id {id},
    tenant {int} NOT NULL REFERENCES tenant (id),
    organisation {int} NOT NULL REFERENCES organisation (id),
    reference {text} NOT NULL
) {strict};
CREATE INDEX learner_organisation ON learner (tenant, organisation);
CREATE UNIQUE INDEX learner_reference ON learner (tenant, organisation, reference) WHERE reference <> '';

-- Who they are.
CREATE TABLE learner_identity (
    id {id},
    tenant {int} NOT NULL,
    learner {int} NOT NULL REFERENCES learner (id),
    valid_from {date} NOT NULL,
    valid_to {date},
    recorded_at {instant} NOT NULL,
    replaced_at {instant},
    source {text} NOT NULL,
    import {int},
    line {int},
    author {int},
    corrects {int},
    last_name {text} NOT NULL,
    first_name {text} NOT NULL,
    birth_date {date} NOT NULL,
    email {text},
    phone {text},
    disabled {bool},
    account {int}
) {strict};
CREATE UNIQUE INDEX learner_identity_in_force ON learner_identity (learner, valid_from) WHERE replaced_at IS NULL;
CREATE INDEX learner_identity_replaced ON learner_identity (learner) WHERE replaced_at IS NOT NULL;
CREATE INDEX learner_identity_account ON learner_identity (tenant, account) WHERE replaced_at IS NULL AND account IS NOT NULL;

-- What they ask.
CREATE TABLE application (
    id {id},
    tenant {int} NOT NULL,
    learner {int} NOT NULL REFERENCES learner (id),
    valid_from {date} NOT NULL,
    valid_to {date},
    recorded_at {instant} NOT NULL,
    replaced_at {instant},
    source {text} NOT NULL,
    import {int},
    line {int},
    author {int},
    corrects {int},
    cohort {int} NOT NULL REFERENCES cohort (id),
    diploma_level {int},
    experience_months {int},
    jobseeker {bool},
    minimum_income {bool},
    motivation {text} NOT NULL
) {strict};
CREATE UNIQUE INDEX application_in_force ON application (learner, cohort, valid_from) WHERE replaced_at IS NULL;
CREATE INDEX application_replaced ON application (learner) WHERE replaced_at IS NOT NULL;
CREATE INDEX application_cohort ON application (tenant, cohort) WHERE replaced_at IS NULL;

-- Positioning, interview, decision, with reasons.
CREATE TABLE admission_step (
    id {id},
    tenant {int} NOT NULL,
    learner {int} NOT NULL REFERENCES learner (id),
    valid_from {date} NOT NULL,
    valid_to {date},
    recorded_at {instant} NOT NULL,
    replaced_at {instant},
    source {text} NOT NULL,
    import {int},
    line {int},
    author {int},
    corrects {int},
    cohort {int} NOT NULL REFERENCES cohort (id),
    step {text} NOT NULL,
    outcome {text} NOT NULL,
    reasons {text} NOT NULL,
    adjustment {text} NOT NULL
) {strict};
CREATE UNIQUE INDEX admission_step_in_force ON admission_step (learner, cohort, step, valid_from) WHERE replaced_at IS NULL;
CREATE INDEX admission_step_replaced ON admission_step (learner) WHERE replaced_at IS NOT NULL;

-- People who guide learners for an employer.
CREATE TABLE tutor (
    id {id},
    tenant {int} NOT NULL REFERENCES tenant (id),
    organisation {int} NOT NULL REFERENCES organisation (id)
) {strict};
CREATE INDEX tutor_organisation ON tutor (tenant, organisation);

-- What is known of them.
CREATE TABLE tutor_profile (
    id {id},
    tenant {int} NOT NULL,
    tutor {int} NOT NULL REFERENCES tutor (id),
    valid_from {date} NOT NULL,
    valid_to {date},
    recorded_at {instant} NOT NULL,
    replaced_at {instant},
    source {text} NOT NULL,
    import {int},
    line {int},
    author {int},
    corrects {int},
    name {text} NOT NULL,
    account {int},
    structure {int},
    is_employer {bool} NOT NULL,
    employee {bool},
    volunteer {bool},
    adult {bool},
    same_field_diploma {bool},
    practice_months {int},
    branch_agreement {bool} NOT NULL
) {strict};
CREATE UNIQUE INDEX tutor_profile_in_force ON tutor_profile (tutor, valid_from) WHERE replaced_at IS NULL;
CREATE INDEX tutor_profile_replaced ON tutor_profile (tutor) WHERE replaced_at IS NOT NULL;

-- Places offered to a school by a host.
CREATE TABLE place (
    id {id},
    tenant {int} NOT NULL REFERENCES tenant (id),
    organisation {int} NOT NULL REFERENCES organisation (id),
    host {int} NOT NULL REFERENCES organisation (id)
) {strict};
CREATE INDEX place_organisation ON place (tenant, organisation);
CREATE INDEX place_host ON place (tenant, host);

-- What is offered.
CREATE TABLE place_profile (
    id {id},
    tenant {int} NOT NULL,
    place {int} NOT NULL REFERENCES place (id),
    valid_from {date} NOT NULL,
    valid_to {date},
    recorded_at {instant} NOT NULL,
    replaced_at {instant},
    source {text} NOT NULL,
    import {int},
    line {int},
    author {int},
    corrects {int},
    cohort {int} NOT NULL REFERENCES cohort (id),
    structure {int} NOT NULL,
    post {int},
    tutor {int},
    seats {int} NOT NULL,
    starts_on {date} NOT NULL,
    description {text} NOT NULL
) {strict};
CREATE UNIQUE INDEX place_profile_in_force ON place_profile (place, valid_from) WHERE replaced_at IS NULL;
CREATE INDEX place_profile_replaced ON place_profile (place) WHERE replaced_at IS NOT NULL;
CREATE INDEX place_profile_cohort ON place_profile (tenant, cohort) WHERE replaced_at IS NULL;

-- Places in the order a candidate prefers them.
CREATE TABLE learner_ranking (
    id {id},
    tenant {int} NOT NULL,
    learner {int} NOT NULL REFERENCES learner (id),
    valid_from {date} NOT NULL,
    valid_to {date},
    recorded_at {instant} NOT NULL,
    replaced_at {instant},
    source {text} NOT NULL,
    import {int},
    line {int},
    author {int},
    corrects {int},
    cohort {int} NOT NULL,
    tiers {json} NOT NULL
) {strict};
CREATE UNIQUE INDEX learner_ranking_in_force ON learner_ranking (learner, cohort, valid_from) WHERE replaced_at IS NULL;
CREATE INDEX learner_ranking_replaced ON learner_ranking (learner) WHERE replaced_at IS NOT NULL;

-- Candidates in the order a host prefers them.
CREATE TABLE place_ranking (
    id {id},
    tenant {int} NOT NULL,
    place {int} NOT NULL REFERENCES place (id),
    valid_from {date} NOT NULL,
    valid_to {date},
    recorded_at {instant} NOT NULL,
    replaced_at {instant},
    source {text} NOT NULL,
    import {int},
    line {int},
    author {int},
    corrects {int},
    tiers {json} NOT NULL
) {strict};
CREATE UNIQUE INDEX place_ranking_in_force ON place_ranking (place, valid_from) WHERE replaced_at IS NULL;
CREATE INDEX place_ranking_replaced ON place_ranking (place) WHERE replaced_at IS NOT NULL;

-- Who was placed where, by whom, and what had been proposed.
CREATE TABLE placement (
    id {id},
    tenant {int} NOT NULL,
    learner {int} NOT NULL REFERENCES learner (id),
    valid_from {date} NOT NULL,
    valid_to {date},
    recorded_at {instant} NOT NULL,
    replaced_at {instant},
    source {text} NOT NULL,
    import {int},
    line {int},
    author {int},
    corrects {int},
    cohort {int} NOT NULL,
    place {int} NOT NULL REFERENCES place (id),
    proposed {int},
    explanation {text} NOT NULL,
    reason {text} NOT NULL
) {strict};
CREATE UNIQUE INDEX placement_in_force ON placement (learner, cohort, valid_from) WHERE replaced_at IS NULL;
CREATE INDEX placement_replaced ON placement (learner) WHERE replaced_at IS NOT NULL;

-- Who is in which cohort, under which regime.
CREATE TABLE enrolment (
    id {id},
    tenant {int} NOT NULL,
    learner {int} NOT NULL REFERENCES learner (id),
    valid_from {date} NOT NULL,
    valid_to {date},
    recorded_at {instant} NOT NULL,
    replaced_at {instant},
    source {text} NOT NULL,
    import {int},
    line {int},
    author {int},
    corrects {int},
    cohort {int} NOT NULL REFERENCES cohort (id),
    regime {text} NOT NULL,
    awaiting_contract {bool} NOT NULL
) {strict};
CREATE UNIQUE INDEX enrolment_in_force ON enrolment (learner, cohort, valid_from) WHERE replaced_at IS NULL;
CREATE INDEX enrolment_replaced ON enrolment (learner) WHERE replaced_at IS NOT NULL;
CREATE INDEX enrolment_cohort ON enrolment (tenant, cohort) WHERE replaced_at IS NULL;

-- Contracts of alternance.
CREATE TABLE contract (
    id {id},
    tenant {int} NOT NULL REFERENCES tenant (id),
    organisation {int} NOT NULL REFERENCES organisation (id),
    learner {int} NOT NULL REFERENCES learner (id),
    cohort {int} NOT NULL REFERENCES cohort (id)
) {strict};
CREATE INDEX contract_learner ON contract (tenant, learner);
CREATE INDEX contract_cohort ON contract (tenant, cohort);

-- What a contract says; an amendment says something else from a day on. Amounts are hundredths of a euro.
CREATE TABLE contract_terms (
    id {id},
    tenant {int} NOT NULL,
    contract {int} NOT NULL REFERENCES contract (id),
    valid_from {date} NOT NULL,
    valid_to {date},
    recorded_at {instant} NOT NULL,
    replaced_at {instant},
    source {text} NOT NULL,
    import {int},
    line {int},
    author {int},
    corrects {int},
    regime {text} NOT NULL,
    employer {int} NOT NULL,
    structure {int} NOT NULL,
    tutor {int},
    first_day {date} NOT NULL,
    last_day {date} NOT NULL,
    monthly_pay {int},
    annual_price {int},
    training_hours {int} NOT NULL,
    contract_hours {int} NOT NULL,
    adapted_duration {bool} NOT NULL,
    opposed {bool}
) {strict};
CREATE UNIQUE INDEX contract_terms_in_force ON contract_terms (contract, valid_from) WHERE replaced_at IS NULL;
CREATE INDEX contract_terms_replaced ON contract_terms (contract) WHERE replaced_at IS NOT NULL;
CREATE INDEX contract_terms_tutor ON contract_terms (tenant, tutor) WHERE replaced_at IS NULL;

-- What happens to it.
CREATE TABLE contract_event (
    id {id},
    tenant {int} NOT NULL,
    contract {int} NOT NULL REFERENCES contract (id),
    valid_from {date} NOT NULL,
    valid_to {date},
    recorded_at {instant} NOT NULL,
    replaced_at {instant},
    source {text} NOT NULL,
    import {int},
    line {int},
    author {int},
    corrects {int},
    kind {text} NOT NULL,
    by_whom {text} NOT NULL,
    comment {text} NOT NULL
) {strict};
CREATE UNIQUE INDEX contract_event_in_force ON contract_event (contract, kind, valid_from) WHERE replaced_at IS NULL;
CREATE INDEX contract_event_replaced ON contract_event (contract) WHERE replaced_at IS NOT NULL;

-- Stays with other employers under the same contract.
CREATE TABLE host_stay (
    id {id},
    tenant {int} NOT NULL,
    contract {int} NOT NULL REFERENCES contract (id),
    valid_from {date} NOT NULL,
    valid_to {date},
    recorded_at {instant} NOT NULL,
    replaced_at {instant},
    source {text} NOT NULL,
    import {int},
    line {int},
    author {int},
    corrects {int},
    structure {int} NOT NULL,
    host {int} NOT NULL,
    tutor {int},
    convention_on {date}
) {strict};
CREATE UNIQUE INDEX host_stay_in_force ON host_stay (contract, structure, valid_from) WHERE replaced_at IS NULL;
CREATE INDEX host_stay_replaced ON host_stay (contract) WHERE replaced_at IS NOT NULL;

-- What was invoiced to the OPCO.
CREATE TABLE contract_invoice (
    id {id},
    tenant {int} NOT NULL,
    contract {int} NOT NULL REFERENCES contract (id),
    valid_from {date} NOT NULL,
    valid_to {date},
    recorded_at {instant} NOT NULL,
    replaced_at {instant},
    source {text} NOT NULL,
    import {int},
    line {int},
    author {int},
    corrects {int},
    number {int} NOT NULL,
    kind {text} NOT NULL,
    reference {text} NOT NULL,
    amount {int} NOT NULL
) {strict};
CREATE UNIQUE INDEX contract_invoice_in_force ON contract_invoice (contract, number, valid_from) WHERE replaced_at IS NULL;
CREATE INDEX contract_invoice_replaced ON contract_invoice (contract) WHERE replaced_at IS NOT NULL;

-- Secret addresses of calendars; only the digest of their token is kept.
CREATE TABLE calendar_feed (
    id {id},
    tenant {int} NOT NULL REFERENCES tenant (id),
    learner {int} NOT NULL REFERENCES learner (id),
    token_digest {bytes} NOT NULL UNIQUE,
    created_at {instant} NOT NULL,
    created_by {int},
    revoked_at {instant}
) {strict};
CREATE INDEX calendar_feed_learner ON calendar_feed (tenant, learner);

-- What the field told of its publics, above the threshold of statistical secrecy.
CREATE TABLE public_share (
    id {id},
    tenant {int} NOT NULL,
    structure {int} NOT NULL REFERENCES structure (id),
    valid_from {date} NOT NULL,
    valid_to {date},
    recorded_at {instant} NOT NULL,
    replaced_at {instant},
    source {text} NOT NULL,
    import {int},
    line {int},
    author {int},
    corrects {int},
    public {text} NOT NULL,
    people {int} NOT NULL,
    total {int} NOT NULL
) {strict};
CREATE UNIQUE INDEX public_share_in_force ON public_share (structure, public, valid_from) WHERE replaced_at IS NULL;
CREATE INDEX public_share_replaced ON public_share (structure) WHERE replaced_at IS NOT NULL;

-- Timetables: when half-days begin and end, in minutes after midnight.
CREATE TABLE school_hours (
    id {id},
    tenant {int} NOT NULL,
    organisation {int} NOT NULL REFERENCES organisation (id),
    valid_from {date} NOT NULL,
    valid_to {date},
    recorded_at {instant} NOT NULL,
    replaced_at {instant},
    source {text} NOT NULL,
    import {int},
    line {int},
    author {int},
    corrects {int},
    morning_from {int} NOT NULL,
    morning_to {int} NOT NULL,
    afternoon_from {int} NOT NULL,
    afternoon_to {int} NOT NULL
) {strict};
CREATE UNIQUE INDEX school_hours_in_force ON school_hours (organisation, valid_from) WHERE replaced_at IS NULL;
CREATE INDEX school_hours_replaced ON school_hours (organisation) WHERE replaced_at IS NOT NULL;

-- Who was there at a half-day of class, on its day.
CREATE TABLE session_attendance (
    id {id},
    tenant {int} NOT NULL,
    learner {int} NOT NULL REFERENCES learner (id),
    valid_from {date} NOT NULL,
    valid_to {date},
    recorded_at {instant} NOT NULL,
    replaced_at {instant},
    source {text} NOT NULL,
    import {int},
    line {int},
    author {int},
    corrects {int},
    session {int} NOT NULL,
    presence {text} NOT NULL
) {strict};
CREATE UNIQUE INDEX session_attendance_in_force ON session_attendance (learner, session, valid_from) WHERE replaced_at IS NULL;
CREATE INDEX session_attendance_replaced ON session_attendance (learner) WHERE replaced_at IS NOT NULL;
