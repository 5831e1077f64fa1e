package monitor

import (
	"net/netip"
	"net/url"
	"strings"
)

// CanonicalURL is the address that tells one article's page from another's
// however a feed or an aggregator decorated the link: without fragment, user,
// default port and tracking parameters, the host in lower case. Anything but
// an http or https address is "".
//
// http and https are one, as "https": the pages are the same, and sites move
// from one to the other. What is left of the query stays, in its order: on
// some sites it is the article's number, and a site writes its own links one
// way. The result is for comparing; it is its own canonical URL.
func CanonicalURL(raw string) string {
	u, err := url.Parse(strings.TrimSpace(raw))
	if err != nil || u.Scheme != "http" && u.Scheme != "https" || u.Opaque != "" {
		return ""
	}
	host := strings.TrimRight(strings.ToLower(u.Hostname()), ".")
	if host == "" || strings.ContainsAny(host, "/?#@%\\") {
		return ""
	}
	if addr, err := netip.ParseAddr(host); err == nil && addr.Is6() {
		host = "[" + host + "]"
	}
	if port := u.Port(); port != "" && port != defaultPort[u.Scheme] && port != defaultPort["https"] {
		host += ":" + port
	}
	path := u.EscapedPath()
	if path == "" {
		path = "/"
	}
	canonical := "https://" + host + path
	if query := withoutTracking(u.RawQuery, host); query != "" {
		canonical += "?" + query
	}
	if _, err := url.Parse(canonical); err != nil {
		return ""
	}
	return canonical
}

var defaultPort = map[string]string{"http": "80", "https": "443"}

// withoutTracking is a query without the parameters that only say where the
// reader came from. Only known ones go: any other may be the article's name.
func withoutTracking(query, host string) string {
	if query == "" {
		return ""
	}
	var kept []string
	for pair := range strings.SplitSeq(query, "&") {
		pair = strings.TrimSpace(pair)
		name, value, _ := strings.Cut(pair, "=")
		if pair != "" && !isTracking(strings.ToLower(name), strings.ToLower(value), host) {
			kept = append(kept, pair)
		}
	}
	return strings.Join(kept, "&")
}

func isTracking(name, value, host string) bool {
	switch {
	case strings.HasPrefix(name, "utm_"), tracking[name]:
		return true
	case name == "oc" && host == "news.google.com":
		return true
	}
	// These carry a channel on most sites and an id on some: the value decides.
	return channelNames[name] && (value == "rss" || value == "feed" || value == "rssfeed" || strings.HasPrefix(value, "rss_"))
}

// tracking are parameters of analytics, advertising and newsletter systems,
// after the lists of browsers that strip them and what feeds were seen to add.
var tracking = setOf(`
	at_medium at_campaign at_campaign_type at_custom1 at_custom2 at_custom3 at_custom4 at_link_id at_link_origin
	at_link_type at_format at_ptr_name at_ptr_type at_bbc_team at_link_id xtor
	fbclid gclid gclsrc gbraid wbraid dclid msclkid yclid ysclid twclid ttclid li_fat_id igshid igsh epik
	_ga _gl _hsenc _hsmi __hssc __hstc __hsfp hsctatracking mc_cid mc_eid mkt_tok vero_id vero_conv wickedid
	oly_anon_id oly_enc_id s_cid cmpid cmp ns_mchannel ns_source ns_campaign ns_linkname ns_fee ito
	ocid icid intcid ncid guccounter guce_referrer guce_referrer_sig soc_src soc_trk traffic_source
	spm feedtype feedname smid`)

// channelNames say "rss" to a site's own statistics.
var channelNames = setOf("ref source src from partner emc mod tsrc cid via feed rss medium campaign")

func setOf(words string) map[string]bool {
	set := make(map[string]bool)
	for _, word := range strings.Fields(words) {
		set[word] = true
	}
	return set
}
