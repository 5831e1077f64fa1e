package feed

import (
	"bytes"
	"compress/gzip"
	"errors"
	"fmt"
	"io"
	"strings"
	"sync"
)

// maxGzipLayers: some servers compress what was compressed already and
// declare one of the two, or none.
const maxGzipLayers = 2

var errTooLarge = errors.New("body is too large")

// An encodingError names a Content-Encoding that was never asked for.
type encodingError struct{ name string }

func (e *encodingError) Error() string { return fmt.Sprintf("Content-Encoding %q", e.name) }

// scratch holds buffers of bodies that were read before. The zero value is ready,
// and safe for concurrent use.
type scratch struct {
	buffers sync.Pool // of *bytes.Buffer
	unzips  sync.Pool // of *gzip.Reader
}

// maxScratchBytes: a larger buffer is not kept. It has room for nearly any feed.
const maxScratchBytes = 1 << 20

// readBody returns the decompressed body. Each layer of compression is held to
// maxBytes by itself: the whole of what is read costs a small multiple of it,
// whatever the ratio.
func (s *scratch) readBody(body io.Reader, contentEncoding string, maxBytes int64) ([]byte, error) {
	layers := 0
	for _, name := range strings.Split(contentEncoding, ",") {
		switch name = strings.ToLower(strings.TrimSpace(name)); name {
		case "", "identity":
		case "gzip", "x-gzip":
			layers++
		default:
			return nil, &encodingError{name}
		}
	}
	if layers > maxGzipLayers {
		return nil, &encodingError{contentEncoding}
	}
	read, err := s.gunzip(body, layers, maxBytes)
	for ; err == nil && bytes.HasPrefix(read, gzipMagic); layers++ { // a .gz file served as it lies there
		if layers == maxGzipLayers {
			return nil, &encodingError{"gzip within gzip within gzip"}
		}
		read, err = s.gunzip(bytes.NewReader(read), 1, maxBytes)
	}
	return read, err
}

var gzipMagic = []byte("\x1f\x8b")

func (s *scratch) gunzip(body io.Reader, layers int, maxBytes int64) ([]byte, error) {
	body = &cappedReader{body, maxBytes}
	for range layers {
		unzipped, err := s.unzip(body)
		if errors.Is(err, io.EOF) { // an empty body declared as gzip
			return nil, nil
		}
		if err != nil {
			return nil, fmt.Errorf("decompress body: %w", err)
		}
		defer s.unzips.Put(unzipped)
		body = &cappedReader{unzipped, maxBytes}
	}
	return s.readAll(body)
}

// unzip begins to decompress.
func (s *scratch) unzip(from io.Reader) (*gzip.Reader, error) {
	if used, ok := s.unzips.Get().(*gzip.Reader); ok {
		return used, used.Reset(from)
	}
	return gzip.NewReader(from)
}

// readAll reads to the end, and takes no more memory than it returns.
func (s *scratch) readAll(from io.Reader) ([]byte, error) {
	buffer, ok := s.buffers.Get().(*bytes.Buffer)
	if !ok {
		buffer = new(bytes.Buffer)
	}
	buffer.Reset()
	_, err := buffer.ReadFrom(from)
	read := bytes.Clone(buffer.Bytes())
	if buffer.Cap() <= maxScratchBytes {
		s.buffers.Put(buffer)
	}
	return read, err
}

// A cappedReader fails with errTooLarge once more than left bytes were read;
// a body that is too large is refused, never cut.
type cappedReader struct {
	from io.Reader
	left int64
}

func (r *cappedReader) Read(p []byte) (int, error) {
	n, err := r.from.Read(p)
	if r.left -= int64(n); r.left < 0 {
		return n, errTooLarge
	}
	return n, err
}
