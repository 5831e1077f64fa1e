-- +goose Up

-- What people did in Slack, and what was refused them. Until the retention's end.
create table acts (
    id         integer primary key,
    request    text not null unique, -- Slack's: the same when it is delivered again
    at         integer not null,
    user_id    text not null,
    act        text not null,
    value      text not null default '',
    message_id integer not null default 0,
    refused    text not null default '' -- why nothing came of it; '': it was done
) strict;

create index acts_message on acts (message_id) where message_id <> 0;

-- What is not posted for a while: all of a rule, all of a story, or an outlet's
-- matches of a rule. At most one row of each.
create table mutes (
    id         integer primary key,
    rule       text not null default '',
    story_id   integer not null default 0,
    outlet     text not null default '',
    until      integer not null,
    user_id    text not null,
    at         integer not null,
    message_id integer not null default 0, -- the alert that it was asked for on
    unique (rule, story_id, outlet)
) strict;

-- Whether alerts were relevant, by each who said so.
create table verdicts (
    message_id integer not null,
    user_id    text not null,
    relevant   integer not null,
    rule       text not null,
    article_id integer not null,
    at         integer not null,
    primary key (message_id, user_id)
) strict, without rowid;

create index verdicts_at on verdicts (at);

-- A muted message is as little unsent as a sent one.
drop index messages_open;
create index messages_open on messages (channel, id) where state not in ('sent', 'folded', 'dead', 'muted');

-- +goose Down

drop index messages_open;
create index messages_open on messages (channel, id) where state not in ('sent', 'folded', 'dead');
drop table verdicts;
drop table mutes;
drop table acts;
