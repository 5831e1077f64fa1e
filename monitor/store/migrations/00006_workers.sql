-- +goose Up

alter table feeds add column lease_until integer not null default 0; -- where several workers share the store; 0: nobody polls it

-- The workers that share the store, each alive until its time is over.
create table workers (
    name  text primary key,
    rules text not null, -- hash of those in force
    until integer not null
) strict, without rowid;

-- +goose Down

drop table workers;
alter table feeds drop column lease_until;
