package feed

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"io"
	"net"
)

// TrustCertificate lets a test's own TLS server be believed.
func TrustCertificate(r *Reader, certificate *x509.Certificate) {
	pool := x509.NewCertPool()
	pool.AddCert(certificate)
	r.transport.TLSClientConfig = &tls.Config{RootCAs: pool}
}

// Dial makes a test's connections in place of the guard's.
func Dial(r *Reader, dial func(ctx context.Context, network, address string) (net.Conn, error)) {
	r.transport.DialContext = dial
}

// ReadBody is readBody under the usual limit.
func ReadBody(body io.Reader, contentEncoding string) ([]byte, error) {
	return new(scratch).readBody(body, contentEncoding, defaultMaxBytes)
}
