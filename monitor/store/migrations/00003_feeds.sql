-- +goose Up

alter table feeds add column address text not null default ''; -- where it has moved for good; no secret in it
alter table feeds add column redirect_to text not null default '';
alter table feeds add column redirect_since integer not null default 0;
alter table feeds add column redirect_times integer not null default 0;
alter table feeds add column ttl integer not null default 0; -- milliseconds
alter table feeds add column skip_hours integer not null default 0; -- bits
alter table feeds add column first_ok integer not null default 0;
alter table feeds add column empty_since integer not null default 0;
alter table feeds add column last_gap integer not null default 0;
alter table feeds add column rate real not null default 0; -- new articles a day
alter table feeds add column lull integer not null default 0; -- milliseconds
alter table feeds add column gone integer not null default 0;
alter table feeds add column hint text not null default '';

-- +goose Down

alter table feeds drop column hint;
alter table feeds drop column gone;
alter table feeds drop column lull;
alter table feeds drop column rate;
alter table feeds drop column last_gap;
alter table feeds drop column empty_since;
alter table feeds drop column first_ok;
alter table feeds drop column skip_hours;
alter table feeds drop column ttl;
alter table feeds drop column redirect_times;
alter table feeds drop column redirect_since;
alter table feeds drop column redirect_to;
alter table feeds drop column address;
