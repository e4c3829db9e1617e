-- What the papers of a contract of apprenticeship say beyond its dates, and what the OPCO has paid.

-- What the tripartite convention of a stay says (C. trav., art. R6223-11); empty while nobody has written it.
ALTER TABLE host_stay ADD COLUMN tasks {text} NOT NULL DEFAULT '';
ALTER TABLE host_stay ADD COLUMN working_hours {text} NOT NULL DEFAULT '';
ALTER TABLE host_stay ADD COLUMN place {text} NOT NULL DEFAULT '';
ALTER TABLE host_stay ADD COLUMN evidence {text} NOT NULL DEFAULT '';
ALTER TABLE host_stay ADD COLUMN information {text} NOT NULL DEFAULT '';
ALTER TABLE host_stay ADD COLUMN liaison {text} NOT NULL DEFAULT '';
ALTER TABLE host_stay ADD COLUMN sharing_of_costs {text} NOT NULL DEFAULT '';
ALTER TABLE host_stay ADD COLUMN travel_costs {text} NOT NULL DEFAULT '';
ALTER TABLE host_stay ADD COLUMN insurance {text} NOT NULL DEFAULT '';
ALTER TABLE host_stay ADD COLUMN depositary {text} NOT NULL DEFAULT '';
CREATE INDEX host_stay_tutor ON host_stay (tenant, tutor) WHERE replaced_at IS NULL;

-- Extended after a failure (C. trav., art. L6222-11): counted apart in the load of the tutor.
ALTER TABLE contract_terms ADD COLUMN extended {bool} NOT NULL DEFAULT FALSE;

-- What was received for an invoice, on its day.
CREATE TABLE invoice_payment (
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
    amount {int} NOT NULL
) {strict};
CREATE UNIQUE INDEX invoice_payment_in_force ON invoice_payment (contract, number, valid_from) WHERE replaced_at IS NULL;
CREATE INDEX invoice_payment_replaced ON invoice_payment (contract) WHERE replaced_at IS NOT NULL;
