-- Lines of received tables that may be about several persons, or only share something with one: a person decides.

-- One line is proposed once. What it says is kept until some time after the decision, so that it can be written and taken
-- back, and is then forgotten (it may be about somebody unknown). No registration number is ever kept here.
CREATE TABLE line_doubt (
    id {id},
    tenant {int} NOT NULL REFERENCES tenant (id),
    file {int} NOT NULL REFERENCES input_file (id),
    line {int} NOT NULL,
    ruling {text} NOT NULL,
    said {json},
    -- Whom it may be about.
    persons {json} NOT NULL,
    -- Whom it is about, once decided; none of them when empty.
    person {int} REFERENCES person (id),
    decided_by {int},
    decided_at {instant}
) {strict};
CREATE UNIQUE INDEX line_doubt_line ON line_doubt (file, line);
CREATE INDEX line_doubt_kept ON line_doubt (tenant, decided_at) WHERE said IS NOT NULL;
