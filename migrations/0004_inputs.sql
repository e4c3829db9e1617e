-- What orientation needs and the paying bodies' feed does not say: the questionnaire answered with the claim, the
-- registration at France Travail, and what France Travail recommends. All received as tables of persons.

-- A received table. Its identity is its kind and its fingerprint: the bytes with the choices they were read with.
-- `rows_done` is where an interrupted import resumes.
CREATE TABLE input_file (
    id {id},
    tenant {int} NOT NULL REFERENCES tenant (id),
    kind {text} NOT NULL,
    -- Who sends it, as the user calls them: what a mapping is remembered under.
    origin {text} NOT NULL,
    file_name {text} NOT NULL,
    sha256 {text} NOT NULL,
    fingerprint {text} NOT NULL,
    reference_date {date} NOT NULL,
    -- The file names everybody registered: whoever it leaves out no longer is.
    complete {bool} NOT NULL,
    settings {json} NOT NULL,
    lines {int} NOT NULL,
    rows_done {int} NOT NULL,
    author {int},
    started_at {instant} NOT NULL,
    completed_at {instant},
    report {json} NOT NULL
) {strict};
CREATE UNIQUE INDEX input_file_fingerprint ON input_file (tenant, kind, fingerprint);
CREATE INDEX input_file_digest ON input_file (tenant, sha256);

-- What an import had to say about single lines. No name, no number: the line of the file is enough.
CREATE TABLE input_issue (
    file {int} NOT NULL REFERENCES input_file (id),
    number {int} NOT NULL,
    tenant {int} NOT NULL REFERENCES tenant (id),
    severity {text} NOT NULL,
    line {int} NOT NULL,
    code {text} NOT NULL,
    message {text} NOT NULL,
    -- Who the line may be about.
    person {int},
    PRIMARY KEY (file, number)
) {strict};

-- Which persons each file spoke of.
CREATE TABLE input_sighting (
    person {int} NOT NULL REFERENCES person (id),
    file {int} NOT NULL REFERENCES input_file (id),
    tenant {int} NOT NULL,
    line {int} NOT NULL,
    PRIMARY KEY (person, file)
) {keyed};

-- How the columns of a sender's tables were last read.
CREATE TABLE input_mapping (
    id {id},
    tenant {int} NOT NULL REFERENCES tenant (id),
    kind {text} NOT NULL,
    origin {text} NOT NULL,
    settings {json} NOT NULL,
    author {int},
    recorded_at {instant} NOT NULL
) {strict};
CREATE UNIQUE INDEX input_mapping_origin ON input_mapping (tenant, kind, origin);

CREATE TABLE socio_professional (
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
    housing {text} NOT NULL,
    social_difficulties {json},
    availability {json},
    work_history {text} NOT NULL,
    education {text} NOT NULL,
    mobility {text} NOT NULL,
    quick_return {bool}
) {strict};
CREATE UNIQUE INDEX socio_professional_in_force ON socio_professional (person, valid_from) WHERE replaced_at IS NULL;
CREATE INDEX socio_professional_replaced ON socio_professional (person) WHERE replaced_at IS NOT NULL;

CREATE TABLE jobseeker_registration (
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
    -- The identifier by which the next file is matched.
    identifier {text} NOT NULL,
    registered_on {date} NOT NULL,
    category {text} NOT NULL,
    reason {text} NOT NULL,
    reason_label {text} NOT NULL,
    structure {text} NOT NULL,
    support_kind {text} NOT NULL,
    referent_name {text} NOT NULL,
    difficulties {json} NOT NULL
) {strict};
CREATE UNIQUE INDEX jobseeker_registration_in_force ON jobseeker_registration (person, valid_from) WHERE replaced_at IS NULL;
CREATE INDEX jobseeker_registration_replaced ON jobseeker_registration (person) WHERE replaced_at IS NOT NULL;
CREATE INDEX jobseeker_registration_identifier ON jobseeker_registration (tenant, identifier, person) WHERE replaced_at IS NULL;

CREATE TABLE recommendation (
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
    -- The codes as received: history may hold swapped values, and must be told from a wrong reading.
    path {text} NOT NULL,
    organ {text} NOT NULL,
    status {text} NOT NULL,
    state {text} NOT NULL,
    origin {text} NOT NULL,
    refusal_reason {text} NOT NULL,
    constraints {json} NOT NULL,
    criteria {json} NOT NULL,
    project {text} NOT NULL
) {strict};
CREATE UNIQUE INDEX recommendation_in_force ON recommendation (person, valid_from) WHERE replaced_at IS NULL;
CREATE INDEX recommendation_replaced ON recommendation (person) WHERE replaced_at IS NOT NULL;

-- A line of a table that shares only an address or a telephone with somebody is shown beside them.
CREATE INDEX contact_email ON contact (tenant, email) WHERE replaced_at IS NULL;
