-- From entitlement to a counsellor: what was proposed, decided and begun, who is in charge, and what came of meetings.

-- What the rules proposed, with the facts they had, so that it can be explained years later.
CREATE TABLE orientation_proposal (
    id {id},
    tenant {int} NOT NULL,
    person {int} NOT NULL REFERENCES person (id),
    valid_from {date} NOT NULL,
    valid_to {date},
    recorded_at {instant} NOT NULL,
    replaced_at {instant},
    source {text} NOT NULL,
    import {int},
    line {int},
    author {int},
    corrects {int},
    rule_set {text} NOT NULL,
    rule_set_version {text} NOT NULL,
    rule {text} NOT NULL,
    -- `proposed`, `conditional` or `interview`.
    kind {text} NOT NULL,
    path {text} NOT NULL,
    structure_kind {text} NOT NULL,
    structure {int},
    facts {json} NOT NULL
) {strict};
CREATE UNIQUE INDEX orientation_proposal_in_force ON orientation_proposal (person, valid_from) WHERE replaced_at IS NULL;
CREATE INDEX orientation_proposal_replaced ON orientation_proposal (person) WHERE replaced_at IS NOT NULL;

-- What somebody decided, on a day; the structure is named, the reason too where it differs from the proposal.
CREATE TABLE orientation_decision (
    id {id},
    tenant {int} NOT NULL,
    person {int} NOT NULL REFERENCES person (id),
    valid_from {date} NOT NULL,
    valid_to {date},
    recorded_at {instant} NOT NULL,
    replaced_at {instant},
    source {text} NOT NULL,
    import {int},
    line {int},
    author {int},
    corrects {int},
    path {text} NOT NULL,
    structure_kind {text} NOT NULL,
    structure {int} NOT NULL,
    with_interview {bool} NOT NULL,
    origin {text} NOT NULL,
    proposal {int},
    reason {text} NOT NULL,
    batch {int}
) {strict};
CREATE UNIQUE INDEX orientation_decision_in_force ON orientation_decision (person, valid_from) WHERE replaced_at IS NULL;
CREATE INDEX orientation_decision_replaced ON orientation_decision (person) WHERE replaced_at IS NOT NULL;
CREATE INDEX orientation_decision_recorded ON orientation_decision (tenant, recorded_at);

-- The orientation in force: the day from which the structure is in charge.
CREATE TABLE orientation (
    id {id},
    tenant {int} NOT NULL,
    person {int} NOT NULL REFERENCES person (id),
    valid_from {date} NOT NULL,
    valid_to {date},
    recorded_at {instant} NOT NULL,
    replaced_at {instant},
    source {text} NOT NULL,
    import {int},
    line {int},
    author {int},
    corrects {int},
    path {text} NOT NULL,
    structure {int} NOT NULL,
    with_interview {bool} NOT NULL,
    decision {int}
) {strict};
CREATE UNIQUE INDEX orientation_in_force ON orientation (person, valid_from) WHERE replaced_at IS NULL;
CREATE INDEX orientation_replaced ON orientation (person) WHERE replaced_at IS NOT NULL;

-- The lead counsellor (référent unique).
CREATE TABLE designation (
    id {id},
    tenant {int} NOT NULL,
    person {int} NOT NULL REFERENCES person (id),
    valid_from {date} NOT NULL,
    valid_to {date},
    recorded_at {instant} NOT NULL,
    replaced_at {instant},
    source {text} NOT NULL,
    import {int},
    line {int},
    author {int},
    corrects {int},
    counsellor {int} NOT NULL REFERENCES account (id),
    structure {int} NOT NULL,
    reason {text} NOT NULL
) {strict};
CREATE UNIQUE INDEX designation_in_force ON designation (person, valid_from) WHERE replaced_at IS NULL;
CREATE INDEX designation_replaced ON designation (person) WHERE replaced_at IS NOT NULL;
CREATE INDEX designation_counsellor ON designation (tenant, counsellor) WHERE replaced_at IS NULL;

-- A meeting and what came of it, on its day.
CREATE TABLE appointment (
    id {id},
    tenant {int} NOT NULL,
    person {int} NOT NULL REFERENCES person (id),
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
    -- Minutes after midnight, in Paris.
    starts_at {int} NOT NULL,
    minutes {int} NOT NULL,
    kind {text} NOT NULL,
    purpose {text} NOT NULL,
    place {text} NOT NULL,
    counsellor {int} NOT NULL REFERENCES account (id),
    structure {int} NOT NULL,
    status {text} NOT NULL
) {strict};
CREATE UNIQUE INDEX appointment_in_force ON appointment (person, number, valid_from) WHERE replaced_at IS NULL;
CREATE INDEX appointment_replaced ON appointment (person) WHERE replaced_at IS NOT NULL;
CREATE INDEX appointment_agenda ON appointment (tenant, counsellor, valid_from) WHERE replaced_at IS NULL;

-- What a professional notes of a person. `social` stays inside the social service.
CREATE TABLE note (
    id {id},
    tenant {int} NOT NULL,
    person {int} NOT NULL REFERENCES person (id),
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
    secrecy {text} NOT NULL,
    text {text} NOT NULL
) {strict};
CREATE UNIQUE INDEX note_in_force ON note (person, number, valid_from) WHERE replaced_at IS NULL;
CREATE INDEX note_replaced ON note (person) WHERE replaced_at IS NOT NULL;

-- What is to be done next, by whom and by when.
CREATE TABLE next_step (
    id {id},
    tenant {int} NOT NULL,
    person {int} NOT NULL REFERENCES person (id),
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
    text {text} NOT NULL,
    by_whom {text} NOT NULL,
    due_on {date},
    done_on {date}
) {strict};
CREATE UNIQUE INDEX next_step_in_force ON next_step (person, number, valid_from) WHERE replaced_at IS NULL;
CREATE INDEX next_step_replaced ON next_step (person) WHERE replaced_at IS NOT NULL;

-- A social worker who stays in charge asks a counsellor of the district for support.
CREATE TABLE support_request (
    id {id},
    tenant {int} NOT NULL,
    person {int} NOT NULL REFERENCES person (id),
    valid_from {date} NOT NULL,
    valid_to {date},
    recorded_at {instant} NOT NULL,
    replaced_at {instant},
    source {text} NOT NULL,
    import {int},
    line {int},
    author {int},
    corrects {int},
    state {text} NOT NULL,
    district {int} NOT NULL,
    asked_by {int} NOT NULL REFERENCES account (id),
    counsellor {int} REFERENCES account (id),
    reason {text} NOT NULL
) {strict};
CREATE UNIQUE INDEX support_request_in_force ON support_request (person, valid_from) WHERE replaced_at IS NULL;
CREATE INDEX support_request_replaced ON support_request (person) WHERE replaced_at IS NOT NULL;
CREATE INDEX support_request_district ON support_request (tenant, district, state) WHERE replaced_at IS NULL AND valid_to IS NULL;
CREATE INDEX support_request_asked ON support_request (tenant, asked_by) WHERE replaced_at IS NULL AND valid_to IS NULL;

-- Days on which somebody does not accompany people.
CREATE TABLE absence (
    id {id},
    tenant {int} NOT NULL,
    account {int} NOT NULL REFERENCES account (id),
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
    comment {text} NOT NULL
) {strict};
CREATE UNIQUE INDEX absence_in_force ON absence (account, valid_from) WHERE replaced_at IS NULL;
CREATE INDEX absence_replaced ON absence (account) WHERE replaced_at IS NOT NULL;

-- Share of a full-time post that somebody gives to accompaniment, in hundredths.
CREATE TABLE working_time (
    id {id},
    tenant {int} NOT NULL,
    account {int} NOT NULL REFERENCES account (id),
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
    hundredths {int} NOT NULL
) {strict};
CREATE UNIQUE INDEX working_time_in_force ON working_time (account, structure, valid_from) WHERE replaced_at IS NULL;
CREATE INDEX working_time_replaced ON working_time (account) WHERE replaced_at IS NOT NULL;

-- A list decided at once: each line is decided or not, never half.
CREATE TABLE batch (
    id {id},
    tenant {int} NOT NULL REFERENCES tenant (id),
    kind {text} NOT NULL,
    asked_by {int} NOT NULL REFERENCES account (id),
    mandate {int} NOT NULL,
    asked_at {instant} NOT NULL,
    -- What is decided for each line.
    order_given {json} NOT NULL,
    lines {int} NOT NULL,
    finished_at {instant},
    undone_at {instant}
) {strict};
CREATE INDEX batch_recent ON batch (tenant, asked_at);

CREATE TABLE batch_line (
    batch {int} NOT NULL REFERENCES batch (id),
    person {int} NOT NULL REFERENCES person (id),
    tenant {int} NOT NULL,
    -- `waiting`, `done`, `refused`, `undone`.
    state {text} NOT NULL,
    -- What the line decides for this person.
    chosen {json} NOT NULL,
    -- Why it was refused, in words.
    told {text} NOT NULL,
    PRIMARY KEY (batch, person)
) {keyed};
CREATE INDEX batch_line_waiting ON batch_line (batch, person) WHERE state = 'waiting';

-- Read model: one line for each adult who is to be oriented or is accompanied. Derived from facts alone.
CREATE TABLE follow_up (
    person {int} PRIMARY KEY,
    tenant {int} NOT NULL,
    sort_name {text} NOT NULL,
    usual_name {text} NOT NULL,
    first_name {text} NOT NULL,
    birth_date {date} NOT NULL,
    commune_code {text} NOT NULL,
    public_number {text} NOT NULL,
    publics {int} NOT NULL,
    right_status {text} NOT NULL,
    obligations {bool},
    -- The département was told that the right is opened; the orientation is due.
    informed_on {date} NOT NULL,
    due_on {date} NOT NULL,
    proposed_path {text},
    proposed_kind {text},
    proposed_structure {int},
    proposal_kind {text},
    decided_on {date},
    path {text},
    structure {int},
    with_interview {bool} NOT NULL,
    started_on {date},
    counsellor {int},
    designated_on {date},
    first_met_on {date},
    last_met_on {date},
    next_meeting_on {date},
    next_meeting_at {int},
    individual_meetings {int} NOT NULL,
    -- `to_orient`, `decided`, `unassigned`, `unmet`, `accompanied`.
    stage {text} NOT NULL,
    -- `new`, `assessment`, `intensive`, `watch`.
    phase {text} NOT NULL,
    -- Why somebody should act, the most pressing first (its rank), and by when.
    need {int} NOT NULL,
    need_on {date} NOT NULL,
    changed_on {date} NOT NULL,
    computed_on {date} NOT NULL,
    review_on {date}
) {strict};
CREATE INDEX follow_up_stage ON follow_up (tenant, stage, need, need_on, person);
CREATE INDEX follow_up_queue ON follow_up (tenant, stage, due_on, person);
CREATE INDEX follow_up_needs ON follow_up (tenant, structure, need, need_on, person);
CREATE INDEX follow_up_structure ON follow_up (tenant, structure, stage, need, need_on, person);
CREATE INDEX follow_up_counsellor ON follow_up (tenant, counsellor, need, need_on, person);
CREATE INDEX follow_up_load ON follow_up (tenant, structure, counsellor, path, phase);
CREATE INDEX follow_up_informed ON follow_up (tenant, informed_on, person);
CREATE INDEX follow_up_changed ON follow_up (tenant, structure, changed_on);
CREATE INDEX follow_up_review ON follow_up (tenant, review_on) WHERE review_on IS NOT NULL;
