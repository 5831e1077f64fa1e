-- +goose Up

alter table messages add column held text not null default ''; -- what it waits for, or waited: digest, quiet, rate
alter table messages add column digest_at integer not null default 0; -- when the digest takes the alert, or tells of the fold; 0: it has, or does not

create index messages_digest on messages (channel, digest_at) where digest_at <> 0;
create index messages_rule on messages (rule, channel, created) where rule <> '';

-- +goose Down

drop index messages_rule;
drop index messages_digest;
alter table messages drop column digest_at;
alter table messages drop column held;
