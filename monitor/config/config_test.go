package config

import (
	"os"
	"testing"
)

func TestShippedConfigHasNoFaults(t *testing.T) {
	t.Chdir("../..")
	c, faults := Load("config.yaml")
	if len(faults) > 0 {
		t.Fatalf("config.yaml:\n%s", faults)
	}
	if len(c.Feeds) < 20 || c.Zone.String() != "Asia/Seoul" || c.Slack != nil {
		t.Errorf("%d feeds, zone %s, slack %v", len(c.Feeds), c.Zone, c.Slack)
	}
	_ = os.Args
}
