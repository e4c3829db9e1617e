-- Territory: communes, organisations, structures and posts. What bears a code is an identity; everything
-- said of it is a dated fact with its certainty and its source in words.

-- A file of reference data that was applied.
CREATE TABLE reference_import (
    id {id},
    tenant {int} NOT NULL REFERENCES tenant (id),
    received_at {instant} NOT NULL,
    author {int},
    files {text} NOT NULL,
    added {int} NOT NULL,
    corrected {int} NOT NULL,
    unchanged {int} NOT NULL
) {strict};
CREATE INDEX reference_import_recent ON reference_import (tenant, received_at);

CREATE TABLE commune (
    id {id},
    tenant {int} NOT NULL REFERENCES tenant (id),
    code {text} NOT NULL
) {strict};
CREATE UNIQUE INDEX commune_code ON commune (tenant, code);

CREATE TABLE organisation (
    id {id},
    tenant {int} NOT NULL REFERENCES tenant (id),
    code {text} NOT NULL
) {strict};
CREATE UNIQUE INDEX organisation_code ON organisation (tenant, code);

CREATE TABLE structure (
    id {id},
    tenant {int} NOT NULL REFERENCES tenant (id),
    code {text} NOT NULL,
    kind {text} NOT NULL
) {strict};
CREATE UNIQUE INDEX structure_code ON structure (tenant, code);

CREATE TABLE post (
    id {id},
    tenant {int} NOT NULL REFERENCES tenant (id),
    code {text} NOT NULL
) {strict};
CREATE UNIQUE INDEX post_code ON post (tenant, code);

-- A merged commune ends and names its successor.
CREATE TABLE commune_profile (
    id {id},
    tenant {int} NOT NULL REFERENCES tenant (id),
    commune {int} NOT NULL REFERENCES commune (id),
    valid_from {date} NOT NULL,
    valid_to {date},
    recorded_at {instant} NOT NULL,
    replaced_at {instant},
    source {text} NOT NULL,
    import {int} REFERENCES reference_import (id),
    line {int},
    author {int},
    corrects {int},
    name {text} NOT NULL,
    population {int} NOT NULL,
    vintage {int} NOT NULL,
    postcodes {text} NOT NULL,
    ept {text} NOT NULL,
    successor {int} REFERENCES commune (id),
    certainty {text} NOT NULL,
    dates_certainty {text} NOT NULL,
    citation {text} NOT NULL,
    note {text} NOT NULL
) {strict};
CREATE UNIQUE INDEX commune_profile_in_force ON commune_profile (commune, valid_from) WHERE replaced_at IS NULL;
CREATE INDEX commune_profile_history ON commune_profile (tenant, commune);

-- Who an organisation is.
CREATE TABLE organisation_profile (
    id {id},
    tenant {int} NOT NULL REFERENCES tenant (id),
    organisation {int} NOT NULL REFERENCES organisation (id),
    valid_from {date} NOT NULL,
    valid_to {date},
    recorded_at {instant} NOT NULL,
    replaced_at {instant},
    source {text} NOT NULL,
    import {int} REFERENCES reference_import (id),
    line {int},
    author {int},
    corrects {int},
    name {text} NOT NULL,
    siret {text},
    certainty {text} NOT NULL,
    dates_certainty {text} NOT NULL,
    citation {text} NOT NULL,
    note {text} NOT NULL
) {strict};
CREATE UNIQUE INDEX organisation_profile_in_force ON organisation_profile (organisation, valid_from) WHERE replaced_at IS NULL;
CREATE INDEX organisation_profile_history ON organisation_profile (tenant, organisation);

-- What an organisation does here; it may do several things at a time.
CREATE TABLE organisation_role (
    id {id},
    tenant {int} NOT NULL REFERENCES tenant (id),
    organisation {int} NOT NULL REFERENCES organisation (id),
    valid_from {date} NOT NULL,
    valid_to {date},
    recorded_at {instant} NOT NULL,
    replaced_at {instant},
    source {text} NOT NULL,
    import {int} REFERENCES reference_import (id),
    line {int},
    author {int},
    corrects {int},
    role {text} NOT NULL,
    certainty {text} NOT NULL,
    dates_certainty {text} NOT NULL,
    citation {text} NOT NULL,
    note {text} NOT NULL
) {strict};
CREATE UNIQUE INDEX organisation_role_in_force ON organisation_role (organisation, role, valid_from) WHERE replaced_at IS NULL;
CREATE INDEX organisation_role_history ON organisation_role (tenant, organisation);

-- Members of a consortium.
CREATE TABLE consortium_member (
    id {id},
    tenant {int} NOT NULL REFERENCES tenant (id),
    organisation {int} NOT NULL REFERENCES organisation (id),
    valid_from {date} NOT NULL,
    valid_to {date},
    recorded_at {instant} NOT NULL,
    replaced_at {instant},
    source {text} NOT NULL,
    import {int} REFERENCES reference_import (id),
    line {int},
    author {int},
    corrects {int},
    member {int} NOT NULL REFERENCES organisation (id),
    certainty {text} NOT NULL,
    dates_certainty {text} NOT NULL,
    citation {text} NOT NULL,
    note {text} NOT NULL
) {strict};
CREATE UNIQUE INDEX consortium_member_in_force ON consortium_member (organisation, member, valid_from) WHERE replaced_at IS NULL;
CREATE INDEX consortium_member_history ON consortium_member (tenant, organisation);

-- A structure is open as long as it has a profile: its first day is its opening (never its inauguration).
CREATE TABLE structure_profile (
    id {id},
    tenant {int} NOT NULL REFERENCES tenant (id),
    structure {int} NOT NULL REFERENCES structure (id),
    valid_from {date} NOT NULL,
    valid_to {date},
    recorded_at {instant} NOT NULL,
    replaced_at {instant},
    source {text} NOT NULL,
    import {int} REFERENCES reference_import (id),
    line {int},
    author {int},
    corrects {int},
    name {text} NOT NULL,
    organisation {int} NOT NULL REFERENCES organisation (id),
    parent {int} REFERENCES structure (id),
    seat {int} REFERENCES commune (id),
    inaugurated_on {date},
    capacity {int},
    capacity_certainty {text},
    certainty {text} NOT NULL,
    dates_certainty {text} NOT NULL,
    citation {text} NOT NULL,
    note {text} NOT NULL
) {strict};
CREATE UNIQUE INDEX structure_profile_in_force ON structure_profile (structure, valid_from) WHERE replaced_at IS NULL;
CREATE INDEX structure_profile_history ON structure_profile (tenant, structure);

-- Who serves a commune: for each kind of structure, one at a time. Kinds overlap freely.
CREATE TABLE sector (
    id {id},
    tenant {int} NOT NULL REFERENCES tenant (id),
    commune {int} NOT NULL REFERENCES commune (id),
    valid_from {date} NOT NULL,
    valid_to {date},
    recorded_at {instant} NOT NULL,
    replaced_at {instant},
    source {text} NOT NULL,
    import {int} REFERENCES reference_import (id),
    line {int},
    author {int},
    corrects {int},
    kind {text} NOT NULL,
    structure {int} NOT NULL REFERENCES structure (id),
    certainty {text} NOT NULL,
    dates_certainty {text} NOT NULL,
    citation {text} NOT NULL,
    note {text} NOT NULL
) {strict};
CREATE UNIQUE INDEX sector_in_force ON sector (commune, kind, valid_from) WHERE replaced_at IS NULL;
CREATE INDEX sector_history ON sector (tenant, commune);
CREATE INDEX sector_structure ON sector (structure) WHERE replaced_at IS NULL;

-- The operator of an agency; the period is that of its contract.
CREATE TABLE agency_contract (
    id {id},
    tenant {int} NOT NULL REFERENCES tenant (id),
    structure {int} NOT NULL REFERENCES structure (id),
    valid_from {date} NOT NULL,
    valid_to {date},
    recorded_at {instant} NOT NULL,
    replaced_at {instant},
    source {text} NOT NULL,
    import {int} REFERENCES reference_import (id),
    line {int},
    author {int},
    corrects {int},
    operator {int} NOT NULL REFERENCES organisation (id),
    certainty {text} NOT NULL,
    dates_certainty {text} NOT NULL,
    citation {text} NOT NULL,
    note {text} NOT NULL
) {strict};
CREATE UNIQUE INDEX agency_contract_in_force ON agency_contract (structure, valid_from) WHERE replaced_at IS NULL;
CREATE INDEX agency_contract_history ON agency_contract (tenant, structure);

-- A structure replaced by another from a day on.
CREATE TABLE succession (
    id {id},
    tenant {int} NOT NULL REFERENCES tenant (id),
    structure {int} NOT NULL REFERENCES structure (id),
    valid_from {date} NOT NULL,
    valid_to {date},
    recorded_at {instant} NOT NULL,
    replaced_at {instant},
    source {text} NOT NULL,
    import {int} REFERENCES reference_import (id),
    line {int},
    author {int},
    corrects {int},
    successor {int} NOT NULL REFERENCES structure (id),
    certainty {text} NOT NULL,
    dates_certainty {text} NOT NULL,
    citation {text} NOT NULL,
    note {text} NOT NULL
) {strict};
CREATE UNIQUE INDEX succession_in_force ON succession (structure, successor, valid_from) WHERE replaced_at IS NULL;
CREATE INDEX succession_history ON succession (tenant, structure);

-- A post exists as long as it has a profile: its first day is its opening.
CREATE TABLE post_profile (
    id {id},
    tenant {int} NOT NULL REFERENCES tenant (id),
    post {int} NOT NULL REFERENCES post (id),
    valid_from {date} NOT NULL,
    valid_to {date},
    recorded_at {instant} NOT NULL,
    replaced_at {instant},
    source {text} NOT NULL,
    import {int} REFERENCES reference_import (id),
    line {int},
    author {int},
    corrects {int},
    structure {int} NOT NULL REFERENCES structure (id),
    job {text} NOT NULL,
    full_time_percent {int} NOT NULL,
    opened_by {int} REFERENCES organisation (id),
    funder {int} REFERENCES organisation (id),
    funded_until {date},
    certainty {text} NOT NULL,
    dates_certainty {text} NOT NULL,
    citation {text} NOT NULL,
    note {text} NOT NULL
) {strict};
CREATE UNIQUE INDEX post_profile_in_force ON post_profile (post, valid_from) WHERE replaced_at IS NULL;
CREATE INDEX post_profile_history ON post_profile (tenant, post);
CREATE INDEX post_profile_structure ON post_profile (structure) WHERE replaced_at IS NULL;

-- Who holds a post; an open post without holder is vacant.
CREATE TABLE post_holder (
    id {id},
    tenant {int} NOT NULL REFERENCES tenant (id),
    post {int} NOT NULL REFERENCES post (id),
    valid_from {date} NOT NULL,
    valid_to {date},
    recorded_at {instant} NOT NULL,
    replaced_at {instant},
    source {text} NOT NULL,
    import {int} REFERENCES reference_import (id),
    line {int},
    author {int},
    corrects {int},
    holder {text} NOT NULL,
    account {int} REFERENCES account (id),
    certainty {text} NOT NULL,
    dates_certainty {text} NOT NULL,
    citation {text} NOT NULL,
    note {text} NOT NULL
) {strict};
CREATE UNIQUE INDEX post_holder_in_force ON post_holder (post, valid_from) WHERE replaced_at IS NULL;
CREATE INDEX post_holder_history ON post_holder (tenant, post);
