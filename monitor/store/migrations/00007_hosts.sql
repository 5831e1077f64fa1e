-- +goose Up

alter table feeds add column host text not null default ''; -- hash of that of the address it was last leased for; '': never was
create index feeds_host on feeds (host);

-- +goose Down

drop index feeds_host;
alter table feeds drop column host;
