// Package slack shows messages in Slack, or in a terminal as Slack would show
// them. It is the last step of the flow: the worker hands it what a message
// tells (monitor.Content), this package gives it a form and sends it.
//
//	Compose → Message (blocks and text) ┬→ Sender   → Slack
//	                                    └→ Terminal → Draw
//
// Compose is pure. It promises that no text of a feed can mention anyone, link
// anywhere but to its article, or hide what it says, and that every limit of
// Slack is kept by cutting visibly. Sender promises one request per call, never
// repeated behind the caller's back, and tells a refusal from a failure whose
// outcome is unknown, because only the former may be sent again blindly.
//
// What people click and type comes the other way: Socket takes it from Slack to
// the worker's desk (monitor.Desk), acknowledges it within a second, and shows
// the answer to the one who asked. It promises that nothing is done twice for
// being delivered twice, and that it comes back from every end of a connection.
//
// Each message carries its key in two places, the metadata and the block_id of
// its first block, so that Sender.Look finds it again after a crash.
package slack
