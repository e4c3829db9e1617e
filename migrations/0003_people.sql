-- Households and persons as the paying bodies describe them, the files received, and what is derived to search and list.

-- A received beneficiary file. Its identity is its header; `households_done` is where an interrupted import resumes.
CREATE TABLE feed_file (
    id {id},
    tenant {int} NOT NULL REFERENCES tenant (id),
    application {text} NOT NULL,
    application_version {text} NOT NULL,
    kind {text} NOT NULL,
    nature {text} NOT NULL,
    -- `YYYY-MM-DDTHH:MM:SS.mmmm`: sorts as time does.
    created {text} NOT NULL,
    reference_date {date} NOT NULL,
    file_name {text} NOT NULL,
    sha256 {text} NOT NULL,
    announced {int} NOT NULL,
    households {int} NOT NULL,
    households_done {int} NOT NULL,
    author {int},
    started_at {instant} NOT NULL,
    completed_at {instant},
    report {json} NOT NULL
) {strict};
CREATE UNIQUE INDEX feed_file_header ON feed_file (tenant, application, kind, nature, created);

-- What an import had to say about single households.
CREATE TABLE feed_issue (
    file {int} NOT NULL REFERENCES feed_file (id),
    number {int} NOT NULL,
    tenant {int} NOT NULL REFERENCES tenant (id),
    severity {text} NOT NULL,
    line {int} NOT NULL,
    claim_number {text} NOT NULL,
    code {text} NOT NULL,
    message {text} NOT NULL,
    PRIMARY KEY (file, number)
) {strict};

CREATE TABLE household (
    id {id},
    tenant {int} NOT NULL REFERENCES tenant (id),
    claim_number {text} NOT NULL
) {strict};
CREATE UNIQUE INDEX household_claim ON household (tenant, claim_number);

-- A person as one household's file describes them; the same human being in two households is two of these,
-- linked by somebody's decision (match_decision).
CREATE TABLE person (
    id {id},
    tenant {int} NOT NULL REFERENCES tenant (id),
    household {int} NOT NULL REFERENCES household (id)
) {strict};
CREATE INDEX person_household ON person (household);

-- Which households each file spoke of.
CREATE TABLE sighting (
    household {int} NOT NULL REFERENCES household (id),
    file {int} NOT NULL REFERENCES feed_file (id),
    tenant {int} NOT NULL,
    line {int} NOT NULL,
    content_hash {int} NOT NULL,
    PRIMARY KEY (household, file)
) {keyed};
CREATE INDEX sighting_file ON sighting (file, household);

CREATE TABLE claim (
    id {id},
    tenant {int} NOT NULL,
    household {int} NOT NULL REFERENCES household (id),
    valid_from {date} NOT NULL,
    valid_to {date},
    recorded_at {instant} NOT NULL,
    replaced_at {instant},
    source {text} NOT NULL,
    import {int},
    line {int},
    author {int},
    corrects {int},
    paying_body {text} NOT NULL,
    file_number {text} NOT NULL,
    claimed_on {date} NOT NULL,
    origin {text} NOT NULL,
    origin_date {date},
    incoming_transfer {json},
    outgoing_transfer {json}
) {strict};
CREATE UNIQUE INDEX claim_in_force ON claim (household, valid_from) WHERE replaced_at IS NULL;
CREATE INDEX claim_replaced ON claim (household) WHERE replaced_at IS NOT NULL;

CREATE TABLE right_state (
    id {id},
    tenant {int} NOT NULL,
    household {int} NOT NULL REFERENCES household (id),
    valid_from {date} NOT NULL,
    valid_to {date},
    recorded_at {instant} NOT NULL,
    replaced_at {instant},
    source {text} NOT NULL,
    import {int},
    line {int},
    author {int},
    corrects {int},
    status {text} NOT NULL,
    household_obligations {bool},
    suspensions {json} NOT NULL,
    closure {json},
    refusal {json},
    natures {json} NOT NULL
) {strict};
CREATE UNIQUE INDEX right_state_in_force ON right_state (household, valid_from) WHERE replaced_at IS NULL;
CREATE INDEX right_state_replaced ON right_state (household) WHERE replaced_at IS NOT NULL;

CREATE TABLE family (
    id {id},
    tenant {int} NOT NULL,
    household {int} NOT NULL REFERENCES household (id),
    valid_from {date} NOT NULL,
    valid_to {date},
    recorded_at {instant} NOT NULL,
    replaced_at {instant},
    source {text} NOT NULL,
    import {int},
    line {int},
    author {int},
    corrects {int},
    situation {text} NOT NULL,
    situation_since {date} NOT NULL,
    dependants {int},
    without_fixed_home {bool} NOT NULL
) {strict};
CREATE UNIQUE INDEX family_in_force ON family (household, valid_from) WHERE replaced_at IS NULL;
CREATE INDEX family_replaced ON family (household) WHERE replaced_at IS NOT NULL;

CREATE TABLE address (
    id {id},
    tenant {int} NOT NULL,
    household {int} NOT NULL REFERENCES household (id),
    valid_from {date} NOT NULL,
    valid_to {date},
    recorded_at {instant} NOT NULL,
    replaced_at {instant},
    source {text} NOT NULL,
    import {int},
    line {int},
    author {int},
    corrects {int},
    country {text} NOT NULL,
    kind {text} NOT NULL,
    postal_check {text} NOT NULL,
    moved_in {date},
    addressee_complement {text} NOT NULL,
    place_complement {text} NOT NULL,
    street {text} NOT NULL,
    locality {text} NOT NULL,
    postcode {text} NOT NULL,
    commune_code {text} NOT NULL,
    commune_name {text} NOT NULL
) {strict};
CREATE UNIQUE INDEX address_in_force ON address (household, valid_from) WHERE replaced_at IS NULL;
CREATE INDEX address_replaced ON address (household) WHERE replaced_at IS NOT NULL;

CREATE TABLE identity (
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
    title {text} NOT NULL,
    usual_name {text} NOT NULL,
    birth_name {text} NOT NULL,
    first_name {text} NOT NULL,
    other_first_names {text} NOT NULL,
    birth_place {text} NOT NULL,
    birth_date {date} NOT NULL,
    birth_date_precision {text} NOT NULL,
    birth_rank {int},
    sex {text} NOT NULL,
    civil_status_validated {bool},
    france_travail_id {text},
    -- Folded birth name, first name, birth date (its year alone when the rest is invented) and sex.
    match_key {text} NOT NULL
) {strict};
CREATE UNIQUE INDEX identity_in_force ON identity (person, valid_from) WHERE replaced_at IS NULL;
CREATE INDEX identity_replaced ON identity (person) WHERE replaced_at IS NOT NULL;
CREATE INDEX identity_match ON identity (tenant, match_key, person) WHERE replaced_at IS NULL;

-- Encrypted under a key kept outside the database; found by a keyed digest.
CREATE TABLE registration (
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
    blind_index {bytes} NOT NULL,
    locked {bytes} NOT NULL
) {strict};
CREATE UNIQUE INDEX registration_in_force ON registration (person, valid_from) WHERE replaced_at IS NULL;
CREATE INDEX registration_replaced ON registration (person) WHERE replaced_at IS NOT NULL;
CREATE INDEX registration_search ON registration (tenant, blind_index, person) WHERE replaced_at IS NULL;

CREATE TABLE membership (
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
    household {int} NOT NULL REFERENCES household (id),
    role {text} NOT NULL,
    dependant {bool} NOT NULL,
    file_holder {bool} NOT NULL,
    attached_since {date} NOT NULL,
    attached_until {date},
    previous_claim_number {text},
    obligations {bool},
    entering_obligations {bool},
    parents {json} NOT NULL
) {strict};
CREATE UNIQUE INDEX membership_in_force ON membership (person, valid_from) WHERE replaced_at IS NULL;
CREATE INDEX membership_replaced ON membership (person) WHERE replaced_at IS NOT NULL;

CREATE TABLE occupation (
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
    activities {json} NOT NULL
) {strict};
CREATE UNIQUE INDEX occupation_in_force ON occupation (person, valid_from) WHERE replaced_at IS NULL;
CREATE INDEX occupation_replaced ON occupation (person) WHERE replaced_at IS NOT NULL;

CREATE TABLE contact (
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
    phone {text},
    email {text}
) {strict};
CREATE UNIQUE INDEX contact_in_force ON contact (person, valid_from) WHERE replaced_at IS NULL;
CREATE INDEX contact_replaced ON contact (person) WHERE replaced_at IS NOT NULL;
CREATE INDEX contact_phone ON contact (tenant, phone) WHERE replaced_at IS NULL;

-- Two records that may be one human being: proposed by the import, decided by a person.
CREATE TABLE match_doubt (
    id {id},
    tenant {int} NOT NULL REFERENCES tenant (id),
    -- The smaller number first.
    person_a {int} NOT NULL REFERENCES person (id),
    person_b {int} NOT NULL REFERENCES person (id),
    reason {text} NOT NULL,
    file {int} NOT NULL REFERENCES feed_file (id),
    found_at {instant} NOT NULL
) {strict};
CREATE UNIQUE INDEX match_doubt_pair ON match_doubt (tenant, person_a, person_b);
CREATE INDEX match_doubt_b ON match_doubt (person_b);

CREATE TABLE match_decision (
    id {id},
    tenant {int} NOT NULL,
    doubt {int} NOT NULL REFERENCES match_doubt (id),
    valid_from {date} NOT NULL,
    valid_to {date},
    recorded_at {instant} NOT NULL,
    replaced_at {instant},
    source {text} NOT NULL,
    import {int},
    line {int},
    author {int},
    corrects {int},
    verdict {text} NOT NULL
) {strict};
CREATE UNIQUE INDEX match_decision_in_force ON match_decision (doubt, valid_from) WHERE replaced_at IS NULL;
CREATE INDEX match_decision_replaced ON match_decision (doubt) WHERE replaced_at IS NOT NULL;

-- Read models: derived, disposable, proved equal to their rebuild by `jonction check`.

-- One line a person: what lists and searches show.
CREATE TABLE person_card (
    person {int} PRIMARY KEY,
    tenant {int} NOT NULL,
    household {int} NOT NULL,
    -- Another record of the same human being stands for this one.
    merged_into {int},
    -- An adult of the right, still in the household, not merged: belongs in lists.
    listed {bool} NOT NULL,
    sort_name {text} NOT NULL,
    usual_name {text} NOT NULL,
    birth_name {text} NOT NULL,
    first_name {text} NOT NULL,
    sex {text} NOT NULL,
    birth_date {date} NOT NULL,
    birth_date_precision {text} NOT NULL,
    role {text} NOT NULL,
    obligations {bool},
    right_status {text} NOT NULL,
    commune_code {text} NOT NULL,
    claim_number {text} NOT NULL,
    public_number {text} NOT NULL,
    publics {int} NOT NULL,
    publics_unknown {int} NOT NULL,
    -- The day for which the line was computed, and the next on which it may change by itself.
    computed_on {date} NOT NULL,
    review_on {date}
) {strict};
-- The columns after `person` are those that lists filter by: lines that do not answer are passed, and lists
-- counted, within the index.
CREATE INDEX person_card_list ON person_card (tenant, sort_name, person, right_status, obligations, publics, birth_date, listed) WHERE listed;
CREATE INDEX person_card_commune ON person_card (tenant, commune_code, sort_name, person, right_status, obligations, publics, birth_date, listed) WHERE listed;
CREATE INDEX person_card_age ON person_card (tenant, birth_date, person) WHERE listed;
CREATE INDEX person_card_commune_age ON person_card (tenant, commune_code, birth_date, person) WHERE listed;
-- What is searched comes before the tenant: SQLite without statistics would otherwise take one of these, which hold
-- everybody, for lists.
CREATE INDEX person_card_birth ON person_card (birth_date, tenant, person);
CREATE INDEX person_card_number ON person_card (public_number, tenant);
CREATE INDEX person_card_merged ON person_card (merged_into) WHERE merged_into IS NOT NULL;
CREATE INDEX person_card_household ON person_card (household);
CREATE INDEX person_card_review ON person_card (tenant, review_on) WHERE review_on IS NOT NULL;

-- The words of names, and who bears them.
CREATE TABLE name_word (
    id {id},
    tenant {int} NOT NULL,
    word {text} NOT NULL
) {strict};
CREATE UNIQUE INDEX name_word_text ON name_word (tenant, word);

CREATE TABLE person_word (
    word {int} NOT NULL,
    person {int} NOT NULL,
    PRIMARY KEY (word, person)
) {keyed};
CREATE INDEX person_word_person ON person_word (person);
