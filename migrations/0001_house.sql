-- What everything stands on: numbers, tenants, accounts, mandates, sessions, parameters, jobs, journal, outbox.

-- sqlite only
CREATE TABLE id_sequence (next INTEGER NOT NULL) STRICT;
-- sqlite only
INSERT INTO id_sequence (next) VALUES (1);
-- postgres only
CREATE SEQUENCE id_numbers;

-- A tenant is a département.
CREATE TABLE tenant (
    id {id},
    code {text} NOT NULL UNIQUE,
    name {text} NOT NULL
) {strict};

-- The tenant is the one whose administrators manage the account. Its mandates may lie in several.
CREATE TABLE account (
    id {id},
    tenant {int} NOT NULL REFERENCES tenant (id),
    email {text} NOT NULL UNIQUE,
    name {text} NOT NULL,
    -- Empty: no password yet, nobody can sign in.
    password_hash {text} NOT NULL,
    -- Set while the password is one given by an administrator: it must be changed, and works no longer after this.
    temporary_until {instant},
    created_at {instant} NOT NULL,
    disabled_at {instant}
) {strict};
CREATE INDEX account_tenant ON account (tenant, name);

-- Who acts for which organisation, in which role, where and for what: access follows these, day by day.
CREATE TABLE mandate (
    id {id},
    tenant {int} NOT NULL REFERENCES tenant (id),
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
    organisation {int} NOT NULL,
    structure {int},
    role {text} NOT NULL,
    purpose {text} NOT NULL
) {strict};
CREATE UNIQUE INDEX mandate_in_force ON mandate (account, tenant, organisation, role, COALESCE(structure, 0), valid_from) WHERE replaced_at IS NULL;
CREATE INDEX mandate_history ON mandate (tenant, account);

-- The browser holds a random token; the database only its digest.
CREATE TABLE session (
    token_digest {bytes} PRIMARY KEY,
    public_id {int} NOT NULL UNIQUE,
    account {int} NOT NULL REFERENCES account (id),
    mandate {int},
    created_at {instant} NOT NULL,
    seen_at {instant} NOT NULL,
    idle_until {instant} NOT NULL,
    expires_at {instant} NOT NULL,
    browser {text} NOT NULL
) {strict};
CREATE INDEX session_account ON session (account);

-- Values of law and local policy that are not certain or may change, each dated and cited.
CREATE TABLE parameter (
    id {id},
    tenant {int} NOT NULL REFERENCES tenant (id),
    of_tenant {int} NOT NULL,
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
    value {json} NOT NULL,
    citation {text} NOT NULL,
    certainty {text} NOT NULL
) {strict};
CREATE UNIQUE INDEX parameter_in_force ON parameter (of_tenant, name, valid_from) WHERE replaced_at IS NULL;

-- Work done behind the screens. A job whose lease has run out is taken up again: a killed worker loses nothing.
CREATE TABLE job (
    id {id},
    tenant {int} NOT NULL REFERENCES tenant (id),
    kind {text} NOT NULL,
    payload {json} NOT NULL,
    asked_by {int},
    created_at {instant} NOT NULL,
    run_at {instant} NOT NULL,
    attempts {int} NOT NULL,
    leased_until {instant},
    progress_done {int} NOT NULL,
    progress_total {int} NOT NULL,
    progress_text {text} NOT NULL,
    finished_at {instant},
    failure {text},
    recurring {bool} NOT NULL
) {strict};
-- However many nodes: one next run of a recurring job.
CREATE UNIQUE INDEX job_recurring ON job (tenant, kind) WHERE finished_at IS NULL AND recurring;
CREATE INDEX job_due ON job (run_at) WHERE finished_at IS NULL;
CREATE INDEX job_recent ON job (tenant, created_at);

CREATE TABLE outbox (
    id {id},
    tenant {int} NOT NULL REFERENCES tenant (id),
    topic {text} NOT NULL,
    version {int} NOT NULL,
    body {json} NOT NULL,
    happened_at {instant} NOT NULL
) {strict};
CREATE INDEX outbox_order ON outbox (tenant, id);

CREATE TABLE outbox_cursor (
    tenant {int} NOT NULL REFERENCES tenant (id),
    consumer {text} NOT NULL,
    last_event {int} NOT NULL,
    PRIMARY KEY (tenant, consumer)
) {strict};

-- Two chains: writes, and readings of persons' files, which are kept for a shorter time.
CREATE TABLE journal_entry (
    id {id},
    tenant {int} NOT NULL REFERENCES tenant (id),
    at {instant} NOT NULL,
    author {int},
    mandate {int},
    action {text} NOT NULL,
    subject_kind {text} NOT NULL,
    subject {int},
    payload_digest {bytes} NOT NULL,
    seal {int}
) {strict};
CREATE INDEX journal_entry_seal ON journal_entry (tenant, seal, id);
CREATE INDEX journal_entry_subject ON journal_entry (tenant, subject_kind, subject, id);
CREATE INDEX journal_entry_moment ON journal_entry (tenant, at, id);
CREATE INDEX journal_entry_author ON journal_entry (tenant, author, at, id);

-- Erasable apart from the entry: the chain verifies without it.
CREATE TABLE journal_payload (
    entry {int} PRIMARY KEY,
    tenant {int} NOT NULL REFERENCES tenant (id),
    salt {bytes} NOT NULL,
    body {json} NOT NULL
) {strict};

CREATE TABLE reading_entry (
    id {id},
    tenant {int} NOT NULL REFERENCES tenant (id),
    at {instant} NOT NULL,
    author {int},
    mandate {int},
    action {text} NOT NULL,
    subject_kind {text} NOT NULL,
    subject {int},
    payload_digest {bytes} NOT NULL,
    seal {int}
) {strict};
CREATE INDEX reading_entry_seal ON reading_entry (tenant, seal, id);
CREATE INDEX reading_entry_subject ON reading_entry (tenant, subject_kind, subject, id);
CREATE INDEX reading_entry_moment ON reading_entry (tenant, at, id);
CREATE INDEX reading_entry_author ON reading_entry (tenant, author, at, id);

CREATE TABLE reading_payload (
    entry {int} PRIMARY KEY,
    tenant {int} NOT NULL REFERENCES tenant (id),
    salt {bytes} NOT NULL,
    body {json} NOT NULL
) {strict};

CREATE TABLE journal_seal (
    tenant {int} NOT NULL REFERENCES tenant (id),
    chain {text} NOT NULL,
    number {int} NOT NULL,
    entries {int} NOT NULL,
    entries_digest {bytes} NOT NULL,
    previous {bytes} NOT NULL,
    digest {bytes} NOT NULL,
    sealed_at {instant} NOT NULL,
    purged_at {instant},
    PRIMARY KEY (tenant, chain, number)
) {strict};
CREATE INDEX journal_seal_kept ON journal_seal (tenant, chain, number) WHERE purged_at IS NULL;

-- Proof that a key opens what was locked with it (see the restore command).
CREATE TABLE key_check (
    tenant {int} PRIMARY KEY REFERENCES tenant (id),
    locked {bytes} NOT NULL
) {strict};
