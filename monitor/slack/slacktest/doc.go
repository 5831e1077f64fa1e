// Package slacktest is a stand-in for Slack, shared by the demo and the tests.
//
// A Workspace has channels, one bot token and a ledger of what it accepted. It
// is stricter than Slack where Slack's limits are undocumented, so that what
// passes here passes there: lengths, counts, ids, types, unknown keys, scopes,
// membership, pace. What it refuses it refuses as Slack does, and remembers as
// a violation. Faults are scripted or drawn at random from a seed: rate limits,
// server errors, dropped connections, silence, half answers, messages that were
// stored though the answer was lost, and messages that were lost though the
// answer was ok.
//
// It has Socket Mode too: a WebSocket over which people click on what a message
// really shows and type commands, envelopes that must be acknowledged in time and
// once, response_urls, and sockets that are closed, dead, refreshed or refused.
//
// It runs as a server on loopback (New), as an http.Handler, or in memory
// (Workspace.Client, Workspace.Dial), where it works under testing/synctest. All of it is safe
// for concurrent use. The sources of its rules are Slack's method and Block Kit
// reference; where these are silent the code says what it assumes.
package slacktest
