-- +goose Up

alter table messages add column audit_at integer not null default 0; -- when to read back whether Slack has it; 0: done, or never
alter table messages add column resent integer not null default 0;

create index messages_audit on messages (channel, audit_at) where audit_at <> 0;

-- What the operator was told of each cause.
create table notices (
    cause text primary key,
    told  integer not null,
    over  integer not null
) strict, without rowid;

-- +goose Down

drop table notices;
drop index messages_audit;
alter table messages drop column resent;
alter table messages drop column audit_at;
