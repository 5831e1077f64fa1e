// Package draft makes a first watch rule of documents: it finds what they are about
// and writes it in the rules' language, with the evidence for each term, for an
// analyst to keep, change or delete.
//
// The way through it: [Split] finds a text's title (title.go). [Read] cuts documents
// into words and sentences (token.go, words.go, korean.go), finds countries (actor.go),
// key phrases (phrase.go), names and acronyms (name.go). A [Census] counts what each
// would find in an archive. [Survey.Draft] gathers phrases into topics (topic.go,
// event.go), makes a rule of each (clause.go, term.go, list.go), and tries it: what is
// returned passes the engine's check and fires on every document. [Draft.YAML] writes
// it down (print.go).
//
// A short report tells of one event: it becomes one rule, and so do several reports of
// the same. A long document reports on several topics: each becomes a rule of its own,
// the strongest first, rather than a clause of one large rule, for a rule alerts once
// an event, and an analyst deletes what is not wanted by the block.
//
// English is read well, Korean by its particles. Japanese and Chinese put nothing
// between words: of them only what stands in quotes, in katakana or in Latin letters
// is taken, and the draft says so. Time and memory are linear in the text; of a
// document the first [MaxBytes] are read, as of an article.
package draft
