package main

import (
	"bytes"
	"context"
	"errors"
	"iter"
	"slices"
	"strconv"
	"testing"
	"time"
)

// numbered gives n articles titled by their number, and then err unless it is
// nil.
func numbered(n int, err error) iter.Seq2[past, error] {
	return func(yield func(past, error) bool) {
		for i := range n {
			var p past
			p.Title = strconv.Itoa(i)
			if !yield(p, nil) {
				return
			}
		}
		if err != nil {
			yield(past{}, err)
		}
	}
}

// third picks every third article by its number.
func third(p *past) (int, bool) {
	n, err := strconv.Atoi(p.Title)
	return n, err == nil && n%3 == 0
}

func TestSift(t *testing.T) {
	var want []int
	for i := 0; i < 40*batchSize; i += 3 {
		want = append(want, i)
	}
	sifted := func(ctx context.Context, n int, fault error, most int) (got []int, err error) {
		err = sift(ctx, numbered(n, fault), nil, third, func(i int) bool {
			got = append(got, i)
			return len(got) != most
		})
		return got, err
	}
	t.Run("keeps the order on all cores", func(t *testing.T) {
		if got, err := sifted(t.Context(), 40*batchSize, nil, 0); err != nil || !slices.Equal(got, want) {
			t.Errorf("%d of %d, %v", len(got), len(want), err)
		}
	})
	t.Run("ends when enough was taken", func(t *testing.T) {
		if got, err := sifted(t.Context(), 40*batchSize, nil, 200); err != nil || !slices.Equal(got, want[:200]) {
			t.Errorf("%d, %v", len(got), err)
		}
	})
	t.Run("gives what was read before an error, and the error", func(t *testing.T) {
		fault := errors.New("torn")
		if got, err := sifted(t.Context(), batchSize+4, fault, 0); !errors.Is(err, fault) || !slices.Equal(got, want[:87]) {
			t.Errorf("%d, %v", len(got), err)
		}
	})
	t.Run("ends when it is told to", func(t *testing.T) {
		ctx, cancel := context.WithCancel(t.Context())
		cancel()
		if _, err := sifted(ctx, 40*batchSize, nil, 0); !errors.Is(err, context.Canceled) {
			t.Error(err)
		}
	})
}

func TestMeterTellsHowFarItIs(t *testing.T) {
	for _, tt := range []struct {
		total int
		want  string
	}{
		{1_000_000, "300000 of 1000000 articles, 60000/s, 11s left"},
		{0, "300000 articles, 60000/s"},
	} {
		m := meter{total: tt.total, n: 300_000}
		if got := m.line(5 * time.Second); got != tt.want {
			t.Errorf("got %q, want %q", got, tt.want)
		}
	}
	if newMeter(&bytes.Buffer{}, 1) != nil {
		t.Error("shown where there is no terminal")
	}
}

func TestNoCellIsAFormula(t *testing.T) {
	for cell, want := range map[string]string{
		"=1+1":               "'=1+1",
		"+1":                 "'+1",
		"-1":                 "'-1",
		"@SUM(A1)":           "'@SUM(A1)",
		"＝1":                 "'＝1",
		"\t=1":               "' =1",
		"\r\n=1":             "'  =1",
		"\u200b=1":           "'=1",
		"\u00a0=1":           "'\u00a0=1",
		"a=1":                "a=1",
		"two\nlines":         "two lines",
		"":                   "",
		"北 - =1, \"quoted\"": "北 - =1, \"quoted\"",
	} {
		if got := noFormula(cell); got != want {
			t.Errorf("%q: got %q, want %q", cell, got, want)
		}
	}
}

func TestLookbackReadsWhatItWrites(t *testing.T) {
	for _, text := range []string{"30d", "12h", "90m", "45s"} {
		var l lookback
		if err := l.Set(text); err != nil || l.String() != text {
			t.Errorf("%s: %s, %v", text, l.String(), err)
		}
	}
}
