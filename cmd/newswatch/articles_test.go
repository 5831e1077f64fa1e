package main

import (
	"bytes"
	"context"
	"io"
	"strings"
	"testing"
)

func TestWaitingForInputEndsWithTheContext(t *testing.T) {
	t.Chdir(t.TempDir())
	writeFiles(t, map[string]string{"rules/sat.yaml": "rules: [{id: sat, match: satellite}]\n"})
	for _, command := range []string{
		"match", "group", "explain --rule sat", "backtest --file -", "search --file - satellite", "draft -", "feed -", "import -",
	} {
		t.Run(command, func(t *testing.T) {
			in, typing := io.Pipe() // nobody types
			defer typing.Close()
			ctx, interrupt := context.WithCancel(t.Context())
			interrupt()
			var out, errOut bytes.Buffer
			a := &app{in: in, out: &out, err: &errOut}
			code := a.execute(ctx, append(strings.Fields(command), "--rules", "rules"))
			if code != exitFailed || !strings.Contains(errOut.String(), "context canceled") {
				t.Errorf("exit code %d, %q", code, errOut.String())
			}
		})
	}
}

func TestLinesAreAnsweredAsTheyCome(t *testing.T) {
	t.Chdir(t.TempDir())
	writeFiles(t, map[string]string{"rules/sat.yaml": "rules: [{id: sat, match: satellite}]\n"})
	in, typing := io.Pipe()
	answers, out := io.Pipe()
	a := &app{in: in, out: out, err: io.Discard}
	ended := make(chan int)
	go func() { ended <- a.execute(t.Context(), []string{"match", "--rules", "rules"}) }()
	for _, line := range []string{`{"id":1,"title":"satellite"}`, `{"id":2,"title":"moon"}`} {
		if _, err := io.WriteString(typing, line+"\n"); err != nil {
			t.Fatal(err)
		}
		answer := make([]byte, 512)
		n, err := answers.Read(answer)
		if want := line[:len(`{"id":1`)]; err != nil || !strings.HasPrefix(string(answer[:n]), want) {
			t.Fatalf("answered %q, %v; want %s…", answer[:n], err, want)
		}
	}
	typing.Close()
	if code := <-ended; code != 0 {
		t.Errorf("exit code %d", code)
	}
}
