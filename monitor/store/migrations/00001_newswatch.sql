-- +goose Up

-- Times are milliseconds since 1970, UTC; 0 is no time.

create table feeds (
    key           text primary key, -- derived from the address, which may hold a secret
    name          text not null,
    lease         text not null default '',
    etag          text not null default '',
    last_modified text not null default '',
    body_hash     text not null default '',
    spec          text not null default '',
    next_poll     integer not null default 0,
    last_poll     integer not null default 0,
    last_ok       integer not null default 0,
    last_new      integer not null default 0,
    newest        integer not null default 0,
    parsed        integer not null default 0,
    items         integer not null default 0,
    gaps          integer not null default 0,
    failures      integer not null default 0,
    fault         text not null default ''
) strict;

create table articles (
    id         integer primary key,
    feed_key   text not null,
    feed       text not null,
    guid       text not null,
    url        text not null,
    canonical  text not null,
    title_key  text not null, -- of title and outlet, for what relays bring
    title      text not null,
    body       text not null,
    author     text not null,
    outlet     text not null,
    relay      integer not null,
    lang       text not null,
    tags       text not null, -- JSON
    published  integer not null,
    first_seen integer not null,
    baseline   integer not null,
    pruned     integer not null default 0 -- too old to keep its text; its identity is still in a feed
) strict;

create index articles_canonical on articles (canonical) where canonical <> '';
create index articles_title_key on articles (title_key);
create index articles_first_seen on articles (first_seen) where pruned = 0;

-- What each feed ever showed, until long after it has left the feed.
create table seen (
    feed_key   text not null,
    identity   text not null,
    article_id integer not null references articles (id),
    text_hash  text not null,
    last_seen  integer not null,
    primary key (feed_key, identity)
) strict, without rowid;

create index seen_article on seen (article_id);

create table matches (
    article_id integer not null,
    rule       text not null,
    at         integer not null,
    primary key (article_id, rule)
) strict, without rowid;

create table stories (
    id    integer primary key,
    title text not null,
    seed  text not null,
    first integer not null,
    last  integer not null
) strict;

create table reports (
    id         integer primary key,
    story_id   integer not null references stories (id),
    article_id integer not null unique references articles (id),
    relation   text not null,
    at         integer not null
) strict;

create table messages (
    id            integer primary key,
    channel       text not null,
    parent        integer not null default 0,
    kind          text not null,
    key           text not null,
    rule          text not null default '',
    article_id    integer not null default 0,
    content       text not null, -- JSON
    state         text not null,
    rev           integer not null,
    sent_rev      integer not null default 0,
    tried_rev     integer not null default 0,
    ts            text not null default '',
    attempts      integer not null default 0,
    plain         integer not null default 0,
    may_repeat    integer not null default 0,
    parent_gone   integer not null default 0,
    folded_into   integer not null default 0,
    first_attempt integer not null default 0,
    last_attempt  integer not null default 0,
    not_before    integer not null default 0,
    absent        integer not null default 0,
    reason        text not null default '',
    created       integer not null,
    unique (channel, key)
) strict;

create index messages_open on messages (channel, id) where state not in ('sent', 'folded', 'dead');
create index messages_stale on messages (channel, id) where state = 'sent' and rev > sent_rev;
create index messages_article on messages (article_id) where article_id <> 0;
create index messages_parent on messages (parent) where parent <> 0;

create table alerts (
    rule       text not null,
    story_id   integer not null references stories (id),
    channel    text not null,
    message_id integer not null references messages (id),
    at         integer not null,
    primary key (rule, story_id, channel)
) strict, without rowid;

create table channels (
    name        text primary key,
    slack_id    text not null default '',
    lease       text not null default '',
    lease_until integer not null default 0,
    next_send   integer not null default 0,
    refusal     text not null default '',
    refused     integer not null default 0
) strict;

-- +goose Down

drop table channels;
drop table alerts;
drop table messages;
drop table reports;
drop table stories;
drop table matches;
drop table seen;
drop table articles;
drop table feeds;
