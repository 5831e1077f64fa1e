// Package feed reads news feeds: it fetches a feed's page over HTTP and turns
// it into articles of plain text. It implements monitor.Reader.
//
// The two steps, a file each:
//
//	fetch.go  conditional GET, redirects, limits   guard.go  which addresses may be reached
//	                                               turn.go   one request at a time per host
//	                                               body.go   decompression under a cap
//	                                               fault.go  what went wrong, in words
//
//	parse.go  page → document                      page.go      what kind of page
//	                                               encoding.go  bytes → UTF-8
//	                                               scan.go cut.go mend.go  XML → its items, each by itself
//	                                               xml.go rss.go atom.go jsonfeed.go  read them
//	                                               item.go      item → article, with
//	                                               text.go character.go link.go date.go datescan.go lang.go outlet.go
//
// Beside them discover.go finds the feeds of a site, and opml.go reads and
// writes lists of feeds.
//
// Nothing fetched is trusted. The package promises: no connection to an
// address that the operator did not allow; at most 20 s, 10 MiB decompressed
// and five redirects a fetch; no secret to another origin or into an error;
// time and memory linear in the page; one bad item never costs the others.
// Where a page is broken it is read as far as it can be and the document says
// what was lost (Salvaged, Skipped).
package feed
